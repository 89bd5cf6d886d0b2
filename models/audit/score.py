"""The objective's value, its baseline, the penalty of soft rules, and how bound and gap fit them."""

from collections.abc import Iterator
from decimal import Decimal

from models.audit.capacity import Need, covered, needs
from models.audit.exact import ONE, ZERO, Finding, at_most, equal, exact, must, say
from models.audit.ledger import Ledger
from models.audit.rules import penalty

SMALLEST_VALUE = Decimal("1e-9")


def name(ledger: Ledger) -> str:
    """The objective that the case asks for; without demand there is only capacity to count."""
    return ledger.case.settings.objective if ledger.case.demand else "capacity"


def value(ledger: Ledger, *, financed: bool = True) -> Decimal:
    """Value of the plan, or (financed=False) of existing and underway capacity alone."""
    if name(ledger) == "capacity":
        return added(ledger) if financed else ZERO
    means = [(item, *mean(ledger, item, financed=financed)) for item in needs(ledger)]
    if name(ledger) == "bottleneck":
        return min((reached / asked for _, reached, asked in means if asked), default=ZERO)
    rows = [item.stage for item, _, _ in means]
    weights = [weight(ledger, item.stage) / rows.count(item.stage) for item, _, _ in means]
    asked = sum((w * row[2] for w, row in zip(weights, means, strict=True)), ZERO)
    reached = sum((w * row[1] for w, row in zip(weights, means, strict=True)), ZERO)
    return reached / asked if asked else ZERO


def mean(ledger: Ledger, item: Need, *, financed: bool) -> tuple[Decimal, Decimal]:
    """Discounted coverage of a demand row, and what full coverage would be; years without demand weigh nothing."""
    growth = ONE + exact(ledger.case.settings.discount_rate)
    reached = asked = ZERO
    for year in ledger.years:
        demand = item.demanded(year)
        if demand > 0:
            capacity = item.existing(year) + item.underway(year) + (item.financed(year) if financed else ZERO)
            discount = ONE / growth ** (year - ledger.case.settings.first_year)
            reached, asked = reached + discount * covered(capacity, demand), asked + discount
    return reached, asked


def added(ledger: Ledger) -> Decimal:
    """Weighted financed capacity of every stage in the objective's year."""
    year = ledger.case.settings.objective_year
    stages = ledger.case.settings.stages
    return sum((weight(ledger, stage) * Need(ledger, stage, None, None).financed(year) for stage in stages), ZERO)


def weight(ledger: Ledger, stage: str) -> Decimal:
    return exact(ledger.case.settings.stage_weights.get(stage, 1.0))


def objective(ledger: Ledger) -> Iterator[Finding]:
    """Name, value, baseline and penalty of the objective."""
    stated, wanted = ledger.plan.objective, name(ledger)
    yield must(wanted in ("coverage", "capacity", "bottleneck"), f"the objective {wanted} is not audited")
    yield must(stated.name == wanted, f"the objective is stated as {stated.name}, the case asks for {wanted}")
    yield equal(stated.value, value(ledger), "the objective's value")
    yield equal(stated.baseline, value(ledger, financed=False), "the objective's baseline")
    yield equal(stated.penalty, penalty(ledger), "the penalty of soft rules")


def proof(ledger: Ledger) -> Iterator[Finding]:
    """The bound is not below the value, and the gap is the one between them."""
    stated = ledger.plan.objective
    reached, bound = exact(stated.value), exact(stated.bound)
    yield at_most(reached, bound, f"the value {say(reached)} is above the bound {say(bound)}", [reached])
    gap = (bound - reached) / max(abs(reached), SMALLEST_VALUE)
    yield equal(stated.gap, gap, "the gap")

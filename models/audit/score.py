"""The objective's value, its baseline, the penalty of soft rules, the bound and the gap."""

from collections.abc import Callable, Iterator
from decimal import Decimal

from models.audit.capacity import Need, covered, needs
from models.audit.chain import Chain
from models.audit.exact import ONE, ZERO, Finding, at_most, equal, exact, must, say
from models.audit.ledger import Ledger
from models.audit.projects import along
from models.audit.rules import penalty
from models.schema import CHAIN_OBJECTIVES

SMALLEST_VALUE = Decimal("1e-9")


def name(ledger: Ledger) -> str:
    """The objective of the case; without demand it is capacity."""
    return ledger.case.settings.objective if ledger.case.demand else "capacity"


def value(ledger: Ledger, *, financed: bool = True) -> Decimal:
    """Value of the plan, or (financed=False) of existing and underway capacity alone."""
    return VALUES[name(ledger)](ledger, financed)


def coverage(ledger: Ledger, financed: bool) -> Decimal:
    """Weighted, discounted mean of nameplate capacity over demand."""
    return plan_score(ledger, None, financed=financed)


def delivered(ledger: Ledger, financed: bool) -> Decimal:
    """The same of what the chain delivers."""
    return plan_score(ledger, Chain(ledger), financed=financed)


def plan_score(ledger: Ledger, chain: Chain | None, *, financed: bool) -> Decimal:
    """Weighted mean over the demand rows."""
    means = [(item, *mean(ledger, item, chain, financed=financed)) for item in needs(ledger)]
    weights = row_weights(ledger, [item for item, _, _ in means])
    total = sum((w * row[2] for w, row in zip(weights, means, strict=True)), ZERO)
    reached = sum((w * row[1] for w, row in zip(weights, means, strict=True)), ZERO)
    return reached / total if total else ZERO


def bottleneck(ledger: Ledger, financed: bool) -> Decimal:
    """Mean coverage of the least covered demand row."""
    means = [mean(ledger, item, None, financed=financed) for item in needs(ledger)]
    return min((reached / total for reached, total in means if total), default=ZERO)


def row_weights(ledger: Ledger, rows: list[Need]) -> list[Decimal]:
    """Weight of each demand row: its own, or the weight of its stage divided by the number of rows of the stage."""
    stages = [row.stage for row in rows]
    stated = [None if row.demand is None else row.demand.weight for row in rows]
    shared = [weight(ledger, stage) / stages.count(stage) for stage in stages]
    return [part if given is None else exact(given) for given, part in zip(stated, shared, strict=True)]


def mean(ledger: Ledger, item: Need, chain: Chain | None, *, financed: bool) -> tuple[Decimal, Decimal]:
    """Discounted coverage of a demand row, by what the chain delivers if that counts, and full coverage; years without demand
    have no weight."""
    growth = ONE + exact(ledger.case.settings.discount_rate)
    reached = total = ZERO
    for year in ledger.years:
        demand = item.demanded(year)
        if demand > 0:
            discount = ONE / growth ** (year - ledger.case.settings.first_year)
            if chain is not None and item.demand is not None:
                part = chain.delivered(item.demand, year)
            else:
                part = covered(reached_by(item, year, financed=financed), demand)
            reached, total = reached + discount * part, total + discount
    return reached, total


def reached_by(item: Need, year: int, *, financed: bool) -> Decimal:
    """Capacity with the plan, or of what exists, is underway and comes without support."""
    if financed:
        return item.capacity(year)
    return item.existing(year) + item.underway(year) + item.unaided(year, with_plan=False)


def magnets(ledger: Ledger, _financed: bool) -> Decimal:
    """Tonnes of magnets delivered over the horizon, each grade up to its demand."""
    chain, stages = Chain(ledger), ledger.case.settings.stages
    last = "magnet" if "magnet" in stages else stages[-1]
    rows = [row for row in ledger.case.demand if row.stage == last]
    pairs = ((row, year, along(row.years, year)) for row in rows for year in ledger.years)
    return sum((demand * chain.delivered(row, year) for row, year, demand in pairs if demand > 0), ZERO)


def capacity(ledger: Ledger, financed: bool) -> Decimal:
    """Weighted capacity that the plan adds at every stage in the objective's year: what is financed, less what of it
    comes without support."""
    if not financed:
        return ZERO
    year, total = ledger.case.settings.objective_year, ZERO
    for stage in ledger.case.settings.stages:
        item = Need(ledger, stage, None, None)
        anyway = item.unaided(year, with_plan=False) - item.unaided(year)
        total += weight(ledger, stage) * (item.financed(year) - anyway)
    return total


VALUES: dict[str, Callable[[Ledger, bool], Decimal]] = {
    "coverage": coverage, "capacity": capacity, "bottleneck": bottleneck, "delivered": delivered, "magnets": magnets,
}  # fmt: skip
"""Objective -> its value with the plan (True), or of existing and underway capacity alone (False)."""


def weight(ledger: Ledger, stage: str) -> Decimal:
    return exact(ledger.case.settings.stage_weights.get(stage, 1.0))


def objective(ledger: Ledger) -> Iterator[Finding]:
    """Name, value, baseline and penalty of the objective."""
    stated, required = ledger.plan.objective, name(ledger)
    yield must(stated.name == required, f"the objective is stated as {stated.name}, the case asks for {required}")
    if ledger.plan.risk is not None:
        return  # value, baseline and penalty are those of a measure of risk: see `risk`
    yield equal(stated.value, value(ledger), "the objective's value")
    if required in CHAIN_OBJECTIVES:
        # What the chain would deliver without the plan is another linear program: here it is only held between bounds.
        least, most = exact(stated.baseline), value(ledger)
        yield at_most(-least, ZERO, f"the baseline {say(least)} is below nothing")
        if ledger.unaided.keys().isdisjoint(ledger.financed):  # one decided earlier may also end earlier
            yield at_most(least, most, f"the baseline {say(least)} is above the value {say(most)}", [most])
    else:
        yield equal(stated.baseline, value(ledger, financed=False), "the objective's baseline")
    yield equal(stated.penalty, penalty(ledger), "the penalty of soft rules")


def proof(ledger: Ledger) -> Iterator[Finding]:
    """The bound is not below the value, and the gap is their relative difference."""
    stated = ledger.plan.objective
    reached, bound = exact(stated.value), exact(stated.bound)
    yield at_most(reached, bound, f"the value {say(reached)} is above the bound {say(bound)}", [reached])
    gap = (bound - reached) / max(abs(reached), SMALLEST_VALUE)
    yield equal(stated.gap, gap, "the gap")

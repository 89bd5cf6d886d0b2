"""Every policy rule as one linear row, and the `rules` table."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from models.audit.amounts import MissingNumberError, amounts, datum
from models.audit.exact import TOLERANCE, ZERO, Finding, base, equal, exact, must, say
from models.audit.ledger import Ledger
from models.audit.picks import picks
from models.case import Case
from models.plan import RuleRow
from models.schema import DELIVERY_MEASURES, Rule


@dataclass(frozen=True)
class LinearRow:
    """A rule's linear row `left sense right` and what the plan attains in the unit of its limit."""

    left: Decimal
    right: Decimal
    terms: list[Decimal]
    attained: Decimal | None

    def missing(self, rule: Rule) -> Decimal:
        """By how much the row is missed; 0 where it holds exactly."""
        return max(ZERO, self.right - self.left if rule.sense == ">=" else self.left - self.right)

    def base(self, rule: Rule) -> Decimal:
        return base(exact(rule.value), self.terms)


def row(ledger: Ledger, rule: Rule) -> LinearRow:
    """The linear row of a rule of any aggregate.

    Raises MissingNumberError where a financed project has no number in a column that the rule counts.
    """
    return AGGREGATES[rule.aggregate](ledger, rule)


def each(ledger: Ledger, rule: Rule) -> LinearRow:
    """The worst of the financed projects picked; that every one meets the limit."""
    picked = [ledger.projects[name] for name in ledger.financed if picks(rule, ledger.projects[name])]
    values = [value for project in picked if (value := datum(ledger, rule.measure, project)) is not None]
    limit = exact(rule.value)
    if not values:
        return LinearRow(limit, limit, [], None)
    worst = min(values) if rule.sense == ">=" else max(values)
    return LinearRow(worst, limit, values, worst)


def total(ledger: Ledger, rule: Rule) -> LinearRow:
    """sum measure, 0 over nothing."""
    terms = amounts(ledger, rule, rule.measure)
    attained = sum(terms, ZERO)
    return LinearRow(attained, exact(rule.value), terms, attained)


def average(ledger: Ledger, rule: Rule) -> LinearRow:
    """sum weight * (measure - value)."""
    limit = exact(rule.value)
    measures = amounts(ledger, rule, rule.measure)
    weights = amounts(ledger, rule, rule.weight or "capex")
    terms = [weight * (measure - limit) for weight, measure in zip(weights, measures, strict=True)]
    weighted = sum((weight * measure for weight, measure in zip(weights, measures, strict=True)), ZERO)
    return LinearRow(sum(terms, ZERO), ZERO, terms, quotient(weighted, sum(weights, ZERO)))


def share(ledger: Ledger, rule: Rule) -> LinearRow:
    """sum over picked - value * sum over all."""
    picked, everything = amounts(ledger, rule, rule.measure), amounts(ledger, rule, rule.measure, everyone=True)
    return fraction(rule, picked, everything)


def ratio(ledger: Ledger, rule: Rule) -> LinearRow:
    """sum measure - value * sum per, both over picked."""
    return fraction(rule, amounts(ledger, rule, rule.measure), amounts(ledger, rule, rule.per or "count"))


def fraction(rule: Rule, above: list[Decimal], below: list[Decimal]) -> LinearRow:
    """sum above - value * sum below, attained: the quotient of the sums."""
    limit = exact(rule.value)
    left = sum(above, ZERO) - limit * sum(below, ZERO)
    counted = rule.per if rule.aggregate == "ratio" else rule.measure
    least = (
        TOLERANCE if counted == "private" else ZERO
    )  # private money is the rest of capital cost: no award adds to it
    attained = quotient(sum(above, ZERO), sum(below, ZERO), least)
    return LinearRow(left, ZERO, [*above, *(limit * term for term in below)], attained)


def quotient(above: Decimal, below: Decimal, least: Decimal = ZERO) -> Decimal | None:
    """The quotient; None if the denominator is not above `least`."""
    return above / below if abs(below) > least else None


AGGREGATES = {"each": each, "sum": total, "average": average, "share": share, "ratio": ratio}


def hold(ledger: Ledger) -> Iterator[Finding]:
    """Every hard rule holds, except those that must hold in scenarios instead; no number that a rule counts is missing."""
    for rule in ledger.case.rules:
        if asked_of_scenarios(ledger.case, rule) is not None:
            continue
        try:
            linear = row(ledger, rule)
        except MissingNumberError as gap:
            yield must(False, f"rule {rule.rule}: {gap}")
            continue
        missing = linear.missing(rule)
        attains = "nothing" if linear.attained is None else say(linear.attained)
        sentence = f"rule {rule.rule}: {attains} {rule.sense} {say(rule.value)} is missed by {say(missing)}"
        yield Finding(missing if rule.hard else ZERO, linear.base(rule), sentence)


def asked_of_scenarios(case: Case, rule: Rule) -> Decimal | None:
    """The least probability of the scenarios in which a hard rule on capacity holds; 2 for every scenario including stresses;
    None if it must hold as planned."""
    settings, word = case.settings, rule.holds.strip().casefold()
    over_scenarios = settings.risk not in ("none", "failures")
    if (
        not rule.hard
        or rule.aggregate == "each"
        or not counts_deliveries(rule)
        or not over_scenarios
        or word in ("", "plan")
    ):
        return None
    if word == "always":
        return Decimal(2)
    return Decimal(word[:-1].strip()) / 100 if word.endswith("%") else Decimal(word)


def counts_deliveries(rule: Rule) -> bool:
    """Whether a rule counts what scenarios change."""
    return bool({rule.measure, rule.per} & {*DELIVERY_MEASURES})


def penalty(ledger: Ledger) -> Decimal:
    """Points lost by soft rules at the stated shortfalls, which `table` compares with the true ones."""
    prices = {rule.rule: exact(rule.penalty or 0.0) for rule in ledger.case.rules if not rule.hard}
    rows = (stated for stated in ledger.plan.rules if stated.rule in prices)
    return sum((prices[stated.rule] * exact(stated.shortfall) for stated in rows), ZERO)


def table(ledger: Ledger) -> Iterator[Finding]:
    """Every number of the `rules` table."""
    known = {rule.rule: rule for rule in ledger.case.rules}
    listed = Counter(stated.rule for stated in ledger.plan.rules)
    for name in known:
        yield must(listed[name] == 1, f"rules has {listed[name]} rows of {name} instead of one")
    for stated in ledger.plan.rules:
        yield must(stated.rule in known, f"rules has a row of {stated.rule}, which the case has not")
        if stated.rule in known:
            yield from table_row(ledger, known[stated.rule], stated)


def table_row(ledger: Ledger, rule: Rule, stated: RuleRow) -> Iterator[Finding]:
    """One row of the table: limit, sense, attained value, whether it holds, and shortfall."""
    try:
        linear = row(ledger, rule)
    except MissingNumberError:
        return  # `hold` says so
    label, missing, unit = f"rules, {rule.rule}", linear.missing(rule), linear.base(rule)
    yield equal(stated.limit, exact(rule.value), f"{label}: limit")
    yield must(stated.sense == rule.sense, f"{label}: sense is stated as {stated.sense}, it is {rule.sense}")
    true = missing <= TOLERANCE * unit if stated.holds else missing > 0
    yield must(true, f"{label}: holds is stated as {stated.holds}, missing {say(missing)}")
    yield Finding(abs(exact(stated.shortfall) - missing), unit,
                  f"{label}: shortfall is stated as {stated.shortfall!r}, recomputed {say(missing)}")  # fmt: skip
    if rule.aggregate == "each" and stated.value is None:
        return  # the rule bars candidates: what the financed ones attain need not be stated
    if stated.value is None or linear.attained is None:
        yield must(stated.value == linear.attained, f"{label}: value is {stated.value}, recomputed {linear.attained}")
    else:
        yield equal(stated.value, linear.attained, f"{label}: value")

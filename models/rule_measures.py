"""The measures that rules count, each as an expression linear in the decisions.

Data measures come from the row of a project, delivery measures from capacity, award measures from money. For measures other
than capacity the rule's `year` means decided in or before it. Underway projects count only if the rule's `where` names their
status, and then as constants.

`unaided` is private money at its own risk: private money that a public guarantee or offtake backs is counted as support and
not as mobilised (compare OECD, "Amounts mobilised from the private sector by official development finance
interventions", which attributes such money to the guarantor).
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import partial

from models.decision import Decision, FundingClass, Linear, Start
from models.family import never, nothing
from models.instruments import is_funded
from models.linear import rate_of
from models.measures import data_measure, existing_matches, matches, normal_form, picks_underway
from models.schema import Programme, Project, Rule, Where
from models.sets import Sets
from models.terms import existing_share, fid_of_underway, output

Value = Callable[[Project], float]


@dataclass(frozen=True)
class Measure:
    """A measure that is more than a number in the row of a project, as rules name it."""

    name: str
    sum: Callable[[Decision, Rule, Where], Linear]
    """Sum over what `where` picks, in the measure's unit, linear in the decisions."""
    reads_awards: bool = False
    """Whether the measure counts awards. If so a rule picks all members of a class or none (`models.classes`)."""
    class_key: Callable[[Sets, Project], Hashable] = nothing
    """Further key that the projects of a class must share, so that the sum of their awards suffices."""
    apart: Callable[[Sets, Project], bool] = never
    """Whether the awards of this project count separately; it is then a class by itself."""


def measure(decision: Decision, rule: Rule, name: str, where: Where) -> Linear:
    """Sum of a measure over the financed projects that `where` picks, in the measure's unit."""
    named = MEASURES.get(name)
    return (
        total(decision, rule, where, lambda i: number(decision, i, name))
        if named is None
        else named.sum(decision, rule, where)
    )


def number(decision: Decision, project: Project, name: str) -> float:
    """A data measure of a project. Raises ValueError if the cell is empty, which the checks exclude for projects that can be
    decided."""
    value = data_measure(decision.sets.case, project, name)
    if value is None:
        raise ValueError(f"{project.id} has no {name}")
    return value


def picked(decision: Decision, rule: Rule, where: Where, value: Value) -> Iterable[tuple[float, Start]]:
    """Decisions that a rule counts, each with a number of its project; those with 0 are left out."""
    for starts in decision.starts_of.values():
        project = starts[0].project
        if matches(where, project) and (amount := value(project)):
            yield from ((amount, s) for s in starts if rule.year is None or s.year <= rule.year)


def picked_underway(decision: Decision, rule: Rule, where: Where) -> Iterable[Project]:
    """Underway projects that a rule counts."""
    if not picks_underway(rule.picks):
        return ()
    first = decision.sets.case.settings.first_year
    return (
        p
        for p in decision.sets.underway
        if matches(where, p) and (rule.year is None or fid_of_underway(p, first) <= rule.year)
    )


def total(decision: Decision, rule: Rule, where: Where, value: Value) -> Linear:
    """Sum of a number of each project over those that the rule counts."""
    constant = sum(value(p) for p in picked_underway(decision, rule, where))
    return constant + total_new(decision, rule, where, value)


def delivery_year(decision: Decision, rule: Rule) -> int:
    return decision.sets.case.settings.last_year if rule.year is None else rule.year


def delivered(decision: Decision, rule: Rule, where: Where) -> Linear:
    """Capacity that the plan finances, delivered in the rule's year, t/yr of each stage's own product."""
    year = delivery_year(decision, rule)
    underway = underway_delivered(decision, where, year) if picks_underway(rule.picks) else 0.0
    return underway + sum(
        tonnes * s.runs(year)
        for s in decision.starts
        if matches(where, s.project)
        and (tonnes := output(s.project) * decision.sets.delivery_share(s.project, s.year, year))
    )


def underway_delivered(decision: Decision, where: Where, year: int) -> float:
    """Capacity of the underway projects that `where` picks, in a year."""
    first = decision.sets.case.settings.first_year
    return sum(
        output(p) * decision.sets.delivery_share(p, fid_of_underway(p, first), year)
        for p in decision.sets.underway
        if matches(where, p)
    )


def standing(decision: Decision, rule: Rule, where: Where) -> float:
    """Existing and underway capacity of the stage in the rule's year, t/yr of its own product."""
    year = delivery_year(decision, rule)
    existing = sum(
        decision.sets.standing_tonnes(row, year) * existing_share(row, None)
        for row in decision.sets.case.existing
        if decision.sets.counts(row) and existing_matches(where, row)
    )
    # Where the rule names underway projects `delivered` has counted them.
    underway = 0.0 if picks_underway(rule.picks) else underway_delivered(decision, where, year)
    return existing + underway


# -- money ------------------------------------------------------------------------------------------------------


def sum_of_awards(decision: Decision, rule: Rule, where: Where, name: str) -> Linear:
    """`award` (face), `public_cost` (budget cost) or `contingent` (unfunded face) over what `where` picks."""
    if not decision.sets.has_programmes:
        return 0.0 if name == "contingent" else grants_alone(decision, rule, where)
    return sum(
        (rate_of(decision, c, p, t) if name == "public_cost" else 1.0) * a
        for c, p, t, a in picked_awards(decision, rule, where)
        if name != "contingent" or not is_funded(p)
    )


def public(decision: Decision, rule: Rule, where: Where) -> Linear:
    """Secured money of the picked projects and their funded awards; with a programme clause only those awards."""
    secured = 0.0 if where.programmes else total(decision, rule, where, lambda i: i.secured_m)
    if not decision.sets.has_programmes:
        return secured + grants_alone(decision, rule, where)
    return secured + sum(a for _, p, _, a in picked_awards(decision, rule, where) if is_funded(p))


def grants_alone(decision: Decision, rule: Rule, where: Where) -> Linear:
    """Without programmes: cost of the picked projects to the budget, each as a grant."""
    return sum(
        decision.sets.viability.cost_alone(s.project, s.year) * s.x
        for _, s in picked(decision, rule, where, lambda _: 1.0)
    )


def total_new(decision: Decision, rule: Rule, where: Where, value: Value) -> Linear:
    """As `total`, without underway projects, because they take no new money."""
    return sum(v * s.x for v, s in picked(decision, rule, where, value))


def picked_awards(
    decision: Decision, rule: Rule, where: Where
) -> Iterable[tuple[FundingClass, Programme, int, Linear]]:
    """Awards that a rule counts. `where` picks all members of a class or none (`models.classes`)."""
    for (name, p, t), a in decision.award.items():
        c, programme = decision.class_of[name], decision.programme_of[p]
        if (
            (rule.year is None or t <= rule.year)
            and matches(where, c.members[0])
            and programme_matches(where, programme)
        ):
            yield c, programme, t, a


def programme_matches(where: Where, programme: Programme) -> bool:
    """Whether every programme clause holds."""
    return all(normal_form(getattr(programme, column)) in values for column, values in where.programmes)


def joint(decision: Decision, rule: Rule, where: Where) -> Linear:
    """Projects that two donors support, each with its capital cost, or 1 if `weight` is count."""
    return sum(
        (1.0 if rule.weight == "count" else decision.sets.by_id[i].capex_m) * x
        for (i, t), x in decision.joint.items()
        if (rule.year is None or t <= rule.year) and matches(where, decision.sets.by_id[i])
    )


def capacity_total(decision: Decision, rule: Rule, where: Where) -> Linear:
    """Capacity of a stage in the rule's year: what the plan finances, what exists, is underway or goes ahead unaided."""
    return delivered(decision, rule, where) + standing(decision, rule, where) + unaided_delivered(decision, rule, where)


def unaided_delivered(decision: Decision, rule: Rule, where: Where) -> Linear:
    """Capacity in the rule's year of the projects that `where` picks and that go ahead without support."""
    year = delivery_year(decision, rule)
    return sum(
        tonnes * s.x
        for s in decision.unaided_starts
        if matches(where, s.project) and (tonnes := output(s.project) * decision.sets.unaided_share(s.project, year))
    )


def private(decision: Decision, rule: Rule, where: Where) -> Linear:
    """Capital cost of the picked projects less public money."""
    return total(decision, rule, where, lambda i: i.capex_m) - public(decision, rule, where)


def support(decision: Decision, rule: Rule, where: Where) -> Linear:
    """Public money and contingent exposure of the picked projects."""
    return public(decision, rule, where) + sum_of_awards(decision, rule, where, "contingent")


def unaided(decision: Decision, rule: Rule, where: Where) -> Linear:
    """Private money at its own risk: private money less what public guarantees and offtake back."""
    return private(decision, rule, where) - sum_of_awards(decision, rule, where, "contingent")


MEASURES: dict[str, Measure] = {
    m.name: m
    for m in (
        Measure("capacity", delivered),
        Measure("capacity_total", capacity_total),
        Measure("award", partial(sum_of_awards, name="award"), reads_awards=True),
        Measure("public_cost", partial(sum_of_awards, name="public_cost"), reads_awards=True),
        Measure("contingent", partial(sum_of_awards, name="contingent"), reads_awards=True),
        Measure("public", public, reads_awards=True),
        Measure("private", private, reads_awards=True),
        Measure("support", support, reads_awards=True),
        Measure("unaided", unaided, reads_awards=True),
        Measure("joint", joint, reads_awards=True),
    )
}
"""Measures of deliveries and of awards by name. Every other measure is a number in the row of a project."""

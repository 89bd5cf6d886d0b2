"""Measures that are linear in the decisions: one named expression each, read by rows, objectives and reports alike.

Money in millions of the base currency, material in tonnes a year. Each takes a `Decision` and gives a number where
its values are numbers and a Pyomo expression where they are variables.
"""

from collections.abc import Iterable

from models.decision import Decision, FundingClass, Linear
from models.instruments import cost_rate
from models.schema import Programme
from models.sets import DemandKey, Fund
from models.terms import material_share, output


def financed_capacity(decision: Decision, key: DemandKey, year: int) -> Linear:
    """Capacity of a demand row that the plan finances, delivered in `year`, t/yr."""
    return sum(
        tonnes * s.runs(year)
        for s in decision.starts_by_stage.get(key.stage, ())
        if (
            tonnes := output(s.project)
            * material_share(s.project, key.material)
            * decision.sets.delivery_share(s.project, s.year, year)
        )
    )


def unaided_capacity(decision: Decision, key: DemandKey, year: int) -> Linear:
    """Capacity of a demand row that projects outside the plan deliver without support, t/yr."""
    return sum(
        tonnes * s.x
        for s in decision.unaided_starts
        if s.project.stage == key.stage
        and (
            tonnes := output(s.project)
            * material_share(s.project, key.material)
            * decision.sets.unaided_share(s.project, year)
        )
    )


def added_capacity(decision: Decision, key: DemandKey, year: int) -> Linear:
    """Financed capacity of a demand row less the output of the same projects without support, t/yr."""
    return financed_capacity(decision, key, year) + (
        unaided_capacity(decision, key, year) - decision.sets.unaided_of(key, year)
    )


def rate_of(decision: Decision, c: FundingClass, programme: Programme, year: int) -> float:
    """Budget cost per unit of face value of the awards of a class decided in `year`.

    It is that of any member: `models.classes` puts only projects of one rate into a class, and `check_rates` asserts it.
    """
    return cost_rate(programme, c.members[0], year, decision.sets.sizing(year))


def awards(
    decision: Decision, programmes: Iterable[Programme]
) -> Iterable[tuple[FundingClass, Programme, int, Linear]]:
    """All awards of these programmes."""
    names = {p.id for p in programmes}
    for (c, p, t), a in decision.award.items():
        if p in names:
            yield decision.class_of[c], decision.programme_of[p], t, a


def committed(decision: Decision, fund: Fund, *, face: bool) -> Linear:
    """All that a fund commits over the years: face value or budget cost."""
    return sum((1.0 if face else rate_of(decision, c, p, t)) * a for c, p, t, a in awards(decision, fund.programmes))


def charges(decision: Decision, fund: Fund, *, whole: bool = False) -> dict[int, Linear]:
    """The charges to a fund's envelopes in each year of the horizon: cost or face, at the decision or as it is spent.

    `whole`: as spent, whatever part of it a cut envelope is charged (`Sets.charge_factor`).
    """
    spent: dict[int, Linear] = dict.fromkeys(decision.sets.years, 0)
    for c, p, t, a in awards(decision, fund.programmes):
        rate = 1.0 if fund.on_face else rate_of(decision, c, p, t)
        for k, part in enumerate(c.profile):
            if part and rate and t + k in spent:
                factor = 1.0 if whole else decision.sets.charge_factor(fund, t, t + k)
                spent[t + k] = spent[t + k] + factor * rate * part * a
    return spent


def public_cost(decision: Decision) -> Linear:
    """Budget cost of everything committed, undiscounted. Without programmes: what the projects cost, at rate 1."""
    if not decision.sets.has_programmes:
        return sum(decision.sets.viability.cost_alone(s.project, s.year) * s.x for s in decision.starts)
    return sum(rate_of(decision, c, p, t) * a for c, p, t, a in awards(decision, decision.sets.case.programmes))


def face_value(decision: Decision) -> Linear:
    """Face value of everything committed. Without programmes: what the projects cost."""
    if not decision.sets.has_programmes:
        return public_cost(decision)
    return sum(decision.award.values())


def fid_years(decision: Decision) -> Linear:
    """Sum of the decision years: fewer projects first, then earlier ones."""
    return sum(s.year * s.x for s in decision.starts)

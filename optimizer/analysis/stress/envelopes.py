"""Year envelopes that are cut after the plan was made: the projects whose awards still fit.

A `budget` factor f scales what is not yet committed, f (envelope - spent before), spent by decisions from before the
first year that is cut. Projects decided in the years that are cut may drop out; where even that does not suffice, as
money that is cut would have been carried on, those decided later may too.
"""

from collections.abc import Mapping
from dataclasses import replace

from models.constraints.continuation import Choice
from models.decision import Decision
from models.evaluation import Decided, delivers_in
from models.linear import charges
from models.plan_assembly import decided
from models.scenarios import Realization
from models.sets import Fund, Sets
from optimizer.solver.tolerance import TOLERANCE

CENT = 1e-6
"""Millions by which an envelope may be overdrawn by rounding."""
Spent = Mapping[str, Mapping[int, float]]
"""Project -> year -> what it charges to one fund."""


def cut_envelopes(
    decisions: Decided, realization: Realization, owed: Mapping[str, float], contingency: float | None
) -> Choice | None:
    """Who may stop in a realization: by calls that the contingency does not meet, or by envelopes that are cut. None
    where everybody goes on. Decisions that know the cut were taken within it, and those before the review are not cut."""
    if realization.known_from is not None:
        realization = replace(realization, rows=tuple(r for r in realization.rows if r.parameter != "budget"))
    if not owed and not any(r.parameter == "budget" for r in realization.rows):
        return None
    sets = Sets(decisions.case)
    decision = decided(sets, decisions.chosen, decisions.awards)
    factors = {f.name: {t: realization.envelope_factor(f, t) for t in sets.years} for f in sets.funds if f.envelopes}
    years = sorted({t for by_year in factors.values() for t, factor in by_year.items() if factor != 1.0})
    spent = {f.name: _spent(decision, f) for f in sets.funds if f.name in factors}
    cut = [f for f in sets.funds if f.name in factors and any(x != 1.0 for x in factors[f.name].values())]
    exceeds = contingency is not None and sum(owed.values()) > contingency + TOLERANCE * max(1.0, contingency)
    # Only a soft rule can make it better for a project to stop that need not stop.
    soft = (owed or cut) and any(not r.hard and delivers_in(r) for r in decisions.case.rules)
    for open_years in (set(years), {t for t in sets.years if years and t >= years[0]}):
        choice = _choice(decisions, cut, (factors, spent), open_years, (owed, contingency), years)
        if all(_fits(choice, f, without=choice.charges) for f in cut):
            break
    overdrawn = not all(_fits(choice, f, without={}) for f in cut)
    return choice if exceeds or overdrawn or soft else None


def _choice(  # noqa: PLR0917
    decisions: Decided,
    cut: list[Fund],
    money: tuple[Mapping[str, Mapping[int, float]], Mapping[str, Spent]],
    open_years: set[int],
    calls: tuple[Mapping[str, float], float | None],
    years: list[int],
) -> Choice:
    factors, spent = money
    available: dict[tuple[str, int], float] = {}
    charged: dict[tuple[str, int], dict[str, float]] = {}
    carried: dict[str, float] = {}
    for f in cut:
        of_fund, envelopes = spent[f.name], f.envelopes or {}
        old = {i for i, t in decisions.chosen.items() if t < years[0]}
        may_stop = {i for i, t in decisions.chosen.items() if t in open_years}
        carried[f.name] = _carried(f, of_fund, years[0])
        for t in (t for t in sorted(envelopes) if t >= years[0]):
            before = sum(by_year.get(t, 0.0) for i, by_year in of_fund.items() if i in old)
            fixed = sum(by_year.get(t, 0.0) for i, by_year in of_fund.items() if i not in old and i not in may_stop)
            free = envelopes[t] - before
            available[f.name, t] = (factors[f.name][t] * free if free > 0 else free) - fixed
            charged[f.name, t] = {i: x for i in sorted(may_stop) if (x := of_fund.get(i, {}).get(t, 0.0)) > 0}
    owed, contingency = calls
    carries = frozenset(f.name for f in cut if f.carry_over)
    dropped = frozenset(i for i, t in decisions.chosen.items() if cut and t in open_years)
    return Choice(dict(owed), contingency, available, charged, carries, carried, dropped)


def _carried(fund: Fund, spent: Spent, first: int) -> float:
    """Money carried into a year as planned."""
    left = 0.0
    for t in sorted(t for t in fund.envelopes or {} if t < first):
        left = max(0.0, left + (fund.envelopes or {})[t] - sum(by_year.get(t, 0.0) for by_year in spent.values()))
    return left if fund.carry_over else 0.0


def _fits(choice: Choice, fund: Fund, without: Mapping[tuple[str, int], Mapping[str, float]]) -> bool:
    """Whether a fund pays for all projects, or for all that may not stop."""
    left = choice.carried.get(fund.name, 0.0)
    for (name, t), available in sorted(choice.available.items()):
        if name == fund.name:
            dropped = set(without.get((name, t), ()))
            spent = sum(x for i, x in choice.charges[name, t].items() if i not in dropped)
            left = (left if fund.carry_over else 0.0) + available - spent
            if left < -CENT:
                return False
    return True


def _spent(plan: Decision, fund: Fund) -> Spent:
    """The charges of each project to a fund, by year."""
    spent: dict[str, dict[int, float]] = {}
    for i in {i for i, _, _ in plan.award}:
        decision = Decision(plan.sets, plan.classes, {}, {key: face for key, face in plan.award.items() if key[0] == i})
        spent[i] = {t: float(x) for t, x in charges(decision, fund).items() if x}
    return spent

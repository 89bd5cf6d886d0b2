"""Plans under a measure of risk against every selection tried, and the relations that the measures keep."""

from dataclasses import replace
from math import inf

import pytest
from support import risk_books
from support.repeatable import EXAMPLES

from models.case import Case
from models.evaluation import Decided
from models.plan import Plan
from models.risk import risk_of
from models.schema import Scenario
from models.sets import Sets
from optimizer.analysis.risk import solve
from optimizer.analysis.risk.failures import FailuresJudge
from optimizer.analysis.risk.search import Watch
from optimizer.analysis.risk.solve import or_planned, searched
from optimizer.analysis.stress.run import planned_bound
from optimizer.solver import tuning
from optimizer.solver.lexicographic import Options, Solution, find
from optimizer.solver.no_solution import NoSolutionFound
from optimizer.solver.solve import audited

MANY = max(2, EXAMPLES // 6)
TIGHT = 1e-6


def solved(case: Case) -> Plan:
    return solve(case, gap=0.0, time_limit=60)


@pytest.mark.parametrize("contingency", [False, True])
@pytest.mark.parametrize("risk", ["expected", "cvar", "worst", "regret"])
def test_value_equals_that_of_every_selection_tried(risk: str, contingency: bool) -> None:
    for seed in range(MANY):
        case = risk_books.book(seed, risk, contingency=contingency)
        top, _ = risk_books.best(case)
        plan = solved(case)
        assert plan.objective.value == pytest.approx(top, abs=TIGHT), seed
        assert plan.objective.bound >= top - TIGHT, seed
        assert plan.status == "optimal"
        assert plan.risk is not None
        chosen = {p.id: p.fid_year for p in plan.projects}
        for name, value in risk_books.values(case, chosen).items():
            stated = next(r.value for r in plan.risk.scenarios if r.scenario == name)
            assert stated == pytest.approx(value, abs=TIGHT), (seed, name)


@pytest.mark.parametrize("by", ["project", "country"])
def test_the_worst_failure_equals_that_of_every_selection_and_set_tried(
    by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the book counts as large, so that plans of the same value are not compared."""
    for seed in range(MANY):
        monkeypatch.setattr(tuning, "TIES_WITH_CUTS_UP_TO", 0 if seed % 2 else 100)
        case = risk_books.book(seed, "failures", failures=1 + seed % 2, failures_by=by)
        case = case.with_(rules=tuple(r for r in case.rules if r.sense == ">="))
        countries = {p.id: p.country for p in case.projects}
        unit = countries.__getitem__ if by == "country" else str
        n = case.settings.failures
        top = max(risk_books.worst_failure(case, chosen, n, unit) for chosen in risk_books.selections(case))
        plan = solved(case)
        assert plan.objective.value == pytest.approx(top, abs=TIGHT), seed
        assert plan.status == "optimal", seed
        assert plan.risk is not None
        assert plan.risk.failure is not None
        assert len(plan.risk.failure.names) == min(n, len({unit(p.id) for p in plan.projects}))


def test_one_sure_scenario_equal_to_the_book_gives_the_plan_as_planned() -> None:
    for seed in range(MANY):
        case = risk_books.book(seed, "none")
        same = Scenario(row=0, scenario="same", probability=1.0, parameter="demand", value=1.0)
        planned = solved(case)
        for risk in ("cvar", "regret"):
            settings = case.settings.model_copy(update={"risk": risk})
            plan = solved(case.with_(scenarios=(same,), settings=settings))
            assert plan.projects == planned.projects, (seed, risk)
            value = planned.objective.value - planned.objective.penalty
            assert plan.objective.value == pytest.approx(0.0 if risk == "regret" else value, abs=TIGHT)


def test_perfect_information_is_worth_more_than_the_plan_and_the_plan_more_than_that_of_the_mean_book() -> None:
    for seed in range(MANY):
        case = risk_books.book(seed, "expected", value_of_information=True)
        plan = solved(case)
        tried = [risk_books.values(case, chosen) for chosen in risk_books.selections(case)]
        chances = risk_books.probabilities(case)
        perfect = sum(p * max(result[w] for result in tried) for w, p in chances.items())
        assert plan.risk is not None
        evpi, vss = plan.risk.evpi, plan.risk.vss
        assert evpi is not None
        assert vss is not None
        assert evpi.low - TIGHT <= perfect - plan.risk.value <= evpi.high + TIGHT, seed
        assert -TIGHT <= vss.low <= vss.high + TIGHT, seed
        assert evpi.low >= -TIGHT


def test_a_search_without_time_gives_the_plan_as_planned_with_a_bound_that_holds() -> None:
    for risk in ("worst", "regret"):
        case = risk_books.book(3, risk)
        top, _ = risk_books.best(case)
        sets = Sets(case)
        planned = find(sets, Options(0.0))
        judge, result = searched(sets, Options(0.0, time_limit=1e-9), Watch(), planned)
        assert result.bound >= top - TIGHT
        assert judge.value(Decided(case, result.chosen, result.awards)) <= top + TIGHT


def nothing_found(*_: object, **__: object) -> Solution:
    raise NoSolutionFound


def test_a_search_that_ends_without_a_plan_leaves_the_one_as_planned() -> None:
    case = risk_books.book(3, "worst")
    sets = Sets(case)
    planned = find(sets, Options(0.0))
    result = or_planned(sets, risk_of(case), planned, nothing_found)
    assert result.chosen == planned.chosen
    assert not result.proved
    assert result.bound >= risk_books.best(case)[0] - TIGHT


def test_a_search_that_ends_without_a_bound_states_the_most_that_any_plan_reaches() -> None:
    case = risk_books.book(3, "worst")
    sets = Sets(case)
    unbounded = replace(find(sets, Options(0.0)), bound=inf)
    result = or_planned(sets, risk_of(case), None, lambda: unbounded)
    assert risk_books.best(case)[0] - TIGHT <= result.bound <= 1.0
    as_planned = Sets(case.with_(settings=case.settings.model_copy(update={"risk": "none"})))
    plan = audited(as_planned, unbounded, Options(0.0))
    assert plan.objective.value < plan.objective.bound <= 1.0 + plan.objective.penalty
    assert plan.status == "feasible"


def test_a_round_against_failures_without_a_plan_keeps_the_best_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    case = risk_books.book(1, "failures", failures=1)
    case = case.with_(rules=tuple(r for r in case.rules if r.sense == ">="))
    proved = solved(case)
    monkeypatch.setattr("optimizer.analysis.risk.failures.best_plan", nothing_found)
    plan = solved(case)
    assert plan.projects
    assert plan.objective.bound >= proved.objective.value - TIGHT


def test_the_bound_of_a_measure_is_no_bound_of_the_book_as_planned() -> None:
    case = risk_books.book(1, "worst")
    planned = solved(case.with_(settings=case.settings.model_copy(update={"risk": "none"})))
    assert planned_bound(planned) == planned.objective.bound - planned.objective.penalty
    assert planned_bound(solved(case)) is None


def test_the_worst_failure_of_the_same_decisions_is_sought_once() -> None:
    case = risk_books.book(1, "failures", failures=1)
    chosen = next(chosen for chosen in risk_books.selections(case) if chosen)
    judge = FailuresJudge(case)
    assert judge.worst(Decided(case, dict(chosen), {})) is judge.worst(
        Decided(case, dict(reversed(chosen.items())), {})
    )
    assert judge.worst(Decided(case, {}, {})) is not judge.worst(Decided(case, chosen, {}))

"""Plans with a review against every decision before it and every later one of each state."""

import threading
from dataclasses import replace

import pytest
from support import review_books, stress_books
from support.repeatable import EXAMPLES

from models.audit import audit
from models.case import Case
from models.evaluation import Decided
from models.plan import Plan
from models.risk import risk_of
from models.risk_plan import RiskPlan
from models.schema import Programme
from models.sets import Sets
from optimizer.analysis.risk import review, solve
from optimizer.analysis.risk.judge import NamedJudge
from optimizer.analysis.risk.search import Watch
from optimizer.analysis.stress import StressOptions, stress
from optimizer.errors import NoPlanFound
from optimizer.plan_folder.compare import Run, compare
from optimizer.reports.compare.text import grids
from optimizer.reports.risk.sentences import sentences, value_text
from optimizer.solver import tuning
from optimizer.solver.allocation import AwardsNotFound
from optimizer.solver.lexicographic import Options, Solution, find

MANY = max(2, EXAMPLES // 6)
TIGHT = 1e-6


def solved(case: Case) -> Plan:
    return solve(case, gap=0.0, time_limit=60)


@pytest.mark.parametrize(
    ("risk", "contingency"), [("expected", False), ("cvar", True), ("worst", False), ("regret", True)]
)
def test_value_equals_that_of_every_policy_tried(risk: str, contingency: bool) -> None:
    for seed in range(MANY):
        case = review_books.book(seed, risk, contingency=contingency)
        top = review_books.best(case)
        plan = solved(case)
        assert plan.objective.value == pytest.approx(top, abs=TIGHT), seed
        assert plan.objective.bound >= top - TIGHT, seed
        assert plan.status == "optimal"
        for s in _risk(plan).states:
            rows = [r for r in case.scenarios if s.scenarios and r.scenario == s.scenarios[0]]
            known = rows if s.state != "as planned" else []
            assert review_books.is_paid(case, {p.id: p.fid_year for p in s.projects}, known), (seed, s.state)


def _risk(plan: Plan) -> RiskPlan:
    assert plan.risk is not None
    return plan.risk


@pytest.fixture(scope="module")
def reviewed() -> tuple[Case, Plan]:
    """A plan whose states differ after the review, with money spent on both sides of it."""
    case = review_books.book(4, "expected")
    plan = solved(case)
    years = {p.fid_year for s in _risk(plan).states for p in s.projects}
    assert min(years) < review_books.REVIEW <= max(years)
    return case, plan


def test_nothing_before_the_review_differs_and_states_are_told_apart_by_what_is_known(
    reviewed: tuple[Case, Plan],
) -> None:
    case, plan = reviewed
    risk = _risk(plan)
    early = [[p for p in s.projects if p.fid_year < review_books.REVIEW] for s in risk.states]
    assert all(one == early[0] for one in early)
    assert sorted(sorted(s.scenarios) for s in risk.states) == sorted(
        sorted(names) for names in review_books.states(case).values()
    )
    assert {(p.id, p.fid_year) for p in risk.states[0].projects} == {(p.id, p.fid_year) for p in plan.projects}
    assert Decided.of(case, plan).states.keys() == {s.state for s in risk.states[1:]}


def test_the_auditor_refuses_states_that_are_not_so(reviewed: tuple[Case, Plan]) -> None:
    case, plan = reviewed
    planned, other = _risk(plan).states[:2]
    first = planned.projects[0]
    assert first.awards
    late = next(s for s in _risk(plan).states if any(p.fid_year >= review_books.REVIEW for p in s.projects))
    more = next(p for p in late.projects if p.fid_year >= review_books.REVIEW)
    face = first.awards[0].model_copy(update={"face_m": first.awards[0].face_m + 0.5})
    wrong = {
        "an award before the review": other.model_copy(
            update={"projects": (first.model_copy(update={"awards": (face,)}), *other.projects[1:])}
        ),
        "a decision that the window has not": other.model_copy(
            update={"projects": (*other.projects, more.model_copy(update={"id": "nobody"}))}
        ),
        "money that is not there": other.model_copy(
            update={"projects": tuple(
                p.model_copy(update={"public_m": p.public_m + 1.0}) for p in (*other.projects, *planned.projects)
            )}
        ),
        "a scenario of another state": other.model_copy(update={"scenarios": ()}),
    }  # fmt: skip
    for what, state in wrong.items():
        states = (planned, state, *_risk(plan).states[2:])
        forged = plan.model_copy(update={"risk": _risk(plan).model_copy(update={"states": states})})
        assert not audit(case, forged).passed, what


def test_an_earlier_review_is_worth_no_less_where_no_money_is_cut() -> None:
    for seed in range(MANY):
        base = review_books.book(seed, "expected")
        rows = tuple(r for r in base.scenarios if r.parameter != "budget")
        values = []
        for year in (None, review_books.REVIEW + 1, review_books.REVIEW):
            settings = base.settings.model_copy(update={"review_year": year})
            values.append(solved(base.with_(scenarios=rows, settings=settings)).objective.value)
        assert values[0] <= values[1] + TIGHT, seed
        assert values[1] <= values[2] + TIGHT, seed


def test_a_stress_of_a_plan_with_states_finds_the_values_that_it_was_made_for(reviewed: tuple[Case, Plan]) -> None:
    case, plan = reviewed
    result = stress(case, plan, StressOptions(failures=0, draws=10))
    stated = {r.scenario: r.value for r in _risk(plan).scenarios}
    assert {r.scenario: r.value for r in result.scenarios} == pytest.approx(stated)
    assert result.draws is not None
    drawn = {seen.scenario: seen.value for seen in result.draws.seen}
    assert drawn == pytest.approx({name: stated[name] for name in drawn})
    states = {r.scenario: r.state for r in _risk(plan).scenarios}
    assert len({states[name] for name in drawn}) > 1


def test_values_are_kept_by_the_states_in_which_decisions_are_taken(reviewed: tuple[Case, Plan]) -> None:
    case, plan = reviewed
    decided, judge = Decided.of(case, plan), NamedJudge(case)
    nothing = Decided(case, {}, {})
    alone = {name: replace(decided, states={name: nothing}) for name in sorted(decided.states)}
    values = {name: NamedJudge(case).value(one) for name, one in alone.items()}
    assert len(set(values.values())) > 1
    assert {name: judge.value(one) for name, one in alone.items()} == values


def test_plans_are_compared_state_by_state(reviewed: tuple[Case, Plan]) -> None:
    case, plan = reviewed
    once = case.with_(settings=case.settings.model_copy(update={"risk": "none"}))
    planned = solved(once)
    result = compare(Run("once", once, planned), Run("by state", case, plan))
    told = {(c.id, s): (c.fid_years, c.moves[1]) for c in result.states for s in c.scenarios}
    first = {p.id: p.fid_year for p in planned.projects}
    for state in _risk(plan).states[1:]:
        years = {p.id: p.fid_year for p in state.projects}
        for s in state.scenarios:
            for i in first.keys() | years.keys():
                if first.get(i) != years.get(i):
                    assert told[i, s][0] == (first.get(i), years.get(i)), (i, s)
    assert {move for _, move in told.values()} & {"in", "out", "moved"}
    grid = next(g for g in grids(result) if g.name == "After the review")
    assert len(grid.rows) == len(result.states)
    assert not compare(Run("once", once, planned), Run("again", once, planned)).states


def test_where_no_awards_are_found_in_time_the_plan_as_planned_stands_under_a_proved_bound(
    reviewed: tuple[Case, Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    case, best = reviewed

    def none_found(*_: object, **__: object) -> Solution:
        raise AwardsNotFound

    monkeypatch.setattr("optimizer.solver.lexicographic.allocate_under_risk", none_found)
    plan = solved(case)
    assert best.objective.value - TIGHT <= plan.objective.bound < 0.9
    assert plan.objective.value <= best.objective.value + TIGHT
    assert plan.audit is not None
    assert plan.audit.passed


class _SetAt(threading.Event):
    """Is set from the n-th look on."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.left = n

    def is_set(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_whenever_it_is_stopped_there_is_an_audited_plan_under_a_bound_or_none_yet(reviewed: tuple[Case, Plan]) -> None:
    case, best = reviewed
    result: list[Plan | None] = []
    for looks in (0, 4, 9):
        try:
            plan = solve(case, gap=0.0, stop=_SetAt(looks))
        except NoPlanFound:
            result.append(None)
            continue
        result.append(plan)
        assert plan.audit is not None
        assert plan.audit.passed
        assert plan.objective.value <= best.objective.value + TIGHT <= plan.objective.bound + 2 * TIGHT
        assert {s.state for s in _risk(plan).states} == {s.state for s in _risk(best).states}
    assert result[0] is None
    assert any(p is not None and p.status == "feasible" for p in result)
    assert all(p is not None for p in result[result.index(next(filter(None, result))) :])


def test_states_without_time_to_search_leave_a_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    case = review_books.book(4, "expected")
    sets, watch = Sets(case), Watch()
    planned = find(sets, Options(0.0, 60.0))
    monkeypatch.setattr(review, "LEAST_SECONDS", 0.0)
    result = review.adapted(sets, risk_of(case), Options(0.0, 0.0), watch, planned)
    assert result is not None
    assert result.states.keys() == {s.name for s in risk_of(case).states[1:]}
    assert result.chosen == planned.chosen
    assert NamedJudge(case).value(result.decided(case)) <= result.bound + TIGHT


def test_a_large_program_reaches_the_value_of_the_whole_under_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """A large one bounds every state by itself, and leaves out the states that the measure does not read; here every one is
    large."""
    for seed in range(MANY):
        case = review_books.book(seed, ("expected", "worst", "cvar", "regret")[seed % 4])
        first = case.scenarios[0].scenario
        stress = tuple(r.model_copy(update={"probability": None}) if r.scenario == first else r for r in case.scenarios)
        case = case.with_(scenarios=stress)
        exact = solved(case)
        with monkeypatch.context() as large:
            large.setattr(tuning, "CORE_FROM", 0)
            plan = solved(case)
        assert plan.objective.value == pytest.approx(exact.objective.value, abs=TIGHT), seed
        assert plan.objective.bound >= exact.objective.value - TIGHT, seed
        assert {s.state for s in _risk(plan).states} == {s.state for s in _risk(exact).states}
        assert plan.audit is not None
        assert plan.audit.passed


def test_the_fewest_awards_are_proved_only_where_no_project_has_two(reviewed: tuple[Case, Plan]) -> None:
    case, plan = reviewed
    assert plan.tie_break == "proved"
    parts = tuple(
        Programme(row=n, id=f"p{n}", instrument="grant", donor="US", max_share=0.5, uncapped=True) for n in (1, 2, 3)
    )
    shared = solved(case.with_(programmes=parts, scenarios=tuple(r for r in case.scenarios if r.parameter != "budget")))
    awards = [len(p.awards or ()) for s in _risk(shared).states for p in s.projects]
    assert max(awards) > 1
    assert shared.tie_break == "partial"


def test_fresh_draws_say_that_a_plan_for_the_worst_scenario_is_worth_less_on_average() -> None:
    """The other plan has the best later decisions of every state; calls beyond the contingency leave lower bounds."""
    case = review_books.book(13, "worst", contingency=True).with_(risks=stress_books.risks(13))
    plan = solve(case, gap=0.0, time_limit=60)
    without = _risk(plan).without
    assert without is not None
    assert without.gain is not None
    assert without.gain.of == "mean"
    assert without.gain.low <= without.gain.value <= without.gain.high < 0
    assert not without.gain.exact
    told = sentences(case, plan)
    assert any("less on average than the plan that is best as planned" in one for one in told)
    (lost,) = (one for one in told if "less on average" in one)
    low, high = (value_text(case, -end) for end in (without.gain.high, without.gain.low))
    assert f"(95 % interval {low} to {high}): it is not worth it" in lost
    assert any("then lower bounds" in one for one in told)

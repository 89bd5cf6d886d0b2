"""Plans under risk of books with prices: projects that must be viable, and falls of prices that idle them."""

import random
from dataclasses import replace

import pytest
from support import oracle_market, oracle_stress, price_books, risk_books, stress_books
from support.repeatable import EXAMPLES

from models.case import Case
from models.checks.risk import claims
from models.constraints.going_on import awards_decide
from models.evaluation import Decided
from models.risk import Refuted, risk_of
from models.schema import Price, Project, Rule, Scenario, Where
from models.sets import Sets
from optimizer.analysis.alternatives import alternatives
from optimizer.analysis.explain import explain
from optimizer.analysis.frontier import explore
from optimizer.analysis.risk import search, solve
from optimizer.analysis.risk.judge import keeps_named, results
from optimizer.analysis.risk.questions import awards_may_decide, obstacle
from optimizer.solver.lexicographic import Options, Solution, find
from optimizer.solver.no_solution import NoSolutionFound

MANY = max(2, EXAMPLES // 6)
TIGHT = 1e-6
EXACT = Options(0.0, 60.0)


def book(seed: int, risk: str) -> Case:
    """A book without programmes whose candidates must be viable, with a fall of prices in its first scenario."""
    r, case = random.Random(seed + 9000), risk_books.book(seed, risk)
    prices = tuple(Price(row=n, material=s, years={2026: 1e5, 2031: 0.8e5}) for n, s in enumerate(stress_books.STAGES))
    projects = tuple(
        p.model_copy(update={"opex_per_t": r.choice((0.2e5, 0.5e5, 0.7e5)), "unaided_fid": None})
        if p.status == "candidate"
        else p
        for p in case.projects
    )
    fall = Scenario(row=90, scenario="s0", parameter="price", value=0.6, from_year=r.choice((None, 2028)))
    settings = case.settings.model_copy(update={"hurdle_rate": 0.1, "risk": risk})
    return case.with_(prices=prices, projects=projects, scenarios=(*case.scenarios, fall), settings=settings)


def cost(case: Case, project: Project, fid: int) -> float:
    """What a candidate costs the budget: its need, or what the market leaves missing."""
    rate = oracle_market.hurdle(case, project)
    need = oracle_stress.need(project.capex_m, project.private_share, project.secured_m)
    if rate is None:
        return need
    earned = oracle_market.pv_cash(case, project, fid, rate) / oracle_market.phi(case, project, rate)
    return max(need, project.capex_m - project.secured_m - earned)


def best(case: Case) -> float:
    """The largest measure of the selections that the total budget pays for."""
    whole = case.with_(settings=case.settings.model_copy(update={"total_budget_m": 1e9}))
    values = []
    for chosen in risk_books.selections(whole):
        costs = [cost(case, oracle_stress.one(case, i), t) for i, t in chosen.items()]
        rooms = [p.capex_m - p.secured_m for p in (oracle_stress.one(case, i) for i in chosen)]
        if sum(costs) <= (case.settings.total_budget_m or 0.0) + 1e-9 and all(
            c <= room + 1e-9 for c, room in zip(costs, rooms, strict=True)
        ):
            values.append(risk_books.measure(case, risk_books.values(case, chosen), {}))
    return max(values)


@pytest.mark.parametrize("risk", ["expected", "worst"])
def test_value_equals_that_of_every_selection_tried(risk: str) -> None:
    idle = 0
    for seed in range(MANY):
        case = book(seed, risk)
        plan = solve(case, gap=0.0, time_limit=60)
        assert plan.objective.value == pytest.approx(best(case), abs=TIGHT), seed
        rows = [r for r in case.scenarios if r.scenario == "s0"]
        idle += any(
            oracle_stress.idle(case, rows, {}, oracle_stress.one(case, p.id), p.fid_year, 2030) for p in plan.projects
        )
    assert risk == "worst" or idle, "no project idles: the test would prove nothing"


def test_after_a_review_each_state_is_sized_at_its_prices() -> None:
    """The audit works out gaps, costs and who idles of every state by itself."""
    for seed in range(MANY):
        case = book(seed, "expected")
        settings = case.settings.model_copy(update={"review_year": 2027})
        adapted = solve(case.with_(settings=settings), gap=0.0, time_limit=60)
        assert adapted.risk is not None
        assert "s0" in {s.state for s in adapted.risk.states}
        assert adapted.audit is not None
        assert adapted.audit.passed


@pytest.mark.parametrize(("risk", "contingency", "first"), [("expected", False, 5), ("cvar", True, 6)])
def test_awards_decide_who_runs_and_who_goes_on_as_well_as_any_awards_tried(
    risk: str, contingency: bool, first: int
) -> None:
    decided = 0
    for seed in range(first, first + max(1, EXAMPLES // 12)):
        case = price_books.book(seed, risk, contingency=contingency)
        plan = solve(case, gap=0.0, time_limit=60)
        assert plan.objective.value == pytest.approx(price_books.best(case), abs=TIGHT), seed
        assert plan.objective.bound >= plan.objective.value - TIGHT, seed
        assert plan.status == "optimal", seed
        sets = Sets(case)
        starts = {(i.id, t): 1 for i in sets.candidates for t in sets.windows[i.id]}
        decided += any(awards_decide(sets, w.realization, starts) for w in risk_of(case).outcomes)
    assert decided, "awards decide nothing: the test would prove nothing"


def test_a_plan_of_the_mean_book_is_compared_where_prices_fall() -> None:
    case = price_books.book(0, "expected", contingency=False, value_of_information=True)
    plan = solve(case, gap=0.0, time_limit=60)
    assert plan.risk is not None
    assert plan.risk.vss is not None
    assert -TIGHT <= plan.risk.vss.low <= plan.risk.vss.high + TIGHT


def test_a_rule_holds_in_scenarios_where_awards_decide_who_goes_on() -> None:
    """The contingency meets one call of two. The program would stop the project that is worth more, so that the rule holds."""
    result = price_books.book(51, "expected", contingency=True, objective="coverage", contingency_m=20.58)
    dear = Scenario(row=95, scenario="s0", parameter="capex", value=1.5)
    least = Rule(row=8, rule="least", measure="capacity", aggregate="sum", sense=">=", value=4.2, holds="always", year=2030,
                 where="id=p1", picks=Where(projects=(("id", ("p1",)),)))  # fmt: skip
    case = result.with_(rules=(least,), scenarios=(*result.scenarios, dear))
    assert not claims(case)
    first = find(Sets(case), Options(0.0, 60.0), risk=risk_of(case))
    assert not keeps_named(first.decided(case))
    plan = solve(case, gap=0.0, time_limit=60)
    assert plan.risk is not None
    assert not any("least" in r.broken for r in plan.risk.scenarios)
    assert plan.status == "optimal"
    assert plan.objective.value < first.bound - TIGHT
    # A penalty that no scenario changes is the same whoever goes on.
    soft = Rule(row=9, rule="soft", measure="award", aggregate="sum", sense="<=", value=1.0, hard=False, penalty=1e-5)
    with_soft = solve(case.with_(rules=(least, soft)), gap=0.0, time_limit=60)
    assert with_soft.status == "optimal"
    assert 0 < plan.objective.value - with_soft.objective.value < 0.01


def refuted_case() -> tuple[Case, Solution, tuple[Refuted, ...]]:
    """A book whose contingency meets both calls only under some awards; its best plan, and what other awards of it refute."""
    result = price_books.book(6, "expected", contingency=True, objective="coverage", contingency_m=4.74)
    least = Rule(row=8, rule="least", measure="capacity", aggregate="sum", sense=">=", value=0.01, holds="always", year=2035,
                 where="id=p1", picks=Where(projects=(("id", ("p1",)),)))  # fmt: skip
    case, free = result.with_(rules=(least,)), result.settings.model_copy(update={"contingency_m": 1e6})
    best, ample = find(Sets(case), EXACT, risk=risk_of(case)), result.with_(settings=free)
    other = find(Sets(ample), EXACT, risk=risk_of(ample), start=best.chosen)
    assert best.chosen == other.chosen
    result = [r for r in results(Decided(case, other.chosen, other.awards)) if "least" in r.broken]
    given = frozenset(key for key, face in other.awards.items() if face > 0)
    return case, best, tuple(Refuted("least", r.scenario, best.chosen, r.kept, given, r.value) for r in result)


def test_a_refutation_by_some_awards_leaves_other_awards_of_the_selection_open() -> None:
    """One project goes on under the refuted awards; under others the calls of both fit, which is worth more."""
    case, best, refuted = refuted_case()
    assert keeps_named(best.decided(case))
    assert [r.kept for r in refuted] == [("p0",)]
    again = find(Sets(case), EXACT, risk=replace(risk_of(case), refuted=refuted))
    assert keeps_named(again.decided(case))
    assert again.bound == pytest.approx(best.bound, abs=TIGHT)


def test_a_selection_that_is_refuted_again_ends_the_search_with_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    case, best, refuted = refuted_case()
    monkeypatch.setattr(search, "_broken", lambda *_: refuted)
    with pytest.raises(NoSolutionFound) as ended:
        search.best_plan(Sets(case), risk_of(case), EXACT, search.Watch())
    assert ended.value.bound == pytest.approx(best.bound, abs=TIGHT)


def test_what_a_project_is_worth_where_awards_decide_is_what_any_awards_without_it_say() -> None:
    """Seeds of which a project is worth something, in the plan and out of it."""
    case = price_books.book(3, "worst", contingency=True)
    assert awards_may_decide(Sets(case), risk_of(case))
    assert obstacle(case) is None
    plan, top = solve(case, gap=0.0, time_limit=60), price_books.best(case)
    for story in explain(case, plan, gap=0.0).projects:
        other = price_books.best_of(case, lambda chosen, s=story: (s.id in chosen) is not s.financed)
        assert (other is None) == (story.loss is None), story.id
        if other is not None and story.loss is not None:
            assert story.loss.low - TIGHT <= top - other <= story.loss.high + TIGHT, story.id


def test_other_portfolios_have_the_awards_that_are_best_for_the_measure() -> None:
    case = price_books.book(5, "expected", contingency=True)
    plan = solve(case, gap=0.0, time_limit=60)
    answer = alternatives(case, plan, within=0.6, gap=0.0).portfolios
    assert answer
    for one in answer:
        ids = {p.id for p in one.plan.projects}
        assert one.value == pytest.approx(
            price_books.best_of(case, lambda chosen, ids=ids: chosen.keys() == ids), abs=TIGHT
        )


def test_the_frontier_where_awards_decide_holds_the_best_of_every_budget() -> None:
    case = price_books.book(3, "worst", contingency=True)
    frontier = explore(case, over="total", time_limit=60.0)
    assert frontier.status == "optimal"
    for n in range(4):
        budget = frontier.from_m + (frontier.to_m - frontier.from_m) * n / 3
        settings = case.settings.model_copy(update={"total_budget_m": budget + 1e-7})
        box = next((b for b in frontier.boxes if b.from_m <= budget < b.to_m), frontier.boxes[-1])
        assert box.low is not None
        assert box.high is not None
        assert box.low - TIGHT <= price_books.best(case.with_(settings=settings)) <= box.high + TIGHT, budget

"""The price and the support at which a project enters or leaves: by hand, and against brute force on both sides."""

import random
import threading
from typing import Any

import pytest
from support.cases import book, grant, plant
from support.oracle import best
from support.repeatable import EXAMPLES
from support.tables import Book, case

from models.case import Case
from models.schema import Project
from optimizer.analysis.explain import explain
from optimizer.analysis.explain.explanation import ProjectStory, Threshold
from optimizer.analysis.explain.own_thresholds import OwnThresholds
from optimizer.analysis.risk import solve
from optimizer.errors import Infeasible
from optimizer.reports.answers.explanation_text import sentences
from optimizer.solver.lexicographic import Options

FACTOR = 1 / 1.1 + 1 / 1.21


def mine(money: float, **more: Any) -> Book:
    """1 M t a year for two years at a price of 100, for 100 M at 10 %; grants of so much money in all."""
    project = plant("a", 1e6, 100.0, build_years=1, life_years=2, private_share=0.9, opex_per_t=50.0)
    programmes = [grant(total_m=money)]
    return book(
        [project | more], None, programmes=programmes, prices=[{"material": "mine", 2026: 100.0}], hurdle_rate=0.1
    )


def story(world: Case, project: str = "a") -> tuple[ProjectStory, list[str]]:
    explanation = explain(world, solve(world, gap=0), project)
    return explanation.projects[0], sentences(world, explanation, explanation.projects[0])


def of(result: ProjectStory, kind: str) -> Threshold:
    return next(t for t in result.thresholds if t.kind == kind)


def test_the_price_at_which_a_project_enters() -> None:
    # 10 M of grants close a gap of 10 M: (100 m - 50) * FACTOR = 90.
    result, message = story(case(mine(10.0)))
    price, at = of(result, "price"), (90 / FACTOR + 50) / 100
    assert price.not_enough is not None
    assert price.not_enough <= at <= price.enough + 1e-7
    assert price.enough - price.not_enough <= 2e-3
    assert any("it enters at 1.01" in line and "USD per t of mine" in line for line in message), message


def test_the_price_at_which_a_project_leaves() -> None:
    result, message = story(case(mine(20.0)))
    price, at = of(result, "price"), (80 / FACTOR + 50) / 100
    assert price.not_enough is not None
    assert price.not_enough <= at <= price.enough + 1e-7
    assert any("it stays down to 0.96" in line for line in message), message


def test_the_support_at_which_a_project_enters_or_leaves() -> None:
    plain = {"opex_per_t": None, "private_share": 0.6}
    entering, leaving = story(case(mine(30.0, **plain)))[0], story(case(mine(55.0, **plain)))[0]
    for result, most, now in ((entering, 30.0, 40.0), (leaving, 55.0, 40.0)):
        support = of(result, "support")
        assert support.now == pytest.approx(now)
        assert support.not_enough is not None
        assert support.enough <= most + 1e-4 <= support.not_enough + 2e-4
        assert support.not_enough - support.enough <= 0.02


def test_a_support_that_the_plan_itself_can_bear_needs_no_search() -> None:
    world = case(mine(55.0, opex_per_t=None, private_share=0.6))
    plan, stopped = solve(world, gap=0), threading.Event()
    stopped.set()  # every search ends before it begins
    chosen = {p.id: p.fid_year for p in plan.projects}
    value, options = plan.objective.value, Options(0.0, 10.0, 1, 0)
    own = OwnThresholds(world, world.projects[0], value, True, options, chosen, stop=stopped)
    asking = {m: world.projects[0].model_copy(update={"requested_m": m}) for m in (54.0, 56.0)}
    years = {m: own._year(project, float("inf"), 1) for m, project in asking.items()}
    assert years == {54.0: chosen["a"], 56.0: 0}  # 55 M of grants; what the plan cannot bear is left open


def test_without_programmes_the_budget_limits_the_support_at_which_a_project_stays() -> None:
    # 60 M pay for b (50 t, 40 M) and 20 M of a (40 t); for more of a they pay only without b, which is worth more.
    result, _ = story(case(book([plant("a", 40, 60.0, requested_m=20.0), plant("b", 50, 40.0)], 60)))
    support = of(result, "support")
    assert support.enough == pytest.approx(20.0, abs=1e-4)
    assert support.not_enough == pytest.approx(20.0, abs=0.02)


def test_what_asks_for_an_amount_is_told_by_how_much_less_it_enters() -> None:
    world = case(mine(30.0, opex_per_t=None, private_share=None, requested_m=40.0))
    changes = {c.column: c for c in story(world)[0].changes}
    assert changes["requested_m"].needed == pytest.approx(30.0, abs=1e-6)
    assert changes["requested_m"].is_least


def test_the_capital_cost_at_which_the_gap_closes() -> None:
    # 10 M of grants: the gap, capital cost less 50 * FACTOR, must not be above 10 M.
    change = next(c for c in story(case(mine(10.0)))[0].changes if c.column == "capex_m")
    assert change.needed == pytest.approx(10.0 + 50 * FACTOR, abs=1e-6)
    assert change.is_least


def test_with_few_programmes_a_project_enters_with_more_private_money() -> None:
    # One programme of 60 M may support a need of 100 M: 40 % private money.
    programmes = [grant("x", total_m=60.0), grant("y", total_m=50.0)]
    world = case(book([plant("a", 100, 100.0, max_programmes=1)], None, programmes=programmes))
    result = story(world)[0]
    change = next(c for c in result.changes if c.column == "private_share")
    assert change.needed == pytest.approx(0.4, abs=1e-6)
    assert "their number is limited" in result.unchanged["capex_m"]


def with_project(world: Case, name: str, **cells: Any) -> Case:
    """The case with another project in place of one of that name, which must be financed."""

    def changed(p: Project) -> Project:
        return p.model_copy(update={**cells, "status": "committed"}) if p.id == name else p

    return world.with_(projects=tuple(map(changed, world.projects)))


def test_both_sides_of_a_threshold_hold_by_brute_force() -> None:
    held = [held_by_brute_force(case(mines(random.Random(seed)))) for seed in range(max(1, EXAMPLES // 12))]
    assert sum(held) > 4 * len(held)


def mines(draw: random.Random) -> Book:
    """Three mines that compete for a grant and a soft loan; two of them pay worse than the third."""
    rows = [
        plant(f"p{n}", draw.choice((4e5, 7e5, 1e6)), draw.choice((40.0, 70.0, 90.0)), build_years=1, life_years=3, private_share=0.5)
        | {"opex_per_t": draw.choice((60.0, 70.0, 85.0)), "latest_fid": 2027}
        for n in range(3)
    ]  # fmt: skip
    loan = {"id": "l", "instrument": "loan", "rate": 0.01, "tenor_years": 8, "cost_rate": 0.2, "max_share": 0.4}
    programmes = [grant(total_m=draw.choice((30.0, 50.0))), loan | {"total_face_m": 40.0}]
    prices = [{"material": "mine", 2026: 100.0, 2028: draw.choice((90.0, 110.0))}]
    return book(rows, None, programmes=programmes, prices=prices, hurdle_rate=0.1, last_year=2029, objective_year=2028)


def held_by_brute_force(world: Case) -> int:
    """Asserts both ends of every threshold; how many there are."""
    try:
        plan = solve(world, gap=0)
    except Infeasible:
        return 0
    held = 0
    for p in world.projects:
        result = explain(world, plan, p.id).projects[0]
        target = plan.objective.value - plan.objective.penalty
        if result.financed and result.thresholds:
            target = best(without_project(world, p.id)).net
        for t in result.thresholds:
            ends = [(value, good) for value, good in ((t.enough, True), (t.not_enough, False)) if value is not None]
            for value, good in ends:
                cells = {"premium": value * (1 + p.premium) - 1} if t.kind == "price" else {"requested_m": value}
                reached = best(with_project(world, p.id, **cells))
                assert good is (reached.feasible and reached.net >= target - 5e-6 * max(1.0, abs(target))), (p.id, t)
            held += len(ends)
    return held


def without_project(world: Case, name: str) -> Case:
    rows = (p.model_copy(update={"status": "barred"}) if p.id == name else p for p in world.projects)
    return world.with_(projects=tuple(rows))

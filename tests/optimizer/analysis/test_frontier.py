"""Frontiers of small books against brute force at the ends of every box, in its middle and at random budgets."""

import random
from itertools import pairwise
from typing import Any

import pytest
from support.oracle import SelectionTable, best
from support.repeatable import examples
from support.staircase import broad
from support.strategies import small_book
from support.tables import case as made

from models.case import Case
from optimizer.analysis.frontier import Frontier, box_search, budget_range, explore, parametric_program
from optimizer.analysis.frontier.tasks import Model
from optimizer.errors import Infeasible, NoPlanFound, Refusal

BOOKS = examples(0.2)
FINE = 1e-4
NEAR = 2e-6


def drawn(seed: int, money: bool) -> Case:
    """A small book with money that limits something."""
    return made(small_book(random.Random(seed), money=money))


def tolerance(case: Case) -> float:
    """Fine enough that every step of a small book shows."""
    return FINE if case.settings.objective != "capacity" else 0.1


def with_money(case: Case, axis: str, base: float | None, money_m: float) -> Case:
    """The case with this much money on an axis, written from its definition."""
    settings = case.settings
    if axis == "total":
        return case.with_(settings=settings.model_copy(update={"total_budget_m": money_m}))
    assert base
    factor = money_m / base
    one = next((p for p in case.programmes if p.id == axis), None)

    def moves(p: object) -> bool:
        if axis == "all":
            return True
        assert one is not None
        return p.id == one.id or (one.fund is not None and p.fund == one.fund)  # type: ignore[attr-defined]

    programmes = tuple(
        p.model_copy(
            update={
                "envelopes": {t: v * factor for t, v in p.envelopes.items()},
                "total_m": None if p.total_m is None else p.total_m * factor,
                "total_face_m": None if p.total_face_m is None else p.total_face_m * factor,
            }
        )
        if moves(p)
        else p
        for p in case.programmes
    )
    if axis == "all" and settings.total_budget_m is not None:
        settings = settings.model_copy(update={"total_budget_m": settings.total_budget_m * factor})
    return case.with_(programmes=programmes, settings=settings)


def true_value(case: Case, f: Frontier, money_m: float) -> float | None:
    best_value = best(with_money(case, f.axis, f.base_m, money_m))
    return best_value.net if best_value.feasible else None


def agrees(case: Case, f: Frontier, rng: random.Random) -> None:
    """Boxes tile, and every one contains the true value; points are what they say."""
    assert f.status == "optimal"
    for before, after in zip(f.boxes, f.boxes[1:], strict=False):
        assert before.to_m == after.from_m
    scale = max(1.0, abs(f.points[-1].value))
    for n, box in enumerate(f.boxes):
        inside = max(box.from_m, box.to_m - 1e-4 * max(1.0, box.to_m))
        looks = [box.from_m + 1e-7, box.from_m + box.width / 2, rng.uniform(box.from_m, inside), inside]
        for money_m in looks + ([box.to_m] if n == len(f.boxes) - 1 else []):
            value = true_value(case, f, money_m)
            if box.low is None:
                assert value is None or box.high is not None, (box, money_m, value)
                continue
            assert value is not None, (box, money_m)
            assert box.high is not None
            assert box.low - NEAR * scale <= value <= box.high + NEAR * scale, (box, money_m, value)
    for point, later in zip(f.points, f.points[1:], strict=False):
        assert point.budget_m < later.budget_m
        assert point.value < later.value
    for point in f.points:
        at_place = true_value(case, f, max(f.from_m, point.budget_m) + 1e-6)
        assert at_place is not None
        assert point.value <= at_place + NEAR * scale
        assert at_place <= point.bound + NEAR * scale
        assert point.plan.audit is not None
        assert point.plan.audit.passed


@pytest.mark.parametrize("seed", range(BOOKS))
def test_boxes_of_a_book_without_programmes_equal_brute_force(seed: int) -> None:
    case = drawn(seed, money=False)
    try:
        f = explore(case, tolerance=tolerance(case))
    except Infeasible:
        assert not best(with_money(case, "total", None, 1e6)).feasible
        return
    agrees(case, f, random.Random(seed))
    assert [(p.budget_m, p.value) for p in f.points] == [pytest.approx(x, abs=2e-4) for x in staircase(case, f)]
    ups = staircase(case, f)
    expected = [(b, v) for (_, u), (b, v) in pairwise(ups) if v - u > 2 * f.tolerance]
    assert [(s.budget_m, s.high) for s in f.steps if s.high - (s.low or 0) > 2 * f.tolerance] == [
        pytest.approx(x, abs=2e-4) for x in expected
    ]


def staircase(case: Case, f: Frontier) -> list[tuple[float, float]]:
    """Cost and value of the selections that no cheaper one matches, by looking at every selection."""
    world = SelectionTable(case.with_(settings=case.settings.model_copy(update={"total_budget_m": None})))
    chosen = world.selections()
    chosen = chosen[world.allowed(chosen)]
    ok, penalty = world.screened(chosen)
    chosen, penalty = chosen[ok], penalty[ok]
    pairs = sorted(zip(world.costs(chosen), -(world.values(chosen)[0] - penalty), strict=True))
    result: list[tuple[float, float]] = []
    for cost, loss in pairs:
        if cost <= f.to_m and (not result or -loss > result[-1][1] + f.tolerance):
            result.append((float(cost), float(-loss)))
    return result


@pytest.mark.parametrize("seed", range(BOOKS))
@pytest.mark.parametrize("over", ["all", "total", "first"])
def test_boxes_of_a_book_with_programmes_contain_brute_force(seed: int, over: str) -> None:
    case = drawn(1000 + seed, money=True)
    try:
        f = explore(case, tolerance=tolerance(case), over=case.programmes[0].id if over == "first" else over)
    except (Infeasible, Refusal):
        return
    agrees(case, f, random.Random(seed))


@pytest.mark.parametrize("seed", range(BOOKS))
@pytest.mark.parametrize("money", [False, True])
def test_the_ways_of_large_cases_prove_the_same(seed: int, money: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Curve, cores and rungs on books small enough for brute force."""
    monkeypatch.setattr(parametric_program, "ALONE_FROM", 1)
    monkeypatch.setattr(budget_range, "FEW", 0)
    case = drawn(2000 + seed, money)
    try:
        f = explore(case, tolerance=tolerance(case))
    except (Infeasible, Refusal):
        return
    agrees(case, f, random.Random(seed))


@pytest.mark.parametrize("seed", range(BOOKS))
@pytest.mark.parametrize("money", [False, True])
def test_what_time_leaves_open_still_contains_the_true_value(
    seed: int, money: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(box_search, "LEAST_SECONDS", 0.01)
    case = drawn(3000 + seed, money)
    rng = random.Random(seed)
    try:
        f = explore(case, tolerance=tolerance(case), time_limit=rng.choice((0.05, 0.1, 0.2)))
    except (Infeasible, NoPlanFound, Refusal):
        return
    for box in f.boxes:
        money_m = rng.uniform(box.from_m, box.to_m - min(box.width, 1e-5 * max(1.0, box.to_m)))
        value = true_value(case, f, money_m)
        if box.low is not None:
            assert value is not None
            assert value >= box.low - NEAR * max(1.0, abs(value)), (box, money_m)
        if value is not None and box.high is not None:
            assert value <= box.high + NEAR * max(1.0, abs(value)), (box, money_m)
    for point in f.points:
        at_place = true_value(case, f, point.budget_m + 1e-6 * max(1.0, point.budget_m))
        assert at_place is not None
        assert point.value - NEAR * abs(at_place) <= at_place <= point.bound + NEAR * max(1.0, abs(at_place))


def test_a_budget_is_solved_no_further_than_its_box_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The relaxation closes a tall box from the plan before it; for a flat one the program is solved to the same proof as alone."""
    monkeypatch.setattr(parametric_program, "ALONE_FROM", 1)
    case = made(broad(7))
    model = Model(case, None)

    def asked(budget: float, **more: object) -> dict[str, Any]:
        question = {"kind": "value", "budgets": [budget], "tolerance": 1e-6, "start": None, **more}
        return model.answer(question, 60.0)

    (before,) = asked(150.0)["plans"][-1:]
    start = {"value": before["value"], "chosen": before["chosen"]}
    exact, flat, tall = (
        asked(400.0, start=start, **more)["values"][0] for more in ({}, {"height": 1e-6}, {"height": 1.0})
    )
    assert tall["bound"] == tall["tangent"][0]
    assert flat["bound"] == exact["bound"] < tall["bound"]
    assert tall["bound"] <= before["value"] + 1.0

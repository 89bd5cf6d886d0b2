"""One project at a fixed effort: every interval holds the truth, and every change is enough, by hand and by brute force."""

import pytest
from support.cases import book, grant, plant
from support.oracle import best
from support.repeatable import examples
from support.solved_books import solved_books
from support.tables import case

from models.case import Case
from optimizer.analysis import what_if
from optimizer.analysis.explain import explain, own_thresholds, tasks
from optimizer.analysis.explain.explanation import ProjectStory
from optimizer.analysis.risk import solve

TWO = book([plant("a", 100, 50), plant("b", 80, 60)], 60)
"""60 M pays for one of the two: a, 100 t."""
MANY = examples(0.25)
FACTOR = 1 / 1.1 + 1 / 1.21


@pytest.fixture(autouse=True)
def _as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small cases are asked as large ones are."""
    for module in (tasks, what_if, own_thresholds):
        monkeypatch.setattr(module, "is_small", lambda *_: False)


def story(world: Case, project: str) -> ProjectStory:
    plan = solve(world, gap=0)
    (told,) = explain(world, plan, project, gap=1e-3, budgets=False, fixed_effort=True).projects
    return told


def test_changes_are_enough_and_none_smaller_is_excluded() -> None:
    # 10 M are left beside a: b would have to cost 10 M; or carry 50 of 60 M itself; or make 100 t in a's place.
    told = story(case(TWO), "b")
    needed = {c.column: c.needed for c in told.changes}
    assert needed["capex_m"] == pytest.approx(10, rel=1e-3)
    assert needed["private_share"] == pytest.approx(5 / 6, rel=1e-2)
    assert needed["capacity_tpa"] == pytest.approx(100, rel=1e-3)
    assert not any(c.is_least for c in told.changes)
    assert told.loss is not None
    assert told.loss.low <= 20 <= told.loss.high <= 20.1


@pytest.mark.parametrize("money", [10.0, 20.0])
def test_the_price_at_which_it_enters_or_leaves_lies_between_the_ends(money: float) -> None:
    """1 M t a year for two years, for 100 M at 10 %; at a price of 100 it lacks 13.2 M, which 20 M of grants close."""
    project = plant("a", 1e6, 100.0, build_years=1, life_years=2, private_share=0.9, opex_per_t=50.0)
    prices = [{"material": "mine", 2026: 100.0}]
    world = case(book([project], None, programmes=[grant(total_m=money)], prices=prices, hurdle_rate=0.1))
    told, at = story(world, "a"), ((100 - money) / FACTOR + 50) / 100
    price = next(t for t in told.thresholds if t.kind == "price")
    assert price.enough is None or price.enough >= at - 1e-6
    assert price.not_enough is None or price.not_enough <= at + 1e-6
    assert price.enough not in (None, 1.0)


@pytest.mark.parametrize("number", range(MANY))
def test_what_is_said_holds_by_brute_force(number: int) -> None:
    drawn, plan = solved_books(MANY)[number]
    truth, financed = best(drawn).net, {p.id for p in plan.projects}
    for project in [p for p in drawn.projects if p.status == "candidate"][:3]:
        (told,) = explain(drawn, plan, project.id, gap=1e-3, budgets=False, fixed_effort=True).projects
        other = _best_with(drawn, project.id, status="barred" if project.id in financed else "committed")
        room = 3e-6 * max(1.0, abs(truth))
        if told.loss is not None and other is not None:
            assert told.loss.low - room <= truth - other <= told.loss.high + room
        for change in told.changes:
            changed = _best_with(drawn, project.id, **{change.column: change.needed, "status": "committed"})
            assert changed is not None
            assert changed >= truth - room, change


def _best_with(drawn: Case, project: str, **cells: object) -> float | None:
    projects = tuple(p.model_copy(update=cells) if p.id == project else p for p in drawn.projects)
    value = best(drawn.model_copy(update={"projects": projects}))
    return value.net if value.feasible else None

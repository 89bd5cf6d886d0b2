"""The core solve proves what the whole program proves, also after the limits of rows and columns have changed."""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from generate import book
from hypothesis import given, settings
from hypothesis.strategies import sampled_from
from support.compiled import compiled
from support.repeatable import examples, same_books
from support.strategies import books
from support.tables import Book, case

from optimizer.solver import tuning
from optimizer.solver.core_problem import changes, solve_core, solve_from_core
from optimizer.solver.highs import Engine
from optimizer.solver.incumbent import Decisions, decisions
from optimizer.solver.neighbourhood_search import improve
from optimizer.solver.no_solution import InfeasibleProgram
from optimizer.solver.results import Limits, SolveResult
from optimizer.solver.standard_form import Matrix

LIMITS = Limits(0.0, 60.0)


def matrix_of(seed: int) -> tuple[Matrix, Decisions, int, np.ndarray]:
    """A small book with a total budget, its decisions, the row of that budget, and the columns of one project."""
    case = book(26, "tight", seed, programmes=2)
    settings = case.settings.model_copy(update={"total_budget_m": 150.0})
    program, matrix = compiled(case.with_(settings=settings))
    row = matrix.row(program.rows[("total_budget",)])
    assert row is not None
    first = program.decision_ids()[0]
    columns = [matrix.column(s.x) for s in program.decision.starts_of[first]]
    return matrix, decisions(program, matrix), row, np.array(columns)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("budget", [60.0, 150.0, 260.0])
@pytest.mark.parametrize("known", [False, True])
def test_core_and_whole_agree_under_changed_limits(seed: int, budget: float, known: bool) -> None:
    """Also where the search begins from a plan that the limits no longer allow."""
    matrix, taken, row, columns = matrix_of(seed)
    goal = matrix.objectives[0]
    start = Engine(matrix).minimize(goal, LIMITS).x if known else None
    outcomes = []
    for core in (False, True):
        engine = Engine(matrix)
        engine.limit_row(row, -np.inf, budget)
        engine.limit_columns(columns, np.zeros(len(columns)), np.zeros(len(columns)))
        if core:
            outcomes.append(solve_core(engine, taken, goal, LIMITS, watch=(None, None), start=start))
        else:
            outcomes.append(engine.minimize(goal, LIMITS))
    whole, guided = outcomes
    assert whole.status == guided.status == "optimal"
    assert guided.objective == pytest.approx(whole.objective, abs=1e-7)
    assert guided.bound <= whole.objective + 1e-7


@settings(same_books, max_examples=examples())
@given(books())
def test_core_and_whole_agree_on_any_book(drawn: Book) -> None:
    try:
        program, matrix = compiled(case(drawn))
    except InfeasibleProgram:
        return
    goal, engine = matrix.objectives[0], Engine(matrix)
    whole = Engine(matrix).minimize(goal, LIMITS)
    guided = solve_core(engine, decisions(program, matrix), goal, LIMITS, watch=(None, None), start=None)
    assert guided.status == whole.status
    assert guided.x is None or guided.objective == pytest.approx(whole.objective, abs=1e-7)


@pytest.mark.parametrize("near", [0.0, 1e9])
@pytest.mark.parametrize(("known", "budget"), [(False, 260.0), (True, 260.0)])
def test_a_search_from_the_core_proves_what_the_whole_proves(
    near: float, known: bool, budget: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether its plan is proved by nodes or, where it counts as far from the bound, by the search with every heuristic."""
    matrix, taken, row, _ = matrix_of(2)
    goal, engine = matrix.objectives[0], Engine(matrix)
    start = Engine(matrix).minimize(goal, LIMITS).x if known else None
    engine.limit_row(row, -np.inf, budget)
    whole = engine.copy().minimize(goal, LIMITS)
    monkeypatch.setattr(tuning, "FEW_DOUBTS", 1.0)
    monkeypatch.setattr(tuning, "NEAR_SMALL", near)
    gap = 1e-3
    guided = solve_from_core(engine, taken, goal, Limits(gap, 60.0), watch=(None, None), start=start)
    assert guided.status == whole.status == "optimal"
    assert guided.bound <= whole.objective + 1e-7 <= guided.objective + 2e-7
    assert guided.objective - guided.bound <= gap * abs(guided.objective) + 1e-7
    assert (engine.lower == matrix.lower).all()
    assert (engine.upper == matrix.upper).all()


def test_a_core_without_a_plan_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounded decisions of the relaxation can exceed the budget; the program has plans all the same."""
    matrix, taken, _, _ = matrix_of(4)
    goal, engine = matrix.objectives[0], Engine(matrix)
    monkeypatch.setattr(tuning, "FEW_DOUBTS", 1.0)
    monkeypatch.setattr(tuning, "LEAST_CORE", 0)
    monkeypatch.setattr(tuning, "CORE_FACTOR", 0)
    whole = engine.copy().minimize(goal, LIMITS)
    guided = solve_from_core(engine, taken, goal, LIMITS, watch=(None, None), start=None)
    assert guided.status == whole.status == "optimal"
    assert guided.objective == pytest.approx(whole.objective, abs=1e-7)


@pytest.mark.parametrize("search", [solve_core, solve_from_core])
def test_a_relaxation_that_takes_all_the_time_leaves_a_part_of_it(
    search: Callable[..., SolveResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time limit is not begun again for the search of the whole program."""
    matrix, taken, _, _ = matrix_of(1)
    given: list[float] = []
    minimize = Engine.minimize
    monkeypatch.setattr(Engine, "relax", lambda *_: time.sleep(0.05))
    monkeypatch.setattr(
        Engine,
        "minimize",
        lambda e, goal, limits, **k: (given.append(limits.seconds), minimize(e, goal, limits, **k))[1],
    )
    search(Engine(matrix), taken, matrix.objectives[0], Limits(0.0, 0.04), watch=(None, None), start=None)
    assert given == [0.04 * tuning.LEAST_SEARCH_SHARE]


def test_from_a_plan_to_a_wide_gap_the_core_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix, taken, _, _ = matrix_of(2)
    goal, engine = matrix.objectives[0], Engine(matrix)
    whole = Engine(matrix).minimize(goal, LIMITS)
    monkeypatch.setattr(Engine, "relaxation", lambda _: pytest.fail("the core was asked"))
    gap = 2 * tuning.WIDE_GAP
    result = solve_from_core(engine, taken, goal, Limits(gap, 60.0), watch=(None, None), start=whole.x)
    assert result.status == "optimal"
    assert result.bound - 1e-7 <= whole.objective <= result.objective + 1e-7
    assert result.objective - result.bound <= gap * abs(result.objective) + 1e-7


@settings(same_books, max_examples=examples())
@given(books(), sampled_from([0.0, 1e9]), sampled_from([0, tuning.LEAST_CORE]))
def test_a_search_from_the_core_and_the_whole_agree_on_any_book(drawn: Book, near: float, least: int) -> None:
    try:
        program, matrix = compiled(case(drawn))
    except InfeasibleProgram:
        return
    goal, engine = matrix.objectives[0], Engine(matrix)
    whole = Engine(matrix).minimize(goal, LIMITS)
    with pytest.MonkeyPatch.context() as guided_always:
        guided_always.setattr(tuning, "FEW_DOUBTS", 1.0)
        guided_always.setattr(tuning, "NEAR_SMALL", near)
        guided_always.setattr(tuning, "LEAST_CORE", least)
        guided = solve_from_core(engine, decisions(program, matrix), goal, LIMITS, watch=(None, None), start=None)
    assert guided.status == whole.status
    assert guided.x is None or guided.objective == pytest.approx(whole.objective, abs=1e-7)


def test_a_known_plan_is_the_least_that_is_found() -> None:
    """Where time ends the search, it has lost nothing of what it was given."""
    program, matrix = compiled(book(120, "tight", 3, programmes=4))
    goal, taken = matrix.objectives[0], decisions(program, matrix)
    good = solve_core(Engine(matrix), taken, goal, Limits(0.03, 30.0), watch=(None, None), start=None)
    assert good.x is not None
    start = np.full(matrix.shape[1], np.nan)
    start[taken.columns] = good.x[taken.columns]
    again = solve_core(Engine(matrix), taken, goal, Limits(0.9, 30.0), watch=(None, None), start=start)
    assert again.objective <= good.objective + 1e-7


def test_a_bound_that_is_enough_ends_the_solve() -> None:
    """The bound is a proof all the same, and a bound that is out of reach changes nothing."""
    matrix, _, _, _ = matrix_of(1)
    goal = matrix.objectives[0]
    best, relaxed = Engine(matrix).minimize(goal, LIMITS), Engine(matrix, relaxed=True).relax(goal, 60.0)
    assert relaxed is not None
    enough = (relaxed.objective + best.objective) / 2
    early = Engine(matrix).minimize(goal, replace(LIMITS, enough=enough))
    assert (early.status, early.iterations < best.iterations) == ("feasible", True)
    assert enough <= early.bound < best.objective <= early.objective
    assert Engine(matrix).minimize(goal, replace(LIMITS, enough=best.objective + 1)).objective == best.objective


def test_a_bound_that_is_enough_ends_the_search_of_a_large_program(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix, taken, _, _ = matrix_of(1)
    goal = matrix.objectives[0]
    best, relaxed = Engine(matrix).minimize(goal, LIMITS), Engine(matrix, relaxed=True).relax(goal, 60.0)
    assert relaxed is not None
    enough = (relaxed.objective + best.objective) / 2
    solves: list[float] = []
    minimize = Engine.minimize
    monkeypatch.setattr(
        Engine, "minimize", lambda *a, **k: (solves.append((solution := minimize(*a, **k)).bound), solution)[1]
    )
    solution = solve_core(Engine(matrix), taken, goal, replace(LIMITS, enough=enough), watch=(None, None), start=None)
    assert enough <= solution.bound < best.objective
    assert solution.objective >= best.objective - 1e-9
    assert len(solves) == 2, "the core, and the whole program once"


def test_release_takes_every_change_back() -> None:
    matrix, _, row, columns = matrix_of(1)
    goal, engine = matrix.objectives[0], Engine(matrix)
    before = engine.minimize(goal, LIMITS).objective
    engine.limit_row(row, -np.inf, 60.0)
    engine.limit_columns(columns, np.zeros(len(columns)), np.zeros(len(columns)))
    engine.hold(goal, before / 2)
    assert engine.minimize(goal, LIMITS).objective > before
    engine.release()
    assert engine.minimize(goal, LIMITS).objective == pytest.approx(before, abs=1e-9)


@pytest.mark.parametrize("seed", [1, 2])
def test_what_a_change_costs_at_least(seed: int) -> None:
    """Each decision turned the other way costs the relaxation no less than was said."""
    _, matrix = compiled(book(150, "ample", seed, programmes=4))
    goal, relaxation = matrix.objectives[0], Engine(matrix, relaxed=True)
    relaxed = relaxation.relax(goal, 60)
    assert relaxed is not None
    message = changes(matrix, relaxed)
    settled = matrix.integer & (np.abs(relaxed.x - np.round(relaxed.x)) < 1e-9)
    borne = np.flatnonzero(settled & (message > np.abs(relaxed.reduced_costs) + 1e-9))
    assert len(borne), "no decision at 1 is borne by a row: the test would prove nothing of these"
    for column in [*borne[:20], *np.flatnonzero(settled)[::50]]:
        at = np.array([column])
        relaxation.limit_columns(at, 1 - np.round(relaxed.x[at]), 1 - np.round(relaxed.x[at]))
        turned = relaxation.relax(goal, 60)
        relaxation.release()
        if turned is not None:
            assert turned.objective - relaxed.objective >= message[column] - 1e-7


def test_neighbourhood_search_repeats_itself_and_ends_at_the_best() -> None:
    program, matrix = compiled(book(40, "tight", 5, programmes=3))
    goal, taken = matrix.objectives[0], decisions(program, matrix)
    best = Engine(matrix).minimize(goal, LIMITS)
    runs = []
    for _ in range(2):
        engine = Engine(matrix)
        told: list[float] = []
        with engine.holding(taken.columns, np.zeros(matrix.shape[1])):
            empty = engine.minimize(goal, LIMITS)
        result = improve(
            engine, goal, empty, LIMITS,
            decisions=taken, order=taken.columns, doubts=2, stop=None, tell=told.append,
        )  # fmt: skip
        assert result.objective == pytest.approx(best.objective, abs=1e-6)
        runs.append(told)
    assert runs[0] == runs[1]
    assert len(runs[0]) > 1, "the first plan was the best: the test would prove nothing"


def test_neighbourhood_search_only_improves_a_plan_and_keeps_every_row() -> None:
    case = book(120, "tight", 3, programmes=4)
    program, matrix = compiled(case)
    goal, engine = matrix.objectives[0], Engine(matrix)
    first = engine.minimize(goal, Limits(0.5, 60.0, nodes=1))
    assert first.x is not None
    told: list[float] = []
    taken = decisions(program, matrix)
    columns = taken.columns
    limits = Limits(0.0, 60.0, target=first.objective - 0.01 * abs(first.objective))
    better = improve(engine, goal, first, limits, decisions=taken, order=columns, doubts=8, stop=None, tell=told.append)
    assert better.x is not None
    assert told == sorted(told, reverse=True)
    assert told[-1] == better.objective < first.objective
    fixed = Engine(matrix)
    fixed.hold_columns(columns, np.round(better.x))
    assert fixed.minimize(goal, Limits(0.0, 600.0)).objective == pytest.approx(better.objective, abs=1e-7)

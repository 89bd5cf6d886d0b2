"""What propagation rules out no solution takes; and it finds what money cannot reach in a year."""

import numpy as np
import pytest
from generate import book
from hypothesis import given, settings
from support.compiled import compiled
from support.repeatable import examples, same_books
from support.strategies import books
from support.tables import Book, case

from models.case import Case
from models.schema import Demand, Programme, Project, Settings
from optimizer.solver.bound_tightening import tighten_bounds
from optimizer.solver.highs import Engine
from optimizer.solver.no_solution import InfeasibleProgram
from optimizer.solver.results import Limits
from optimizer.solver.standard_form import Matrix

LIMITS = Limits(0.0, 60.0)


def ruled_out(matrix: Matrix) -> np.ndarray:
    """Integer columns that may not be what they might before, with lower and upper bound."""
    lower, upper = tighten_bounds(matrix, matrix.lower, matrix.upper, (matrix.row_lower, matrix.row_upper))
    changed = np.flatnonzero((lower > matrix.lower) | (upper < matrix.upper))
    assert matrix.integer[changed].all()
    return np.array([changed, lower[changed], upper[changed]])


def mill(carry_over: bool) -> Case:
    """A mill that needs 100 of one programme with 40 a year, in 2026 to 2029."""
    return Case(
        name="mill",
        settings=Settings(first_year=2026, last_year=2032, last_fid_year=2029, objective_year=2032, price_year=2026),
        projects=(
            Project(row=2, id="mill", country="US", stage="mine", capacity_tpa=100, capex_m=200, private_share=0.5),
        ),
        programmes=(
            Programme(
                row=2, id="grants", instrument="grant", carry_over=carry_over, envelopes=dict.fromkeys(range(2026, 2030), 40.0)
            ),
        ),
        demand=(Demand(row=2, stage="mine", years={2026: 100}),),
    )  # fmt: skip


@pytest.mark.parametrize(("carry_over", "years"), [(False, {2026, 2027, 2028, 2029}), (True, {2026, 2027})])
def test_a_decision_waits_until_its_money_is_there(carry_over: bool, years: set[int]) -> None:
    program, matrix = compiled(mill(carry_over))
    year = {matrix.column(v): t for (_, t), v in program.decision.start.items()}
    columns, _, upper = ruled_out(matrix)
    assert {year[int(c)] for c in columns} == years
    assert not upper.any()


@settings(same_books, max_examples=examples())
@given(books())
def test_no_best_plan_is_lost(drawn: Book) -> None:
    try:
        _, matrix = compiled(case(drawn))
    except InfeasibleProgram:
        return
    columns, lower, upper = ruled_out(matrix)
    goal, free, held = matrix.objectives[0], Engine(matrix), Engine(matrix)
    held.limit_columns(columns.astype(int), lower, upper)
    before, after = free.minimize(goal, LIMITS), held.minimize(goal, LIMITS)
    assert before.status == after.status
    assert before.x is None or after.objective == pytest.approx(before.objective, abs=1e-7)


def test_what_is_ruled_out_cannot_be() -> None:
    _, matrix = compiled(book(60, "tight", 1, programmes=4))
    columns, _, upper = ruled_out(matrix)
    assert len(columns) > 50, "too few decisions ruled out to prove anything"
    assert not upper.any()
    engine = Engine(matrix)
    for column in columns[:: len(columns) // 25].astype(int):
        engine.limit_columns(np.array([column]), np.ones(1), np.ones(1))
        assert engine.minimize(matrix.objectives[0], LIMITS).status == "infeasible"
        engine.release()


def test_columns_with_no_value_left_are_left_to_the_solver() -> None:
    _, matrix = compiled(mill(carry_over=False))
    limits = matrix.row_lower.copy(), matrix.row_upper.copy()
    limits[0][:], limits[1][:] = 1e6, 1e6
    lower, upper = tighten_bounds(matrix, matrix.lower, matrix.upper, limits)
    assert np.array_equal(lower, matrix.lower)
    assert np.array_equal(upper, matrix.upper)

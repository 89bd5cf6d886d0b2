"""Later goals of large books: never worse than the plan at hand, never below the least, proved only where it is the least."""

import numpy as np
import pytest
from generate import book
from hypothesis import given, settings
from support.compiled import compiled
from support.repeatable import examples, same_books
from support.strategies import books
from support.tables import Book, case

from models.case import Case
from models.linear import public_cost
from models.plan_assembly import decided
from models.sets import Sets
from optimizer.solver.core_problem import solve_core
from optimizer.solver.highs import Engine
from optimizer.solver.incumbent import Decisions, decisions
from optimizer.solver.lexicographic import Options, Solution, open_search
from optimizer.solver.no_solution import InfeasibleProgram
from optimizer.solver.results import Limits, SolveResult
from optimizer.solver.secondary_objective import improve_secondary
from optimizer.solver.standard_form import Matrix, Objective
from optimizer.solver.tolerance import HOLD

EXACT = Limits(0.0, 60.0)
SLACK = 1e-6


def loaded(drawn: Case) -> tuple[Matrix, Decisions]:
    program, matrix = compiled(drawn)
    return matrix, decisions(program, matrix)


def held(engine: Engine, best: SolveResult) -> Objective:
    """The cost, with the value held at the best."""
    engine.hold(engine.matrix.objectives[0], best.objective + HOLD * max(1.0, abs(best.objective)))
    return engine.matrix.objective("least budget cost")


def own(engine: Engine, cost: Objective, best: SolveResult, taken: Decisions) -> SolveResult:
    assert best.x is not None
    with engine.holding(taken.columns, np.round(best.x)):
        return engine.minimize(cost, EXACT)


@settings(same_books, max_examples=examples())
@given(books())
def test_between_the_least_and_the_plan_at_hand(drawn: Book) -> None:
    try:
        matrix, taken = loaded(case(drawn))
    except InfeasibleProgram:
        return
    value, engine = matrix.objectives[0], Engine(matrix)
    best = engine.minimize(value, EXACT)
    if best.x is None:
        return
    cost = held(engine, best)
    before = own(engine, cost, best, taken)
    room = HOLD * max(1.0, abs(before.objective))
    after = improve_secondary(engine, cost, before, decisions=taken, room=room, seconds=60.0, stop=None)
    truth = engine.minimize(cost, EXACT).objective
    slack = SLACK * max(1.0, abs(truth))
    assert truth - slack <= after.objective <= before.objective + slack
    assert after.status != "optimal" or after.objective <= truth + room + slack
    assert after.x is not None
    assert float(value.costs @ after.x) + value.offset <= best.objective + HOLD * max(1.0, abs(best.objective)) + slack


def test_where_money_is_no_limit_much_of_it_is_saved() -> None:
    matrix, taken = loaded(book(45, "full"))
    engine = Engine(matrix)
    best = solve_core(engine, taken, matrix.objectives[0], Limits(0.01, 60.0), watch=(None, None), start=None)
    cost = held(engine, best)
    before = own(engine, cost, best, taken)
    after = improve_secondary(engine, cost, before, decisions=taken, room=0.0, seconds=60.0, stop=None)
    assert after.objective < 0.95 * before.objective
    assert after.status == "feasible"


def test_a_relaxation_keeps_the_goals_held() -> None:
    matrix, _ = loaded(book(40, "full"))
    engine = Engine(matrix)
    cost = matrix.objective("least budget cost")
    free = engine.relaxation().relax(cost, 60.0)
    held(engine, engine.minimize(matrix.objectives[0], Limits(0.05, 60.0)))
    bound = engine.relaxation().relax(cost, 60.0)
    engine.release()
    again = engine.relaxation().relax(cost, 60.0)
    assert free is not None
    assert bound is not None
    assert again is not None
    assert bound.objective > free.objective + 1.0
    assert again.objective == pytest.approx(free.objective)


def test_a_large_book_is_done_when_its_value_is_proved() -> None:
    """The search for a cheaper plan of a large book ends by itself, long before the time limit, and says "partial"."""
    sets = Sets(book(130, "full"))
    options = Options(gap=0.05, time_limit=600.0)
    plain = open_search(sets, options).run(tie_break=False)
    result = open_search(sets, options).run()
    assert result.proved
    assert not result.tie_break
    assert cost_of(sets, result) < 0.95 * cost_of(sets, plain)


def cost_of(sets: Sets, result: Solution) -> float:
    return float(public_cost(decided(sets, result.chosen, result.awards)))

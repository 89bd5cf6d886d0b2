"""The tie-break from medium size: bounded work, plans that are never worse, and proofs that are those of the unlimited search."""

from dataclasses import replace

import pytest
from generate import book
from hypothesis import given, settings
from support.repeatable import examples, same_books
from support.strategies import books
from support.tables import Book, case

from models.case import Case
from models.linear import public_cost
from models.plan_assembly import decided
from models.sets import Sets
from optimizer.solver import tuning
from optimizer.solver.deadline import Deadline
from optimizer.solver.lexicographic import Options, Solution, find, open_search
from optimizer.solver.no_solution import NoSolution
from optimizer.solver.tie_break import TieBreak

EXACT = Options(gap=0.0, time_limit=60.0)


def cost(sets: Sets, solution: Solution) -> float:
    return float(public_cost(decided(sets, solution.chosen, solution.awards)))


def guided(drawn: Case, *, work: int) -> Solution:
    """The solution of a search whose tie-break is that of a case of medium size, with so many simplex iterations."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tuning, "FROM_CORE_FROM", 1)
        patch.setattr(tuning, "TIE_BREAK_FIRST_NODES", 1)
        patch.setattr(tuning, "LEAST_TIE_BREAK_WORK", work)
        return find(Sets(drawn), EXACT)


@settings(same_books, max_examples=examples())
@given(books())
def test_any_amount_of_work_gives_an_honest_tie_break(drawn: Book) -> None:
    world = case(drawn)
    sets = Sets(world)
    try:
        truth = find(sets, EXACT)
    except NoSolution:
        return
    least, slack = cost(sets, truth), 1e-5 * max(1.0, cost(sets, truth))
    for work in (0, 100_000):
        result = guided(world, work=work)
        assert cost(sets, result) >= least - slack
        if result.tie_break and truth.tie_break:
            assert cost(sets, result) <= least + slack


def test_a_case_of_medium_size_is_proved_within_its_work_and_not_without() -> None:
    world = book(20, "ample", seed=2)
    search = open_search(Sets(world), Options(gap=0.005, time_limit=600.0))
    assert len(search.program.decision.start) >= tuning.FROM_CORE_FROM
    proved = search.run()
    assert proved.tie_break
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tuning, "TIE_BREAK_FIRST_NODES", 1)
        patch.setattr(tuning, "LEAST_TIE_BREAK_WORK", 0)
        search.engine.release()
        partial = search.again(search.options)
    assert not partial.tie_break
    assert cost(search.sets, partial) >= cost(search.sets, proved) - 1e-4


def test_where_the_value_is_not_proved_the_plan_is_improved_without_a_search_for_the_proof() -> None:
    search = open_search(Sets(book(20, "ample", seed=2)), Options(gap=0.005, time_limit=600.0))
    value, *later = search.matrix.objectives
    first, _ = search._best(value, None, 0.0)
    assert first.x is not None
    cost, works = later[0], []
    plans = []
    for status in ("optimal", "feasible"):
        engine = search.engine.copy()
        ties = TieBreak(engine, search._decisions, Deadline.after(600.0), 0)
        x, proved = ties.run(value, later, first.x, replace(first, status=status))
        assert proved == (status == "optimal")
        works.append(engine.iterations)
        plans.append(cost.value(x))
    assert works[1] < works[0]
    assert plans[0] - 1e-4 <= plans[1] <= cost.value(first.x) + 1e-4

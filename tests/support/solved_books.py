"""Random small books with their best plans, the same on every run."""

import random
from collections.abc import Iterator
from functools import cache

from support.strategies import small_book
from support.tables import case

from models.case import Case
from models.plan import Plan
from optimizer.analysis.risk import solve
from optimizer.errors import Infeasible


@cache
def solved_books(many: int, after: int = 0) -> list[tuple[Case, Plan]]:
    """The first feasible books with seeds above `after`: case and best plan.

    Tests call this while they run, not while they are collected: a worker that runs none of them solves nothing.
    """
    return list(_solved(many, after))


def _solved(many: int, after: int) -> Iterator[tuple[Case, Plan]]:
    result, seed = 0, after
    while result < many:
        seed += 1
        drawn = case(small_book(random.Random(seed)))
        try:
            plan = solve(drawn, gap=0)
        except Infeasible:
            continue
        result += 1
        yield drawn, plan

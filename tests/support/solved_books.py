"""Random small books with their best plans, the same on every run."""

import random
from collections.abc import Iterator

from support.strategies import small_book
from support.tables import case

from models.case import Case
from models.plan import Plan
from optimizer.errors import Infeasible
from optimizer.solver.solve import solve


def solved_books(many: int, after: int = 0) -> Iterator[tuple[int, Case, Plan]]:
    """The first feasible books with seeds above `after`: seed, case and best plan."""
    found, seed = 0, after
    while found < many:
        seed += 1
        drawn = case(small_book(random.Random(seed)))
        try:
            plan = solve(drawn, gap=0)
        except Infeasible:
            continue
        found += 1
        yield seed, drawn, plan

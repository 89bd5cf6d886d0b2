"""How many of its smallest programmes a project can have, against every choice of programmes.

Random books with limits on programmes are held against brute force in test_against_brute_force.
"""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cases import book, grant, plant
from support.repeatable import EXAMPLES, same_books
from support.tables import case

from models.formulation import build
from models.program import ProgramOptions
from models.sets import Sets
from models.smallest_programmes import limited_sets, smallest_programmes
from optimizer.analysis.risk import solve
from optimizer.solver.highs import Engine
from optimizer.solver.standard_form import compile_program


@settings(same_books, max_examples=2 * EXAMPLES)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=6), st.integers(0, 30), st.integers(1, 4))
def test_no_choice_that_pays_holds_more_and_one_holds_as_many(sizes: list[int], asked: int, limit: int) -> None:
    brings = {f"p{n}": float(size) for n, size in enumerate(sizes)}
    choices = [set(c) for k in range(limit + 1) for c in combinations(brings, k)]
    paying = [c for c in choices if sum(brings[p] for p in c) >= asked]
    result = list(limited_sets(brings, asked, limit))
    assert (result == [((), -1)]) == (not paying)
    for programmes, most in result if paying else []:
        assert max(len(c & set(programmes)) for c in paying) == most


def test_the_relaxation_does_not_take_a_little_of_every_programme() -> None:
    # Two plants of 100 t need 100 M each, of at most two programmes out of 90, 60, 20 and 20 M: only with the 90 M do two pay.
    # Money alone allows 190 t. At most one of the three smaller in each plant: 100 X <= 90 + 60 + 20 (X - 1), X = 1.625.
    programmes = [grant("w", total_m=90), grant("x", total_m=60), grant("y", total_m=20), grant("z", total_m=20)]
    plants = [plant(i, 100, 100, max_programmes=2) for i in ("a", "b")]
    world = case(book(plants, None, programmes=programmes))
    sets = Sets(world)
    year = sets.windows["a"][0]
    assert [(set(part.sizes), part.most) for part in smallest_programmes(sets, sets.by_id["a"], year)] == [
        ({"x", "y", "z"}, 1)
    ]
    for money_stands, most in ((False, 190.0), (True, 162.5)):
        matrix = compile_program(build(sets, options=ProgramOptions(money_stands=money_stands)))
        relaxed = Engine(matrix, relaxed=True).relax(matrix.objectives[0], 10.0)
        assert relaxed is not None
        assert -relaxed.objective == pytest.approx(most, abs=0.01)
    assert solve(world, gap=0).objective.value == pytest.approx(100.0)

"""The time limit of a search: the time in which its program is built counts, but never leaves it less than a part."""

import time
from dataclasses import replace

from support.cases import book, plant
from support.tables import case

from models.sets import Sets
from optimizer.solver import tuning
from optimizer.solver.lexicographic import Options, open_search


def test_the_time_in_which_a_program_is_built_counts_against_the_limit() -> None:
    search = open_search(Sets(case(book([plant("a", 40, 60.0)], 60))), Options(time_limit=100.0))
    now = time.monotonic()
    assert search.began < now
    later = replace(search, began=now - 60.0)
    assert later._end.left <= 40.0
    latest = replace(search, began=now - 1000.0)
    assert 0.0 < latest._end.left <= tuning.LEAST_SEARCH_SHARE * 100.0
    short = replace(search, began=now - 1000.0, options=Options(time_limit=0.5))
    assert short._end.left <= 0.5

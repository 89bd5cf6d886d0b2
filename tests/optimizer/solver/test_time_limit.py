"""The time limit of a search: the time in which its program is built counts, but never leaves it less than a part. What may be
left out is left out once it is over, and the report says so."""

import time
from dataclasses import replace

import pytest
from support.cases import book, plant
from support.tables import case
from support.worlds import grant

from models.case import Case
from models.plan import Plan
from models.sets import Sets
from optimizer.analysis.chain_value import chain_value
from optimizer.reports.chain.sentences import bottlenecks
from optimizer.solver import tuning
from optimizer.solver.allocation import allocate
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


def test_no_awards_are_counted_once_the_time_is_over() -> None:
    """The money is least all the same; that no fewer awards do as well is then not known."""
    plants, programmes = [plant("a", 40, 60), plant("b", 40, 80)], [grant("x", total_m=100), grant("y", total_m=60)]
    sets = Sets(case(book(plants, None, programmes=programmes)))
    chosen = {"a": 2026, "b": 2026}
    counted = allocate(sets, chosen, 60.0, count_awards=True)
    hurried = allocate(sets, chosen, 60.0, count_awards=True, counted_for=0.0)
    assert counted.fewest
    assert len(counted.awards) == 2
    assert sum(hurried.awards.values()) == pytest.approx(sum(counted.awards.values()))
    assert hurried.fewest == (len(hurried.awards) == 2)


def test_without_time_the_chain_is_not_analysed_and_the_report_says_so(chain_plan: tuple[Case, Plan]) -> None:
    world, plan = chain_plan
    short = chain_value(world, plan, Options(time_limit=0.0))
    assert short is not None
    assert plan.worth is not None
    assert (short.cut_short, plan.worth.cut_short) == (True, False)
    assert (short.delivered, short.without) == (plan.worth.delivered, plan.worth.without)
    assert not short.steps
    assert not short.shortages
    (sentence,) = bottlenecks(world, plan.model_copy(update={"worth": short}))
    assert "not computed" in sentence
    assert "not computed" not in " ".join(bottlenecks(world, plan))

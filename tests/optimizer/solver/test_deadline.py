"""One end of a task, from which each of its searches takes its time."""

import time

import pytest

from optimizer.solver.deadline import Deadline
from optimizer.solver.options import Options


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of day, in its only place."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_searches_take_what_is_left_of_a_deadline(clock: list[float]) -> None:
    end = Deadline.after(60.0)
    clock[0] += 20.0
    assert (end.left, end.is_over) == (40.0, False)
    assert end.limit(Options(0.5, 7.0)) == Options(0.5, 40.0)
    assert end.limit(Options(), share=0.25, least=1.0).time_limit == 10.0
    assert (end.part(0.5).left, end.earlier(30.0).left, end.earlier(50.0).left) == (20.0, 10.0, 0.0)


def test_a_deadline_that_is_over_leaves_the_least_time(clock: list[float]) -> None:
    end = Deadline.after(60.0)
    clock[0] += 61.0
    assert (end.left, end.is_over) == (0.0, True)
    assert end.limit(Options(), least=0.5).time_limit == 0.5
    assert end.not_before(10.0).left == 10.0
    assert Deadline.after(30.0).not_before(10.0).left == 30.0

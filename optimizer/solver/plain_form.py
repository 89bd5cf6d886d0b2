"""A search on funding classes, repeated on the plain form if these leave out minimum tickets that matter."""

from collections.abc import Callable
from typing import TypeVar

from models.classes import funding_classes
from models.decision import FundingClass, single_classes
from models.sets import Sets
from optimizer.solver import tuning
from optimizer.solver.allocation import NoAwards
from optimizer.solver.deadline import Deadline

T = TypeVar("T")


def with_plain_form(sets: Sets, seconds: float, run: Callable[[tuple[FundingClass, ...], float], T]) -> T:
    """Result of `run(classes, seconds)` on funding classes; on single projects if no awards pay for that.

    `seconds`: for both searches together. Raises what `run` raises, and NoAwards if the plain form raises it too.
    """
    end = Deadline.after(seconds)
    try:
        return run(funding_classes(sets), seconds)
    except NoAwards:
        return run(single_classes(sets), max(tuning.PLAIN_SECONDS, end.left))

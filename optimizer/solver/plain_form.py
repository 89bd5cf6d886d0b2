"""A search on the classes with the fewest rows, and on the plain form where these leave out minimum tickets."""

import time
from collections.abc import Callable
from typing import TypeVar

from models.classes import funding_classes
from models.decision import FundingClass, single_classes
from models.sets import Sets
from optimizer.solver.allocation import NoAwards

LEAST_SECONDS = 1.0
"""What the second search is given at least."""
T = TypeVar("T")


def with_plain_form(sets: Sets, seconds: float, run: Callable[[tuple[FundingClass, ...], float], T]) -> T:
    """What `run(classes, seconds)` finds on funding classes; on single projects where no awards pay for that.

    `seconds`: for both searches together. Raises what `run` raises, and NoAwards where the plain form raises it too.
    """
    began = time.monotonic()
    try:
        return run(funding_classes(sets), seconds)
    except NoAwards:
        return run(single_classes(sets), max(LEAST_SECONDS, seconds - (time.monotonic() - began)))

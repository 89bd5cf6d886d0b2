"""Which decisions of a selection cannot be paid for together: a smallest such part, by the deletion filter.

A search that is told of the part alone refuses every selection with it at once. Chinneck (2008), Feasibility and
Infeasibility in Optimization, chapter 6.
"""

import time
from collections.abc import Mapping

from models.sets import Sets
from optimizer.solver.allocation import AwardsNotFound, NoAwards, allocate


def unpayable_part(sets: Sets, chosen: Mapping[str, int], until: float) -> dict[str, int]:
    """Project -> decision year of a part of the selection that no awards pay for, and of which any less can be paid for.

    Fewer projects must be no harder to pay for: not so where a rule asks for awards. `until`: time, by the monotonic
    clock, after which what is left of the selection stays in the part.
    """
    part = dict(chosen)
    for project in sorted(chosen):
        seconds = until - time.monotonic()
        if seconds <= 0:
            break
        rest = {i: year for i, year in part.items() if i != project}
        try:
            allocate(sets, rest, seconds)
        except AwardsNotFound:
            continue
        except NoAwards:
            part = rest
    return part

"""Which decisions of a selection cannot be paid for together: a smallest such part, by the deletion filter.

A search that is told of the part alone refuses every selection with it at once. Chinneck (2008), Feasibility and
Infeasibility in Optimization, chapter 6.
"""

import time
from collections.abc import Mapping

from models.constraints.rules import of_awards
from models.sets import Sets
from optimizer.solver import tuning
from optimizer.solver.allocation import can_be_paid


def unpayable_part(sets: Sets, chosen: Mapping[str, int], until: float) -> dict[str, int] | None:
    """Project -> decision year of a part of the selection that no awards pay for, and of which any less can be paid for.

    None where it is not the money alone that refuses the selection: more projects may then help. Of a selection of many
    projects it is the whole. `until`: time, by the monotonic clock, after which the part is made no smaller.
    """
    if of_awards(sets) or can_be_paid(sets, chosen, until - time.monotonic()) is not False:
        return None
    part = dict(chosen)
    for project in sorted(chosen) if len(chosen) <= tuning.FILTERED_UP_TO else ():
        seconds = until - time.monotonic()
        if seconds <= 0:
            break
        rest = {i: year for i, year in part.items() if i != project}
        if can_be_paid(sets, rest, seconds) is False:
            part = rest
    return part

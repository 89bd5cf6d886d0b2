r"""Additionality: capacity that comes without public support, and the part of a financed project that would have come anyway.

A project with `unaided_fid` goes ahead by itself in that year unless the plan finances it before. Its capacity counts
from that decision on, in the baseline too, so that financing it adds only what comes earlier or besides:

$$tonnage_i\, share_{i,m}\, allied_i\, (path_i(y) + \sum_u (ramp_i(y-u) - path_i(y))\, start_{i,u})$$

where $path_i(y)$ is the part of nameplate that it delivers in y, decided in `unaided_fid`. Its own window ends the year
before. In a scenario it takes delay, capacity and failure as if decided then.

Support is additional if the project would not go ahead without it, or later, or smaller (EBRD, Enhanced approach to
additionality, 2018); output that would have come anyway is deadweight (HM Treasury, The Green Book, 2022).
"""

from models import sums
from models.schema import Project
from models.sets import Sets


def deadweight(sets: Sets, project: Project, fid: int, cost_m: float) -> dict[str, float | None]:
    r"""Deadweight: the part of a supported project that would have come without support; empty if nothing would.

    `deadweight_t`: tonnes of the stage's product over the horizon, $\sum_y tonnage\, \min(ramp, path)$. `deadweight_m`:
    the same part of `cost_m`, the budget cost of its support in millions; None if it delivers nothing in the horizon.
    """
    if project.id not in sets.unaided_fids:
        return {}
    ramp = [sets.delivery_share(project, fid, y) for y in sets.years]
    path = [sets.unaided_share(project, y) for y in sets.years]
    anyway, all_of_it = sum(map(min, ramp, path)), sum(ramp)
    return {
        "deadweight_t": sums.clean(project.capacity_tpa * anyway),
        "deadweight_m": sums.clean(cost_m * anyway / all_of_it) if all_of_it else None,
    }

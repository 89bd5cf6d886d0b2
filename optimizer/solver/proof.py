"""Status, bound and gap of a plan, from its value and the solver's bound.

The solver distinguishes two values to about its feasibility tolerance, 1e-8 of a demand that is covered. If every project
delivers far more than that, its bound is used as it is. In a wide case, whose tonnages differ by many orders of magnitude, a
small plant can be lost in the tolerance: the bound is then rounded outward by `MARGIN`.
"""

from typing import Literal

from models.sets import Sets
from optimizer.solver.tolerance import HOLD, VALUE_ROUNDING

MARGIN = 2e-8
"""Outward rounding of the bound of a wide case, as a part of max(1, |value|): twice the feasibility tolerance of rows
(`tuning.PRIMAL_FEASIBILITY`). In 4 of 1,000 wide books the bound was below the optimum without it, by at most 1.2e-8
(`tests/campaign/near_ties.py --kind wide`). It is below what a plan may give up for its ties, and makes none less proved."""
WIDE = 1e-7
"""A case is wide if a project delivers less than this part of the largest demand, or of the capacity of all projects."""


def margin(sets: Sets) -> float:
    """Outward rounding of the bound of a case, as a part of max(1, |value|): 0 unless the case is wide."""
    tonnes = [p.capacity_tpa for p in sets.case.projects if p.capacity_tpa > 0]
    largest = max([sum(tonnes), *sets.demand.values()], default=0.0)
    return MARGIN if tonnes and min(tonnes) < WIDE * largest else 0.0


def proof(
    value: float, bound: float, gap: float, penalty: float = 0.0, margin: float = 0.0
) -> tuple[Literal["optimal", "feasible"], float, float]:
    """Status of a plan, its bound, and the relative gap between them, (bound - value) / max(|value|, 1e-9).

    `gap`: the relative gap at which a search may end; what a search for ties may give up of the value counts for
    nothing. `margin`: what the bound is rounded outward by, as a part of max(1, |value|).
    """
    size = max(1.0, abs(value))
    bound = max(bound, value)
    if bound - value <= VALUE_ROUNDING * size:
        bound = value
    close = gap * abs(value) + 2 * HOLD * max(size, abs(value - penalty))
    is_close = bound - value <= close
    bound += margin * size
    return "optimal" if is_close else "feasible", bound, (bound - value) / max(abs(value), 1e-9)

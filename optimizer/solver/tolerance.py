"""Tolerances: limits of the workbook may be missed by the auditor's tolerance, in the whole program alike.

The auditor lets a limit be missed by 1e-6 of its base, max(1, |limit|, largest term). So does the program: every hard
limit is widened by nearly that much before the search, in the planner's favour. A budget that is a rounded sum of needs
then pays for the projects that were summed; and no selection that keeps its limits lies within rounding of the edge of
the feasible region, where the presolve of HiGHS (1.15 and 1.16) loses solutions: one such book in a hundred was solved
wrong without it (`tests/campaign/near_ties.py`).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

AUDITED = 1e-6
"""The auditor's tolerance, as a part of its base (`models.audit.exact`)."""
TOLERANCE = 0.98 * AUDITED
"""Part of its base by which the program may miss a limit; the rest is for the solver's own feasibility tolerance."""
HOLD = 5e-7
"""Part of max(1, |value|) of an earlier objective that a later one may give up."""
CENTS = 1e-6
"""Difference in budget cost, as a part of max(1, cost), up to which awards cost what the search found."""
AGREEMENT = 1e-6
"""Difference of two optimal values, beside the gap, from which they contradict each other: a part of max(1, |value|, sum of
the objective's coefficients), which the feasibility tolerances are worth."""
VALUE_ROUNDING = 1e-9
"""Difference of value and bound, as a part of max(1, |value|), that is rounding alone."""
SPREAD = 1e4
"""Ratio of the largest to the smallest coefficient up to which a row without a limit of its own (an average, a share, a
ratio) is widened by its largest coefficient; wider ones by the unit."""


def tolerance_base(a: Any, limits: npt.NDArray[np.int64], rhs: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Base of the tolerance of each limit, in the row's unit; 0 for rows that are not limits.

    `a`: the rows in compressed sparse row form, `rhs`: their right-hand sides, both unscaled.
    """
    base = np.zeros(a.shape[0])
    base[limits] = np.maximum(1.0, np.abs(rhs[limits]))
    for row in limits[rhs[limits] == 0.0]:
        sizes = np.abs(a.data[a.indptr[row] : a.indptr[row + 1]])
        sizes = sizes[sizes > 0]
        if len(sizes) and sizes.max() <= SPREAD * sizes.min():
            base[row] = max(1.0, sizes.max())
    return base

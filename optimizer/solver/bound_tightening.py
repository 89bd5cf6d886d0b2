"""Bound tightening: bounds of decisions that follow from single rows, such as projects that no money could pay for.

Brearley, Mitra & Williams (1975), Analysis of mathematical programming problems prior to applying the simplex algorithm;
Savelsbergh (1994), Preprocessing and probing techniques for mixed integer programming problems. The solver does this too, but
only for its own search; here it strengthens the relaxation whose bound and prices guide the core solve.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from optimizer.solver import tuning
from optimizer.solver.standard_form import Matrix, Vector


@dataclass(frozen=True)
class _Entries:
    """The matrix by its entries, each row as `activity <= limit`; a row with two limits is there twice."""

    rows: npt.NDArray[np.int64]
    columns: npt.NDArray[np.int64]
    values: Vector
    limits: Vector


def tighten_bounds(
    matrix: Matrix, lower: Vector, upper: Vector, limits: tuple[Vector, Vector]
) -> tuple[Vector, Vector]:
    """Bounds of the integer columns, as tight as the rows with these `limits` (lower, upper) make them one by one.

    No solution is lost. If a column has no value left the given bounds are returned, and the solver finds the infeasibility.
    """
    entries = _entries(matrix, *limits)
    low, high = lower.copy(), upper.copy()
    for _ in range(tuning.TIGHTENING_ROUNDS):
        before = low.copy(), high.copy()
        _tighten(entries, low, high)
        whole = matrix.integer
        low[whole], high[whole] = (
            np.ceil(low[whole] - tuning.TIGHTENING_MARGIN),
            np.floor(high[whole] + tuning.TIGHTENING_MARGIN),
        )
        if (low > high + tuning.TIGHTENING_MARGIN).any():
            return lower, upper
        if np.array_equal(before[0], low) and np.array_equal(before[1], high):
            break
    return np.where(matrix.integer, low, lower), np.where(matrix.integer, high, upper)


def _entries(matrix: Matrix, row_lower: Vector, row_upper: Vector) -> _Entries:
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.starts))
    columns, values = matrix.indices.astype(np.int64), matrix.values
    given = values != 0
    rows, columns, values = rows[given], columns[given], values[given]
    above, below = np.isfinite(row_upper)[rows], np.isfinite(row_lower)[rows]
    return _Entries(
        np.concatenate([rows[above], rows[below] + matrix.shape[0]]),
        np.concatenate([columns[above], columns[below]]),
        np.concatenate([values[above], -values[below]]),
        np.concatenate([row_upper, -row_lower]),
    )


def _tighten(entries: _Entries, low: Vector, high: Vector) -> None:
    """One pass: the bound of each column by each of its rows, with all other columns at their least activity."""
    rows, columns, values = entries.rows, entries.columns, entries.values
    least = values * np.where(values > 0, low[columns], high[columns])
    endless = ~np.isfinite(least)
    finite = np.where(endless, 0.0, least)
    count = len(entries.limits)
    sums, gaps = (np.bincount(rows, weights=w, minlength=count) for w in (finite, endless.astype(float)))
    known = gaps[rows] - endless == 0
    left = (entries.limits[rows] - (sums[rows] - finite))[known] / values[known]
    at, rising = columns[known], values[known] > 0
    np.minimum.at(high, at[rising], left[rising])
    np.maximum.at(low, at[~rising], left[~rising])

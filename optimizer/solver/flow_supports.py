r"""Supports of the deliveries of a chain in one year: linear functions of process capacities that are never below them.

$$V(q) = \max \{c^T x : Fx \le q,\ Ax \le b,\ 0 \le x \le u\} \le
\pi^T q + \lambda^T b + \sum_j u_j \max(0, c_j - \pi^T F_j - \lambda^T A_j)$$

for all \(\pi, \lambda \ge 0\). At the duals of the solver both sides are equal within its tolerances. The constant is computed
from the duals, so that the support holds whatever these tolerances are (weak duality). They are the cuts of the L-shaped
method (Van Slyke & Wets 1969).
"""

from dataclasses import dataclass

import numpy as np

from optimizer.solver import tuning
from optimizer.solver.highs import Engine
from optimizer.solver.standard_form import Columns, Vector


@dataclass(frozen=True)
class Supports:
    """Value [n, year] at capacities [n, process, year], and a support: `constant[n, year] + slope[n, process, year]` times the
    capacity in t/yr."""

    value: Vector
    constant: Vector
    slope: Vector


class SupportsOfYear:
    """The linear program of one year. `rows`: those that the capacities limit, in units of `sizes`, none above 1."""

    def __init__(self, engine: Engine, rows: Columns, sizes: Vector) -> None:
        self.engine, self.rows, self.sizes = engine, rows, sizes
        m = engine.matrix
        self._goal = m.objectives[0]
        # Imported here: if scipy is loaded after Pyomo and before a program is compiled, Pyomo loads scipy.stats with it.
        from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

        self._matrix = csr_matrix((m.values, m.indices, m.starts), shape=m.shape)
        self._scale = m.row_scale[rows]
        self._others = np.setdiff1d(np.arange(m.shape[0]), rows)
        self._upper = self._bounded(m.upper)

    def _bounded(self, upper: Vector) -> Vector:
        """Upper bounds of the columns, none of which a row of capacity leaves without one."""
        bounded = upper.copy()
        for row, scale in zip(self.rows, self._scale, strict=True):
            entries = self._matrix[row]
            taking = entries.data > 0
            at = entries.indices[taking]
            bounded[at] = np.minimum(bounded[at], scale / entries.data[taking])
        return bounded

    def of(self, capacity: Vector) -> tuple[Vector, Vector, Vector]:
        """Value [n], constant [n] and slopes [n, row] at capacities [n, row]. Raises RuntimeError where the solver fails."""
        known, place = np.unique(capacity, axis=0, return_inverse=True)
        solved = [self._solve(one) for one in known]
        duals = self._signed(np.array([y for _, y in solved]))
        at = place.reshape(-1)
        slope = -duals[:, self.rows] * self._scale / self.sizes
        return np.array([v for v, _ in solved])[at], self._constants(duals)[at], slope[at]

    def _solve(self, capacity: Vector) -> tuple[float, Vector]:
        self.engine.limit_rows(self.rows, np.full(len(capacity), -np.inf), capacity / self.sizes)
        result = self.engine.relax(self._goal, tuning.FLOW_SECONDS)
        if result is None:  # from the last basis, the solver may stop just outside its tolerance
            self.engine.forget()
            result = self.engine.relax(self._goal, tuning.FLOW_SECONDS)
        if result is None:
            raise RuntimeError("the solver found no flows of the chain")
        return -result.objective, result.duals

    def _signed(self, duals: Vector) -> Vector:
        """The duals as weak duality allows them: 0 for a side without a limit."""
        m = self.engine.matrix
        lower, upper = m.row_lower.copy(), m.row_upper.copy()
        lower[self.rows] = -np.inf
        kept = np.where(np.isneginf(lower), np.minimum(duals, 0.0), duals)
        return np.asarray(np.where(np.isposinf(upper), np.maximum(kept, 0.0), kept))

    def _constants(self, duals: Vector) -> Vector:
        """The support at capacity 0."""
        m, others = self.engine.matrix, self._others
        y = duals[:, others]
        limit = np.where(y < 0, m.row_upper[others], np.where(y > 0, m.row_lower[others], 0.0))
        reduced = self._goal.costs - duals @ self._matrix
        with np.errstate(invalid="ignore"):
            left = np.where(reduced < 0, reduced * self._upper, reduced * m.lower)
        return np.asarray(-(y * limit).sum(axis=1) - np.where(reduced == 0, 0.0, left).sum(axis=1))

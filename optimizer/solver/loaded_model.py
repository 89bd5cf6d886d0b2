"""Changes to a loaded model: bounds, limits of rows, held objectives, cuts and prices, and how they are taken back."""

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np

from optimizer.solver import tuning
from optimizer.solver.standard_form import Columns, Matrix, Objective, Vector


class LoadedModel:
    """A matrix that is loaded into the solver, with the changes made to it since. `optimizer.solver.highs.Engine` solves it."""

    matrix: Matrix
    lower: Vector
    upper: Vector
    """Bounds of the columns, without those that are held."""
    _highs: Any
    _price: float
    _row_limits: dict[int, tuple[float, float]]
    _cuts: list[tuple[Columns, Vector, float]]
    _held: list[tuple[Objective, float]]

    def cut(self, columns: Columns, signs: Vector, least: float) -> None:
        """Add the row `sum of signs * columns >= least` until `release`. Not allowed while an objective is held."""
        assert not self._held
        self._cuts.append((columns, signs, least))
        self._highs.addRow(least, np.inf, len(columns), columns.astype(np.int32), signs)

    def let_go(self) -> None:
        """Remove the rows of the objectives that are held."""
        self._take_back(len(self._held))
        self._held.clear()

    def hold(self, objective: Objective, most: float) -> None:
        """Add the row `objective <= most`, with the objective as minimized, offset included."""
        self._held.append((objective, most))
        at = np.flatnonzero(objective.costs)
        scale = self.matrix.scale_of(objective.costs)
        self._highs.addRow(
            -np.inf,
            (most - objective.offset) * scale,
            len(at),
            at.astype(np.int32),
            objective.costs[at] * scale,
        )

    def price(self, columns: Columns, x: Vector, objective: Objective, price: float) -> None:
        """Add a price, in the objective's unit, for leaving these decisions as they are in x.

        By a column `same` between 0 and 1 and the row "number of decisions that differ + same >= 1".
        """
        yes = np.round(x[columns])
        same = self._highs.getNumCol()
        scale = self.matrix.scale_of(objective.costs)
        self._price = max(price * scale, tuning.LEAST_PRICE)
        self._highs.addCol(self._price, 0.0, 1.0, 0, np.empty(0, np.int32), np.empty(0))
        self._highs.addRow(
            1.0 - yes.sum(),
            np.inf,
            len(columns) + 1,
            np.append(columns, same).astype(np.int32),
            np.append(np.where(yes > 0, -1.0, 1.0), 1.0),
        )

    def unprice(self) -> None:
        """Remove the row and the column that `price` added."""
        self._take_back(1)
        last = self._highs.getNumCol() - 1
        self._highs.deleteCols(1, np.array([last], dtype=np.int32))

    def _take_back(self, rows: int) -> None:
        if rows > 0:
            count = self._highs.getNumRow()
            self._highs.deleteRows(rows, np.arange(count - rows, count, dtype=np.int32))

    def release(self) -> None:
        """Remove every added row, and reset every changed bound of rows and columns."""
        rows, columns = self.matrix.shape
        self._take_back(self._highs.getNumRow() - rows)
        for row in self._row_limits:
            self._highs.changeRowBounds(row, self.matrix.row_lower[row], self.matrix.row_upper[row])
        for added in (self._row_limits, self._cuts, self._held):
            added.clear()
        self.lower, self.upper = self.matrix.lower.copy(), self.matrix.upper.copy()
        self.free_columns(np.arange(columns))

    def forget(self) -> None:
        """Drop basis and solution of earlier solves, so that the next one depends on the loaded model alone."""
        self._highs.clearSolver()

    def limit_row(self, row: int, lower: float, upper: float) -> None:
        """Changes the limits of a row of the matrix, in the row's own unit."""
        self.limit_rows(np.array([row]), np.array([lower]), np.array([upper]))

    def limit_rows(self, rows: Columns, lower: Vector, upper: Vector) -> None:
        """`limit_row` of several rows at once."""
        scale = self.matrix.row_scale[rows]
        self._row_limits.update(zip(rows.tolist(), zip(lower.tolist(), upper.tolist(), strict=True), strict=True))
        self._highs.changeRowsBounds(len(rows), rows.astype(np.int32), lower * scale, upper * scale)

    @property
    def stated_limits(self) -> tuple[Vector, Vector]:
        """Limits of the rows as they are now without a tolerance, in the matrix's scale."""
        return self._limits_over(self.matrix.stated_lower, self.matrix.stated_upper)

    @property
    def row_limits(self) -> tuple[Vector, Vector]:
        """Lower and upper limits of the matrix's rows, as they are now, in the matrix's scale."""
        return self._limits_over(self.matrix.row_lower, self.matrix.row_upper)

    def _limits_over(self, lower: Vector, upper: Vector) -> tuple[Vector, Vector]:
        lower, upper = lower.copy(), upper.copy()
        for row, (low, high) in self._row_limits.items():
            scale = self.matrix.row_scale[row]
            lower[row], upper[row] = low * scale, high * scale
        return lower, upper

    def limit_columns(self, columns: Columns, lower: Vector, upper: Vector) -> None:
        """Changes the bounds of columns until `release`."""
        self.lower[columns], self.upper[columns] = lower, upper
        self.free_columns(columns)

    def open_columns(self, columns: Columns) -> Columns:
        """The columns whose bounds leave a choice."""
        return columns[self.lower[columns] < self.upper[columns]]

    def hold_columns(self, columns: Columns, x: Vector) -> None:
        """Fix columns at their value in x until `free_columns`."""
        self._bound(columns, x[columns], x[columns])

    @contextlib.contextmanager
    def holding(self, columns: Columns, x: Vector) -> Iterator[None]:
        """Fix columns at their value in x within this block."""
        self.hold_columns(columns, x)
        try:
            yield
        finally:
            self.free_columns(columns)

    def free_columns(self, columns: Columns) -> None:
        """Reset the bounds of columns."""
        self._bound(columns, self.lower[columns], self.upper[columns])

    def _bound(self, columns: Columns, lower: Vector, upper: Vector) -> None:
        if len(columns):
            self._highs.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)

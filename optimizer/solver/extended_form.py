"""A program's matrix with further columns and rows, for questions that need variables which the program lacks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from models.program import Goal
from optimizer.solver.standard_form import Matrix, Objective

Terms = Mapping[int, float]
INF = float("inf")


@dataclass
class Extended:
    """Rows and columns as lists that grow. Coefficients and limits are those of the loaded (scaled) rows."""

    base: Matrix
    rows: list[dict[int, float]]
    row_lower: list[float]
    row_upper: list[float]
    lower: list[float]
    upper: list[float]
    integer: list[bool]

    @classmethod
    def of(cls, matrix: Matrix) -> "Extended":
        rows = [
            dict(zip(matrix.indices[a:b].tolist(), matrix.values[a:b].tolist(), strict=True))
            for a, b in zip(matrix.starts[:-1], matrix.starts[1:], strict=True)
        ]
        return cls(
            matrix, rows, matrix.row_lower.tolist(), matrix.row_upper.tolist(), matrix.lower.tolist(),
            matrix.upper.tolist(), matrix.integer.tolist(),
        )  # fmt: skip

    def column(self, lower: float = 0.0, upper: float = 1.0) -> int:
        """A new continuous column."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.integer.append(False)
        return len(self.lower) - 1

    def row(self, terms: Terms, lower: float = -INF, upper: float = INF) -> int:
        """A new row."""
        self.rows.append(dict(terms))
        self.row_lower.append(lower)
        self.row_upper.append(upper)
        return len(self.rows) - 1

    def put(self, row: int, column: int, value: float) -> None:
        """One coefficient, in the row's own unit."""
        scale = self.base.row_scale[row] if row < len(self.base.row_scale) else 1.0
        self.rows[row][column] = value * float(scale)

    def limit(self, row: int, lower: float, upper: float) -> None:
        """Other limits, in the row's own unit."""
        scale = float(self.base.row_scale[row]) if row < len(self.base.row_scale) else 1.0
        self.row_lower[row], self.row_upper[row] = lower * scale, upper * scale

    def at_least(self, value: float) -> int:
        """Add a row that requires a least value less penalty, and return it."""
        first = self.base.objectives[0]
        terms = {int(n): float(first.costs[n]) for n in np.flatnonzero(first.costs)}
        return self.row(terms, upper=-value - first.offset)

    def objective(self, name: str, terms: Terms) -> Objective:
        """An objective to minimize over these columns."""
        costs = np.zeros(len(self.lower))
        for column, cost in terms.items():
            costs[column] = cost
        return Objective(Goal(name, 1, None), costs, 0.0)

    def value(self) -> Objective:
        """The first objective of the program over all columns."""
        return self.padded(self.base.objectives[0])

    def padded(self, objective: Objective) -> Objective:
        """An objective of the program over all columns."""
        return replace(objective, costs=np.pad(objective.costs, (0, len(self.lower) - len(objective.costs))))

    def matrix(self) -> Matrix:
        """The whole matrix, to be loaded."""
        lengths = [len(row) for row in self.rows]
        new = len(self.rows) - len(self.base.row_scale)
        return replace(
            self.base,
            starts=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32),
            indices=np.array([c for row in self.rows for c in row], dtype=np.int32),
            values=np.array([v for row in self.rows for v in row.values()], dtype=float),
            row_lower=np.array(self.row_lower),
            row_upper=np.array(self.row_upper),
            lower=np.array(self.lower),
            upper=np.array(self.upper),
            integer=np.array(self.integer, dtype=bool),
            row_scale=np.concatenate([self.base.row_scale, np.ones(new)]),
        )

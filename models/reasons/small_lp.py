"""The largest value of a tiny linear program, without loading a solver.

    max c x   subject to   A x <= b,  x >= 0,  with b >= 0

The simplex method on a dense tableau from the solution 0, with the rule of Bland (1977), New finite pivoting rules for the
simplex method, Mathematics of Operations Research 2(2), so that it cannot cycle.
"""

from collections.abc import Sequence
from math import inf

SMALL = 1e-10
"""Coefficient of a scaled row up to which it counts as 0."""


def largest(objective: Sequence[float], rows: Sequence[Sequence[float]], limits: Sequence[float]) -> float:
    """The largest value; infinite if the program is unbounded. Every limit must be 0 or more.

    >>> largest([3.0, 2.0], [[1.0, 1.0], [1.0, 3.0], [1.0, 0.0]], [4.0, 6.0, 3.0])
    11.0
    """
    many, count = len(objective), len(rows)
    table = [_scaled(row, limit, n, count) for n, (row, limit) in enumerate(zip(rows, limits, strict=True))]
    costs = [-c for c in objective] + [0.0] * (count + 1)
    basis = list(range(many, many + count))
    while (enter := next((j for j in range(many + count) if costs[j] < -SMALL), None)) is not None:
        ratios = [(row[-1] / row[enter], basis[n], n) for n, row in enumerate(table) if row[enter] > SMALL]
        if not ratios:
            return inf
        leave = min(ratios)[2]
        basis[leave] = enter
        pivot = [value / table[leave][enter] for value in table[leave]]
        table = [pivot if n == leave else _without(row, enter, pivot) for n, row in enumerate(table)]
        costs = _without(costs, enter, pivot)
    return costs[-1]


def _scaled(row: Sequence[float], limit: float, n: int, count: int) -> list[float]:
    """A row with its slack and its limit, its largest coefficient 1."""
    size = max(map(abs, row), default=0.0) or 1.0
    return [*(value / size for value in row), *(float(k == n) for k in range(count)), max(0.0, limit) / size]


def _without(row: list[float], column: int, pivot: list[float]) -> list[float]:
    factor = row[column]
    return [value - factor * other for value, other in zip(row, pivot, strict=True)] if factor else row

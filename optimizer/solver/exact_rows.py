"""Checks selections against the limits of the workbook in exact arithmetic, and cuts off those that break one.

The solver works in binary floating point with feasibility tolerances: in a row whose coefficients span many orders of
magnitude it cannot see the small ones. Here every limit over decisions alone is evaluated in fractions, with the auditor's
tolerance. A selection that breaks a row is cut off by a cover cut (Balas 1975, Facets of the knapsack polytope): at least one
of the decisions that break it must be taken otherwise.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from optimizer.solver.no_solution import InfeasibleProgram
from optimizer.solver.standard_form import Columns, Matrix, Vector
from optimizer.solver.tolerance import AUDITED

EXACTLY = Fraction(repr(AUDITED))


@dataclass(frozen=True)
class Cut:
    """`sum of signs * columns >= least`: no solution that the limits allow is lost."""

    columns: Columns
    signs: Vector
    least: float


@dataclass(frozen=True)
class _Limit:
    """One limit read as `sum of terms <= right`, in the workbook's unit."""

    terms: dict[int, Fraction]
    right: Fraction

    def taken(self, x: Vector) -> list[int]:
        return [n for n in self.terms if x[n] > 0.5]

    def room(self, x: Vector) -> Fraction:
        """Amount by which the limit may be missed: the tolerance times max(1, |limit|, largest term)."""
        return EXACTLY * max([Fraction(1), abs(self.right), *(abs(self.terms[n]) for n in self.taken(x))])

    def is_broken(self, x: Vector) -> bool:
        return sum((self.terms[n] for n in self.taken(x)), Fraction(0)) > self.right + self.room(x)


def cuts(matrix: Matrix, limits: tuple[Vector, Vector], bounds: tuple[Vector, Vector], x: Vector) -> list[Cut]:
    """Cuts against a solution that breaks limits over decisions alone; none if it keeps them all.

    `limits`: lower and upper limits of the rows, without a tolerance, in the matrix's scale; `bounds`: of the columns.
    Raises InfeasibleProgram if no solution keeps a limit.
    """
    cuts_found: list[Cut] = []
    for limit in _limits(matrix, *limits):
        if limit.is_broken(x):
            cuts_found += _refusals(limit, bounds, x)
    return cuts_found


def _limits(matrix: Matrix, lower: Vector, upper: Vector) -> Iterator[_Limit]:
    for row in matrix.limits:
        at = slice(matrix.starts[row], matrix.starts[row + 1])
        columns, values = matrix.indices[at], matrix.values[at]
        if len(columns) and matrix.integer[columns].all():
            scale = Fraction(float(matrix.row_scale[row]))
            terms = {int(n): Fraction(float(v)) / scale for n, v in zip(columns, values, strict=True) if v}
            if np.isfinite(upper[row]):
                yield _Limit(terms, Fraction(float(upper[row])) / scale)
            if np.isfinite(lower[row]):
                yield _Limit({n: -v for n, v in terms.items()}, -Fraction(float(lower[row])) / scale)


def _refusals(limit: _Limit, bounds: tuple[Vector, Vector], x: Vector) -> list[Cut]:
    """Every single decision that the row rules out, and the smallest set of decisions of x that it does.

    Raises InfeasibleProgram if no decisions keep the row.
    """
    lower, upper = bounds
    costs = {n: v if v > 0 else -v for n, v in limit.terms.items() if lower[n] < upper[n]}
    least = sum((min(v * int(lower[n]), v * int(upper[n])) for n, v in limit.terms.items()), Fraction(0))
    room = limit.right - least + limit.room(x)
    if room < 0:
        raise InfeasibleProgram
    singles = [n for n, cost in costs.items() if cost > room]
    spent = Fraction(0)
    cover: list[int] = []
    for n in sorted((n for n in costs if (x[n] > 0.5) == (limit.terms[n] > 0)), key=lambda n: (-costs[n], n)):
        spent, cover = spent + costs[n], [*cover, n]
        if spent > room:
            break
    groups = [[n] for n in singles] + ([cover] if len(cover) > 1 else [])
    return [_otherwise(group, limit) for group in groups]


def _otherwise(group: list[int], limit: _Limit) -> Cut:
    """At least one decision of the group is taken the other way than what makes the row's left side large."""
    signs = np.array([-1.0 if limit.terms[n] > 0 else 1.0 for n in group])
    return Cut(np.array(group, dtype=np.int64), signs, 1.0 - float((signs < 0).sum()))


def not_again(columns: Columns, x: Vector, *, more_may_help: bool) -> Cut:
    """A cut against a whole selection: not all of it together or, with `more_may_help`, not exactly this selection."""
    taken = x[columns] > 0.5
    at = columns if more_may_help else columns[taken]
    signs = np.where(x[at] > 0.5, -1.0, 1.0)
    return Cut(at, signs, 1.0 - float((signs < 0).sum()))


def breaks(cut: Cut, x: Vector) -> bool:
    """Whether a cut excludes a solution."""
    return bool(cut.signs @ np.round(x[cut.columns]) < cut.least - 0.5)


def any_breaks(cuts_: Iterable[Cut], x: Vector) -> bool:
    """Whether one of the cuts excludes a solution."""
    return any(breaks(cut, x) for cut in cuts_)

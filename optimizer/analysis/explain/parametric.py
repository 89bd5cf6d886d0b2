r"""One cell of one project as a variable of the loaded program.

Between two breaks of the cell (`optimizer.analysis.explain.parameters`) each coefficient of the project's columns is
$a_0 + s\,y$, $y \in [0,1]$ from the near to the far end. With $y = \sum_t y_t$ split by decision year, $y_t \le start_t$, the
product $s\,y\,start_t$ is $s\,y_t$; that with another binary $b$ of the project is the exact
$w \le b,\; w \le y_t,\; w \ge y_t + b - start_t$ (McCormick 1976). No coefficient is guessed: they are read off the program
of the project alone, built at two points of the piece.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from models.case import Case
from models.formulation import build
from models.program import Program
from models.schema import Project
from models.sets import Sets
from optimizer.solver.extended_form import INF, Extended
from optimizer.solver.standard_form import Matrix, compile_program

OWN = ("start", "award", "backed", "supports", "joint", "gives")
"""Variables that belong to one project, by the first part of their index."""
Key = tuple[Any, ...]
"""Name and index of a row or of a variable."""
VALUE: Key = ("value",)
SAME = 1e-11
BENT = 1e-9
"""Tolerance, as a part of a coefficient, in the test that a coefficient is linear over a piece."""
ALONE = (
    "award_cap", "need", "ticket_least", "ticket_most", "ticket_backed", "support_cap", "support_start", "max_programmes",
    "viability", "stake", "no_stake", "unaffordable_gap",
)  # fmt: skip
"""Families whose rows are of one project alone, and may come and go with its data."""
TIES = ("selection", "requires", "together", "excludes", "group")
"""Families that link projects; no cell that is varied is in them."""


class NotLinear(Exception):
    """The program is not linear in this cell; says why."""


@dataclass(frozen=True)
class OwnCoefficients:
    """Coefficients of one project's columns, by row and column, and the limits of the rows. Rows are unscaled."""

    terms: Mapping[tuple[Key, Key], float]
    limits: Mapping[Key, tuple[float, float]]


def own_columns(program: Program, matrix: Matrix, project: str) -> dict[Key, int]:
    """The columns of one project that is a class by itself."""
    variables = ((name, getattr(program.model, name, None)) for name in OWN)
    return {
        (name, *index): matrix.column(v)
        for name, component in variables
        if component is not None
        for index, v in component.items()
        if index[0] == project
    }


def _entries(program: Program, matrix: Matrix) -> Iterator[tuple[Key, int, int, float]]:
    """Every coefficient of every named row: row key, row, column, unscaled value."""
    for key, constraint in program.rows.items():
        row = matrix.row(constraint)
        if row is not None:
            for n in range(matrix.starts[row], matrix.starts[row + 1]):
                yield key, row, int(matrix.indices[n]), float(matrix.values[n] / matrix.row_scale[row])


def alone(case: Case, project: Project) -> OwnCoefficients:
    """The coefficients of a project, from the program of this project alone, in which rules are soft."""
    rules = tuple(r.model_copy(update={"hard": False, "penalty": 0.0}) for r in case.rules)
    underway = [p for p in case.projects if p.status == "underway"]
    projects = tuple(sorted((project, *underway), key=lambda p: p.id))
    program = build(Sets(case.model_copy(update={"projects": projects, "rules": rules})))
    matrix = compile_program(program, tolerance=0.0)
    key_of = {column: key for key, column in own_columns(program, matrix, project.id).items()}
    terms: dict[tuple[Key, Key], float] = {}
    limits: dict[Key, tuple[float, float]] = {}
    for key, row, column, value in _entries(program, matrix):
        scale = matrix.row_scale[row]
        limits[key] = float(matrix.row_lower[row] / scale), float(matrix.row_upper[row] / scale)
        if column in key_of:
            terms[key, key_of[column]] = value * unit(program, key)
    costs = matrix.objectives[0].costs
    terms |= {(VALUE, key): float(costs[column]) for column, key in key_of.items() if costs[column]}
    return OwnCoefficients(terms, limits)


def unit(program: Program, row: Key) -> float:
    """Tonnes a year that one stands for in a row: a chain counts each process in parts of the most that it can have."""
    if row[0] != "vintages" or not program.sizes:
        return 1.0
    return next((size for (process, _), size in program.sizes.items() if process == row[1]), 0.0) or 1.0


def line(
    case: Case, near: Project, middle: Project, far: Project
) -> tuple[OwnCoefficients, dict[tuple[Key, Key], float]]:
    """Coefficients at the near end of a piece and their slopes over it, from points a quarter, half and three quarters in.

    Raises NotLinear where the programs have other rows, or the middle one is not half way between the others.
    """
    at_near, at_middle, at_far = (alone(case, p) for p in (near, middle, far))
    if not at_near.limits.keys() == at_middle.limits.keys() == at_far.limits.keys():
        raise NotLinear("the rules for its money change in kind with it")
    if any(at_near.limits[row] != at_far.limits.get(row) for row in at_near.limits if row[0] == "vintages"):
        raise NotLinear("what it delivers without support changes with it")
    keys = at_near.terms.keys() | at_middle.terms.keys() | at_far.terms.keys()
    ends = {k: (at_near.terms.get(k, 0.0), at_far.terms.get(k, 0.0)) for k in keys}
    if any(
        abs(a + b - 2 * at_middle.terms.get(k, 0.0)) > BENT * max(1.0, abs(a), abs(b)) for k, (a, b) in ends.items()
    ):
        raise NotLinear("not worked out: a limit does not change in proportion to it")
    slopes = {k: 2 * (b - a) for k, (a, b) in ends.items()}
    start = {k: a - slopes[k] / 4 for k, (a, _) in ends.items()}
    return OwnCoefficients(start, at_near.limits), {
        k: s for k, s in slopes.items() if abs(s) > SAME * max(1.0, abs(start[k]))
    }


@dataclass
class Variation:
    """A program with a cell as a variable; `extended` is its extended matrix."""

    extended: Extended
    program: Program
    columns: Mapping[Key, int]
    value_row: int
    project: str

    def vary(self, start: OwnCoefficients, slopes: Mapping[tuple[Key, Key], float]) -> dict[int, int]:
        """Decision year -> the column that holds the cell's part of the piece, if the project is decided then."""
        years = {key[2]: column for key, column in self.columns.items() if key[0] == "start"}
        steps = {t: self.extended.column() for t in years}
        for t, step in steps.items():
            self.extended.row({step: 1.0, years[t]: -1.0}, upper=0.0)
        rows = self._rows(start)
        for (row, column), value in start.terms.items():
            if row[0] not in TIES:
                self.extended.put(rows[row], self._column(column), value / unit(self.program, row))
        products: dict[Key, int] = {}
        for (row, column), slope in slopes.items():
            if column not in products:
                products[column] = self._product(column, steps, years)
            self.extended.put(rows[row], products[column], slope / unit(self.program, row))
        return steps

    def _column(self, key: Key) -> int:
        if key not in self.columns:
            raise NotLinear("programmes that cannot finance it now could then")
        return self.columns[key]

    def _rows(self, start: OwnCoefficients) -> dict[Key, int]:
        """Row of the program of each of the project's rows; new ones are added, those it has no more are freed."""
        mine = set(self.columns.values())
        rows: dict[Key, int] = {VALUE: self.value_row}
        for key, constraint in self.program.rows.items():
            row = self.extended.base.row(constraint)
            if row is None:
                continue
            if key in start.limits:
                rows[key] = row
            elif key[0] in ALONE and mine.issuperset(self.extended.rows[row]):
                self.extended.limit(row, -INF, INF)
        for key in {row for row, _ in start.terms if row[0] not in TIES} - rows.keys():
            rows[key] = self.extended.row({}, *start.limits[key])
        return rows

    def _product(self, key: Key, steps: Mapping[int, int], years: Mapping[int, int]) -> int:
        """The column of the cell times a binary of the project."""
        if key[0] == "start":
            return steps[key[2]]
        if key[0] == "award":
            raise NotLinear("the cost of its offtake contract depends on it")
        binary, product = self.columns[key], self.extended.column()
        which = [key[-1]] if key[0] in ("backed", "joint") else list(years)
        every = {steps[t]: -1.0 for t in which}
        self.extended.row({product: 1.0, binary: -1.0}, upper=0.0)
        self.extended.row({product: 1.0, **every}, upper=0.0)
        self.extended.row({product: 1.0, binary: -1.0, **every, **{years[t]: 1.0 for t in which}}, lower=0.0)
        return product

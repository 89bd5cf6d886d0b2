"""Compiles the Pyomo program into one sparse matrix, by Pyomo's public standard-form compiler."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from models.program import Goal, Program
from optimizer.solver import tuning
from optimizer.solver.no_solution import InfeasibleProgram
from optimizer.solver.tolerance import TOLERANCE, tolerance_base

Vector = npt.NDArray[np.float64]
Columns = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Objective:
    """A goal over the columns, to be minimized: the sense is in the costs, the offset apart."""

    goal: Goal
    costs: Vector
    offset: float

    def value(self, x: Vector) -> float:
        """Value of a solution, as minimized; further columns of x are ignored."""
        return float(self.costs @ x[: len(self.costs)]) + self.offset

    def is_misstated(self, x: Vector, stated: float) -> bool:
        """Whether a solution has another value than the stated one."""
        if len(x) < len(self.costs) or not np.isfinite(stated):
            return False
        true = self.value(x)
        return bool(abs(true - stated) > tuning.MISSTATED * max(1.0, abs(true)))


@dataclass(frozen=True)
class Matrix:
    """`row_lower <= A x <= row_upper`, `lower <= x <= upper`, A by rows; columns in canonical order."""

    objectives: tuple[Objective, ...]
    starts: npt.NDArray[np.int32]
    indices: npt.NDArray[np.int32]
    values: Vector
    row_lower: Vector
    row_upper: Vector
    lower: Vector
    upper: Vector
    integer: npt.NDArray[np.bool_]
    columns: dict[int, int]
    """id() of a Pyomo variable -> its column."""
    rows: dict[int, int]
    """id() of a Pyomo constraint -> its row."""
    row_scale: Vector
    """Factor on each row."""
    limits: Columns
    """Rows that state a hard limit of the workbook, which are widened by the tolerance of the matrix."""
    stated_lower: Vector
    stated_upper: Vector
    """Limits of all rows as the workbook states them, without a tolerance, in the matrix's scale."""

    @cached_property
    def shape(self) -> tuple[int, int]:
        return len(self.row_lower), len(self.lower)

    def objective(self, name: str) -> Objective:
        """The objective of a goal by the goal's name."""
        return next(o for o in self.objectives if o.goal.name == name)

    def scale_of(self, costs: Vector) -> float:
        """Power of two, at least 1, that brings an objective towards `OBJECTIVE_SIZE`."""
        finite = np.where(np.isfinite(self.upper), self.upper, 0.0)
        span = float(np.abs(costs * np.maximum(finite, 1.0)).sum())
        return 2.0 ** max(0.0, np.floor(np.log2(tuning.OBJECTIVE_SIZE / span))) if span > 0 else 1.0

    def column(self, variable: Any) -> int:
        """Column of a Pyomo variable."""
        return self.columns[id(variable)]

    def row(self, constraint: Any) -> int | None:
        """Row of a Pyomo constraint; None if it has no variables."""
        return self.rows.get(id(constraint))


def compile_program(program: Program, *, tolerance: float = TOLERANCE) -> Matrix:
    """The program as one matrix with one objective per goal.

    `tolerance`: part of its base by which a limit of the workbook may be missed (`optimizer.solver.tolerance`); 0 for
    limits as they are stated. Variables that are in no row get a column too. Raises ValueError for nonlinear expressions,
    InfeasibleProgram for a row that no plan can meet.
    """
    import pyomo.core as pyo
    from pyomo.common.dependencies import scipy_available
    from pyomo.common.errors import InfeasibleConstraintException
    from pyomo.common.gc_manager import PauseGC
    from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

    # The compiler needs scipy.sparse; Pyomo would load scipy.stats too, which takes longer than solving a small case.
    if not isinstance(scipy_available, bool):
        scipy_available._callback = None
    model = program.model
    with PauseGC():
        model.goals = pyo.Objective(
            range(len(program.goals)),
            rule=lambda m, n: m.nothing + program.goals[n].sense * program.goals[n].expression,
        )
        variables = [v for block in model.component_objects(pyo.Var) for v in block.values()]
        try:
            form = LinearStandardFormCompiler().write(model, mixed_form=True, set_sense=None, column_order=variables)
        except InfeasibleConstraintException as error:
            raise InfeasibleProgram(str(error)) from error
        finally:
            model.del_component("goals")
    return _matrix(program, form, variables, tolerance)


def _matrix(program: Program, form: Any, variables: list[Any], tolerance: float) -> Matrix:
    place = {id(v): n for n, v in enumerate(variables)}
    order = np.array([place[id(v)] for v in form.columns], dtype=np.int32)
    a = form.A.tocsr()
    scale = _row_scale(a)
    lower, upper = _row_bounds(form, scale)
    rows = {id(row.constraint): n for n, row in enumerate(form.rows)}
    limits = np.array(sorted({rows[id(r)] for r in program.limit_rows() if id(r) in rows}), dtype=np.int64)
    room = tolerance * tolerance_base(a, limits, np.asarray(form.rhs, dtype=float)) * scale
    goals = np.zeros((len(program.goals), len(variables)))
    goals[:, order] = form.c.toarray()
    lows = [-np.inf if v.lb is None else v.lb for v in variables]
    highs = [np.inf if v.ub is None else v.ub for v in variables]
    return Matrix(
        objectives=tuple(Objective(g, goals[n], float(form.c_offset[n])) for n, g in enumerate(program.goals)),
        starts=a.indptr.astype(np.int32),
        indices=order[a.indices] if a.nnz else a.indices.astype(np.int32),
        values=a.data * np.repeat(scale, np.diff(a.indptr)),
        row_lower=np.where(lower == upper, lower, lower - room),
        row_upper=upper + np.where(lower == upper, room / len(program.sets.years), room),
        lower=np.array(lows, dtype=float),
        upper=np.array(highs, dtype=float),
        integer=np.array([v.is_integer() or v.is_binary() for v in variables], dtype=bool),
        columns=place,
        rows=rows,
        row_scale=scale,
        limits=limits,
        stated_lower=lower,
        stated_upper=upper,
    )


def _row_scale(a: Any) -> Vector:
    largest = abs(a).max(axis=1).toarray().ravel() if a.nnz else np.zeros(a.shape[0])
    scale = np.ones(a.shape[0])
    big = largest > tuning.LARGEST_COEFFICIENT
    scale[big] = 2.0 ** -np.ceil(np.log2(largest[big] / tuning.LARGEST_COEFFICIENT))
    return scale


def _row_bounds(form: Any, scale: Vector) -> tuple[Vector, Vector]:
    kind = np.array([row.bound_type for row in form.rows], dtype=int)
    rhs = form.rhs * scale
    return np.where(kind <= 0, rhs, -np.inf), np.where(kind >= 0, rhs, np.inf)

"""A second opinion on a plan: its program is built again from the case and solved by SCIP. The only file that uses PySCIPOpt.

The program is the plain form, with an award for every project, programme and year: it shares the formulas with the first
solve, but neither its aggregation, nor its starts and cuts, nor its solver. A plan that SCIP finds is priced in awards and
audited in exact decimals before it counts.

SCIP: Bolusani et al. (2024), The SCIP Optimization Suite 9.0.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from models.audit import audit
from models.case import Case
from models.formulation import build
from models.plan import Plan
from models.program import Program
from models.sets import Sets
from optimizer.errors import Refusal
from optimizer.solver.allocation import NoAwards, least_awards
from optimizer.solver.incumbent import selection
from optimizer.solver.lexicographic import Options, Solution
from optimizer.solver.no_solution import InfeasibleProgram
from optimizer.solver.solve import assemble
from optimizer.solver.standard_form import Matrix, compile_program

TOLERANCE = 2e-6
"""Tolerance in the comparison of values and bounds, as a part of max(1, |value|): twice the tolerance of the audit."""
FEASIBILITY = 1e-9
"""SCIP's feasibility tolerance: the smallest with which its simplex method works reliably."""
CURE = "install the second solver with `pip install pyscipopt`, or the extra with `pip install 'mine2magnet[second]'`"

Status = Literal["optimal", "feasible", "infeasible", "nothing found"]


@dataclass(frozen=True)
class SecondOpinion:
    """SCIP's result for the program of a plan; values are the objective less penalties of soft rules."""

    solver: str
    """Name and version of the solver."""
    status: Status
    """optimal: proved within the requested gap; infeasible: no plan exists; nothing found: the time ended before."""
    value: float | None
    """Audited value of SCIP's own plan; None if it has none, or none that can be paid for."""
    bound: float | None
    """SCIP's upper bound on the value of any plan; None if it proved none."""
    seconds: float


class SecondSolverMissing(Refusal):
    """PySCIPOpt is not installed."""

    def __init__(self) -> None:
        super().__init__("failed", f"--second-opinion needs PySCIPOpt, which is not installed: {CURE}")


def require() -> None:
    """Raise SecondSolverMissing if PySCIPOpt is not installed, before any work is done."""
    try:
        import pyscipopt  # noqa: F401
    except ImportError as problem:
        raise SecondSolverMissing from problem


def second_opinion(
    case: Case,
    *,
    gap: float,
    time_limit: float,
    seed: int = 0,
    program_of: Callable[[Sets], Program] = build,
    plan_of: Callable[[Sets, Solution, Options], Plan] = assemble,
) -> SecondOpinion:
    """Solves the program of a case by SCIP to a relative gap, within `time_limit` seconds, on one thread.

    `program_of`, `plan_of`: the program, and the plan of a selection, where they are not those of the case as planned.

    Raises SecondSolverMissing.
    """
    require()
    sets = Sets(case)
    program = program_of(sets)
    try:
        matrix = compile_program(program)
    except InfeasibleProgram:
        return SecondOpinion(_name(), "infeasible", None, None, 0.0)
    model, variables, scale = _model(matrix)
    model.setParam("limits/gap", gap)
    model.setParam("limits/time", time_limit)
    model.setParam("randomization/randomseedshift", seed)
    model.optimize()
    status = model.getStatus()
    if status in ("infeasible", "inforunbd"):
        return SecondOpinion(_name(), "infeasible", None, None, model.getSolvingTime())
    solutions = model.getNSols()
    dual = model.getDualbound()
    bound = None if abs(dual) >= model.infinity() else -dual / scale
    if not solutions:
        return SecondOpinion(_name(), "nothing found", None, bound, model.getSolvingTime())
    best = model.getBestSol()
    x = np.array([best[v] for v in variables])
    value = _audited_value(sets, selection(program, matrix, x), plan_of)
    done = status in ("optimal", "gaplimit")
    return SecondOpinion(_name(), "optimal" if done else "feasible", value, bound, model.getSolvingTime())


def contradictions(plan: Plan, opinion: SecondOpinion) -> list[str]:
    """Contradictions between the second opinion and the plan, as sentences; empty if they agree."""
    value = plan.objective.value - plan.objective.penalty
    bound = plan.objective.bound - plan.objective.penalty
    doubt = TOLERANCE * max(1.0, abs(value))
    contradictory = []
    if opinion.status == "infeasible":
        contradictory.append(f"{opinion.solver} proves that no plan exists, though this one does")
    if opinion.value is not None and opinion.value > bound + doubt:
        contradictory.append(
            f"{opinion.solver} has an audited plan of {opinion.value:.9g}, above the bound {bound:.9g} that the plan states"
        )
    if opinion.bound is not None and value > opinion.bound + doubt:
        contradictory.append(
            f"{opinion.solver} proves that no plan is above {opinion.bound:.9g}, though this one has {value:.9g}"
        )
    return contradictory


def _name() -> str:
    from pyscipopt import Model

    return f"SCIP {Model().version()}"


def _model(matrix: Matrix) -> tuple[Any, list[Any], float]:
    """The matrix in SCIP: model, variables in the order of the columns, and the factor on the objective."""
    from pyscipopt import Model

    model = Model()
    model.hideOutput()
    model.setParam("numerics/feastol", FEASIBILITY)
    objective = matrix.objectives[0]
    scale = matrix.scale_of(objective.costs)
    variables = [
        model.addVar(vtype="I" if integer else "C", lb=_finite(low), ub=_finite(high), obj=cost * scale)
        for integer, low, high, cost in zip(
            matrix.integer, matrix.lower, matrix.upper, map(float, objective.costs), strict=True
        )
    ]
    model.addObjoffset(objective.offset * scale)
    for row in range(matrix.shape[0]):
        _add_row(model, matrix, row, variables)
    return model, variables, scale


def _add_row(model: Any, matrix: Matrix, row: int, variables: list[Any]) -> None:
    """A row of the matrix as a linear constraint; None if it has no limits."""
    from pyscipopt import quicksum

    low, high = _finite(matrix.row_lower[row]), _finite(matrix.row_upper[row])
    if low is None and high is None:
        return
    at = slice(matrix.starts[row], matrix.starts[row + 1])
    terms = zip(matrix.indices[at].tolist(), matrix.values[at].tolist(), strict=True)
    left = quicksum(value * variables[column] for column, value in terms)
    if low == high:
        model.addCons(left == high)
    elif low is None:
        model.addCons(left <= high)
    else:
        constraint = model.addCons(left >= low)
        if high is not None:
            model.chgRhs(constraint, high)


def _finite(limit: float) -> float | None:
    return float(limit) if math.isfinite(limit) else None


def _audited_value(
    sets: Sets, chosen: dict[str, int], plan_of: Callable[[Sets, Solution, Options], Plan]
) -> float | None:
    """Value less penalty of a selection with its awards; None if the audit does not confirm it."""
    try:
        awards = least_awards(sets, chosen)
    except NoAwards:
        return None
    plan = plan_of(sets, Solution(chosen, awards, -math.inf, proved=False, tie_break=False), Options())
    if not audit(sets.case, plan).passed:
        return None
    return plan.objective.value - plan.objective.penalty

"""Who pays what, once it is known which projects are financed and when: the least budget cost, then the least face."""

import time
from collections.abc import Mapping

import numpy as np

from models.formulation import build
from models.program import Program
from models.sets import Sets
from optimizer.solver import tuning
from optimizer.solver.highs import Engine
from optimizer.solver.no_solution import InfeasibleProgram
from optimizer.solver.results import Limits
from optimizer.solver.standard_form import Matrix, compile_program
from optimizer.solver.tolerance import TOLERANCE

CENT = 8
"""Decimals of a million that make a cent."""


class NoAwards(Exception):
    """No awards can pay for this selection: proved. The search goes on without it."""


class AwardsNotFound(NoAwards):
    """No awards were found in time; whether some can pay for this selection is not known."""


Awards = dict[tuple[str, str, int], float]
"""(project, programme, year) -> face value, millions."""


def least_awards(sets: Sets, chosen: Mapping[str, int], seconds: float = tuning.ALLOCATION_SECONDS) -> Awards:
    """Awards of a selection that keep every limit, least in penalties, then budget cost, then face value, to the cent.

    Solved on the plain form with every decision fixed: small, and exact whatever form found the selection. Limits are
    kept as they are stated; only where that is impossible they are missed by what the auditor tolerates. What is not
    proved least in `seconds` stays as it was found. Raises NoAwards where the selection cannot be paid for,
    AwardsNotFound where that is not known in time.
    """
    if not sets.has_programmes or not chosen:
        return {}
    program, end = build(sets, fixed=dict(chosen)), time.monotonic() + seconds
    try:
        return _allocate(program, 0.0, end)
    except AwardsNotFound:
        raise
    except (NoAwards, InfeasibleProgram):
        pass  # only what the auditor tolerates is left to try
    try:
        return _allocate(program, TOLERANCE, end)
    except InfeasibleProgram:
        raise NoAwards from None


def _allocate(program: Program, tolerance: float, end: float) -> Awards:
    """Awards of a program in which every decision is fixed."""
    matrix = compile_program(program, tolerance=tolerance)
    engine = Engine(matrix)
    wanted = {"least budget cost", "least face value"}
    goals = [o for n, o in enumerate(matrix.objectives) if o.goal.name in wanted or (n == 0 and program.penalties)]
    x = None
    for goal in goals:
        outcome = engine.minimize(goal, Limits(0.0, end - time.monotonic()), start=x)
        if outcome.x is None:
            if x is None:
                raise NoAwards if outcome.status == "infeasible" else AwardsNotFound
            break
        x = outcome.x
        engine.hold(goal, outcome.objective + tuning.ALLOCATION_SLACK * max(1.0, abs(outcome.objective)))
    if x is None:
        return {}
    return {key: face for key, v in program.decision.award.items() if (face := _cents(matrix, x, v))}


def _cents(matrix: Matrix, x: np.ndarray, variable: object) -> float:
    return max(0.0, round(float(x[matrix.column(variable)]), CENT))

"""Who pays what, once it is known which projects are financed and when: the least budget cost, then the least face."""

import time
from collections.abc import Mapping

import numpy as np

from models.formulation import build
from models.sets import Sets
from optimizer.solver.highs import Engine
from optimizer.solver.no_solution import InfeasibleProgram
from optimizer.solver.results import Limits
from optimizer.solver.standard_form import Matrix, compile_program

CENT = 8
"""Decimals of a million that make a cent."""
SLACK = 1e-7
SECONDS = 60.0
"""For all goals together, where the caller sets no other limit."""


class NoAwards(Exception):
    """No programme can pay for this selection."""


Awards = dict[tuple[str, str, int], float]
"""(project, programme, year) -> face value, millions."""


def least_awards(sets: Sets, chosen: Mapping[str, int], seconds: float = SECONDS) -> Awards:
    """Awards of a selection that keep every limit, least in penalties, then budget cost, then face value, to the cent.

    Solved on the plain form with every decision fixed: small, and exact whatever form found the selection. What is not
    proved least in `seconds` stays as it was found. Raises NoAwards where the selection cannot be paid for.
    """
    if not sets.has_programmes or not chosen:
        return {}
    program = build(sets, fixed=dict(chosen))
    try:
        matrix = compile_program(program)
    except InfeasibleProgram:
        raise NoAwards from None
    engine = Engine(matrix)
    wanted = {"least budget cost", "least face value"}
    goals = [o for n, o in enumerate(matrix.objectives) if o.goal.name in wanted or (n == 0 and program.penalties)]
    x, end = None, time.monotonic() + seconds
    for goal in goals:
        outcome = engine.minimize(goal, Limits(0.0, end - time.monotonic()), start=x)
        if outcome.x is None:
            if x is None:
                raise NoAwards
            break
        x = outcome.x
        engine.hold(goal, outcome.objective + SLACK * max(1.0, abs(outcome.objective)))
    if x is None:
        return {}
    return {key: face for key, v in program.decision.award.items() if (face := _cents(matrix, x, v))}


def _cents(matrix: Matrix, x: np.ndarray, variable: object) -> float:
    return max(0.0, round(float(x[matrix.column(variable)]), CENT))

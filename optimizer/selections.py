"""Selections as columns of a matrix: what a solution finances, and a start that says what is to be financed."""

from collections.abc import Mapping

import numpy as np

from models.program import Program
from optimizer.matrix import Matrix, Vector


def selection(program: Program, matrix: Matrix, x: Vector) -> dict[str, int]:
    """Project -> decision year, of a solution."""
    return {i: t for (i, t), v in program.decision.start.items() if x[matrix.column(v)] > 0.5}


def start(program: Program, matrix: Matrix, chosen: Mapping[str, int]) -> Vector:
    """A start for the search: these projects in these years, the rest left to the solver to fill in."""
    x = np.full(matrix.shape[1], np.nan)
    for (i, t), v in program.decision.start.items():
        x[matrix.column(v)] = float(chosen.get(i) == t)
    return x

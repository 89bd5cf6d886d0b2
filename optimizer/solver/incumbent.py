"""Selections as columns of a matrix: the decisions of a solution, and a start from given decisions.

After a review every state has a selection of its own; decisions before the review are the same columns in all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.program import Program
from optimizer.solver import tuning
from optimizer.solver.standard_form import Columns, Matrix, Vector


@dataclass(frozen=True)
class Decisions:
    """The decisions of a program in canonical order, each with its column, the number of its project and its year."""

    columns: Columns
    projects: Columns
    years: Columns

    def agreed(self, x: Vector, relaxed: Vector) -> Columns:
        """The columns of the decisions that are the same in a plan and in a relaxation."""
        return self.columns[np.abs(x - relaxed)[self.columns] <= tuning.FRACTION]


def decisions(program: Program, matrix: Matrix) -> Decisions:
    """The columns of a selection's decisions, each once."""
    number = {i: n for n, i in enumerate(program.decision_ids())}
    decisions = {matrix.column(v): key for p in program.every_state for key, v in p.decision.start.items()}
    return Decisions(
        np.array(list(decisions), dtype=np.int64),
        np.array([number[i] for i, _ in decisions.values()], dtype=np.int64),
        np.array([t for _, t in decisions.values()], dtype=np.int64),
    )


def selection(program: Program, matrix: Matrix, x: Vector) -> dict[str, int]:
    """Project -> decision year, of a solution."""
    return {i: t for (i, t), v in program.decision.start.items() if x[matrix.column(v)] > 0.5}


def start(
    program: Program, matrix: Matrix, chosen: Mapping[str, int], states: Mapping[str, Mapping[str, int]] | None = None
) -> Vector:
    """A start for the search: these projects in these years; the solver completes the rest.

    `states`: state -> its own selection (default: `chosen`).
    """
    x = np.full(matrix.shape[1], np.nan)
    for p, selection in (
        (program, chosen),
        *((p, (states or {}).get(name, chosen)) for name, p in program.states.items()),
    ):
        for (i, t), v in p.decision.start.items():
            x[matrix.column(v)] = float(selection.get(i) == t)
    return x

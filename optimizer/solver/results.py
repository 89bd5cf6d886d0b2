"""What is asked of one solve, and what it gives: the words in which searches speak with the solver's engine."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from optimizer.solver.standard_form import Vector

Status = Literal["optimal", "feasible", "infeasible", "nothing found"]


@dataclass(frozen=True)
class Progress:
    """Where a solve stands, in the objective's own unit and sense."""

    phase: str
    best: float | None
    bound: float | None
    seconds: float


@dataclass(frozen=True)
class Limits:
    """How far and how long to solve. `nodes` None: no limit of branch-and-bound nodes. `target`: a plan below this
    (as minimized, offset included) is good enough, whatever the search itself has proved. `bound`: no plan is below it, as was
    proved before (as minimized); only `optimizer.solver.core_problem` reads it. `enough`: a bound that reaches this (as minimized)
    ends the solve."""

    gap: float
    seconds: float
    nodes: int | None = None
    target: float = -np.inf
    bound: float = -np.inf
    enough: float = np.inf
    sub_searches: bool = True
    """Heuristics that search a smaller program; without `rins` fewer of them: half the time, nearly as good plans."""
    rins: bool = True
    presolve: bool = True


@dataclass(frozen=True)
class SolveResult:
    """What a solve gave: `objective` and `bound` are values of the objective as minimized, offset included."""

    status: Status
    x: Vector | None
    objective: float
    bound: float
    nodes: int = 0
    iterations: int = 0
    """Of the simplex method: what the solve cost, whatever the machine."""


@dataclass(frozen=True)
class Relaxed:
    """The relaxation: its optimal value (offset included), a vertex, reduced costs and duals in the objective's unit."""

    objective: float
    x: Vector
    reduced_costs: Vector
    duals: Vector


def known(value: float) -> float | None:
    """A value as the solver gives it; None of what stands for infinity there."""
    return float(value) if np.isfinite(value) and abs(value) < 1e20 else None

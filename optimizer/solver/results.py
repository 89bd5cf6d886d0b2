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
    (as minimised, offset included) is good enough, whatever the search itself has proved."""

    gap: float
    seconds: float
    nodes: int | None = None
    target: float = -np.inf
    sub_searches: bool = True
    """Heuristics that search a smaller program; without `rins` fewer of them: half the time, nearly as good plans."""
    rins: bool = True
    presolve: bool = True


@dataclass(frozen=True)
class Outcome:
    """What a solve gave: `least` and `bound` of the objective as minimised, offset included."""

    status: Status
    x: Vector | None
    least: float
    bound: float
    nodes: int = 0
    iterations: int = 0
    """Of the simplex method: what the solve cost, whatever the machine."""


@dataclass(frozen=True)
class Relaxed:
    """The relaxation: its least value (offset included), a vertex, reduced costs and duals in the objective's unit."""

    least: float
    x: Vector
    reduced_costs: Vector
    duals: Vector

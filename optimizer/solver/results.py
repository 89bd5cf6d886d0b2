"""Limits and results of one solve, as searches and the solver's engine exchange them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from optimizer.solver.standard_form import Vector

Status = Literal["optimal", "feasible", "infeasible", "nothing found"]


@dataclass(frozen=True)
class Progress:
    """Progress of a solve, in the objective's own unit and sense."""

    phase: str
    best: float | None
    bound: float | None
    seconds: float


@dataclass(frozen=True)
class Limits:
    """Gap, time and other limits of a solve. `nodes` None: no limit on branch-and-bound nodes. `target`: a plan below this
    (as minimized, offset included) is good enough, whatever the search itself has proved. `bound`: no plan is below it, as was
    proved before (as minimized); only `optimizer.solver.core_problem` reads it. `enough`: a bound that reaches this (as minimized)
    ends the solve. `absolute`: distance to the bound at which the search may stop, in the objective's unit, whatever `gap` says."""

    gap: float
    seconds: float
    nodes: int | None = None
    target: float = -np.inf
    bound: float = -np.inf
    enough: float = np.inf
    absolute: float = 0.0
    sub_searches: bool = True
    """Heuristics that search a smaller program; without `rins` fewer of them: half the time, nearly as good plans."""
    rins: bool = True
    presolve: bool = True


@dataclass(frozen=True)
class SolveResult:
    """Result of a solve; `objective` and `bound` are values of the objective as minimized, offset included."""

    status: Status
    x: Vector | None
    objective: float
    bound: float
    nodes: int = 0
    iterations: int = 0
    """Simplex iterations: the work of the solve, independent of the machine."""


@dataclass(frozen=True)
class Relaxed:
    """The relaxation: its optimal value (offset included), a vertex, reduced costs and duals in the objective's unit."""

    objective: float
    x: Vector
    reduced_costs: Vector
    duals: Vector


def known(value: float) -> float | None:
    """A value of the solver; None for its infinity."""
    return float(value) if np.isfinite(value) and abs(value) < 1e20 else None

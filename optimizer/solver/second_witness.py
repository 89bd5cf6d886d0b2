"""Second witness: the proof of a small program is repeated by other means.

A wrong "optimal" cannot be seen in a solver's answer. For a small program the search for value is therefore repeated on a new
engine without presolve, without the heuristics that solve smaller programs, and with another seed: the steps in which wrong
answers were seen have nothing in common. The better plan and the weaker bound count.
"""

import threading
from dataclasses import replace
from typing import Literal

import numpy as np

from optimizer.solver import tuning
from optimizer.solver.highs import Engine
from optimizer.solver.results import Limits, SolveResult
from optimizer.solver.standard_form import Objective
from optimizer.solver.tolerance import AGREEMENT

Agreement = Literal["agrees", "disagrees", "not asked"]
"""Result of the second witness; "not asked" for larger programs and for results that are not proved."""


def confirmed(
    engine: Engine, objective: Objective, result: SolveResult, limits: Limits, stop: threading.Event | None
) -> tuple[SolveResult, Agreement]:
    """The result of both searches, and whether they agree. `limits` are those of the first search."""
    search_limits = replace(limits, presolve=False, sub_searches=False)
    second = engine.copy(seed=engine.seed + 1).minimize(objective, search_limits, stop=stop)
    if second.status == "nothing found" or (second.status == "feasible" and second.objective >= result.objective):
        return result, "not asked"
    if second.x is None:
        return result, "agrees" if result.x is None else "disagrees"
    if result.x is not None and abs(second.objective - result.objective) <= _room(objective, result, limits):
        return result, "agrees"
    best = second if second.objective < result.objective else result
    bound = min(result.bound, second.bound, best.objective)
    return replace(best, status=second.status, bound=bound), "disagrees"


def _room(objective: Objective, result: SolveResult, limits: Limits) -> float:
    """Difference up to which two optimal values count as equal."""
    span = float(np.abs(objective.costs).sum())
    return limits.gap * abs(result.objective) + AGREEMENT * max(1.0, abs(result.objective), span)


def is_small(decisions: int) -> bool:
    """Whether a program with this number of decisions (project and year) is proved twice."""
    return decisions <= tuning.WITNESS_UP_TO

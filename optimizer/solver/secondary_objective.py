"""Secondary objectives of a large case: a bound from the relaxation, and a heuristic improvement of the plan.

A proof of optimality would take many times the search for the value; most of the gain takes seconds.
1. The relaxation, with the goals before it held, bounds the goal.
2. Decisions in which plan and relaxation agree stay, the others are solved again: relaxation induced neighbourhood search
   (Danna, Rothberg & Le Pape 2005).
3. Neighbourhood search (`optimizer.solver.neighbourhood_search`), until it no longer gains.
"""

import threading
from dataclasses import replace

import numpy as np

from optimizer.solver import tuning
from optimizer.solver.core_problem import by_doubt
from optimizer.solver.deadline import Deadline
from optimizer.solver.highs import Engine
from optimizer.solver.incumbent import Decisions
from optimizer.solver.neighbourhood_search import improve
from optimizer.solver.results import Limits, Relaxed, SolveResult
from optimizer.solver.standard_form import Objective


def improve_secondary(
    engine: Engine,
    goal: Objective,
    best: SolveResult,
    *,
    decisions: Decisions,
    room: float,
    seconds: float,
    stop: threading.Event | None,
) -> SolveResult:
    """`best` or a plan with a lower value of the goal; "optimal" if no plan is lower by more than `room`."""
    end = Deadline.after(seconds)
    relaxed = None
    if engine.matrix.shape[1] < tuning.SECONDARY_COLUMNS:
        relaxed = engine.relaxation().relax(goal, seconds, stop)
    if best.x is None or relaxed is None:
        return replace(best, status="feasible")
    limits = Limits(tuning.LEAST_GAIN, 0.0, tuning.SECONDARY_NODES, relaxed.objective + room, sub_searches=False)
    if best.objective > limits.target:
        search_limits = replace(limits, seconds=end.left, sub_searches=True)
        best = near_relaxation(engine, goal, best, relaxed, search_limits, decisions=decisions, stop=stop)
        order, doubts = by_doubt(engine.matrix, relaxed, engine.open_columns(decisions.columns))
        search_limits = replace(limits, seconds=end.left)
        best = improve(
            engine,
            goal,
            best,
            search_limits,
            decisions=decisions,
            order=order,
            doubts=doubts,
            stop=stop,
            patience=tuning.LEAST_PATIENCE,
        )
    return replace(best, status="optimal" if best.objective <= limits.target else "feasible")


def near_relaxation(
    engine: Engine,
    goal: Objective,
    best: SolveResult,
    relaxed: Relaxed,
    limits: Limits,
    *,
    decisions: Decisions,
    stop: threading.Event | None,
) -> SolveResult:
    """`best`, or a better plan that differs from it only where the relaxation does (Danna, Rothberg & Le Pape 2005)."""
    if best.x is None:
        return best
    x = np.round(best.x)
    with engine.holding(decisions.agreed(x, relaxed.x), x):
        result = engine.minimize(goal, limits, start=best.x, stop=stop)
    return min(best, result, key=lambda outcome: outcome.objective)

"""The answer to a question about a solved case at a fixed effort: a plan near a known one, and a bound of the question.

1. The decisions in which the known plan and the relaxation differ are searched again (relaxation induced neighbourhood
   search: Danna, Rothberg & Le Pape 2005).
2. Neighbourhood search improves that plan (`optimizer.solver.neighbourhood_search`).
3. The root node of the whole program, with its cuts, bounds the question.

Each step ends after a number of nodes or simplex iterations, so that the answer does not depend on the speed of the machine.
A step is left out where the interval is narrow enough before it; the third also where it is expected to say nothing.
"""

from dataclasses import dataclass, replace
from math import inf

import numpy as np

from optimizer.solver import tuning
from optimizer.solver.core_problem import Watch, by_doubt
from optimizer.solver.deadline import Deadline
from optimizer.solver.highs import Engine
from optimizer.solver.incumbent import Decisions
from optimizer.solver.neighbourhood_search import improve
from optimizer.solver.results import Limits, Relaxed, SolveResult
from optimizer.solver.standard_form import Objective, Vector


@dataclass(frozen=True)
class Aim:
    """The interval that is asked for, by values of the case as it is.

    `width`: of an interval that is narrow enough, in the objective's unit. `least`, `most`: interval of the best value of the
    case; no plan under the question is worth more. `closed`: distance from the relaxation of the case to `most`; about as
    much can be expected of the question's root node.
    """

    width: float
    least: float = -inf
    most: float = inf
    closed: float = 0.0

    def is_met(self, result: SolveResult) -> bool:
        """Whether a plan is as near to its bound as is asked for."""
        return result.x is not None and result.objective <= self.target(result.bound)

    def target(self, bound: float) -> float:
        """The value, as minimized, that is near enough to a bound."""
        return max(bound, -self.most) + self.width

    def may_tell(self, relaxed: Relaxed) -> bool:
        """Whether the root node can be expected to prove that plans under the question are worth less than the best."""
        return relaxed.objective + self.closed + self.least > tuning.TELLING * self.width


def near_answer(
    engine: Engine,
    decisions: Decisions,
    goal: Objective,
    limits: Limits,
    watch: Watch,
    *,
    start: Vector,
    relaxed: Relaxed,
    aim: Aim,
) -> SolveResult:
    """A plan under the engine's limits, and a bound on all of them; `x` is None where no plan was found.

    `start`: a known plan, which the limits may rule out. `relaxed`: the relaxation under the limits.
    """
    end, stop = Deadline.after(limits.seconds), watch[1]
    held = np.clip(np.nan_to_num(start), engine.lower, engine.upper)
    with engine.holding(decisions.agreed(held, relaxed.x), held):
        search_limits = replace(limits, nodes=tuning.START_NODES, sub_searches=False)
        beside = engine.minimize(goal, search_limits, start=start, stop=stop)
    nothing = SolveResult("nothing found", None, np.inf, -np.inf)
    result = replace(nothing if beside.x is None else replace(beside, status="feasible"), bound=relaxed.objective)
    if result.x is not None and not aim.is_met(result):
        order, doubts = by_doubt(engine.matrix, relaxed, engine.open_columns(decisions.columns))
        search_limits = replace(limits, seconds=end.left, target=aim.target(result.bound))
        better = improve(
            engine, goal, result, search_limits, decisions=decisions, order=order, doubts=doubts, stop=stop,
            patience=tuning.NEAR_PATIENCE, effort=tuning.NEAR_EFFORT,
        )  # fmt: skip
        result = replace(better, status="feasible", bound=result.bound)
    if aim.is_met(result) or not aim.may_tell(relaxed) or end.is_over:
        return result
    enough = result.objective - aim.width if result.x is not None else np.inf
    root = replace(limits, seconds=end.left, nodes=1, sub_searches=False, enough=enough)
    whole = engine.minimize(goal, root, start=start if result.x is None else result.x, stop=stop)
    if whole.status == "infeasible":
        return whole if result.x is None else result
    best = min(whole, result, key=lambda r: r.objective)
    return replace(best, status="feasible", bound=max(result.bound, min(whole.bound, best.objective)))

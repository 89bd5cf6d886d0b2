"""The tie-break: a plan among those of the best value, by secondary objectives in lexicographic order.

Least budget cost, then least face value, then the earliest decisions; each keeps what was reached before, within `HOLD`.

1. A secondary objective is first minimized with the selection held, which is a linear program.
2. A search for the proof follows. Another selection must be better by more than a small price, so that the search ends as
   soon as no other selection attains the least.
3. From `tuning.FROM_CORE_FROM` decisions the proof gets as much work as it may take, by what its first nodes took. Without a
   proof, or if the value is not proved, the plan is improved where it and the relaxation differ, and later objectives are
   minimized for its selection alone.
4. From `tuning.SECONDARY_FROM` decisions plans are improved and never proved (`optimizer.solver.secondary_objective`).

Efforts are nodes and simplex iterations, not seconds: the same workbook gives the same plan on every machine.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from optimizer.solver import tuning
from optimizer.solver.deadline import Deadline
from optimizer.solver.highs import Engine
from optimizer.solver.incumbent import Decisions
from optimizer.solver.results import Limits, Progress, SolveResult
from optimizer.solver.secondary_objective import improve_secondary, near_relaxation
from optimizer.solver.standard_form import Objective, Vector
from optimizer.solver.tolerance import HOLD


@dataclass
class TieBreak:
    """The secondary objectives of one search, on its engine."""

    engine: Engine
    decisions: Decisions
    end: Deadline
    value_work: int
    """Simplex iterations of the search for value."""
    progress: Callable[[Progress], None] | None = None
    stop: threading.Event | None = None

    def run(self, value: Objective, goals: list[Objective], x: Vector, first: SolveResult) -> tuple[Vector, bool]:
        """The best plan for the goals in their order among plans of the same value, and whether that is proved.

        `x`, `first`: the plan and the result of the search for value.
        """
        held, result, proved, sure = value, first, first.status == "optimal", True
        for goal in goals:
            self._hold(held, x, result)
            if self.end.is_over or (self.stop is not None and self.stop.is_set()):
                return x, False
            if goal.goal.sense < 0:
                result = self._minimize(goal, Limits(0.0, self.end.left), x)
            elif not sure:
                result = replace(self._with_selection_held(goal, x), status="feasible")
            elif self._is_large:
                result = self._improved(goal, x)
                sure = result.status == "optimal"
            else:
                result, alone = self._least(goal, x, proves=first.status == "optimal")
                if alone:
                    return x if result.x is None else result.x, proved and result.status == "optimal"
                sure = result.status == "optimal" or not self._is_guided
            proved = proved and result.status == "optimal"
            x = x if result.x is None else result.x
            held = goal
        return x, proved

    @property
    def _is_guided(self) -> bool:
        """Whether a proof may take much longer than the search for value."""
        return len(self.decisions.columns) >= tuning.FROM_CORE_FROM

    @property
    def _is_large(self) -> bool:
        """Whether a proof is not tried."""
        return len(self.decisions.columns) >= tuning.SECONDARY_FROM

    def _least(self, goal: Objective, x: Vector, *, proves: bool) -> tuple[SolveResult, bool]:
        """The least value of a goal, and whether only one selection attains it; later goals then have no choice.

        `proves`: whether the value is proved; if not, no proof of a later goal would count.
        """
        held = self._with_selection_held(goal, x)
        if held.x is None:
            return self._minimize(goal, Limits(0.0, self.end.left, tuning.TIE_BREAK_NODES), x), False
        if not self._is_guided:
            best = self._priced(goal, held, tuning.TIE_BREAK_NODES)
            return self._judged(held, best)
        if not proves:
            return replace(self._near_relaxation(goal, held), status="feasible"), False
        best = self._priced(goal, held, tuning.TIE_BREAK_FIRST_NODES)
        if _is_settled(held, best):
            return self._judged(held, best)
        if (nodes := self._all_nodes(best)) > 2 * tuning.TIE_BREAK_FIRST_NODES:
            best = self._priced(goal, held, nodes)
            if _is_settled(held, best):
                return self._judged(held, best)
        return replace(self._near_relaxation(goal, _better(held, best)), status="feasible"), False

    def _near_relaxation(self, goal: Objective, best: SolveResult) -> SolveResult:
        """A better plan where plan and relaxation differ; `best` if none is found."""
        relaxed = self.engine.relaxation().relax(goal, self.end.left, self.stop)
        if relaxed is None:
            return best
        limits = Limits(tuning.LEAST_GAIN, self.end.left, tuning.SECONDARY_NODES, relaxed.objective, sub_searches=False)
        return near_relaxation(self.engine, goal, best, relaxed, limits, decisions=self.decisions, stop=self.stop)

    def _priced(self, goal: Objective, held: SolveResult, nodes: int) -> SolveResult:
        """A search whether another selection than that of `held` attains less, or as much.

        It starts at a good plan and is for the proof: heuristics that solve smaller programs took two thirds of its time on
        the sample.
        """
        assert held.x is not None
        self.engine.price(self.decisions.columns, held.x, goal, 2 * _room(held))
        best = self._minimize(goal, Limits(0.0, self.end.left, nodes, sub_searches=False), held.x)
        self.engine.unprice()
        return best

    def _judged(self, held: SolveResult, best: SolveResult) -> tuple[SolveResult, bool]:
        """The better of two results, and whether the bound of the search proves that no other selection attains it."""
        if _is_alone(held, best):
            return held, True
        return replace(_better(held, best), status=best.status), False

    def _all_nodes(self, first: SolveResult) -> int:
        """Nodes of a search that takes as much work as it may, by what its first nodes took."""
        work = max(tuning.LEAST_TIE_BREAK_WORK, self.value_work // 4)
        return min(tuning.TIE_BREAK_NODES, work * max(1, first.nodes) // max(1, first.iterations))

    def _improved(self, goal: Objective, x: Vector) -> SolveResult:
        """The least value of a goal for this selection, or for another that is found soon."""
        held = self._with_selection_held(goal, x)
        if held.x is None:
            return replace(held, status="feasible")
        return improve_secondary(
            self.engine,
            goal,
            held,
            decisions=self.decisions,
            room=_room(held),
            seconds=self.end.left,
            stop=self.stop,
        )

    def _with_selection_held(self, goal: Objective, x: Vector) -> SolveResult:
        with self.engine.holding(self.decisions.columns, np.round(x)):
            return self._minimize(goal, Limits(0.0, self.end.left), x)

    def _minimize(self, goal: Objective, limits: Limits, start: Vector) -> SolveResult:
        return self.engine.minimize(goal, limits, start=start, progress=self.progress, stop=self.stop)

    def _hold(self, goal: Objective, x: Vector, result: SolveResult) -> None:
        reached = result.objective if result.x is not None else goal.value(x)
        self.engine.hold(goal, reached + HOLD * max(1.0, abs(reached)))


def _room(held: SolveResult) -> float:
    """What a plan may exceed the least of a goal by and still attain it."""
    return HOLD * max(1.0, abs(held.objective))


def _is_alone(held: SolveResult, best: SolveResult) -> bool:
    """Whether the bound of a search proves that no other selection than that of `held` attains its value."""
    return best.bound >= held.objective + _room(held)


def _is_settled(held: SolveResult, best: SolveResult) -> bool:
    """Whether a search proves the least value."""
    return best.status == "optimal" or _is_alone(held, best)


def _better(held: SolveResult, best: SolveResult) -> SolveResult:
    """The plan with the lower value; `held` where both are as low."""
    return held if held.objective <= best.objective else best

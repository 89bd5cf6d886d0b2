"""The search for the best selection: the objective first, then the tie-break, each on the same loaded model."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from models.classes import funding_classes, leaves_out_tickets
from models.decision import FundingClass, single_classes
from models.formulation import build
from models.linear import public_cost
from models.plan_assembly import decided
from models.program import Program
from models.sets import Sets
from optimizer.solver.allocation import Awards, NoAwards, least_awards
from optimizer.solver.core_problem import solve_core
from optimizer.solver.highs import Engine
from optimizer.solver.incumbent import Decisions, decisions, selection
from optimizer.solver.no_solution import InfeasibleProgram, NoSolutionFound
from optimizer.solver.results import Limits, Progress, SolveResult
from optimizer.solver.secondary_objective import improve_secondary
from optimizer.solver.standard_form import Matrix, Objective, Vector, compile_program

HOLD = 5e-7
"""What a later goal may give up of an earlier one, as a part of max(1, |value|)."""
TIE_BREAK_SHARE, SECOND_SHARE = 0.05, 0.2
"""Part of the time limit that is kept for the tie-break; for later goals if one of them is value too. The tie-break is kept
little: where the search for value needs all its time, hardly a plan of the same value and another cost is within reach."""
TIE_BREAK_NODES = 2000
"""Branch-and-bound nodes of one phase of the tie-break: a count, not a time, so that slow machines stop alike."""
CENTS = 1e-6
AWARD_SECONDS = 10.0
"""What the awards of a selection may always take: without them there is no plan."""
CORE_FROM = 400
"""Decisions from which the relaxation is solved first, to search where it leaves doubt."""
SECONDARY_FROM = 1000
"""Decisions from which later goals are only made less: a proof of the least would take minutes, and is seldom found."""


@dataclass(frozen=True)
class Options:
    """How far and how long to search."""

    gap: float = 1e-3
    time_limit: float = 120.0
    threads: int = 1
    seed: int = 0


@dataclass(frozen=True)
class Solution:
    """A selection with its awards, and what is proved of it. `bound` limits value less penalty."""

    chosen: dict[str, int]
    awards: Awards
    bound: float
    proved: bool
    tie_break: bool
    """Whether every phase of the tie-break was proved."""


@dataclass
class Search:
    """One search: the program's matrix in an engine, and the clock."""

    program: Program
    matrix: Matrix
    engine: Engine
    options: Options
    progress: Callable[[Progress], None] | None = None
    stop: threading.Event | None = None
    payer: Sets | None = None
    """The case by whose money awards are worked out, where a question eases limits of the program's own."""

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.options.time_limit

    @property
    def sets(self) -> Sets:
        return self.program.sets

    def again(self, options: Options, start: Vector | None = None, *, tie_break: bool = True) -> Solution:
        """The best selection of the engine as it now stands. Raises NoSolution."""
        self.options = options
        self._end = time.monotonic() + options.time_limit
        return self.run(start, tie_break=tie_break)

    def run(self, start: Vector | None = None, *, tie_break: bool = True) -> Solution:
        """The best selection within the limits. Raises NoSolution."""
        first, *later = self.matrix.objectives
        if not tie_break:
            later = [o for o in later if o.goal.sense < 0]
        valued = any(o.goal.sense < 0 for o in later)
        outcome = self._best(first, start, SECOND_SHARE if valued else TIE_BREAK_SHARE if later else 0.0)
        if outcome.x is None:
            raise InfeasibleProgram if outcome.status == "infeasible" else NoSolutionFound
        x, proved_ties = self._break_ties(later, outcome.x, outcome)
        try:
            chosen, awards = self._paid(x)
            proved_ties = proved_ties and self._costs_as_promised(x, awards)
        except NoAwards:
            # Only within the solver's tolerance, or without the tickets that classes leave out: the plan before the
            # tie-break stands, if it can be paid for.
            chosen, awards = self._paid(outcome.x)
            proved_ties = False
        return Solution(chosen, awards, -outcome.bound, outcome.status == "optimal", proved_ties)

    def _best(self, goal: Objective, start: Vector | None, kept: float) -> SolveResult:
        limits = Limits(self.options.gap, self._left() * (1 - kept))
        if len(self.program.decision.start) < CORE_FROM:
            return self._minimize(goal, limits, start)
        return solve_core(self.engine, self._decisions, goal, limits, watch=(self.progress, self.stop), start=start)

    def _paid(self, x: Vector) -> tuple[dict[str, int], Awards]:
        """The selection with its awards. Raises NoAwards."""
        chosen = self.selection(x)
        return chosen, least_awards(self.payer or self.sets, chosen, max(AWARD_SECONDS, self._left()))

    def _costs_as_promised(self, x: Vector, awards: Awards) -> bool:
        """Whether the awards cost what the search found: they may cost more where classes leave out tickets."""
        if not leaves_out_tickets(self.program.classes):
            return True
        cost = self.matrix.objective("least budget cost")
        realised = float(public_cost(decided(self.sets, self.selection(x), awards)))
        return realised <= float(cost.costs @ x) + cost.offset + CENTS * max(1.0, realised)

    def _minimize(self, goal: Objective, limits: Limits, start: Vector | None) -> SolveResult:
        return self.engine.minimize(goal, limits, start=start, progress=self.progress, stop=self.stop)

    def _left(self) -> float:
        return max(0.0, self._end - time.monotonic())

    def _break_ties(self, goals: list[Objective], x: Vector, first: SolveResult) -> tuple[Vector, bool]:
        """Least budget cost, least face value, earliest decisions among plans of the same value."""
        held, outcome, proved, sure = self.matrix.objectives[0], first, first.status == "optimal", True
        for goal in goals:
            self._hold(held, x, outcome)
            if self._left() <= 0 or (self.stop is not None and self.stop.is_set()):
                return x, False
            if goal.goal.sense < 0:
                outcome = self._minimize(goal, Limits(0.0, self._left()), x)
            elif len(self.program.decision.start) >= SECONDARY_FROM:
                outcome = self._improved(goal, x, further=sure)
                sure = sure and outcome.status == "optimal"
            else:
                outcome, alone = self._least(goal, x)
                if alone:
                    return x if outcome.x is None else outcome.x, proved and outcome.status == "optimal"
            proved = proved and outcome.status == "optimal"
            x = x if outcome.x is None else outcome.x
            held = goal
        return x, proved

    def _least(self, goal: Objective, x: Vector) -> tuple[SolveResult, bool]:
        """The least of a goal, and whether no selection but that of x comes up to it: then later goals have no choice.

        First what this selection can do, which is quick, then whether another does as well: one search where a
        selection stands alone, and no more than without the question where it does not.
        """
        own = self._with_selection_held(goal, x)
        if own.x is None:
            return self._minimize(goal, Limits(0.0, self._left(), TIE_BREAK_NODES), x), False
        room = HOLD * max(1.0, abs(own.objective))
        self.engine.price(self._decisions.columns, x, goal, 2 * room)
        best = self._minimize(goal, Limits(0.0, self._left(), TIE_BREAK_NODES), own.x)
        self.engine.unprice()
        if best.bound >= own.objective + room:
            return own, True
        return replace(own if own.objective <= best.objective else best, status=best.status), False

    def _improved(self, goal: Objective, x: Vector, *, further: bool) -> SolveResult:
        """The least of a goal that this selection has, or `further` another that is found soon."""
        own = self._with_selection_held(goal, x)
        if own.x is None or not further:
            return replace(own, status="feasible")
        room = HOLD * max(1.0, abs(own.objective))
        left = self._left()
        return improve_secondary(
            self.engine, goal, own, decisions=self._decisions, room=room, seconds=left, stop=self.stop
        )

    def _with_selection_held(self, goal: Objective, x: Vector) -> SolveResult:
        with self.engine.holding(self._decisions.columns, np.round(x)):
            return self._minimize(goal, Limits(0.0, self._left()), x)

    @cached_property
    def _decisions(self) -> Decisions:
        return decisions(self.program, self.matrix)

    def _hold(self, goal: Objective, x: Vector, outcome: SolveResult) -> None:
        reached = outcome.objective if outcome.x is not None else float(goal.costs @ x) + goal.offset
        self.engine.hold(goal, reached + HOLD * max(1.0, abs(reached)))

    def selection(self, x: Vector) -> dict[str, int]:
        """Project -> decision year."""
        return selection(self.program, self.matrix, x)


def open_search(
    sets: Sets,
    options: Options,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
    *,
    classes: tuple[FundingClass, ...] | None = None,
) -> Search:
    """Builds and loads the program of a case, by default on the classes with the fewest rows. Raises NoSolution."""
    program = build(sets, classes=funding_classes(sets) if classes is None else classes)
    matrix = compile_program(program)
    engine = Engine(matrix, threads=options.threads, seed=options.seed)
    return Search(program, matrix, engine, options, progress, stop)


def find(
    sets: Sets,
    options: Options,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Solution:
    """The best selection of a case. Raises NoSolution."""
    began = time.monotonic()
    try:
        return open_search(sets, options, progress, stop).run()
    except NoAwards:
        rest = replace(options, time_limit=max(1.0, options.time_limit - (time.monotonic() - began)))
        return open_search(sets, rest, progress, stop, classes=single_classes(sets)).run()

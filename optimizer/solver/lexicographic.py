"""The search for the best selection: the objective first, then the tie-break, each on the same loaded model."""

import contextlib
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import inf

import numpy as np

from models.case import Case
from models.classes import funding_classes, leaves_out_tickets
from models.decision import FundingClass
from models.evaluation import Decided
from models.formulation import build, risk_program
from models.linear import public_cost
from models.plan_assembly import decided
from models.program import Program, ProgramOptions
from models.risk import RiskMeasure
from models.sets import Sets
from optimizer.solver import tuning
from optimizer.solver.allocation import (
    Allocation,
    Awards,
    AwardsNotFound,
    NoAwards,
    Supports,
    allocate,
    allocate_under_risk,
)
from optimizer.solver.core_problem import prove_core, solve_core, solve_from_core
from optimizer.solver.deadline import Deadline
from optimizer.solver.exact_rows import Cut, any_breaks, cuts, not_again
from optimizer.solver.highs import Engine
from optimizer.solver.incumbent import Decisions, decisions, selection
from optimizer.solver.incumbent import start as start_from
from optimizer.solver.interrupts import ends_when_set
from optimizer.solver.near_answer import Aim, near_answer
from optimizer.solver.no_solution import InfeasibilityProof, InfeasibleProgram, Means, NoSolution, NoSolutionFound
from optimizer.solver.options import Options as Options  # noqa: PLC0414 - the options of a search
from optimizer.solver.plain_form import with_plain_form
from optimizer.solver.results import Limits, Progress, Relaxed, SolveResult
from optimizer.solver.second_witness import Agreement, confirmed, is_small
from optimizer.solver.standard_form import Matrix, Objective, Vector, compile_program
from optimizer.solver.tie_break import TieBreak
from optimizer.solver.tolerance import CENTS
from optimizer.solver.unpayable import unpayable_part

Bounds = tuple[Vector, Vector]
"""Lower and upper bounds of the columns."""


@dataclass(frozen=True)
class Solution:
    """A selection with its awards, and the proved bound on value less penalty of any selection."""

    chosen: dict[str, int]
    awards: Awards
    bound: float
    proved: bool
    tie_break: bool
    """Whether every phase of the tie-break was proved."""
    second_witness: Agreement = "not asked"
    """Result of a second search for the proof (`optimizer.solver.second_witness`)."""
    states: Mapping[str, tuple[dict[str, int], Awards]] = field(default_factory=dict)
    """After a review: state -> its selection and awards; `chosen` and `awards` are the state as planned."""

    def decided(self, case: Case) -> Decided:
        """The decisions in every state."""
        states = {name: Decided(case, *selection) for name, selection in self.states.items()}
        return Decided(case, self.chosen, self.awards, states)


Start = Mapping[str, int] | Solution
"""Start of a search: project -> decision year, or a solution."""


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
    """The case whose money pays the awards, if a question relaxes limits of the program."""
    risk: RiskMeasure | None = None
    """The measure over scenarios that the program maximizes; None as planned."""
    bound: float = inf
    """Proved upper bound on the value of the first goal."""
    known: float = inf
    """A bound of the first goal that was proved earlier by other means."""
    began: float = field(default_factory=time.monotonic)
    """Start of the time limit by the monotonic clock; building the program counts."""
    _work: int = 0
    """Simplex iterations of the last search for value."""

    def __post_init__(self) -> None:
        limit, now = self.options.time_limit, time.monotonic()
        least = min(limit, max(tuning.LEAST_SEARCH, tuning.LEAST_SEARCH_SHARE * limit))
        self._end = Deadline(max(self.began + limit, now + least))

    @property
    def sets(self) -> Sets:
        return self.program.sets

    def again(self, options: Options, start: Vector | None = None, *, tie_break: bool = True) -> Solution:
        """The best selection under the current limits of the engine. Raises NoSolution."""
        self.options, self.bound = options, inf
        self._end = Deadline.after(options.time_limit)
        return self.run(start, tie_break=tie_break)

    def run(self, start: Vector | None = None, *, tie_break: bool = True, count_awards: bool | None = None) -> Solution:
        """The best selection within the limits. `count_awards`: whether its awards are the fewest (default: with the tie-break).
        Raises NoSolution."""
        count_awards = tie_break if count_awards is None else count_awards
        first, *later = self.matrix.objectives
        if not tie_break:
            later = [o for o in later if o.goal.sense < 0]
        valued = any(o.goal.sense < 0 for o in later)
        share = tuning.SECOND_SHARE if valued else tuning.TIE_BREAK_SHARE if later else 0.0
        bounds = self.engine.lower.copy(), self.engine.upper.copy()
        agreement: Agreement = "not asked"
        for count in range(tuning.MOST_CUTS):
            before = self.engine.iterations
            result, agreed = self._best(first, start, share)
            self._work = self.engine.iterations - before
            agreement = "disagrees" if "disagrees" in (agreement, agreed) else agreed
            self.bound = min(self.bound, -result.bound)
            if result.x is None:
                raise self._none(result, agreed, count, disagreed=agreement == "disagrees")
            # After a refusal the next selection is checked before the tie-break, which takes longer.
            refused = self._settled(result.x, result, bounds, count_awards=False)[1] if count else []
            if not refused:
                x, proved_ties = self._break_ties(later, result.x, result)
                solution, refused = self._settled(x, result, bounds, count_awards=count_awards)
                if solution is not None:
                    ties = solution.tie_break and proved_ties
                    return replace(solution, tie_break=ties, second_witness=agreement)
            self._go_on_without(refused, bounds)
        raise NoSolutionFound(self.bound)

    def best_selection(
        self, start: Vector | None = None, *, proves: bool = False
    ) -> tuple[dict[str, int], float] | None:
        """The best selection found for the first goal, and the bound; None if none is found. Whether awards pay for it to the cent
        is not checked. `proves`: the start is good, and the search is for the bound."""
        goal = self.matrix.objectives[0]
        if proves and start is not None:
            limits, watch = Limits(self.options.gap, self._end.left), (self.progress, self.stop)
            result = prove_core(self.engine, self._decisions, goal, limits, watch=watch, start=start)
        else:
            result, _ = self._best(goal, start, 0.0)
        self.bound = min(self.bound, -result.bound)
        return None if result.x is None else (self.selection(result.x), -result.bound)

    def near(self, start: Vector, relaxed: Relaxed, options: Options, aim: Aim) -> Solution | None:
        """A selection near a start, with a bound, at a fixed effort; None if there seems to be none. Raises NoSolutionFound."""
        self.options, self.bound, self._end = options, inf, Deadline.after(options.time_limit)
        bounds, limits = (self.engine.lower.copy(), self.engine.upper.copy()), Limits(options.gap, options.time_limit)
        goal, watch = self.matrix.objectives[0], (self.progress, self.stop)
        result = near_answer(self.engine, self._decisions, goal, limits, watch, start=start, relaxed=relaxed, aim=aim)
        if result.status == "infeasible":
            return None
        self.bound = -result.bound
        with contextlib.suppress(NoAwards):
            solution = None if result.x is None else self._settled(result.x, result, bounds, count_awards=False)[0]
            if solution is not None:
                return solution
        raise NoSolutionFound(self.bound)

    def _settled(
        self, x: Vector, result: SolveResult, bounds: Bounds, *, count_awards: bool
    ) -> tuple[Solution | None, list[Cut]]:
        """The solution of the first of two selections, after and before the tie-break, that exact arithmetic and the awards
        confirm; else cuts against both. Raises NoAwards if the plain form has to decide."""
        refused: list[Cut] = []
        for n, candidate in enumerate((x, result.x)):
            if candidate is None or any_breaks(refused, candidate):
                continue
            try:
                if broken := cuts(self.matrix, self.engine.stated_limits, bounds, candidate):
                    refused += broken
                    continue
                chosen, paid = self._paid(candidate, count_awards=count_awards)
            except AwardsNotFound:
                raise NoSolutionFound(self.bound) from None
            except NoAwards:
                if n == 0 and leaves_out_tickets(self.program.classes):
                    continue  # the plan before the tie-break may respect the tickets that classes leave out
                if leaves_out_tickets(self.program.classes):
                    raise
                refused.append(self._unpaid(candidate))
                continue
            ties = n == 0 and paid.fewest and self._costs_as_promised(candidate, paid.awards)
            states = {name: (selection, paid.states[name]) for name, selection in self.selections(candidate).items()}
            proved = result.status == "optimal"
            return Solution(chosen, paid.awards, -result.bound, proved, ties, states=states), []
        return None, refused

    def _unpaid(self, x: Vector) -> Cut:
        """A cut against a selection that cannot be paid for, and against others that contain the same unpayable decisions."""
        part = unpayable_part(self.payer or self.sets, self.selection(x), self._end)
        if part is None:
            return not_again(self._decisions.columns, x, more_may_help=True)
        start = self.program.decision.start
        columns = np.array([self.matrix.column(start[key]) for key in part.starts if key in start], dtype=np.int64)
        return Cut(columns, -np.ones(len(columns)), 1.0 - part.projects)

    def _go_on_without(self, refused: list[Cut], bounds: Bounds) -> None:
        """Adds cuts to the program as it was before the search held objectives and decisions."""
        self.engine.let_go()
        self.engine.limit_columns(np.arange(self.matrix.shape[1]), *bounds)
        for cut in refused:
            self.engine.cut(cut.columns, cut.signs, cut.least)

    def _best(self, goal: Objective, start: Vector | None, kept: float) -> tuple[SolveResult, Agreement]:
        """The best solution for value, and the result of a second search for its proof."""
        limits = Limits(self.options.gap, self._end.left * (1 - kept), bound=-self.known)
        size = len(self._decisions.columns)
        if size >= tuning.FROM_CORE_FROM:
            guided = solve_core if size >= tuning.CORE_FROM else solve_from_core
            watch = (self.progress, self.stop)
            return guided(self.engine, self._decisions, goal, limits, watch=watch, start=start), "not asked"
        result = self._minimize(goal, limits, start)
        if not is_small(size) or result.status not in ("optimal", "infeasible"):
            return result, "not asked"
        return confirmed(self.engine, goal, result, limits, self.stop)

    def _paid(self, x: Vector, *, count_awards: bool) -> tuple[dict[str, int], Allocation]:
        """The selection with its awards, the fewest if the tie-break is requested. Raises NoAwards."""
        chosen, sets = self.selection(x), self.payer or self.sets
        seconds = max(tuning.AWARD_SECONDS, self._end.left)
        if self.risk is not None and (self.program.states or self.program.awards_decide):
            every = {self.risk.states[0].name: chosen, **self.selections(x)}
            return chosen, allocate_under_risk(sets, self.risk, every, seconds)
        pattern, left = self._supports(x), self._end.left
        return chosen, allocate(sets, chosen, seconds, count_awards=count_awards, counted_for=left, pattern=pattern)

    def _supports(self, x: Vector) -> Supports | None:
        """The programmes that x gives to projects with a limit on them; None if no project has one."""
        if self._counts_programmes:
            supports = self.program.model.supports
            return {pair for pair, v in supports.items() if x[self.matrix.column(v)] > 0.5}
        return None

    @property
    def _counts_programmes(self) -> bool:
        return self.program.model.component("supports") is not None

    def _costs_as_promised(self, x: Vector, awards: Awards) -> bool:
        """Whether the awards cost what the search found. They may cost more if classes leave out tickets, or if the programmes of a
        project are those of another step."""
        if not leaves_out_tickets(self.program.classes) and not self._counts_programmes:
            return True
        cost = self.matrix.objective("least budget cost")
        realised = float(public_cost(decided(self.sets, self.selection(x), awards)))
        return realised <= cost.value(x) + CENTS * max(1.0, realised)

    def _minimize(self, goal: Objective, limits: Limits, start: Vector | None) -> SolveResult:
        return self.engine.minimize(goal, limits, start=start, progress=self.progress, stop=self.stop)

    def _break_ties(self, goals: list[Objective], x: Vector, first: SolveResult) -> tuple[Vector, bool]:
        """Least budget cost, least face value, earliest decisions among plans of the same value."""
        end = self._end.earlier(tuning.AWARD_SHARE * self.options.time_limit)
        ties = TieBreak(self.engine, self._decisions, end, self._work, self.progress, self.stop)
        return ties.run(self.matrix.objectives[0], goals, x, first)

    @cached_property
    def _decisions(self) -> Decisions:
        return decisions(self.program, self.matrix)

    def _none(self, result: SolveResult, agreed: Agreement, refused: int, *, disagreed: bool) -> NoSolution:
        """The error of a search that ends without a solution. `agreed`: result of its second witness; `refused`: selections that were
        refused before."""
        if result.status != "infeasible":
            return NoSolutionFound(self.bound)
        means: Means = "two searches" if agreed == "agrees" else "one search"
        return InfeasibleProgram(proof=InfeasibilityProof(means, refused, disagreed))

    def begin_from(self, start: Start | None) -> Vector | None:
        """A start for `run`: these projects in these years, or a solution with its states."""
        if start is None:
            return None
        if isinstance(start, Solution):
            return start_from(
                self.program, self.matrix, start.chosen, {s: selection for s, (selection, _) in start.states.items()}
            )
        return start_from(self.program, self.matrix, start)

    def selection(self, x: Vector) -> dict[str, int]:
        """Project -> decision year."""
        return selection(self.program, self.matrix, x)

    def selections(self, x: Vector) -> dict[str, dict[str, int]]:
        """State after a review -> project -> decision year, of all states but the one as planned."""
        return {name: selection(p, self.matrix, x) for name, p in self.program.states.items()}


def open_search(
    sets: Sets,
    options: Options,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
    *,
    classes: tuple[FundingClass, ...] | None = None,
    risk: RiskMeasure | None = None,
    money_stands: bool = False,
) -> Search:
    """Builds and loads the program of a case, by default on the classes with the fewest rows. Raises NoSolution.

    `risk`: a measure to maximize over scenarios; None for the case as planned. `money_stands`: as in `models.program.ProgramOptions`.
    """
    began = time.monotonic()
    classes = funding_classes(sets) if classes is None else classes
    program = (
        build(sets, classes=classes, options=ProgramOptions(money_stands=money_stands))
        if risk is None
        else risk_program(sets, risk, classes=classes)
    )
    matrix = compile_program(program)
    engine = Engine(matrix, threads=options.threads, seed=options.seed)
    return Search(program, matrix, engine, options, progress, stop, risk=risk, began=began)


def find(
    sets: Sets,
    options: Options,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
    *,
    risk: RiskMeasure | None = None,
    start: Start | None = None,
    tie_break: bool = True,
    count_awards: bool | None = None,
) -> Solution:
    """The best selection of a case. Raises NoSolution.

    `risk`: as for `open_search`; `start`: a selection, or a solution, to begin from; `tie_break`: whether to choose among plans of the
    same value; `count_awards`: as for `Search.run`.
    """

    def run(classes: tuple[FundingClass, ...], seconds: float) -> Solution:
        limited = replace(options, time_limit=seconds)
        with ends_when_set(stop):
            search = open_search(sets, limited, progress, stop, classes=classes, risk=risk, money_stands=True)
        return search.run(search.begin_from(start), tie_break=tie_break, count_awards=count_awards)

    return with_plain_form(sets, options.time_limit, run)

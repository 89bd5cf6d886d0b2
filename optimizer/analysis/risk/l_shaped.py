"""The aggregated L-shaped method: the program over decisions and a bound of each mean, tightened by cuts.

First on the relaxation until its cuts hold, then on the program, each round from the best plan (Van Slyke & Wets 1969). A cut
is a supergradient of the mean of min(1, capacity / demand) over all outcomes, in closed form; of what a chain delivers, by
the duals of its flows. The bound of every round is one of the whole problem; a plan counts for what it reaches in the
outcomes themselves. Cuts at the plan that the search begins from keep the program close to the outcomes where the best plan is
likely to be.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from models.decision import FundingClass
from models.formulation import sampled_program
from models.network import delivers
from models.risk import RiskMeasure
from models.sets import Sets
from optimizer.analysis.risk.outcomes import DrawnOutcomes, Floats, Reached, tail_weights
from optimizer.analysis.risk.search import Watch
from optimizer.solver import tuning
from optimizer.solver.core_problem import solve_core
from optimizer.solver.deadline import Deadline
from optimizer.solver.highs import Engine
from optimizer.solver.interrupts import ends_when_set
from optimizer.solver.lexicographic import Options, Search, Solution
from optimizer.solver.plain_form import with_plain_form
from optimizer.solver.results import Limits, SolveResult
from optimizer.solver.second_witness import Agreement
from optimizer.solver.standard_form import Columns, Objective, Vector, compile_program
from optimizer.solver.tolerance import HOLD

RELAXED_ROUNDS = 40
"""Rounds of cuts on the relaxation."""
RELAXED_GAP = 1e-4
"""The rounds end at this relative distance between the relaxation and its value in the outcomes."""
RELAXED_SHARE = 0.4
"""Part of the time for the rounds on the relaxation."""
TIE_ROUNDS = 5
"""Plans of the tie-break that may prove to have a lower value before the first plan is kept."""
VIOLATED = 1e-8
"""Violation above which a mean is cut."""
CUTS_HOLD = 1e-7
"""Distance to the bound at which a plan is proved: cuts are not added for smaller violations."""
LEAST_COEFFICIENT = 1e-10
"""Coefficients of a cut below this are left out, and the cut is widened accordingly."""
WORST_CUTS = 5
"""Outcomes that are cut in a round if the worst one counts."""


def best_over_outcomes(  # noqa: PLR0917
    sets: Sets,
    risk: RiskMeasure,
    outcomes: DrawnOutcomes,
    options: Options,
    watch: Watch,
    start: Mapping[str, int] | None,
    *,
    held: RiskMeasure | None = None,
) -> Solution:
    """The best selection by a measure over all outcomes. `held`: the outcomes in which rules must hold. Raises NoSolution."""

    def run(classes: tuple[FundingClass, ...], seconds: float) -> Solution:
        began, limits = time.monotonic(), replace(options, time_limit=seconds)
        with ends_when_set(watch.stop):
            most_lost = outcomes.penalties.most
            program = sampled_program(sets, risk, outcomes.pairs, most_lost, classes=classes, held=held)
            matrix = compile_program(program)
        engine = Engine(matrix, threads=limits.threads, seed=limits.seed)
        search = SampledSearch(program, matrix, engine, limits, watch.progress, watch.stop, began=began)
        search.outcomes, search.risk = outcomes, risk
        solution = search.run(search.begin_from(start))
        ties_asked = risk.measure == "expected" and not delivers(sets)  # elsewhere a goal of the tie-break is left out
        return solution if ties_asked else replace(solution, tie_break=False)

    return with_plain_form(sets, options.time_limit, run)


@dataclass
class SampledSearch(Search):
    """A search whose first objective is bounded by cuts over outcomes."""

    outcomes: DrawnOutcomes = field(init=False)
    risk: RiskMeasure = field(init=False)

    # -- columns -------------------------------------------------------------------------------------------------

    @cached_property
    def _means(self) -> Columns:
        """Column of each mean, by demand row and year; -1 if its weight is 0."""
        column_of = np.full(self.outcomes.weights.shape, -1, dtype=np.int64)
        for n, k in enumerate(self.outcomes.keys):
            for m, y in enumerate(self.outcomes.years):
                if (k, y) in self.outcomes.pairs:
                    column_of[n, m] = self.matrix.column(self.program.model.mean_covered[k.stage, k.material, y])
        return column_of

    @cached_property
    def _lost(self) -> Columns:
        """Column of the mean of the points lost to each soft rule on deliveries."""
        lost, rules = self.program.model.mean_lost, self.outcomes.penalties.rules
        return np.array([self.matrix.column(lost[r.rule]) for r in rules], dtype=np.int64)

    @cached_property
    def _tail(self) -> int:
        return self.matrix.column(self.program.model.tail)

    @property
    def _tail_counts(self) -> bool:
        return self.risk.measure != "expected"

    @property
    def _mean_counts(self) -> bool:
        return self.risk.measure != "worst"

    # -- values of decisions -------------------------------------------------------------------------------------

    def _tail_outcomes(self, values: Floats) -> list[Floats]:
        """Weights of the outcomes of the tail; for the measure `worst`, of each of the worst outcomes by itself."""
        if self.risk.measure == "cvar":
            return [tail_weights(values, self.outcomes.probability, self.risk.alpha)]
        return [np.eye(1, len(values), n)[0] for n in np.argsort(values, kind="stable")[:WORST_CUTS]]

    def _reached(self, x: Vector) -> Reached:
        return self.outcomes.at(x[self._decisions.columns])

    def _true(self, x: Vector, reached: Reached) -> Vector:
        """The solution with means and tail replaced by their values in the outcomes."""
        corrected = x.copy()
        mean = np.einsum("n,nky->ky", self.outcomes.probability, reached.parts)
        at = self._means >= 0
        corrected[self._means[at]] = mean[at]
        corrected[self._lost] = self.outcomes.probability @ reached.lost
        corrected[self._tail] = float(self._tail_outcomes(reached.values)[0] @ reached.values)
        return corrected

    # -- cuts ----------------------------------------------------------------------------------------------------

    def _cut(self, engines: list[Engine], x: Vector, reached: Reached) -> int:
        """Add the cuts that a solution violates. Returns their number."""
        true = self._true(x, reached)
        count = self._cut_means(engines, x, true, reached) if self._mean_counts else 0
        count += self._cut_lost(engines, x, true, reached) if self._mean_counts else 0
        if self._tail_counts and x[self._tail] > true[self._tail] + VIOLATED:
            for weights in self._tail_outcomes(reached.values):
                self._cut_tail(engines, weights, reached)
                count += 1
        return count

    def _cut_means(self, engines: list[Engine], x: Vector, true: Vector, reached: Reached) -> int:
        at = np.argwhere(self._means >= 0)
        wrong = [(k, y) for k, y in at if x[self._means[k, y]] > true[self._means[k, y]] + VIOLATED]
        if wrong:
            constant, gradient = self.outcomes.cuts(self.outcomes.probability, reached.slopes)
            for k, y in wrong:
                self._add(engines, int(self._means[k, y]), float(constant[k, y]), gradient[k, y])
        return len(wrong)

    def _cut_lost(self, engines: list[Engine], x: Vector, true: Vector, reached: Reached) -> int:
        wrong = np.flatnonzero(x[self._lost] > true[self._lost] + VIOLATED)
        if len(wrong):
            constant, gradient = self.outcomes.penalties.cuts(self.outcomes.probability, reached.lost)
            for n in wrong:
                self._add(engines, int(self._lost[n]), float(constant[n]), gradient[n])
        return len(wrong)

    def _cut_tail(self, engines: list[Engine], weights: Floats, reached: Reached) -> None:
        constant, gradient = self.outcomes.cuts(weights, reached.slopes)
        score, (lost, steps) = self.outcomes.weights, self.outcomes.penalties.cuts(weights, reached.lost)
        total = float((score * constant).sum() + lost.sum())
        self._add(engines, self._tail, total, np.einsum("ky,kyp->p", score, gradient) + steps.sum(axis=0))

    def _add(self, engines: list[Engine], column: int, constant: float, gradient: Floats) -> None:
        """Add `column <= constant + gradient @ decisions`; coefficients that are too small are left out, which widens the cut."""
        small = np.abs(gradient) < LEAST_COEFFICIENT
        constant += float(np.maximum(0.0, gradient[small]).sum())
        columns = np.append(self._decisions.columns[~small], column)
        signs = np.append(gradient[~small], -1.0)
        for engine in engines:
            engine.cut(columns, signs, -constant)

    # -- the rounds ----------------------------------------------------------------------------------------------

    def _best(self, goal: Objective, start: Vector | None, kept: float) -> tuple[SolveResult, Agreement]:
        """The solution with the best value in the outcomes, with a bound of all solutions."""
        end = self._end.part(1 - kept)
        bounds = self.engine.lower.copy(), self.engine.upper.copy()
        self._cut_first(start)
        self._relax(goal, end.part(RELAXED_SHARE))
        best, bound = SolveResult("nothing found", None, np.inf, -np.inf), -np.inf
        while True:
            limits = Limits(self.options.gap / 2, end.left, enough=self._enough(best))
            result = self._master(goal, limits, start)
            self.engine.limit_columns(np.arange(self.matrix.shape[1]), *bounds)
            bound = max(bound, result.bound)
            if result.x is None:
                return (result if best.x is None else replace(best, bound=min(bound, best.objective))), "not asked"
            reached = self._reached(result.x)
            true = self._true(result.x, reached)
            value = goal.value(true)
            if value < best.objective:
                best = SolveResult("feasible", true, value, -np.inf)
            if best.objective - bound <= self.options.gap * abs(best.objective) + CUTS_HOLD:
                return replace(best, status="optimal", bound=min(bound, best.objective)), "not asked"
            over = end.is_over or (self.stop is not None and self.stop.is_set())
            if not self._cut([self.engine], result.x, reached) or over:
                return replace(best, bound=min(bound, best.objective)), "not asked"
            start = best.x

    def _enough(self, best: SolveResult) -> float:
        """The bound that proves a plan within the gap; infinite if no plan is known."""
        return best.objective - self.options.gap * abs(best.objective) if best.x is not None else np.inf

    def _cut_first(self, start: Vector | None) -> None:
        """Add the cuts that precede the first solution of the program, including those at the decisions of `start`. Means are
        cut under every measure, because the tie-break reads them."""
        for reached in (*self.outcomes.first(), *([] if start is None else [self._reached(start)])):
            constant, gradient = self.outcomes.cuts(self.outcomes.probability, reached.slopes)
            for k, y in np.argwhere(self._means >= 0):
                self._add([self.engine], int(self._means[k, y]), float(constant[k, y]), gradient[k, y])
            lost, steps = self.outcomes.penalties.cuts(self.outcomes.probability, reached.lost)
            for n, column in enumerate(self._lost):
                self._add([self.engine], int(column), float(lost[n]), steps[n])
            if self._tail_counts:
                self._cut_tail([self.engine], self._tail_outcomes(reached.values)[0], reached)

    def _relax(self, goal: Objective, end: Deadline) -> None:
        """Rounds of cuts on the relaxation; the cuts stay in the program."""
        relaxed = self.engine.relaxation()
        for _ in range(RELAXED_ROUNDS):
            result = relaxed.relax(goal, end.left, self.stop)
            if result is None:
                return
            reached = self._reached(result.x)
            value = goal.value(self._true(result.x, reached))
            count = self._cut([relaxed, self.engine], result.x, reached)
            if not count or value - result.objective <= RELAXED_GAP * abs(value) or end.is_over:
                return

    def _master(self, goal: Objective, limits: Limits, start: Vector | None) -> SolveResult:
        if len(self.program.decision.start) >= tuning.CORE_FROM:
            watch = (self.progress, self.stop)
            return solve_core(self.engine, self._decisions, goal, limits, watch=watch, start=start)
        return self._minimize(goal, limits, start)

    # -- ties ----------------------------------------------------------------------------------------------------

    def _break_ties(self, goals: list[Objective], x: Vector, first: SolveResult) -> tuple[Vector, bool]:
        """The tie-break among plans that keep their value in the outcomes; a large program keeps its plan."""
        if len(self._decisions.columns) > tuning.TIES_WITH_CUTS_UP_TO:
            return x, False
        goal = self.matrix.objectives[0]
        for _ in range(TIE_ROUNDS):
            best, proved = super()._break_ties(goals, x, first)
            self.engine.let_go()
            reached = self.outcomes.at(np.round(best[self._decisions.columns]))
            true = self._true(best, reached)
            if goal.value(true) <= first.objective + HOLD * max(1.0, abs(first.objective)):
                return best, proved
            if not self._cut([self.engine], best, reached) or self._end.is_over:
                break
        return x, False

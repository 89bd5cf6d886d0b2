"""The portfolio with fewest projects in common with known ones and, of these, the best.

Small books are searched exactly. In larger ones the decisions that the relaxation leaves in doubt give a portfolio first, whose
number of common projects the bound of the relaxation often proves.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.decision import FundingClass
from optimizer.analysis.fewest_projects import LOSS, WHOLE, ShareClock
from optimizer.analysis.what_if import Inquiry
from optimizer.solver import tuning
from optimizer.solver.core_problem import by_doubt
from optimizer.solver.extended_form import Extended
from optimizer.solver.highs import Engine
from optimizer.solver.no_solution import NoSolutionFound
from optimizer.solver.results import Limits, SolveResult
from optimizer.solver.standard_form import Columns, Objective

GAPS, HALF = 2.0, 0.5
"""Gap of the value of a portfolio, in gaps of the plan, and as a part of `within`, whichever is larger; 0 in small books. The
portfolio must be near enough, and need not be the best."""
SLACK = 1e-9
COMMON = 2
"""Common projects for each portfolio before that the proof may fall short by, except in small books: on the sample the
relaxation shows 17, a portfolio with 19 is found in a second, and the proof that 18 are the least takes 5 to 40."""
VALUE_NODES = 2
"""Branch-and-bound nodes of the search for the best value with so few common projects, except in small books."""
CORE_FACTOR = 6
"""Decisions of the first search for fewest common projects for each that the relaxation leaves in doubt."""
PART = 0.6
"""Part of the rest of a portfolio's time for the fewest common projects, then again for the best value with these."""


@dataclass(frozen=True)
class Reducible:
    """A portfolio that is worth as much with the projects of a known one alone."""

    chosen: Mapping[str, int]
    lean: Mapping[str, int]
    value: float


@dataclass
class LeastInCommon:
    """The portfolio with fewest projects in common with the known ones, and of these the best."""

    inquiry: Inquiry
    clock: ShareClock
    classes: tuple[FundingClass, ...]
    floor: float
    gap: float
    """Relative gap of the value."""
    known: Sequence[Mapping[str, int]]
    passed: Sequence[Reducible] = ()
    """Portfolios that reduce to a known one; they do not count as something to share."""
    proved: bool = True
    """Whether no other has less in common, up to `common_within`, or a better value with as little."""
    common_within: int = 0
    """Projects for each known portfolio by which another may have less in common."""
    value_within: float = 0.0
    """Part of the value by which another with as little in common may be better."""

    def chosen(self) -> dict[str, int] | None:
        """Project -> year; None where none is left. Raises NoSolutionFound."""
        program, matrix = self.inquiry.compiled(self.classes)
        extended = Extended.of(matrix)
        columns = {key: matrix.column(v) for key, v in program.decision.start.items()}
        extended.at_least(self.floor + SLACK * max(1.0, abs(self.floor)))
        for portfolio in (*self.known, *(p.chosen for p in self.passed)):
            self._forbid(extended, columns, portfolio)
        for reducible in self.passed:
            self._gain_by_more(extended, columns, reducible)
        uses = Counter(i for portfolio in self.known for i in portfolio)
        shared = extended.objective("least in common", {c: float(uses[i]) for (i, _), c in columns.items() if uses[i]})
        x = self._solve(extended, shared, np.array(list(columns.values()), dtype=np.int64))
        return None if x is None else {i: t for (i, t), c in columns.items() if x[c] > 0.5}

    def _forbid(self, extended: Extended, columns: Mapping[tuple[str, int], int], portfolio: Mapping[str, int]) -> None:
        """Not these projects again: one of them less, or another more."""
        terms = {c: -1.0 if i in portfolio else 1.0 for (i, _), c in columns.items()}
        extended.row(terms, lower=1.0 - len(portfolio))

    def _gain_by_more(self, extended: Extended, columns: Mapping[tuple[str, int], int], passed: Reducible) -> None:
        """All projects of the known portfolio and more only where the value is above what these reach alone."""
        contains = extended.column()  # 1 where the portfolio holds all of them
        terms = {c: 1.0 for (i, _), c in columns.items() if i in passed.lean}
        extended.row({**terms, contains: -1.0}, upper=len(passed.lean) - 1.0)
        more = passed.value + 2 * LOSS * max(1.0, abs(passed.value)) - self.floor
        extended.rows[extended.at_least(self.floor)][contains] = more

    def _solve(self, extended: Extended, shared: Objective, columns: Columns) -> np.ndarray | None:
        options = self.inquiry.options
        engine = Engine(extended.matrix(), threads=options.threads, seed=options.seed)
        x = None
        for goal in (shared, extended.value()):
            limits = self._limits(goal is shared)
            if goal is shared and self._room:
                outcome = self._from_core(engine, shared, limits, columns)
            else:
                outcome = self._minimize(engine, goal, x, limits, self.clock.seconds(PART))
            if x is None and outcome.x is None and outcome.status != "infeasible":
                # the share was too short to find one
                outcome = self._minimize(engine, goal, x, limits, self.clock.left())
            if outcome.x is None:
                return self._nothing(outcome, x)
            x = outcome.x
            self._note(goal, outcome)
            if goal is shared:
                self._note_common(outcome)
                engine.hold(goal, outcome.objective + 0.5)
                x = self._at_its_best(engine, extended.value(), x, columns) if self._room else x
        return x

    def _at_its_best(self, engine: Engine, value: Objective, x: np.ndarray, columns: Columns) -> np.ndarray:
        """The same selection at its own best value, from which the search for a better one begins: x may lie at the floor."""
        with engine.holding(columns, np.round(x)):
            own = self._minimize(engine, value, x, Limits(0.0, 0.0), self.clock.seconds(PART))
        return x if own.x is None else own.x

    def _from_core(self, engine: Engine, shared: Objective, limits: Limits, columns: Columns) -> SolveResult:
        """The fewest common projects, from a portfolio of the decisions that the relaxation leaves in doubt: with one, the
        bound of the relaxation is often proof enough, which without one comes after most of the solver's work at the root."""
        relaxed = engine.relaxation().relax(shared, self.clock.seconds(PART), self.inquiry.stop)
        if relaxed is None:
            return self._minimize(engine, shared, None, limits, self.clock.seconds(PART))
        order, doubts = by_doubt(engine.matrix, relaxed, engine.open_columns(columns))
        enough = math.ceil(relaxed.objective - SLACK) + self._room + 0.5
        asked = replace(limits, nodes=tuning.CORE_NODES, absolute=WHOLE, target=enough, sub_searches=False)
        with engine.holding(order[max(tuning.LEAST_CORE, CORE_FACTOR * doubts) :], np.round(relaxed.x)):
            best = self._minimize(engine, shared, None, asked, self.clock.seconds(PART))
        if best.x is not None and best.objective <= enough:
            return replace(best, status="optimal", bound=relaxed.objective)
        return self._minimize(engine, shared, best.x, limits, self.clock.seconds(PART))

    @property
    def _room(self) -> int:
        """Common projects that the proof may fall short by: none in small books."""
        return COMMON * len(self.known) if self.inquiry.options.gap > 0 else 0

    def _limits(self, counts: bool) -> Limits:
        """Limits of the search for fewest common projects, or of that for the best value, which begins at a portfolio."""
        if counts:  # a count is a whole number: a bound less than one away proves it
            return Limits(0.0, 0.0, absolute=self._room + WHOLE)
        return Limits(self.gap, 0.0, VALUE_NODES if self._room else None, sub_searches=not self._room)

    def _note(self, goal: Objective, outcome: SolveResult) -> None:
        """Whether the search ended by itself, and what its proof of the value leaves open."""
        done = outcome.status == "optimal"
        if goal.goal.sense < 0 and self._room and math.isfinite(outcome.bound):
            done = done or outcome.nodes >= VALUE_NODES
            short = outcome.objective - outcome.bound
            self.value_within = short / max(abs(outcome.objective), SLACK)
        self.proved = self.proved and done

    def _note_common(self, outcome: SolveResult) -> None:
        """Interval that the proof of the fewest common projects leaves open."""
        bound = max(0.0, outcome.bound)  # a count, even where time ended before the solver had a bound
        short = math.floor(outcome.objective - bound + 1 - WHOLE)
        self.proved = self.proved and short <= self._room
        self.common_within = math.ceil(short / len(self.known)) if short <= self._room else 0

    def _minimize(
        self, engine: Engine, goal: Objective, x: np.ndarray | None, limits: Limits, seconds: float
    ) -> SolveResult:
        if self.inquiry.stop is not None and self.inquiry.stop.is_set():
            raise NoSolutionFound
        return engine.minimize(goal, replace(limits, seconds=seconds), start=x, stop=self.inquiry.stop)

    def _nothing(self, outcome: SolveResult, x: np.ndarray | None) -> np.ndarray | None:
        if x is None and outcome.status != "infeasible":
            raise NoSolutionFound
        return x

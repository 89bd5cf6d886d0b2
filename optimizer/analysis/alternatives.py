"""Markedly different portfolios that are nearly as good as the plan.

Each shares as few projects as possible with all portfolios before it (hop, skip and jump: Brill, Chang & Hopkins 1982,
Modeling to generate alternatives), and among those it is the best. The search minimizes common projects and not maximizes new
ones, which keeps projects out that add nothing. Each result is reduced to the fewest projects of its value, at least cost.

Small books are searched exactly. In larger ones the number of common projects is proved least within two for each portfolio
before, because the last ones take most of the time to prove, and a few nodes of the solver improve the value. The result
states how far both proofs fall short.
"""

import math
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from pydantic import Field

from models.case import Case
from models.classes import funding_classes
from models.decision import FundingClass, single_classes
from models.frozen import Frozen
from models.milestones import milestone_years
from models.plan import Plan
from models.sets import Sets
from optimizer.analysis.fewest_projects import LOSS, FewestProjects, Payments, ShareClock
from optimizer.analysis.risk.questions import asked_measure
from optimizer.analysis.what_if import Inquiry, ProgressCallback, ProgressStep, Span, Swap, chosen_of, span_of, swap
from optimizer.errors import AuditFailed
from optimizer.solver import tuning
from optimizer.solver.core_problem import by_doubt
from optimizer.solver.deadline import Deadline
from optimizer.solver.extended_form import Extended
from optimizer.solver.highs import Engine
from optimizer.solver.lexicographic import Options, Solution
from optimizer.solver.no_solution import NoSolutionFound
from optimizer.solver.options import WHOLE_TIME_LIMIT
from optimizer.solver.results import Limits, SolveResult
from optimizer.solver.standard_form import Columns, Objective

WITHIN = 0.02
MOST = 5
"""Default number of alternatives."""
GAPS, QUARTER = 2.0, 0.25
"""Gap of the value of a portfolio, in gaps of the plan, and as a part of `within`, whichever is larger; 0 in small books. The
portfolio must be near enough, and need not be the best."""
SLACK = 1e-9
WHOLE = 1 - 1e-6
"""Distance to the bound below which a count is proved."""
COMMON = 2
"""Common projects for each portfolio before that the proof may fall short by, except in small books: on the sample the
relaxation shows 17, a portfolio with 19 is found in a second, and the proof that 18 are the least takes 5 to 40."""
VALUE_NODES = 2
"""Branch-and-bound nodes of the search for the best value with so few common projects, except in small books."""
CORE_FACTOR = 6
"""Decisions of the first search for fewest common projects for each that the relaxation leaves in doubt."""
PART = 0.6
"""Part of the rest of a portfolio's time for the fewest common projects, then again for the best value with these."""


class Alternative(Frozen):
    """One other portfolio, with its audited plan."""

    plan: Plan
    value: float
    """Value less penalties."""
    behind: Span
    """Best value less this value."""
    differs: int
    """Projects in one of the two, this portfolio and the plan, and not in the other."""
    swap: Swap
    """Projects that enter, leave and move, compared with the plan."""
    cost_m: float
    """Budget cost less that of the plan."""
    coverage: dict[str, float]
    """Demand row and milestone -> coverage gained (or given up), parts of the demand."""


class Alternatives(Frozen):
    """Portfolios within a distance of the best, and how often each project appears."""

    schema_: str = Field("mine2magnet.alternatives/1", alias="schema", serialization_alias="schema")
    within: float
    best: Span
    portfolios: tuple[Alternative, ...]
    appears: dict[str, int]
    """Project -> number of portfolios, the plan among them, that finance it."""
    complete: bool
    """False if it was stopped or time ended: there may be more, or some with fewer common projects."""
    common_within: int = 0
    """Projects by which the number in common with each earlier portfolio, on average, may exceed the least; 0: proved least."""
    value_within: float = 0.0
    """Part of a portfolio's value by which another with as few projects in common may be better; 0 in small books."""

    model_config = {**Frozen.model_config, "populate_by_name": True}  # noqa: RUF012  as pydantic has it


def alternatives(
    case: Case,
    plan: Plan,
    *,
    within: float = WITHIN,
    most: int = MOST,
    gap: float | None = None,
    time_limit: float = WHOLE_TIME_LIMIT,
    threads: int = 1,
    seed: int = 0,
    progress: ProgressCallback | None = None,
    stop: threading.Event | None = None,
) -> Alternatives:
    """Up to `most` portfolios whose value is at least `(1 - within)` times the plan's, each unlike those before.

    Every one is audited, and holds no project that could be dropped without loss. `time_limit`: seconds of the whole
    search, shared out evenly among the portfolios that are left.
    """
    measure = asked_measure(case, "a search for alternatives", plan)
    plan_gap = float(plan.manifest.get("gap", 1e-3))
    options = Options(plan_gap if gap is None else gap, time_limit, threads, seed)
    inquiry = Inquiry.of(Sets(case), options, stop, measure)
    clock = ShareClock(Deadline.after(time_limit))
    return _AlternativeSearch(inquiry, plan, span_of(inquiry, plan), within, clock, progress, stop).run(most)


@dataclass
class _AlternativeSearch:
    """The search for alternatives to one plan."""

    inquiry: Inquiry
    plan: Plan
    best: Span
    within: float
    clock: ShareClock
    progress: ProgressCallback | None
    stop: threading.Event | None
    proved: bool = True
    """Whether no portfolio has less in common with those before it, up to `common_within`."""
    common_within: int = 0
    value_within: float = 0.0

    def run(self, most: int) -> Alternatives:
        known: list[dict[str, int]] = [chosen_of(self.plan)]
        alternatives: list[Alternative] = []
        complete = True
        for n in range(most):
            if self.progress is not None:
                self.progress(ProgressStep(n, most, f"portfolio {n + 1}, unlike those before"))
            self.clock.begin(most - n)
            try:
                alternative = self._next(known)
            except NoSolutionFound:
                complete = False
                break
            if alternative is None:
                break
            known.append(chosen_of(alternative.plan))
            alternatives.append(alternative)
        appears = Counter(i for chosen in known for i in chosen)
        return Alternatives(
            within=self.within,
            best=self.best,
            portfolios=tuple(alternatives),
            appears=dict(sorted(appears.items(), key=lambda pair: (-pair[1], pair[0]))),
            complete=complete and self.proved,
            common_within=self.common_within,
            value_within=self.value_within,
        )

    @cached_property
    def _payments(self) -> Payments:
        return Payments(self.inquiry)

    @property
    def floor(self) -> float:
        """The least value that is within the distance."""
        return self.best.low - self.within * abs(self.best.low)

    @property
    def gap(self) -> float:
        """Relative gap of the value of a portfolio; 0 in small books."""
        own = self.inquiry.options.gap
        return max(GAPS * own, QUARTER * self.within) if own > 0 else 0.0

    def _next(self, known: Sequence[Mapping[str, int]]) -> Alternative | None:
        """Another portfolio; None if every other one reduces to a known one. Raises NoSolutionFound where time ends."""
        passed: list[_Reducible] = []
        while True:
            portfolio = self._unlike(known, passed)
            if portfolio is None:
                return None
            chosen, value = portfolio
            lean = FewestProjects(self._payments, self.clock, chosen_of(self.plan), chosen, value).settled()
            if all(lean.keys() != other.keys() for other in known):
                alternative = self._alternative(lean) or self._alternative(chosen)
                if alternative is not None:
                    return alternative
                self.proved = False  # what contains it and passes the audit may be left out
            passed.append(_Reducible(chosen, lean, value))

    def _unlike(
        self, known: Sequence[Mapping[str, int]], passed: Sequence["_Reducible"]
    ) -> tuple[dict[str, int], float] | None:
        """Another portfolio with its value. Raises NoSolutionFound."""
        sets = self.inquiry.sets
        for classes in (funding_classes(sets), single_classes(sets)):
            search = _LeastInCommon(self.inquiry, self.clock, classes, self.floor, self.gap, known, passed)
            chosen = search.chosen()
            self.proved = self.proved and search.proved
            self.common_within = max(self.common_within, search.common_within)
            self.value_within = max(self.value_within, search.value_within)
            if chosen is None:
                return None
            value = self._payments.value(chosen)
            if value is not None and value >= self.floor - LOSS * max(1.0, abs(self.floor)):
                return chosen, value
        raise NoSolutionFound

    def _alternative(self, chosen: dict[str, int]) -> Alternative | None:
        sets = self.inquiry.sets
        awards, value = self._payments.final(chosen)
        bound = max(self.best.high, value)
        try:
            plan = self.inquiry.audited(Solution(chosen, awards, bound, False, False))
        except AuditFailed:  # the tolerance of the solver allows what the audit refuses
            return None
        other = swap(chosen_of(self.plan), chosen)
        return Alternative(
            plan=plan,
            value=value,
            behind=Span(low=max(0.0, self.best.low - value), high=max(0.0, self.best.high - value)),
            differs=len(other.enter) + len(other.leave),
            swap=other,
            cost_m=_cost(plan, sets) - _cost(self.plan, sets),
            coverage=_coverage(sets, self.plan, plan),
        )


def _cost(plan: Plan, sets: Sets) -> float:
    if not sets.has_programmes:
        return sum(p.alone_m for p in plan.projects)
    return sum(a.cost_m for p in plan.projects for a in p.awards)


def _coverage(sets: Sets, plan: Plan, other: Plan) -> dict[str, float]:
    """Coverage gained at the milestones (the last year where none is set), of every demand row that changes."""
    years = milestone_years(sets.case.settings)
    before = {(r.stage, r.material, r.year): r.coverage for r in plan.capacity if r.year in years and r.demand_t > 0}
    gained = {
        f"{' '.join(filter(None, (r.stage, r.material)))} {r.year}": r.coverage - before[r.stage, r.material, r.year]
        for r in other.capacity
        if (r.stage, r.material, r.year) in before
    }
    return {name: change for name, change in gained.items() if abs(change) > LOSS}


@dataclass(frozen=True)
class _Reducible:
    """A portfolio that is worth as much with the projects of a known one alone."""

    chosen: Mapping[str, int]
    lean: Mapping[str, int]
    value: float


@dataclass
class _LeastInCommon:
    """The portfolio with fewest projects in common with the known ones, and of these the best."""

    inquiry: Inquiry
    clock: ShareClock
    classes: tuple[FundingClass, ...]
    floor: float
    gap: float
    """Relative gap of the value."""
    known: Sequence[Mapping[str, int]]
    passed: Sequence[_Reducible] = ()
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

    def _gain_by_more(self, extended: Extended, columns: Mapping[tuple[str, int], int], passed: _Reducible) -> None:
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
        first bounds of the solver are often proof enough, which without one come after most of its work at the root."""
        seconds = self.clock.seconds(PART)
        relaxed = engine.relaxation().relax(shared, seconds, self.inquiry.stop)
        if relaxed is None:
            return self._minimize(engine, shared, None, limits, self.clock.seconds(PART))
        order, doubts = by_doubt(engine.matrix, relaxed, engine.open_columns(columns))
        enough = math.ceil(relaxed.objective - SLACK) + self._room + 0.5
        asked = replace(limits, nodes=tuning.CORE_NODES, absolute=WHOLE, target=enough, sub_searches=False)
        with engine.holding(order[max(tuning.LEAST_CORE, CORE_FACTOR * doubts) :], np.round(relaxed.x)):
            core = self._minimize(engine, shared, None, asked, self.clock.seconds(PART))
        if core.x is None:
            return self._minimize(engine, shared, None, limits, self.clock.seconds(PART))
        if core.objective <= enough:
            return replace(core, status="optimal", bound=relaxed.objective)
        return self._minimize(engine, shared, core.x, limits, self.clock.seconds(PART))

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

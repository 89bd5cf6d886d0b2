"""Markedly different portfolios that are nearly as good as the plan.

Each shares as few projects as possible with all portfolios before it (hop, skip and jump: Brill, Chang & Hopkins 1982,
Modeling to generate alternatives), and among those it is the best. The search minimizes common projects and not maximizes new
ones, which keeps projects out that add nothing. Each result is reduced to the fewest projects of its value, at least cost.
"""

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from pydantic import Field

from models.case import Case
from models.classes import funding_classes
from models.decision import FundingClass, single_classes
from models.frozen import Frozen
from models.milestones import milestone_years
from models.plan import Plan
from models.sets import Sets
from optimizer.analysis.risk.questions import asked_measure
from optimizer.analysis.what_if import Inquiry, ProgressCallback, ProgressStep, Span, Swap, chosen_of, span_of, swap
from optimizer.solver.allocation import NoAwards, least_awards
from optimizer.solver.extended_form import Extended
from optimizer.solver.highs import Engine
from optimizer.solver.incumbent import start as start_from
from optimizer.solver.lexicographic import Options, Solution
from optimizer.solver.no_solution import NoSolutionFound
from optimizer.solver.options import WHOLE_TIME_LIMIT
from optimizer.solver.results import Limits, SolveResult
from optimizer.solver.standard_form import Objective

WITHIN = 0.02
MOST = 5
"""Default number of alternatives."""
GAPS = 2.0
"""Gap of the value of a portfolio, in gaps of the plan: it must be near enough, and need not be the best."""
SLACK = 1e-9
WHOLE = 1 - 1e-6
"""Distance to the bound below which a count is proved."""
PART = 0.6
"""Part of the rest of a portfolio's time for the fewest common projects, then again for the best value with these."""
LEAST_SECONDS = 2.0
"""Seconds that reducing a portfolio may always take, because its program is small."""
LOSS = 1e-7
"""A project is dropped where the value falls by less than this part of max(1, |value|)."""


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
    clock = _Clock(time.monotonic() + time_limit)
    return _AlternativeSearch(inquiry, plan, span_of(inquiry, plan), within, clock, progress, stop).run(most)


@dataclass
class _Clock:
    """The remaining time, and the share of the current portfolio."""

    end: float
    _share_ends: float = 0.0

    def begin(self, left: int) -> None:
        """Begins a portfolio of so many that are left."""
        now = time.monotonic()
        self._share_ends = now + max(0.0, self.end - now) / left

    def seconds(self, part: float = 1.0) -> float:
        """Seconds of a part of what is left of the share."""
        return part * max(0.0, self._share_ends - time.monotonic())

    def left(self) -> float:
        """Seconds of the whole."""
        return max(0.0, self.end - time.monotonic())


@dataclass
class _AlternativeSearch:
    """The search for alternatives to one plan."""

    inquiry: Inquiry
    plan: Plan
    best: Span
    within: float
    clock: _Clock
    progress: ProgressCallback | None
    stop: threading.Event | None
    proved: bool = True
    """Whether no portfolio has less in common with those before it."""

    def run(self, most: int) -> Alternatives:
        known: list[dict[str, int]] = [chosen_of(self.plan)]
        alternatives: list[Alternative] = []
        complete = True
        for n in range(most):
            if self.progress is not None:
                self.progress(ProgressStep(n, most, f"portfolio {n + 1}, unlike those before"))
            self.clock.begin(most - n)
            try:
                chosen = self._next(known)
            except NoSolutionFound:
                complete = False
                break
            if chosen is None:
                break
            known.append(chosen)
            alternatives.append(self._alternative(chosen))
        appears = Counter(i for chosen in known for i in chosen)
        return Alternatives(
            within=self.within,
            best=self.best,
            portfolios=tuple(alternatives),
            appears=dict(sorted(appears.items(), key=lambda pair: (-pair[1], pair[0]))),
            complete=complete and self.proved,
        )

    @property
    def floor(self) -> float:
        """The least value that is within the distance."""
        return self.best.low - self.within * abs(self.best.low)

    def _next(self, known: Sequence[Mapping[str, int]]) -> dict[str, int] | None:
        """Another portfolio; None if every other one reduces to a known one. Raises NoSolutionFound where time ends."""
        passed: list[_Reducible] = []
        while True:
            portfolio = self._unlike(known, passed)
            if portfolio is None:
                return None
            chosen, value = portfolio
            lean = _FewestProjects(self.inquiry, self.clock, chosen_of(self.plan), chosen, value).settled()
            if all(lean.keys() != other.keys() for other in known):
                return lean
            passed.append(_Reducible(chosen, lean, value))

    def _unlike(
        self, known: Sequence[Mapping[str, int]], passed: Sequence["_Reducible"]
    ) -> tuple[dict[str, int], float] | None:
        """Another portfolio with its value. Raises NoSolutionFound."""
        sets = self.inquiry.sets
        for classes in (funding_classes(sets), single_classes(sets)):
            search = _LeastInCommon(self.inquiry, self.clock, classes, self.floor, known, passed)
            chosen = search.chosen()
            self.proved = self.proved and search.proved
            if chosen is None:
                return None
            value = _paid_value(self.inquiry, chosen)
            if value is not None and value >= self.floor - LOSS * max(1.0, abs(self.floor)):
                return chosen, value
        raise NoSolutionFound

    def _alternative(self, chosen: dict[str, int]) -> Alternative:
        sets = self.inquiry.sets
        awards = self.inquiry.awards(chosen)
        value = self.inquiry.value(chosen, awards)
        bound = max(self.best.high, value)
        plan = self.inquiry.audited(Solution(chosen, awards, bound, False, False))
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


def _paid_value(inquiry: Inquiry, chosen: Mapping[str, int]) -> float | None:
    """Value of a portfolio; None if the programmes cannot pay for it within all limits, minimum tickets included."""
    try:
        awards = least_awards(inquiry.sets, chosen) if inquiry.measure is None else inquiry.awards(chosen)
        return inquiry.value(chosen, awards)
    except NoAwards:
        return None


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


@dataclass
class _FewestProjects:
    """Reduces a portfolio to the fewest projects of its value, so that none could be dropped without loss; then least cost,
    fewest changes of the plan's years, and earliest decisions."""

    inquiry: Inquiry
    clock: _Clock
    plan: Mapping[str, int]
    chosen: Mapping[str, int]
    value: float

    def settled(self) -> dict[str, int]:
        """Project -> year. Raises NoSolutionFound where time ends first."""
        sets = self.inquiry.sets
        for classes in (funding_classes(sets), single_classes(sets)):
            lean = self._least(classes)
            reached = _paid_value(self.inquiry, lean)
            if reached is not None and reached >= self.value - 2 * LOSS * max(1.0, abs(self.value)):
                return lean
        return dict(self.chosen)

    def _least(self, classes: tuple[FundingClass, ...]) -> dict[str, int]:
        program, matrix = self.inquiry.compiled(classes)
        extended = Extended.of(matrix)
        columns = {key: matrix.column(v) for key, v in program.decision.start.items()}
        for (i, _), column in columns.items():
            extended.upper[column] = float(i in self.chosen)
        extended.at_least(self.value - LOSS * max(1.0, abs(self.value)))
        open_ = {key: c for key, c in columns.items() if key[0] in self.chosen}
        first = self.inquiry.sets.years[0]
        goals = (
            extended.objective("fewest projects", dict.fromkeys(open_.values(), 1.0)),
            _padded(matrix.objective("least budget cost"), extended),
            extended.objective("fewest moves", {c: 1.0 for (i, t), c in open_.items() if self.plan.get(i, t) != t}),
            extended.objective("earliest decisions", {c: float(t - first) for (_, t), c in open_.items()}),
        )
        x = self._solve(extended, goals, start_from(program, matrix, self.chosen))
        return {i: t for (i, t), c in columns.items() if x[c] > 0.5}

    def _solve(self, extended: Extended, goals: Sequence[Objective], start: np.ndarray) -> np.ndarray:
        options, stop = self.inquiry.options, self.inquiry.stop
        engine = Engine(extended.matrix(), threads=options.threads, seed=options.seed)
        x = None
        for goal in goals:
            limits = Limits(0.0, max(LEAST_SECONDS, self.clock.seconds()))
            outcome = engine.minimize(goal, limits, start=start if x is None else x, stop=stop)
            if outcome.x is None:
                break
            x = outcome.x
            engine.hold(goal, outcome.objective + LOSS * max(1.0, abs(outcome.objective)))
        if x is None:
            raise NoSolutionFound
        return x


def _padded(objective: Objective, extended: Extended) -> Objective:
    """An objective of the program over all columns of its extension."""
    pad = np.zeros(len(extended.lower) - len(objective.costs))
    return replace(objective, costs=np.concatenate([objective.costs, pad]))


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
    clock: _Clock
    classes: tuple[FundingClass, ...]
    floor: float
    known: Sequence[Mapping[str, int]]
    passed: Sequence[_Reducible] = ()
    """Portfolios that reduce to a known one; they do not count as something to share."""
    proved: bool = True
    """Whether no other has less in common, or a better value with as little."""

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
        x = self._solve(extended, shared)
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

    def _solve(self, extended: Extended, shared: Objective) -> np.ndarray | None:
        options = self.inquiry.options
        engine = Engine(extended.matrix(), threads=options.threads, seed=options.seed)
        x = None
        for goal in (shared, extended.value()):
            outcome = self._minimize(engine, goal, x, self.clock.seconds(PART))
            if x is None and outcome.x is None and outcome.status != "infeasible":
                # the share was too short to find one
                outcome = self._minimize(engine, goal, x, self.clock.left())
            if outcome.x is None:
                return self._nothing(outcome, x)
            x = outcome.x
            # What is shared is a whole number: a gap of one or more leaves room for less in common.
            near = goal is not shared or outcome.objective - outcome.bound < WHOLE
            self.proved = self.proved and outcome.status == "optimal" and near
            if goal is shared:
                engine.hold(goal, outcome.objective + 0.5)
        return x

    def _minimize(self, engine: Engine, goal: Objective, x: np.ndarray | None, seconds: float) -> SolveResult:
        if self.inquiry.stop is not None and self.inquiry.stop.is_set():
            raise NoSolutionFound
        limits = Limits(GAPS * self.inquiry.options.gap, seconds)
        return engine.minimize(goal, limits, start=x, stop=self.inquiry.stop)

    def _nothing(self, outcome: SolveResult, x: np.ndarray | None) -> np.ndarray | None:
        if x is None and outcome.status != "infeasible":
            raise NoSolutionFound
        return x

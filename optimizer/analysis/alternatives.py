"""Markedly different portfolios that are nearly as good as the plan.

Each shares as few projects as possible with all portfolios before it (hop, skip and jump: Brill, Chang & Hopkins 1982,
Modeling to generate alternatives), and among those it is the best. The search minimizes common projects and not maximizes new
ones, which keeps projects out that add nothing. Each result is reduced to the fewest projects of its value, at least cost.

Small books are searched exactly. In larger ones the number of common projects is proved least within two for each portfolio
before, because the last ones take most of the time to prove, and a few nodes of the solver improve the value. The result
states how far both proofs fall short.
"""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pydantic import Field

from models.case import Case
from models.classes import funding_classes
from models.decision import single_classes
from models.frozen import Frozen
from models.milestones import milestone_years
from models.plan import Plan
from models.sets import Sets
from optimizer.analysis.fewest_projects import LOSS, FewestProjects, Payments, ShareClock
from optimizer.analysis.least_in_common import GAPS, HALF, LeastInCommon, Reducible
from optimizer.analysis.risk.questions import asked_measure
from optimizer.analysis.what_if import Inquiry, ProgressCallback, ProgressStep, Span, Swap, chosen_of, span_of, swap
from optimizer.errors import AuditFailed
from optimizer.solver.deadline import Deadline
from optimizer.solver.lexicographic import Options, Solution
from optimizer.solver.no_solution import NoSolutionFound
from optimizer.solver.options import WHOLE_TIME_LIMIT

WITHIN = 0.02
MOST = 5
"""Default number of alternatives."""


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
        return max(GAPS * own, HALF * self.within) if own > 0 else 0.0

    def _next(self, known: Sequence[Mapping[str, int]]) -> Alternative | None:
        """Another portfolio; None if every other one reduces to a known one. Raises NoSolutionFound where time ends."""
        passed: list[Reducible] = []
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
            passed.append(Reducible(chosen, lean, value))

    def _unlike(
        self, known: Sequence[Mapping[str, int]], passed: Sequence[Reducible]
    ) -> tuple[dict[str, int], float] | None:
        """Another portfolio with its value. Raises NoSolutionFound."""
        sets = self.inquiry.sets
        for classes in (funding_classes(sets), single_classes(sets)):
            search = LeastInCommon(self.inquiry, self.clock, classes, self.floor, self.gap, known, passed)
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

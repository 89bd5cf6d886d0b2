"""What-if questions to one case: every answer is an interval that contains the true value, and each search starts from the plan.

Explanations, alternatives and the costs of overrides use it; the loaded model is shared (`optimizer.solver.reoptimize`).
"""

import math
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol

from models.decision import FundingClass, single_classes
from models.formulation import build
from models.frozen import Frozen
from models.plan import Plan
from models.plan_assembly import decided, objective_value, penalty
from models.program import Program
from models.risk import RiskMeasure
from models.sets import Sets
from optimizer.analysis.known_answers import KnownAnswers, KnownPlan
from optimizer.solver.allocation import Awards, NoAwards, fewest_awards
from optimizer.solver.chain_flows import delivered_of
from optimizer.solver.lexicographic import Options, Solution, open_search
from optimizer.solver.near_answer import Aim
from optimizer.solver.no_solution import InfeasibleProgram, NoSolutionFound
from optimizer.solver.reoptimize import Question, Session
from optimizer.solver.solve import audited
from optimizer.solver.standard_form import Matrix, compile_program
from optimizer.solver.tuning import FRACTION

FEW_DECISIONS = 200
"""Possible decisions up to which every question is answered exactly, whatever the plan's gap."""
ROUNDING = 1e-9
RELAXED = 1e-7
"""Part of max(1, |value|) by which a bound of the relaxation is loosened: its rows are met within a tolerance."""


class Span(Frozen):
    """An interval that contains a number, in the objective's unit."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """The width of the interval."""
        return self.high - self.low


class Moved(Frozen):
    """A project that another plan decides in another year."""

    id: str
    from_year: int
    to_year: int


class Swap(Frozen):
    """Difference of another plan from the plan: projects that enter, leave and move."""

    enter: tuple[str, ...] = ()
    leave: tuple[str, ...] = ()
    moved: tuple[Moved, ...] = ()


@dataclass(frozen=True)
class WhatIfResult:
    """The best plan found under a question, with the interval of the best value less penalty."""

    chosen: dict[str, int]
    awards: Awards
    span: Span


@dataclass(frozen=True)
class ProgressStep:
    """Progress: the number of answered questions of a report, and the current one in words."""

    done: int
    total: int
    what: str


ProgressCallback = Callable[[ProgressStep], None]


class Maximized(Protocol):
    """A measure of risk that takes the place of the objective (`optimizer.analysis.risk.questions`)."""

    @property
    def risk(self) -> RiskMeasure:
        """The measure that the program maximizes."""

    def value(self, sets: Sets, chosen: Mapping[str, int], awards: Awards) -> float:
        """Value of decisions by it."""

    def awards(self, sets: Sets, chosen: Mapping[str, int]) -> Awards:
        """The awards of a selection. Raises NoAwards."""

    def program(
        self, sets: Sets, classes: tuple[FundingClass, ...] | None = None, fixed: Mapping[str, int] | None = None
    ) -> Program:
        """The program whose first goal it is."""

    def plan(self, sets: Sets, solution: Solution, options: Options) -> Plan:
        """The audited plan of a selection. Raises AuditFailed."""


@dataclass
class Inquiry:
    """Questions to one case. Not to be shared by threads."""

    sets: Sets
    options: Options
    stop: threading.Event | None = None
    measure: Maximized | None = None
    """The measure to maximize instead of the objective as planned."""
    _sessions: list[Session] = field(default_factory=list)
    _programs: dict[tuple[str, ...], tuple[Program, Matrix]] = field(default_factory=dict)

    @cached_property
    def known(self) -> KnownAnswers:
        """Plans and bounds of the questions so far."""
        return KnownAnswers.of(self.sets)

    @classmethod
    def of(
        cls, sets: Sets, options: Options, stop: threading.Event | None = None, measure: Maximized | None = None
    ) -> "Inquiry":
        """The gap: 0 for small cases, in which a proof costs little."""
        return cls(sets, replace(options, gap=0.0) if is_small(sets, measure) else options, stop, measure)

    def of_other(self, sets: Sets) -> "Inquiry":
        """The same questions to another case."""
        return Inquiry.of(sets, self.options, self.stop, self.measure)

    def value(self, chosen: Mapping[str, int], awards: Awards) -> float:
        """The value of decisions: by the measure, or the objective as planned less the penalties of soft rules."""
        return net(self.sets, chosen, awards) if self.measure is None else self.measure.value(self.sets, chosen, awards)

    def awards(self, chosen: Mapping[str, int]) -> Awards:
        """The awards of a selection, the fewest unless a measure reads them. Raises NoAwards."""
        return (
            fewest_awards(self.sets, chosen).awards if self.measure is None else self.measure.awards(self.sets, chosen)
        )

    def compiled(self, classes: tuple[FundingClass, ...]) -> tuple[Program, Matrix]:
        """The program of the case on these classes and its matrix, built once."""
        key = tuple(c.name for c in classes)
        if key not in self._programs:
            program = program_of(self.measure, self.sets, classes)
            self._programs[key] = (program, compile_program(program))
        return self._programs[key]

    def audited(self, solution: Solution) -> Plan:
        """The plan of a selection, audited. Raises AuditFailed."""
        make = audited if self.measure is None else self.measure.plan
        return make(self.sets, solution, self.options)

    @property
    def session(self) -> Session:
        """The loaded model."""
        if not self._sessions:
            self._sessions.append(Session.of(self.sets, self.options, None, self.stop, self._risk))
        return self._sessions[0]

    def ask(
        self,
        question: Question,
        *,
        start: Mapping[str, int] | None = None,
        tie_break: bool = True,
        gap: float | None = None,
    ) -> WhatIfResult | None:
        """The best plan under a question; None if it is proved that there is none. Raises NoSolutionFound.

        `gap` (default: the inquiry's own): relative MIP gap at which to stop.
        The tie-break is for small cases only, because in large ones it would take longer than the question.
        """
        if self.stop is not None and self.stop.is_set():
            raise NoSolutionFound
        known = self.known.best(question) if self._shares else None
        start = start if known is None else known.chosen
        try:
            solution = self._found(question, start, gap, tie_break=tie_break and self.options.gap == 0)
        except InfeasibleProgram:
            return None
        if not math.isfinite(solution.bound):  # stopped with the start in hand, before there was a bound
            raise NoSolutionFound
        return self._answered(question, solution)

    def near(self, question: Question, start: Mapping[str, int], width: float, best: Span) -> WhatIfResult | None:
        """An answer at a fixed effort: the best known plan under the question, or one found near it, and a bound.

        None where the question has to be searched: it may have no plan, or the inquiry keeps no known answers. `best`: the
        interval of the best value of the case. `width`: of an interval that is narrow enough; where a search has answered the
        question before, no other is begun. Raises NoSolutionFound, with the bound, where no plan was found.
        """
        if not self._shares or (self.stop is not None and self.stop.is_set()):
            return None
        relaxed = self.session.relaxed(question)
        if relaxed is None:
            return None
        high = min(loosened(-relaxed.objective), self.known.bound(question))
        known = self.known.best(question)
        if known is None and self.known.has_asked(question):
            raise NoSolutionFound(high)
        if known is None or (known.value < min(high, best.high) - width and not self.known.has_asked(question)):
            begin, seconds = start if known is None else known.chosen, self.options.time_limit
            aim = Aim(width, best.low, best.high, self._closed(best))
            try:
                solution = self.session.nearby(question, begin, relaxed, aim=aim, seconds=seconds)
            except NoSolutionFound as end:
                self.known.limit(question, loosened(end.bound))
                if known is None:
                    raise NoSolutionFound(min(high, loosened(end.bound))) from None
            else:
                if solution is None:
                    return None
                value = self.value(solution.chosen, solution.awards)
                bound = max(value, loosened(solution.bound))
                self.known.add(question, KnownPlan(solution.chosen, solution.awards, value), bound)
            known, high = self.known.best(question), min(high, self.known.bound(question))
        assert known is not None
        return WhatIfResult(dict(known.chosen), known.awards, Span(low=known.value, high=max(known.value, high)))

    def doubtful(self, question: Question, chosen: Mapping[str, int]) -> frozenset[tuple[str, int]]:
        """The decisions (project, year) in which a plan differs from the relaxation under a question, or from the best known
        plan under it."""
        relaxed, known = self.session.relaxed(question), self.known.best(question)
        other = chosen if known is None else known.chosen
        return frozenset(
            (i, t)
            for (i, t), value in ({} if relaxed is None else self.session.decided(relaxed)).items()
            if abs(value - (chosen.get(i) == t)) > FRACTION or (other.get(i) == t) != (chosen.get(i) == t)
        )

    def _closed(self, best: Span) -> float:
        """Distance from the relaxation of the case to the bound of its best value."""
        return 0.0 if self._relaxed_value is None else max(0.0, self._relaxed_value - best.high)

    @cached_property
    def _relaxed_value(self) -> float | None:
        """Value of the relaxation of the case."""
        relaxed = self.session.relaxed(Question())
        return None if relaxed is None else -relaxed.objective

    @property
    def _shares(self) -> bool:
        """Whether questions share plans and bounds. Those of small cases are exact and searched independently."""
        return self.measure is None and self.options.gap > 0

    def _answered(self, question: Question, solution: Solution) -> WhatIfResult:
        """The answer that a solution gives, kept for later questions."""
        answer = WhatIfResult(solution.chosen, solution.awards, self.span(solution))
        if self._shares:
            self.known.add(question, KnownPlan(answer.chosen, answer.awards, answer.span.low), answer.span.high)
        return answer

    def _found(
        self, question: Question, start: Mapping[str, int] | None, gap: float | None, *, tie_break: bool
    ) -> Solution:
        seconds = self.options.time_limit
        try:
            return self.session.ask(question, start=start, gap=gap, seconds=seconds, tie_break=tie_break)
        except NoAwards:  # the classes of the loaded model leave out minimum tickets: ask the plain form
            if len(self._sessions) == 1:
                classes = single_classes(self.sets)
                plain = open_search(self.sets, self.options, None, self.stop, classes=classes, risk=self._risk)
                self._sessions.append(Session(plain))
        try:
            return self._sessions[1].ask(question, start=start, gap=gap, seconds=seconds, tie_break=tie_break)
        except NoAwards:
            raise NoSolutionFound from None

    @property
    def _risk(self) -> RiskMeasure | None:
        return None if self.measure is None else self.measure.risk

    def span(self, solution: Solution) -> Span:
        """Value less penalty of a solution, and the bound on the best value."""
        low = self.value(solution.chosen, solution.awards)
        high = max(low, solution.bound)
        return Span(low=low, high=low if high - low <= ROUNDING * max(1.0, abs(low)) else high)

    def can_decide(self, project: str) -> bool:
        """Whether the project is decided at all: neither barred nor without a year."""
        return bool(self.sets.windows.get(project))


def loosened(bound: float) -> float:
    """An upper bound of the relaxation, by the tolerance within which its rows are met."""
    return bound + RELAXED * max(1.0, abs(bound))


def is_small(sets: Sets, measure: Maximized | None = None) -> bool:
    """Whether a case is small enough to be asked without any gap: in all its scenarios under a measure of risk."""
    scenarios = 1 if measure is None else len(measure.risk.outcomes)
    return scenarios * sets.decision_count <= FEW_DECISIONS


def program_of(
    measure: Maximized | None,
    sets: Sets,
    classes: tuple[FundingClass, ...],
    fixed: Mapping[str, int] | None = None,
) -> Program:
    """The program of a case: by a measure, or as planned where that is None."""
    if measure is not None:
        return measure.program(sets, classes, fixed)
    return build(sets, classes=classes, fixed=fixed)


def net(sets: Sets, chosen: Mapping[str, int], awards: Awards) -> float:
    """Objective less the penalties of soft rules."""
    decision = decided(sets, chosen, awards)
    return objective_value(decision, delivered_of(sets, chosen)) - penalty(decision)


def chosen_of(plan: Plan) -> dict[str, int]:
    """Project -> decision year of a plan."""
    return {p.id: p.fid_year for p in plan.projects}


def span_of(inquiry: Inquiry, plan: Plan) -> Span:
    """The interval of the best value, value less penalty: from the plan, and for small cases proved again."""
    o = plan.objective
    known = Span(low=o.value - o.penalty, high=max(o.bound, o.value) - o.penalty)
    if inquiry.options.gap > 0 or known.high <= known.low + ROUNDING * max(1.0, abs(known.low)):
        return known
    answer = inquiry.ask(Question(), start=chosen_of(plan), tie_break=False)
    if answer is None:
        return known
    low = max(known.low, answer.span.low)
    return Span(low=low, high=max(low, min(known.high, answer.span.high)))


def less(best: Span, other: Span) -> Span:
    """By how much the best value of a tighter question falls short of the best value: never negative."""
    high = min(other.high, best.high)
    return Span(low=max(0.0, best.low - high), high=max(0.0, best.high - other.low))


def swap(plan: Mapping[str, int], other: Mapping[str, int]) -> Swap:
    """Difference of another selection from the plan's."""
    both = sorted(plan.keys() & other.keys())
    return Swap(
        enter=tuple(sorted(other.keys() - plan.keys())),
        leave=tuple(sorted(plan.keys() - other.keys())),
        moved=tuple(Moved(id=i, from_year=plan[i], to_year=other[i]) for i in both if plan[i] != other[i]),
    )


def without(projects: Iterable[str]) -> Question:
    """A question that excludes these projects, also committed ones."""
    names = frozenset(projects)
    return Question(exclude=names, limits={("selection", i): (None, 1.0) for i in sorted(names)})

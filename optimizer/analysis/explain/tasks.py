"""The questions of one explanation as independent tasks: a budget, a project, a limit, the overrides."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from models.case import Case
from models.plan import Plan
from models.schema import Project
from models.sets import Sets
from optimizer.analysis.explain.binding_limits import Steps, questioned_limits
from optimizer.analysis.explain.budget_sensitivity import PARTS, point
from optimizer.analysis.explain.explanation import ProjectStory
from optimizer.analysis.explain.first_answer import first_answers
from optimizer.analysis.explain.overrides_cost import overrides_of, price_overrides
from optimizer.analysis.explain.own_thresholds import OwnThresholds
from optimizer.analysis.explain.project_value import ProjectValue
from optimizer.analysis.explain.thresholds import Entry
from optimizer.analysis.known_answers import KnownPlan
from optimizer.analysis.what_if import Inquiry, Maximized, Span, chosen_of, is_small, span_of
from optimizer.solver.deadline import Deadline
from optimizer.solver.lexicographic import Options
from optimizer.solver.no_solution import NoSolutionFound
from optimizer.solver.reoptimize import Question

LEAST_SECONDS = 1.0
"""Least seconds of a question at the end of the time for all."""
UNDER_RISK = {
    "prices, support and single changes": "worked out for plans as planned alone: solve with --risk none and explain that plan"
}
"""Parts that are left out under a measure of risk, with the reason."""
ROUGH = 0.5
"""Part of the asked distance from the best to which every project is asked about first."""
FINER_SHARE = 0.1
"""Part of the time for all questions in which a round of finer questions may begin."""
CELL_PART = 0.6
"""Part of a question's time for one cell of a project, where all projects are explained."""


@dataclass(frozen=True)
class ExplainTask:
    """One question. `key`: part of the money, id of the project or ids of several, its story so far, number of the limit."""

    kind: Literal["budget", "roughly", "project", "changes", "limit", "overrides"]
    key: float | str | int | ProjectStory | tuple[str, ...]
    what: str
    """Name for the planner."""


@dataclass(frozen=True)
class Reply:
    """Result of a task: a part of the explanation, or None if it has none or was not answered."""

    value: Any
    answered: bool = True
    plans: tuple[KnownPlan, ...] = ()
    """Plans found on the way, from which other questions may profit."""


@dataclass
class ExplainContext:
    """Context of the questions of one explanation. Not to be shared by threads."""

    case: Case
    plan: Plan
    within: float
    options: Options
    whole: bool
    """Whether the whole plan is explained, not one project."""
    budgets: bool = True
    """Whether other budgets are asked about although that takes long."""
    stop: threading.Event | None = None
    measure: Maximized | None = None
    """The measure to maximize instead of the objective as planned."""
    fixed_effort: bool = False
    """Whether one project of a large case is searched at a fixed effort, not until its questions are proved or time ends."""
    until: Deadline | None = None
    """Deadline of all questions; None: each has only its own time limit."""
    finer_until: Deadline | None = None
    """Deadline after which no round of finer questions begins; None: no limit."""

    @property
    def goes_finer(self) -> bool:
        """Whether there is time for closer proofs, limits, overrides and changes after the first search of each project."""
        return self.finer_until is None or not self.finer_until.is_over

    @property
    def is_stopped(self) -> bool:
        """Whether it was stopped, or the time for all questions is over."""
        over = self.until is not None and self.until.is_over
        return over or (self.stop is not None and self.stop.is_set())

    @cached_property
    def is_small(self) -> bool:
        """Whether the case is small, so that every question is answered exactly in little time."""
        return is_small(Sets(self.case), self.measure)

    @cached_property
    def inquiry(self) -> Inquiry:
        return Inquiry.of(Sets(self.case), self.options, self.stop, self.measure)

    @cached_property
    def chosen(self) -> dict[str, int]:
        return chosen_of(self.plan)

    @cached_property
    def best(self) -> Span:
        return span_of(self.inquiry, self.plan)

    # -- tasks ---------------------------------------------------------------------------------------------------

    def rough_tasks(self, stories: Sequence[ProjectStory]) -> list[ExplainTask]:
        """What each project is worth, to a part of the asked distance: those first of which least is known. None where
        the own gap is no closer, or one project alone is asked about."""
        if self.is_small or not self.whole or self.rough_gap <= self.options.gap:
            return []
        ordered = sorted((s for s in stories if s.verdict == "borderline"), key=lambda s: s.at_least or 0.0)
        groups: dict[str, list[ProjectStory]] = {}
        for story in ordered:
            groups.setdefault(self._first_needed(story.id), []).append(story)
        return [self._rough_task(group) for group in groups.values()]

    def _rough_task(self, group: Sequence[ProjectStory]) -> ExplainTask:
        """One task for projects that need each other, the widest question first: its bound holds for the others."""
        needs = self.inquiry.known.needs
        first = sorted(group, key=lambda s: len(needs[s.id]) * (-1 if s.financed else 1))
        return ExplainTask("roughly", tuple(s.id for s in first), _doing(first[0]))

    def _first_needed(self, project: str) -> str:
        """The project at the beginning of the requirements of this one."""
        needs = self.inquiry.known.needs
        return min(needs[project], key=lambda i: (len(needs.get(i, ())), i))

    def project_tasks(self, stories: Sequence[ProjectStory]) -> list[ExplainTask]:
        """What each project is worth, the widest interval first; not again where a closer proof would not narrow it."""
        near = 2 * max(self.options.gap, 0.0) * abs(self.best.low)
        wide = [s for s in stories if not s.asked or (s.loss is not None and s.loss.width > near)]
        return [ExplainTask("project", s.id, _doing(s)) for s in sorted(wide, key=_width, reverse=True)]

    def further_tasks(self, stories: Sequence[ProjectStory]) -> list[ExplainTask]:
        """The rest: limits, overrides, the changes that let a project in (the cheapest to force in first), budgets."""
        tasks: list[ExplainTask] = []
        if self.whole:
            tasks += [ExplainTask("limit", n, f"a step more of {x.name}") for n, x in enumerate(self.limits)]
            tasks += [ExplainTask("overrides", 0, "the costs of overrides")] if overrides_of(self.case) else []
            left_out = sorted((s for s in stories if self._may_change(s)), key=lambda s: s.loss.low if s.loss else 0.0)
            tasks += [ExplainTask("changes", s, f"what would let {s.name} in") for s in left_out]
        decided = self.whole or any(self.inquiry.can_decide(s.id) for s in stories)
        if decided and (self.budgets or self.is_small):
            tasks += [ExplainTask("budget", part, f"with {part:.0%} of the money") for part in PARTS]
        return tasks

    @cached_property
    def limits(self) -> list[Any]:
        return questioned_limits(self.case, self.plan, every=self.is_small)

    def reply(self, task: ExplainTask) -> Reply:
        """The result of a task."""
        if self.until is not None:
            left = max(LEAST_SECONDS, min(self.options.time_limit, self.until.left))
            self.inquiry.options = replace(self.inquiry.options, time_limit=left)
        known = self.inquiry.known.plans
        try:
            value = getattr(self, f"_{task.kind}")(task.key)
        except NoSolutionFound:
            return Reply(None, answered=False)
        answered = not any(_is_open(v) for v in (value if isinstance(value, tuple) else (value,)))
        return Reply(value, answered, tuple(p for p in self.inquiry.known.plans if p not in known))

    def learn(self, plans: Sequence[KnownPlan]) -> None:
        """Keep plans of the case that were found elsewhere."""
        for plan in plans:
            self.inquiry.known.add(Question(), plan)

    def _budget(self, part: float) -> Any:
        return point(self.inquiry, self.chosen, part)

    def _limit(self, number: int) -> Any:
        return Steps(self.inquiry, self.chosen, self.best).story(self.limits[number])

    def _overrides(self, _key: int) -> Any:
        return price_overrides(self.inquiry, self.chosen, self.best, self.plan.manifest)

    @cached_property
    def value(self) -> ProjectValue:
        """Ask for the worth of projects."""
        return ProjectValue(self.inquiry, self.plan, self.chosen, self.best, self.within)

    def first_answers(self, projects: Sequence[Project]) -> list[ProjectStory]:
        """Answers about the projects without a search; if all are asked about, with bounds by the relaxation."""
        if self.is_small or not self.whole:
            return [self.value.unasked(p) for p in projects]
        return list(first_answers(self.value, projects))

    @property
    def rough_gap(self) -> float:
        """The gap of a first search for what a project is worth."""
        return ROUGH * self.within

    def _roughly(self, projects: Sequence[str]) -> tuple[ProjectStory, ...]:
        return tuple(self.value.story(self.inquiry.sets.by_id[i], self.rough_gap) for i in projects)

    def _project(self, project: str) -> ProjectStory:
        row = self.inquiry.sets.by_id[project]
        story = self.value.story(row, self.options.gap if self._is_short else None)
        if self.whole:
            return story
        if self.measure is not None:
            return story.model_copy(update={"no_threshold": UNDER_RISK})
        return self._with_thresholds(self._changes(story), row)

    @property
    def _is_short(self) -> bool:
        """Whether the questions about one project end at a fixed effort."""
        return self.fixed_effort and not self.whole and not self.is_small and self.measure is None

    def _may_change(self, story: ProjectStory) -> bool:
        """Whether it is money or data that keeps the project out, and no plan as good has it already."""
        barred = self.inquiry.sets.by_id[story.id].status == "barred"
        if self.measure is not None or story.financed or barred or story.reason == "off the country list":
            return False
        return story.loss is None or story.loss.high > 1e-9

    def _with_thresholds(self, story: ProjectStory, project: Project) -> ProjectStory:
        """The price and the support at which it enters or leaves, where that is what keeps it in or out."""
        if (
            self.is_stopped
            or not self.value.is_free(project)
            or not story.asked
            or (story.financed and story.loss is None)
        ):
            return story
        target, sure = self.best.low, story.loss is None or story.loss.low > 1e-9
        if story.financed and story.loss is not None:
            target = self.best.high - story.loss.high  # the value of the best plan without it
        elif story.loss is not None and story.loss.high <= 1e-9:
            return story  # a plan that is as good has it already
        own_thresholds = OwnThresholds(
            self.case, project, target, story.financed, self.inquiry.options, self.chosen, sure=sure, stop=self.stop,
            fixed_effort=self._is_short,
        )  # fmt: skip
        thresholds, lacking = own_thresholds.all()
        return story.model_copy(update={"thresholds": tuple(thresholds), "no_threshold": lacking})

    def _changes(self, story: ProjectStory) -> ProjectStory:
        """The story with the least changes that let the project in."""
        if self.is_stopped or not self._may_change(story):
            return story
        project = self.inquiry.sets.by_id[story.id]
        options = self.inquiry.options
        if self.whole:
            options = replace(options, time_limit=CELL_PART * options.time_limit)
        open_decisions = None
        if self._is_short:
            open_decisions = self.inquiry.doubtful(self.value.question(project), self.chosen)
        entry = Entry(self.case, project, self.best.low, options, self.stop, self.chosen, open_decisions=open_decisions)
        changes, lacking = entry.changes()
        return story.model_copy(update={"changes": tuple(changes), "unchanged": lacking})


def _is_open(value: Any) -> bool:
    """Whether a reply leaves a question about a project without an answer."""
    return isinstance(value, ProjectStory) and not value.asked and value.verdict != "exterior"


def _doing(story: ProjectStory) -> str:
    """The question about a project, for the line of progress."""
    return f"without {story.name}" if story.financed else f"with {story.name} forced in"


def _width(story: ProjectStory) -> float:
    """Width of the interval of a project's loss; infinite if it was not asked."""
    return float("inf") if story.loss is None else story.loss.width

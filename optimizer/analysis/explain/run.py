"""The explanation of a plan: questions about its projects, limits, budgets and overrides."""

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from models.case import Case
from models.objective_units import objective_unit
from models.plan import Plan
from models.schema import Project
from models.stress import CoreIndex
from optimizer.analysis.explain.explanation import BudgetPoint, Explanation, LimitStory, OverrideCosts, ProjectStory
from optimizer.analysis.explain.tasks import FINER_SHARE, ExplainContext, ExplainTask, Reply
from optimizer.analysis.explain.workers import Replies, Workers, alone
from optimizer.analysis.risk.questions import asked_measure
from optimizer.analysis.stress.matters import matters
from optimizer.analysis.what_if import ProgressCallback, ProgressStep
from optimizer.errors import ChoiceNotProved, Refusal
from optimizer.solver.deadline import Deadline
from optimizer.solver.lexicographic import Options

WITHIN = 0.01
"""Default distance from the best value for core, borderline and exterior."""


def explain(
    case: Case,
    plan: Plan,
    project: str | None = None,
    *,
    within: float = WITHIN,
    gap: float | None = None,
    time_limit: float = 10.0,
    total_time: float | None = None,
    finer_share: float | None = None,
    fixed_effort: bool = False,
    budgets: bool = True,
    threads: int = 1,
    seed: int = 0,
    workers: int = 1,
    core: Sequence[CoreIndex] = (),
    progress: ProgressCallback | None = None,
    partial: Callable[[Explanation], None] | None = None,
    stop: threading.Event | None = None,
) -> Explanation:
    """Explain a plan, or with `project` (an id) one project.

    For every financed project the value lost without it and what takes its place; for every one left out the value
    lost by forcing it in, what it displaces and the least single change that lets it in; at which budgets each is
    in the best plan; for the whole plan also the binding rules and envelopes with the worth of a step more, and the
    costs of overrides. Each is an interval that holds the truth.

    `within`: distance of near-best plans, a part of the best value. `gap` (default: the plan's own) and `time_limit`
    (seconds) are of one question; small cases are answered exactly. `total_time`: seconds for all questions (default: no
    limit); of what is not asked in that time the plan's own reasons are given, with a bound by the relaxation. First each
    project is searched at a fixed effort, for a loss within half of `within`; closer proofs, limits, overrides and changes
    follow where that took less than `finer_share` (default: a tenth) of `total_time`. Small cases are not cut short.
    `fixed_effort`: whether one project of a large case is searched for so many nodes, and not until its questions are proved
    or `time_limit` ends: the interval of its worth is then wider, the changes that let it in are sufficient but not least, and
    only support that the plan itself can pay is tried.
    `budgets`: whether other budgets are asked about in a large case, which takes five times as long as the rest of what is
    asked about one project.
    `workers`: processes that share the questions of a large case.
    `progress` is called with a `ProgressStep` before each question, `partial` in a large case with what is known so
    far: before any search, and again with each project whose question is answered. Setting `stop` ends it with what is
    known until then. Raises KeyError for an unknown project, Refusal for one that is underway.
    """
    measure = asked_measure(case, "an explanation", plan)
    plan_gap = float(plan.manifest.get("gap", 1e-3))
    options = Options(plan_gap if gap is None else gap, time_limit, threads, seed)
    subjects = [p for p in case.projects if p.status != "underway" and project in (None, p.id)]
    if not subjects and project is not None:
        raise _not_explained(case, project)
    context = ExplainContext(
        case, plan, within, options, whole=project is None, budgets=budgets, stop=stop, measure=measure,
        fixed_effort=fixed_effort,
    )  # fmt: skip
    if total_time is not None and not context.is_small:
        until = Deadline.after(total_time)
        context = replace(context, until=until, finer_until=until.part(_finer_share(finer_share)))
    explanation = _ExplanationRun(context, tuple(subjects), workers, progress, partial).run()
    return explanation if project is None or context.is_stopped else _in_scenarios(context, explanation, core)


def _finer_share(asked: float | None) -> float:
    """Part of the time for all questions in which a round of finer questions may begin."""
    return FINER_SHARE if asked is None else asked


def _not_explained(case: Case, project: str) -> Exception:
    """The error about a project on which nothing is decided."""
    if any(p.id == project for p in case.projects):
        return Refusal(
            "usage", f"{project} is underway: its capacity counts in every plan, so there is no decision to explain"
        )
    return KeyError(project)


def _in_scenarios(context: ExplainContext, explanation: Explanation, core: Sequence[CoreIndex]) -> Explanation:
    """The explanation of one project with its importance in the scenarios of the case."""
    (story,) = explanation.projects
    try:
        rows = matters(context.case, context.plan, story.id, core)
    except ChoiceNotProved:
        return explanation.model_copy(update={"complete": False})
    return explanation.model_copy(update={"projects": (story.model_copy(update={"in_scenarios": rows}),)})


@dataclass
class _ExplanationRun:
    """One explanation in progress."""

    context: ExplainContext
    projects: Sequence[Project]
    workers: int
    progress: ProgressCallback | None
    partial: Callable[[Explanation], None] | None
    _stories: dict[str, ProjectStory] = field(default_factory=dict)
    _others: list[Any] = field(default_factory=list)
    """Answers that are not about projects."""
    _asked: int = 0
    """Number of questions of the rounds that have started."""
    _answered: bool = True
    """Whether every question was answered."""

    def run(self) -> Explanation:
        self._tell(0, 1, "the plan itself")
        context = self.context
        self._stories = {s.id: s for s in context.first_answers(self.projects)}
        self._show()
        rounds = (context.rough_tasks, context.project_tasks, context.further_tasks)
        many = (
            context.whole or context.budgets
        )  # one project is one question, which takes less time than starting a process
        shared = self.workers > 1 and many and not context.is_small
        ask = Workers(context, self.workers) if shared else alone(context)
        with ask as replies:
            done = self._round(replies, rounds)
            if finer := context.goes_finer:
                done += sum(self._round(replies, rounds[n:]) for n in (1, 2))
        stopped = done < self._asked or context.is_stopped or not finer
        if not stopped:
            self._tell(done, done, "done")
        return self._so_far(complete=not stopped and self._answered)

    def _round(self, replies: Replies, rounds: Sequence[Callable[[Sequence[ProjectStory]], list[ExplainTask]]]) -> int:
        """Asks the tasks of the first of these rounds; the others say how much is to come. Returns the number answered."""
        stories = list(self._stories.values())
        tasks, before = rounds[0](stories), self._asked
        total = before + len(tasks) + sum(len(later(stories)) for later in rounds[1:])
        self._asked += len(tasks)
        return self._take(replies(tasks, lambda n: self._tell(before + n, total, tasks[min(n, len(tasks) - 1)].what)))

    def _take(self, replies: Iterable[Reply]) -> int:
        """Record replies as they arrive, and count them."""
        count = 0
        for reply in replies:
            count += 1
            self._answered = self._answered and reply.answered
            for value in reply.value if isinstance(reply.value, tuple) else (reply.value,):
                self._take_in(value)
            if reply.plans:
                self.context.learn(reply.plans)
                self._stories = {i: self.context.value.with_known_plans(s) for i, s in self._stories.items()}
        return count

    def _take_in(self, value: Any) -> None:
        if isinstance(value, ProjectStory):
            self._stories[value.id] = self._stories[value.id].sharpened(value)
            self._show()
        elif value is not None:
            self._others.append(value)

    def _show(self) -> None:
        if self.partial is not None and not self.context.is_small:
            self.partial(self._so_far(complete=False))

    def _so_far(self, *, complete: bool) -> Explanation:
        context, others = self.context, self._others
        budgets = self._with_the_plan([v for v in others if isinstance(v, BudgetPoint)])
        limits = {v.name: v for v in others if isinstance(v, LimitStory)}
        return Explanation(
            objective=context.plan.objective.name,
            unit=objective_unit(context.case.settings),
            best=context.best,
            within=context.within,
            projects=tuple(_with_budgets(self._stories[p.id], budgets) for p in self.projects),
            limits=tuple(limits[x.name] for x in (context.limits if context.whole else ()) if x.name in limits),
            budgets=budgets,
            overrides=next((v for v in others if isinstance(v, OverrideCosts)), OverrideCosts(alone=(), together=None)),
            complete=complete,
        )

    def _tell(self, done: int, total: int, message: str) -> None:
        if self.progress is not None:
            self.progress(ProgressStep(done, total, message))

    def _with_the_plan(self, values: list[BudgetPoint]) -> tuple[BudgetPoint, ...]:
        """The plan itself among the plans with other budgets."""
        if not values:
            return ()
        context = self.context
        total = context.case.settings.total_budget_m
        here = BudgetPoint(part=1.0, budget_m=total, value=context.best, projects=tuple(sorted(context.chosen)))
        return tuple(sorted((*values, here), key=lambda b: b.part))


def _with_budgets(story: ProjectStory, budgets: Sequence[BudgetPoint]) -> ProjectStory:
    return story.model_copy(update={"at_budgets": tuple(b.part for b in budgets if story.id in b.projects)})

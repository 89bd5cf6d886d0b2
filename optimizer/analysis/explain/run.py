"""The explanation of a plan: its projects, limits, budgets and overrides, one question after another."""

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from models.case import Case
from models.objective_units import objective_unit
from models.plan import Plan
from models.schema import Project
from models.stress import CoreIndex
from optimizer.analysis.explain.explanation import BudgetPoint, Explanation, LimitStory, OverrideCosts, ProjectStory
from optimizer.analysis.explain.tasks import Asking, ExplainTask, Reply
from optimizer.analysis.explain.workers import replies
from optimizer.analysis.risk.questions import asked_measure
from optimizer.analysis.stress.matters import matters
from optimizer.analysis.what_if import ProgressStep, Tell
from optimizer.errors import ChoiceNotProved, Refusal
from optimizer.solver.lexicographic import Options

WITHIN = 0.01
"""Distance from the best value that core, borderline and exterior are about."""
_T = TypeVar("_T")


def explain(
    case: Case,
    plan: Plan,
    project: str | None = None,
    *,
    within: float = WITHIN,
    gap: float | None = None,
    time_limit: float = 10.0,
    total_time: float | None = None,
    budgets: bool = True,
    threads: int = 1,
    seed: int = 0,
    workers: int = 1,
    core: Sequence[CoreIndex] = (),
    progress: Tell | None = None,
    stop: threading.Event | None = None,
) -> Explanation:
    """Why a plan is as it is; with `project` (an id) that project alone.

    For every financed project the value lost without it and what takes its place; for every one left out the value
    lost by forcing it in, what it displaces and the least single change that lets it in; at which budgets each is
    in the best plan; for the whole plan also the binding rules and envelopes with the worth of a step more, and the
    costs of overrides. Each is an interval that holds the truth.

    `within`: distance of near-best plans, a part of the best value. `gap` (default: the plan's own) and `time_limit`
    (seconds) are of one question; small cases are answered exactly. `workers`: processes that share the questions of a
    large case. `progress` is called with a `ProgressStep` before each question; setting `stop` ends it with what is known
    until then. `total_time`: seconds for all questions (default: no limit); of what is not asked in that time the plan's
    own reasons are given. Small cases are not cut short. `budgets`: whether other budgets are asked about in a large case,
    which takes five times as long as the rest of what is asked about one project. Raises KeyError for an unknown project,
    Refusal for one that is underway.
    """
    measure = asked_measure(case, "an explanation", plan)
    own = float(plan.manifest.get("gap", 1e-3))
    options = Options(own if gap is None else gap, time_limit, threads, seed)
    wanted = [p for p in case.projects if p.status != "underway" and project in (None, p.id)]
    if not wanted and project is not None:
        raise _not_explained(case, project)
    asking = Asking(case, plan, within, options, whole=project is None, budgets=budgets, stop=stop, measure=measure)
    if total_time is not None and not asking.is_small:
        asking = replace(asking, until=time.monotonic() + total_time)
    explanation = _Explaining(asking, tuple(wanted), workers, progress).run()
    return explanation if project is None or asking.is_stopped else _in_scenarios(asking, explanation, core)


def _not_explained(case: Case, project: str) -> Exception:
    """The error about a project on which nothing is decided."""
    if any(p.id == project for p in case.projects):
        return Refusal(
            "usage", f"{project} is underway: its capacity counts in every plan, so there is no decision to explain"
        )
    return KeyError(project)


def _in_scenarios(asking: Asking, explanation: Explanation, core: Sequence[CoreIndex]) -> Explanation:
    """The explanation of one project with what it matters in the scenarios of the case."""
    (story,) = explanation.projects
    try:
        rows = matters(asking.case, asking.plan, story.id, core)
    except ChoiceNotProved:
        return explanation.model_copy(update={"complete": False})
    return explanation.model_copy(update={"projects": (story.model_copy(update={"in_scenarios": rows}),)})


@dataclass
class _Explaining:
    """One explanation on its way."""

    asking: Asking
    projects: Sequence[Project]
    workers: int
    progress: Tell | None

    def run(self) -> Explanation:
        self._tell(0, 1, "the plan itself")
        asking, tasks = self.asking, self.asking.tasks(self.projects)
        answers = list(self._replies(tasks))
        stopped = len(answers) < len(tasks) or asking.is_stopped
        values = [r.value for r in answers]
        budgets = self._with_the_plan([v for v in values if isinstance(v, BudgetPoint)])
        asked = {v.id: v for v in values if isinstance(v, ProjectStory)}
        stories = tuple(_with_budgets(asked.get(p.id) or asking.unasked(p), budgets) for p in self.projects)
        costs = next((v for v in values if isinstance(v, OverrideCosts)), OverrideCosts(alone=(), together=None))
        if not stopped:
            self._tell(len(tasks), len(tasks), "done")
        return Explanation(
            objective=asking.plan.objective.name,
            unit=objective_unit(asking.case.settings),
            best=asking.best,
            within=asking.within,
            projects=stories,
            limits=tuple(v for v in values if isinstance(v, LimitStory)),
            budgets=budgets,
            overrides=costs,
            complete=not stopped and all(r.answered for r in answers),
        )

    def _replies(self, tasks: Sequence[ExplainTask]) -> Iterator[Reply]:
        """The replies in the order of the tasks; where it is stopped those that came until then."""
        if self.workers > 1 and not self.asking.is_small:
            yield from replies(self.asking, tasks, self.workers, lambda n: self._tell(n, len(tasks), _doing(tasks, n)))
            return
        for n, task in enumerate(tasks):
            if self.asking.is_stopped:
                return
            self._tell(n, len(tasks), task.what)
            yield self.asking.reply(task)

    def _tell(self, done: int, total: int, what: str) -> None:
        if self.progress is not None:
            self.progress(ProgressStep(done, total, what))

    def _with_the_plan(self, values: list[BudgetPoint]) -> tuple[BudgetPoint, ...]:
        """The plan itself among the plans with other budgets."""
        if not values:
            return ()
        asking = self.asking
        total = asking.case.settings.total_budget_m
        here = BudgetPoint(part=1.0, budget_m=total, value=asking.best, projects=tuple(sorted(asking.chosen)))
        return tuple(sorted((*values, here), key=lambda b: b.part))


def _doing(tasks: Sequence[ExplainTask], done: int) -> str:
    """About what is asked when so many are done."""
    return tasks[min(done, len(tasks) - 1)].what


def _with_budgets(story: ProjectStory, budgets: Sequence[BudgetPoint]) -> ProjectStory:
    return story.model_copy(update={"at_budgets": tuple(b.part for b in budgets if story.id in b.projects)})

"""The explanation of a plan: its projects, limits, budgets and overrides, one question after another."""

import threading
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from models.case import Case
from models.plan import Plan
from models.schema import Project
from models.sets import Sets
from optimizer.explain.limits import Limit, Steps, binding
from optimizer.explain.losses import Worth
from optimizer.explain.money import PARTS, point
from optimizer.explain.thresholds import Entry
from optimizer.explain.values import BudgetPoint, Explanation, LimitStory, OverrideCosts, ProjectStory
from optimizer.inquiry import Inquiry, Span, Step, Tell, chosen_of, span_of
from optimizer.overrides_cost import overrides_of, price_overrides
from optimizer.search import Options

WITHIN = 0.01
"""Distance from the best value that core, swing and never are about."""


def explain(
    case: Case,
    plan: Plan,
    project: str | None = None,
    *,
    within: float = WITHIN,
    gap: float | None = None,
    time_limit: float = 10.0,
    threads: int = 1,
    seed: int = 0,
    progress: Tell | None = None,
    stop: threading.Event | None = None,
) -> Explanation:
    """Why a plan is as it is; with `project` (an id) that project alone.

    For every financed project the value lost without it and what takes its place; for every one left out the value
    lost by forcing it in, what it displaces and the least single change that lets it in; at which budgets each is
    in the best plan; for the whole plan also the binding rules and envelopes with the worth of a step more, and the
    costs of overrides. Each is an interval that holds the truth.

    `within`: distance of near-best plans, a part of the best value. `gap` (default: the plan's own) and `time_limit`
    (seconds) are of one question; small cases are answered exactly. `progress` is called with a `Step` before each
    question; setting `stop` ends it with what is known until then. Raises KeyError for an unknown project.
    """
    own = float(plan.manifest.get("gap", 1e-3))
    options = Options(own if gap is None else gap, time_limit, threads, seed)
    wanted = [p for p in case.projects if p.status != "underway" and project in (None, p.id)]
    if not wanted and project is not None:
        raise KeyError(project)
    return _Explaining(case, plan, tuple(wanted), project is None, within, options, progress, stop).run()


@dataclass
class _Explaining:
    """One explanation on its way."""

    case: Case
    plan: Plan
    projects: tuple[Project, ...]
    whole: bool
    within: float
    options: Options
    progress: Tell | None
    stop: threading.Event | None
    done: int = 0
    complete: bool = True
    limits: list[Limit] = field(default_factory=list)

    @cached_property
    def inquiry(self) -> Inquiry:
        return Inquiry.of(Sets(self.case), self.options, self.stop)

    @cached_property
    def chosen(self) -> dict[str, int]:
        return chosen_of(self.plan)

    @cached_property
    def best(self) -> Span:
        return span_of(self.inquiry, self.plan)

    @cached_property
    def total(self) -> int:
        """Questions: each project, its cells where it is left out, the budgets, the limits, the overrides."""
        out = sum(p.id not in self.chosen for p in self.projects)
        more = len(self.limits) + (len(overrides_of(self.case)) if self.whole else 0)
        return len(self.projects) + out + len(PARTS) + more

    def run(self) -> Explanation:
        self.limits = binding(self.case, self.plan) if self.whole else []
        self._next("the plan itself", 0)
        best = self.best
        budgets = self._budgets()
        stories = tuple(self._with_budgets(self._project(p), budgets) for p in self.projects if not self._stopped())
        limits = self._limits()
        overrides = self._overrides()
        return Explanation(
            objective=self.plan.objective.name,
            unit="t/yr" if self.plan.objective.name == "capacity" else "points",
            best=best,
            within=self.within,
            projects=stories,
            limits=limits,
            budgets=budgets,
            overrides=overrides,
            complete=self.complete and all(s.asked or s.verdict == "never" for s in stories),
        )

    def _next(self, what: str, count: int = 1) -> None:
        if self.progress is not None:
            self.progress(Step(self.done, self.total, what))
        self.done += count

    def _stopped(self) -> bool:
        stopped = self.stop is not None and self.stop.is_set()
        self.complete = self.complete and not stopped
        return stopped

    def _project(self, project: Project) -> ProjectStory:
        financed = project.id in self.chosen
        name = project.name or project.id
        self._next(f"without {name}" if financed else f"with {name} forced in")
        story = Worth(self.inquiry, self.plan, self.chosen, self.best, self.within).story(project)
        if financed:
            return story
        self._next(f"what would let {name} in")
        return self._with_changes(story, project)

    def _with_changes(self, story: ProjectStory, project: Project) -> ProjectStory:
        """The least changes, where it is money or data that keeps the project out."""
        if self._stopped() or project.status == "barred" or story.reason == "off the country list":
            return story
        if story.loss is not None and story.loss.high <= 1e-9:
            return story  # a plan that is as good has it already
        changes, lacking = Entry(self.case, project, self.best.low, self.inquiry.options, self.stop).changes()
        return story.model_copy(update={"changes": tuple(changes), "unchanged": lacking})

    def _budgets(self) -> tuple[BudgetPoint, ...]:
        found: list[BudgetPoint] = []
        for part in PARTS:
            if self._stopped():
                break
            self._next(f"with {part:.0%} of the money")
            if (at := point(self.inquiry, self.chosen, part)) is not None:
                found.append(at)
        if found:
            total = self.case.settings.total_budget_m
            here = BudgetPoint(part=1.0, budget_m=total, value=self.best, projects=tuple(sorted(self.chosen)))
            found.append(here)
        return tuple(sorted(found, key=lambda b: b.part))

    def _with_budgets(self, story: ProjectStory, budgets: tuple[BudgetPoint, ...]) -> ProjectStory:
        return story.model_copy(update={"at_budgets": tuple(b.part for b in budgets if story.id in b.projects)})

    def _limits(self) -> tuple[LimitStory, ...]:
        found: list[LimitStory] = []
        steps = Steps(self.inquiry, self.chosen, self.best)
        for limit in self.limits:
            if self._stopped():
                break
            self._next(f"a step more of {limit.name}")
            if (story := steps.story(limit)) is not None:
                found.append(story)
        return tuple(found)

    def _overrides(self) -> OverrideCosts:
        if not self.whole or self._stopped():
            return OverrideCosts(alone=(), together=None)
        manifest: dict[str, Any] = self.plan.manifest
        self._next("the costs of overrides", len(overrides_of(self.case)))
        return price_overrides(self.inquiry, self.chosen, self.best, manifest)

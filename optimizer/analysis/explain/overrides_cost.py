"""Cost of the planner's overrides: every committed and barred project, alone and all together.

The case is loaded once with all of them lifted; each question puts some back. The cost of one is the best value
without it, all others kept, less the best value with all of them. Where a rule picks projects by their status, a decision
also changes what the rule counts: each question then has a case of its own, and lifting can lose value too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models import checks
from models.case import Case
from models.schema import Project
from models.sets import Sets
from optimizer.analysis.explain.explanation import OverrideCost, OverrideCosts
from optimizer.analysis.what_if import Inquiry, Span, WhatIfResult, swap
from optimizer.solver.no_solution import NoSolution
from optimizer.solver.reoptimize import Question


def overrides_of(case: Case) -> list[Project]:
    """The projects whose status is an override."""
    return [p for p in case.projects if p.status in ("committed", "barred")]


def source_of(case: Case, project: Project, manifest: Mapping[str, Any]) -> str:
    """Origin of the override: the option, or the status cell."""
    recorded = manifest.get("overrides", {})
    for option, status in (("include", "committed"), ("exclude", "barred")):
        names = {str(n).strip().casefold() for n in recorded.get(option, ())}
        if project.status == status and project.id.casefold() in names:
            return f"--{option}"
    return case.cell("projects", project.row, "status")


def lifted(case: Case, projects: Sequence[Project]) -> Case:
    """The case with these projects as candidates."""
    names = {p.id for p in projects}
    free = tuple(p.model_copy(update={"status": "candidate"}) if p.id in names else p for p in case.projects)
    return case.model_copy(update={"projects": free})


@dataclass(frozen=True)
class LiftedOverrides:
    """The overrides of a case that can be lifted, and the case without them."""

    case: Case
    inquiry: Inquiry
    free: tuple[Project, ...]
    chosen: Mapping[str, int]
    best: Span

    @property
    def changes_rules(self) -> bool:
        """Whether a rule picks projects by their status."""
        return any(column == "status" for rule in self.case.rules for column, _ in rule.picks.projects)

    def without(self, names: Sequence[str]) -> WhatIfResult | None:
        """The best plan with these lifted, all others kept. Raises NoSolutionFound."""
        if self.changes_rules:
            lifted_sets = Sets(lifted(self.case, [p for p in self.free if p.id in names]))
            return self.inquiry.of_other(lifted_sets).ask(Question(), start=self.chosen)
        kept = [p for p in self.free if p.id not in names and self.inquiry.can_decide(p.id)]
        question = Question(
            include=frozenset(p.id for p in kept if p.status == "committed"),
            exclude=frozenset(p.id for p in kept if p.status == "barred"),
        )
        return self.inquiry.ask(question, start=self.chosen)

    def cost(self, answer: WhatIfResult | None) -> Span | None:
        """Value lost; never negative, where lifting a decision can only widen the choice."""
        if answer is None:
            return None
        if self.changes_rules:
            return Span(low=answer.span.low - self.best.high, high=answer.span.high - self.best.low)
        return Span(
            low=max(0.0, answer.span.low - self.best.high),
            high=max(0.0, max(answer.span.high, self.best.low) - self.best.low),
        )


def opened(inquiry: Inquiry, chosen: Mapping[str, int], best: Span) -> tuple[LiftedOverrides, dict[str, str]]:
    """The overrides of the inquiry's case that can be lifted, and for the others the reason why not."""
    case = inquiry.sets.case
    known = {str(f) for f in checks.check(case)[0]}
    stuck: dict[str, str] = {}
    free: list[Project] = []
    for project in overrides_of(case):
        faults = [f for f in checks.check(lifted(case, [project]))[0] if str(f) not in known]
        if faults:
            stuck[project.id] = f"{faults[0].cell}: {faults[0].message}"
        else:
            free.append(project)
    again = inquiry.of_other(Sets(lifted(case, free)))
    return LiftedOverrides(case, again, tuple(free), chosen, best), stuck


def cost_of(
    overrides: LiftedOverrides, case: Case, project: Project, manifest: Mapping[str, Any], why: str
) -> OverrideCost:
    """The cost of one override."""
    status: Any = project.status
    record = OverrideCost(id=project.id, status=status, source=source_of(case, project, manifest), cost=None, note=why)
    if why:
        return record
    try:
        if not overrides.inquiry.can_decide(project.id):
            reason = overrides.inquiry.sets.barred.get(project.id, ("", "it has no decision year in the horizon"))[1]
            return record.model_copy(update={"cost": Span(low=0.0, high=0.0), "note": f"out in any case: {reason}"})
        answer = overrides.without([project.id])
    except NoSolution:
        return record.model_copy(update={"note": "not worked out in the time given"})
    moved = swap(overrides.chosen, answer.chosen) if answer else record.swap
    return record.model_copy(update={"cost": overrides.cost(answer), "swap": moved})


def together(overrides: LiftedOverrides) -> Span | None:
    """The cost of all overrides together; None if there are none, or if it was not computed."""
    if not overrides.free:
        return None
    try:
        return overrides.cost(overrides.without([p.id for p in overrides.free]))
    except NoSolution:
        return None


def price_overrides(
    inquiry: Inquiry, chosen: Mapping[str, int], best: Span, manifest: Mapping[str, Any]
) -> OverrideCosts:
    """Every override of the inquiry's case, alone and together."""
    case = inquiry.sets.case
    if not overrides_of(case):
        return OverrideCosts(alone=(), together=None)
    overrides, stuck = opened(inquiry, chosen, best)
    alone = tuple(cost_of(overrides, case, p, manifest, stuck.get(p.id, "")) for p in overrides_of(case))
    return OverrideCosts(alone=alone, together=together(overrides))

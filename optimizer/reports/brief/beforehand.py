"""Decisions that the planner made beforehand, with their cost: committed and barred projects."""

from collections.abc import Iterable, Sequence

from models.case import Case
from models.plan import Plan
from models.schema import Project
from optimizer.reports.answers.files import AnswerReport
from optimizer.reports.formatting import clauses, count, listed, shorten
from optimizer.reports.language import tr

MOST = 5
"""Decisions that are named with their cost, and projects in a sentence."""
WHY, OVERRIDES, LIMITS = "Why", "Overrides", "Limits"
"""Mark of an explanation among the answers of a plan, and two of its tables."""


def lines(case: Case, plan: Plan, answers: Iterable[AnswerReport] = ()) -> list[str]:
    """Committed and barred projects, with the cost of each if an explanation has it."""
    fixed = {status: [p for p in case.projects if p.status == status] for status in ("committed", "barred")}
    committed, barred = _names(fixed["committed"]), _names(fixed["barred"])
    sentences = [tr("Must be financed: {projects}.", projects=committed)] if committed else []
    sentences += [tr("Must not be financed: {projects}.", projects=barred)] if barred else []
    if not sentences:
        return [tr("No project was committed or barred beforehand.")] if plan.projects else []
    costs = clauses(
        tr("{name} {amount}", name=shorten(str(row[0]), 80), amount=row[3])
        for row in _rows(answers, OVERRIDES)[: MOST + 1]
    )
    if costs:
        return [*sentences, tr("What each decision costs, the others kept: {costs}.", costs=costs)]
    return [*sentences, tr("The cost of these decisions is not computed here (mine2magnet explain computes it).")]


def _names(projects: Sequence[Project]) -> str:
    named = listed(shorten(p.name or p.id, 60) for p in projects[:MOST])
    if len(projects) <= MOST:
        return named
    return tr("{names} and {more}", names=named, more=count(len(projects) - MOST, "more project"))


def steps(answers: Iterable[AnswerReport]) -> list[str]:
    """Value of one step more of each binding limit, the largest first, if the plan was explained."""
    return [tr("{limit} would gain {gain}.", limit=row[0], gain=row[1]) for row in _rows(answers, LIMITS)[:MOST]]


def _rows(answers: Iterable[AnswerReport], name: str) -> list[Sequence[object]]:
    """Rows of a table of the explanation; none where the plan was not explained."""
    grids = [grid for answer in answers if answer.mark == WHY for grid in answer.grids if grid.name == name]
    return [row for grid in grids for row in grid.rows]

"""What is known of every project before any search: the plan's reason, and from the relaxation the least that is lost.

The relaxation bounds the value of every plan without a financed project, or with one that is left out. Where the plan is
better than that bound by more than the asked distance, the project is core or exterior: no search is needed for it.
"""

from collections.abc import Iterator, Sequence

from models.schema import Project
from optimizer.analysis.explain.explanation import ProjectStory
from optimizer.analysis.explain.project_value import ProjectValue
from optimizer.analysis.what_if import Inquiry, without
from optimizer.solver.reoptimize import Question

MARGIN = 1e-7
"""Part of max(1, |value|) by which a bound of the relaxation is loosened: its rows are met within a tolerance."""


def first_answers(value: ProjectValue, projects: Sequence[Project]) -> Iterator[ProjectStory]:
    """The stories of the projects in their order, each with `at_least` where the relaxation says something."""
    questions = {p.id: _question(value, p) for p in projects if _is_asked(value.inquiry, p)}
    bounds = dict(zip(questions, value.inquiry.session.bounds(list(questions.values())), strict=True))
    for project in projects:
        story = value.unasked(project)
        bound = bounds.get(project.id)
        yield story if bound is None else _with_bound(value, story, bound)


def _is_asked(inquiry: Inquiry, project: Project) -> bool:
    return inquiry.can_decide(project.id) and project.status != "committed"


def _question(value: ProjectValue, project: Project) -> Question:
    financed = project.id in value.chosen
    return without([project.id]) if financed else Question(include=frozenset([project.id]))


def _with_bound(value: ProjectValue, story: ProjectStory, bound: float) -> ProjectStory:
    low = value.best.low - bound - MARGIN * max(1.0, abs(bound))
    if low <= 0:
        return story
    verdict = value.settled(story) if value.is_certain(low) else story.verdict
    return story.model_copy(update={"at_least": low, "verdict": verdict})

"""Results for every project before any search: the plan's reason, and the least loss by the relaxation.

The relaxation bounds the value of every plan without a financed project, or with one that is left out. Where the plan is
better than that bound by more than the asked distance, the project is core or exterior: no search is needed for it.
"""

from collections.abc import Iterator, Sequence

from models.schema import Project
from optimizer.analysis.explain.explanation import ProjectStory
from optimizer.analysis.explain.project_value import ProjectValue
from optimizer.analysis.what_if import loosened


def first_answers(value: ProjectValue, projects: Sequence[Project]) -> Iterator[ProjectStory]:
    """The stories of the projects in their order, each with `at_least` where the relaxation says something."""
    questions = {p.id: value.question(p) for p in projects if value.is_free(p)}
    bounds = dict(zip(questions, value.inquiry.session.bounds(list(questions.values())), strict=True))
    for project in projects:
        story = value.unasked(project)
        bound = bounds.get(project.id)
        yield story if bound is None else value.bounded(story, loosened(bound))

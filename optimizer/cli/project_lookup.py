"""Finds the project that a word of the command line names."""

from models.case import Case
from models.schema import Project
from optimizer.errors import Refusal
from optimizer.workbook.project_names import NamedProject, UnknownProject, find_project


def project_of(case: Case, text: str) -> Project:
    """The project with this id, name or cell. Raises Refusal, with the nearest names, if there is none."""
    layout = case.layouts.get("projects")
    names = [NamedProject(p.id, p.name, p.row) for p in case.projects]
    try:
        project_id = find_project(text, names, layout.title if layout else "projects")
    except UnknownProject as error:
        raise Refusal("usage", str(error)) from error
    return next(p for p in case.projects if p.id == project_id)

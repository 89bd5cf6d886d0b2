"""Which project a planner means: an id, a name or a cell, in any case, with suggestions."""

import re
from difflib import get_close_matches

from models.case import Case
from models.schema import Project
from optimizer.errors import Refusal

_CELL = re.compile(r"(?:'?(?P<sheet>[^!']+)'?!)?\$?[A-Za-z]{0,3}\$?(?P<row>\d+)(?::\$?[A-Za-z]*\$?\d+)?")
"""projects!F17, F17, 17, projects!17:17."""


def _form(text: str) -> str:
    return " ".join(text.split()).casefold()


def project_of(case: Case, text: str) -> Project:
    """The project that a word of the command line means. Refuses, with the nearest names, what none has."""
    wanted = _form(text)
    for field in ("id", "name"):
        found = [p for p in case.projects if _form(getattr(p, field)) == wanted]
        if len(found) == 1:
            return found[0]
        if found:
            raise Refusal("usage", f"{len(found)} projects are named {text}: use an id, {found[0].id} or {found[1].id}")
    if (at := _in_row(case, text)) is not None:
        return at
    raise Refusal("usage", f'there is no project "{text}"{_near(case, wanted)}')


def _in_row(case: Case, text: str) -> Project | None:
    """The project of a cell of the `projects` sheet."""
    cell = _CELL.fullmatch(text.strip())
    if cell is None:
        return None
    layout = case.layouts.get("projects")
    sheet = cell["sheet"]
    if sheet is not None and _form(sheet) not in ("projects", _form(layout.title) if layout else "projects"):
        raise Refusal(
            "usage", f"{text} is not a cell of the projects sheet: name a project by its id, name or cell there"
        )
    row = int(cell["row"])
    return next((p for p in case.projects if p.row == row and row), None)


def _near(case: Case, wanted: str) -> str:
    names = {_form(n): p.id for p in case.projects for n in (p.name, p.id) if n}
    near = list(dict.fromkeys(names[n] for n in get_close_matches(wanted, names, 3, 0.5)))
    return f"; did you mean {' or '.join(near)}?" if near else "; name an id, a name or a cell of the projects sheet"

"""Look up the project that a planner names on the command line by id, name or cell."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from models.nearest import did_you_mean, nearest_names

_CELL = re.compile(r"(?:'?(?P<sheet>[^!']+)'?!)?\$?[A-Za-z]{0,3}\$?(?P<row>\d+)(?::\$?[A-Za-z]*\$?\d+)?")
"""projects!F17, F17, 17, projects!17:17."""
_LONGEST = 200
"""Letters of a text that are looked up; no id or name is longer."""


class UnknownProject(ValueError):
    """The text means no project, or several; the message names the nearest."""


@dataclass(frozen=True)
class NamedProject:
    """The names of a project."""

    id: str
    name: str
    row: int
    """Row in the sheet; 0 where the project was made in code."""


def find_project(text: str, projects: Sequence[NamedProject], title: str = "projects") -> str:
    """The id of the project that a text means: its id before its name, its name before its cell.

    Args:
        text: as typed; case, spaces and full-width letters do not matter.
        projects: all projects of the workbook.
        title: the title of their sheet, in which a cell counts.

    Raises UnknownProject.
    """
    sought = _form(text)
    for field in ("id", "name"):
        meant = [p for p in projects if _form(getattr(p, field)) == sought]
        if len(meant) == 1:
            return meant[0].id
        if meant:
            raise UnknownProject(f'{len(meant)} projects are named "{text}"; give an id: {_listed(meant)}')
    if (row := _row_of(text, title)) is not None and (at := next((p for p in projects if p.row == row), None)):
        return at.id
    raise UnknownProject(f'"{text}" is not the id of a project, nor its name or cell{_near(sought, projects)}')


def _form(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text[:_LONGEST]).split()).casefold()


def _row_of(text: str, title: str) -> int | None:
    """The row of the cell that a text names."""
    cell = _CELL.fullmatch(text.strip()[:_LONGEST])
    if cell is None:
        return None
    if cell["sheet"] is not None and _form(cell["sheet"]) not in ("projects", _form(title)):
        raise UnknownProject(
            f"{text} is not a cell of the projects sheet; name a project by its id, name or cell there"
        )
    return int(cell["row"]) or None


def _near(sought: str, projects: Sequence[NamedProject]) -> str:
    """The projects that hold the text in their name, then those whose names are spelled alike."""
    names = {_form(word): p.id for p in projects for word in (p.name, p.id) if word}
    within = [
        name for name in names if sought and len(sought) > 1 and (sought in name or (len(name) > 2 and name in sought))
    ]
    alike = nearest_names(sought, names, 3, 0.75) or nearest_names(sought, names, 3, 0.5)
    near = list(dict.fromkeys(names[name] for name in (*within, *alike)))[:3]
    return did_you_mean(*near)


def _listed(projects: Sequence[NamedProject]) -> str:
    return " or ".join(p.id for p in projects[:4]) + (" or ..." if len(projects) > 4 else "")

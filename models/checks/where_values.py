"""Find values of a `where` that no project has but that resemble a value of the column."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from models.measures import column_value
from models.schema import Project, Where
from models.yes_no import as_yes_no

_CLOSE = 0.85
_SHORTEST = 4
"""Least number of letters of values that are compared: AU and AT are two countries."""
_CHECKED = ("stage", "status", "country")
"""Columns whose values are compared with the values that projects have."""
_MOST_COMPARED = 500
"""Most values of a column that are compared: a column with more holds names, and comparing takes time."""


def other_spellings(picks: Where, projects: Iterable[Project]) -> Iterator[tuple[str, str, str]]:
    """Column, value and the value meant, for every value that no project holds and that looks like one that some do.

    >>> p = Project(row=0, id="a", country="US", stage="mine", capacity_tpa=1, capex_m=1, texts={"owner": "State-owned"})
    >>> list(other_spellings(Where(projects=(("owner", ("state owned",)),)), [p]))
    [('owner', 'state owned', 'state-owned')]
    """
    projects = tuple(projects)
    for column, values in picks.projects:
        if column in _CHECKED:
            continue
        held = sorted({column_value(p, column) for p in projects} - {""})
        for value in values:
            if value not in held and len(held) <= _MOST_COMPARED:
                meant = next((h for h in held if _is_same_word(value, h)), None)
                if meant is not None:
                    yield column, value, meant


def _is_same_word(value: str, held: str) -> bool:
    """Whether two values are one in another spelling; names that differ by a number are two."""
    answers = as_yes_no(value), as_yes_no(held)
    if None not in answers:
        return answers[0] == answers[1]
    one, other = _signs(value), _signs(held)
    if one == other:
        return bool(one)
    if re.findall(r"\d+", one) != re.findall(r"\d+", other) or min(len(one), len(other)) < _SHORTEST:
        return False
    if set(value.split()) < set(held.split()) and max(map(len, value.split())) >= _SHORTEST:
        return True  # `ridge` for `ridge mine`
    return SequenceMatcher(None, one[:100], other[:100], autojunk=False).ratio() >= _CLOSE


def _signs(text: str) -> str:
    """Letters without accents, and figures, of any script."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(one for one in decomposed if one.isalnum())

"""The known name nearest to a misspelt word, and the sentence that proposes it."""

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

from models.text import Text, joined_or

LONGEST_WORD = 100
"""Longest word that is compared, in letters: the time to compare grows with the square of the letters."""

LONGEST_PROPOSAL = 500
"""Longest name that is proposed, in letters."""


def nearest(word: str, names: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known name nearest to a word, in any case and width; None where none is near.

    >>> nearest("Separaton", ("mine", "separation")), nearest("7", ("007", "17")), nearest("x", ("mine",))
    ('separation', '007', None)
    """
    return next(iter(nearest_names(word, names, 1, cutoff)), None)


def nearest_names(word: str, names: Iterable[str], count: int, cutoff: float = 0.6) -> list[str]:
    """The known names nearest to a word, the nearest first.

    Args:
        word: as typed; a word longer than any name has no near one.
        count: how many names at most.
        cutoff: likeness from 0 to 1 that a name must have (`difflib.SequenceMatcher.ratio`).
    """
    if len(word) > LONGEST_WORD:
        return []
    by_form = {_form(name): name for name in names}
    sought = _form(word)
    number = sought.lstrip("0")
    same = [name for form, name in by_form.items() if form == sought or (number and form.lstrip("0") == number)]
    alike = [by_form[form] for form in get_close_matches(sought, by_form, count, cutoff)]
    return list(dict.fromkeys((*same, *alike)))[:count]


def did_you_mean(*proposals: str | None) -> str:
    """The end of a message: the proposals, if there are any.

    >>> did_you_mean("mine"), did_you_mean("a", "b"), did_you_mean(None)
    ('; did you mean mine?', '; did you mean a or b?', '')
    """
    given = [proposal for proposal in proposals if proposal and len(proposal) <= LONGEST_PROPOSAL]
    return Text("; did you mean {names}?", names=joined_or(given)) if given else ""


def _form(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()

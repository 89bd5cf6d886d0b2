"""Read the date of a cell: a spreadsheet's date, or a text that has one meaning only."""

import datetime
import re
from typing import Any

from models.columns import Column
from models.nearest import did_you_mean
from models.text import Text
from optimizer.workbook.cell_values import EPOCH, YEARS, BadCell, Read, Style, plain, shown

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:[T ]00:00(?::00)?)?", re.ASCII)
_WORDS = re.compile(r"(?:(\d{1,2})[ .-]+)?([A-Za-z]{3,9})\.?[ ,-]+(?:(\d{1,2}),? +)?(\d{4})", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
_SERIALS = (20_000, 92_000)
"""Numbers by which spreadsheets keep the days from 1954 to 2151."""
CURE = "write it as 2026-03-31, or 2026-03 for a month"


def date(_column: Column, value: Any, _style: Style) -> Read:
    """The first day of a day, a month or a year. Raises BadCell if a text has two meanings."""
    if isinstance(value, datetime.datetime):
        return _checked(value.date())
    if isinstance(value, datetime.date):
        return _checked(value)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise BadCell(f"{shown(value)} is not a date; {CURE}")
    if isinstance(value, str):
        return _text(value)
    return _number(float(value))


def _number(value: float) -> Read:
    if value.is_integer() and YEARS[0] <= value <= YEARS[1]:
        return Read(
            datetime.date(int(value), 1, 1),
            Text("a year where a date belongs: read as January {year}", year=int(value)),
        )
    days = int(value) if _SERIALS[0] <= value <= _SERIALS[1] else None
    proposal = None if days is None else (EPOCH + datetime.timedelta(days=days)).isoformat()
    raise BadCell(f"{plain(value)} is not a date; format the cell as a date, or {CURE}{did_you_mean(proposal)}")


def _text(text: str) -> Read:
    """`2026-03-31`, `2026-03`, `2026`, `31 March 2026`, `Mar 2026`.

    >>> [_text(t).value.isoformat() for t in ("2026-3-31", "2026-03", "Nov 2025", "15 November 2025", "Nov 15, 2025")]
    ['2026-03-31', '2026-03-01', '2025-11-01', '2025-11-15', '2025-11-15']
    """
    if text.isascii() and text.isdigit() and len(text) <= len("2026"):
        return _number(float(text))
    if match := _ISO.fullmatch(text):
        return _day(text, int(match[1]), int(match[2]), int(match[3] or 1))
    if (match := _WORDS.fullmatch(text)) and match[2][:3].casefold() in _MONTHS:
        return _day(text, int(match[4]), 1 + _MONTHS.index(match[2][:3].casefold()), int(match[1] or match[3] or 1))
    if match := _NUMERIC.fullmatch(text):
        raise BadCell(f"{shown(text)} does not tell day from month; {CURE}{did_you_mean(_only(match))}")
    raise BadCell(f"{shown(text)} is not a date; {CURE}")


def _only(match: re.Match[str]) -> str | None:
    """The date of day and month in either order; None if both could be the month."""
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    pairs = {(m, day) for m, day in ((first, second), (second, first)) if 1 <= m <= len(_MONTHS)}
    if len(pairs) != 1:
        return None
    (month, day) = pairs.pop()
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return None


def _day(text: str, year: int, month: int, day: int) -> Read:
    try:
        named = datetime.date(year, month, day)
    except ValueError:
        raise BadCell(f"{shown(text)} is no day of the calendar; {CURE}") from None
    return _checked(named)


def _checked(day: datetime.date) -> Read:
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise BadCell(f"{day} is not a date from {YEARS[0]} to {YEARS[1]}")
    return Read(day)

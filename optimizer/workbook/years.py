"""Interpret years in headers and cells: read a text that can mean one year only, propose years for others."""

import datetime
import re
import unicodedata
from typing import Any

from optimizer.workbook.cell_values import EPOCH, YEARS, year_of

_CALENDAR = re.compile(r"(?:cy|calendar year|year|yr\.?|jahr|kalenderjahr|西暦)?[ _-]*(\d{4})(?:\.0)?[ _]*(?:年|年間)?")
"""2027, 2027.0, CY2027, Year 2027, 2027年: one calendar year and nothing else."""
_SPAN = re.compile(r"(\d{4}|\d{2})[ ]*[/-][ ]*(\d{4}|\d{2})")
"""2025/26, 25-26: a year of two calendar years."""
_FOUR = re.compile(r"(?<!\d)(\d{4})(?!\d)")
_FISCAL = re.compile(r"(?:fye?|cye?|ye|year|yr|jahr|gj|wj|cy)?[ _.'’-]*(\d{2})(?:[ ]*(?:年度?|e|f|a|p))?")
"""FY26, '26, 26, FY 26E: two digits that mean a year."""
_MONTH = re.compile(
    r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|sept|oct|okt|nov|dec|dez)[a-z]*[ .'’/_-]*(\d{2})|(?:q[1-4]|h[12])[ .'’/_-]*(\d{2})"
)
"""Dec-26, Q1 26."""
_ERA = re.compile(r"(令和|平成|r)[ .]*(\d{1,2})(?:年度?)?")
"""Years of the Japanese eras that began in 2019 (Reiwa) and 1989 (Heisei)."""
_BEFORE_ERA = {"令和": 2018, "r": 2018, "平成": 1988}
_DAY = re.compile(r"((?:19|20|21)\d\d)(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])")
"""20260630: year, month and day without marks between them."""


def normalized(value: str) -> str:
    """Text with full-width letters and digits as plain ones, in small letters, without spaces at its ends."""
    return unicodedata.normalize("NFKC", value).strip().casefold()


def calendar_year(value: Any) -> int | None:
    """The calendar year that a text or a number names and that can be read in no other way; None where there is none.

    >>> [calendar_year(text) for text in ("2027", "CY2027", "Year 2027", "2027年", "２０２７", 2027.0, "FY2027", "2027/28")]
    [2027, 2027, 2027, 2027, 2027, 2027, None, None]
    """
    if isinstance(value, datetime.date):
        return _within(year_of(value))
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _within(int(value)) if float(value).is_integer() else None
    match = _CALENDAR.fullmatch(normalized(value)) if isinstance(value, str) and len(value) < _LONGEST else None
    return _within(int(match[1])) if match else None


def proposed_years(text: str) -> list[int]:
    """The years that a text most likely means, none where it names no year.

    >>> [proposed_years(text) for text in ("FY26", "FY2026", "FY25/26", "'27", "Dec-26", "2027年度", "令和8年度", "26")]
    [[2026], [2026], [2025, 2026], [2027], [2026], [2027], [2026], [2026]]
    >>> [proposed_years(text) for text in ("31/12/2026", "46023", "Total", "share_dy", "H1", "2026E")]
    [[2026], [2026], [], [], [], [2026]]
    """
    text = normalized(text[:_LONGEST])
    span = _SPAN.fullmatch(re.sub(r"^(?:fye?|cy|gj|wj|year|jahr|sy)[ _.'’-]*", "", text))
    if span:
        first = _full(span[1])
        years = [first, _full(span[2]) if len(span[2]) == 4 else first // 100 * 100 + int(span[2])]
    elif named := [int(year) for year in _FOUR.findall(text) if _within(int(year))]:
        years = list(dict.fromkeys(named))
    elif serial := re.fullmatch(r"[345]\d{4}", text):
        years = [(EPOCH + datetime.timedelta(days=int(serial[0]))).year]
    elif era := _ERA.fullmatch(text):
        years = [_BEFORE_ERA[era[1]] + int(era[2])]
    elif day := _DAY.fullmatch(text):
        years = [int(day[1])]
    elif short := _FISCAL.fullmatch(text) or _MONTH.fullmatch(text):
        years = [2000 + int(next(group for group in short.groups() if group))]
    else:
        years = []
    return [year for year in years if _within(year)]


def listed_years(years: list[int]) -> str | None:
    """The years as a proposal lists them: `2025 or 2026`; None for no year.

    >>> listed_years([2025, 2026]), listed_years([])
    ('2025 or 2026', None)
    """
    return " or ".join(map(str, years)) or None


_LONGEST = 60
"""Letters of a text that are looked at for a year."""


def _full(figures: str) -> int:
    return int(figures) if len(figures) == 4 else 2000 + int(figures)


def _within(year: int) -> int | None:
    return year if YEARS[0] <= year <= YEARS[1] else None

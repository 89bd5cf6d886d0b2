"""Age of the evidence: the dates of the rows, and which of them are stale."""

import calendar
import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from models.case import Case
from models.schema import Existing, Price, Programme, Project, Settings

Dated = Project | Programme | Existing | Price
"""A row that can state the date of its numbers."""
SHEETS = ("projects", "programmes", "existing", "prices")
MONTHS = 12


def today(settings: Settings) -> datetime.date:
    """The day from which ages are counted back: the setting, else the first of January of the price year.

    No clock is read, because a plan must not depend on the day on which it is made.
    """
    return datetime.date(settings.price_year, 1, 1) if settings.today is None else settings.today


def oldest_fresh(settings: Settings) -> datetime.date:
    """The first day that is not stale: `stale_after_months` before today.

    >>> oldest_fresh(Settings(today=datetime.date(2026, 8, 31), stale_after_months=18))
    datetime.date(2025, 2, 28)
    """
    day = today(settings)
    months = day.year * MONTHS + day.month - 1 - settings.stale_after_months
    year, month = months // MONTHS, months % MONTHS + 1
    if year < datetime.MINYEAR:
        return datetime.date.min
    return datetime.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def is_stale(case: Case, row: Dated) -> bool:
    """Whether a row's numbers are older than the setting allows; False for a row without a date."""
    return row.as_of is not None and row.as_of < oldest_fresh(case.settings)


@dataclass(frozen=True)
class Age:
    """The rows of one sheet by their dates."""

    sheet: str
    dated: int
    stale: tuple[Dated, ...]
    """The oldest first."""


def ages(case: Case) -> Iterator[Age]:
    """One for each sheet that dates a row."""
    for sheet in SHEETS:
        rows: tuple[Dated, ...] = getattr(case, sheet)
        dated = [row for row in rows if row.as_of is not None]
        if dated:
            stale = (row for row in dated if is_stale(case, row))
            yield Age(sheet, len(dated), tuple(sorted(stale, key=lambda row: (str(row.as_of), row.row))))

"""Common parts of the tables of page and workbook: columns that name a project, the unit of money, words in cells."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from models.case import Case
from models.schema import Project
from optimizer.reports.formatting import shorten
from optimizer.reports.language import N_, tr
from optimizer.reports.report_table import TableColumn
from optimizer.safe_text import printable

T = TypeVar("T")

NO_PROGRAMME = N_("public money")
"""Shown in place of a programme if the case has none."""


def named(project: Callable[[T], Project]) -> list[TableColumn[T]]:
    """Name and id of a project: people read the name first, a worksheet is sorted by the id."""
    return [
        TableColumn("id", lambda row: project(row).id, width=24, on=("sheet", "plan", "left out")),
        TableColumn("project", lambda row: project(row).name or project(row).id, "wrapped", 34),
        TableColumn("id", lambda row: project(row).id, "id", on=("page",)),
    ]


def currency_of(case: Case) -> str:
    """The base currency, as shown to people."""
    return shorten(printable(case.settings.base_currency), 12)


def money_unit(case: Case) -> str:
    """Unit of money, for headings."""
    return tr("M {currency}", currency=currency_of(case))


def joined(values: Iterable[object]) -> str:
    """A list in one cell, in the format of the workbook."""
    return "; ".join(map(str, values))


def yes_no(value: bool) -> str:
    return tr("yes") if value else tr("no")


def tidy(value: float) -> float:
    """A difference of money without its rounding residue: rounded to a hundredth of a unit of currency."""
    return round(value, 8) + 0.0

"""The hand that writes cells: exact numbers, harmless text, one look for every kind of number, sheets that print."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from io import BytesIO
from math import fsum
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

import xlsxwriter

from models.case import Case
from models.plan import Financed, Plan
from models.schema import Programme, Project
from models.sets import Sets
from optimizer.reports.words import shorten

T = TypeVar("T")
Cell = str | float | None
"""A cell: text, a number, or nothing."""

DARK, PALE, GREY = "#1F4E79", "#D6E4F0", "#595959"
_CREATED = datetime(2026, 1, 1)  # noqa: DTZ001  the file format holds no time zone; fixed: no clock in the bytes
_MOST = 32767
"""Characters that a cell of the file format can hold."""
_A4 = 9
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_RISKY = ("=", "+", "-", "@")

LOOKS: dict[str, dict[str, Any]] = {
    "text": {},
    "wrapped": {"text_wrap": True},
    "year": {"num_format": "0", "align": "center"},
    "whole": {"num_format": "#,##0"},
    "money": {"num_format": "#,##0.00"},
    "round": {"num_format": "[=0]0;[<10]0.0;#,##0"},  # few digits: money and tonnes on the first page
    "tonnes": {"num_format": "[=0]0;[<10]0.00;#,##0"},
    "percent": {"num_format": "0.0%"},
    "number": {"num_format": "#,##0.00##"},
    "exact": {"num_format": "0.0########"},
    "tiny": {"num_format": "0.0E+00"},
    "proof": {"num_format": "0.0000%"},
    "header": {"bold": True, "bg_color": DARK, "font_color": "white", "text_wrap": True, "valign": "vcenter", "border": 1,
               "border_color": "#FFFFFF", "num_format": "0"},
    "title": {"bold": True, "font_size": 18, "font_color": DARK, "valign": "vcenter"},
    "section": {"bold": True, "font_size": 10, "font_color": DARK, "bottom": 1, "bottom_color": DARK, "valign": "bottom"},
    "loud": {"bold": True, "font_size": 12, "text_wrap": True, "reading_order": 1, "valign": "vcenter"},
    "sentence": {"font_size": 10, "text_wrap": True, "reading_order": 1, "valign": "vcenter"},
    "small": {"text_wrap": True, "reading_order": 1, "font_color": GREY, "font_size": 8},
    "quiet": {"italic": True, "font_color": GREY},
}  # fmt: skip
"""Look -> what the spreadsheet program is told. Values in the cells are never rounded."""


class Exact(float):
    """A number that keeps every digit in the file: xlsxwriter formats numbers with 16 of the 17 that a double needs."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return repr(float(self))


def clean(text: str) -> str:
    """Text as a cell can hold it: what the file format forbids shows as U+FFFD, what is too long ends in `(cut)`.

    >>> clean("a\\x00b\\x1f"), clean("one\\r\\ntwo"), len(clean("x" * 40000))
    ('a\ufffdb\ufffd', 'one\\ntwo', 32767)
    """
    text = _FORBIDDEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    units = text.encode("utf-16-le")
    if len(units) <= 2 * _MOST:
        return text
    return units[: 2 * (_MOST - 10)].decode("utf-16-le", "ignore") + " ... (cut)"


@dataclass(frozen=True)
class Column(Generic[T]):
    """One column of a table: its header with the unit, and what a row has in it."""

    header: str | int
    value: Callable[[T], Cell]
    look: str | Callable[[T], str] = "text"
    width: float = 12
    note: str = ""
    """Comment on the header: what the number means."""
    total: bool = False
    """Whether the row of totals adds it up."""

    def look_of(self, row: T) -> str:
        return self.look if isinstance(self.look, str) else self.look(row)


class Kit:
    """A workbook in the making, the case and the plan it shows, and what several sheets need to know of them."""

    def __init__(self, case: Case, plan: Plan, stream: BytesIO, names: Iterable[str]) -> None:
        self.case = case
        self.plan = plan
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.book = xlsxwriter.Workbook(stream, options)
        self.book.set_properties(
            {"title": clean(f"Financing plan: {case.name}"), "author": "mine2magnet", "created": _CREATED}
        )
        self.book.set_size(2200, 1400)
        self.sheets: dict[str, Any] = {name: self.book.add_worksheet(name) for name in names}
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.book.close()

    # -- what the sheets share -------------------------------------------------------------------------------------

    @cached_property
    def sets(self) -> Sets:
        return Sets(self.case)

    @cached_property
    def projects(self) -> dict[str, Project]:
        return {p.id: p for p in self.case.projects}

    @cached_property
    def programmes(self) -> dict[str, Programme]:
        return {p.id: p for p in self.case.programmes}

    @cached_property
    def financed(self) -> dict[str, Financed]:
        return {f.id: f for f in self.plan.projects}

    @property
    def unit(self) -> str:
        """Unit of money, for headers."""
        return f"M {shorten(self.case.settings.base_currency, 12)}"

    # -- cells -----------------------------------------------------------------------------------------------------

    def format(self, look: str, **more: Any) -> Any:
        """The format of a look, with changes; made once."""
        made = {"font_name": "Arial", "font_size": 9, "valign": "top", **LOOKS[look], **more}
        key = tuple(sorted(made.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(made)
        return self._formats[key]

    def put(self, sheet: Any, row: int, column: int, value: Cell, look: str = "text", **more: Any) -> None:
        """One cell, rows and columns counted from 0. Text is never read as a formula, a link or a number."""
        if value is None:
            sheet.write_blank(row, column, None, self.format(look, **more))
        elif isinstance(value, str):
            if value.startswith(_RISKY):
                more = {**more, "quote_prefix": True}  # stays text when somebody edits the cell
            sheet.write_string(row, column, clean(value), self.format(look, **more))
        else:
            number = value if isinstance(value, int) else Exact(value + 0.0)  # + 0.0: no minus zero
            sheet.write_number(row, column, number, self.format(look, **more))

    # -- tables ----------------------------------------------------------------------------------------------------

    def table(
        self,
        name: str,
        columns: Sequence[Column[T]],
        rows: Iterable[T],
        *,
        keep: int = 1,
        empty: str = "",
        top: int = 0,
    ) -> int:
        """A table with frozen header and filters, from row `top` on, set up to print. `keep` columns stay in view.

        Returns the row below it. With `empty`, that sentence stands where there is no row.
        """
        sheet = self.sheets[name]
        for at, column in enumerate(columns):
            self.put(sheet, top, at, column.header, "header")
            if column.note:
                sheet.write_comment(top, at, column.note, {"author": "mine2magnet", "x_scale": 1.8})
            sheet.set_column(at, at, column.width)
        sheet.set_row(top, 38)
        below = self.rows(name, columns, rows, top + 1)
        if below == top + 1 and empty:
            self.put(sheet, below, 0, empty, "quiet")
            below += 1
        sheet.freeze_panes(top + 1, keep)
        sheet.autofilter(top, 0, max(below - 1, top + 1), len(columns) - 1)
        self.printable(name, below - 1, len(columns) - 1)
        sheet.repeat_rows(top)
        return below

    def rows(self, name: str, columns: Sequence[Column[T]], rows: Iterable[T], first: int, **more: Any) -> int:
        """Rows alone, from row `first` on. Returns the row below them."""
        sheet, given = self.sheets[name], list(rows)
        for at, row in enumerate(given, first):
            for n, column in enumerate(columns):
                self.put(sheet, at, n, column.value(row), column.look_of(row), **more)
        return first + len(given)

    def totals(self, name: str, columns: Sequence[Column[T]], rows: Iterable[T], at: int, label: str) -> int:
        """A row with the sums of the columns that add up. Returns the row below it."""
        rows, sheet = list(rows), self.sheets[name]
        for n, column in enumerate(columns):
            value: Cell = label if n == 0 else None
            if column.total:
                value = fsum(v for row in rows if isinstance(v := column.value(row), int | float))
            look = column.look if isinstance(column.look, str) else "number"
            self.put(sheet, at, n, value, look, bold=True, top=1, bg_color=PALE)
        return at + 1

    def heading(self, name: str, at: int, text: str) -> int:
        """A heading between two parts of a sheet. Returns the row below it."""
        self.put(self.sheets[name], at, 0, text, "section")
        return at + 1

    def printable(self, name: str, last_row: int, last_column: int, pages: int = 0) -> None:
        """A4 landscape, one page wide, with the case and page numbers below. `pages` 0: as many as it takes."""
        sheet = self.sheets[name]
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, pages)
        sheet.print_area(0, 0, last_row, last_column)
        sheet.set_margins(left=0.4, right=0.4, top=0.4, bottom=0.6)
        title = shorten(clean(self.case.name), 60).replace("&", "&&")
        sheet.set_footer(f"&L&8{title}&C&8{name}&R&8Page &P of &N")


def joined(values: Iterable[object]) -> str:
    """A list in one cell, as the workbook writes lists."""
    return "; ".join(map(str, values))


def yes_no(value: bool) -> str:
    return "yes" if value else "no"


def tidy(value: float) -> float:
    """A difference of money without the dust of floating point: to the hundredth of a unit of currency."""
    return round(value, 8) + 0.0


def at_years(years: Iterable[int], look: str, values: Callable[[T], Mapping[int, Cell]]) -> list[Column[T]]:
    """A column a year."""

    def column(year: int) -> Column[T]:
        return Column(year, lambda row: values(row)[year], look, 9)

    return [column(year) for year in years]

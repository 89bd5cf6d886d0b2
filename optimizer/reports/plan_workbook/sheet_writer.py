"""Writes cells: exact numbers, harmless text, one look for every kind of number, sheets that print."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from math import ceil, fsum
from types import TracebackType
from typing import Any, Generic, Self, TypeVar
from unicodedata import east_asian_width

import xlsxwriter

from models.case import Case
from models.plan import Financed, Plan
from models.schema import Programme, Project
from models.sets import Sets
from optimizer import safe_text
from optimizer.reports.formatting import CELL_FORMATS, shorten
from optimizer.reports.masthead import masthead, name_of
from optimizer.reports.report_table import CREATED

T = TypeVar("T")
Cell = str | float | None
"""A cell: text, a number, or nothing."""

DARK, PALE, GREY = "#1F4E79", "#D6E4F0", "#595959"
FONT = {"font_name": "Arial", "font_size": 10}
"""Where Arial is missing its replacement is as wide, so that columns and charts keep their places."""
_MOST = 32767
"""Characters that a cell of the file format can hold."""
_A4 = 9
_HIGHEST = 400
"""Points: the highest row that spreadsheet programs show is 409."""
_PAGE = 225
"""Characters of column width that are still easy to read across one printed page."""
_RISKY = ("=", "+", "-", "@")

NUMBERS = ("whole", "money", "round", "tonnes", "percent", "number", "exact", "tiny", "proof")
"""Looks that are number formats alone."""
LOOKS: dict[str, dict[str, Any]] = {
    "text": {"align": "left", "indent": 1},
    "wrapped": {"align": "left", "indent": 1, "text_wrap": True},
    **{name: {"num_format": CELL_FORMATS[name]} for name in NUMBERS},
    "year": {"num_format": CELL_FORMATS["year"], "align": "center"},
    "header": {"bold": True, "bg_color": DARK, "font_color": "white", "text_wrap": True, "align": "center",
               "valign": "vcenter", "border": 1, "border_color": "#FFFFFF", "num_format": CELL_FORMATS["year"]},
    "title": {"bold": True, "font_size": 18, "font_color": DARK, "valign": "vcenter"},
    "section": {"bold": True, "font_size": 10, "font_color": DARK, "bottom": 1, "bottom_color": DARK,
                "valign": "bottom"},
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
    """Text as a cell can hold it: what `safe_text.printable` takes out shows as U+FFFD, what is too long ends in `(cut)`.

    >>> clean("a\\x00b\\x1f"), clean("one\\r\\ntwo"), clean("x" * 40000)[-9:]
    ('a\ufffdb\ufffd', 'one\\ntwo', '... (cut)')
    """
    text = safe_text.printable(text.replace("\r\n", "\n").replace("\r", "\n"))
    units = text.encode("utf-16-le")
    if len(units) <= 2 * _MOST:
        return text
    return units[: 2 * (_MOST - 10)].decode("utf-16-le", "ignore") + " ... (cut)"


@dataclass(frozen=True)
class SheetColumn(Generic[T]):
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


class BookWriter:
    """Writes a workbook: holds the case, the plan and what several sheets read of them."""

    def __init__(self, case: Case, plan: Plan, stream: BytesIO, names: Iterable[str]) -> None:
        self.case = case
        self.plan = plan
        plain = {f"strings_to_{kind}": False for kind in ("formulas", "urls", "numbers")}
        font = {"default_format_properties": dict(FONT)}  # a copy: xlsxwriter writes into it
        self.book = xlsxwriter.Workbook(stream, {"in_memory": True, **font, **plain})
        author = clean(", ".join(filter(None, (case.settings.agency, case.settings.author)))) or "mine2magnet"
        self.book.set_properties({"title": masthead(case, plan).title, "author": author, "created": CREATED})
        self.book.set_size(2200, 1400)
        self.sheets: dict[str, Any] = {name: self.book.add_worksheet(name) for name in names}
        self._formats: dict[tuple[object, ...], Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
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
    def currency(self) -> str:
        """The base currency, for people."""
        return shorten(clean(self.case.settings.base_currency), 12)

    @property
    def unit(self) -> str:
        """Unit of money, for headers."""
        return f"M {self.currency}"

    # -- cells -----------------------------------------------------------------------------------------------------

    def format(self, look: str, **more: Any) -> Any:
        """The format of a look, with changes; made once."""
        key = (look, *sorted(more.items()))
        if key not in self._formats:
            properties = {**FONT, "font_size": 9, "valign": "top", **LOOKS[look], **more}
            self._formats[key] = self.book.add_format(properties)
        return self._formats[key]

    def put(self, sheet: Any, row: int, column: int, value: Cell, look: str = "text", **more: Any) -> None:
        """One cell, rows and columns counted from 0. Text is never read as a formula, a link or a number."""
        if value is None or value == "":
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
        columns: Sequence[SheetColumn[T]],
        rows: Iterable[T],
        *,
        keep: int = 1,
        empty: str = "",
        repeat: bool = True,
    ) -> int:
        """A table from the first cell on, header frozen, with filters, set up to print; `keep` columns stay in view.

        Returns the row below it. With `empty`, that sentence stands where there is no row. With `repeat` the header
        is printed on every page.
        """
        sheet = self.sheets[name]
        for at, column in enumerate(columns):
            header = column.header if isinstance(column.header, int) else column.header.replace(" (", "\n(")
            self.put(sheet, 0, at, header, "header")
            sheet.set_column(at, at, column.width)
            if column.note:
                sheet.write_comment(0, at, column.note, {"author": "mine2magnet", "x_scale": 1.8})
        sheet.set_row(0, 38)
        sheet.freeze_panes(1, keep)
        below = self.rows(name, columns, rows, 1)
        sheet.autofilter(0, 0, max(below - 1, 1), len(columns) - 1)
        if below == 1 and empty:
            self.put(sheet, below, 0, empty, "quiet")
            below += 1
        if repeat:
            sheet.repeat_rows(0)
            sheet.repeat_columns(0, keep - 1)
        self.printable(name, below - 1, len(columns) - 1, across=pages_across(columns))
        return below

    def rows(self, name: str, columns: Sequence[SheetColumn[T]], rows: Iterable[T], first: int, **more: Any) -> int:
        """Rows alone, from row `first` on, as high as their wrapped text needs. Returns the row below them."""
        sheet, given = self.sheets[name], list(rows)
        for at, row in enumerate(given, first):
            lines = 1
            for n, column in enumerate(columns):
                value, look = column.value(row), column.look_of(row)
                self.put(sheet, at, n, value, look, **more)
                if look == "wrapped" and isinstance(value, str):
                    lines = max(lines, lines_of(value, 1.3 * column.width - 5))
            sheet.set_row(at, min(_HIGHEST, 3 + 12 * lines))
        return first + len(given)

    def totals(self, name: str, columns: Sequence[SheetColumn[T]], rows: Iterable[T], at: int, label: str) -> int:
        """A row with the sums of the columns that add up. Returns the row below it."""
        rows, sheet = list(rows), self.sheets[name]
        for n, column in enumerate(columns):
            value: Cell = label if n == 0 else None
            if column.total:
                value = fsum(v for row in rows if isinstance(v := column.value(row), int | float))
            look = column.look if isinstance(column.look, str) else "number"
            self.put(sheet, at, n, value, look, bold=True, top=1, bg_color=PALE)
        self.printable(name, at, len(columns) - 1, across=pages_across(columns))
        return at + 1

    def heading(self, name: str, at: int, text: str) -> int:
        """A heading between two parts of a sheet. Returns the row below it."""
        self.put(self.sheets[name], at, 0, text, "section")
        return at + 1

    def printable(self, name: str, last_row: int, last_column: int, *, across: int = 1, down: int = 0) -> None:
        """A4 landscape, so many pages across and down (0: as many as it takes), case and page numbers below."""
        sheet = self.sheets[name]
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(across, down)
        sheet.print_area(0, 0, last_row, last_column)
        sheet.set_margins(left=0.4, right=0.4, top=0.4, bottom=0.6)
        title = shorten(name_of(self.case), 60).replace("&", "&&")
        sheet.set_footer(f"&L&8{title}&C&8{name}&R&8Page &P of &N")


def pages_across(columns: Sequence[SheetColumn[T]]) -> int:
    """Printed pages that a table is wide."""
    return ceil(sum(column.width for column in columns) / _PAGE)


def width_of(text: str) -> int:
    """Columns that a text takes: letters of East Asian scripts and emoji take two."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def lines_of(text: str, width: float) -> int:
    """Lines that a text takes when it is wrapped at a width in characters."""
    return sum(max(1, ceil(width_of(line) / width)) for line in text.split("\n"))


def joined(values: Iterable[object]) -> str:
    """A list in one cell, as the workbook writes lists."""
    return "; ".join(map(str, values))


def yes_no(value: bool) -> str:
    return "yes" if value else "no"


def tidy(value: float) -> float:
    """A difference of money without a rounding residue: to the hundredth of a unit of currency."""
    return round(value, 8) + 0.0

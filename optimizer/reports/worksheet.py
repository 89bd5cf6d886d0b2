"""Tables as worksheets: exact numbers, text that is never a formula, one format for each kind of cell, print set-up."""

from collections.abc import Sequence
from io import BytesIO
from math import ceil, fsum
from types import TracebackType
from typing import Any, Self
from unicodedata import east_asian_width

from optimizer import safe_text
from optimizer.reports.formatting import shorten
from optimizer.reports.language import language, tr
from optimizer.reports.masthead import FILE_DATE, Masthead
from optimizer.reports.report_table import NUMBER_FORMATS, Grid, GridColumn, Typed

Cell = str | float | None
"""A cell: text, a number, or nothing."""

DARK, PALE, GREY = "#1F4E79", "#D6E4F0", "#595959"
FONTS = {"ja": "Yu Gothic"}
"""Language -> a font with its letters. Others use Arial, because fonts that replace it have the same widths."""
_TALL, _WIDE = {"ja": 1.3}, {"ja": 1.15}
"""Language -> height of its lines and width of its letters, relative to Arial."""
_PLAIN = {f"strings_to_{kind}": False for kind in ("formulas", "urls", "numbers")}
_MOST = 32767
"""Maximum number of characters in a cell of the file format."""
_A4, _HEADER = 9, 160
"""The paper format, and the maximum number of characters of a page header."""
_HIGHEST = 400
"""Maximum row height, points; spreadsheet programs show at most 409."""
_PAGE = 225
"""Total column width, in characters, up to which one printed page is easy to read."""
_RISKY = ("=", "+", "-", "@")
_TITLED = 3
"""Row of the headings below a title and a note, from 0."""
_NUMBER, _NARROWEST, _WIDEST, _SENTENCES, _LIST = 13, 12, 60, 110, 26
"""Default column widths in characters: numbers; least and most for text; sentences; most for words in wide letters."""

LOOKS: dict[str, dict[str, Any]] = {
    **{kind: {"num_format": form} for kind, form in NUMBER_FORMATS.items()},
    "text": {"align": "left", "indent": 1},
    "id": {"align": "left", "indent": 1},
    "wrapped": {"align": "left", "indent": 1, "text_wrap": True},
    "change": {"align": "right"},
    "year": {"num_format": NUMBER_FORMATS["year"], "align": "center"},
    "header": {"bold": True, "bg_color": DARK, "font_color": "white", "text_wrap": True, "align": "center",
               "valign": "vcenter", "border": 1, "border_color": "#FFFFFF", "num_format": NUMBER_FORMATS["year"]},
    "title": {"bold": True, "font_size": 18, "font_color": DARK, "valign": "vcenter"},
    "table title": {"bold": True, "font_size": 14, "font_color": DARK},
    "section": {"bold": True, "font_size": 10, "font_color": DARK, "bottom": 1, "bottom_color": DARK,
                "valign": "bottom"},
    "loud": {"bold": True, "font_size": 12, "text_wrap": True, "reading_order": 1, "valign": "vcenter"},
    "sentence": {"font_size": 10, "text_wrap": True, "reading_order": 1, "valign": "vcenter"},
    "small": {"text_wrap": True, "reading_order": 1, "font_color": GREY, "font_size": 8},
    "quiet": {"italic": True, "font_color": GREY},
}  # fmt: skip
"""Look (a kind of cell, or a part of a page) -> its format for xlsxwriter. Values in the cells are never rounded."""


def tall(height: float) -> int:
    """Convert a line height for Arial to the current font."""
    return round(height * _TALL.get(language(), 1.0))


def font_name() -> str:
    """The font of cells and charts."""
    return FONTS.get(language(), "Arial")


class Exact(float):
    """A number that keeps every digit in the file: xlsxwriter formats numbers with 16 of the 17 that a double needs."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return repr(float(self))


def clean(text: str) -> str:
    """Text for a cell: characters that `safe_text.printable` removes show as U+FFFD, and cut text ends in `(cut)`.

    >>> clean("a\\x00b\\x1f"), clean("one\\r\\ntwo"), clean("x" * 40000)[-9:]
    ('a\ufffdb\ufffd', 'one\\ntwo', '... (cut)')
    """
    text = safe_text.printable(text.replace("\r\n", "\n").replace("\r", "\n"))
    units = text.encode("utf-16-le")
    if len(units) <= 2 * _MOST:
        return text
    return units[: 2 * (_MOST - 10)].decode("utf-16-le", "ignore") + " ... (cut)"


class WorkbookWriter:
    """Writes a workbook to a stream; use it as a context manager. Sheets are in the order in which they are added."""

    def __init__(self, stream: BytesIO, head: Masthead, *, author: str = "", name: str = "") -> None:
        """`head`: masthead of every printed sheet. `author`: property of the file. `name`: in the footer of every sheet."""
        from xlsxwriter import Workbook  # many commands import this file and write no workbook

        self.font = {"font_name": font_name(), "font_size": 10}
        plain = {"default_format_properties": dict(self.font), **_PLAIN}  # a copy: xlsxwriter writes into it
        self.book = Workbook(stream, {"in_memory": True, **plain})
        self.book.set_properties({
            "title": clean(head.title), "author": clean(author) or "mine2magnet", "created": FILE_DATE,
        })  # fmt: skip
        self.head = head
        self.name = shorten(clean(name or head.title), 60)
        self._formats: dict[tuple[object, ...], Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None) -> None:
        if kind is None:
            self._mark()
            self.book.close()

    def _mark(self) -> None:
        """Print agency, author, date and draft mark in the header of every sheet."""
        if text := self.head.margin[:_HEADER].replace("&", "&&"):
            for sheet in self.book.worksheets():
                sheet.set_header(f"&R{_small(text)}", {"margin": 0.2})

    # -- cells -----------------------------------------------------------------------------------------------------

    def format(self, look: str, **more: Any) -> Any:
        """The format of a look, with changes; created once."""
        key = (look, *sorted(more.items()))
        if key not in self._formats:
            properties = {**self.font, "font_size": 9, "valign": "top", **LOOKS[look], **more}
            self._formats[key] = self.book.add_format(properties)
        return self._formats[key]

    def put(self, sheet: Any, row: int, column: int, value: Cell, look: str = "text", **more: Any) -> None:
        """Write one cell; rows and columns count from 0. Text is never read as a formula, a link or a number."""
        if value is None or value == "":
            sheet.write_blank(row, column, None, self.format(look, **more))
        elif isinstance(value, str):
            if value.startswith(_RISKY):
                more = {**more, "quote_prefix": True}  # remains text when a user edits the cell
            sheet.write_string(row, column, clean(value), self.format(look, **more))
        else:
            number = value if isinstance(value, int) else Exact(value + 0.0)  # + 0.0: no minus zero
            sheet.write_number(row, column, number, self.format(look, **more))

    # -- sheets ----------------------------------------------------------------------------------------------------

    def sentences(self, name: str, title: str, lines: Sequence[str]) -> None:
        """Add a sheet with a title and sentences, on one page."""
        sheet = self.book.add_worksheet(tr(name))
        sheet.set_column(0, 0, _SENTENCES)
        self.put(sheet, 0, 0, title, "table title")
        for row, line in enumerate(lines, 2):
            sheet.set_row(row, 3 + tall(13) * lines_of(line, _SENTENCES + 8))
            self.put(sheet, row, 0, line, "sentence")
        sheet.hide_gridlines(2)
        self.printable(sheet, len(lines) + 1, 0)

    def grid(self, grid: Grid, name: str = "") -> Any:
        """Add a sheet with a table below its title and its note."""
        sheet = self.book.add_worksheet(tr(name or grid.name)[:31])
        self.put(sheet, 0, 0, grid.title, "table title")
        sheet.set_row(0, tall(20))
        self._note(sheet, grid, grid.note if grid.rows else grid.empty)
        self.table(sheet, grid, top=_TITLED)
        return sheet

    def _note(self, sheet: Any, grid: Grid, text: str) -> None:
        """Write the note of a table in its second row, as wide as the table and as high as needed."""
        width = sum(_width(grid, at) for at in range(len(grid.columns)))
        if len(grid.columns) > 1 and lines_of(text, width) > 1:
            sheet.merge_range(1, 0, 1, len(grid.columns) - 1, "", self.format("quiet", text_wrap=True))
            sheet.set_row(1, min(_HIGHEST, 3 + tall(12) * lines_of(text, width)))
        self.put(sheet, 1, 0, text, "quiet", text_wrap=lines_of(text, width) > 1)

    # -- tables ----------------------------------------------------------------------------------------------------

    def table(self, sheet: Any, grid: Grid, *, top: int = 0, keep: int = 1, repeat: bool = True) -> int:
        """Write a table: headings in row `top`, frozen header, filters, print set-up; the first `keep` columns stay in view.

        Returns the row below it. A table without rows that begins in the first row shows its sentence for that. With `repeat`
        the header is printed on every page.
        """
        for at in range(len(grid.columns)):
            sheet.set_column(at, at, _width(grid, at))
        self.headings(sheet, grid, top)
        sheet.freeze_panes(top + 1, keep)
        below = self.rows(sheet, grid, top + 1)
        sheet.autofilter(top, 0, max(below - 1, top + 1), len(grid.columns) - 1)
        if not grid.rows and grid.empty and not top:
            self.put(sheet, below, 0, grid.empty, "quiet")
            below += 1
        if repeat:
            sheet.repeat_rows(top)
            sheet.repeat_columns(0, keep - 1)
        self.printable(sheet, below - 1, len(grid.columns) - 1, across=pages_across(grid))
        return below

    def headings(self, sheet: Any, grid: Grid, at: int) -> int:
        """Write the headings of a table. Returns the row below them."""
        for n, column in enumerate(grid.columns):
            self.put(sheet, at, n, column.year or column.label.replace(" (", "\n("), "header")
            if column.note:
                sheet.write_comment(at, n, column.note, {"author": "mine2magnet", "x_scale": 1.8})
        lines = (lines_of(column.label.replace(" (", "\n("), _width(grid, n)) for n, column in enumerate(grid.columns))
        sheet.set_row(at, max(tall(48) if at else tall(38), 8 + tall(12) * max(lines, default=1)))
        return at + 1

    def rows(self, sheet: Any, grid: Grid, at: int, **more: Any) -> int:
        """Write the rows of a table. Returns the row below them."""
        looks = [_look(column) for column in grid.columns]
        widths = [_width(grid, n) for n in range(len(grid.columns))]
        for row, cells in enumerate(grid.rows, at):
            lines = 1
            for n, cell in enumerate(cells):
                value, look = cell if isinstance(cell, Typed) else (cell, looks[n])
                self.put(sheet, row, n, value, look, **more)
                if look == "wrapped" and isinstance(value, str):
                    lines = max(lines, lines_of(value, 1.3 * widths[n] - 5))
            sheet.set_row(row, min(_HIGHEST, 3 + tall(12) * lines))
        return at + len(grid.rows)

    def totals(self, sheet: Any, grid: Grid, at: int, label: str) -> int:
        """Write a row with the sums of additive columns. Returns the row below it."""
        for n, column in enumerate(grid.columns):
            value: Cell = label if n == 0 else None
            if column.total:
                value = fsum(row[n] for row in grid.rows if isinstance(row[n], int | float))
            self.put(sheet, at, n, value, _look(column), bold=True, top=1, bg_color=PALE)
        self.printable(sheet, at, len(grid.columns) - 1, across=pages_across(grid))
        return at + 1

    def printable(self, sheet: Any, last_row: int, last_column: int, *, across: int = 1, down: int = 0) -> None:
        """Set up A4 landscape with a number of pages across and down (0: as needed), and name and page numbers in the footer."""
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(across, down)
        sheet.print_area(0, 0, last_row, last_column)
        sheet.set_margins(left=0.4, right=0.4, top=0.4, bottom=0.6)
        title = self.name.replace("&", "&&")
        pages = tr("Page {page} of {pages}", page="&P", pages="&N")
        sheet.set_footer(f"&L{_small(title)}&C{_small(sheet.name)}&R{_small(pages)}")


def _small(text: str) -> str:
    """Text of a header or footer in 8 points. Excel would read a digit right after the size as part of the size."""
    return f"&8 {text}" if text[:1].isdigit() else f"&8{text}"


def _look(column: GridColumn) -> str:
    """The look of the cells below a heading; text wraps unless its column states a width."""
    return "wrapped" if column.kind in ("text", "id") and not column.width else column.kind


def _width(grid: Grid, at: int) -> float:
    """Width of a column: the one it states, scaled for wide letters; else, for text, its longest cell within limits."""
    column, wide = grid.columns[at], language() in _WIDE
    if column.is_number or column.kind == "wrapped" or (column.width and not wide):
        return column.width or _NUMBER
    longest = max((width_of(str(row[at] or "")) for row in grid.rows), default=0)
    return max(column.width, min(_LIST, 3 + longest)) if column.width else min(_WIDEST, max(_NARROWEST, 3 + longest))


def pages_across(grid: Grid) -> int:
    """The number of printed pages across which a table extends."""
    return ceil(sum(_width(grid, at) for at in range(len(grid.columns))) / _PAGE)


def width_of(text: str) -> int:
    """Display width of a text in columns; letters of East Asian scripts and emoji take two."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def lines_of(text: str, width: float) -> int:
    """The number of lines of a text that is wrapped at a width in characters."""
    room = width / _WIDE.get(language(), 1.0)
    return sum(max(1, ceil(width_of(line) / room)) for line in text.split("\n"))

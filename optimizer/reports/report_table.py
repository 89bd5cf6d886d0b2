"""A table as data, and its renderings: Markdown, the terminal, a worksheet. The page has its own template for it.

People read rounded numbers under a heading with the unit; a worksheet holds the exact numbers with a number format.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

from optimizer.reports.formatting import CELL_FORMATS, broken, number, percent, pieces
from optimizer.reports.language import localized, tr
from optimizer.safe_text import printable

Kind = Literal["text", "id", "number", "amount", "exact", "change", "share", "part", "year", "whole"]
"""What a cell holds: words; a name that other tables use; a number; an amount of which there may be none; a number of
any size to six digits; "48 -> 71 %"; a share in whole per cent (99 while anything is missing); a part of a total in
tenths of a per cent; a year; a count."""


@dataclass(frozen=True)
class GridColumn:
    """A heading, with the unit where there is one, and what stands below it."""

    label: str
    kind: Kind = "text"

    @property
    def is_number(self) -> bool:
        return self.kind not in ("text", "id")


@dataclass(frozen=True)
class Grid:
    """One table of a report."""

    name: str
    """Short and unique in its report: an anchor, the name of a worksheet."""
    title: str
    columns: tuple[GridColumn, ...]
    rows: tuple[tuple[Any, ...], ...]
    note: str = ""
    """What a reader must know, above the table."""
    empty: str = "Nothing to show."


def capital(text: str) -> str:
    """Text with a capital first letter, the rest as it is.

    >>> capital("mines, NdPr")
    'Mines, NdPr'
    """
    return text[:1].upper() + text[1:]


def columns(*given: str | tuple[str, Kind]) -> tuple[GridColumn, ...]:
    """Columns from headings; a bare heading is text."""
    return tuple(GridColumn(c) if isinstance(c, str) else GridColumn(*c) for c in given)


def shown(value: Any, kind: Kind) -> str:
    """A cell as people read it.

    >>> shown(12345.6, "number"), shown(0.714, "share"), shown(0.0003, "part"), shown(None, "year")
    ('12,346', '71 %', '0.03 %', '–')
    """
    if value is None:
        return "" if kind == "amount" else "–"
    return _SHOWN.get(kind, _text)(value)


def _text(value: Any) -> str:
    return printable(str(value))


def _part(value: float) -> str:
    digits = f"{100 * value:.1f}" if value >= 0.0005 or value == 0 else f"{100 * value:.2g}"
    return tr("{number} %", number=localized(digits))


_SHOWN: dict[Kind, Callable[[Any], str]] = {
    "number": number,
    "amount": number,
    "exact": lambda value: localized(f"{value:,.6g}"),
    "share": lambda value: tr("{number} %", number=percent(value)),
    "part": _part,
    "whole": lambda value: localized(f"{value:,}"),
}


# -- Markdown --------------------------------------------------------------------------------------------------------


def markdown(grids: Iterable[Grid], title: str, lead: Sequence[str]) -> str:
    """A document: a title, sentences, then each table under its own heading."""
    parts = [f"# {_inline(title)}", *map(_inline, lead), *(part for grid in grids for part in _markdown(grid))]
    return "\n\n".join(parts) + "\n"


def _markdown(grid: Grid) -> list[str]:
    parts = [f"## {_inline(grid.title)}"] + ([_inline(grid.note)] if grid.note else [])
    if not grid.rows:
        return [*parts, _inline(grid.empty)]
    heads = "| " + " | ".join(_inline(c.label) for c in grid.columns) + " |"
    rule = "|" + "|".join(" ---: " if c.is_number else " --- " for c in grid.columns) + "|"
    rows = [_markdown_row(grid, row) for row in grid.rows]
    return [*parts, "\n".join([heads, rule, *rows])]


def _markdown_row(grid: Grid, row: Sequence[Any]) -> str:
    return "| " + " | ".join(_inline(shown(v, c.kind)) for v, c in zip(row, grid.columns, strict=True)) + " |"


def _inline(text: str) -> str:
    """Text on one line in which no character means anything to Markdown or to HTML.

    >>> _inline("a|b <script>*x*")
    'a\\\\|b &lt;script>\\\\*x\\\\*'
    """
    one_line = " ".join(printable(text).split()).replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{c}" if c in "\\`*_[]|#~" else c for c in one_line)


# -- the terminal ----------------------------------------------------------------------------------------------------


WORD, HEADING, BETWEEN = 16, 10, 2
"""Letters of a word that a column of text is wide enough for, however narrow the screen; those that a heading of
numbers gets in a line where there is room; blanks between columns."""


def terminal(grid: Grid, width: int = 46) -> RenderableType:
    """The table for a screen: text takes several lines beyond `width` or where the screen is narrower. Numbers and years
    are never cut: what does not fit beside the first column is a table of its own below."""
    return _OnScreen(grid, width)


@dataclass(frozen=True)
class _OnScreen:
    """A table that learns the width of the screen when it is shown."""

    grid: Grid
    width: int

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        rows = [[" ".join(shown(v, c.kind).split()) for v, c in self._pairs(row)] for row in self.grid.rows]
        sizes = [self._sizes(n, [row[n] for row in rows]) for n in range(len(self.grid.columns))]
        for n, part in enumerate(_parts([least for least, _ in sizes], options.max_width)):
            if n:
                yield ""
            yield self._table(part, _widths([sizes[at] for at in part], options.max_width), rows)

    def _pairs(self, row: Sequence[Any]) -> Iterator[tuple[Any, GridColumn]]:
        return zip(row, self.grid.columns, strict=True)

    def _sizes(self, at: int, cells: Sequence[str]) -> tuple[int, int]:
        """Least and best width of a column."""
        column = self.grid.columns[at]
        if column.is_number:
            least = _longest([*cells, *column.label.split()])
            return least, max(least, min(HEADING, len(column.label)))
        best = min(self.width, _longest([*cells, column.label]))
        return min(best, WORD, _longest(part for text in (column.label, *cells) for part in pieces(text))), best

    def _table(self, part: Sequence[int], widths: Sequence[int], rows: Sequence[Sequence[str]]) -> Table:
        folded = any(len(row[at]) > 2 * width for row in rows for at, width in zip(part, widths, strict=True))
        table = Table(box=None, padding=(0, BETWEEN, 0, 0), header_style="bold", pad_edge=False, leading=int(folded))
        for at, width in zip(part, widths, strict=True):
            column = self.grid.columns[at]
            table.add_column(
                column.label, justify="right" if column.is_number else "left", width=width, overflow="fold"
            )
        for row in rows:
            table.add_row(*(Text(broken(row[at], width)) for at, width in zip(part, widths, strict=True)))
        return table


def _longest(texts: Iterable[str]) -> int:
    return max(map(cell_len, texts), default=0)


def _parts(least: Sequence[int], room: int) -> list[list[int]]:
    """Columns that fit beside each other, the first column in every part.

    >>> _parts([10, 5, 5, 5], 40), _parts([10, 5, 5, 5], 25)
    ([[0, 1, 2, 3]], [[0, 1, 2], [0, 3]])
    """
    parts = [[0]]
    for at in range(1, len(least)):
        taken = sum(least[n] + BETWEEN for n in parts[-1]) + least[at]
        if taken > room and len(parts[-1]) > 1:
            parts.append([0])
        parts[-1].append(at)
    return parts


def _widths(sizes: Sequence[tuple[int, int]], room: int) -> list[int]:
    """Width of each column: the best, or where there is less room the widest give way first.

    >>> _widths([(5, 20), (4, 10)], 40), _widths([(5, 20), (4, 10)], 22), _widths([(5, 20), (4, 10)], 8)
    ([20, 10], [10, 10], [5, 4])
    """
    widths = [best for _, best in sizes]
    while sum(widths) + BETWEEN * (len(widths) - 1) > room:
        slack = [n for n, (least, _) in enumerate(sizes) if widths[n] > least]
        if not slack:
            break
        widths[max(slack, key=lambda n: widths[n])] -= 1
    return widths


# -- a worksheet -----------------------------------------------------------------------------------------------------

CREATED = datetime(2026, 1, 1)  # noqa: DTZ001  the file format holds no time zone
"""Every workbook's date of making: no clock in the bytes, the same numbers give the same file."""
_TOP = 3
"""Row of the headings, counted from 0."""
_NARROWEST, _WIDEST = 12, 60
"""Characters that a column of text is wide; longer text takes several lines."""
_LONGEST = 32_767
"""Characters that a cell can hold."""
_FORMATS: dict[Kind, str] = {
    "number": "short",
    "amount": "short",
    "exact": "as typed",
    "change": "as typed",
    "share": "percent",
    "part": "percent",
    "year": "year",
    "whole": "whole",
}
"""Kind of a column -> number format of its cells (`CELL_FORMATS`)."""


def worksheet(book: Any, grid: Grid) -> Any:
    """Adds the table as a worksheet: title, note, header that stays, filters, numbers as numbers, text as text."""
    sheet = book.add_worksheet(grid.name[:31])
    look = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom", "bg_color": "#E8EDF3"}
    heads = {
        False: book.add_format({**look, "align": "left", "indent": 1}),
        True: book.add_format({**look, "align": "right"}),
    }
    sheet.write_string(0, 0, printable(grid.title), book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, printable(grid.note if grid.rows else grid.empty), book.add_format({"italic": True}))
    sheet.set_row(_TOP, 48)
    for at, column in enumerate(grid.columns):
        style = book.add_format(_look(column))
        sheet.write_string(_TOP, at, printable(column.label), heads[column.is_number])
        sheet.set_column(at, at, 13 if column.is_number else _wide(grid, at))
        for n, row in enumerate(grid.rows, _TOP + 1):
            _cell(sheet, n, at, row[at], style)
    _finish(sheet, grid)
    return sheet


def _look(column: GridColumn) -> dict[str, Any]:
    if not column.is_number:
        return {"align": "left", "indent": 1, "text_wrap": True, "valign": "top"}
    return {"num_format": CELL_FORMATS[_FORMATS[column.kind]], "align": "right", "valign": "top"}


def _wide(grid: Grid, at: int) -> int:
    """Width of a column of text: its longest cell, within what is easy to read."""
    return min(_WIDEST, max(_NARROWEST, 3 + _longest(str(row[at] or "") for row in grid.rows)))


def _finish(sheet: Any, grid: Grid) -> None:
    """Filters, a header that stays, and paper."""
    if grid.rows:
        sheet.autofilter(_TOP, 0, _TOP + len(grid.rows), len(grid.columns) - 1)
    sheet.freeze_panes(_TOP + 1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_TOP)


def _cell(sheet: Any, row: int, column: int, value: Any, style: Any) -> None:
    if value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, str):
        sheet.write_string(row, column, printable(value)[:_LONGEST], style)
    else:
        sheet.write_number(row, column, value if isinstance(value, int) else value + 0.0, style)  # + 0.0: no minus zero

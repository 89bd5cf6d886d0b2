"""Tables as text: Markdown documents, and columns on a screen of any width."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType
from rich.table import Table
from rich.text import Text

from optimizer.reports.formatting import broken, fold, pieces
from optimizer.reports.report_table import Grid, GridColumn, shown
from optimizer.safe_text import printable

ROWS = 39
"""Lines of one screen, without the prompt."""


def height(things: Iterable[RenderableType], width: int) -> int:
    """The number of lines that renderables take on a screen."""
    console = Console(width=width, markup=False, highlight=False, color_system=None, force_terminal=False)
    return sum(len(console.render_lines(thing, pad=False)) for thing in things)


def fitted(shapes: Iterable[list[RenderableType]], rows: int, width: int, more: str) -> list[RenderableType]:
    """The first version of an answer, from full to short, that takes at most `rows` lines; the last if none does.

    All except the full version end with `more`, which names where the rest is.
    """
    end = Text(fold(more, width, "  "))
    shape: list[RenderableType] = []
    for n, parts in enumerate(shapes):
        shape = [*parts, end] if n else parts
        if height(shape, width) <= rows:
            break
    return shape


# -- Markdown --------------------------------------------------------------------------------------------------------


def markdown(grids: Iterable[Grid], title: str, lead: Sequence[str]) -> str:
    """A Markdown document: a title, sentences, then each table under its own heading."""
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
    """Text on one line, with all characters escaped that have a meaning in Markdown or HTML.

    >>> _inline("a|b <script>*x*")
    'a\\\\|b &lt;script>\\\\*x\\\\*'
    """
    one_line = " ".join(printable(text).split()).replace("&", "&amp;").replace("<", "&lt;")
    return "".join(f"\\{c}" if c in "\\`*_[]|#~" else c for c in one_line)


# -- the terminal ----------------------------------------------------------------------------------------------------


WORD, HEADING, BETWEEN = 16, 10, 2
"""Characters: a column of text need not be wider to hold a word; width of a heading of numbers, if there is room; blanks
between columns."""


def terminal(grid: Grid, width: int = 46) -> RenderableType:
    """The table for a screen: text wraps at `width` or at the width of the screen. Numbers and years are never cut: columns
    that do not fit beside the first column are a table of their own below."""
    return _OnScreen(grid, width)


@dataclass(frozen=True)
class _OnScreen:
    """A table whose layout depends on the width of the screen on which it is shown."""

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
    """Groups of columns that fit beside each other, with the first column in every group.

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
    """Width of each column: the best width, or, if there is less room, the widest columns shrink first.

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

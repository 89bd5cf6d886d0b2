"""A table of a report as data. One module per target renders it: `table_text` for terminal and Markdown, `worksheet` for
worksheets, the template `html/templates/parts.html` for pages.

People read rounded numbers under a heading with the unit; a worksheet holds the exact numbers with a number format.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from optimizer.reports.formatting import number, share
from optimizer.reports.language import N_, localized, tr
from optimizer.safe_text import printable

T = TypeVar("T")
Kind = Literal[
    "text", "wrapped", "id", "number", "amount", "exact", "change", "share", "part", "year", "whole",
    "money", "tonnes", "round", "decimal", "digits", "tiny", "proof",
]  # fmt: skip
"""What a cell holds: words; words that take several lines; a name that other tables use; a number; an amount of which
there may be none; a number of any size to six digits; "48 -> 71 %"; a share in whole per cent (99 while anything is
missing); a part of a total in tenths of a per cent; a year; a count; money; tonnes; money or tonnes with few digits, for
a first page; a number to four decimals; a number with all its decimals; a violation; the relative MIP gap of a plan."""

NUMBER_FORMATS: dict[Kind, str] = {
    "number": "#,##0.###",
    "amount": "#,##0.###",
    "exact": "General",
    "change": "General",
    "share": "0.0%",
    "part": "0.0%",
    "year": "0",
    "whole": "#,##0",
    "money": "#,##0.00",
    "tonnes": "[=0]0;[<10]0.00;#,##0",
    "round": "[=0]0;[<10]0.0;#,##0",
    "decimal": "#,##0.00##",
    "digits": "0.0########",
    "tiny": "0.0E+00",
    "proof": "0.0000%",
}
"""Number formats of worksheets, by what a cell holds. The value in the cell is never rounded."""


@dataclass(frozen=True)
class GridColumn:
    """A heading with its unit, and the kind of its cells."""

    label: str
    kind: Kind = "text"
    width: float = 0
    """Characters that the column is wide in a worksheet; 0: as its cells need."""
    note: str = ""
    """Comment on the heading in a worksheet: what the number means."""
    total: bool = False
    """Whether the row of totals of a worksheet adds it up."""
    year: int | None = None
    """The year that the heading is: a worksheet holds it as a number."""

    @property
    def is_number(self) -> bool:
        return self.kind not in ("text", "wrapped", "id")


class Typed(NamedTuple):
    """A cell of another kind than its column."""

    value: Any
    kind: Kind


@dataclass(frozen=True)
class Grid:
    """One table of a report."""

    name: str
    """Short and unique in its report: an anchor, the name of a worksheet."""
    title: str
    columns: tuple[GridColumn, ...]
    rows: tuple[tuple[Any, ...], ...]
    note: str = ""
    """An explanation above the table."""
    empty: str = N_("Nothing to show.")

    def __post_init__(self) -> None:
        """Title, note and sentence are of the catalogues where they are whole messages."""
        for field in ("title", "note", "empty"):
            object.__setattr__(self, field, translated(getattr(self, field)))


@dataclass(frozen=True)
class TableColumn(Generic[T]):
    """A column in one line: its headings and the value of a row, for every table that shows it."""

    label: str | int
    """Heading; with `unit`, without it."""
    value: Callable[[T], Any]
    kind: Kind | Callable[[T], Kind] = "text"
    width: float = 12
    note: str = ""
    total: bool = False
    unit: str = ""
    heading: str = ""
    """Heading in a worksheet; without one the label with a capital."""
    on: tuple[str, ...] = ()
    """Tables that have the column, by their target: `page`, `sheet`, or another; empty: every one."""
    words: Callable[[Any], Any] | None = None
    """The value as the page shows it; default: the value itself."""

    def column(self, target: str) -> GridColumn:
        """The column of the table of a target."""
        kind = self.kind if isinstance(self.kind, str) else "decimal"
        year = self.label if isinstance(self.label, int) else None
        return GridColumn(self._heading(target), kind, self.width, translated(self.note), self.total, year)

    def _heading(self, target: str) -> str:
        if isinstance(self.label, int):
            return str(self.label)
        if target == "page":
            return _with_unit(self.label, self.unit)
        heading = translated(self.heading) if self.heading else capital(translated(self.label))
        return tr("{heading} ({unit})", heading=heading, unit=translated(self.unit)) if self.unit else heading

    def cell(self, row: T, target: str) -> Any:
        """The value of a row in the column."""
        value = self.value(row)
        if target == "page" and self.words:
            value = self.words(value)
        return value if isinstance(self.kind, str) else Typed(value, self.kind(row))


def grid_of(
    target: str,
    name: str,
    given: Iterable[TableColumn[T]],
    rows: Iterable[T],
    *,
    title: str = "",
    note: str = "",
    empty: str = "",
) -> Grid:
    """The table of a target: the columns that are shown there, one line per row."""
    shown_here = [column for column in given if not column.on or target in column.on]
    cells = tuple(tuple(column.cell(row, target) for column in shown_here) for row in rows)
    return Grid(name, title or name, tuple(column.column(target) for column in shown_here), cells, note, empty)


def capital(text: str) -> str:
    """Text with a capital first letter, the rest as it is.

    >>> capital("mines, NdPr")
    'Mines, NdPr'
    """
    return text[:1].upper() + text[1:]


Heading = str | tuple[str, Kind] | tuple[str, Kind, str]
"""A heading of text, one with its kind, or one with kind and unit."""


class Verbatim(str):
    """Text of the planner in a heading: it is never translated."""

    __slots__ = ()


def translated(text: str) -> str:
    """A text of a table in the current language; the planner's own as it is."""
    return text if isinstance(text, Verbatim) else tr(text)


def _with_unit(label: str, unit: str) -> str:
    return tr("{heading}, {unit}", heading=translated(label), unit=translated(unit)) if unit else translated(label)


def columns(*given: Heading) -> tuple[GridColumn, ...]:
    """Columns from headings, which the catalogues may hold; a bare heading is text."""
    return tuple(_column(c, "text", "") if isinstance(c, str) else _column(*c) for c in given)


def _column(label: str, kind: Kind, unit: str = "") -> GridColumn:
    return GridColumn(_with_unit(label, unit), kind)


def shown(value: Any, kind: Kind) -> str:
    """A cell as people read it.

    >>> shown(12345.6, "number"), shown(0.714, "share"), shown(0.0003, "part"), shown(None, "year")
    ('12,346', '71 %', '0.03 %', '–')
    """
    if isinstance(value, Typed):
        value, kind = value
    if value is None:
        return "" if kind in ("amount", "money") else "–"
    return _SHOWN.get(kind, _text)(value)


def _text(value: Any) -> str:
    return printable(str(value))


def _part(value: float) -> str:
    digits = f"{100 * value:.1f}" if value >= 0.0005 or value == 0 else f"{100 * value:.2g}"
    return tr("{number} %", number=localized(digits))


def _six_digits(value: float) -> str:
    return localized(f"{value:,.6g}")


_SHOWN: dict[Kind, Callable[[Any], str]] = {
    "number": number,
    "amount": number,
    "money": number,
    "tonnes": number,
    "exact": _six_digits,
    "decimal": _six_digits,
    "share": share,
    "part": _part,
    "whole": lambda value: localized(f"{value:,}"),
}

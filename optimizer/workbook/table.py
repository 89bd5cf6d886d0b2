"""The sheets of a workbook as plain grids of cells, whatever file they come from."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from optimizer.workbook.cell_values import Style, is_empty
from optimizer.workbook.diagnostics import letter
from optimizer.workbook.integrity import SheetFacts


@dataclass(frozen=True)
class Table:
    """One sheet or csv file: rows of cells from the first on, so that row n of the file is `rows[n - 1]`."""

    title: str
    rows: list[list[Any]]
    style: Style = field(default_factory=Style)
    facts: SheetFacts | None = None
    """Facts that the cells do not show; csv files have none."""

    def address(self, row: int, column: int) -> str:
        """Address of a cell: the row as the spreadsheet program shows it, the column counted from 0."""
        return f"{self.title}!{letter(column)}{row}"

    def is_filled(self) -> bool:
        """Whether any cell holds anything."""
        return any(True for _ in self.body(0))

    def body(self, header_row: int) -> Iterator[tuple[int, list[Any]]]:
        """Rows below the header that hold anything, with their numbers."""
        for number, cells in enumerate(self.rows[header_row:], header_row + 1):
            if not all(value == "" or is_empty(value) for value in cells):
                yield number, cells


@dataclass(frozen=True)
class Book:
    """The content of a path: its sheets by their own titles, in their order."""

    name: str
    titles: list[str]
    """Every sheet, also those that are not read."""
    tables: dict[str, Table]
    heads: dict[str, list[list[Any]]] = field(default_factory=dict)
    """The first rows of the sheets that are not read; their header shows whether a sheet is ours under another title."""

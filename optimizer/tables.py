"""The sheets of a workbook as plain grids of cells, whatever file they come from."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from optimizer.cells import NotAValue, Style, is_empty
from optimizer.preflight import Facts, SheetFacts, kind_of, survey
from optimizer.remarks import Remarks, letter


@dataclass(frozen=True)
class Table:
    """One sheet or csv file: rows of cells from the first on, so that row n of the file is `rows[n - 1]`."""

    title: str
    rows: list[list[Any]]
    style: Style = field(default_factory=Style)
    facts: SheetFacts | None = None
    """What the cells alone do not show; csv files hide nothing."""

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
    """What a path holds: its sheets by their own titles, in their order."""

    name: str
    titles: list[str]
    """Every sheet, also those that are not read."""
    tables: dict[str, Table]


def load(path: Path, wanted: Callable[[str], bool], found: Remarks) -> Book:
    """Open a workbook or a folder of csv files and read the sheets that `wanted(title)` says.

    Raises InvalidInput where nothing can be read: a missing, locked, damaged, encrypted or oversized file.
    """
    from optimizer import csvfiles

    kind = kind_of(path, found)
    if kind == "folder":
        return csvfiles.load(path, wanted, found)
    facts = survey(path, kind, wanted, found)
    grids = _calamine(path, facts, found)
    for title, sheet in facts.sheets.items():
        _mark(grids[title], sheet)
    return Book(path.stem, facts.titles, {t: Table(t, rows, facts=facts.sheets[t]) for t, rows in grids.items()})


def _calamine(path: Path, facts: Facts, found: Remarks) -> dict[str, list[list[Any]]]:
    """The surveyed sheets through calamine; whatever goes wrong in it is a damaged file, not a traceback."""
    from python_calamine import CalamineWorkbook

    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            if book.sheet_names != facts.titles:
                raise ValueError("the list of sheets reads differently")
            return {t: book.get_sheet_by_name(t).to_python(skip_empty_area=False) for t in facts.sheets}
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic of the library is a BaseException
        raise found.refuse(
            path.name, f"is damaged ({error}); open it in the spreadsheet program and save it again"
        ) from error


def _mark(rows: list[list[Any]], sheet: SheetFacts) -> None:
    """Put what the preflight found in place of the empty cells that calamine shows."""
    for (row, column), message in sheet.cells.items():
        while len(rows) < row:
            rows.append([])
        cells = rows[row - 1]
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = NotAValue(message)

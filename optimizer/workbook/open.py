"""Opens a workbook or a folder of csv files: whatever the file, its sheets come out as plain tables."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from optimizer.workbook import csv_folder
from optimizer.workbook.cell_values import NotAValue
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.integrity import Facts, SheetFacts, kind_of
from optimizer.workbook.scan import survey
from optimizer.workbook.table import Book, Table


def load(path: Path, wanted: Callable[[str], bool], found: Diagnostics) -> Book:
    """Open a workbook or a folder of csv files and read the sheets that `wanted(title)` says.

    Raises InvalidInput where nothing can be read: a missing, locked, damaged, encrypted or oversized file.
    """
    kind = kind_of(path, found)
    if kind == "folder":
        return csv_folder.load(path, wanted, found)
    facts = survey(path, kind, wanted, found)
    grids = _calamine(path, facts, found)
    for title, sheet in facts.sheets.items():
        _mark(grids[title], sheet)
    return Book(path.stem, facts.titles, {t: Table(t, rows, facts=facts.sheets[t]) for t, rows in grids.items()})


def _calamine(path: Path, facts: Facts, found: Diagnostics) -> dict[str, list[list[Any]]]:
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

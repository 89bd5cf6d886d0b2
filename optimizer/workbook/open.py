"""Open a workbook or a folder of csv files as plain tables."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from optimizer.workbook import csv_folder
from optimizer.workbook.cell_values import NotAValue
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.header_row import HEADER_ROWS
from optimizer.workbook.integrity import DAMAGE, Facts, Kind, SheetFacts, kind_of
from optimizer.workbook.scan import scan_file
from optimizer.workbook.table import Book, Table


def load(path: Path, is_known: Callable[[str], bool], diagnostics: Diagnostics) -> Book:
    """Open a workbook or a folder of csv files and read the sheets that `is_known(title)` accepts.

    Raises InvalidInput for a missing, locked, damaged, encrypted or oversized file.
    """
    kind = kind_of(path, diagnostics)
    if kind == "folder":
        return csv_folder.load(path, is_known, diagnostics)
    facts = scan_file(path, kind, is_known, diagnostics)
    grids = _grids(path, kind, facts, diagnostics)
    for title, sheet in facts.sheets.items():
        _mark(grids[title], sheet)
    tables = {t: Table(t, rows, facts=facts.sheets[t]) for t, rows in grids.items()}
    return Book(path.stem, facts.titles, tables, facts.heads)


def _grids(path: Path, kind: Kind, facts: Facts, diagnostics: Diagnostics) -> dict[str, list[list[Any]]]:
    """The scanned sheets as calamine reads them, or a rewritten copy of them where calamine would lose cells."""
    titles = list(facts.sheets)
    if not any(sheet.is_odd for sheet in facts.sheets.values()):
        try:
            grids = _calamine(str(path), facts, titles)
            if all(_holds(grids[title], sheet.filled) for title, sheet in facts.sheets.items()):
                return grids
        except Unreadable:
            pass  # reading the copy shows whether the file is damaged or only unusual
    from optimizer.workbook.rewrite import rewritten  # few workbooks need it, and it imports urllib

    try:
        return _calamine(rewritten(path, kind, titles), facts, titles)
    except (Unreadable, *DAMAGE) as error:
        raise diagnostics.refuse(
            path.name, f"is damaged ({error}); open it in the spreadsheet program and save it again"
        ) from error


def _holds(rows: list[list[Any]], filled: int) -> bool:
    """Whether a sheet has as many values as the scan counted; calamine returns cells that it cannot parse as empty."""
    return filled == 0 or sum(len(row) - row.count("") for row in rows) >= filled


class Unreadable(Exception):
    """Raised when calamine cannot read a file."""


def _calamine(source: str | io.BytesIO, facts: Facts, titles: list[str]) -> dict[str, list[list[Any]]]:
    """Read some sheets with calamine. Raises Unreadable for any failure inside it."""
    from python_calamine import CalamineWorkbook

    try:
        with CalamineWorkbook.from_object(source) as book:
            if book.sheet_names != facts.titles:
                raise ValueError("the list of sheets reads differently")
            heads = [t for t in facts.titles if t not in facts.sheets and t not in facts.heads and facts.reads_all]
            facts.heads.update({t: book.get_sheet_by_name(t).to_python(nrows=HEADER_ROWS) for t in heads})
            return {t: book.get_sheet_by_name(t).to_python(skip_empty_area=False) for t in titles}
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # a panic of the library is a BaseException
        raise Unreadable(str(error)) from error


def _mark(rows: list[list[Any]], sheet: SheetFacts) -> None:
    """Put the results of the scan in place of the empty cells that calamine shows."""
    for row, column in sheet.booleans:
        if row <= len(rows) and column < len(rows[row - 1]) and rows[row - 1][column] in (0, 1):
            rows[row - 1][column] = bool(rows[row - 1][column])
    for (row, column), message in sheet.cells.items():
        while len(rows) < row:
            rows.append([])
        cells = rows[row - 1]
        cells.extend([""] * (column + 1 - len(cells)))
        cells[column] = NotAValue(message)

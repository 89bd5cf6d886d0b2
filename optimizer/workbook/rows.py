"""The rows of a sheet: every cell read by its column, every fault noted at its cell."""

from collections.abc import Iterable
from typing import Any

from models.columns import Column, columns
from models.schema import SHEETS
from models.text import Text
from optimizer.workbook.cell_values import NotAValue, is_empty, is_error, shown
from optimizer.workbook.column_reader import ColumnReader, check_doubtful_percent, check_mixed_shares
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.further_columns import is_number, read_further
from optimizer.workbook.header import Sheet
from optimizer.workbook.header_names import form
from optimizer.workbook.header_row import has_key, key_of, known_headers
from optimizer.workbook.number_parser import proposed_number
from optimizer.workbook.raw_row import RawRow
from optimizer.workbook.template_examples import is_example, is_units
from optimizer.workbook.total_rows import check_totals, is_total

_LONGEST_KEY = 20
"""Longest header at which a second table is recognized, in letters."""
_NUMBERS = ("number", "money", "share", "score", "whole", "year")


def read_rows(sheet: Sheet, measures: Iterable[str], diagnostics: Diagnostics) -> list[RawRow]:
    """All rows of a sheet. `measures` are the further columns that rules name: those must be numbers."""
    rows = [RawRow(number, cells) for number, cells in sheet.table.body(sheet.header_row)]
    key = key_of(sheet.name)
    place = sheet.index_of(key)
    if place is not None:
        rows = [raw for raw in rows if not _is_of_template(sheet, key, place, raw, diagnostics)]
        rows = [raw for raw in rows if not _is_header(sheet, key, place, raw, diagnostics)]
        rows = _first_table(sheet, place, rows, diagnostics)
    if not has_key(sheet.name):
        rows = [raw for raw in rows if _says_something(sheet, raw, diagnostics)]
    elif place is not None:
        rows = [raw for raw in rows if _has_key(sheet, key, place, raw, diagnostics)]
        rows = [raw for raw in rows if not _is_label_row(sheet, key, place, raw, diagnostics)]
    for index, target in sorted(sheet.targets.items(), key=lambda pair: pair[1].order):
        name = target.column.field
        check_doubtful_percent(sheet, index, rows, diagnostics)
        check_mixed_shares(sheet, index, rows, diagnostics)
        for raw, value in ColumnReader(sheet, index, target.column, target.name, diagnostics).values(rows):
            if target.key is None:
                raw.values[name] = value
            else:
                raw.values.setdefault(name, {})[target.key] = value
    if sheet.name == "projects":
        read_further(sheet, rows, set(measures), diagnostics)
    for index in sheet.unsure:
        for raw in rows:
            raw.faulty.add(sheet.targets[index].name)
    check_totals(sheet, rows, diagnostics)
    _fill_required(sheet, rows, diagnostics)
    return rows


def _has_key(sheet: Sheet, name: str, index: int, raw: RawRow, diagnostics: Diagnostics) -> bool:
    """Whether a row has a key. A row with numbers and without a key is a fault, because it would be dropped."""
    if not is_empty(raw.cells[index] if index < len(raw.cells) else ""):
        return True
    place = sheet.address(raw.row, index)
    names = {i: target.name for i, target in sheet.targets.items()} | sheet.extras
    for column, cell in enumerate(raw.cells):
        if column in names and _holds_number(sheet, column, cell):
            held = (
                "a faulty cell"
                if isinstance(cell, NotAValue)
                else str(cell).strip()
                if isinstance(cell, str)
                else shown(cell)
            )
            message = f"{held} in a row without {name} ({place}): a total row? Fill its {name}, or delete the row"
            diagnostics.fault(sheet.address(raw.row, column), message, names[column])
            if any(_is_filled(sheet, raw, c.field) for c in _words(sheet, name)):
                diagnostics.keyless.add(sheet.name)  # a row without its name, not a total
            return False
    diagnostics.notice(place, Text("a row without {name} that holds text only: not read", name=name), name)
    return False


def _is_of_template(sheet: Sheet, name: str, index: int, raw: RawRow, diagnostics: Diagnostics) -> bool:
    """Whether a row is the row of units or an example of the template."""
    key = str(raw.cells[index]).strip() if index < len(raw.cells) else ""
    if is_example(sheet.name, key):
        diagnostics.notice(sheet.address(raw.row, index), Text("the template's example: not read"), name)
        return True
    return is_units(key)


def _says_something(sheet: Sheet, raw: RawRow, diagnostics: Diagnostics) -> bool:
    """Whether a row of a sheet without required columns fills more than free text; other rows are not read."""
    if any(_is_filled(sheet, raw, c.field) for c in columns(SHEETS[sheet.name]) if c.kind != "text"):
        return True
    diagnostics.notice(f"{sheet.table.title}!{raw.row}:{raw.row}", Text("a row that holds text only: not read"))
    return False


def _words(sheet: Sheet, name: str) -> list[Column]:
    """The required columns except the key that hold words."""
    return [c for c in columns(SHEETS[sheet.name]) if c.required and c.field != name and c.kind not in _NUMBERS]


def _is_filled(sheet: Sheet, raw: RawRow, name: str) -> bool:
    index = sheet.index_of(name)
    return index is not None and index < len(raw.cells) and not is_empty(raw.cells[index])


def _is_header(sheet: Sheet, name: str, index: int, raw: RawRow, diagnostics: Diagnostics) -> bool:
    """Whether a row repeats the header, as when tables are pasted one below the other."""
    head = sheet.table.rows[sheet.header_row - 1]
    if index >= len(raw.cells) or raw.cells[index] != head[index] or raw.cells != head[: len(raw.cells)]:
        return False
    diagnostics.fault(sheet.address(raw.row, index), "the header once more: delete this row", name)
    return True


def _first_table(sheet: Sheet, index: int, rows: list[RawRow], diagnostics: Diagnostics) -> list[RawRow]:
    """The rows above a second header. The table below it gives one fault instead of one for each cell."""
    keys = {key_of(name) for name in SHEETS}
    for n, raw in enumerate(rows):
        cell = raw.cells[index] if index < len(raw.cells) else ""
        if not isinstance(cell, str) or len(cell) > _LONGEST_KEY or form(cell) not in keys:
            continue
        if any(len(known_headers(name, raw.cells, {})) > 1 for name in SHEETS if key_of(name) == form(cell)):
            last = rows[-1].row
            message = (
                f"a second table begins here: a sheet holds one; move rows {raw.row} to {last} to a sheet of their own"
            )
            diagnostics.fault(f"{sheet.table.title}!{raw.row}:{raw.row}", message)
            return rows[:n]
    return rows


def _is_label_row(sheet: Sheet, name: str, index: int, raw: RawRow, diagnostics: Diagnostics) -> bool:
    """Whether a row fills only its key although more is required; it is likely a line of text."""
    if any(
        i != index and not is_empty(cell) and (i in sheet.targets or i in sheet.extras)
        for i, cell in enumerate(raw.cells)
    ):
        return False
    others = [c.field for c in columns(SHEETS[sheet.name]) if c.required and c.field != name]
    if others:
        fill = f"fill {', '.join(others)}, or move the text above the header"
        diagnostics.fault(
            sheet.address(raw.row, index), f"nothing in this row but {shown(raw.cells[index])}: {fill}", name
        )
    return bool(others)


def _holds_number(sheet: Sheet, index: int, cell: Any) -> bool:
    """Whether a cell holds a number, or in a column of numbers a text that means one: `1,450`."""
    target = sheet.targets.get(index)
    if target is not None and target.column.kind in _NUMBERS and isinstance(cell, str) and cell.strip():
        return is_error(cell) or proposed_number(cell) is not None
    return is_number(cell, sheet.table.style)


def _fill_required(sheet: Sheet, rows: list[RawRow], diagnostics: Diagnostics) -> None:
    """Report required cells without a value. A placeholder lets the other checks run; no case keeps it."""
    for column in columns(SHEETS[sheet.name]):
        index = sheet.index_of(column.field)
        for raw in rows if column.required else ():
            if column.field in raw.values:
                continue
            if index is not None and column.field not in raw.faulty:
                label = str(raw.values.get(key_of(sheet.name), ""))
                doubt = "; a total row? Delete it" if is_total(label) else ""
                message = f"{column.field} is empty: {column.doc.rstrip('.')}{doubt}"
                diagnostics.fault(sheet.address(raw.row, index), message, column.field)
            raw.faulty.add(column.field)
            raw.values[column.field] = _placeholder(column, raw)


def _placeholder(column: Column, raw: RawRow) -> Any:
    if column.choices:
        return column.choices[0]
    return {"number": 0.0, "money": 0.0, "country": "ROW"}.get(column.kind, f"row {raw.row}")

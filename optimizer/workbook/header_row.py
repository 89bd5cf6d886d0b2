"""Find the header row of a sheet: by its key, by its other headers, or by a misspelling of its key."""

import re
from collections.abc import Mapping
from typing import Any

from models.columns import Column, columns
from models.schema import SHEETS
from models.text import Text
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.header_names import form, header_text, is_named, near_miss
from optimizer.workbook.table import Table
from optimizer.workbook.years import calendar_year

HEADER_ROWS = 20
"""Number of first rows in which the header is searched."""
FAMILIES = {
    "share_<material>": re.compile(r"share_(?P<key>[^()\[\]%]+)"),
    "<year>": re.compile(r"(?P<key>(19[5-9]|20\d|21[0-4])\d)"),
    "year_<k>": re.compile(r"year_(?P<key>\d{1,2})"),
}
"""Family of columns -> pattern of their headers."""
_MAPPED_ENOUGH = 3
"""Number of known headers that make a row the header although its key is missing."""


def key_of(name: str) -> str:
    """The key: the first required column of a sheet, which names its rows; the first column if none is required."""
    of_sheet = columns(SHEETS[name])
    return next((c.field for c in of_sheet if c.required), of_sheet[0].field)


def has_key(name: str) -> bool:
    """Whether the rows of a sheet have a key."""
    return any(c.required for c in columns(SHEETS[name]))


def known_headers(sheet: str, cells: list[Any], mapping: Mapping[str, str]) -> set[str]:
    """The columns of a sheet that the cells of one row name, families by their pattern."""
    return {name for value in cells if (name := named(value, columns(SHEETS[sheet]), mapping))}


def named(value: Any, ours: tuple[Column, ...], mapping: Mapping[str, str]) -> str | None:
    """The column that one cell names by our name, a mapped one, a synonym or a translation."""
    text = header_text(value)
    if not text:
        return None
    name = mapping.get(form(text), form(text))
    for column in ours:
        pattern = FAMILIES.get(column.family or "")
        if pattern and pattern.fullmatch(name):
            return column.family
        if column.family == "<year>" and calendar_year(value):
            return column.family
        if column.family is None and (column.field == name or is_named(text, column)):
            return column.field
    return None


def find_header_row(name: str, table: Table, mapping: Mapping[str, str]) -> int | None:
    """The first row with the key's header, or the one with the most known headers, or one with a misspelt key."""
    key, rows = key_of(name), table.rows[:HEADER_ROWS]
    marks = {key} if has_key(name) else {c.field for c in columns(SHEETS[name])}
    with_key = [
        number
        for number, cells in enumerate(rows, 1)
        if any(mapping.get(text, text) in marks for text in map(form, map(header_text, cells)))
    ]
    if len(with_key) == 1:
        return with_key[0]
    known = {number: len(known_headers(name, cells, mapping)) for number, cells in enumerate(rows, 1)}
    if with_key:  # a label such as `stage: mine` above the table holds the word too
        return next((n for n in with_key if known[n] >= _MAPPED_ENOUGH), with_key[0])
    best = max(known, key=lambda number: (known[number], -number), default=0)
    if best and known[best] >= _MAPPED_ENOUGH:
        return best
    column = next(c for c in columns(SHEETS[name]) if c.field == key)
    return next((n for n, cells in enumerate(rows, 1) if any(_is_slip(cell, column) for cell in cells)), None)


def _is_slip(value: Any, column: Column) -> bool:
    text = header_text(value)
    return bool(text) and (is_named(text, column) or near_miss(text, [column]) is not None)


def note_missing_header(name: str, table: Table, diagnostics: Diagnostics) -> None:
    """Report that a sheet has no header: a fault that names the row most like one; for an empty sheet a notice, unless it is
    `projects`."""
    if not table.is_filled():
        if name == "projects":
            diagnostics.unread.add(name)
            diagnostics.fault(table.title, "the sheet is empty; give one row for each project")
        else:
            diagnostics.notice(table.title, Text("the sheet is empty: nothing is read from it"))
        return
    diagnostics.unread.add(name)
    key = key_of(name)
    message = f"no header found: none of the first {HEADER_ROWS} rows holds a cell {key}"
    row = _likely_header(table)
    if row is None:
        diagnostics.fault(table.title, message, key)
        return
    texts = [str(value).strip() for value in table.rows[row - 1] if isinstance(value, str) and value.strip()]
    listed = ", ".join(texts[:4]) + (", ..." if len(texts) > 4 else "")
    cure = f"rename its column of names to {key}, or map it in a sheet `columns` (ours: {key}, theirs: {texts[0]})"
    diagnostics.fault(table.title, f"{message}; row {row} looks most like the header ({listed}): {cure}", key)


def _likely_header(table: Table) -> int | None:
    """The row of the first ones with the most texts, if it has any."""
    texts = {
        number: sum(isinstance(value, str) and bool(value.strip()) for value in cells)
        for number, cells in enumerate(table.rows[:HEADER_ROWS], 1)
    }
    best = max(texts, key=lambda number: (texts[number], -number), default=0)
    return best if best and texts[best] else None

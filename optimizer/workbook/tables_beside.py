"""Two tables side by side: finds the column in which a second header begins in the row of the first."""

from collections.abc import Iterator, Mapping
from typing import Any

from models.columns import columns
from models.schema import SHEETS
from models.settings import Settings
from models.translations import HEADERS
from optimizer.workbook.diagnostics import Diagnostics, letter
from optimizer.workbook.header_names import form, header_text
from optimizer.workbook.header_row import has_key, key_of, known_headers
from optimizer.workbook.table import Table

_FEWEST = 2
"""Least number of headers of a second table."""


def first_table_width(
    name: str, table: Table, header_row: int, mapping: Mapping[str, str], diagnostics: Diagnostics
) -> int:
    """Columns of the first table; a fault names the columns of a second one, which are not read.

    Args:
        name: the sheet in our names.
        mapping: form of an agency's header -> our name.
    """
    cells = table.rows[header_row - 1]
    for start, end in _runs(cells):
        before = {form(header_text(value)) for value in cells[:start]} - {""}
        begin = _repeats_from(cells, start, end)
        if begin is None and before and _is_other_table(name, cells[start:end], before, mapping):
            begin = start
        if begin is not None:
            place = f"column {letter(begin)}" if end - begin == 1 else f"columns {letter(begin)} to {letter(end - 1)}"
            message = (
                f"a second table begins here, beside the first, and a sheet holds one: move {place} to a sheet of"
                " their own, or below the first table where the headers are the same"
            )
            diagnostics.fault(table.address(header_row, begin), message)
            return begin
    return len(cells)


def _runs(cells: list[Any]) -> Iterator[tuple[int, int]]:
    """First index, and index after the last, of adjacent headers."""
    start = None
    for index, value in enumerate([*cells, ""]):
        if header_text(value):
            start = index if start is None else start
        elif start is not None:
            yield start, index
            start = None


def _repeats_from(cells: list[Any], start: int, end: int) -> int | None:
    """The index in a run from which the headers before it begin again, in their order."""
    forms = [form(header_text(value)) for value in cells[:end]]
    filled = [text for text in forms if text]
    for index in range(max(start, 1), end - _FEWEST + 1):
        if forms[index] == filled[0] and forms[index + 1] in forms[:index]:
            return index
    return None


def _is_other_table(name: str, run: list[Any], before: set[str], mapping: Mapping[str, str]) -> bool:
    """Whether headers after an empty column are those of another input sheet, or of settings."""
    forms = {form(header_text(value)) for value in run}
    if forms & set(map(form, ("key", "setting", *HEADERS["key"]))) and forms & set(
        map(form, ("value", *HEADERS["value"]))
    ):
        return True
    fields = {c.field for c in columns(SHEETS[name])}
    known = other_headers(run, mapping)
    return bool(known and (forms & before or known - fields)) or len(forms & set(Settings.model_fields)) >= _FEWEST


def other_headers(run: list[Any], mapping: Mapping[str, str]) -> set[str]:
    """The columns of an input sheet that headers name, where its key is among them; else none."""
    for other in SHEETS:
        known = known_headers(other, run, mapping)
        if has_key(other) and key_of(other) in known and len(known) >= _FEWEST:
            return known
    return set()

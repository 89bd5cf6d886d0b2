"""Writes a workbook that is pleasant to open: comments from the schema, drop-downs, widths, frozen headers.

The same rows give the same bytes: no clock, no set order, fixed properties.
"""

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter

from models.columns import Column, columns
from models.schema import SHEETS

from .facts import Record

SAYS = {
    "confidence": "How sure the row's numbers are: high, medium or low. See Notes.",
    "source": "Where the number comes from.",
    "note": "Why, and anything else a reader should know.",
    "key": "Name of a setting.",
    "value": "Its value.",
}
"""Header comments of columns that a sheet's schema does not name."""

_FIXED_DATE = datetime(2026, 3, 1)  # noqa: DTZ001  the file format holds no time zone
_NOTE_WIDTH = 105
"""Width of the Notes' text, in characters."""
_SPARE_ROWS = 200
"""Rows below the last one that have drop-downs too, for the planner's own."""


class SampleSheet(NamedTuple):
    """One sheet: its rows, what columns mean that the schema does not name, and lists for drop-downs."""

    name: str
    rows: Sequence[Record]
    says: Mapping[str, str] = {}
    lists: Mapping[str, tuple[str, ...]] = {}


NUMBER_FORMATS = {
    "number": "#,##0", "rate": "0.0###", "money": "#,##0.0", "share": "0.0###", "score": "0", "whole": "0", "year": "0",
}  # fmt: skip

_WIDTHS = {
    **dict.fromkeys(("id", "together", "stages"), 26),
    **dict.fromkeys(("name", "agency"), 42),
    **dict.fromkeys(("source", "note", "public_support", "esg_notes"), 60),
    **dict.fromkeys(("sponsor",), 30),
    **dict.fromkeys(("process", "recipe", "material"), 22),
    **dict.fromkeys(("key", "value", "rule", "where", "requires", "countries"), 20),
}
"""Characters; every other column is as wide as its header."""


def write(path: Path, title: str, notes: Iterable[tuple[str, str]], sheets: Iterable[SampleSheet]) -> None:
    """Writes the Notes first, then the sheets, whole, to `path`."""
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": title, "author": "mine2magnet", "created": _FIXED_DATE})
        book.set_size(2200, 1400)
        formats = {name: book.add_format(options) for name, options in _FORMATS.items()}
        _write_notes(book.add_worksheet("Notes"), title, notes, formats)
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name), sheet, formats)


_BASE = {"font_name": "Calibri", "font_size": 10, "valign": "top"}
_FORMATS: dict[str, dict[str, Any]] = {
    "text": _BASE,
    "wrapped": {**_BASE, "text_wrap": True},
    "heading": {**_BASE, "bold": True},
    "title": {**_BASE, "bold": True, "font_size": 16},
    "required": {**_BASE, "bold": True, "bg_color": "#1F4E79", "font_color": "white", "border": 1},
    "header": {**_BASE, "bold": True, "bg_color": "#D6E4F0", "border": 1},
    **{kind: {**_BASE, "num_format": code} for kind, code in NUMBER_FORMATS.items()},
}


def _write_notes(sheet: Any, title: str, notes: Iterable[tuple[str, str]], formats: dict[str, Any]) -> None:
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, _NOTE_WIDTH)
    sheet.write_string(0, 0, title, formats["title"])
    sheet.set_row(0, 24)
    for row, (heading, text) in enumerate(notes, start=2):
        sheet.write_string(row, 0, heading, formats["heading"])
        sheet.write_string(row, 1, text, formats["wrapped"])
        lines = len(textwrap.wrap(text, _NOTE_WIDTH))
        sheet.set_row(row, 13.5 * lines + (5 if heading else 1))  # a spreadsheet program would show one line only
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _write_sheet(sheet: Any, content: SampleSheet, formats: dict[str, Any]) -> None:
    headers = headers_of(content.rows)
    for at, header in enumerate(headers):
        column = _schema_column(content.name, header)
        required = column is not None and column.required
        sheet.write_string(0, at, header, formats["required" if required else "header"])
        comment = _comment(column, content.says.get(header, ""))
        sheet.write_comment(0, at, comment, {"author": "mine2magnet", "x_scale": 2, "y_scale": 1.4})
        sheet.set_column(at, at, _width(header), formats["text"])
        _offer_choices(sheet, at, header, column, content)
        for row, record in enumerate(content.rows, start=1):
            value = record.get(header)
            _write_cell(sheet, row, at, value, formats[_format(column, value)])
    sheet.freeze_panes(1, 2 if content.name in ("projects", "programmes") else 1)
    sheet.autofilter(0, 0, len(content.rows), len(headers) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def headers_of(rows: Sequence[Record]) -> list[str]:
    """Every key of the rows, in the order of first appearance, year columns in order among themselves."""
    headers = list(dict.fromkeys(key for row in rows for key in row))
    years = sorted(key for key in headers if key.isdigit())
    if not years:
        return headers
    first = next(at for at, key in enumerate(headers) if key.isdigit())
    before = [key for key in headers[:first] if not key.isdigit()]
    return [*before, *years, *(key for key in headers[first:] if not key.isdigit())]


def _schema_column(sheet: str, header: str) -> Column | None:
    """The schema's column of a header, by name or by family (`share_ndpr`, `2030`)."""
    if sheet not in SHEETS:
        return None
    for column in columns(SHEETS[sheet]):
        if column.family is None and column.field == header:
            return column
        if column.family == "<year>" and header.isdigit():
            return column
        if column.family == "share_<material>" and header.startswith("share_"):
            return column
    return None


def _comment(column: Column | None, text: str) -> str:
    if column is None:
        return text
    unit = f"\nUnit: {column.unit}" if column.unit else ""
    choices = f"\nOne of: {', '.join(column.choices)}" if column.choices else ""
    return f"{column.doc}{unit}{choices}" + ("\nRequired." if column.required else "")


def _offer_choices(sheet: Any, at: int, header: str, column: Column | None, content: SampleSheet) -> None:
    choices = content.lists.get(header, ())
    if not choices and column is not None:
        choices = ("yes", "no") if column.kind == "yes_no" else column.choices
    if choices:
        last = len(content.rows) + _SPARE_ROWS
        sheet.data_validation(1, at, last, at, {"validate": "list", "source": list(choices), "error_type": "warning"})


def _format(column: Column | None, value: object) -> str:
    """Name of a cell's format: by the column's kind, a plain number with decimals only where it has some."""
    kind = "number" if column is None else column.kind
    if kind == "number" and isinstance(value, float) and not value.is_integer():
        return "rate"
    return kind if kind in NUMBER_FORMATS and isinstance(value, int | float) else "text"


def _write_cell(sheet: Any, row: int, at: int, value: object, style: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, int | float):
        sheet.write_number(row, at, value, style)
    else:
        sheet.write_string(row, at, str(value), style)


def _width(header: str) -> float:
    if header.isdigit():
        return 10
    return _WIDTHS.get(header, max(10, len(header) + 4))

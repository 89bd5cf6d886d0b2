"""Data validation of each column's cells: drop-down lists and ranges of numbers.

The lists come from the workbook itself (ids, currencies, stages), so that they grow with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.columns import Column
from optimizer.workbook.cell_values import YEARS, plain
from optimizer.workbook.number_cells import MOST

LISTS = "Lists"
"""Title of the sheet that holds the longer lists; it is not read."""

_REFERENCES = {
    ("projects", "requires"): "projects",
    ("projects", "excludes"): "projects",
    ("projects", "together"): "projects",
    ("projects", "process"): "processes",
    ("existing", "process"): "processes",
    ("outlays", "id"): "projects",
}
"""Column that names an id -> sheet whose first column holds the ids."""
_LISTED = {"stage": "stages", "stages": "stages", "measure": "measures", "per": "measures", "weight": "measures"}
"""Field -> list of the sheet `Lists`."""
_FIRST_CELL = 2
_LONGEST = 5000


@dataclass(frozen=True)
class Lists:
    """Cell ranges of the lists of one workbook, by name."""

    ranges: Mapping[str, str]

    def validation(self, sheet: str, column: Column) -> dict[str, Any] | None:
        """The validation of xlsxwriter for a column's cells; None if anything can be typed."""
        if column.choices:
            return _list(list(column.choices), strict=True)
        if column.kind == "yes_no":
            return _list(["yes", "no"], strict=True)
        source = self._source(sheet, column)
        return _list(source, strict=False) if source else _number(column)

    def _source(self, sheet: str, column: Column) -> str | None:
        if (sheet, column.field) in _REFERENCES:
            return first_column(_REFERENCES[sheet, column.field])
        if column.field in ("currency", "base_currency") and sheet != "fx":
            return first_column("fx")
        if column.kind in ("country", "countries"):
            return self.ranges["countries" if sheet == "projects" else "all countries"]
        return self.ranges.get(_LISTED.get(column.field, "")) if sheet != "settings" else None


def first_column(sheet: str) -> str:
    """The cells below the header of a sheet's first column.

    >>> first_column("fx")
    '=fx!$A$2:$A$5000'
    """
    return f"={sheet}!$A${_FIRST_CELL}:$A${_LONGEST}"


def _list(source: list[str] | str, *, strict: bool) -> dict[str, Any]:
    """A drop-down list. One that is not strict accepts other values too: several ids, a new stage, a country's name."""
    options = {"validate": "list", "source": source, "show_error": strict}
    return {**options, "error_title": "Not in the list", "error_message": _only(source)} if strict else options


def _only(source: list[str] | str) -> str:
    return f"Choose one of: {', '.join(source)}." if isinstance(source, list) else "Choose from the list."


def _number(column: Column) -> dict[str, Any] | None:
    if column.kind == "year":
        return _between("integer", *YEARS, "a year")
    if column.kind == "whole":
        return _between("integer", column.low or 0, MOST if column.high is None else column.high, "a whole number")
    if column.kind in ("number", "money", "share", "score"):
        low = -1e15 if column.low is None else column.low
        return _between("decimal", low, 1e15 if column.high is None else column.high, "a number")
    return None


def _between(validate: str, low: float, high: float, noun: str) -> dict[str, Any]:
    limits = {"criteria": "between", "minimum": low, "maximum": high}
    shown = f"{noun} from {plain(low)}" + (f" to {plain(high)}" if high < 1e15 else "") if low > -1e15 else noun
    return {"validate": validate, **limits, "error_title": "Cannot be read", "error_message": f"Type {shown}."}

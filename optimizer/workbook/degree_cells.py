"""Latitudes and longitudes as people write them: `-28.86`, `28.86° S`, `28°51'36"S`."""

import re
from typing import Any

from models.columns import Column
from optimizer.workbook.cell_values import BadCell, Read, Style, shown

_DEGREES = re.compile(
    r"""(?P<sign>[-+−]?)\s*(?P<degrees>\d{1,3}(?:[.,]\d+)?)\s*°?\s*
        (?:(?P<minutes>\d{1,2}(?:[.,]\d+)?)\s*['′’]\s*)?
        (?:(?P<seconds>\d{1,2}(?:[.,]\d+)?)\s*(?:["″”]|'')\s*)?
        (?P<side>[NSEW])?""",
    re.ASCII | re.VERBOSE | re.IGNORECASE,
)
_SIDES = {"latitude": ("N", "S"), "longitude": ("E", "W")}


def degrees(column: Column, value: Any, _style: Style) -> Read:
    """Read decimal degrees, north and east positive. Raises BadCell."""
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else _parsed(column, value)
    if number is None or not column.low <= number <= column.high:  # type: ignore[operator]
        plus, minus = _SIDES[column.field]
        raise BadCell(
            f"{shown(value)} is not a {column.field}; use decimal degrees from {column.low:g} to {column.high:g}, "
            f"{plus} positive and {minus} negative, or degrees with {plus} or {minus}"
        )
    return Read(number)


def _parsed(column: Column, value: Any) -> float | None:
    match = _DEGREES.fullmatch(str(value).strip())
    if match is None:
        return None
    parts = [float((match[name] or "0").replace(",", ".")) for name in ("degrees", "minutes", "seconds")]
    side = (match["side"] or "").upper()
    if max(parts[1:]) >= 60 or (side and (side not in _SIDES[column.field] or match["sign"])):
        return None
    size = parts[0] + parts[1] / 60 + parts[2] / 3600
    return -size if side in ("S", "W") or match["sign"] in ("-", "−") else size

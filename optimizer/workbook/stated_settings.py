"""Values of settings as the workbook and the command line state them, before defaults are filled in."""

import re
from dataclasses import dataclass, field
from typing import Any

from models.case import Layout
from models.columns import Column, columns
from models.schema import Settings
from models.text import Text
from optimizer.workbook.cell_parser import parse
from optimizer.workbook.cell_values import BadCell, Style, is_empty, plain, shown
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.header_units import as_written, in_our_unit
from optimizer.workbook.units import DOLLARS, Unit

COLUMNS = {c.field: c for c in columns(Settings)}
"""Every setting by its key."""
_LEAST_PER_CENT = 0.5
"""Rate in per cent below which a fraction is likely meant: a cell that the program shows as 3 % holds 0.03."""


@dataclass
class Stated:
    """The settings that a planner gives: their values and their origins."""

    values: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    layout: Layout | None = None
    currencies: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Setting -> currency that its unit names, and the cell of the unit."""

    def state(
        self, key: str, value: Any, style: Style, origin: str, diagnostics: Diagnostics, *, unit: Unit | None = None
    ) -> None:
        """Read one value, written in `unit`; an empty one leaves the default. A bad one is a fault at `origin`."""
        if is_empty(value):
            return
        try:
            number, notice = _parsed(COLUMNS[key], value, style, unit)
        except BadCell as error:
            diagnostics.fault(origin, str(error), key)
            return
        if notice:
            diagnostics.notice(origin, notice, key)
        if key == "base_currency" and not re.fullmatch("[A-Za-z]{3}", number):
            diagnostics.notice(
                origin, Text("{text} is not a currency code of three letters (USD, AUD)", text=shown(value)), key
            )
        self.values[key] = number.upper() if key == "base_currency" else number
        self.provenance[key] = origin

    def check_currencies(self, base: str, diagnostics: Diagnostics) -> None:
        """Amounts of settings are in the base currency: another one in the unit of a setting is a fault at the unit."""
        for key, (currency, cell) in self.currencies.items():
            if currency == base:
                continue
            if currency == "$" and base in DOLLARS:
                diagnostics.notice(cell, Text("$ is taken as {base}, the base currency", base=base), key)
                continue
            message = (
                f"the unit is in {currency}, and {key} is in the base currency, {base}; convert the amount to {base}"
            )
            diagnostics.fault(cell, message, key)


def _parsed(column: Column, value: Any, style: Style, unit: Unit | None) -> tuple[Any, Text | None]:
    """The value in the unit of the setting, and the notice about it. Raises BadCell."""
    if unit is None:
        read = parse(column, value, style)
        return read.value, read.warning
    if unit.is_per_cent and isinstance(value, str):
        value = value.strip().removesuffix("%").strip()
    read = parse(as_written(column, unit), value, style)
    if not isinstance(read.value, int | float):
        return read.value, read.warning
    if unit.is_per_cent and 0 < read.value < _LEAST_PER_CENT:
        raise BadCell(
            f"the unit is per cent, and {plain(read.value)} is less than {plain(_LEAST_PER_CENT)} per cent: write 3 for"
            f" 3 %, or call the setting {column.field} without a unit and write 0.03"
        )
    return in_our_unit(column, unit, read.value), read.warning

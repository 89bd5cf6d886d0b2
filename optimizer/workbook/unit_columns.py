"""Apply a column of units: `unit` beside the numbers of each row, as statistical tables have it."""

from optimizer.workbook.cell_values import is_empty, shown
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.header import Sheet
from optimizer.workbook.header_units import SCALED, notice_of
from optimizer.workbook.template_examples import is_units
from optimizer.workbook.units import LONGEST_UNIT, Unit, unit_of


def apply_unit_column(sheet: Sheet, diagnostics: Diagnostics) -> None:
    """Give the columns of numbers the unit that every row names; rows in different units are a fault."""
    index = next((i for i, name in sheet.extras.items() if is_units(name)), None)
    if index is None:
        return
    cells = {
        number: row[index].strip()
        for number, row in sheet.table.body(sheet.header_row)
        if index < len(row) and isinstance(row[index], str) and not is_empty(row[index])
    }
    known = {text: _units(sheet, text) for text in dict.fromkeys(cells.values()) if len(text) <= LONGEST_UNIT}
    scaling = {text: units for text, units in known.items() if any(not unit.is_ours for unit in units.values())}
    if not scaling:
        return
    first = next(number for number, text in cells.items() if text in scaling)
    address, text = sheet.address(first, index), cells[first]
    names = ", ".join(sheet.targets[i].name for i in scaling[text])
    filled = sum(1 for _ in sheet.table.body(sheet.header_row))
    if len(known) > 1 or len(cells) < filled:
        message = f"{shown(text)} is the unit of {names} in this row and not in all rows; convert the rows to one unit"
        diagnostics.fault(address, message)
        return
    for i, unit in scaling[text].items():
        sheet.units[i] = unit
        diagnostics.notice(address, notice_of(text, sheet.targets[i].name, unit), sheet.targets[i].name)


def _units(sheet: Sheet, text: str) -> dict[int, Unit]:
    """Index of each column of numbers without its own unit -> the unit that a text names for it."""
    return {
        i: unit
        for i, target in sheet.targets.items()
        if i not in sheet.units and target.column.kind in SCALED and (unit := unit_of(text, target.column))
    }

"""One column of a sheet, read row by row in the unit of its header."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from models.columns import Column
from optimizer.workbook.cell_parser import parse
from optimizer.workbook.cell_values import LARGEST, BadCell, Style, is_empty, plain
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.header import Sheet
from optimizer.workbook.header_units import SCALED, as_written, in_our_unit
from optimizer.workbook.number_cells import SMALLEST
from optimizer.workbook.raw_row import RawRow
from optimizer.workbook.units import is_fraction

_MOST_SUGGESTIONS = 200
_SIMPLE = ("number", "money", "share", "score")


@dataclass(frozen=True)
class ColumnReader:
    """Reads one column of a sheet, row by row."""

    sheet: Sheet
    index: int
    column: Column
    name: str
    """The header in our names."""
    diagnostics: Diagnostics

    def values(self, rows: list[RawRow]) -> Iterator[tuple[RawRow, Any]]:
        """Rows with a value in this column, in our unit."""
        unit = self.sheet.units.get(self.index)
        if unit is None or self.column.kind not in SCALED:
            yield from self._written(rows)
            return
        column = as_written(self.column, unit)
        for raw, value in replace(self, column=column)._written(rows):
            yield raw, in_our_unit(self.column, unit, value)

    def _written(self, rows: list[RawRow]) -> Iterator[tuple[RawRow, Any]]:
        """The values in the unit of the cells. Equal cells are parsed once, because columns repeat values."""
        known: dict[type, dict[Any, Any]] = {str: {"": None}, float: {}}
        high = LARGEST if self.column.high is None else self.column.high
        if self.column.kind not in _SIMPLE or (self.column.low or 0) > 0:
            high = -1.0  # no shortcut for columns with a lower bound above 0
        for raw in rows:
            cell = raw.cells[self.index] if self.index < len(raw.cells) else ""
            if type(cell) is float and (SMALLEST <= cell <= high or cell == 0 <= high):
                yield raw, cell
                continue
            seen = known.get(type(cell), {})
            value = seen[cell] if cell in seen else self._read(raw, cell, seen)
            if value is not None:
                yield raw, value

    def _read(self, raw: RawRow, cell: Any, seen: dict[Any, Any]) -> Any:
        """The value of a cell; None if it is empty or faulty."""
        if is_empty(cell):
            return None
        address = self.sheet.address(raw.row, self.index)
        try:
            read = parse(self.column, self._without_its_unit(cell), self._style())
        except BadCell as error:
            self.diagnostics.fault(address, str(error), self.name)
            raw.faulty.add(self.name)
            return None
        if read.warning:
            self.diagnostics.notice(address, read.warning, self.name)
        else:
            seen[cell] = read.value
        return read.value

    def _without_its_unit(self, cell: Any) -> Any:
        """`40%` below a header that says per cent is 40."""
        is_per_cent = self.index in self.sheet.units and self.sheet.units[self.index].is_per_cent
        return cell.strip().removesuffix("%").strip() if is_per_cent and isinstance(cell, str) else cell

    def _style(self) -> Style:
        return replace(self.sheet.table.style, suggests=len(self.diagnostics.faults) < _MOST_SUGGESTIONS)


def check_mixed_shares(sheet: Sheet, index: int, rows: list[RawRow], diagnostics: Diagnostics) -> None:
    """Refuse small numbers in a column of shares that also holds numbers above 1: the column is likely in per cent."""
    target = sheet.targets[index]
    if target.column.kind != "share" or index in sheet.units:
        return
    cells = [(raw, raw.cells[index]) for raw in rows if index < len(raw.cells)]
    numbers = [(raw, cell) for raw, cell in cells if isinstance(cell, int | float) and not isinstance(cell, bool)]
    above = next(((raw, cell) for raw, cell in numbers if 1 < cell <= 100), None)
    if above is None or sum(cell > 1 for _, cell in numbers) <= 1:
        return
    beside = f"{plain(above[1])} ({sheet.address(above[0].row, index)})"
    for raw, cell in numbers:
        if 0 < cell <= 1:
            message = (
                f"{plain(cell)} stands beside {beside}: if the column is in per cent, write {plain(cell / 100)};"
                " else correct the others first"
            )
            diagnostics.fault(sheet.address(raw.row, index), message, target.name)
            raw.faulty.add(target.name)


def check_doubtful_percent(sheet: Sheet, index: int, rows: list[RawRow], diagnostics: Diagnostics) -> None:
    """Refuse a per cent column in which no number exceeds 1: its cells are likely fractions formatted as per cent."""
    target = sheet.targets[index]
    if index not in sheet.units or not is_fraction(target.column) or not sheet.units[index].is_per_cent:
        return
    cells = [raw.cells[index] for raw in rows if index < len(raw.cells)]
    numbers = [cell for cell in cells if isinstance(cell, int | float) and not isinstance(cell, bool) and cell]
    if numbers and max(numbers) <= 1:
        message = (
            f"the header says per cent, and no number is above 1 (the largest is {plain(max(numbers))}): write 40 for"
            f" 40 %, or call the column {target.name} and write 0.4"
        )
        diagnostics.fault(sheet.header_at(index), message, target.name)

"""One column of a sheet, read row by row in the unit of its header."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from models.columns import Column
from optimizer.workbook.cell_parser import parse
from optimizer.workbook.cell_values import LARGEST, BadCell, Style, is_empty
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.header import Sheet
from optimizer.workbook.number_cells import SMALLEST
from optimizer.workbook.raw_row import RawRow

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
    found: Diagnostics

    def values(self, rows: list[RawRow]) -> Iterator[tuple[RawRow, Any]]:
        """Rows with a value in this column. Cells that say the same are parsed once: columns repeat themselves."""
        known: dict[type, dict[Any, Any]] = {str: {"": None}, float: {}}
        high = -1.0 if self.column.kind not in _SIMPLE else LARGEST if self.column.high is None else self.column.high
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
        """The value of a cell; None where it is empty or faulty."""
        if is_empty(cell):
            return None
        address = self.sheet.address(raw.row, self.index)
        try:
            read = parse(self.column, cell, self._style())
        except BadCell as error:
            self.found.fault(address, str(error), self.name)
            raw.faulty.add(self.name)
            return None
        if read.warning:
            self.found.notice(address, read.warning, self.name)
        else:
            seen[cell] = read.value
        return read.value

    def _style(self) -> Style:
        return replace(self.sheet.table.style, suggests=len(self.found.faults) < _MOST_SUGGESTIONS)

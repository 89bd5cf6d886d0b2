"""Read the sheet `columns`, which maps an agency's headers to our columns."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from models.columns import columns
from models.nearest import did_you_mean
from models.schema import SHEETS
from models.text import Text
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.header import Sheet, find
from optimizer.workbook.header_names import form, header_text, near_miss
from optimizer.workbook.rows import read_rows
from optimizer.workbook.table import Table


@dataclass
class ColumnMapping:
    """The mapping of the sheet `columns`; empty without the sheet."""

    names: dict[str, str] = field(default_factory=dict)
    """Form of an agency's header -> our name."""
    places: dict[str, str] = field(default_factory=dict)
    """Form of an agency's header -> cell that maps it."""

    def note_unused(self, sheets: Iterable[Sheet], diagnostics: Diagnostics) -> None:
        """Report mapped headers that no sheet has; a misspelled one would leave a column at its default."""
        present = {form(header_text(value)) for sheet in sheets for value in sheet.table.rows[sheet.header_row - 1]}
        for theirs, place in self.places.items():
            if theirs not in present:
                diagnostics.notice(
                    place,
                    Text("no sheet has the header {theirs}, so it maps nothing; mind the spelling", theirs=theirs),
                    "theirs",
                )


def mapping_of(table: Table | None, diagnostics: Diagnostics) -> ColumnMapping:
    """Read the sheet `columns`. A name that nearly is a known one, and a header mapped twice, are faults."""
    sheet = find("columns", table, {}, diagnostics) if table else None
    mapping = ColumnMapping()
    if sheet is None:
        return mapping
    for raw in read_rows(sheet, (), diagnostics):
        ours, theirs = form(raw.values["ours"]), form(raw.values["theirs"])
        place = sheet.address(raw.row, sheet.index_of("ours") or 0)
        if near := _near_column(ours):
            diagnostics.fault(place, f'"{raw.values["ours"]}" is not a column{did_you_mean(near)}', "ours")
        elif mapping.names.get(theirs, ours) != ours:
            twice = sheet.address(raw.row, sheet.index_of("theirs") or 0)
            diagnostics.fault(twice, f'"{raw.values["theirs"]}" is mapped twice; delete one', "theirs")
        mapping.names.setdefault(theirs, near or ours)
        mapping.places.setdefault(theirs, sheet.address(raw.row, sheet.index_of("theirs") or 0))
    return mapping


def _near_column(ours: str) -> str | None:
    """The column of any sheet whose name is nearly this one; None for a known column or a measure's name."""
    known = [c for cls in SHEETS.values() for c in columns(cls)]
    near = None if ours in {c.field for c in known} else near_miss(ours, known)
    return None if near == ours else near

"""Find states in columns of countries: SA is Saudi Arabia, but South Australia beside WA and NSW."""

from collections.abc import Mapping

from models.countries import english, iso2, state_of
from models.nearest import did_you_mean
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.header import Sheet
from optimizer.workbook.raw_row import RawRow


def check_states(sheets: Mapping[str, Sheet], rows: Mapping[str, list[RawRow]], diagnostics: Diagnostics) -> None:
    """Refuse a country among states of another country: reading it would move a plant abroad."""
    for name, sheet in sheets.items():
        for index, target in sheet.targets.items():
            if target.column.kind == "country":
                _check(sheet, index, target.column.field, rows.get(name, []), diagnostics)


def _check(sheet: Sheet, index: int, field: str, rows: list[RawRow], diagnostics: Diagnostics) -> None:
    cells = {raw.row: raw.cells[index] for raw in rows if index < len(raw.cells) and isinstance(raw.cells[index], str)}
    meant = state_of(frozenset(text for text in cells.values() if text.strip()))
    for row, text in cells.items():
        if text in meant:
            code = str(iso2(text))
            others = f"other cells of the column are states of {english(meant[text])}"
            message = f'"{text}" is {code} ({english(code)}), and {others}{did_you_mean(meant[text])}'
            diagnostics.fault(sheet.address(row, index), message, field)

"""Apply the column `scale` of the sheet `columns`: the factor from an agency's numbers to ours."""

from models.text import Text
from optimizer.workbook.cell_values import plain, shown
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.header import Sheet, find
from optimizer.workbook.header_names import form, header_text
from optimizer.workbook.header_units import SCALED
from optimizer.workbook.rows import read_rows
from optimizer.workbook.table import Table
from optimizer.workbook.units import Unit


def scales_of(table: Table | None) -> dict[str, float]:
    """Form of an agency's header -> factor. `mapping_of` reports the faults of the sheet."""
    aside = Diagnostics()
    sheet = find("columns", table, {}, aside) if table else None
    if sheet is None:
        return {}
    rows = read_rows(sheet, (), aside)
    return {form(raw.values["theirs"]): raw.values["scale"] for raw in rows if "scale" in raw.values}


def apply_scales(sheet: Sheet, scales: dict[str, float], diagnostics: Diagnostics) -> None:
    """Apply the factors to the columns of a sheet; a notice at each header names the factor."""
    for index, cell in enumerate(sheet.table.rows[sheet.header_row - 1]):
        text = header_text(cell)
        factor = scales.get(form(text)) if text else None
        if factor is None or (index not in sheet.targets and index not in sheet.extras):
            continue
        name = sheet.targets[index].name if index in sheet.targets else sheet.extras[index]
        if index in sheet.targets and sheet.targets[index].column.kind not in SCALED:
            message = f"{shown(text)} has a scale in the sheet columns, and {name} holds no amounts; delete the scale"
            diagnostics.fault(sheet.header_at(index), message, name)
            continue
        header_unit = sheet.units.get(index)
        if header_unit is not None and not header_unit.is_ours and header_unit.of(1) != factor:
            message = (
                f"{shown(text)} names a unit that multiplies each number by {plain(header_unit.of(1))}, and the sheet columns has"
                f" the scale {plain(factor)}; delete one of them"
            )
            diagnostics.fault(sheet.header_at(index), message, name)
            continue
        currency = header_unit.currency if header_unit is not None else None
        sheet.units[index] = _factor(factor, currency)
        notice = Text(
            "{text} is read as {name}: each number times {factor}, as the sheet columns says",
            text=shown(text), name=name, factor=plain(factor),
        )  # fmt: skip
        diagnostics.notice(sheet.header_at(index), notice, name)


def _factor(factor: float, currency: str | None) -> Unit:
    """The factor as an exact fraction if it has one, so that 7 times 0.001 is exactly 0.007."""
    over = round(1 / factor) if factor < 1 else 1
    if over > 1 and 1 / over == factor:
        return Unit("scale", 1, over, currency)
    return Unit("scale", factor, 1, currency)

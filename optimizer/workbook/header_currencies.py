"""Apply currencies in headers: `Capex (JPY bn)` sets the currency of every row and must not contradict others."""

from collections.abc import Mapping

from models.columns import Column
from models.schema import SHEETS
from models.text import Text
from optimizer.workbook.cell_values import is_empty, shown
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.header import Sheet
from optimizer.workbook.header_names import header_text
from optimizer.workbook.raw_row import RawRow
from optimizer.workbook.units import DOLLARS

Rows = Mapping[str, list[RawRow]]


def apply_currencies(sheets: Mapping[str, Sheet], rows: Rows, base: str, diagnostics: Diagnostics) -> None:
    """Give rows the currency that the headers of their sheet name; a contradiction or an ambiguity is a fault."""
    for name, sheet in sheets.items():
        named = _named(sheet, base, diagnostics)
        if not named:
            continue
        index, currency = next(iter(named.items()))
        if name == "outlays":
            currencies = {
                raw.values["id"]: raw.values.get("currency", base).upper() for raw in rows.get("projects", ())
            }
            _check_outlays(sheet, index, currencies, rows.get(name, []), diagnostics)
        elif "currency" in SHEETS[name].model_fields and _is_whole(sheet, named, base, diagnostics):
            _apply(sheet, index, currency, rows.get(name, []), diagnostics)


def _named(sheet: Sheet, base: str, diagnostics: Diagnostics) -> dict[int, str]:
    """Index of a column -> the currency of its header, `$` taken as the base currency where that is a dollar."""
    named = {i: unit.currency for i, unit in sorted(sheet.units.items()) if unit.currency and i in sheet.targets}
    for index, currency in named.items():
        if currency == "$" and base in DOLLARS:
            named[index] = base
            diagnostics.notice(
                sheet.header_at(index), Text("$ is taken as {base}, the base currency", base=base), _name(sheet, index)
            )
        elif currency == "$":
            message = f"$ in {_header(sheet, index)} may be several currencies; write US$, A$ or C$"
            diagnostics.fault(sheet.header_at(index), message, _name(sheet, index))
            return {}
    return named


def _is_whole(sheet: Sheet, named: Mapping[int, str], base: str, diagnostics: Diagnostics) -> bool:
    """Whether all money columns of a sheet are in one currency, as far as headers say."""
    first, currency = next(iter(named.items()))
    has_column = sheet.index_of("currency") is not None
    for index, target in sheet.targets.items():
        other = named.get(index)
        if other is None and (not _is_money(target.column) or has_column or currency == base):
            continue
        if other != currency:
            says = f"says {other}" if other else "says no currency"
            message = (
                f"{_header(sheet, index)} {says}, and {_header(sheet, first)} ({sheet.header_at(first)}) says {currency}:"
                " the money of a row has one currency; write it into every header, or fill a column currency"
            )
            diagnostics.fault(sheet.header_at(index), message, target.name)
            return False
    return True


def _apply(sheet: Sheet, index: int, currency: str, rows: list[RawRow], diagnostics: Diagnostics) -> None:
    place = sheet.index_of("currency")
    for raw in rows:
        given = raw.values.get("currency")
        if given is None or given.upper() == currency:
            raw.values["currency"] = currency
            continue
        message = (
            f"{_header(sheet, index)} says {currency}, and the column currency says {given} "
            f"({sheet.address(raw.row, place or 0)}); did you mean {_name(sheet, index)}? Name one currency alone"
        )
        diagnostics.fault(sheet.header_at(index), message, _name(sheet, index))
        return


def _check_outlays(
    sheet: Sheet, index: int, currencies: Mapping[str, str], rows: list[RawRow], diagnostics: Diagnostics
) -> None:
    """Outlays are in the currency of their project; `currencies` names it by id."""
    currency = sheet.units[index].currency
    for raw in rows:
        name = raw.values["id"]
        if currency != "$" and currencies.get(name, currency) != currency:
            message = (
                f"{_header(sheet, index)} says {currency}, and the money of {name} is in {currencies[name]}: outlays are in the"
                " currency of their project"
            )
            diagnostics.fault(sheet.header_at(index), message, _name(sheet, index))
            return


def _is_money(column: Column) -> bool:
    return column.kind == "money" or "`currency`" in column.unit


def _header(sheet: Sheet, index: int) -> str:
    value = sheet.table.rows[sheet.header_row - 1][index]
    return shown(header_text(value)) if not is_empty(value) else "a header"


def _name(sheet: Sheet, index: int) -> str:
    return sheet.targets[index].name

"""Apply units from a row above or below the header, and refuse units in a title.

A row of units converts its columns as a header with a unit does. A title with a unit other than ours is a fault,
because the columns that it means are not certain.
"""

import re
from itertools import pairwise
from typing import Any

from models.columns import Column
from models.text import Text
from optimizer.workbook.cell_values import is_empty, shown
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.header import Sheet
from optimizer.workbook.header_row import key_of
from optimizer.workbook.header_units import SCALED, not_understood, notice_of
from optimizer.workbook.template_examples import is_units
from optimizer.workbook.units import LONGEST_UNIT, Unit, currency_in, unit_of

_LONGEST_TITLE = 200
_SHORTEST_UNIT = 2
"""Letters of a unit in a title: `Annex (b)` names none."""
_IN_TITLE = (
    re.compile(r"[(\[（]([^()\[\]（）]{1,40})[)\]）]"),
    re.compile(r"\bin\s+([^,;()]{1,40})", re.IGNORECASE),
    re.compile(r"\b(?:units?|currency)\s*[:=]\s*([^,;()]{1,40})", re.IGNORECASE),
    re.compile(r"(?:単位|Einheit(?:en)?|Währung|通貨)\s*[:：=]?\s*([^,;()]{1,40})"),
    re.compile(r",\s*([^,]{1,40})$"),
    re.compile(r"^(.{1,40})$"),
)
"""Places of a unit in a title: in brackets, after `in`, after `Unit:`, after the last comma, or as a whole."""
_SCALE = "(?i:k|m|bn|mn|mio|mrd|tn|thousands?|millions?|billions?|000s?|'000)"
_MONEY = re.compile(
    rf"(?:(?:US|A|C|NZ)?[$€£¥]|[A-Z]{{3}})\s?{_SCALE}|{_SCALE}\s?(?:(?:US|A|C|NZ)?[$€£¥]|[A-Z]{{3}})|(?i:thousand|million|billion) dollars",
)
"""A currency beside a scale: `AUD m`, `US$k`, `kUSD`."""
_LONGEST_UNKNOWN = 12
"""Letters of words with a currency that are taken for a unit although their scale is not known: `T€`."""


def apply_unit_rows(sheet: Sheet, diagnostics: Diagnostics) -> None:
    """Give columns the units of a row of units, and refuse a title with another unit than ours."""
    rows = sheet.table.rows
    for number in (sheet.header_row - 1, sheet.header_row + 1):
        if 0 < number <= len(rows) and _is_unit_row(sheet, rows[number - 1]):
            _apply(sheet, number, diagnostics)
    for number, cells in enumerate(rows[: sheet.header_row - 1], 1):
        if not _is_unit_row(sheet, cells):
            for index, cell in enumerate(cells):
                if isinstance(cell, str) and cell.strip():
                    _check_title(sheet, number, index, cell.strip(), diagnostics)


def _bare(cell: Any) -> str:
    return cell.strip().strip("()[]（）").strip() if isinstance(cell, str) and len(cell) <= LONGEST_UNIT else ""


def _scaled(sheet: Sheet) -> dict[int, Column]:
    """The columns of numbers that a unit can convert."""
    return {i: target.column for i, target in sheet.targets.items() if target.column.kind in SCALED}


def _is_ours(text: str, column: Column) -> bool:
    return text.casefold() in (column.unit.casefold(), "0 to 1", "0 to 100", "year")


def _is_unit_row(sheet: Sheet, cells: list[Any]) -> bool:
    """Whether a row says units below or above its columns: at least one, and no number anywhere."""
    key = sheet.index_of(key_of(sheet.name))
    first = _bare(cells[key]) if key is not None and key < len(cells) and not is_empty(cells[key]) else ""
    if (first and not is_units(first)) or any(isinstance(cell, int | float) for cell in cells):
        return False
    texts = ((_bare(cells[i]), column) for i, column in _scaled(sheet).items() if i < len(cells))
    return any(text and (_is_ours(text, column) or unit_of(text, column)) for text, column in texts)


def _apply(sheet: Sheet, number: int, diagnostics: Diagnostics) -> None:
    for index, column in _scaled(sheet).items():
        cells = sheet.table.rows[number - 1]
        text = _bare(cells[index]) if index < len(cells) else ""
        if not text or _is_ours(text, column):
            continue
        place, name = sheet.address(number, index), sheet.targets[index].name
        unit, header_unit = unit_of(text, column), sheet.units.get(index)
        if unit is None:
            diagnostics.fault(place, not_understood(text, name, [column]), name)
            sheet.unsure.add(index)
        elif header_unit is not None and not unit.is_same(header_unit):
            diagnostics.fault(place, f"{shown(text)} is not the unit of the header; delete one of them", name)
        elif header_unit is None:
            sheet.units[index] = unit
            if not unit.is_ours or unit.currency:
                diagnostics.notice(place, notice_of(text, name, unit), name)


def units_in_title(text: str) -> list[str]:
    """The words of a title that may be a unit, each once.

    >>> units_in_title("Capacity in kt, money in USD m"), units_in_title("Table 3 (USD k)")[:1]
    (['kt', 'USD m', 'money in USD m', 'Capacity in kt, money in USD m'], ['USD k'])
    """
    if len(text) > _LONGEST_TITLE:
        return []
    words = (match[1].strip() for pattern in _IN_TITLE for match in pattern.finditer(text))
    return list(dict.fromkeys(word for word in words if len(word) >= _SHORTEST_UNIT))


def money_phrases(text: str) -> list[str]:
    """Pairs of words, and single words, of a title in which a currency may be beside its scale.

    >>> money_phrases("All figures AUD m unless stated"), money_phrases("Amounts kUSD (real)")[:1]
    (['AUD m'], ['kUSD'])
    """
    if len(text) > _LONGEST_TITLE:
        return []
    words = [word.strip(",;.:()[]") for word in text.split()]
    pairs = [f"{one} {other}" for one, other in pairwise(words)]
    return [phrase for phrase in (*pairs, *words) if _MONEY.fullmatch(phrase)]


def _check_title(sheet: Sheet, number: int, index: int, text: str, diagnostics: Diagnostics) -> None:
    """Refuse a title whose unit would scale columns that name none of their own; report a currency without a scale."""
    place, currency = sheet.address(number, index), ""
    for words in (*units_in_title(text), *money_phrases(text)):
        units = {i: unit for i, c in _scaled(sheet).items() if (unit := unit_of(words, c)) and i not in sheet.units}
        scaling = {i: unit for i, unit in units.items() if not unit.is_ours and not _is_bare_currency(unit)}
        if scaling:
            diagnostics.fault(place, _scales(sheet, text, words, scaling), sheet.targets[min(scaling)].name)
            return
        if any(unit.currency for unit in units.values()) or (
            not units and len(words) <= _LONGEST_UNKNOWN and currency_in(words)
        ):
            currency = currency or words
    money = [t.name for i, t in sorted(sheet.targets.items()) if t.column.kind == "money" and i not in sheet.units]
    if currency and money:
        notice = Text(
            "{text} names {currency}, and a title sets neither currency nor scale: {columns} read in millions, in the base"
            " currency where a row names none",
            text=shown(text), currency=currency, columns=_are(money),
        )  # fmt: skip
        diagnostics.notice(place, notice)


def _scales(sheet: Sheet, text: str, words: str, scaling: dict[int, Unit]) -> str:
    first = sheet.targets[min(scaling)]
    name = first.name.removesuffix("_m").removesuffix("_tpa")
    return (
        f"{shown(text)} names the unit {words}, and {_are([sheet.targets[i].name for i in sorted(scaling)])} read as"
        f" {first.column.unit or 'numbers'}: write the unit into each header, for example {name} ({words}), or delete it"
        " here"
    )


def _is_bare_currency(unit: Unit) -> bool:
    return unit.currency is not None and unit.over == 10**6 and unit.times == 1


def _are(names: list[str]) -> Text:
    some = ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
    return Text("{names} is", names=some) if len(names) == 1 else Text("{names} are", names=some)

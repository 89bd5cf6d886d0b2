"""Read numbers and years of cells; a text is read only if it has one meaning."""

import datetime
import math
import re
from typing import Any

from models.columns import Column
from models.nearest import did_you_mean
from models.text import Text
from optimizer.workbook.cell_values import LARGEST, YEARS, BadCell, Read, Style, plain, shown, year_of
from optimizer.workbook.number_parser import LONGEST as LONGEST_NUMBER
from optimizer.workbook.number_parser import proposed_number
from optimizer.workbook.units import currency_in, is_fraction
from optimizer.workbook.years import calendar_year, listed_years, proposed_years

SMALLEST = 1e-12
"""Smaller numbers are rounding residue of spreadsheet formulas and are read as 0."""
MOST = 1000
"""Upper limit of a whole number whose column has none: years of build, life and contracts, and counts."""

_POINT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d+)?", re.ASCII)
_DOUBT = {".": re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}", re.ASCII), ",": re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)}
"""Texts that are a decimal in one country and thousands in another: `1.200`, `1,200`."""
_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|\d{1,2}[-/. ].*[-/. ]\d{4}", re.ASCII)
"""2026-05-01, 30 June 2026, 6/30/2026."""
_RANGE = re.compile(r"\D{0,12}\d[\d.,]*\s*(?:-|–|—|/|~|〜|～|to|or|bis|;)\s*\d[\d.,]*\D{0,12}", re.ASCII)
"""350-400, 350 to 400."""
_NOTHING = (
    "-", "--", "---", "–", "—", "－", "ー", ".", "...", "…", "?", "n/a", "na", "n.a.", "n.a", "none", "tbd", "tbc", "tba", "nan",
    "null", "nil", "inf", "-inf", "n.d.", "nd", "k.a.", "k. a.", "unknown", "pending", "unbekannt", "offen", "未定", "なし", "不明",
    "該当なし",
)  # fmt: skip


def number(column: Column, value: Any, style: Style) -> Read:
    """A number within the bounds of its column. Raises BadCell."""
    read = any_number(column, value, style)
    value = read.value
    if not math.isfinite(value):
        raise BadCell(f"{value} is not a number; type the value, or leave the cell empty")
    if abs(value) > LARGEST:
        raise BadCell(f"{value:g} is too large to be meant; mind the unit ({column.unit or 'a plain number'})")
    if column.low is not None and value < column.low:
        fault = "negative" if column.low == 0 else f"less than {plain(column.low)}"
        raise BadCell(f"{plain(value)} is {fault}; give {_range(column)}")
    if column.high is not None and value > column.high:
        tenth = f"{plain(value / 100)}" if column.high == 1 and 2 <= value <= 100 else None
        raise BadCell(f"{plain(value)} is more than {plain(column.high)}; give {_range(column)}{did_you_mean(tenth)}")
    if 0 < abs(value) < SMALLEST:
        return Read(0.0, Text("{value} is practically zero; read as 0", value=f"{value:g}"))
    return read


def _range(column: Column) -> str:
    low = plain(column.low or 0)
    return f"{low} or more" if column.high is None else f"a value from {low} to {plain(column.high)}"


def any_number(column: Column, value: Any, style: Style) -> Read:
    """Read a number of any size. A text with several meanings raises BadCell with a proposal."""
    if isinstance(value, bool):
        raise BadCell(f"{shown(value)} is not a number")
    if isinstance(value, int | float):
        return Read(float(value))
    if not isinstance(value, str):
        raise BadCell(f"{value} is a date where a number belongs; format the cell as a number and type it again")
    if len(value) > LONGEST_NUMBER:
        raise BadCell(f"{shown(value)} is {len(value):,} characters long and not a number; type digits alone")
    if value.endswith("%"):
        return _per_cent(column, value, style)
    if (plain_number := _plain(value, style)) is not None:
        doubt = _doubt(value, plain_number, style)
        if doubt is None and not style.all_text:
            doubt = Text(
                "{text} is a number stored as text; read as {number}", text=shown(value), number=plain(plain_number)
            )
        return Read(plain_number, doubt)
    text = value.replace(".", "") if style.decimal_comma else value
    raise BadCell(f"{shown(value)} is not a number{_cure(text, column)}")


def _plain(text: str, style: Style) -> float | None:
    """Digits with at most one decimal mark, that of the table."""
    pattern = _COMMA if style.decimal_comma else _POINT
    return float(text.replace(",", ".")) if pattern.fullmatch(text) else None


def _doubt(text: str, value: float, style: Style) -> Text | None:
    """The notice for a decimal that may be thousands. Raises BadCell if nothing proves the decimal mark."""
    mark = "," if style.decimal_comma else "."
    if not _DOUBT[mark].fullmatch(text):
        return None
    thousands = plain(float(text.replace(mark, "")))
    if not style.evidence:
        raise BadCell(
            f"{shown(text)} is {plain(value)} in one country and {thousands} in another; did you mean {thousands}? "
            "Type the number without a separator of thousands"
        )
    words = {"text": shown(text), "number": plain(value), "cell": style.evidence}
    if style.decimal_comma:
        return Text("{text} is read as {number}, since the files write a decimal comma ({cell})", **words)
    return Text("{text} is read as {number}, since the files write a decimal point ({cell})", **words)


def _per_cent(column: Column, value: str, style: Style) -> Read:
    body = value[:-1].strip()
    plain_number = _plain(body, style)
    if plain_number is None:
        raise BadCell(f"{shown(value)} is not a number{_cure(body, None)}")
    _doubt(body, plain_number, style)
    if column.high != 1 and not is_fraction(column):
        raise BadCell(f"{shown(value)} is a percentage where {column.unit or 'a plain number'} belongs")
    notice = Text("{text} is text; read as {number}", text=shown(value), number=plain(plain_number / 100))
    return Read(plain_number / 100, notice)


def _cure(text: str, column: Column | None) -> str:
    if text.casefold() in _NOTHING:
        return "; leave the cell empty where there is no number"
    proposal = proposed_number(text, column)
    if proposal is None:
        return (
            "; a cell holds one number: type the one to plan with" if _RANGE.fullmatch(text) else "; type digits alone"
        )
    is_money = column is not None and column.kind == "money"
    currency = currency_in(text) if is_money else None
    return did_you_mean(plain(proposal)) + (f" ({currency} belongs in the column currency)" if currency else "")


def whole(column: Column, value: Any, style: Style) -> Read:
    """A whole number within the bounds of its column (`MOST` without an upper one). Raises BadCell."""
    read = number(column, value, style)
    if not read.value.is_integer():
        raise BadCell(f"{plain(read.value)} is not a whole number{f' of {column.unit}' if column.unit else ''}")
    if column.high is None and read.value > MOST:
        raise BadCell(f"{plain(read.value)} is more than {MOST}{f' {column.unit}' if column.unit else ''}")
    return Read(int(read.value), read.warning)


def year(column: Column, value: Any, style: Style) -> Read:
    """Read a year. A date cell is read as its year, with a notice. A text that names no single year is a fault."""
    if isinstance(value, datetime.datetime | datetime.date):
        return Read(year_of(value), Text("a date where a year belongs: read as {year}", year=year_of(value)))
    if isinstance(value, str) and not _POINT.fullmatch(value) and (named := _year_of_text(value)):
        return named
    read = any_number(column, value, style)
    if not math.isfinite(read.value) or not float(read.value).is_integer():
        raise BadCell(f"{plain(read.value)} is not a year")
    whole_year = int(read.value)
    if not YEARS[0] <= whole_year <= YEARS[1]:
        proposal = _short_or_serial(whole_year)
        raise BadCell(f"{whole_year} is not a year from {YEARS[0]} to {YEARS[1]}{did_you_mean(proposal)}")
    return Read(whole_year, read.warning)


def _year_of_text(text: str) -> Read | None:
    """The year of a text that can mean one calendar year only (`CY2026`, `2026年`); None if it names no year.

    Raises BadCell, with a proposal, if it may mean several years or part of one.
    """
    if len(text) > LONGEST_NUMBER:
        return None
    if (only := calendar_year(text)) is not None:
        return Read(only, Text("{text} is read as {name}", text=shown(text), name=only))
    if proposal := listed_years(proposed_years(text)):
        fault = "a date where a year belongs" if _DATE.fullmatch(text) else "not a year"
        raise BadCell(f"{shown(text)} is {fault}{did_you_mean(proposal)}")
    return None


def _short_or_serial(number: int) -> str | None:
    """The year that a number means: 26, or 46023, which is a spreadsheet's number of the first day of 2026."""
    if 0 < number < 100:
        return str(2000 + number)
    return listed_years(proposed_years(str(number)))

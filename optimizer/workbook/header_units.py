"""Units in headers: `Capex (JPY bn)`, `Capacity, kt/yr`, `secured_usd_k`, `2030 (kt)`.

A header is read with its unit if both have one meaning: the text before the unit names a known column, and the unit is one of
that column. The column's numbers are then converted, and a notice says so.
"""

import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from models.columns import Column
from models.text import Text
from models.translations import HEADERS
from optimizer.workbook.cell_values import plain, shown
from optimizer.workbook.units import Unit, unit_of

LONGEST_HEADER = 120
"""Letters of a header that is searched for a unit; longer ones are prose."""
_OPENING, _CLOSING = "([{（［【〔", ")]}）］】〕"
_OWN_UNITS = ("_m", "_tpa", "_per_t")
_YEAR = re.compile(r"(?:19[5-9]|20\d|21[0-4])\d", re.ASCII)
_SHARE = re.compile(r"share[ _](\w+)")
_OUTLAY = re.compile(r"year[ _]?(\d{1,2})", re.ASCII)


@dataclass(frozen=True)
class NamedWithUnit:
    """A header that names one of our columns and a unit."""

    name: str
    """Our header: `capex_m`, `2030`."""
    unit: Unit | None
    """None if the unit is unknown or contradicts the name (`capex_m (JPY bn)`)."""
    unit_text: str


def named_with_unit(text: str, columns: Iterable[Column]) -> NamedWithUnit | None:
    """The column and the unit that a header names; None if it names no column or no unit.

    >>> from models.columns import columns
    >>> from models.schema import Demand, Project
    >>> named = named_with_unit("Capex (JPY bn)", columns(Project))
    >>> named.name, named.unit.of(1.5), named.unit.currency
    ('capex_m', 1500.0, 'JPY')
    >>> [named_with_unit(t, columns(Demand)).name for t in ("2030 (kt)", "2031, t/yr")]
    ['2030', '2031']
    >>> named_with_unit("Capacity (MT)", columns(Project)).unit, named_with_unit("Capacity", columns(Project))
    (None, None)
    """
    if len(text) > LONGEST_HEADER:
        return None
    columns, first = list(columns), None
    for bare, unit_text, is_marked in _splits(unicodedata.normalize("NFKC", text)):
        for column in columns:
            name = _name_in(bare, column)
            unit = _unit(bare, unit_text, column) if name else None
            if name and unit:
                return NamedWithUnit(name, unit, unit_text)
            if name and is_marked and first is None:
                first = NamedWithUnit(name, None, unit_text)
    return first


def unit_in(text: str, column: Column) -> Unit | None:
    """The unit at the end of a header; None if it ends with no unit of the column."""
    if len(text) > LONGEST_HEADER:
        return None
    units = (unit_of(unit_text, column) for _, unit_text, _ in _splits(unicodedata.normalize("NFKC", text)))
    return next((unit for unit in units if unit), None)


def _splits(text: str) -> Iterator[tuple[str, str, bool]]:
    """Ways to divide a header into name and unit, and whether a bracket or comma marks the unit as one."""
    opening = max((text.rfind(mark) for mark in _OPENING), default=-1)
    closing = max((text.find(mark, opening) for mark in _CLOSING), default=-1)
    if 0 < opening < closing and not text[closing + 1 :].strip():
        yield text[:opening].strip(), text[opening + 1 : closing].strip(), True
        return
    before, comma, after = text.partition(",")
    if comma:
        yield before.strip(), after.strip(), True
        return
    words = re.split(r"[\s_]+", text.strip())
    for k in range(1, len(words)):
        yield " ".join(words[:k]).removesuffix(" in"), " ".join(words[k:]), False


def _name_in(bare: str, column: Column) -> str | None:
    """The header of a column that words before a unit name exactly: by field, without its unit, or by a synonym."""
    if column.family == "<year>":
        return bare if _YEAR.fullmatch(bare) else None
    if column.family == "year_<k>":
        offset = _OUTLAY.fullmatch(bare.casefold())
        return f"year_{int(offset[1])}" if offset else None
    if column.family == "share_<material>":
        share = _SHARE.fullmatch(bare.casefold())
        return f"share_{share[1]}" if share else None
    if column.family is not None:
        return None
    return column.field if _signs(bare) in _known_signs(column) else None


@cache
def _known_signs(column: Column) -> frozenset[str]:
    """Names of a column, for comparison: its field with and without a unit, its synonyms and translations."""
    other = (*column.synonyms, *HEADERS.get(column.field, ()))
    return frozenset(map(_signs, (column.field, _without_unit(column.field), *other)))


def _unit(bare: str, unit_text: str, column: Column) -> Unit | None:
    """The unit, unless our own name in the header already has another one."""
    unit = unit_of(unit_text, column)
    says_ours = _signs(bare) == _signs(column.field) != _signs(_without_unit(column.field))
    return None if unit and says_ours and not unit.is_ours else unit


def _without_unit(field: str) -> str:
    return next((field.removesuffix(end) for end in _OWN_UNITS if field.endswith(end)), field)


@lru_cache(1_024)
def _signs(text: str) -> str:
    """Letters and figures of any script, for comparison."""
    return re.sub(r"[\W_]+", "", text.casefold())


SCALED = ("number", "money", "share", "score", "whole")
"""Kinds of columns whose numbers a unit or a scale converts."""


# -- converting a column --------------------------------------------------------------------------------------


def notice_of(text: str, name: str, unit: Unit) -> Text:
    """The notice at a header that is read with its unit."""
    notice = Text("{text} is read as {name}", text=shown(text), name=name)
    if not unit.is_ours:
        notice = Text("{notice}: each number {change}", notice=notice, change=_change(unit))
    if unit.currency and unit.currency != "$":
        return Text("{notice}, in {currency}", notice=notice, currency=unit.currency)
    return notice


def _change(unit: Unit) -> Text:
    """The conversion of each number, in words."""
    if unit.over == 1:
        return Text("times {factor}", factor=plain(unit.times))
    if unit.over == 12:
        return Text("divided by {divisor}, rounded up to whole years", divisor=plain(unit.over / unit.times))
    return Text("divided by {divisor}", divisor=plain(unit.over / unit.times))


def not_understood(unit_text: str, name: str, columns: Iterable[Column]) -> str:
    """The fault of a unit that has no meaning, or several, for a column."""
    ours = next((c.unit for c in columns if c.unit and name in (c.field, c.family)), "") or "numbers"
    return f"its unit {shown(unit_text)} is unknown, ambiguous or not one of {name}, which holds {ours}"


def as_written(column: Column, unit: Unit) -> Column:
    """The column as its cells are written: bounds and unit in the unit of the header."""
    low = None if column.low is None else column.low * unit.over / unit.times
    high = None if column.high is None else column.high * unit.over / unit.times
    return replace(column, low=low, high=high, unit=unit.text)


def in_our_unit(column: Column, unit: Unit, value: Any) -> Any:
    """A value of a cell in the unit of our column; whole years are rounded up."""
    scaled = unit.of(value)
    return math.ceil(scaled - 1e-9) if column.kind == "whole" else scaled

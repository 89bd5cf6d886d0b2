"""The sheet `settings`: finds its header, reads its keys with or without units, and reports what it leaves out."""

import re
from dataclasses import dataclass
from typing import Any

from models.case import Layout
from models.nearest import did_you_mean, nearest
from models.text import Text
from models.translations import HEADERS
from optimizer.workbook.cell_values import is_empty, shown
from optimizer.workbook.diagnostics import Diagnostics, letter
from optimizer.workbook.header import note_ragged
from optimizer.workbook.header_names import form, header_text, near_miss, translated
from optimizer.workbook.header_row import HEADER_ROWS
from optimizer.workbook.header_units import LONGEST_HEADER, SCALED, named_with_unit, not_understood, notice_of
from optimizer.workbook.stated_settings import COLUMNS, Stated
from optimizer.workbook.table import Table
from optimizer.workbook.tables_beside import other_headers
from optimizer.workbook.template_examples import is_units
from optimizer.workbook.units import Unit, unit_of

_KEYS = frozenset(map(form, ("key", "setting", "parameter", "option", "name", "item", *HEADERS["key"])))
_VALUES = frozenset(map(form, ("value", "values", *HEADERS["value"])))
_REMARKS = frozenset(
    map(form, ("comment", "comments", "remark", "remarks", "notes", "description", "meaning", "explanation", "default",
               "no", "nr", "#", "Beschreibung", "説明", *HEADERS["note"], *HEADERS["source"], "note", "source"))
)  # fmt: skip
"""Headers of explanatory columns, which are not read."""
_AMOUNTS = (*SCALED, "money_or_none")
_OWN_UNITS = ("-", "–", "0 to 1", "0-1", "fraction", "share", "number", "millions", "year", "years")
"""Words in a column of units that do not change a number."""


@dataclass(frozen=True)
class _Header:
    """Row of the header (0 if there is none) and indices of the columns."""

    row: int
    key: int
    value: int
    unit: int | None = None


@dataclass(frozen=True)
class _Key:
    """The setting that the text of a key means."""

    name: str | None
    unit: Unit | None = None
    notice: Text | None = None
    fault: str = ""
    has_unit: bool = False
    """Whether the key names an unknown unit."""


def read_sheet(table: Table, stated: Stated, diagnostics: Diagnostics) -> None:
    """Read every row of the sheet into `stated`; faults and notices name their cells."""
    header = _header(table)
    letters = {"key": letter(header.key), "value": letter(header.value)}
    stated.layout = Layout(title=table.title, header_row=header.row, letters=letters)
    note_ragged(table, header.row, diagnostics)
    reading = _SettingsReader(table, header, stated, diagnostics)
    reading.check_columns()
    for number, cells in table.body(header.row):
        reading.read_row(number, cells)


def _header(table: Table) -> _Header:
    """The header; a sheet without one has keys and values in its first two columns."""
    for number, cells in enumerate(table.rows[:HEADER_ROWS], 1):
        names = [_without_brackets(header_text(value)) for value in cells]
        key = _first(names, _KEYS)
        value = _first(names, _VALUES)
        if value is None:
            value = _first(names, frozenset(("setting",)), key)
        if key is not None and value is not None and key != value:
            return _Header(number, key, value, next((i for i, name in enumerate(names) if is_units(name)), None))
    return _Header(0, 0, 1)


def _first(names: list[str], known: frozenset[str], other: int | None = None) -> int | None:
    return next((i for i, name in enumerate(names) if name in known and i != other), None)


def _without_brackets(text: str) -> str:
    return form(re.sub(r"[(\[（][^()\[\]（）]*[)\]）]", "", text[:LONGEST_HEADER]))


@dataclass(frozen=True)
class _SettingsReader:
    """Reads the rows below the header."""

    table: Table
    header: _Header
    stated: Stated
    diagnostics: Diagnostics

    def read_row(self, number: int, cells: list[Any]) -> None:
        """Read one row: its key, its unit, its value."""
        text, value = (cells[i] if i < len(cells) else "" for i in (self.header.key, self.header.value))
        place, address = self.table.address(number, self.header.key), self.table.address(number, self.header.value)
        if is_empty(text):
            if not is_empty(value):
                self.diagnostics.fault(address, "a value without a key; name the setting, or delete it", "key")
            return
        key = _meant(header_text(text))
        if key.fault and is_empty(value):
            notice = Text("{text} is not a setting and has no value: not read", text=shown(header_text(text)))
            self.diagnostics.notice(place, notice, "key")
        elif key.fault:
            self.diagnostics.fault(place, key.fault, "key")
            if key.name is not None and key.name not in self.stated.values and not key.has_unit:
                self._state(key.name, value, address)  # for the faults of its value
        elif key.name in self.stated.rows:
            earlier = self.table.address(self.stated.rows[key.name], self.header.key)
            self.diagnostics.fault(place, f"{key.name} is there already at {earlier}; delete one", key.name)
        elif key.name is not None:
            if key.notice:
                self.diagnostics.notice(place, key.notice, key.name)
            self.stated.rows[key.name] = number
            self._state(key.name, value, address, self._unit(key, number, cells))

    def _state(self, name: str, value: Any, address: str, unit: Unit | None = None) -> None:
        self.stated.state(name, value, self.table.style, address, self.diagnostics, unit=unit)

    def _unit(self, key: _Key, number: int, cells: list[Any]) -> Unit | None:
        """The unit of a row: that of its key, or that in the column of units; two that differ are a fault."""
        index = self.header.unit
        text = header_text(cells[index]) if index is not None and index < len(cells) else ""
        place, name, unit = self.table.address(number, self.header.key), key.name or "", key.unit
        column = COLUMNS[name]
        if column.kind in _AMOUNTS and text and text.casefold() not in (*_OWN_UNITS, column.unit.casefold()):
            place = self.table.address(number, index or 0)
            column_unit = unit_of(text, column)
            if column_unit is None:
                self.diagnostics.fault(place, not_understood(text, name, COLUMNS.values()), name)
            elif unit and not unit.is_same(column_unit):
                self.diagnostics.fault(place, f"{shown(text)} is not the unit of the key; delete one of them", name)
            elif unit is None:
                unit = column_unit
                if not column_unit.is_ours:
                    self.diagnostics.notice(place, notice_of(text, name, column_unit), name)
        if unit and unit.currency:
            self.stated.currencies[name] = (unit.currency, place)
        return unit

    def check_columns(self) -> None:
        """Report columns that are not read: a second table beside the first is a fault, another column a notice."""
        row, table = self.header.row, self.table
        heads = [header_text(value) for value in table.rows[row - 1]] if row else []
        if row and form(heads[self.header.value]) != _without_brackets(heads[self.header.value]):
            message = f"{shown(heads[self.header.value])} names a unit; write the unit into the key of each setting"
            self.diagnostics.fault(table.address(row, self.header.value), message, "value")
        for index, number in sorted(self._others().items()):
            head = heads[index] if index < len(heads) else ""
            if form(head) in _KEYS | _VALUES or other_headers(heads[index:], {}):
                message = (
                    "a second table begins here, and a sheet holds one: move its rows below those of column"
                    f" {letter(self.header.key)}, or to a sheet of their own"
                )
                self.diagnostics.fault(table.address(row, index), message, "key")
                return
            if form(head) not in _REMARKS:
                notice = Text(
                    "a column without a header is not read: settings have one column of keys and one of values"
                )
                if head:
                    notice = Text(
                        "the column {text} is not read: settings have one column of keys and one of values",
                        text=shown(head),
                    )
                self.diagnostics.notice(table.address(number, index), notice)

    def _others(self) -> dict[int, int]:
        """Index of each filled column that is not read -> the first row that it fills."""
        others: dict[int, int] = {}
        for number, cells in self.table.body(self.header.row):
            for index, cell in enumerate(cells):
                if index not in (self.header.key, self.header.value, self.header.unit) and not is_empty(cell):
                    others.setdefault(index, number)
        return others


def _meant(text: str) -> _Key:
    """The setting that a key means: by its name, by its name with a unit, or translated; else the fault."""
    name = form(text.rstrip(":： "))
    if name in COLUMNS:
        return _Key(name)
    named = named_with_unit(text, COLUMNS.values())
    if named and named.unit:
        return _Key(named.name, named.unit, notice_of(text, named.name, named.unit))
    column = translated(text, COLUMNS.values())
    if column is not None:
        return _Key(column.field, notice=Text("{text} is read as {name}", text=shown(text), name=column.field))
    near = near_setting(text)
    doubt = f": {not_understood(named.unit_text, named.name, COLUMNS.values())}" if named else ""
    return _Key(near, fault=f"{shown(text)} is not a setting{doubt}{did_you_mean(near)}", has_unit=bool(named))


def near_setting(key: str) -> str | None:
    """The setting that a key most likely means."""
    return near_miss(key, COLUMNS.values()) or nearest(_without_brackets(key), COLUMNS)

"""Compare two cases cell by cell, in the currency of each cell. An amount that is only written in other money is not a change."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

from models.case import Case
from models.columns import Row
from models.frozen import Frozen
from models.money import PROGRAMME_MONEY, PROJECT_MONEY, Exchange
from models.schema import Outlay, Price, Programme, Project

KEYS = {
    "projects": ("id",),
    "programmes": ("id",),
    "outlays": ("id",),
    "demand": ("stage", "material"),
    "existing": ("country", "stage", "process", "material", "name"),
    "prices": ("material",),
    "processes": ("process", "recipe", "stage", "material", "from_year"),
    "rules": ("rule",),
    "scenarios": ("scenario", "parameter", "where"),
    "risks": ("where",),
    "fx": ("currency",),
}
"""Sheet -> columns that identify its rows. A second row with the same values is identified by its place."""
_FAMILIES = {"shares": "share_{}", "measures": "{}", "texts": "{}", "envelopes": "{}", "years": "{}"}
_SILENT = frozenset({"row", "picks"})
_UNITS = ("currency", "price_year", "money")
"""Columns that give the currency and price year of the others of a row."""
_SAME = 1e-9
"""Relative difference up to which two amounts are one, written in different money."""


class _Content(NamedTuple):
    """The text of a cell, and its amount in the case: money in the base currency, None for other cells."""

    text: str
    money: float | None


class ChangedCell(Frozen):
    """One changed cell, or a row that only one of the workbooks has."""

    cell: str
    """Address in the later workbook, in the earlier one if the row was removed, or the option that made the change."""
    what: str
    """The row in words: "ridge", "settings"."""
    column: str | None
    """Header of the column or key of the setting; None if the whole row was added or removed."""
    old: str | None
    """None: not there, or empty."""
    new: str | None

    @property
    def sentence(self) -> str:
        """
        >>> ChangedCell(cell="projects!F2", what="ridge", column="capex_m", old="100", new="120").sentence
        'projects!F2  ridge, capex_m: 100 -> 120'
        """
        if self.column is None:
            return f"{self.cell}  {self.what}: {'a new row' if self.old is None else 'the row is gone'}"
        return f"{self.cell}  {self.what}, {self.column}: {self.old or 'empty'} -> {self.new or 'empty'}"


def changed_cells(before: Case, after: Case) -> tuple[ChangedCell, ...]:
    """Every difference, settings first, then sheet by sheet in the order of the rows' names."""
    return (*_settings(before, after), *(c for sheet in KEYS for c in _sheet(sheet, before, after)))


def _settings(before: Case, after: Case) -> Iterator[ChangedCell]:
    for key, old in dict(before.settings).items():
        new = getattr(after.settings, key)
        if old != new:
            sources = (case.provenance.get(key, "") for case in (after, before))
            option = next((source for source in sources if source.startswith("--")), None)
            cell = option or after.setting_cell(key)
            yield ChangedCell(cell=cell, what="settings", column=key, old=text(old), new=text(new))


def _sheet(sheet: str, before: Case, after: Case) -> Iterator[ChangedCell]:
    old, new = _rows(sheet, before), _rows(sheet, after)
    for key in sorted(old.keys() | new.keys()):
        name = ", ".join(part for part in key[:-1] if part)
        if key not in old or key not in new:
            case, row = (after, new[key]) if key in new else (before, old[key])
            there = "there"
            yield ChangedCell(
                cell=case.cell(sheet, row.row, KEYS[sheet][0]), what=name, column=None,
                old=there if key in old else None, new=there if key in new else None,
            )  # fmt: skip
            continue
        for column, was, now in _changes(_cells(before, old[key]), _cells(after, new[key])):
            cell = after.cell(sheet, new[key].row, column)
            yield ChangedCell(cell=cell, what=name, column=column, old=was, new=now)


def _changes(was: dict[str, _Content], now: dict[str, _Content]) -> Iterator[tuple[str, str | None, str | None]]:
    """Changed columns. The same money in another currency, or at prices of another year, is not a change; nor are the columns of
    currency and price year, if no amount of the row changed."""
    columns = dict.fromkeys((*was, *now))
    moved = {c for c in columns if not _is_same_money(was.get(c), now.get(c))}
    for column in columns:
        old, new = (row[column].text if column in row else None for row in (was, now))
        other_unit = column in _UNITS and not moved
        if old != new and not other_unit and (column in moved or not _is_money(was.get(column), now.get(column))):
            yield column, old, new


def _is_money(*cells: _Content | None) -> bool:
    return any(cell is not None and cell.money is not None for cell in cells)


def _is_same_money(was: _Content | None, now: _Content | None) -> bool:
    """Whether two cells hold one amount of money, or none."""
    if not _is_money(was, now):
        return True
    if was is None or now is None or was.money is None or now.money is None:
        return False
    return math.isclose(was.money, now.money, rel_tol=_SAME)


def _rows(sheet: str, case: Case) -> dict[tuple[str, ...], Row]:
    rows_by_key: dict[tuple[str, ...], Row] = {}
    for row in getattr(case, sheet):
        key = tuple(text(getattr(row, column)) or "" for column in KEYS[sheet])
        number = 1
        while (*key, f"{number:03d}") in rows_by_key:
            number += 1
        rows_by_key[*key, f"{number:03d}"] = row
    return rows_by_key


# -- what a cell says --------------------------------------------------------------------------------------------------


def _cells(case: Case, row: Row) -> dict[str, _Content]:
    """Header -> content of the cell; empty cells are left out."""
    contents: dict[str, _Content] = {}
    for field, value in dict(row).items():
        if field in _FAMILIES:
            pattern = "year_{}" if isinstance(row, Outlay) else _FAMILIES[field]
            parts = {pattern.format(name): (name, part) for name, part in sorted(value.items())}
        else:
            parts = {} if field in _SILENT else {field: (None, value)}
        for header, (name, part) in parts.items():
            content = _content(case, row, field, name, part)
            if content is not None:
                contents[header] = content
    return contents


def _content(case: Case, row: Row, field: str, name: Any, value: Any) -> _Content | None:
    """A value as the cell has it; money of the case is in the base currency at the case's prices."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    factor = _factor(case, row, field, name) if number else None
    shown = text(value if factor is None else value / factor)
    return None if shown is None else _Content(shown, None if factor is None else float(value))


def _factor(case: Case, row: Row, field: str, name: Any) -> float | None:
    """Factor in `value in the case = value in the cell * factor`; None for cells that hold no money."""
    exchange = Exchange.of(case.settings.base_currency, case.settings.price_year, case.fx)
    if (isinstance(row, Project) and field in PROJECT_MONEY) or (isinstance(row, Price) and field == "years"):
        return exchange.factor(row.currency, row.price_year)
    if isinstance(row, Programme) and field in (*PROGRAMME_MONEY, "envelopes"):
        nominal = field == "envelopes" and row.money == "nominal"
        return exchange.factor(row.currency, name if nominal else row.price_year)
    if isinstance(row, Outlay):
        project = next((p for p in case.projects if p.id == row.id), None)
        return exchange.factor(project.currency, project.price_year) if project else 1.0
    return None


def text(value: Any) -> str | None:
    """A value as a planner types it; None if the cell is empty.

    >>> text(1200.0), text(True), text((("a", "b"), ("c",))), text({"mine": 1.0}), text(()), text(0.1 + 0.2)
    ('1,200', 'yes', 'a|b; c', 'mine=1', None, '0.3')
    >>> text(((0, 25.0), (1, 75.0)))
    '0:25; 1:75'
    """
    if value is None or value in ("", (), {}):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:,.10g}"
    if isinstance(value, dict):
        return "; ".join(f"{key}={text(part)}" for key, part in sorted(value.items()))
    if isinstance(value, tuple):
        return "; ".join(_part(part) for part in value)
    return str(value)


def _part(part: Any) -> str:
    """One entry of a list in a cell: a choice of names, `a|b`, or years of delay with their probability, `0:25`."""
    if not isinstance(part, tuple):
        return text(part) or ""
    return ("|" if all(isinstance(x, str) for x in part) else ":").join(text(x) or "" for x in part)

"""Compare two cases cell by cell, in the currency of each cell."""

from collections.abc import Iterator
from typing import Any

from models.case import Case
from models.columns import Row
from models.frozen import Frozen
from models.money import PROGRAMME_MONEY, PROJECT_MONEY, Exchange
from models.schema import Outlay, Programme, Project

KEYS = {
    "projects": ("id",),
    "programmes": ("id",),
    "outlays": ("id",),
    "demand": ("stage", "material"),
    "existing": ("country", "stage", "process", "material", "name"),
    "processes": ("process", "recipe", "stage", "material", "from_year"),
    "rules": ("rule",),
    "scenarios": ("scenario", "parameter", "where"),
    "risks": ("where",),
    "fx": ("currency",),
}
"""Sheet -> what tells its rows apart. A second row with the same words is told apart by its place."""
_FAMILIES = {"shares": "share_{}", "measures": "{}", "texts": "{}", "envelopes": "{}", "years": "{}"}
_SILENT = frozenset({"row", "picks"})


class ChangedCell(Frozen):
    """One cell that says something else, or a row that only one of the books has."""

    cell: str
    """Address in the later book; in the earlier one where the row is gone. An option where one was given."""
    what: str
    """The row in words: "ridge", "settings"."""
    column: str | None
    """Header of the column or key of the setting; None where the whole row came or went."""
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
        was, now = _cells(before, old[key]), _cells(after, new[key])
        for column in dict.fromkeys((*was, *now)):
            if was.get(column) != now.get(column):
                cell = after.cell(sheet, new[key].row, column)
                yield ChangedCell(cell=cell, what=name, column=column, old=was.get(column), new=now.get(column))


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


def _cells(case: Case, row: Row) -> dict[str, str]:
    """Header -> what stands in the cell; empty cells are left out."""
    texts: dict[str, str | None] = {}
    for field, value in dict(row).items():
        if field in _FAMILIES:
            pattern = "year_{}" if isinstance(row, Outlay) else _FAMILIES[field]
            for name, part in sorted(value.items()):
                texts[pattern.format(name)] = text(_in_cell(case, row, field, name, part))
        elif field not in _SILENT:
            texts[field] = text(_in_cell(case, row, field, None, value))
    return {header: shown for header, shown in texts.items() if shown is not None}


def _in_cell(case: Case, row: Row, field: str, name: Any, value: Any) -> Any:
    """A number as it stands in the cell: money of the case is in the base currency at the case's prices."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return value
    factor = 1.0
    exchange = Exchange.of(case.settings.base_currency, case.settings.price_year, case.fx)
    if isinstance(row, Project) and field in PROJECT_MONEY:
        factor = exchange.factor(row.currency, row.price_year)
    elif isinstance(row, Programme) and field in (*PROGRAMME_MONEY, "envelopes"):
        nominal = field == "envelopes" and row.money == "nominal"
        factor = exchange.factor(row.currency, name if nominal else row.price_year)
    elif isinstance(row, Outlay):
        project = next((p for p in case.projects if p.id == row.id), None)
        factor = exchange.factor(project.currency, project.price_year) if project else 1.0
    return value / factor


def text(value: Any) -> str | None:
    """A value as a planner types it; None where the cell is empty.

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

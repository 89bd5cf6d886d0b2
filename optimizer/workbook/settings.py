"""The settings: what the sheet says, what the command line says over it, and what follows where neither speaks."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.case import Layout
from models.columns import columns
from models.schema import Settings
from optimizer.workbook.cell_parser import parse
from optimizer.workbook.cell_values import BadCell, Style, did_you_mean, is_empty, nearest, plain, shown
from optimizer.workbook.diagnostics import Diagnostics, letter
from optimizer.workbook.header import HEADER_ROWS, note_ragged
from optimizer.workbook.header_names import form, header_text
from optimizer.workbook.overrides import Overrides
from optimizer.workbook.raw_row import RawRow
from optimizer.workbook.table import Table

COLUMNS = {c.field: c for c in columns(Settings)}
_TYPED = Style(all_text=True)
_BUDGET = re.compile(r"([\d.,\s]+?)\s*(m|mn|million|bn|b|billion|%)", re.IGNORECASE)
_SPAN = 15
"""Years of a horizon that nothing in the workbook bounds."""


@dataclass
class Stated:
    """What the planner wrote: values of the settings named, and where each came from."""

    values: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    layout: Layout | None = None

    def state(self, key: str, value: Any, style: Style, origin: str, diagnostics: Diagnostics) -> None:
        """Read one value; an empty one leaves the default."""
        if is_empty(value):
            return
        try:
            read = parse(COLUMNS[key], value, style)
        except BadCell as error:
            diagnostics.fault(origin, str(error), key)
            return
        if read.warning:
            diagnostics.notice(origin, read.warning, key)
        if key == "base_currency" and not re.fullmatch("[A-Za-z]{3}", read.value):
            diagnostics.notice(origin, f"{shown(value)} is not a currency code of three letters (USD, AUD)", key)
        self.values[key] = read.value.upper() if key == "base_currency" else read.value
        self.provenance[key] = origin


def read_stated(table: Table | None, overrides: Overrides, diagnostics: Diagnostics) -> Stated:
    """The settings sheet, then the command line over it; the same parser and the same faults for both."""
    stated = Stated()
    if table is not None:
        _read_sheet(table, stated, diagnostics)
    for key, (text, origin) in overrides.settings.items():
        _override(key, text, origin, stated, diagnostics)
    return stated


def _read_sheet(table: Table, stated: Stated, diagnostics: Diagnostics) -> None:
    header_row, key_index, value_index = _header(table)
    letters = {"key": letter(key_index), "value": letter(value_index)}
    stated.layout = Layout(title=table.title, header_row=header_row, letters=letters)
    note_ragged(table, header_row, diagnostics)
    for number, cells in table.body(header_row):
        key_cell, value = (cells[i] if i < len(cells) else "" for i in (key_index, value_index))
        address = table.address(number, value_index)
        if is_empty(key_cell):
            if not is_empty(value):
                diagnostics.fault(address, "a value without a key; name the setting, or delete it", "key")
            continue
        key = form(str(key_cell))
        if key not in COLUMNS:
            diagnostics.fault(table.address(number, key_index), _unknown(str(key_cell)), "key")
            near = _near(str(key_cell))
            if near is not None and near not in stated.values:
                stated.state(near, value, table.style, address, diagnostics)  # for the faults of its value
        elif key in stated.rows:
            earlier = table.address(stated.rows[key], key_index)
            diagnostics.fault(table.address(number, key_index), f"{key} is there already at {earlier}; delete one", key)
        else:
            stated.rows[key] = number
            stated.state(key, value, table.style, address, diagnostics)


def _header(table: Table) -> tuple[int, int, int]:
    """Header row and the indices of key and value; a sheet without header has them in its first two columns."""
    for number, cells in enumerate(table.rows[:HEADER_ROWS], 1):
        names = [form(header_text(value)) for value in cells]
        for key, value in (("key", "value"), ("setting", "value")):
            if key in names and value in names:
                return number, names.index(key), names.index(value)
    return 0, 0, 1


def _unknown(key: str) -> str:
    return f'"{key.strip()}" is not a setting{did_you_mean(_near(key))}'


def _near(key: str) -> str | None:
    """The setting that a key most likely means, with or without a unit in brackets."""
    return nearest(form(re.sub(r"[(\[].*?[)\]]", "", key)), COLUMNS)


def _override(key: str, text: str, origin: str, stated: Stated, diagnostics: Diagnostics) -> None:
    name = form(key)
    if name not in COLUMNS:
        diagnostics.fault(origin, _unknown(key), "key")
        return
    if name == "total_budget_m":
        try:
            text = budget_text(text, stated.values.get(name))
        except BadCell as error:
            diagnostics.fault(origin, str(error), name)
            return
    if is_empty(text):
        diagnostics.fault(origin, f"{name} has no value", name)
    stated.state(name, text, _TYPED, origin, diagnostics)


def budget_text(text: str, own: float | None) -> str:
    """A budget as typed on the command line, as plain millions: 3bn, 3000M, or 80% of the workbook's own budget.

    >>> budget_text("3bn", None), budget_text("80%", 5000.0), budget_text("none", None)
    ('3000', '4000', 'none')
    """
    match = _BUDGET.fullmatch(text.strip())
    if not match or not re.fullmatch(r"\d+\.?\d*|\.\d+", match[1].strip(), re.ASCII):
        return text
    number, unit = float(match[1]), match[2].casefold()
    if unit == "%":
        if own is None:
            raise BadCell(f"{text} of what? The workbook has no total_budget_m; give the budget in millions")
        return plain(number * own / 100)
    return plain(number * (1000 if unit.startswith("b") else 1))


def complete(
    stated: Stated, sheets: Mapping[str, Iterable[RawRow]], diagnostics: Diagnostics
) -> tuple[Settings, dict[str, str]]:
    """The settings with every default filled in, and the provenance of each (`default` where nobody named it)."""
    derived = _derived(stated.values, sheets)
    if "objective" not in stated.values and derived["objective"] == "capacity":
        diagnostics.notice(
            "settings", "no demand is given, so the objective is capacity: what is financed by stage", "objective"
        )
    _respell_weights(stated.values)
    provenance = {key: stated.provenance.get(key, "default") for key in COLUMNS}
    return Settings(**{**derived, **stated.values}), provenance


def _respell_weights(values: dict[str, Any]) -> None:
    """Weights are named in the spelling of the stages, and of e, s and g."""
    stages = {form(stage): stage for stage in values.get("stages", Settings().stages)}
    for key, known in (("stage_weights", stages), ("esg_weights", {"e": "e", "s": "s", "g": "g"})):
        if key in values:
            values[key] = {known.get(form(name), name): weight for name, weight in values[key].items()}


def _derived(values: Mapping[str, Any], sheets: Mapping[str, Iterable[RawRow]]) -> dict[str, Any]:
    """Defaults that follow from the rows and from other settings."""
    demand = _years(sheets.get("demand", ()), "years")
    named = demand | _years(sheets.get("programmes", ()), "envelopes") | _fid_years(sheets.get("projects", ()))
    first = values.get("first_year", min(named, default=2026))
    last = values.get("last_year", max(demand) if demand else first + _SPAN - 1)
    return {
        "first_year": first,
        "last_year": last,
        "last_fid_year": last,
        "price_year": first,
        "objective_year": last,
        "objective": "coverage" if any(True for _ in sheets.get("demand", ())) else "capacity",
    }


def _years(rows: Iterable[RawRow], family: str) -> set[int]:
    return {year for row in rows for year in row.values.get(family, ())}


def _fid_years(rows: Iterable[RawRow]) -> set[int]:
    return {
        row.values["earliest_fid"]
        for row in rows
        if "earliest_fid" in row.values and row.values.get("status", "candidate") in ("candidate", "committed")
    }

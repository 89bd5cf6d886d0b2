"""The settings of a run: those of the sheet, those of the command line over them, and defaults for the others."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from models.nearest import did_you_mean
from models.schema import Settings
from models.text import Text
from optimizer.workbook.cell_values import BadCell, Style, is_empty, plain, shown
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.header_names import form
from optimizer.workbook.overrides import Overrides
from optimizer.workbook.raw_row import RawRow
from optimizer.workbook.settings_sheet import near_setting, read_sheet
from optimizer.workbook.stated_settings import COLUMNS, Stated
from optimizer.workbook.table import Table

_TYPED = Style(all_text=True)
_BUDGET = re.compile(r"([\d.,\s]+?)\s*(m|mn|million|bn|b|billion|%)", re.IGNORECASE)
_SPAN = 15
"""Default length of the horizon in years, if nothing in the workbook bounds it."""


def read_stated(table: Table | None, overrides: Overrides, diagnostics: Diagnostics) -> Stated:
    """The settings of the sheet, overridden by those of the command line; both are parsed alike."""
    stated = Stated()
    if table is not None:
        read_sheet(table, stated, diagnostics)
    for key, (text, origin) in overrides.settings.items():
        _override(key, text, origin, stated, diagnostics)
    base = stated.values.get("base_currency", Settings().base_currency)
    stated.check_currencies(base, diagnostics)
    return stated


def _override(key: str, text: str, origin: str, stated: Stated, diagnostics: Diagnostics) -> None:
    name = form(key)
    if name not in COLUMNS:
        diagnostics.fault(origin, f"{shown(key.strip())} is not a setting{did_you_mean(near_setting(key))}", "key")
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


def budget_text(text: str, workbook_budget: float | None) -> str:
    """A budget as typed on the command line, as plain millions: 3bn, 3000M, or 80% of the workbook's own budget.

    >>> budget_text("3bn", None), budget_text("80%", 5000.0), budget_text("none", None)
    ('3000', '4000', 'none')
    """
    match = _BUDGET.fullmatch(text.strip())
    if not match or not re.fullmatch(r"\d+\.?\d*|\.\d+", match[1].strip(), re.ASCII):
        return text
    number, unit = float(match[1]), match[2].casefold()
    if unit == "%":
        if workbook_budget is None:
            raise BadCell(f"{text} of what? The workbook has no total_budget_m; give the budget in millions")
        return plain(number * workbook_budget / 100)
    return plain(number * (1000 if unit.startswith("b") else 1))


def complete(
    stated: Stated, sheets: Mapping[str, Iterable[RawRow]], diagnostics: Diagnostics
) -> tuple[Settings, dict[str, str]]:
    """The settings with every default filled in, and the provenance of each (`default` if it was not given)."""
    derived = _derived(stated.values, sheets)
    is_known = not diagnostics.unread & {"projects", "demand"}
    if is_known and "objective" not in stated.values and derived["objective"] == "capacity":
        diagnostics.notice(
            "settings",
            Text("no demand is given, so the objective is capacity: the financed capacity of all stages"),
            "objective",
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

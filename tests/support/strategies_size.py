"""The same small workbook at another size: tonnes, money and emissions each times a factor, with all that hangs on them.

Real books hold thousands of tonnes and millions beside shares: tolerances and scaling must bear that.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from support.tables import Book, changed, setting

MONEY = ("capex_m", "secured_m", "min_ticket_m", "max_ticket_m", "total_m", "total_face_m")
TONNES = ("capacity_tpa",)
MONEY_MEASURES = ("capex", "award", "public_cost", "public", "private", "contingent", "joint")


def resized(book: Book, *, tonnes: float = 1, money: float = 1, gas: float = 1) -> Book:
    """The book with other units in effect: the same choices are best, unless its numbers are handled carelessly."""
    factors = {"tonnes": tonnes, "money": money, "gas": gas}
    objective = str(setting(book, "objective", "coverage")) if book.get("demand") else "capacity"
    for sheet in set(book) - {"settings"}:
        book = changed(book, sheet, partial(_row, sheet, by=factors, objective=objective))
    rows = [dict(row) for row in book["settings"]]
    for row in rows:
        if row["key"] == "total_budget_m" and row["value"] != "none":
            row["value"] *= money
    return {**book, "settings": rows}


def _row(sheet: str, row: Mapping[Any, Any], by: Mapping[str, float], objective: str) -> dict[Any, Any]:
    if sheet == "rules":
        return _rule(row, by, objective)
    yearly = {"programmes": by["money"], "demand": by["tonnes"], "existing": by["tonnes"]}
    result = {}
    for header, value in row.items():
        if value is None or isinstance(value, str):
            continue
        if header in MONEY or str(header).startswith("year_"):
            result[header] = value * by["money"]
        elif header in TONNES:
            result[header] = value * by["tonnes"]
        elif header == "ghg_t":
            result[header] = value * by["gas"]
        elif header == "price_gap_per_t":
            result[header] = value * by["money"] / by["tonnes"]
        elif isinstance(header, int):
            result[header] = value * yearly[sheet]
    return result


def _rule(row: Mapping[Any, Any], by: Mapping[str, float], objective: str) -> dict[Any, Any]:
    """Limit and penalty, each in the unit of what it limits."""
    measure = 1 if row["measure"] == "joint" and row.get("weight") == "count" else _unit(row["measure"], by)
    unit = measure * (_unit(row.get("weight") or "capex", by) if row["aggregate"] == "average" else 1)
    limit = {"share": 1.0, "ratio": measure / _unit(row.get("per") or "count", by)}.get(row["aggregate"], measure)
    result = {"value": row["value"] * limit}
    if row.get("penalty"):
        result["penalty"] = row["penalty"] / unit * (by["tonnes"] if objective == "capacity" else 1)
    return result


def _unit(measure: str, by: Mapping[str, float]) -> float:
    if measure in MONEY_MEASURES:
        return by["money"]
    if measure.startswith("capacity"):
        return by["tonnes"]
    return by["gas"] if measure == "ghg_t" else 1.0

"""A small workbook with its answer, and the rows that such workbooks are made of.

The horizon is 2026 to 2028 unless said, plants deliver in the year of the decision (build_years 0) at full ramp.
"""

from dataclasses import dataclass
from typing import Any

from support.tables import Book, settings


@dataclass(frozen=True)
class World:
    """A workbook with its answer: the objective's value and one best selection; value None: no plan exists."""

    name: str
    book: Book
    value: float | None
    selection: dict[str, int]
    family: str | None = None
    """The constraint family without which the answer is another."""


def plant(name: str, tonnes: float, capex: float, **more: Any) -> dict[Any, Any]:
    """A mine in the US that delivers at once."""
    row = {"id": name, "country": "US", "stage": "mine", "capacity_tpa": tonnes, "capex_m": capex}
    return row | {"build_years": 0, "earliest_fid": 2026, "latest_fid": 2026} | more


def book(projects: list[dict[Any, Any]], budget: float | str | None = "none", **more: Any) -> Book:
    """A workbook; keywords that are lists are sheets, the others settings."""
    sheets = {name: value for name, value in more.items() if isinstance(value, list)}
    chosen: dict[Any, Any] = {"first_year": 2026, "last_year": 2028, "objective": "capacity"}
    chosen |= {name: value for name, value in more.items() if not isinstance(value, list)}
    chosen |= {} if budget is None else {"total_budget_m": budget}
    return {"settings": settings(**chosen), "projects": projects, **sheets}


def grant(name: str = "aid", **more: Any) -> dict[Any, Any]:
    return {"id": name, "instrument": "grant", "donor": "US", **more}


def rule(measure: str, aggregate: str, sense: str, value: float, **more: Any) -> dict[Any, Any]:
    return {"rule": "floor", "measure": measure, "aggregate": aggregate, "sense": sense, "value": value, **more}


def recipe(process: str, stage: str, name: str | None = None, **tonnes: float) -> list[dict[Any, Any]]:
    """The rows of a recipe: tonnes made (> 0) and used (< 0) per tonne run."""
    row = {"process": process, "stage": stage} | ({"recipe": name} if name else {})
    return [{**row, "material": material, "tonnes_per_tonne": amount} for material, amount in tonnes.items()]

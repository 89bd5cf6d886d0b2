"""Random small chains: mines, separators and magnet plants that feed one another, on the books of `strategies`."""

import random
from typing import Any

from hypothesis import strategies as st
from support.draws import FIRST, Draw
from support.strategies import small_book
from support.tables import Book

MOST_PROJECTS = 4
SWARF = (0.1, 0.2)


def chains(objective: str | None = None) -> st.SearchStrategy[Book]:
    """Small workbooks with recipes; `objective` or one of delivered and magnets."""
    return st.integers(0, 2**48).map(lambda seed: small_chain(random.Random(seed), objective))


def small_chain(rng: random.Random, objective: str | None = None) -> Book:
    """One workbook whose stages are tied by recipes, of up to four projects."""
    draw = Draw(rng)
    book = small_book(rng)
    while len(book["projects"]) > MOST_PROJECTS:
        book = small_book(rng)
    recipes = _recipes(draw)
    result = {row["process"]: row["stage"] for row in recipes}
    for row in book["projects"]:
        row["process"] = draw.one([g for g, stage in result.items() if stage == row["stage"]])
    book["processes"] = recipes
    book["existing"] = [*_plants(draw, result, {row["process"] for row in book["projects"]}), *_supplies(draw)]
    book["demand"] = _demand(draw)
    chosen = objective or draw.one(("delivered", "delivered", "magnets"))
    book["settings"] = [row for row in book["settings"] if row["key"] != "objective"]
    book["settings"].append({"key": "objective", "value": chosen})
    return book


def _recipes(draw: Draw) -> list[dict[Any, Any]]:
    """Light and heavy concentrate, light, heavy and full separators, one or two grades, sometimes a loop of swarf."""
    swarf = draw.one(SWARF)
    result = [
        *_rows(draw, "dig", "mine", None, conc=1),
        *_rows(draw, "clay", "mine", None, seg=draw.one((0.5, 1))),
        *_rows(draw, "light", "separation", None, conc=-1, ndpr=draw.one((0.15, 0.2, 0.5)), seg=draw.one((0.02, 0.1))),
        *_rows(draw, "heavy", "separation", None, seg=-1, dy=draw.one((0.05, 0.2))),
        *_rows(draw, "press", "magnet", "n", ndpr=-0.4, n=1, swarf=swarf),
        *_rows(draw, "press", "magnet", "sh", ndpr=-0.35, dy=-draw.one((0.01, 0.05)), sh=1),
    ]
    if draw.maybe(50):
        result += _rows(draw, "full", "separation", None, conc=-1, ndpr=0.15, dy=0.004)
    if draw.maybe(50):
        result += _rows(draw, "heavy", "separation", "swarf", swarf=-1, ndpr=draw.one((0.2, 0.3)))
    if draw.maybe(40):
        row = draw.one([row for row in result if row["tonnes_per_tonne"] < 0])
        result.append({**row, "tonnes_per_tonne": row["tonnes_per_tonne"] / 2, "from_year": FIRST + draw.whole(0, 3)})
        result[-1].pop("capacity_use", None)
    return result


def _rows(draw: Draw, process: str, stage: str, recipe: str | None, **tonnes: float) -> list[dict[Any, Any]]:
    row: dict[Any, Any] = {"process": process, "stage": stage} | ({"recipe": recipe} if recipe else {})
    rows = [{**row, "material": material, "tonnes_per_tonne": amount} for material, amount in tonnes.items()]
    rows[0] |= {"capacity_use": draw.one((0.5, 2))} if draw.maybe(20) else {}
    return rows


def _plants(draw: Draw, result: dict[str, str], planned: set[str]) -> list[dict[Any, Any]]:
    """Existing capacity by process: little of what candidates would run, so that they are often what is short."""
    rows: list[dict[Any, Any]] = []
    for process, stage in result.items():
        if draw.maybe(40 if process in planned else 90):
            row = {"country": draw.one(("US", "MY", "MY", "CN")), "stage": stage, "process": process}
            rows.append(row | {"capacity_tpa": draw.one((0, 20, 60) if process in planned else (60, 300, 900))})
    return rows


def _supplies(draw: Draw) -> list[dict[Any, Any]]:
    rows: list[dict[Any, Any]] = []
    for material in draw.some(("conc", "seg", "ndpr", "dy", "swarf", "n"), 35):
        row: dict[Any, Any] = {"country": draw.one(("ROW", "AU", "CN")), "stage": "separation", "material": material}
        row |= {"allied_share": 0.5} if draw.maybe(20) else {}
        rows.append(row | {FIRST: draw.one((0, 5, 40)), FIRST + 3: draw.one((2, 10, 100))})
    return rows


def _demand(draw: Draw) -> list[dict[Any, Any]]:
    keys = [("magnet", "n"), ("magnet", "sh"), ("separation", "ndpr"), ("separation", "dy"), ("separation", "seg")]
    rows: list[dict[Any, Any]] = [{"stage": "magnet", "material": "n"}]
    rows += [{"stage": stage, "material": material} for stage, material in draw.some(keys[1:], 50)]
    rows += [{"stage": stage} for stage in draw.some(("mine", "separation"), 25)]
    for row in rows:
        row.update({"basis": draw.one(("gross", "net"))} if "material" in row and draw.maybe(40) else {})
        row.update({FIRST: draw.one((40, 200, 400)), FIRST + 2: draw.one((0, 100, 400, 800))})
    return rows

"""Random small books with prices: projects that must pay, programmes with terms, floors with strikes."""

import random
from typing import Any

from hypothesis import strategies as st
from support.draws import Draw
from support.strategies import small_book
from support.tables import Book

FIRST_PRICE = 2026


def priced_book(rng: random.Random, *, money: bool | None = None) -> Book:
    """A small book whose projects earn between nothing and twice what their capital asks."""
    draw = Draw(rng)
    book = small_book(rng, money=money)
    materials = sorted({h.removeprefix("share_") for p in book["projects"] for h in p if h.startswith("share_")})
    stages = sorted({p["stage"] for p in book["projects"]})
    book["prices"] = [_path(draw, name) for name in (*materials, *stages)]
    for p in book["projects"]:
        if draw.maybe(70):
            p.update(_earnings(draw, p))
    book["settings"] += [{"key": "hurdle_rate", "value": draw.one((0.0, 0.08, 0.12))}]
    book["settings"] += [{"key": "money_discount_rate", "value": draw.one((0.0, 0.03))}]
    if draw.maybe(40):
        book["settings"] += [{"key": "debt_rate", "value": draw.one((0.04, 0.1))}]
    for row in draw.some(book.get("demand", []), 30):
        row["weight"] = draw.one((0.0, 0.5, 3.0))
    if all(row.get("weight") == 0.0 for row in book.get("demand", [])):  # which is a fault
        for row in book.get("demand", [])[:1]:
            row["weight"] = 0.5
    for row in book.get("programmes", []):
        row.update(_terms(draw, row, materials))
    return book


def _path(draw: Draw, name: str) -> dict[Any, Any]:
    row: dict[Any, Any] = {"material": name, FIRST_PRICE: draw.one((50, 80, 100))}
    if draw.maybe(50):
        row[FIRST_PRICE + draw.whole(1, 4)] = draw.one((40, 90, 150))
    if draw.maybe(60):
        row["volatility"] = draw.one((0.1, 0.3))
    if draw.maybe(30):
        row["reverts_years"] = draw.whole(0, 3)
    return row


def _earnings(draw: Draw, p: dict[Any, Any]) -> dict[Any, Any]:
    """Costs and by-products that bring a project's earnings to the size of its capital cost."""
    life = draw.one((3, 8))
    tonnes = max(p["capacity_tpa"], 1.0) * life / 1e6
    wanted = p["capex_m"] * draw.one((0.0, 0.3, 0.6, 0.9, 1.3, 2.0)) / tonnes
    more = {"opex_per_t": 60.0, "byproduct_per_t": round(wanted, 2), "life_years": life}
    if draw.maybe(30):
        more["payable"] = draw.one((0.5, 0.9))
    if draw.maybe(20):
        more["premium"] = 0.1
    if draw.maybe(20):
        more["hurdle_rate"] = 0.15
    return more


def _terms(draw: Draw, row: dict[Any, Any], materials: list[str]) -> dict[Any, Any]:
    if row["instrument"] in ("loan", "guarantee"):
        grace = {"grace_years": draw.whole(0, 3)} if draw.maybe(30) else {}
        return {"rate": draw.one((0.0, 0.02, 0.05)), "tenor_years": draw.one((4, 10, 15)), **grace}
    if row["instrument"] == "equity":
        return {"rate": draw.one((0.0, 0.03, 0.06))}
    if row["instrument"] == "offtake":
        strike = {"strike_per_t": draw.one((60.0, 120.0)) * draw.one((1.0, 1e4)), "price_gap_per_t": None}
        held = {"material": draw.one(materials)} if materials and draw.maybe(50) else {}
        return {**strike, **held, "upside_share": draw.one((0.0, 0.5))}
    return {}


def priced_books(money: bool | None = None) -> st.SearchStrategy[Book]:
    """Small books with prices, by seed."""
    return st.integers(0, 10**9).map(lambda seed: priced_book(random.Random(seed), money=money))

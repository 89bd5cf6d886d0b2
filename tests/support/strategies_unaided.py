"""Random small books in which some projects go ahead without support in a later year."""

import random
from typing import Any

from hypothesis import strategies as st
from support.draws import COUNTRIES, FIRST, Draw
from support.strategies import small_book
from support.strategies_chain import small_chain
from support.tables import Book, setting

LINKS = ("excludes", "together", "group")


def unaided_books(money: bool | None = None) -> st.SearchStrategy[Book]:
    """Small workbooks, by seed."""
    return seeds().map(lambda seed: unaided(random.Random(seed), small_book(random.Random(seed), money=money)))


def unaided_chains() -> st.SearchStrategy[Book]:
    """Small chains, by seed."""
    return seeds().map(lambda seed: unaided(random.Random(seed), small_chain(random.Random(seed))))


def seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 10**9)


def unaided(rng: random.Random, book: Book) -> Book:
    """The book with `unaided_fid` in rows that no link keeps from it; every book stays legal."""
    draw, last = Draw(rng), setting(book, "last_year")
    named = {row[column] for row in book["projects"] for column in LINKS[:2] if column in row}
    for row in book["projects"]:
        if row["id"] not in named and not any(column in row for column in LINKS) and draw.maybe(60):
            _goes_ahead(draw, row, last)
    allowed = {row["id"] for row in book["projects"] if row["status"] == "committed"}
    for row in book["projects"]:
        if row["id"] in allowed and "unaided_fid" in row and row["unaided_fid"] <= row.get("earliest_fid", FIRST):
            del row["unaided_fid"]
    return book


def _goes_ahead(draw: Draw, row: dict[Any, Any], last: int) -> None:
    year = draw.whole(FIRST, last + 1)
    if row["status"] == "underway":
        return
    opens = max(row.get("earliest_fid") or FIRST, FIRST)
    if year <= FIRST and row["status"] == "candidate" and row["country"] in COUNTRIES:
        row["unaided_fid"] = year  # read as underway
    elif year > opens or row["status"] == "barred":
        row["unaided_fid"] = max(year, FIRST + 1)

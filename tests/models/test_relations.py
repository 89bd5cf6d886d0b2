"""Relations between cases: what must not change when the same problem is told in other words, and what money may do."""

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from support.repeatable import examples, same_books
from support.strategies import books
from support.tables import Book, case, changed, setting

from models.plan import Plan
from optimizer.analysis.risk import solve
from optimizer.errors import Infeasible

few = settings(
    same_books, max_examples=examples(0.4), suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)
REFERENCES = ("requires", "excludes", "together")
MONEY = {
    "projects": ("capex_m", "secured_m"),
    "programmes": ("min_ticket_m", "max_ticket_m", "total_m", "total_face_m", "price_gap_per_t"),
}


def planned(book: Book) -> Plan | None:
    """The plan; None where there is none."""
    try:
        return solve(case(book), gap=0)
    except Infeasible:
        return None


def net(plan: Plan | None) -> float:
    return float("-inf") if plan is None else plan.objective.value - plan.objective.penalty


def chosen(plan: Plan | None) -> dict[str, int] | None:
    return None if plan is None else {p.id: p.fid_year for p in plan.projects}


def face(plan: Plan | None) -> dict[tuple[str, str], float]:
    projects = plan.projects if plan is not None else ()
    return {(p.id, a.programme): a.face_m for p in projects for a in p.awards}


def with_setting(book: Book, key: str, value: Any) -> Book:
    rows = [row for row in book["settings"] if row["key"] != key]
    return {**book, "settings": [*rows, {"key": key, "value": value}]}


def money_columns(sheet: str, row: dict[Any, Any]) -> dict[Any, Any]:
    years = [h for h in row if isinstance(h, int)] if sheet == "programmes" else []
    spent = [h for h in row if h != "id"] if sheet == "outlays" else []
    return {h: row[h] for h in (*MONEY.get(sheet, ()), *years, *spent) if row.get(h) is not None}


def scaled(book: Book, factor: float) -> Book:
    """All money times `factor`."""

    def times(sheet: str, row: dict[Any, Any]) -> dict[Any, Any]:
        return {h: v * factor for h, v in money_columns(sheet, row).items()}

    for sheet in {"projects", "programmes", "outlays"} & set(book):
        book = changed(book, sheet, partial(times, sheet))
    total = setting(book, "total_budget_m", "none")
    return book if total == "none" else with_setting(book, "total_budget_m", total * factor)


@few
@given(books(), st.sampled_from([1.1, 1.5, 3.0]))
def test_more_money_never_lowers_the_value(book: Book, factor: float) -> None:
    def more(row: dict[Any, Any]) -> dict[Any, Any]:
        limits = ("total_m", "total_face_m", *(h for h in row if isinstance(h, int)))
        return {h: row[h] * factor for h in limits if row.get(h) is not None}

    richer = changed(book, "programmes", more) if "programmes" in book else book
    total = setting(book, "total_budget_m", "none")
    richer = richer if total == "none" else with_setting(richer, "total_budget_m", total * factor)
    assert net(planned(richer)) >= net(planned(book)) - 1e-7


@few
@given(books())
def test_doubling_all_money_changes_no_choice(book: Book) -> None:
    assume(not book.get("rules"))  # their limits and penalties are in money too
    once, twice = planned(book), planned(scaled(book, 2.0))
    assert chosen(twice) == chosen(once)
    assert face(twice) == pytest.approx({k: 2 * v for k, v in face(once).items()}, rel=1e-6, abs=1e-6)


@few
@given(books(), st.integers(0, 1000))
def test_the_order_of_rows_changes_nothing(book: Book, seed: int) -> None:
    rng = random.Random(seed)
    shuffled = {sheet: rng.sample(rows, len(rows)) for sheet, rows in book.items()}
    assert _told(planned(shuffled)) == _told(planned(book))


def _told(plan: Plan | None) -> dict[Any, Any] | None:
    return None if plan is None else plan.model_dump(exclude={"manifest", "audit"})


@few
@given(books())
def test_renaming_ids_changes_no_choice(book: Book) -> None:
    """New names in the same alphabetical order, as that order decides between twins."""
    names = {row["id"]: f"plant {n:02d}" for n, row in enumerate(sorted(book["projects"], key=lambda r: str(r["id"])))}

    def rename(text: str) -> str:
        return "; ".join("|".join(names[i] for i in part.split("|")) for part in text.split("; "))

    def change(row: dict[Any, Any]) -> dict[Any, Any]:
        return {"id": names[row["id"]]} | {c: rename(row[c]) for c in REFERENCES if row.get(c)}

    renamed = changed(book, "projects", change)
    renamed = changed(renamed, "outlays", lambda row: {"id": names[row["id"]]}) if "outlays" in book else renamed
    old, new = planned(book), planned(renamed)
    expected = None if old is None else {names[i]: year for i, year in (chosen(old) or {}).items()}
    assert chosen(new) == expected
    assert net(new) == pytest.approx(net(old), abs=1e-9)


@few
@given(books())
def test_a_useless_project_changes_nothing(book: Book) -> None:
    """It costs money, delivers nothing and meets no rule's `where`."""
    assume(not book.get("rules"))
    useless = {"id": "zz", "country": "US", "stage": "mine", "capacity_tpa": 0, "capex_m": 50, "status": "candidate"}
    useless |= {column: 0 for column in book["projects"][0] if column.startswith("share_")}
    more = {**book, "projects": [*book["projects"], useless]}
    before, after = planned(book), planned(more)
    assert chosen(after) == chosen(before)
    assert face(after) == face(before)


def changed_order(book: Book) -> Book:
    return {sheet: [dict(reversed(row.items())) for row in rows] for sheet, rows in book.items()}


TWIN_CHANGES: tuple[tuple[str, Callable[[Book], Book]], ...] = (
    ("as it is", lambda book: book),
    ("rows reversed", lambda book: {**book, "projects": book["projects"][::-1]}),
    ("columns reversed", changed_order),
    ("sheets reversed", lambda book: dict(reversed(book.items()))),
)


@pytest.mark.parametrize(("name", "change"), TWIN_CHANGES, ids=[name for name, _ in TWIN_CHANGES])
def test_twins_that_tie_give_one_plan(name: str, change: Callable[[Book], Book]) -> None:
    """Six equal plants, money for four, two programmes that could each pay for any of them."""
    plant = {"country": "US", "stage": "mine", "capacity_tpa": 100, "capex_m": 10, "build_years": 1}
    book: Book = {
        "settings": [
            {"key": k, "value": v} for k, v in {"first_year": 2026, "last_year": 2030, "last_fid_year": 2028}.items()
        ],
        "projects": [{"id": f"twin{n}", **plant} for n in range(6)],
        "demand": [{"stage": "mine", 2026: 1000}],
        "programmes": [
            {"id": "east", "instrument": "grant", "total_m": 20},
            {"id": "west", "instrument": "grant", "total_m": 20},
        ],
    }
    plan = planned(change(book))
    assert plan is not None
    assert plan.tie_break == "proved"
    assert len(plan.projects) == 4
    assert _told(plan) == _told(planned(book))

"""Reasons for leaving projects out: tiny worlds whose reasons are worked out by hand, and forged ones that the audit
refuses. Plants are mines of the US that deliver at once; the horizon is 2026 to 2028 (see `support.cases`)."""

from typing import Any

import pytest
from support.cases import book, grant, plant, recipe, rule
from support.cases_chain import chain, demand, supply
from support.tables import Book, case

from models.audit import audit
from models.plan import NotFinanced, Plan
from optimizer.analysis.risk import solve


def planned(given: Book) -> Plan:
    return solve(case(given), gap=0.0)


def reasons(given: Book) -> dict[str, NotFinanced]:
    return {row.id: row for row in planned(given).not_financed}


MINES = [{"stage": "mine", 2026: 100}]
SCORED = {"objective": "coverage", "demand": MINES}

# Name, book, the project that is left out, its reason, words of its detail.
WORLDS: list[tuple[str, Book, str, str, str]] = [
    # 60 M pay for a (100 t) or b (90 t).
    ("outbid", book([plant("a", 100, 60), plant("b", 90, 60)], 60), "b", "outbid", "90 t/yr"),
    # Nothing is spent: b needs 90 of the 60 M that there are.
    ("need above the budget", book([plant("b", 90, 90)], 60), "b", "programmes closed in its years or too small", "60 M"),
    # 60 M in 2027 only; b's window is 2026.
    (
        "closed", book([plant("b", 90, 50)], programmes=[grant() | {2027: 60}]), "b",
        "programmes closed in its years or too small", "at most 0 M of the need of 50 M",
    ),
    # A grant pays at most half.
    (
        "too small", book([plant("b", 90, 50)], programmes=[grant(max_share=0.5, total_m=500)]), "b",
        "programmes closed in its years or too small", "at most 25 M of the need of 50 M",
    ),
    # Awards of at least 40 M, needs of 30 M and capital cost of 30 M.
    (
        "ticket above its capital cost", book([plant("b", 90, 30)], programmes=[grant(min_ticket_m=40, total_m=500)]), "b",
        "programmes closed in its years or too small", "0 M of the need of 30 M",
    ),
    # One project may be financed; money is there for both.
    (
        "count rule full", book([plant("a", 100, 60), plant("b", 90, 60)], 500, rules=[rule("count", "sum", "<=", 1)]), "b",
        "rule leaves no room", "floor: with it count would be 2, not at most 1",
    ),
    # Mean E of a and b by capital cost is 65, asked are 70.
    (
        "average rule",
        book([plant("a", 100, 60, esg_e=70), plant("b", 90, 60, esg_e=60)], 500, rules=[rule("esg_e", "average", ">=", 70)]),
        "b", "rule leaves no room", "floor: with it the average would be 65, not at least 70",
    ),
    # Half of the capital cost would be in the US, asked are at most 45 %.
    (
        "share rule",
        book([plant("a", 100, 60, country="AU"), plant("b", 90, 60)], 500,
             rules=[rule("capex", "share", "<=", 0.45, where="country=US")]),
        "b", "rule leaves no room", "floor: with it the share would be 50 %, not at most 45 %",
    ),
    # 120 M of capital cost with both, asked are at most 100 M.
    (
        "money rule", book([plant("a", 100, 60), plant("b", 90, 60)], 500, rules=[rule("capex", "sum", "<=", 100)]), "b",
        "rule leaves no room", "floor: with it capex would be 120 M, not at most 100 M",
    ),
    # a may take no more than 60 M of public money in all, whatever b is paid with.
    (
        "award rule", book([plant("a", 100, 60), plant("b", 90, 60)], programmes=[grant(total_m=500)],
                           rules=[rule("public", "sum", "<=", 60)]), "b", "rule leaves no room",
                           "floor: with it public would not be at most 60 M",
    ),
    # A soft limit of one project: a second gains 90 t/yr and costs 200.
    (
        "soft rule",
        book([plant("a", 100, 60), plant("b", 90, 60)], 500,
             rules=[rule("count", "sum", "<=", 1, hard="no", penalty=200)]),
        "b", "rule leaves no room", "at a penalty above its gain",
    ),
    # a covers the demand of 100 t alone.
    (
        "demand covered", book([plant("a", 100, 50), plant("b", 90, 60)], 500, **SCORED), "b", "adds nothing",
        "demand is already covered",
    ),
    # b delivers in 2026 alone, the objective counts 2028.
    (
        "not in the objective year", book([plant("a", 100, 50), plant("b", 90, 60, life_years=1)], 500), "b", "adds nothing",
        "delivers nothing in 2028",
    ),
    # The magnets are the least covered row and nothing helps them: a second mine raises no minimum, 60 M pay for one.
    (
        "bottleneck elsewhere",
        book([plant("a", 40, 50), plant("b", 30, 50)], 60, objective="bottleneck",
             demand=[*MINES, {"stage": "magnet", 2026: 100}]),
        "b", "adds nothing", "another demand row is the least covered",
    ),
    # a is open in 2028 only, b needs it in 2026.
    (
        "nothing to follow",
        book([plant("a", 100, 50, earliest_fid=2028, latest_fid=2028), plant("b", 90, 60, requires="a")], 500), "b",
        "nothing is financed that it could follow", "a is decided in 2028, its last year is 2026",
    ),
    # 70 M pay for a alone; b and c go together and need 40 M each.
    (
        "together",
        book([plant("a", 100, 50), plant("b", 20, 40, together="c"), plant("c", 20, 40)], 80), "b", "outbid", "40 t/yr",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("given", "left", "reason", "words"), [w[1:] for w in WORLDS], ids=[w[0] for w in WORLDS])
def test_a_reason_is_the_true_one(given: Book, left: str, reason: str, words: str) -> None:
    row = reasons(given)[left]
    assert row.reason == reason
    assert words in row.detail


def test_what_is_unspent_counts_year_by_year_and_with_what_is_carried() -> None:
    """60 M a year; a takes 50 in 2026. Without carry-over b (70 M, 2027) can never be paid, with it 10 M were left."""
    plants = [plant("a", 100, 50), plant("b", 90, 70, earliest_fid=2027, latest_fid=2027)]
    fixed = grant() | {2026: 60, 2027: 60}
    assert reasons(book(plants, programmes=[fixed]))["b"].reason == "programmes closed in its years or too small"
    assert not reasons(book(plants, programmes=[fixed | {"carry_over": "yes"}]))
    dearer = [plant("a", 100, 55), plant("b", 90, 70, earliest_fid=2027, latest_fid=2027)]
    row = reasons(book(dearer, programmes=[fixed | {"carry_over": "yes"}]))["b"]
    assert (row.reason, row.year) == ("outbid", 2027)
    assert "65 M of the 70 M" in row.detail


def scrap(tonnes: float, budget: float) -> Book:
    """Two presses of 40 t/yr, 10 M each; 1.25 t of scrap make a tonne of magnets, of which 100 t are wanted."""
    presses = [plant(i, 40, 10, stage="magnet") for i in "ab"]
    recipes = recipe("hpms", "magnet", scrap=-1.25, n=1)
    wanted = [demand("magnet", "n", 100)]
    return chain(presses, budget, demand=wanted, existing=[supply("scrap", tonnes)], processes=recipes)


def test_a_chain_says_whether_a_plant_would_be_fed() -> None:
    """45 t of scrap do not fill one press: a second delivers nothing more. 100 t fill both, and 10 M pay for one."""
    (idle,) = reasons(scrap(45, 500)).values()
    assert idle.reason == "adds nothing"
    assert "more capacity already than the chain can feed" in idle.detail
    assert not forged(scrap(45, 500), idle.id, year=2026)
    (full,) = reasons(scrap(100, 10)).values()
    assert (full.reason, full.year) == ("outbid", 2026)
    assert "40 points" in full.detail
    assert not forged(scrap(100, 10), full.id, reason="adds nothing")


def forged(given: Book, left: str, **other: Any) -> bool:
    """Whether the audit passes a plan in which another reason is stated."""
    plan = planned(given)
    rows = [r.model_dump() for r in plan.not_financed if r.id != left]
    rows.append({"id": left, "reason": "outbid", "detail": "", **other})
    changed = plan.model_copy(update={"not_financed": tuple(NotFinanced.model_validate(r) for r in rows)})
    return audit(case(given), changed).passed


@pytest.mark.parametrize(("given", "left", "reason"), [w[1:4] for w in WORLDS], ids=[w[0] for w in WORLDS])
def test_the_audit_refuses_every_other_reason(given: Book, left: str, reason: str) -> None:
    """ "Not worked out" claims nothing and passes."""
    others: list[dict[str, Any]] = [
        {"reason": "outbid", "year": 2026}, {"reason": "outbid"}, {"reason": "adds nothing"},
        {"reason": "rule leaves no room", "rule": "floor"}, {"reason": "rule leaves no room"},
        {"reason": "programmes closed in its years or too small"}, {"reason": "nothing is financed that it could follow"},
        {"reason": "does not fit the horizon"}, {"reason": "excluded by another"}, {"reason": "no eligible programme"},
    ]  # fmt: skip
    for other in others:
        if other["reason"] != reason:
            assert not forged(given, left, **other), other
    assert forged(given, left, reason="not worked out")

"""Books that nothing satisfies: every repair held against every selection there is, and one printed digit less too."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.cases import DEMAND, book, grant, plant, rule
from support.near_ties_years import converted, near_tie_over_years
from support.oracle import best
from support.repairs import holds_against_brute_force
from support.repeatable import examples, same_books
from support.strategies import small_book
from support.tables import Book
from support.tables import case as case_of

from models import checks
from models.case import Case
from models.schema import Fx
from models.sets import Sets
from optimizer.analysis.infeasibility import Repaired, RepairReport, repaired, repairs
from optimizer.analysis.infeasibility.elastic_program import Elastic
from optimizer.analysis.infeasibility.report import MONEY, Restriction
from optimizer.analysis.infeasibility.restrictions import restrictions
from optimizer.analysis.infeasibility.single_repairs import enough
from optimizer.analysis.risk import solve
from optimizer.errors import Infeasible
from optimizer.solver import lexicographic
from optimizer.solver.lexicographic import Options, Solution, find

PLENTY = 1e6
"""Millions: more than any of these books could use."""


def let_go(r: Restriction) -> Repaired:
    return Repaired(restriction=r, new=PLENTY if r.kind in MONEY else None, sentence="")


def names_every_single_repair(case: Case, report: RepairReport) -> None:
    named = {r.changes[0].restriction for r in report.repairs if len(r.changes) == 1}
    for r in restrictions(Sets(case)):
        after = repaired(case, [let_go(r)])
        if not checks.check(after)[0]:
            assert best(after).feasible == (r in named), r


def is_irreducible(case: Case, report: RepairReport) -> None:
    core = [c.restriction for c in report.conflict]
    bare = repaired(case, [let_go(r) for r in restrictions(Sets(case)) if r not in core])
    if checks.check(bare)[0]:
        return
    assert not best(bare).feasible
    for r in core:
        assert best(repaired(bare, [let_go(r)])).feasible, r


def broken_books() -> st.SearchStrategy[Book]:
    """Small books that nothing satisfies."""

    def draw(seed: int) -> Book:
        rng = random.Random(seed)
        while True:
            drawn = small_book(rng)
            world = case_of(drawn)
            if not checks.check(world)[0] and not best(world).feasible:
                return drawn

    return st.integers(0, 2**48).map(draw)


@settings(same_books, max_examples=examples(0.4))
@given(broken_books())
def test_random_books_equal_brute_force(drawn: Book) -> None:
    case = case_of(drawn)
    report = repairs(case)
    assert not report.feasible
    assert report.complete
    assert report.irreducible
    assert report.conflict
    holds_against_brute_force(case, report)
    names_every_single_repair(case, report)
    is_irreducible(case, report)


def sentences_of(case: Case) -> list[str]:
    report = repairs(case)
    holds_against_brute_force(case, report)
    return [r.sentence for r in report.repairs]


def test_a_satisfied_book_needs_no_repair() -> None:
    assert repairs(case_of(book([plant("a", 30, 10)], 20))) == RepairReport(feasible=True)


def test_money_for_a_committed_project() -> None:
    case = case_of(book([plant("a", 30, 34.15, status="committed"), plant("b", 1, 1)], 20))
    assert sentences_of(case) == ["raise the total budget by 14.2 M USD, from 20 to 34.2", "free a (now committed)"]


def test_a_year_of_a_programme() -> None:
    case = case_of(book([plant("a", 30, 50, status="committed")], programmes=[grant("DFC") | {2026: 20, 2027: 90}]))
    assert sentences_of(case) == ["raise DFC 2026 by 30 M USD, from 20 to 50", "free a (now committed)"]


def test_money_is_raised_in_the_cells_own_currency_and_prices() -> None:
    """Of 50 M base 20 M are there: 3,000 M yen of 2026; the case's prices are of 2025, 150 yen at 2 % a year."""
    programme = grant("JBIC", currency="JPY", total_m=20) | {"price_year": 2026}
    case = case_of(book([plant("a", 30, 50, status="committed")], programmes=[programme], base_currency="USD"))
    case = case.with_(fx=(Fx(row=2, currency="JPY", per_base=150, inflation=0.02),))
    case = case.with_(settings=case.settings.model_copy(update={"price_year": 2025}))
    report = repairs(case)
    change = report.repairs[0].changes[0]
    assert (change.unit, change.old) == ("M JPY", pytest.approx(20 * 150 * 1.02))
    assert change.new == pytest.approx(50 * 150 * 1.02, abs=change.digit)
    assert change.sentence.startswith("raise the total of JBIC by 4,590 M JPY, from 3,060 to ")
    holds_against_brute_force(case, report)


def test_an_average_moves_by_its_true_value() -> None:
    """a (40, 60 M) is committed and c (88, 30 M) the best that can stand beside it: (2400 + 2640) / 90 = 56."""
    rows = [
        plant("a", 30, 60, status="committed", esg_e=40),
        plant("b", 1, 50, esg_e=70),
        plant("c", 1, 30, esg_e=88),
    ]
    case = case_of(book(rows, 95, rules=[rule("esg_e", "average", ">=", 70)]))
    assert sentences_of(case) == ["lower 'floor' from 70 to 56", "free a (now committed)"]


def test_an_average_is_rounded_outward() -> None:
    """(40 * 70 + 89 * 30) / 100 = 54.7; with 31 M of c (2800 + 2759) / 101 = 55.0396: 55.03, not 55.04."""
    rows = [plant("a", 30, 70, status="committed", esg_e=40), plant("c", 1, 31, esg_e=89)]
    case = case_of(book(rows, "none", rules=[rule("esg_e", "average", ">=", 60)]))
    assert "lower 'floor' from 60 to 55.03" in sentences_of(case)


def test_a_share_and_a_ratio_move_by_their_true_values() -> None:
    rows = [plant("a", 30, 60, status="committed", country="AU"), plant("b", 10, 30)]
    shared = book(rows, "none", rules=[rule("capex", "share", "<=", 0.5, where="country=AU")])
    assert "raise 'floor' from 0.5 to 0.667" in sentences_of(case_of(shared))
    divided = book(rows, "none", rules=[rule("capex", "ratio", "<=", 1.5, per="capacity")])
    assert "raise 'floor' from 1.5 to 2" in sentences_of(case_of(divided))


def test_a_floor_falls_to_the_next_candidate() -> None:
    rows = [plant("a", 60, 10, esg_e=55), plant("b", 60, 10, esg_e=64), plant("c", 60, 10, status="barred", esg_e=90)]
    rules = [
        rule("esg_e", "each", ">=", 70, rule="score"),
        rule("capacity", "sum", ">=", 50, rule="milestone"),
    ]
    assert sentences_of(case_of(book(rows, rules=rules))) == [
        "lower 'score' from 70 to 64",
        "lift the barring of c",
        "lower 'milestone' from 50 to 0",
    ]


def test_a_country_off_the_list() -> None:
    rows = [plant("a", 60, 10, country="BR"), plant("b", 10, 10)]
    case = case_of(book(rows, rules=[rule("capacity", "sum", ">=", 50)]))
    assert sentences_of(case) == ["lower 'floor' from 50 to 10", "add BR to the countries that may be financed"]


LINKS: dict[str, tuple[list[dict[Any, Any]], str]] = {
    "requires": (
        [plant("a", 60, 10, requires="b"), plant("b", 1, 90)],
        "let a go ahead without b",
    ),
    "excludes": (
        [plant("a", 40, 10, excludes="b"), plant("b", 20, 10)],
        "let a and b be financed side by side",
    ),
    "together": (
        [plant("a", 60, 10, together="b"), plant("b", 1, 90)],
        "decide a and b apart instead of together",
    ),
    "group": (
        [plant("a", 40, 10, group="g"), plant("b", 20, 10, group="g")],
        "let more than one project of group g be financed",
    ),
}


@pytest.mark.parametrize("kind", LINKS)
def test_links_are_let_go(kind: str) -> None:
    rows, sentence = LINKS[kind]
    assert sentence in sentences_of(case_of(book(rows, 50, rules=[rule("capacity", "sum", ">=", 60)])))


def test_two_changes_where_no_single_one_does() -> None:
    """Both plants are committed, each with a programme of its own that lacks the money."""
    rows = [
        plant("a", 30, 50, status="committed"),
        plant("b", 30, 60, status="committed", country="JP"),
    ]
    funds = [grant("DFC", total_m=40, countries="US"), grant("JBIC", total_m=45, countries="JP")]
    sentences = sentences_of(case_of(book(rows, programmes=funds)))
    assert (
        "raise the total of DFC by 10 M USD, from 40 to 50 and raise the total of JBIC by 15 M USD, from 45 to 60"
        in (sentences)
    )
    assert len(sentences) == 4
    assert all(" and " in s for s in sentences)


def test_sums_alone_say_why() -> None:
    rows = [plant("a", 30, 34, status="committed"), plant("b", 10, 1)]
    report = repairs(case_of(book(rows, 20, rules=[rule("capacity", "sum", ">=", 100)], demand=DEMAND)))
    messages = [r.message for r in report.reasons]
    assert messages == [
        "the committed projects (a) need at least 34 M USD; the total budget is 20 M USD",
        "rule 'floor' asks sum of capacity >= 100; all candidates together reach at most 40",
    ]


def test_no_time_is_reported() -> None:
    report = repairs(case_of(book([plant("a", 30, 34, status="committed")], 20)), Options(time_limit=1e-9))
    assert (report.repairs, report.complete, report.irreducible) == ((), False, False)
    assert report.reasons


def test_the_search_for_a_plan_takes_no_more_than_what_is_left_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    given_to: list[float] = []

    def noted(sets: Sets, options: Options, **more: Any) -> Solution:
        given_to.append(options.time_limit)
        return find(sets, options, **more)

    monkeypatch.setattr(lexicographic, "find", noted)
    assert repairs(case_of(book([plant("a", 30, 10)], 20)), Options(time_limit=30.0)).feasible
    assert len(given_to) == 1
    assert 0 < given_to[0] < 30


def test_enough_is_rounded_outward_and_says_that_less_may_do() -> None:
    """Of 50 M 20 M are there; a plan with 51.234 M is known."""
    case = case_of(book([plant("a", 30, 50, status="committed")], 20))
    elastic = Elastic(Sets(case), seconds=10)
    result = enough(elastic, Restriction(kind="total_budget", subject=""), 51.234)
    assert (
        result.sentence
        == "raise the total budget by 31.3 M USD, from 20 to 51.3 (sufficient; a smaller change may be too)"
    )
    assert not result.least
    assert best(repaired(case, [result])).feasible


def test_a_book_feasible_only_within_the_solver_s_rounding_is_repaired_from_its_stated_limits() -> None:
    """The awards of the only selection miss an envelope by more than the audit allows, and by less than the search sees."""
    world = converted(near_tie_over_years(30049))
    with pytest.raises(Infeasible):
        solve(world, gap=0)
    report = repairs(world)
    assert not report.feasible
    assert report.repairs
    assert solve(repaired(world, report.repairs[0].changes), gap=0).projects

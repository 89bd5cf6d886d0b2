"""Small books: the program against every selection there is, solved by an oracle that shares nothing with it.

MINE2MAGNET_EXAMPLES sets how many random books each test draws (a long run: 5000); the draws are always the same.
"""

import random
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import books as files
from support.cases import WORLDS, World
from support.oracle import Best, Verdict, best, judge
from support.oracle import SelectionTable as Table
from support.oracle_money import Awards
from support.repeatable import examples, same_books
from support.strategies import books, small_book
from support.strategies_chain import chains
from support.strategies_market import priced_books
from support.strategies_unaided import unaided_books, unaided_chains
from support.tables import Book, case, sheets

from models import checks
from models.case import Case
from models.plan import Plan
from optimizer.analysis.risk import solve
from optimizer.errors import Infeasible
from optimizer.workbook.read import read

many = settings(same_books, max_examples=examples())


@many
@given(books(money=False))
def test_books_without_programmes_equal_brute_force(book: Book) -> None:
    agree(case(book), case(book))


@many
@given(books(money=True))
def test_books_with_programmes_equal_brute_force(book: Book) -> None:
    agree(case(book), case(book))


@settings(many, max_examples=examples(0.5))
@given(priced_books())
def test_books_with_prices_equal_brute_force(book: Book) -> None:
    agree(case(book), case(book))


@settings(many, max_examples=examples(0.7))
@given(unaided_books())
def test_books_with_projects_that_go_ahead_without_support_equal_brute_force(book: Book) -> None:
    agree(case(book), case(book))


@settings(many, max_examples=examples(0.3))
@given(unaided_chains())
def test_chains_with_projects_that_go_ahead_without_support_equal_brute_force(book: Book) -> None:
    agree(case(book), case(book))


@pytest.mark.parametrize(("seed", "money"), [(70, None), (2089, True), (9287, True)])
def test_books_that_once_differed(seed: int, money: bool | None) -> None:
    book = small_book(random.Random(seed), money=money)
    agree(case(book), case(book))


@settings(many, max_examples=examples(0.5))
@given(chains())
def test_chains_equal_brute_force(book: Book) -> None:
    agree(case(book), case(book))


@settings(many, max_examples=examples(0.33))
@given(book=books())
def test_books_read_from_a_file_equal_brute_force(book: Book, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = files.write(tmp_path_factory.mktemp("book") / "book.xlsx", sheets(book))
    agree(case(book), read(path))


@settings(many, max_examples=examples(0.25))
@given(book=books(), gap=st.sampled_from([0.01, 0.1, 0.5]))
def test_a_wide_gap_leaves_a_valid_bound(book: Book, gap: float) -> None:
    expected = best(case(book))
    if not expected.feasible:
        return
    plan = solve(case(book), gap=gap)
    verdict = judged(case(book), plan)
    assert verdict.violations == ()
    slack = 1e-9 * max(1.0, abs(expected.net))
    assert plan.objective.bound - plan.objective.penalty >= expected.net - slack
    assert verdict.net <= expected.net + 1e-6 * max(1.0, abs(expected.net))
    assert plan.status == "optimal"
    assert expected.net - verdict.net <= gap * max(abs(verdict.net), 1e-9) + 2e-6 * max(1.0, abs(expected.net))


@pytest.mark.parametrize("world", WORLDS, ids=lambda w: w.name)
def test_worlds_solved_by_hand(world: World) -> None:
    mine = case(world.book)
    expected = best(mine)
    if world.value is None:
        assert not expected.feasible
    else:
        assert expected.value == pytest.approx(world.value, abs=1e-9)
        assert world.selection in expected.selections
        plan = solve(mine, gap=0)
        assert {p.id: p.fid_year for p in plan.projects} == world.selection
    agree(mine, mine)


def agree(mine: Case, theirs: Case) -> None:
    """Assert that the plan of `theirs` is a best plan of `mine`, the same case in the oracle's hands."""
    assert checks.check(mine)[0] == []
    expected = best(mine)
    if not expected.feasible:
        with pytest.raises(Infeasible):
            solve(theirs, gap=0)
        return
    plan = solve(theirs, gap=0)
    verdict = judged(mine, plan)
    assert verdict.violations == ()
    attains(plan, verdict, expected)
    breaks_ties(mine, verdict, expected)
    has_fewest_awards(mine, plan)


def has_fewest_awards(mine: Case, plan: Plan) -> None:
    """No fewer awards pay for the same selection at the same penalty, budget cost and face value."""
    count = sum(len(p.awards) for p in plan.projects)
    if not count:
        return
    world = Table(mine)
    money = Awards(world, world.choice({p.id: p.fid_year for p in plan.projects})[0])
    penalty = money.least_penalty()
    assert penalty is not None
    cost = money.least_cost(penalty + 1e-9)
    assert not money.can_do_with(count - 1, penalty + 1e-9, cost, money.least_face(penalty + 1e-9, cost))


def judged(mine: Case, plan: Plan) -> Verdict:
    """The oracle's reading of the listed projects and awards."""
    awards: dict[tuple[str, str], float] = defaultdict(float)
    for project in plan.projects:
        for award in project.awards:
            assert award.year == project.fid_year
            awards[project.id, award.programme] += award.face_m
    return judge(mine, {p.id: p.fid_year for p in plan.projects}, dict(awards))


def attains(plan: Plan, verdict: Verdict, expected: Best) -> None:
    """The value printed is that of the listed projects, the best there is, and proved so."""
    tolerance = 1e-6 * max(1.0, abs(expected.net))
    stated = plan.objective
    assert stated.value == pytest.approx(verdict.value, abs=tolerance)
    assert stated.penalty == pytest.approx(verdict.penalty, abs=tolerance)
    assert verdict.net == pytest.approx(expected.net, abs=tolerance)
    assert stated.bound - stated.penalty >= expected.net - 1e-9 * max(1.0, abs(expected.net))
    assert (plan.status, plan.tie_break) == ("optimal", "proved")
    assert plan.audit is not None
    assert plan.audit.passed
    cost = sum(a.cost_m for p in plan.projects for a in p.awards)
    if cost:
        assert cost == pytest.approx(verdict.cost, abs=1e-6 * max(1.0, cost))


def breaks_ties(mine: Case, verdict: Verdict, expected: Best) -> None:
    """Least cost, then face, then years: a figure may be better only where an earlier one gave way within tolerance."""
    if mine.settings.objective == "bottleneck" and not all(rule.hard for rule in mine.rules):
        return  # which coverage comes second, with or without penalties, is left open
    figures = (
        (-verdict.second, -expected.second, 1e-6),
        (verdict.cost, expected.cost, 1e-5 * max(1.0, expected.cost)),
        (verdict.face, expected.face, 1e-5 * max(1.0, expected.face)),
        (verdict.fid_sum, expected.fid_sum, 1e-6),
    )
    for attained, least, tolerance in figures:
        assert attained <= least + tolerance
        if attained < least - tolerance:
            return

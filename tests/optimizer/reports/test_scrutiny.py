"""What a sceptical reader asks of the money: worked out by hand on two mines, one of which loses money on every tonne."""

from html import unescape

import pytest
from support.cases import book, grant, plant
from support.tables import case

from models.case import Case
from models.gaps import gaps
from models.plan import Plan
from optimizer.analysis.risk import solve
from optimizer.reports.brief.content import brief
from optimizer.reports.html.render import flow
from optimizer.reports.plan_page import page_text
from optimizer.reports.scrutiny import scrutiny

FLOOR = {
    "id": "floor", "instrument": "offtake", "donor": "US", "strike_per_t": 1200, "offtake_years": 2, "offtake_share": 0.5,
    "max_share": 0.4, "limit_on": "face", "total_face_m": 20,
}  # fmt: skip
"""Its cost in a: 5,000 t at 200 USD in 2026 and, with s = 0.2, at a put of 221.48 USD (Black 1976) in 2027."""
PRICES = [{"material": "mine", "volatility": 0.2, 2026: 1000}]


def solved(**settings: float) -> tuple[Case, Plan]:
    """a earns 6 M a year on 50 M of capital cost; b pays 1,500 USD for a tonne that brings 1,000."""
    a, b = plant("a", 10_000, 50, opex_per_t=400), plant("b", 9_000, 20, opex_per_t=1500)
    programmes = [grant(total_m=500 if settings else 50), FLOOR]
    given = case(book([a, b], programmes=programmes, prices=PRICES, **settings))
    return given, solve(given, gap=0)


@pytest.fixture(scope="module")
def told() -> tuple[Case, Plan]:
    return solved()


def test_each_open_question_has_a_number(told: tuple[Case, Plan]) -> None:
    funders, additional, market, floor = scrutiny(*told)
    assert funders == "Funders: 3 awards for 2 projects; at most 2 programmes in one project (a)."
    assert additional.startswith("Additionality: none of the 2 candidates has a year in unaided_fid")
    assert (
        "1 of 2 earn more than they cost to run, not so b; the median of these earns its capital cost back in 8.3 years"
        in market
    )
    assert floor == (
        "floor guarantees 1,200 USD per t on 5,000 t/yr of mine, where 1,000 is expected: it costs the budget 2.1 M USD, and "
        "2 M USD if prices came exactly as expected."
    )


def test_a_floor_on_content_of_which_a_part_is_paid_does_not_guarantee_the_strike(told: tuple[Case, Plan]) -> None:
    given, plan = told
    partly = given.with_(projects=tuple(p.model_copy(update={"payable": 0.7}) for p in given.projects))
    assert scrutiny(partly, plan)[-1].endswith("so that the project does not receive the strike.")


def test_a_contract_of_no_years_has_no_sentence(told: tuple[Case, Plan]) -> None:
    given, plan = told
    none = given.with_(programmes=tuple(g.model_copy(update={"offtake_years": 0}) for g in given.programmes))
    assert len(scrutiny(none, plan)) == 3


def test_the_brief_names_the_funders_and_the_page_has_it_all(told: tuple[Case, Plan]) -> None:
    given, plan = told
    message = scrutiny(given, plan)
    assert message[0] in brief(given, plan, gaps(given, plan)).money.lines
    page = unescape(page_text(given, plan, charts=((), (), (), ())))
    assert all(flow(line) in page for line in message)


def test_where_prices_decide_the_viability_section_speaks_of_them() -> None:
    given, plan = solved(hurdle_rate=0.1)
    assert plan.projects
    assert not any("Prices do not affect this plan" in line for line in scrutiny(given, plan))


def test_a_book_that_states_when_projects_go_ahead_says_nothing_of_it() -> None:
    given = case(book([plant("a", 100, 10), plant("b", 50, 10, unaided_fid=2028)], 100))
    assert scrutiny(given, solve(given, gap=0)) == []


def test_one_programme_is_no_programmes() -> None:
    given = case(book([plant("a", 10_000, 50)], programmes=[grant(total_m=50)]))
    funders, *_ = scrutiny(given, solve(given, gap=0))
    assert funders == "Funders: 1 award for 1 project; at most 1 programme in one project (a)."

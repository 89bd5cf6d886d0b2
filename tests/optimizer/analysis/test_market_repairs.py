"""Books that a gap of the market blocks: what would have to cost, ask or sell how much for them to have a plan."""

from typing import Any

import pytest
from support.cases import book, grant, plant
from support.repairs import holds_against_brute_force
from support.tables import case

from models.schema import Fx
from models.sets import Sets
from optimizer.analysis.infeasibility import Repair, RepairReport, repairs
from optimizer.analysis.infeasibility.elastic_program import Elastic
from optimizer.analysis.infeasibility.market_repairs import NotEnough, least_market_change
from optimizer.analysis.infeasibility.report import Restriction

PRICES = [{"material": "mine", 2026: 50_000}, {"material": "ndpr", 2026: 80_000}]
ANNUITY = sum(1.1**-k for k in range(10))
"""Value at 10 % of one million a year for ten years, the first at once."""


def committed(name: str = "a", opex: float = 45_000, **more: Any) -> dict[Any, Any]:
    """200 M for 1,000 t/yr over ten years: it earns 5 M a year, and its gap is 200 less 5 times the annuity."""
    shape = {"private_share": 0.4, "life_years": 10, "opex_per_t": opex, "status": "committed"}
    return plant(name, 1000, 200, **{**shape, **more})


def test_each_cell_of_the_market_closes_the_gap_alone_and_no_digit_less_does() -> None:
    # Grants give at most 160 M: of the 166.2 M missing 6.2 M must be earned, 0.918 M a year, 918.1 US dollars a tonne.
    world = case(book([committed()], prices=PRICES, hurdle_rate=0.1, programmes=[grant(total_m=180, max_share=0.8)]))
    report = repairs(world)
    changes = {r.changes[0].restriction.kind: r.changes[0] for r in report.repairs}
    asked = (40 / ANNUITY - 5) * 1000
    assert changes["opex"].by == pytest.approx(asked, abs=1)
    assert changes["opex"].by >= asked
    assert changes["price"].by == pytest.approx(asked / 50_000, abs=1e-4)
    assert changes["price"].by >= asked / 50_000
    at = changes["hurdle_rate"].new
    assert at is not None
    assert 5 * sum((1 + at) ** -k for k in range(10)) == pytest.approx(40, rel=1e-3)
    assert set(changes) == {"opex", "price", "hurdle_rate", "committed"}
    assert "gap of a down by 6.21 to 159.99 M USD" in changes["opex"].sentence
    holds_against_brute_force(world, report)


def test_without_programmes_a_price_lowers_what_a_project_costs() -> None:
    world = case(book([committed(private_share=0.8)], 100, prices=PRICES, hurdle_rate=0.1))
    report = repairs(world)
    sentences = " ".join(r.sentence for r in report.repairs)
    assert "raise the price of mine by 19.6 % in every year (gap of a down by 66.24 to 99.97 M USD)" in sentences
    assert "raise the total budget by 66.3 M USD" in sentences
    holds_against_brute_force(world, report)


def test_the_price_of_one_blocked_project_moves_beside_the_cost_of_another() -> None:
    both = [committed(), committed("d", 38_000, share_ndpr=0.5)]
    world = case(book(both, prices=PRICES, hurdle_rate=0.1, programmes=[grant(total_m=400, max_share=0.8)]))
    elastic = Elastic(Sets(world), 60.0)
    price, opex = Restriction(kind="price", subject="ndpr"), Restriction(kind="opex", subject="a")
    assert {price, opex, Restriction(kind="opex", subject="d")} <= {*elastic.restrictions}
    assert not elastic.possible({price: None})
    assert not elastic.possible({opex: None})
    changes = (least_market_change(elastic, price, {opex: None}),)
    changes += (least_market_change(elastic, opex, {price: changes[0].limit}),)
    holds_against_brute_force(world, RepairReport(repairs=(Repair(changes=changes),)))
    with pytest.raises(NotEnough):
        least_market_change(elastic, price, {})


def test_a_change_that_does_at_no_printed_digit_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    world = case(book([committed()], prices=PRICES, hurdle_rate=0.1, programmes=[grant(total_m=180, max_share=0.8)]))
    answers = iter([True])  # the whole range does, then nothing that is tried
    monkeypatch.setattr(Elastic, "possible", lambda *_: next(answers, False))
    with pytest.raises(NotEnough):
        least_market_change(Elastic(Sets(world), 60.0), Restriction(kind="opex", subject="a"), {})


def test_an_operating_cost_is_moved_in_the_currency_of_its_cell() -> None:
    rates = (Fx(row=2, currency="AUD", per_base=2.0),)
    world = case(
        book(
            [committed(currency="AUD")], prices=PRICES, hurdle_rate=0.1, programmes=[grant(total_m=180, max_share=0.8)]
        )
    )
    (change,) = (
        r.changes[0] for r in repairs(world.with_(fx=rates)).repairs if r.changes[0].restriction.kind == "opex"
    )
    assert (change.unit, change.old) == ("AUD per t", 90_000)
    assert change.by == pytest.approx(2 * 919, abs=10)
    assert change.limit == pytest.approx(45_000 - 918.1, abs=5)

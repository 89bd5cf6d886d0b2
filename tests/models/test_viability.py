"""Prices, viability and price floors: worlds solved by hand, and relations that hold whatever the numbers.

Random books with prices are held against brute force in test_against_brute_force.
"""

from math import exp, log, sqrt
from statistics import NormalDist
from typing import Any

import pytest
from support.cases import book, grant, plant
from support.tables import Book, case, changed

from models import checks, instruments, viability
from models.audit import audit
from models.formulation import build
from models.plan import Plan
from models.sets import Sets
from optimizer.analysis.risk import solve

N = NormalDist().cdf


def priced(project: dict[Any, Any], price: float = 100.0, **more: Any) -> Book:
    """One mine that sells 1 M t a year; 10 % is asked of it."""
    return book([project], **({"prices": [{"material": "mine", 2026: price}], "hurdle_rate": 0.1} | more))


def mine(**more: Any) -> dict[Any, Any]:
    """Built in a year, two years of life, capital cost 100 M all in the year of the decision."""
    return plant("a", 1e6, 100.0, build_years=1, life_years=2, private_share=0.9) | {"opex_per_t": 50.0} | more


def of(world: Book, year: int = 2026) -> tuple[Sets, Any, int]:
    sets = Sets(case(world))
    return sets, sets.by_id["a"], year


def test_gap_clearing_price_and_value_without_support() -> None:
    # Cash 50 M in 2027 and 2028: 50/1.1 + 50/1.21 = 86.7769 M; 100 - 86.7769 are missing.
    sets, a, year = of(priced(mine()))
    worth = 50 / 1.1 + 50 / 1.21
    assert viability.bankable(sets.case, a, year) == pytest.approx(worth)
    assert viability.gap(sets.case, a, year) == pytest.approx(100 - worth)
    assert viability.npv_unaided(sets.case, a, year) == pytest.approx(worth - 100)
    # It clears where (100 k - 50)(1/1.1 + 1/1.21) = 100.
    assert viability.clears_at(sets.case, a, year) == pytest.approx((100 / (1 / 1.1 + 1 / 1.21) + 50) / 100)


def test_revenue_counts_the_priced_materials_and_falls_back_on_the_stage() -> None:
    # 0.2 t of ndpr at 400 and 0.1 t of dy without a price: 80 per t; payable 0.5, premium 10 %, by-products 3: 47.
    world = priced(
        mine(share_ndpr=0.2, share_dy=0.1, payable=0.5, premium=0.1, byproduct_per_t=3.0, opex_per_t=0.0),
        prices=[{"material": "ndpr", 2026: 400.0}, {"material": "mine", 2026: 1.0}],
    )
    sets, a, year = of(world)
    assert viability.bankable(sets.case, a, year) == pytest.approx(47 / 1.1 + 47 / 1.21)


def test_outlays_are_discounted_too() -> None:
    # Half of the capital in 2026, half in 2027: 1 M of it is worth 0.5 + 0.5/1.1 at the decision.
    world = priced(mine(), outlays=[{"id": "a", "year_0": 50.0, "year_1": 50.0}])
    sets, a, year = of(world)
    assert viability.bankable(sets.case, a, year) == pytest.approx((50 / 1.1 + 50 / 1.21) / (0.5 + 0.5 / 1.1))


def test_a_loan_is_worth_what_its_terms_save() -> None:
    # Rate 0, grace 1 year (the build), tenor 3: two payments of 0.5 in 2028 and 2029, at 10 % worth 0.5/1.21 + 0.5/1.331.
    loan = {"id": "l", "instrument": "loan", "rate": 0.0, "tenor_years": 3, "cost_rate": 0.1}
    sets, a, year = of(priced(mine(), programmes=[loan]))
    served = 0.5 / 1.21 + 0.5 / 1.331
    assert instruments.worth(sets.case.programmes[0], a, year, sets.case) == pytest.approx(1 - served)
    # Market debt at 4 % makes the same loan worth less.
    sets, a, year = of(priced(mine(), programmes=[loan], debt_rate=0.04))
    assert instruments.worth(sets.case.programmes[0], a, year, sets.case) == pytest.approx(
        1 - 0.5 / 1.04**2 - 0.5 / 1.04**3
    )
    # With interest of 5 % capitalised over the year of grace: 1.05 in two level payments.
    sets, a, year = of(priced(mine(), programmes=[loan | {"rate": 0.05}]))
    payment = 1.05 * 0.05 / (1 - 1.05**-2)
    assert instruments.worth(sets.case.programmes[0], a, year, sets.case) == pytest.approx(
        1 - payment / 1.21 - payment / 1.331
    )


def test_debt_that_cannot_be_repaid_is_not_eligible() -> None:
    loan = {"id": "l", "instrument": "loan", "rate": 0.0, "tenor_years": 1, "cost_rate": 0.1}
    sets, _, _ = of(priced(mine(), programmes=[loan]))
    assert sets.eligible["a"] == ()


def test_equity_is_worth_what_a_patient_owner_leaves() -> None:
    # At 0 % the cash is worth 100 M, at 10 % 86.7769 M.
    stake = {"id": "e", "instrument": "equity", "rate": 0.0}
    sets, a, year = of(priced(mine(), programmes=[stake]))
    assert instruments.worth(sets.case.programmes[0], a, year, sets.case) == pytest.approx(
        1 - (50 / 1.1 + 50 / 1.21) / 100
    )
    assert sets.viability.stake(sets.case.programmes[0], a, year) == pytest.approx(100.0)


def test_no_stake_is_sold_above_all_of_a_project() -> None:
    # The cash is 40 M in all: 40 M of equity at most, worth 1 - (20/1.1 + 20/1.21)/40 each, far from the gap of 65 M.
    stake = {"id": "e", "instrument": "equity", "rate": 0.0, "total_m": 1000.0}
    plan = solve(case(priced(mine(opex_per_t=80.0), programmes=[stake])), gap=0)
    assert plan.projects == ()
    assert plan.not_financed[0].reason == "does not pay at these prices"


def floor(**more: Any) -> dict[Any, Any]:
    return {"id": "f", "instrument": "offtake", "strike_per_t": 120.0, "max_share": 0.5, "total_face_m": 1e4} | more


def test_a_floor_under_the_market_is_an_option() -> None:
    # Price 100, volatility 30 %: in 2028 the standard deviation is 0.3 * sqrt(2).
    prices = [{"material": "mine", 2026: 100.0, "volatility": 0.3}]
    sets, a, year = of(priced(mine(), prices=prices, programmes=[floor()], money_discount_rate=0.05))
    paid = 0.0
    for k in (1, 2):
        s = 0.3 * sqrt(k)
        d1 = log(100 / 120) / s + s / 2
        paid += (120 * N(s - d1) - 100 * N(-d1)) * 1.05**-k
    assert instruments.cost_rate(sets.case.programmes[0], a, year, sets.case) == pytest.approx(paid / 50)


def test_a_share_of_the_upside_pays_back() -> None:
    # Without volatility: 20 in 2027; in 2028 the price is 150: 30 above, half of it back.
    prices = [{"material": "mine", 2027: 100.0, 2028: 150.0}]
    sets, a, year = of(priced(mine(), prices=prices, programmes=[floor(upside_share=0.5)]))
    assert instruments.cost_rate(sets.case.programmes[0], a, year, sets.case) == pytest.approx((20 - 15) / 50)
    sets, a, year = of(priced(mine(), prices=prices, programmes=[floor(upside_share=1.0)]))
    assert instruments.cost_rate(sets.case.programmes[0], a, year, sets.case) == 0
    assert instruments.receipt_rate(sets.case.programmes[0], a, year, sets.case) == pytest.approx((30 - 20) / 50)


def test_a_floor_counts_contained_tonnes_and_leaves_out_who_has_none() -> None:
    prices = [{"material": "ndpr", 2026: 100.0}, {"material": "mine", 2026: 100.0}]
    held = priced(mine(share_ndpr=0.25), prices=prices, programmes=[floor(material="ndpr")])
    sets, a, year = of(held)
    assert instruments.cost_rate(sets.case.programmes[0], a, year, sets.case) == pytest.approx(2 * 20 * 0.25 / 50)
    sets, _, _ = of(priced(mine(), prices=prices, programmes=[floor(material="ndpr")]))
    assert sets.eligible["a"] == ()


def test_a_stated_gap_covers_the_whole_life_and_all_tonnes_unless_it_says_less() -> None:
    # 1 M t a year for two years, 20 a tonne: 40 M over the largest face of 50 M.
    stated = {"strike_per_t": None, "price_gap_per_t": 20.0}
    world = priced(mine(), programmes=[floor(**stated)])
    sets, a, year = of(world)
    assert instruments.cost_rate(sets.case.programmes[0], a, year, sets.case) == pytest.approx(40 / 50)
    short = priced(mine(), programmes=[floor(**stated, offtake_years=1, offtake_share=0.5)])
    sets, a, year = of(short)
    assert instruments.cost_rate(sets.case.programmes[0], a, year, sets.case) == pytest.approx(10 / 50)
    for book_of in (world, short):
        assert audit(case(book_of), solve(case(book_of), gap=0)).passed


def test_volatility_stops_growing_where_prices_revert() -> None:
    prices = [{"material": "mine", 2026: 100.0, "volatility": 0.3, "reverts_years": 1}]
    sets, a, year = of(priced(mine(), prices=prices, programmes=[floor()]))
    d1 = log(100 / 120) / 0.3 + 0.15
    put = 120 * N(0.3 - d1) - 100 * N(-d1)
    assert instruments.cost_rate(sets.case.programmes[0], a, year, sets.case) == pytest.approx(2 * put / 50)


def test_support_must_close_the_gap_and_no_more_is_forced() -> None:
    # 13.2231 M are missing, the need is 10 M: a grant of 13.2231 M.
    plan = solve(case(priced(mine(), programmes=[grant(total_m=50)])), gap=0)
    (row,) = plan.projects
    missing = 100 - 50 / 1.1 - 50 / 1.21
    assert row.public_m == pytest.approx(missing, abs=2e-8)
    assert row.worth_m == pytest.approx(missing, abs=2e-8)
    assert (row.gap_m, row.need_m) == (pytest.approx(missing), pytest.approx(10.0))


def test_without_programmes_a_project_costs_its_need_or_its_gap() -> None:
    missing = 100 - 50 / 1.1 - 50 / 1.21
    plan = solve(case(priced(mine(secured_m=2.0), budget=20)), gap=0)
    assert plan.projects[0].public_m == pytest.approx(missing)  # 2 M secured, the rest new
    assert plan.projects[0].private_m == pytest.approx(100 - missing)
    assert solve(case(priced(mine(), budget=13)), gap=0).projects == ()


def test_what_lacks_more_than_its_capital_cost_cannot_be_decided() -> None:
    plan = solve(case(priced(mine(opex_per_t=110.0))), gap=0)
    assert plan.projects == ()
    assert plan.not_financed[0].reason == "does not pay at these prices"


def test_support_has_room_for_what_is_not_secured() -> None:
    # 60 of 100 M are secured: at most 40 M more, whatever the programmes have.
    programmes = [grant("x", total_m=30.0), grant("y", total_m=30.0)]
    world = book([plant("a", 100, 100.0, secured_m=60.0)], None, programmes=programmes)
    plan = solve(case(world), gap=0)
    assert sum(a.face_m for a in plan.projects[0].awards) == pytest.approx(40.0)


def test_a_window_that_earns_is_charged_nothing_and_reports_it() -> None:
    window = {"id": "w", "instrument": "loan", "cost_rate": -0.1, "total_face_m": 100.0}
    plan = solve(case(book([plant("a", 100, 50.0)], 0.0, programmes=[window])), gap=0)
    (award,) = plan.projects[0].awards
    assert (award.cost_m, award.expected_receipt_m) == (0.0, pytest.approx(5.0))


@pytest.mark.parametrize("factor", [1.1, 2.0])
def test_a_higher_price_never_lowers_the_value(factor: float) -> None:
    low, high = of(priced(mine())), of(priced(mine(), price=100.0 * factor))
    assert viability.npv_unaided(high[0].case, high[1], 2026) > viability.npv_unaided(low[0].case, low[1], 2026)
    assert viability.clears_at(high[0].case, high[1], 2026) < viability.clears_at(low[0].case, low[1], 2026)


def test_at_the_clearing_price_the_gap_closes() -> None:
    sets, a, year = of(priced(mine()))
    multiple = viability.clears_at(sets.case, a, year)
    assert multiple is not None
    sets, a, _ = of(priced(mine(), price=100.0 * multiple))
    assert viability.gap(sets.case, a, year) == pytest.approx(0.0, abs=1e-9)


def test_a_floor_never_costs_less_than_its_intrinsic_value() -> None:
    for strike in (60.0, 100.0, 140.0):
        still = of(priced(mine(), programmes=[floor(strike_per_t=strike)]))
        prices = [{"material": "mine", 2026: 100.0, "volatility": 0.4}]
        moving = of(priced(mine(), prices=prices, programmes=[floor(strike_per_t=strike)]))
        costs = [instruments.cost_rate(s.case.programmes[0], a, y, s.case) for s, a, y in (still, moving)]
        assert costs[1] > costs[0] == pytest.approx(max(0.0, strike - 100) * 2 / 50)


def forged(plan: Plan, **more: Any) -> Plan:
    row = plan.projects[0].model_copy(update=more)
    return plan.model_copy(update={"projects": (row, *plan.projects[1:])})


@pytest.mark.parametrize("name", ["gap_m", "bankable_m", "npv_m", "clears_at", "worth_m", "support_m", "unaided_m"])
def test_the_auditor_works_every_number_out_again(name: str) -> None:
    world = case(priced(mine(), programmes=[grant(total_m=50)]))
    plan = solve(world, gap=0)
    assert audit(world, plan).passed
    wrong = forged(plan, **{name: getattr(plan.projects[0], name) + 0.01})
    assert not audit(world, wrong).passed


def test_the_auditor_refuses_support_that_does_not_close_the_gap() -> None:
    world = case(priced(mine(), programmes=[grant(total_m=50)]))
    dearer = case(changed(priced(mine(), programmes=[grant(total_m=50)]), "prices", lambda _: {2026: 99.0}))
    lines = audit(dearer, solve(world, gap=0)).checks
    assert any(line.startswith("FAILED viability:") for line in lines)


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"prices": [{"material": "ndpr", 2026: 1.0}]}, "there is no price"),
        ({"programmes": [{"id": "l", "instrument": "loan", "total_face_m": 1.0, "cost_rate": 0.1}]}, "fill rate"),
        ({"programmes": [floor(price_gap_per_t=1.0)]}, "states a strike too"),
        ({"programmes": [floor(material="dy")]}, "has no row of it"),
        ({"programmes": [grant(cost_rate=-0.1, total_m=5)]}, "total_face_m"),
        ({"programmes": [grant(total_m=5, tenor_years=3, grace_years=3)]}, "years of grace"),
    ],
)
def test_what_cannot_be_worked_out_is_a_fault(more: dict[str, Any], word: str) -> None:
    faults, _ = checks.check(case(priced(mine(), **more)))
    assert any(word in fault.message for fault in faults), faults


def test_the_price_of_an_option_agrees_with_its_integral() -> None:
    """The expected payoff is the mean over the lognormal price, here by quantiles."""
    from models.price_options import expected_payoffs

    s, n = 0.5, 40_000
    quantiles = [NormalDist().inv_cdf((i + 0.5) / n) for i in range(n)]
    prices = [100 * exp(s * z - s * s / 2) for z in quantiles]
    put, call = expected_payoffs(100.0, 110.0, s)
    assert put == pytest.approx(sum(max(0.0, 110 - p) for p in prices) / n, rel=1e-3)
    assert call == pytest.approx(sum(max(0.0, p - 110) for p in prices) / n, rel=1e-3)


def test_a_gap_that_the_least_worth_awards_close_needs_no_row() -> None:
    # The gap is 13.2 M. Of a need of 50 M the loans, which save little, can give 20 M at most: the rest are grants.
    loan = {"id": "l", "instrument": "loan", "rate": 0.09, "tenor_years": 3, "cost_rate": 0.1, "max_share": 0.2}
    sets, a, year = of(priced(mine(private_share=0.5), programmes=[loan, grant()]))
    assert sets.viability.worth(sets.case.programmes[1], a, year) * 50 < sets.viability.gaps["a", year]
    assert not sets.viability.binds(a)
    sets, a, _ = of(priced(mine(private_share=0.5), programmes=[{**loan, "max_share": 0.9}, grant()]))
    assert sets.viability.binds(a)


def test_stakes_that_cannot_be_more_than_a_project_need_no_row() -> None:
    # Its cash is worth 92.97 M to an owner who asks 5 %: two stakes of 45 M are within it, two of 50 M are not.
    def stakes(share: float) -> list[dict[str, Any]]:
        return [
            {"id": name, "instrument": "equity", "rate": 0.05, "cost_rate": 0.5, "max_share": share} for name in "ef"
        ]

    for share, binds in ((0.45, False), (0.5, True)):
        sets, a, year = of(
            priced(mine(opex_per_t=45.0), prices=[{"material": "mine", 2026: 95.0}], programmes=stakes(share))
        )
        assert sets.viability.stake_binds(a, year) == binds


def test_a_year_in_which_no_support_closes_the_gap_is_closed() -> None:
    prices = [{"material": "mine", 2027: 51.0, 2029: 200.0}]
    world = priced(mine(latest_fid=2028), prices=prices, programmes=[grant(max_share=0.3)], last_year=2030)
    sets, a, _ = of(world)
    assert [sets.viability.can_pay(a, u) for u in (2026, 2028)] == [False, True]
    rows = build(sets).rows
    assert [("unaffordable_gap", "a", u) in rows for u in (2026, 2028)] == [True, False]

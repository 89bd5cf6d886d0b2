"""Currencies and price years: one formula, one place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.money import Exchange, UnknownCurrency
from models.schema import Fx, Outlay, Programme, Project


def exchange(**inflation: float) -> Exchange:
    rows = [
        Fx(row=2, currency="AUD", per_base=1.5, inflation=inflation.get("aud", 0.025)),
        Fx(row=3, currency="JPY", per_base=150, inflation=inflation.get("jpy", 0.01)),
    ]
    return Exchange.of("USD", 2026, rows)


def project(currency: str | None, price_year: int | None) -> Project:
    return Project(
        row=4, id="a", country="AU", stage="mine", capacity_tpa=1, capex_m=900, secured_m=30,
        currency=currency, price_year=price_year,
    )  # fmt: skip


def test_own_inflation_first_then_the_rate() -> None:
    row = exchange().project(project("AUD", 2023))
    assert row.capex_m == pytest.approx(900 * 1.025**3 / 1.5)
    assert row.secured_m == pytest.approx(30 * 1.025**3 / 1.5)
    assert (row.currency, row.price_year) == ("AUD", 2023)


def test_later_prices_are_deflated() -> None:
    assert exchange().factor("AUD", 2028) == pytest.approx(1.025**-2 / 1.5)


def test_base_money_at_the_cases_prices_stays_the_same_object() -> None:
    row = project(None, None)
    assert exchange().project(row) is row
    assert exchange().project(project("USD", 2026)).capex_m == 900


def test_the_base_currency_has_its_own_inflation() -> None:
    rates = [Fx(row=2, currency="USD", per_base=1, inflation=0.02)]
    assert Exchange.of("USD", 2026, rates).factor("USD", 2024) == pytest.approx(1.02**2)


def test_outlays_follow_their_project() -> None:
    row = Outlay(row=2, id="a", years={0: 600, 2: 300})
    money = exchange()
    of = project("AUD", 2025)
    assert sum(money.outlay(row, of).years.values()) == pytest.approx(money.project(of).capex_m)


@pytest.mark.parametrize("money", ["nominal", "real"])
def test_envelopes(money: str) -> None:
    row = Programme(
        row=2, id="p", instrument="loan", currency="JPY", price_year=2025, money=money, min_ticket_m=150, total_m=1500,
        total_face_m=3000, price_gap_per_t=300, envelopes={2026: 150, 2030: 150},
    )  # fmt: skip
    result = exchange().programme(row)
    real = 1.01
    if money == "real":
        assert result.envelopes == pytest.approx({2026: real, 2030: real})
    else:
        assert result.envelopes == pytest.approx({2026: 1, 2030: 1.01**-4})
    assert result.min_ticket_m == pytest.approx(real)
    assert result.total_m == pytest.approx(10 * real)
    assert result.total_face_m == pytest.approx(20 * real)
    assert result.price_gap_per_t == pytest.approx(2 * real)
    assert result.max_ticket_m is None


def test_a_currency_without_a_rate() -> None:
    with pytest.raises(UnknownCurrency, match="EUR"):
        exchange().project(project("EUR", None))


def test_each_factor_is_listed_in_words() -> None:
    money = exchange()
    for currency, year in (("AUD", 2025), ("AUD", 2026), ("USD", 2026), ("AUD", 2025)):
        money.project(project(currency, year))
    assert [(c.currency, c.price_year, c.reason) for c in money.conversions()] == [
        ("AUD", 2025, "1.5 AUD for 1 USD; prices of 2025 to 2026 at 2.5 % a year"),
        ("AUD", 2026, "1.5 AUD for 1 USD"),
    ]
    assert [c.factor for c in money.conversions()] == pytest.approx([1.025 / 1.5, 1 / 1.5])


@given(st.integers(2000, 2050), st.integers(2000, 2050), st.floats(-0.05, 0.2))
def test_two_steps_are_one(first: int, second: int, inflation: float) -> None:
    """Prices of one year to those of another and on to a third: the way round does not matter."""
    direct = exchange(aud=inflation).factor("AUD", first)
    middle = Exchange("AUD", second, {"AUD": (1.0, inflation)}).factor("AUD", first)
    assert middle * exchange(aud=inflation).factor("AUD", second) == pytest.approx(direct)

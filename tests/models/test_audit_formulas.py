"""The auditor's curves, ramps and balances against plain formulas."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.audit_worlds import plain_plan, programme, project

from models.audit.budgets import FundUse, balances
from models.audit.ledger import Ledger
from models.audit.projects import along, delivered
from models.case import Case
from models.schema import Settings

YEARS = st.integers(2020, 2045)


@given(st.dictionaries(YEARS, st.integers(0, 1000), min_size=1), YEARS)
def test_curve_is_linear_between_given_years_and_flat_outside(points: dict[int, int], year: int) -> None:
    curve = {y: float(v) for y, v in points.items()}
    result = along(curve, year)
    if year <= min(points):
        assert result == points[min(points)]
    elif year >= max(points):
        assert result == points[max(points)]
    else:
        a, b = max(y for y in points if y <= year), min(y for y in points if y > year)
        weight = Fraction(year - a, b - a)
        assert float(result) == pytest.approx(float((1 - weight) * points[a] + weight * points[b]), rel=1e-15)


def test_curve_of_nothing_is_nothing() -> None:
    assert along({}, 2030) == 0


@given(
    st.lists(st.integers(0, 100), min_size=1, max_size=4), st.integers(0, 5), st.integers(1, 9), st.integers(2020, 2035)
)
def test_ramp_is_delivered_step_by_step_after_the_build(ramp: list[int], build: int, life: int, fid: int) -> None:
    steps = (ramp + [ramp[-1]] * life)[:life]
    expected = dict(enumerate((step / 100 for step in steps), start=fid + build))
    plant = project("A", build_years=build, life_years=life, ramp=tuple(map(float, ramp)))
    for year in range(2015, 2060):
        assert float(delivered(plant, fid, year)) == expected.get(year, 0.0)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=5, max_size=5), st.booleans())
def test_balance_of_each_year_with_and_without_carry_over(flows: list[tuple[int, int]], carry: bool) -> None:
    case = Case(name="c", settings=Settings(first_year=2026, last_year=2030, last_fid_year=2030), projects=())
    years = range(2026, 2031)
    member = programme("P", "grant", carry_over=carry, envelopes={y: e for y, (e, _) in zip(years, flows, strict=True)})
    spending = {"P": {y: Decimal(s) for y, (_, s) in zip(years, flows, strict=True)}}
    result = balances(Ledger(case, plain_plan()), FundUse("P", (member,), spending))
    kept = 0.0
    for year, (envelope, spent) in zip(years, flows, strict=True):
        assert float(result[year]) == kept + envelope - spent
        kept = max(0.0, kept + envelope - spent) if carry else 0.0

"""Numbers on another scale: each is warned at its cell, and a sound one brings no word."""

from typing import Any

import pytest
from support.checkbook import DEMAND, at, book, grant, project

from models.checks import check

WORDS = ("scores run from", "output never passes", "the ramp falls", "a year is very high", "runs from 0 to 1", "far more than all",
         "given in billions", "the existing capacity is", "the factor multiplies", "very wide spread", "is it per kg here")  # fmt: skip
TWO = ("a", "b")


def warned(stated: dict[str, Any] | None = None, **sheets: list[dict[str, Any]]) -> list[tuple[str, str]]:
    _, warnings = check(book(stated, **sheets))
    return [(w.cell, w.message) for w in warnings if any(word in w.message for word in WORDS)]


@pytest.mark.parametrize(
    ("scores", "top"), [((0.6, 0.7), "0 to 1 "), ((6, 7.5), "0 to 10 "), ((4, 5), "0 to 5 "), ((6, 70), "")]
)
def test_scores_of_another_scale(scores: tuple[float, float], top: str) -> None:
    rows = [project(name, esg_e=score) for name, score in zip(TWO, scores, strict=True)]
    messages = warned(projects=rows)
    assert [cell for cell, _ in messages] == ([at("projects", 2, "esg_e")] if top else [])
    assert all(top in message for _, message in messages)


@pytest.mark.parametrize(("ramp", "word"), [((3,), "never passes 3 %"), ((100, 70), "the ramp falls"), ((40, 90), "")])
def test_ramps_that_are_hardly_meant(ramp: tuple[float, ...], word: str) -> None:
    messages = warned(projects=[project("a", ramp=ramp)])
    assert [cell for cell, _ in messages] == ([at("projects", 2, "ramp")] if word else [])
    assert all(word in message for _, message in messages)


@pytest.mark.parametrize(("rate", "count"), [(0.03, 0), (0.5, 1)])
def test_rates_in_per_cent(rate: float, count: int) -> None:
    assert len(warned({"discount_rate": rate}, projects=[project("a")])) == count


PLANTS = [project("a", capex_m=300), project("b", capex_m=400)]


def test_a_total_budget_in_single_units_beside_programmes() -> None:
    messages = warned({"total_budget_m": 5e8}, projects=PLANTS, programmes=[grant(total_m=500)])
    assert len(messages) == 1
    assert "total_budget_m" in messages[0][0] or messages[0][0].startswith("settings")


@pytest.mark.parametrize(("money", "word"), [(5e8, "far more than all"), (0.5, "given in billions"), (400, "")])
def test_one_programme_in_another_unit(money: float, word: str) -> None:
    messages = warned(projects=PLANTS, programmes=[grant(total_m=500), grant("other", total_m=money)])
    assert [cell for cell, _ in messages] == ([at("programmes", 3, "total_m")] if word else [])
    assert all(word in message for _, message in messages)


@pytest.mark.parametrize(
    ("measure", "value", "count"),
    [("esg", 0.7, 1), ("esg", 70, 0), ("private_share", 40, 1), ("private_share", 0.4, 0)],
)
def test_limits_of_rules_on_another_scale(measure: str, value: float, count: int) -> None:
    rule = {"rule": "r", "measure": measure, "aggregate": "each", "sense": ">=", "value": value}
    rows = [project(name, esg_e=60, esg_s=60, esg_g=60) for name in TWO]
    assert len(warned(projects=rows, rules=[rule])) == count


@pytest.mark.parametrize(("tonnes", "count"), [(1e9, 1), (1000, 0)])
def test_existing_capacity_in_kilograms(tonnes: float, count: int) -> None:
    there = {"country": "AU", "stage": "mine", "capacity_tpa": tonnes}
    messages = warned({"objective": "coverage"}, projects=[project("a")], demand=[DEMAND], existing=[there])
    assert len(messages) == count


@pytest.mark.parametrize(("value", "count"), [(20, 1), (1.2, 0)])
def test_factors_of_scenarios(value: float, count: int) -> None:
    row = {"scenario": "high", "parameter": "capex", "value": value}
    assert len(warned(projects=[project("a")], scenarios=[row])) == count


@pytest.mark.parametrize(("overrun", "sigma", "count"), [(20, 0.1, 1), (0.2, 0.1, 1), (1.2, 10, 1), (1.2, 0.2, 0)])
def test_factors_of_risks(overrun: float, sigma: float, count: int) -> None:
    risk = {"overrun": overrun, "overrun_sigma": sigma}
    assert len(warned(projects=[project("a")], risks=[risk])) == count


@pytest.mark.parametrize(("price", "count"), [(60, 1), (60000, 0)])
def test_prices_per_kilogram(price: float, count: int) -> None:
    path = {"material": "mine", "years": {2026: price}}
    assert len(warned(projects=[project("a")], prices=[path])) == count

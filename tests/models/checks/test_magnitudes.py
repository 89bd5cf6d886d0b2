"""Whole columns in the wrong unit."""

from typing import Any

import pytest
from support.checkbook import DEMAND, at, book, cells, grant, project

from models.checks import check


def plants(*capex: float, **more: Any) -> list[dict[str, Any]]:
    return [project(name, capex_m=value, **more) for name, value in zip("abc", capex, strict=False)]


def doubted(stated: dict[str, Any] | None = None, **sheets: list[dict[str, Any]]) -> list[tuple[str, str]]:
    faults, warnings = check(book(stated, **sheets))
    assert cells(faults) == []
    words = ("the whole column", "all projects together", "all plants", "the usual plant")
    return [(w.cell, w.message) for w in warnings if w.message.startswith(words)]


BUDGET = {"total_budget_m": 500.0}
DEMANDED = {"demand": [DEMAND], "stated": {"objective": "coverage"}}


@pytest.mark.parametrize(
    ("capex", "words"),
    [
        ((300, 450, 90), ""),
        ((300e6, 450e6, 90e6), "single units of USD"),
        ((300e3, 450e3, 90e3), "thousands of USD"),
        ((0.3, 0.45, 0.09), "all projects together cost 0.84 million USD"),
    ],
)
@pytest.mark.parametrize("by", ["total", "programmes"])
def test_capital_cost_against_the_budget(capex: tuple[float, ...], words: str, by: str) -> None:
    money: dict[str, Any] = {"stated": BUDGET} if by == "total" else {"programmes": [grant(total_m=500)]}
    here = doubted(projects=plants(*capex), **money)
    assert [cell for cell, _ in here] == ([at("projects", 2, "capex_m")] if words else [])
    assert all(words in message for _, message in here)


def test_an_uncapped_programme_is_no_measure_of_money() -> None:
    given = [grant(total_m=500), grant("open", total_m=None, uncapped=True)]
    assert doubted(projects=plants(300e6, 450e6), programmes=given) == []


@pytest.mark.parametrize(("column", "value"), [("requested_m", 20e6), ("secured_m", 20e6)])
def test_public_money_in_single_units(column: str, value: float) -> None:
    here = doubted(projects=plants(300, 450, **{column: value}))
    assert [cell for cell, _ in here] == [at("projects", 2, column)]


@pytest.mark.parametrize(
    ("tonnes", "words"), [(1000, ""), (1e6, "looks like kilograms"), (0.002, "is it given in kilotonnes?")]
)
def test_capacity_against_demand(tonnes: float, words: str) -> None:
    here = doubted(projects=plants(300, 450, capacity_tpa=tonnes), **DEMANDED)
    assert [cell for cell, _ in here] == ([at("projects", 2, "capacity_tpa")] if words else [])
    assert all(words in message for _, message in here)


@pytest.mark.parametrize(
    ("share", "is_fault", "words"),
    [("ndpr", None, ""), ("ndp", True, "did you mean share_ndpr?"), ("dytb", False, "this column changes no plan")],
)
def test_a_share_of_a_material_that_nobody_names(share: str, is_fault: bool | None, words: str) -> None:
    demand = {**DEMAND, "material": "ndpr"}
    given = [project("a", shares={share: 0.2, "ndpr": 0.1})]
    faults, warnings = check(book({"objective": "coverage"}, projects=given, demand=[demand]))
    here = [
        diagnostic.message
        for diagnostic in (faults if is_fault else warnings)
        if f"names {share}" in diagnostic.message
    ]
    assert [words in message for message in here] == ([] if is_fault is None else [True])
    assert bool(faults) == bool(is_fault)

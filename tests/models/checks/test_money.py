"""Rates, spending and needs."""

from typing import Any

import pytest
from support.checkbook import (
    A,
    Change,
    assert_faults,
    assert_warnings,
    at,
    book,
    named,
    project,
)

from models.checks import check

FAULTS: list[Change] = [
    (
        "rate of nothing",
        {"projects": [A], "fx": [{"currency": "AUD", "per_base": 0}]},
        [at("fx", 2, "per_base")],
        "is not a rate",
    ),
    (
        "rate of the base currency",
        {"projects": [A], "fx": [{"currency": "USD", "per_base": 2}]},
        [at("fx", 2, "per_base")],
        "is the base currency",
    ),
    (
        "outlays that miss the cost",
        {"projects": [A], "outlays": [{"id": "a", "years": {0: 40, 1: 60.6}}]},
        [at("outlays", 2, "year_0")],
        f"adds up to 100.6, the capital cost of a is 100 million USD ({at('projects', 2, 'capex_m')})",
    ),
]


@pytest.mark.parametrize(("change", "places", "words"), **named(FAULTS))
def test_fault(change: dict[str, Any], places: list[str], words: str) -> None:
    assert_faults(change, places, words)


WARNINGS: list[Change] = [
    (
        "no need",
        {"projects": [project("a", private_share=0.6, secured_m=50)]},
        [at("projects", 2, "capex_m")],
        "proceeds unaided",
    ),
]


@pytest.mark.parametrize(("change", "places", "words"), **named(WARNINGS))
def test_warning(change: dict[str, Any], places: list[str], words: str) -> None:
    assert_warnings(change, places, words)


LEGAL: list[tuple[str, dict[str, Any]]] = [
    ("years of no spending", {"projects": [A], "outlays": [{"id": "a", "years": {0: 0.0, 1: 100.0}}]}),
]


@pytest.mark.parametrize("change", **named(LEGAL))
def test_legal(change: dict[str, Any]) -> None:
    assert check(book(**change)) == ([], [])

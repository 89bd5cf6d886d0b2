"""Numbers that are hardly meant."""

from typing import Any

import pytest
from support.checkbook import (
    A,
    B,
    Change,
    assert_warnings,
    at,
    named,
    project,
)

WARNINGS: list[Change] = [
    ("no capacity", {"projects": [project("a", capacity_tpa=0)]}, [at("projects", 2, "capacity_tpa")], "adds nothing"),
    (
        "kilograms",
        {"projects": [project("a", capacity_tpa=1e6)]},
        [at("projects", 2, "capacity_tpa")],
        "did you mean 1,000 t/yr?",
    ),
    (
        "kilograms among others",
        {"projects": [A, B, project("c", capacity_tpa=2e5, capex_m=2e4)]},
        [at("projects", 4, "capacity_tpa")],
        "kilograms",
    ),
    (
        "cost off the median",
        {"projects": [A, B, project("c", capex_m=1000)]},
        [at("projects", 4, "capex_m")],
        "ten times above or below the median",
    ),
    (
        "cost below the median",
        {"projects": [A, B, project("c", capex_m=10)]},
        [at("projects", 4, "capex_m")],
        "ten times above or below the median",
    ),
]


@pytest.mark.parametrize(("change", "places", "words"), **named(WARNINGS))
def test_warning(change: dict[str, Any], places: list[str], words: str) -> None:
    assert_warnings(change, places, words)

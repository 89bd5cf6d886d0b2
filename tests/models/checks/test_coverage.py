"""Demand and the capacity that answers it."""

from typing import Any

import pytest
from support.checkbook import (
    DEMAND,
    A,
    Change,
    assert_faults,
    assert_warnings,
    at,
    named,
    setting,
)

FAULTS: list[Change] = [
    (
        "no demand",
        {"stated": {"objective": "bottleneck"}, "projects": [A]},
        [setting("objective")],
        "needs a `demand` sheet",
    ),
    (
        "stage weight",
        {"stated": {"stage_weights": {"mines": 2.0}}, "projects": [A]},
        [setting("stage_weights")],
        "did you mean mine?",
    ),
    (
        "no stage counts",
        {"stated": {"stage_weights": {"mine": 0, "separation": 0, "magnet": 0}}, "projects": [A]},
        [setting("stage_weights")],
        "nothing counts",
    ),
    (
        "no demand row counts",
        {"stated": {"objective": "coverage"}, "projects": [A], "demand": [DEMAND | {"weight": 0}]},
        [at("demand", 2, "weight")],
        "every demand row has the weight 0",
    ),
    (
        "esg weight",
        {"stated": {"esg_weights": {"x": 1.0}}, "projects": [A]},
        [setting("esg_weights")],
        '"x" is not a score',
    ),
    (
        "demand of nothing",
        {"projects": [A], "demand": [{"stage": "mine"}]},
        [at("demand", 2, "2026")],
        "names no demand",
    ),
    (
        "existing without a number",
        {"projects": [A], "existing": [{"country": "US", "stage": "mine"}]},
        [at("existing", 2, "capacity_tpa")],
        "no capacity",
    ),
]


@pytest.mark.parametrize(("change", "places", "words"), **named(FAULTS))
def test_fault(change: dict[str, Any], places: list[str], words: str) -> None:
    assert_faults(change, places, words)


WARNINGS: list[Change] = [
    (
        "demand of nobody",
        {"projects": [A], "demand": [DEMAND, {**DEMAND, "material": "ndpr"}]},
        [at("demand", 3, "material")],
        "share_ndpr",
    ),
    (
        "demand of an empty stage",
        {"projects": [A], "demand": [{**DEMAND, "stage": "magnet"}]},
        [at("demand", 2, "stage")],
        "stays uncovered",
    ),
    (
        "supply nobody demands",
        {
            "projects": [A],
            "demand": [DEMAND],
            "existing": [{"country": "US", "stage": "mine", "material": "ndpr", "capacity_tpa": 1}],
        },
        [at("existing", 2, "material")],
        "does not count",
    ),
    (
        "years between",
        {"projects": [A], "demand": [{"stage": "mine", "years": {2030: 5000.0}}]},
        ["demand"],
        "interpolated linearly",
    ),
]


@pytest.mark.parametrize(("change", "places", "words"), **named(WARNINGS))
def test_warning(change: dict[str, Any], places: list[str], words: str) -> None:
    assert_warnings(change, places, words)

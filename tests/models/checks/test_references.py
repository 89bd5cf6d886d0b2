"""Names that point at other cells."""

from typing import Any

import pytest
from support.checkbook import (
    DEMAND,
    A,
    B,
    Change,
    assert_faults,
    assert_warnings,
    at,
    grant,
    named,
    project,
    setting,
)

FAULTS: list[Change] = [
    (
        "unknown reference",
        {"projects": [A, project("b", requires=(("aa",),))]},
        [at("projects", 3, "requires")],
        "did you mean a?",
    ),
    (
        "unknown exclusion",
        {"projects": [A, project("b", excludes=("zzz",))]},
        [at("projects", 3, "excludes")],
        '"zzz" is not an id',
    ),
    (
        "unknown mate",
        {"projects": [A, project("b", together=("zzz",))]},
        [at("projects", 3, "together")],
        "add the project",
    ),
    ("itself", {"projects": [project("a", requires=(("a",),))]}, [at("projects", 2, "requires")], "refers to itself"),
    (
        "twice",
        {"projects": [A, B, A]},
        [at("projects", 4, "id")],
        f"already at {at('projects', 2, 'id')}: delete this row",
    ),
    (
        "unknown stage",
        {"projects": [project("a", stage="mill")]},
        [at("projects", 2, "stage")],
        '"mill" is not a stage',
    ),
    (
        "unknown stage of a programme",
        {"projects": [A], "programmes": [grant(stages=("mines", "mine"))]},
        [at("programmes", 2, "stages")],
        "did you mean mine?",
    ),
    (
        "excluded country",
        {"projects": [project("a", country="CN")]},
        [at("projects", 2, "country")],
        "excluded country",
    ),
    (
        "excluded country underway",
        {"projects": [project("a", country="CN", status="underway")]},
        [at("projects", 2, "country")],
        "never",
    ),
    (
        "country twice over",
        {"stated": {"countries": ("US", "CN")}, "projects": [A]},
        [setting("countries")],
        setting("excluded_countries"),
    ),
    (
        "demand twice",
        {"projects": [A], "demand": [DEMAND, DEMAND]},
        [at("demand", 3, "stage")],
        at("demand", 2, "stage"),
    ),
    (
        "demand of an unknown stage",
        {"projects": [A], "demand": [{**DEMAND, "stage": "mines"}]},
        [at("demand", 2, "stage")],
        "did you mean mine?",
    ),
    (
        "rate twice",
        {"projects": [A], "fx": [{"currency": "AUD", "per_base": 1.5}, {"currency": "AUD", "per_base": 1.6}]},
        [at("fx", 3, "currency")],
        "keep one of the rows",
    ),
    (
        "outlay of nobody",
        {"projects": [A], "outlays": [{"id": "aa", "years": {0: 1}}]},
        [at("outlays", 2, "id")],
        "did you mean a?",
    ),
    (
        "outlays twice",
        {"projects": [A], "outlays": [{"id": "a", "years": {0: 100}}, {"id": "a", "years": {1: 100}}]},
        [at("outlays", 3, "id")],
        at("outlays", 2, "id"),
    ),
]


@pytest.mark.parametrize(("change", "places", "words"), **named(FAULTS))
def test_fault(change: dict[str, Any], places: list[str], words: str) -> None:
    assert_faults(change, places, words)


WARNINGS: list[Change] = [
    (
        "country not financed",
        {"projects": [project("a", country="DE")]},
        [at("projects", 2, "country")],
        "is barred for that reason",
    ),
]


@pytest.mark.parametrize(("change", "places", "words"), **named(WARNINGS))
def test_warning(change: dict[str, Any], places: list[str], words: str) -> None:
    assert_warnings(change, places, words)

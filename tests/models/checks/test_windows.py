"""The horizon and the decision windows."""

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
    setting,
)

from models.checks import check

FAULTS: list[Change] = [
    (
        "reversed window",
        {"projects": [project("a", earliest_fid=2030, latest_fid=2028)]},
        [at("projects", 2, "latest_fid")],
        at("projects", 2, "earliest_fid"),
    ),
    (
        "window too late",
        {"projects": [project("a", earliest_fid=2041)]},
        [at("projects", 2, "earliest_fid")],
        "wholly outside 2026 to 2040",
    ),
    (
        "window too early",
        {"projects": [project("a", latest_fid=2020)]},
        [at("projects", 2, "latest_fid")],
        "wholly outside",
    ),
    (
        "window after the last decision",
        {"stated": {"last_fid_year": 2030}, "projects": [project("a", earliest_fid=2031)]},
        [at("projects", 2, "earliest_fid")],
        "2026 to 2030",
    ),
    ("horizon", {"stated": {"last_year": 2020}, "projects": [A]}, [setting("last_year")], setting("first_year")),
    (
        "no decision",
        {"stated": {"last_fid_year": 2025}, "projects": [A]},
        [setting("last_fid_year")],
        "nothing could be decided",
    ),
    (
        "objective year",
        {"stated": {"objective_year": 2050}, "projects": [A]},
        [setting("objective_year")],
        "2026 to 2040",
    ),
]


@pytest.mark.parametrize(("change", "places", "words"), **named(FAULTS))
def test_fault(change: dict[str, Any], places: list[str], words: str) -> None:
    assert_faults(change, places, words)


WARNINGS: list[Change] = [
    (
        "early window",
        {"projects": [project("a", earliest_fid=2020)]},
        [at("projects", 2, "earliest_fid")],
        "cut to begin in 2026",
    ),
    (
        "late window",
        {"projects": [project("a", latest_fid=2050)]},
        [at("projects", 2, "latest_fid")],
        "cut to end in 2040",
    ),
    (
        "late plant",
        {"projects": [project("a", earliest_fid=2037, ramp=(50, 100))]},
        [at("projects", 2, "earliest_fid")],
        "no full year by 2040",
    ),
    (
        "too late plant",
        {"projects": [project("a", earliest_fid=2039)]},
        [at("projects", 2, "earliest_fid")],
        "delivers nothing by 2040",
    ),
    ("milestone", {"stated": {"milestones": (2030, 2050)}, "projects": [A]}, [setting("milestones")], "2050 outside"),
    ("last decision", {"stated": {"last_fid_year": 2045}, "projects": [A]}, [setting("last_fid_year")], "cut to 2040"),
]


@pytest.mark.parametrize(("change", "places", "words"), **named(WARNINGS))
def test_warning(change: dict[str, Any], places: list[str], words: str) -> None:
    assert_warnings(change, places, words)


LEGAL: list[tuple[str, dict[str, Any]]] = [
    ("an underway project elsewhere", {"projects": [project("a", status="underway", country="DE", earliest_fid=2020)]}),
    ("built at once, for ever", {"projects": [project("a", build_years=0, life_years=200)]}),
    ("a life shorter than the ramp", {"projects": [project("a", ramp=(10, 20, 100), life_years=2)]}),
]


@pytest.mark.parametrize("change", **named(LEGAL))
def test_legal(change: dict[str, Any]) -> None:
    assert check(book(**change)) == ([], [])

"""Statuses and links that contradict one another."""

from typing import Any

import pytest
from support.checkbook import (
    A,
    B,
    C,
    Change,
    assert_faults,
    assert_warnings,
    at,
    book,
    named,
    project,
    rule,
    setting,
)

from models.checks import check

FAULTS: list[Change] = [
    (
        "cycle",
        {
            "projects": [
                project("a", requires=(("b",),)),
                project("b", requires=(("c",),)),
                project("c", requires=(("a",),)),
            ]
        },
        [at("projects", 2, "requires")],
        "a, b and c require one another",
    ),
    (
        "cycle of alternatives",
        {
            "projects": [
                project("a", requires=(("b", "c"),)),
                project("b", requires=(("a",),)),
                project("c", requires=(("a",),)),
            ]
        },
        [at("projects", 2, "requires")],
        "a and b require one another",
    ),
    (
        "committed abroad",
        {"projects": [project("a", country="DE", status="committed")]},
        [at("projects", 2, "status")],
        setting("countries"),
    ),
    (
        "committed fails a rule",
        {
            "projects": [project("a", status="committed", esg_e=10)],
            "rules": [rule(measure="esg_e", aggregate="each", value=50)],
        },
        [at("projects", 2, "status")],
        f"{at('projects', 2, 'esg_e')}; {at('rules', 2, 'value')}",
    ),
    (
        "committed without the number of a rule",
        {"projects": [project("a", status="committed")], "rules": [rule(measure="esg", aggregate="each", value=50)]},
        [at("projects", 2, "status")],
        "has no value",
    ),
    (
        "committed needs barred",
        {"projects": [project("a", status="committed", requires=(("b",),)), project("b", status="barred")]},
        [at("projects", 2, "requires")],
        f"b ({at('projects', 3, 'status')}: barred), which cannot be financed",
    ),
    (
        "committed needs barred at one remove",
        {
            "projects": [
                project("a", status="committed", requires=(("b",),)),
                project("b", requires=(("c",),)),
                project("c", status="barred"),
            ]
        },
        [at("projects", 2, "requires")],
        "cannot be financed",
    ),
    (
        "committed together with barred",
        {"projects": [project("a", status="committed"), project("b", status="barred", together=("a",))]},
        [at("projects", 2, "together")],
        at("projects", 3, "status"),
    ),
    (
        "committed pair excludes",
        {"projects": [project("a", status="committed", excludes=("b",)), project("b", status="committed")]},
        [at("projects", 2, "excludes")],
        at("projects", 3, "status"),
    ),
    (
        "committed pair of a group",
        {"projects": [project("a", status="committed", group="g"), project("b", status="committed", group="g")]},
        [at("projects", 2, "group")],
        "only one may be financed",
    ),
    (
        "committed forces a rival",
        {
            "projects": [
                project("a", status="committed", requires=(("c",),)),
                project("b", status="committed"),
                project("c", excludes=("b",)),
            ]
        },
        [at("projects", 4, "excludes")],
        "c is needed by a, committed",
    ),
    (
        "committed excluded by underway",
        {"projects": [project("a", status="committed"), project("b", status="underway", excludes=("a",))]},
        [at("projects", 2, "excludes")],
        at("projects", 3, "status"),
    ),
    (
        "committed of a full group",
        {"projects": [project("a", status="committed", group="g"), project("b", status="underway", group="g")]},
        [at("projects", 2, "group")],
        "shares a group with b, underway",
    ),
    (
        "committed waits too long",
        {
            "projects": [
                project("a", status="committed", latest_fid=2027, requires=(("b",),)),
                project("b", earliest_fid=2030),
            ]
        },
        [at("projects", 2, "requires")],
        "decided not before 2030",
    ),
]


@pytest.mark.parametrize(("change", "places", "words"), **named(FAULTS))
def test_fault(change: dict[str, Any], places: list[str], words: str) -> None:
    assert_faults(change, places, words)


WARNINGS: list[Change] = [
    (
        "needs its rival",
        {"projects": [project("a", requires=(("b",),), excludes=("b",)), B]},
        [at("projects", 2, "requires")],
        "can never be financed: it needs b and excludes it",
    ),
    (
        "together in a group",
        {"projects": [project("a", together=("b",), group="g"), project("b", group="g")]},
        [at("projects", 2, "together"), at("projects", 3, "together")],
        "shares a group",
    ),
    (
        "waits too long",
        {"projects": [project("a", latest_fid=2027, requires=(("b",),)), project("b", earliest_fid=2030)]},
        [at("projects", 2, "requires")],
        "decided not before 2030: it can never be financed",
    ),
    (
        "together in no year",
        {"projects": [project("a", latest_fid=2027, together=("b",)), project("b", earliest_fid=2030)]},
        [at("projects", 2, "together"), at("projects", 3, "together")],
        "shares no year with b, decided 2030 to 2040",
    ),
    (
        "shut out by an underway project",
        {"projects": [A, project("b", status="underway", excludes=("a",))]},
        [at("projects", 2, "excludes")],
        "is excluded by, b, underway",
    ),
    (
        "needs barred",
        {"projects": [project("a", requires=(("b",),)), project("b", status="barred")]},
        [at("projects", 2, "requires")],
        "can never be financed",
    ),
]


@pytest.mark.parametrize(("change", "places", "words"), **named(WARNINGS))
def test_warning(change: dict[str, Any], places: list[str], words: str) -> None:
    assert_warnings(change, places, words)


LEGAL: list[tuple[str, dict[str, Any]]] = [
    (
        "an alternative avoids the cycle",
        {"projects": [project("a", requires=(("b", "c"),)), project("b", requires=(("a",),)), C]},
    ),
    (
        "an alternative to the barred",
        {"projects": [project("a", status="committed", requires=(("b", "c"),)), project("b", status="barred"), C]},
    ),
    (
        "a committed pair that excludes a third",
        {"projects": [project("a", status="committed", excludes=("c",)), project("b", status="committed"), C]},
    ),
    ("one rival among alternatives", {"projects": [project("a", requires=(("b", "c"),), excludes=("b",)), B, C]}),
    (
        "needs an underway project",
        {"projects": [project("a", status="committed", requires=(("b",),)), project("b", status="underway")]},
    ),
]


@pytest.mark.parametrize("change", **named(LEGAL))
def test_legal(change: dict[str, Any]) -> None:
    assert check(book(**change)) == ([], [])

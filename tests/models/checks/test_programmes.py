"""Programmes, their limits and their tickets."""

from typing import Any

import pytest
from support.checkbook import (
    A,
    Change,
    assert_faults,
    assert_warnings,
    at,
    book,
    grant,
    named,
    rule,
    setting,
)

from models.checks import check

FAULTS: list[Change] = [
    (
        "no limit",
        {"projects": [A], "programmes": [grant(total_m=None)]},
        [at("programmes", 2, "2026")],
        "uncapped = yes",
    ),
    (
        "free money",
        {"projects": [A], "programmes": [grant(cost_rate=0)]},
        [at("programmes", 2, "cost_rate")],
        "give total_face_m",
    ),
    (
        "offtake without its price",
        {"projects": [A], "programmes": [grant(instrument="offtake", offtake_years=5, offtake_share=1)]},
        [at("programmes", 2, "price_gap_per_t")],
        "needs price_gap_per_t",
    ),
    (
        "fund of two totals",
        {"projects": [A], "programmes": [grant(fund="f"), grant("more", fund="f", total_m=400)]},
        [at("programmes", 3, "total_m")],
        at("programmes", 2, "total_m"),
    ),
    (
        "fund of two envelopes",
        {
            "projects": [A],
            "programmes": [grant(fund="f", envelopes={2026: 9.0}), grant("more", fund="f", envelopes={2026: 8.0})],
        },
        [at("programmes", 3, "2026")],
        "8 in 2026, and grants says 9",
    ),
    (
        "fund of two limits",
        {"projects": [A], "programmes": [grant(fund="f"), grant("more", fund="f", limit_on="face")]},
        [at("programmes", 3, "limit_on")],
        "write the same",
    ),
    (
        "fund that half carries over",
        {"projects": [A], "programmes": [grant(fund="f", carry_over=True), grant("more", fund="f")]},
        [at("programmes", 3, "carry_over")],
        "it says no, and grants says yes",
    ),
    (
        "ticket in another currency",
        {"projects": [A], "programmes": [grant(currency="JPY", min_ticket_m=120)]},
        [at("programmes", 2, "min_ticket_m")],
        "120 million USD of 2026 is above what grants may give to any eligible project: at most 100 million USD of 2026",
    ),
    (
        "joint without a least share",
        {"stated": {"joint_min_share": 0}, "projects": [A], "programmes": [grant()], "rules": [rule(measure="joint")]},
        [setting("joint_min_share")],
        "give a share above 0",
    ),
    (
        "tickets reversed",
        {"projects": [A], "programmes": [grant(min_ticket_m=9, max_ticket_m=8)]},
        [at("programmes", 2, "min_ticket_m")],
        at("programmes", 2, "max_ticket_m"),
    ),
    (
        "ticket above every share",
        {"projects": [A], "programmes": [grant(min_ticket_m=51, max_share=0.5)]},
        [at("programmes", 2, "min_ticket_m")],
        "at most 50",
    ),
    (
        "ticket above the total",
        {"projects": [A], "programmes": [grant(min_ticket_m=90, total_face_m=80)]},
        [at("programmes", 2, "min_ticket_m")],
        "80, all that its limits allow",
    ),
    (
        "ticket above every envelope",
        {
            "projects": [A],
            "programmes": [grant(instrument="loan", min_ticket_m=90, cost_rate=0.1, envelopes={2026: 8.0})],
        },
        [at("programmes", 2, "min_ticket_m")],
        "80, all that its limits allow",
    ),
]


@pytest.mark.parametrize(("change", "places", "words"), **named(FAULTS))
def test_fault(change: dict[str, Any], places: list[str], words: str) -> None:
    assert_faults(change, places, words)


WARNINGS: list[Change] = [
    (
        "nobody eligible",
        {"projects": [A], "programmes": [grant(countries=("JP",))]},
        [at("programmes", 2, "id")],
        "by country, stage and status",
    ),
    (
        "limits and none",
        {"projects": [A], "programmes": [grant(uncapped=True)]},
        [at("programmes", 2, "uncapped")],
        "the limits hold",
    ),
    (
        "envelope outside",
        {"projects": [A], "programmes": [grant(envelopes={2026: 1.0, 2041: 1.0})]},
        ["programmes!2:2"],
        "2041 lies outside",
    ),
    (
        "loan at full cost",
        {"projects": [A], "programmes": [grant(instrument="loan")]},
        [at("programmes", 2, "cost_rate")],
        "credit-subsidy rate",
    ),
    (
        "loan at 1200 %",
        {"projects": [A], "programmes": [grant(instrument="loan", cost_rate=12)]},
        [at("programmes", 2, "cost_rate")],
        "0.12",
    ),
    (
        "closed by zeros, whatever its ticket",
        {"projects": [A], "programmes": [grant(total_m=None, envelopes={2026: 0.0}, min_ticket_m=10), grant("z")]},
        [at("programmes", 2, "id")],
        "the limits of grants are 0",
    ),
    (
        "offtake columns of a grant",
        {"projects": [A], "programmes": [grant(offtake_years=3)]},
        [at("programmes", 2, "offtake_years")],
        "only offtake",
    ),
    (
        "unnamed donor",
        {"projects": [A], "programmes": [grant(donor="")], "rules": [rule(measure="joint")]},
        [at("programmes", 2, "donor")],
        "names no donor",
    ),
]


@pytest.mark.parametrize(("change", "places", "words"), **named(WARNINGS))
def test_warning(change: dict[str, Any], places: list[str], words: str) -> None:
    assert_warnings(change, places, words)


LEGAL: list[tuple[str, dict[str, Any]]] = [
    (
        "a limit of a fund mate",
        {"projects": [A], "programmes": [grant(fund="f", total_m=None), grant("z", fund="f", envelopes={2026: 5.0})]},
    ),
    ("no limit on purpose", {"projects": [A], "programmes": [grant(total_m=None, uncapped=True)]}),
    ("free within a face limit", {"projects": [A], "programmes": [grant(cost_rate=0, total_m=None, total_face_m=100)]}),
    ("offtake at a plain rate", {"projects": [A], "programmes": [grant(instrument="offtake", cost_rate=0.1)]}),
    (
        "offtake with a stated gap alone",
        {"projects": [A], "programmes": [grant(instrument="offtake", price_gap_per_t=9)]},
    ),
]


@pytest.mark.parametrize("change", **named(LEGAL))
def test_legal(change: dict[str, Any]) -> None:
    assert check(book(**change)) == ([], [])

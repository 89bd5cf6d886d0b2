"""Needs that no money of the case could pay."""

from typing import Any

import pytest
from support.checkbook import Change, at, book, cells, grant, named, project

from models import checks

DOLLARS = [project("a", capex_m=3e8), project("b", capex_m=2e8)]
WARNINGS: list[Change] = [
    (
        "capital cost in dollars",
        {"projects": DOLLARS, "stated": {"total_budget_m": 300}},
        [at("projects", 3, "capex_m")],
        "the smallest need, 200,000,000 M of b, is more than the whole budget of 300 M",
    ),
    (
        "no envelope is enough",
        {"projects": [project("a", capex_m=90), project("b", capex_m=80)], "programmes": [grant(envelopes={2026: 60})]},
        [at("projects", 3, "capex_m")],
        "more than the 60 M that the programmes could pay of it",
    ),
]


@pytest.mark.parametrize(("change", "places", "words"), **named(WARNINGS))
def test_a_case_in_which_nothing_can_be_paid_for_is_warned_of(
    change: dict[str, Any], places: list[str], words: str
) -> None:
    faults, warnings = checks.check(book(**change))
    messages = [w for w in warnings if "no project can be paid for" in w.message]
    assert faults == []
    assert cells(messages) == places
    assert words in messages[0].message


def test_one_project_that_can_be_paid_for_is_enough() -> None:
    given = book(projects=[project("a", capex_m=3e8), project("b", capex_m=200)], stated={"total_budget_m": 300})
    assert not [w for w in checks.check(given)[1] if "can be paid for" in w.message]

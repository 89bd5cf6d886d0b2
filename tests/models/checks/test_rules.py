"""Rules as written, and against the projects."""

from typing import Any

import pytest
from support.checkbook import (
    A,
    B,
    Change,
    assert_warnings,
    at,
    book,
    cells,
    grant,
    named,
    project,
    rule,
    where,
)

from models.checks import check

RULES: list[tuple[str, dict[str, Any], str, str]] = [
    ("unknown measure", {"measure": "capx"}, "measure", "did you mean capex?"),
    ("unknown per", {"aggregate": "ratio", "per": "tonnes"}, "per", "is not a measure"),
    (
        "unknown weight",
        {"aggregate": "average", "measure": "esg_e", "weight": "capx", **where(("id", "nobody"))},
        "weight",
        "did you mean capex?",
    ),
    ("each of a delivery", {"measure": "capacity", "aggregate": "each"}, "measure", "use capacity_tpa"),
    ("average of awards", {"measure": "public", "aggregate": "average"}, "measure", "use sum, share or ratio"),
    ("average by awards", {"aggregate": "average", "weight": "award"}, "weight", "cannot weigh an average"),
    ("ratio of one", {"aggregate": "ratio"}, "per", "denominator"),
    ("soft without a price", {"hard": False}, "penalty", at("rules", 2, "hard")),
    ("soft each", {"aggregate": "each", "hard": False, "penalty": 1}, "hard", "cannot be soft"),
    ("joint without programmes", {"measure": "joint"}, "measure", "no `programmes` sheet"),
    ("contingent without programmes", {"measure": "contingent"}, "measure", "no `programmes` sheet"),
    (
        "awards without programmes",
        {"measure": "award", **where(programmes=(("donor", "jp"),))},
        "where",
        "no `programmes` sheet",
    ),
    ("total of all stages", {"measure": "capacity_total"}, "where", "name it, for example"),
    ("stage of nobody", where(("stage", "mines")), "where", "did you mean mine?"),
    ("year of no delivery", {"measure": "capacity", "year": 2050}, "year", "outside the horizon"),
]


@pytest.mark.parametrize(("change", "column", "words"), [r[1:] for r in RULES], ids=[r[0] for r in RULES])
def test_fault_of_a_rule(change: dict[str, Any], column: str, words: str) -> None:
    faults, _ = check(book(projects=[A, B], rules=[rule(**change)]))
    assert cells(faults) == [at("rules", 2, column)]
    assert words in faults[0].message


@pytest.mark.parametrize("measure", ["capex", "private", "joint", "capacity"])
def test_programme_clauses_serve_awards_only(measure: str) -> None:
    picked = where(programmes=(("donor", "us"),))
    faults, _ = check(book(projects=[A], programmes=[grant()], rules=[rule(measure=measure, **picked)]))
    assert cells(faults) == [at("rules", 2, "where")]
    assert f"does not serve {measure}" in faults[0].message


def test_rule_names_are_unique() -> None:
    faults, _ = check(book(projects=[A], rules=[rule(), rule(value=2)]))
    assert cells(faults) == [at("rules", 3, "rule")]


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"measure": "ghg_t"}, [(3, "ghg_t")]),
        ({"measure": "ghg_t", **where(("id", "a"))}, []),
        ({"measure": "ghg_t", "aggregate": "share", **where(("id", "a"))}, [(3, "ghg_t")]),
        ({"measure": "ghg_t", "aggregate": "ratio", "per": "capacity"}, [(3, "ghg_t")]),
        ({"measure": "capex", "aggregate": "ratio", "per": "ghg_t"}, [(3, "ghg_t")]),
        ({"measure": "esg", "aggregate": "average"}, [(3, "esg_s"), (3, "esg_g")]),
        ({"measure": "capex", "aggregate": "average", "weight": "ghg_t"}, [(3, "ghg_t")]),
        ({"measure": "ghg_t", "aggregate": "each", "sense": "<="}, []),
    ],
    ids=["sum", "not picked", "share", "ratio", "denominator", "esg", "weight", "each bars"],
)
def test_a_missing_number_is_a_fault_at_its_cell(change: dict[str, Any], places: list[tuple[int, str]]) -> None:
    full = project("a", measures={"ghg_t": 1.0}, esg_e=50, esg_s=50, esg_g=50)
    barred = project("c", status="barred")
    faults, _ = check(book(projects=[full, project("b", esg_e=50), barred], rules=[rule(**change)]))
    assert cells(faults) == [at("projects", row, column) for row, column in places]


WARNINGS: list[Change] = [
    (
        "rule on nobody",
        {"projects": [A], "rules": [rule(**where(("id", "z")))]},
        [at("rules", 2, "where")],
        "acts on nothing",
    ),
    (
        "rule on no programme",
        {
            "projects": [A],
            "programmes": [grant()],
            "rules": [rule(measure="award", **where(programmes=(("donor", "jp"),)))],
        },
        [at("rules", 2, "where")],
        "picks no programme",
    ),
    ("share of 40", {"projects": [A], "rules": [rule(aggregate="share", value=40)]}, [at("rules", 2, "value")], "0.4"),
    ("price of a hard rule", {"projects": [A], "rules": [rule(penalty=1)]}, [at("rules", 2, "penalty")], "not used"),
]


@pytest.mark.parametrize(("change", "places", "words"), **named(WARNINGS))
def test_warning(change: dict[str, Any], places: list[str], words: str) -> None:
    assert_warnings(change, places, words)


LEGAL: list[tuple[str, dict[str, Any]]] = [
    ("soft at a price", {"projects": [A], "rules": [rule(hard=False, penalty=0.1)]}),
    (
        "joint projects counted",
        {"projects": [A], "programmes": [grant()], "rules": [rule(measure="joint", weight="count")]},
    ),
]


@pytest.mark.parametrize("change", **named(LEGAL))
def test_legal(change: dict[str, Any]) -> None:
    assert check(book(**change)) == ([], [])


def test_a_score_without_weight_may_be_missing() -> None:
    faults, _ = check(book({"esg_weights": {"e": 1.0}}, projects=[project("b")], rules=[rule(measure="esg")]))
    assert cells(faults) == [at("projects", 2, "esg_e")]

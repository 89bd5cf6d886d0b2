"""Faults and warnings of the chain: recipes, plants, materials, loops; each at its cell, with the cure."""

from typing import Any

import pytest
from support.checkbook import assert_faults, assert_warnings, at, book, named, project, setting

from models.checks import check
from models.checks.recipe_cycles import from_nothing

YEARS = dict.fromkeys(range(2026, 2041), 50.0)
MINE, SEP = {"process": "dig", "stage": "mine"}, {"process": "crack", "stage": "separation"}
DIG = {**MINE, "material": "conc", "tonnes_per_tonne": 1.0}
FEED = {**SEP, "material": "conc", "tonnes_per_tonne": -1.0}
MADE = {**SEP, "material": "ndpr", "tonnes_per_tonne": 0.2}
RECIPES = [DIG, FEED, MADE]
ORE, MILL = project("ore", process="dig"), project("mill", stage="separation", process="crack")
DEMAND = {"stage": "separation", "material": "ndpr", "years": YEARS}


def chain(**more: Any) -> dict[str, Any]:
    """A sound chain of a mine and a separator, changed by sheet."""
    sheets = {"projects": [ORE, MILL], "processes": RECIPES, "demand": [DEMAND]}
    return {"stated": {"objective": "delivered"}, **sheets, **more}


def test_a_sound_chain_has_neither_fault_nor_warning() -> None:
    assert check(book(**chain())) == ([], [])
    assert check(book(**chain(demand=[{**DEMAND, "basis": "net"}], existing=[
        {"country": "AU", "stage": "separation", "process": "crack", "capacity_tpa": 10},
        {"country": "US", "stage": "separation", "material": "conc", "capacity_tpa": 10},
        {"country": "CN", "stage": "separation", "capacity_tpa": 10, "process": "crack"},
    ]))) == ([], [])  # fmt: skip


FAULTS = [
    ("no recipes", chain(processes=[]), [setting("objective")], "fill a sheet `processes`"),
    (
        "basis without recipes",
        {"projects": [ORE], "demand": [{"stage": "mine", "years": YEARS, "basis": "net"}]},
        [at("demand", 2, "basis")],
        "net demand needs recipes",
    ),
    ("nothing demanded", chain(demand=[]), [setting("objective")], "needs a `demand` sheet"),
    (
        "no magnets",
        chain(stated={"objective": "magnets"}),
        [setting("objective")],
        "give the stage magnet (else the last) demand",
    ),
    (
        "two stages",
        chain(processes=[*RECIPES, {**MADE, "stage": "mine", "material": "dy"}]),
        [at("processes", 5, "stage")],
        "crack is of the stage separation at processes!",
    ),
    (
        "a coefficient twice",
        chain(processes=[*RECIPES, {**MADE, "tonnes_per_tonne": 0.3}]),
        [at("processes", 5, "material")],
        f"already at {at('processes', 4, 'tonnes_per_tonne')}",
    ),
    (
        "two capacities",
        chain(processes=[DIG, {**FEED, "capacity_use": 1.0}, {**MADE, "capacity_use": 2.0}]),
        [at("processes", 4, "capacity_use")],
        "takes 2 here and 1 at",
    ),
    (
        "no limit at all",
        chain(processes=[{**DIG, "capacity_use": 0.0}, FEED, MADE]),
        [at("processes", 2, "capacity_use")],
        "nothing would limit it",
    ),
    (
        "no output",
        chain(processes=[*RECIPES, {**SEP, "recipe": "burn", "material": "conc", "tonnes_per_tonne": -1.0},
                         {**MADE, "recipe": "b"}, {**FEED, "recipe": "b"}]),
        [at("processes", 5, "tonnes_per_tonne")],
        "crack, burn makes nothing",
    ),
    (
        "made before anything is used",
        chain(processes=[DIG, {**FEED, "from_year": 2030}, MADE]),
        [at("processes", 3, "from_year")],
        "in 2026 crack makes ndpr and uses nothing",
    ),
    (
        "unknown process",
        chain(projects=[ORE, {**MILL, "process": "crak"}]),
        [at("projects", 3, "process")],
        "did you mean crack?",
    ),
    (
        "process of another stage",
        chain(projects=[ORE, MILL, {**MILL, "id": "odd", "process": "dig"}]),
        [at("projects", 4, "process")],
        "dig is of the stage mine, odd of separation",
    ),
    (
        "no process where there are two",
        chain(
            projects=[ORE, {**MILL, "process": None}],
            processes=[*RECIPES, {**FEED, "process": "leach"}, {**MADE, "process": "leach"}],
            existing=[{"country": "AU", "stage": "separation", "name": "Old mill", "capacity_tpa": 1}],
        ),
        [at("projects", 3, "process"), at("existing", 2, "process")],
        "mill names no process: separation has crack and leach; write one",
    ),
    (
        "a plant by process and material",
        chain(existing=[
            {"country": "AU", "stage": "separation", "process": "crack", "material": "ndpr", "capacity_tpa": 1}
        ]),
        [at("existing", 2, "material")],
        "not by both",
    ),
    (
        "a plant in two rows",
        chain(existing=[
            {"country": "AU", "stage": "separation", "name": "Old", "process": "crack", "capacity_tpa": 1},
            {"country": "AU", "stage": "separation", "name": "Old", "material": "ndpr", "capacity_tpa": 1},
        ]),
        [at("existing", 3, "material")],
        f"Old is counted by its process at {at('existing', 2, 'process')} already",
    ),
    (
        "demanded twice",
        chain(demand=[DEMAND, {**DEMAND, "stage": "mine"}]),
        [at("demand", 3, "material")],
        "add up the rows",
    ),
    (
        "a loop that makes material from nothing",
        chain(processes=[*RECIPES, {**SEP, "recipe": "up", "material": "ndpr", "tonnes_per_tonne": -1.0},
                         {**SEP, "recipe": "up", "material": "swarf", "tonnes_per_tonne": 2.0},
                         {**SEP, "recipe": "down", "material": "swarf", "tonnes_per_tonne": -1.0},
                         {**SEP, "recipe": "down", "material": "ndpr", "tonnes_per_tonne": 0.6}]),
        [at("processes", 7, "tonnes_per_tonne")],
        "from 2026 on (crack, down) and (crack, up) together make material from nothing",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "places", "words"), **named(FAULTS))
def test_faults(change: dict[str, Any], places: list[str], words: str) -> None:
    assert_faults(change, places, words)


WARNINGS = [
    (
        "nothing makes it",
        chain(processes=[*RECIPES, {**SEP, "recipe": "b", "material": "cons", "tonnes_per_tonne": -1.0},
                         {**SEP, "recipe": "b", "material": "ndpr", "tonnes_per_tonne": 0.1}, ]),
        [at("processes", 3, "recipe"), at("processes", 5, "material")],
        "without a name, this counts as a further recipe",
    ),
    (
        "made of nothing",
        chain(processes=[DIG, {**SEP, "material": "ndpr", "tonnes_per_tonne": 0.1}]),
        [at("processes", 3, "tonnes_per_tonne")],
        "uses nothing: correct only if it mines its own ore",
    ),
    ("nobody runs it", chain(projects=[ORE]), [at("processes", 3, "process")], "no existing plant runs crack"),
    (
        "demand nothing meets",
        chain(demand=[DEMAND, {**DEMAND, "material": "dy"}]),
        [at("demand", 3, "material")],
        "nothing makes or supplies dy: this demand stays uncovered",
    ),
    (
        "basis without material",
        chain(demand=[{"stage": "separation", "years": YEARS, "basis": "net"}]),
        [at("demand", 2, "basis")],
        "all tonnes that the plants of the stage run count",
    ),
    (
        "a stage that no process is of",
        chain(projects=[ORE, MILL, project("works", stage="magnet")], demand=[{"stage": "magnet", "years": YEARS}]),
        [at("demand", 2, "stage"), "processes"],
        "the stage magnet has no process",
    ),
    (
        "the only process",
        chain(projects=[{**ORE, "process": None}, MILL]),
        ["processes"],
        "ore name no process and run dig, the only one of mine",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("change", "places", "words"), **named(WARNINGS))
def test_warnings(change: dict[str, Any], places: list[str], words: str) -> None:
    assert_warnings(change, places, words)


def test_a_barred_project_needs_no_process() -> None:
    world = chain(projects=[ORE, MILL, {**MILL, "id": "out", "process": "nonsense", "status": "barred"}])
    assert check(book(**world)) == ([], [])


def test_a_loop_from_a_later_year_names_that_year() -> None:
    rows = [*RECIPES, {**SEP, "recipe": "back", "material": "ndpr", "tonnes_per_tonne": -1.0},
            {**SEP, "recipe": "back", "material": "conc", "tonnes_per_tonne": 4.0},
            {**SEP, "recipe": "back", "material": "conc", "tonnes_per_tonne": 6.0, "from_year": 2033}]  # fmt: skip
    faults, _ = check(book(**chain(processes=rows)))
    assert ["from 2033 on" in f.message for f in faults] == [True]


@pytest.mark.parametrize(
    ("recipes", "result"),
    [
        ({"a": {"x": -1, "y": 1}, "b": {"y": -1, "x": 1}}, set()),  # round and round, nothing gained
        ({"a": {"x": -1, "y": 1}, "b": {"y": -1, "x": 1.0000001}}, {"a", "b"}),
        ({"a": {"x": -1, "y": 2}, "b": {"y": -1, "x": 0.5}}, set()),
        ({"a": {"x": -1, "y": 2, "z": 0.01}, "b": {"y": -1, "x": 0.5}}, {"a", "b"}),
        ({"a": {"x": -1, "y": 2, "z": -0.01}, "b": {"y": -1, "x": 0.6}}, set()),  # z runs out
        ({"a": {"x": -1, "y": 2, "z": -0.01}, "b": {"y": -1, "x": 0.6}, "c": {"x": -1, "z": 1}}, {"a", "b", "c"}),
        ({"a": {"x": -0.9, "y": 1}, "mine": {"x": 1}}, set()),  # primary production is no loop
        ({"a": {"x": -1, "y": 0.5}, "b": {"y": -1, "x": 1}, "c": {"x": -1, "y": 0.5, "w": 1}}, set()),
        ({"a": {"x": -0.1, "y": 0.1}, "b": {"y": -0.3, "x": 0.3}}, set()),  # tenths are exact
        ({"one": {"x": 0.0, "y": 1}}, set()),
    ],
)
def test_material_from_nothing(recipes: dict[str, dict[str, float]], result: set[str]) -> None:
    assert set(from_nothing(recipes)) == result

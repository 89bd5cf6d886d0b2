"""The audit of a chain: every number of its tables is worked out again, and a wrong one is found wherever it stands."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from support.cases_chain import CAPACITY_USE, HEAVY_CIRCUIT, HEAVY_POOR, STAGE_DEMAND, THRIFT, shared
from support.tables import Book, case

from models.audit import audit
from models.audit.report import CHAIN_CHECKS
from models.case import Case
from models.plan import Plan
from optimizer.analysis.risk import solve

BOOKS = {
    "heavy circuit": HEAVY_CIRCUIT,
    "net": shared("net"),
    "thrift": THRIFT,
    "capacity use": CAPACITY_USE,
    "stage demand": STAGE_DEMAND,
    "magnets": {
        **HEAVY_POOR,
        "settings": [{**r, "value": "magnets"} if r["key"] == "objective" else r for r in HEAVY_POOR["settings"]],
    },
    "nameplate": {
        **HEAVY_POOR,
        "settings": [{**r, "value": "coverage"} if r["key"] == "objective" else r for r in HEAVY_POOR["settings"]],
    },
}
TABLES = ("runs", "materials", "processes")


def solved(book: Book) -> tuple[Case, dict[str, Any]]:
    world = case(book)
    return world, solve(world, gap=0).model_dump(by_alias=True, mode="json")


def failed(world: Case, plan: dict[str, Any]) -> list[str]:
    result = audit(world, Plan.model_validate(plan))
    lines = [line for line in result.checks if line.startswith("FAILED")]
    assert result.passed is not bool(lines)
    return lines


@pytest.mark.parametrize("name", BOOKS)
def test_any_changed_number_of_the_chain_is_found(name: str) -> None:
    world, plan = solved(BOOKS[name])
    assert failed(world, plan) == []
    unseen = [where for where, other in changed(plan) if not failed(world, other)]
    assert unseen == []


def changed(plan: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The plan with one number of the chain changed by a thousandth, up and down, number after number."""
    for table in TABLES:
        for n, row in enumerate(plan[table]):
            for column, before in row.items():
                if isinstance(before, float | int):
                    step = 1 if isinstance(before, int) else max(1e-3, abs(before) * 1e-3)
                    for after in (before + step, before - step):
                        row[column] = after
                        yield f"{table} {n} {column} {after}", plan
                    row[column] = before


@pytest.mark.parametrize("column", ["value", "baseline"])
def test_the_value_follows_from_the_deliveries(column: str) -> None:
    world, plan = solved(HEAVY_POOR)
    plan["objective"][column] += 0.8
    assert any(line.startswith("FAILED objective") for line in failed(world, plan))
    plan["objective"][column] = -0.1
    assert any(line.startswith("FAILED objective") for line in failed(world, plan))


def drop(table: str) -> Callable[[dict[str, Any]], None]:
    return lambda plan: plan[table].pop()


def twice(table: str) -> Callable[[dict[str, Any]], None]:
    return lambda plan: plan[table].append(plan[table][0])


def more_than_capacity(plan: dict[str, Any]) -> None:
    """The press runs twice over, with every number that follows from it."""
    for row in plan["runs"]:
        if row["process"] == "press":
            row["run_t"] *= 2
            row["used_t"] *= 2
    for row in plan["processes"]:
        if row["process"] == "press":
            row["used_t"] *= 2
    for row in plan["materials"]:
        if row["material"] == "n":
            row["made_t"] *= 2
        if row["material"] == "ndpr":
            row["used_t"] *= 2


WRONG = [
    ("chain runs", drop("runs"), "runs has 0 rows of press"),
    ("chain runs", twice("runs"), "2 rows of crack"),
    ("chain runs", lambda plan: plan["runs"][0].update(run_t=-1.0, used_t=-1.0), "less than nothing"),
    ("chain runs", lambda plan: plan["runs"][0].update(recipe="other"), "which the case has not"),
    ("chain processes", drop("processes"), "processes has 0 rows of press"),
    ("chain processes", lambda plan: plan["processes"][0].update(stage="magnet"), "recomputed 'separation'"),
    ("chain balances", drop("materials"), "materials has 0 rows of ndpr"),
    ("chain balances", twice("materials"), "2 rows of conc"),
]


@pytest.mark.parametrize(("check", "change", "words"), WRONG)
def test_a_wrong_table_is_found(check: str, change: Callable[[dict[str, Any]], Any], words: str) -> None:
    world, plan = solved(shared("net"))
    change(plan)
    lines = failed(world, plan)
    assert any(line.startswith(f"FAILED {check}: ") and words in line for line in lines), lines


def test_more_than_capacity_and_more_than_is_made_is_found_however_consistent() -> None:
    book = copy.deepcopy(shared("net"))
    book["demand"] = [{**book["demand"][1], 2026: 2000}]
    book["projects"][1]["capacity_tpa"] = 400
    world, plan = solved(book)
    more_than_capacity(plan)
    lines = failed(world, plan)
    assert any("press takes 800 t/yr in 2026 and has 400" in line for line in lines), lines
    assert any("200 t of ndpr are used in 2026, 100 made and 0 supplied" in line for line in lines), lines


def test_a_recipe_that_has_not_begun_cannot_run() -> None:
    late = copy.deepcopy(STAGE_DEMAND)
    for row in late["processes"][1:]:
        row["from_year"] = 2028
    world, plan = solved(late)
    assert [r["run_t"] for r in plan["runs"] if r["process"] == "crack"] == pytest.approx([0, 0, 80])
    row = next(r for r in plan["runs"] if (r["process"], r["year"]) == ("crack", 2027))
    row.update(run_t=10.0, used_t=10.0)
    assert any("has no recipe yet" in line for line in failed(world, plan))


def test_every_check_of_the_chain_has_a_wrong_plan() -> None:
    assert {check.name for check in CHAIN_CHECKS} == {check for check, _, _ in WRONG}


def test_tables_of_a_chain_without_recipes_are_found() -> None:
    world, plan = solved(shared("net"))
    bare = world.with_(processes=(), settings=world.settings.model_copy(update={"objective": "coverage"}))
    lines = failed(bare, plan)
    assert any("runs of processes need" in line and "materials table needs" in line for line in lines)

"""The chain in worlds solved by hand: what is delivered, which plan is best, and that every coefficient counts."""

from typing import Any

import pytest
from support.cases import World, plant
from support.cases_chain import (
    CHAIN_WORLDS,
    EVERY_COEFFICIENT_COUNTS,
    HEAVY_CIRCUIT,
    HEAVY_POOR,
    SCRAP,
    demand,
    shared,
    standing,
    supply,
)
from support.oracle import best
from support.tables import Book, case, changed, without

from models import checks
from models.formulation import build
from models.network import Network, Recipe
from models.plan import Plan
from models.sets import Sets
from optimizer.analysis.risk import solve


def solved(book: Book) -> Plan:
    assert checks.check(case(book))[0] == []
    return solve(case(book), gap=0)


@pytest.mark.parametrize("world", CHAIN_WORLDS, ids=lambda w: w.name)
def test_worlds_solved_by_hand(world: World) -> None:
    plan = solved(world.book)
    assert plan.objective.value == pytest.approx(world.value, abs=1e-9)
    assert {p.id: p.fid_year for p in plan.projects} == world.selection
    assert best(case(world.book)).value == pytest.approx(world.value, abs=1e-7)
    assert plan.status == "optimal"
    assert plan.audit is not None
    assert plan.audit.passed


@pytest.mark.parametrize("book", EVERY_COEFFICIENT_COUNTS)
def test_removing_any_coefficient_changes_the_answer(book: Book) -> None:
    value = solve(case(book), gap=0).objective.value
    for n in range(len(book["processes"])):
        other = solve(case(without(book, "processes", [n])), gap=0)
        assert other.objective.value != pytest.approx(value, abs=1e-3), book["processes"][n]


def test_no_money_makes_up_for_ore_without_dy() -> None:
    rich = {**HEAVY_POOR, "projects": [*HEAVY_POOR["projects"], plant("p2", 9000, 1, stage="magnet", process="press")]}
    rich["projects"].append(plant("s2", 9000, 1, stage="separation"))
    assert solved(rich).objective.value == pytest.approx(solved(HEAVY_POOR).objective.value)


def test_the_heavy_circuit_is_bought_for_its_recipe() -> None:
    rows = [n for n, row in enumerate(HEAVY_CIRCUIT["processes"]) if row["process"] == "heavy"]
    lame = changed(HEAVY_CIRCUIT, "processes", lambda row: {"tonnes_per_tonne": 0.001} if row["material"] == "dy" and
                   row["process"] == "heavy" else {})  # fmt: skip
    assert len(rows) == 2
    assert [p.id for p in solved(lame).projects] == ["mine2"]


def test_the_nameplate_plan_and_the_delivered_plan_differ() -> None:
    """By nameplate every magnet can be made and only ore is short; both measures stand side by side in each plan."""
    shares = [{**row, "share_n": 1.0} if row["stage"] == "magnet" else row for row in HEAVY_CIRCUIT["existing"]]
    by_name = {**HEAVY_CIRCUIT, "existing": shares, "demand": [*HEAVY_CIRCUIT["demand"], demand("mine", None, 1500)]}
    by_name["settings"] = [*by_name["settings"], {"key": "stage_weights", "value": "mine=0.01"}]
    delivered = solved(by_name)
    by_name["settings"] = [r if r["key"] != "objective" else {**r, "value": "coverage"} for r in by_name["settings"]]
    nameplate = solved(by_name)
    assert [p.id for p in delivered.projects] != [p.id for p in nameplate.projects] == ["mine2"]
    idle = {(r.process, r.year): r.existing_t + r.underway_t + r.financed_t - r.used_t for r in nameplate.processes}
    assert idle["heavy", 2027] == 0.0
    assert idle["press", 2027] == pytest.approx(600 - 500)
    assert {r.coverage for r in nameplate.capacity if r.material == "n"} == {1.0}
    assert {r.coverage for r in nameplate.materials if r.material == "sh"} == {0.0}


def test_plan_tables_state_what_flows() -> None:
    plan = solved(shared("net"))
    rows = {r.material: r for r in plan.materials if r.year == 2027}
    ndpr, n = rows["ndpr"], rows["n"]
    assert (ndpr.made_t, ndpr.used_t, ndpr.supply_t) == pytest.approx((100, 50, 0))
    assert (ndpr.demand_t, ndpr.coverage, ndpr.gap_t) == pytest.approx((100, 0.5, 50))
    assert (n.made_t, n.coverage, n.gap_t) == pytest.approx((200, 1, 0))
    assert rows["conc"].coverage == 1.0, "nothing is demanded"
    run = {(r.process, r.recipe): r.run_t for r in plan.runs if r.year == 2027}
    assert run == pytest.approx({("dig", None): 500, ("crack", None): 500, ("press", None): 200})
    crack = next(r for r in plan.processes if (r.process, r.year) == ("crack", 2027))
    assert (crack.stage, crack.existing_t, crack.financed_t, crack.used_t) == ("separation", 1000, 0, 500)


@pytest.mark.parametrize(
    ("row", "tonnes"),
    [
        (supply("scrap", 50), 40),
        (supply("scrap", 50, allied_share=0.5), 20),
        (supply("scrap", 50, country="CN"), 0),
        ({**supply("scrap", None), 2026: 0, 2028: 100}, 40),
    ],
)
def test_supply_is_what_comes_from_countries_that_count(row: dict[Any, Any], tonnes: float) -> None:
    row.pop("capacity_tpa") if row["capacity_tpa"] is None else None
    plan = solved(
        {**SCRAP, "existing": [row], "projects": [plant("press", 80, 10, stage="magnet", status="committed")]}
    )
    assert sum(r.made_t for r in plan.materials if (r.material, r.year) == ("n", 2027)) == pytest.approx(tonnes)


def test_a_plant_without_process_runs_the_only_one_of_its_stage() -> None:
    network = Network(Sets(case(shared(None))))
    assert {p.id: network.process_of(p) for p in network.sets.case.projects} == {"ore": "dig", "works": "press"}
    two = Network(Sets(case(HEAVY_CIRCUIT)))
    assert [two.process_of(p.model_copy(update={"process": None})) for p in two.sets.case.projects] == [None, "dig"]


def test_underway_plants_run_too() -> None:
    """Decided two years before the horizon, built three years: it delivers from 2027 on."""
    press = plant("press", 80, 10, stage="magnet", status="underway", build_years=3, earliest_fid=2024)
    plan = solved({**SCRAP, "projects": [press]})
    assert [r.underway_t for r in plan.processes] == [0, 80, 80]
    assert plan.objective.value == plan.objective.baseline == pytest.approx((0.4 + 0.4) / 3)


def test_the_size_of_the_program_does_not_rest_on_the_number_of_plants() -> None:
    """Plants of a process share its runs: twenty mines give one row of decisions each and no other row or column."""

    def size(mines: int) -> tuple[int, int]:
        plants = [plant(f"m{n}", 10, 1) for n in range(mines)]
        program = build(Sets(case({**shared("net"), "projects": [*plants, plant("works", 5, 1, stage="magnet")]})))
        rows = [name for name, *_ in program.rows if name not in ("selection",)]
        return len(program.run), len(rows)

    assert size(1) == size(20)


def test_from_year_overrides_one_material_of_one_recipe() -> None:
    rows = [
        {"process": "press", "recipe": name, "stage": "magnet", "material": m, "tonnes_per_tonne": t, "from_year": y}
        for name, m, t, y in (("a", "x", 1, None), ("a", "dy", -0.4, None), ("a", "dy", -0.2, 2027), ("b", "x", 1, None),
                              ("a", "dy", 0, 2028), ("b", "dy", -0.4, 2027))
    ]  # fmt: skip
    rows[0]["capacity_use"], rows[2]["capacity_use"] = 2, 3
    book = {
        **SCRAP,
        "processes": rows,
        "demand": [demand("magnet", "x", 10)],
        "existing": [standing("magnet", "press", 1)],
    }
    network = Network(Sets(case(book)))
    a, b = Recipe("press", "a"), Recipe("press", "b")
    assert [network.coefficients[a, y].get("dy") for y in (2026, 2027, 2028)] == [-0.4, -0.2, None]
    assert [network.coefficients[b, y].get("dy") for y in (2026, 2027, 2028)] == [None, -0.4, -0.4]
    assert [network.use[a, y] for y in (2026, 2027, 2028)] == [2, 3, 3]
    assert network.use[b, 2027] == 1

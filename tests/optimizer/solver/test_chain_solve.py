"""Chains from end to end: flows of random networks, one plan whatever the order, every verb, and what is short."""

import random
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import books as files
from support.cases import plant
from support.cases_chain import HEAVY_CIRCUIT, SCRAP, shared, supply
from support.oracle import SelectionTable, best
from support.oracle_chain import ChainTable
from support.repeatable import examples, same_books
from support.strategies_chain import chains
from support.strategies_size import resized
from support.tables import Book, case, sheets

from models.case import Case
from models.formulation import build
from models.schema import Existing
from models.sets import Sets
from optimizer.analysis.alternatives import alternatives
from optimizer.analysis.chain_bottlenecks import bottlenecks
from optimizer.analysis.explain import explain
from optimizer.analysis.frontier import explore
from optimizer.analysis.risk import solve
from optimizer.errors import Infeasible
from optimizer.solver.chain_flows import Flows, flows
from optimizer.solver.standard_form import compile_program
from optimizer.workbook.read import read

few = settings(same_books, max_examples=examples(0.5))


def some_selection(book: Case, rng: random.Random) -> dict[str, int]:
    """Any projects in any of their years, whatever rules and money say."""
    world = SelectionTable(book)
    picks = ((p.id, rng.choice(window)) for p, window in zip(world.free, world.windows, strict=True))
    return {name: int(year) for name, year in picks if np.isfinite(year)}


def objective(book: Book, name: str) -> Book:
    """The book with another objective."""
    kept = [row for row in book["settings"] if row["key"] != "objective"]
    return {**book, "settings": [*kept, {"key": "objective", "value": name}]}


@few
@given(chains(), st.randoms(use_true_random=False))
def test_flows_of_random_networks_close_and_are_the_best(book: Book, rng: random.Random) -> None:
    world = case(book)
    chosen = some_selection(world, rng)
    result, chain = flows(Sets(world), chosen), ChainTable(world)
    closes(world, chosen, result, chain)
    never = dict.fromkeys((p.id for p in SelectionTable(world).free), float("inf"))
    value = result.magnets if world.settings.objective == "magnets" else result.delivered
    assert value == pytest.approx(chain.value({**never, **chosen}), rel=1e-6, abs=1e-6)
    assert flows(Sets(world), chosen) == result


@settings(few, max_examples=examples(0.2))
@given(chains("delivered"), st.randoms(use_true_random=False))
def test_more_supply_never_delivers_less_and_units_do_not_matter(book: Book, rng: random.Random) -> None:
    world = case(book)
    chosen = some_selection(world, rng)
    value = flows(Sets(world), chosen).delivered
    more = {**book, "existing": [*book["existing"], supply(rng.choice(("conc", "seg", "ndpr", "dy")), 25)]}
    assert flows(Sets(case(more)), chosen).delivered >= value - 1e-9
    kilograms = resized(book, tonnes=1000, money=1, gas=1)
    assert flows(Sets(case(kilograms)), chosen).delivered == pytest.approx(value, abs=1e-7)


def closes(world: Case, chosen: dict[str, int], result: Flows, chain: ChainTable) -> None:
    """Runs within capacity; of each material no more used and delivered than made and supplied, to 1e-6."""
    assert min(r.run_t for r in result.runs) >= 0
    balance: dict[tuple[str, int], list[float]] = defaultdict(list)
    taken: dict[tuple[str, int], float] = defaultdict(float)
    for r in result.runs:
        taken[r.process, r.year] += r.run_t * chain.use(r.process, r.recipe or "", r.year)
        for material, tonnes in chain.coefficients(r.process, r.recipe or "", r.year).items():
            balance[material, r.year].append(tonnes * r.run_t)
    for row in world.demand:
        for year in chain.years if row.material else ():
            if row.basis == "net" or (row.basis is None and chain.is_final(row.material or "")):
                stated = next(m for m in result.materials if (m.material, m.year) == (row.material, year))
                balance[row.material or "", year].append(-stated.coverage * stated.demand_t)
    for (material, year), terms in balance.items():
        terms.append(chain.supply(material, year))
        assert sum(terms) >= -1e-6 * max(1.0, *map(abs, terms)), (material, year)
    for row in result.processes:
        capacity = row.existing_t + row.underway_t + row.financed_t
        assert row.existing_t + row.underway_t == pytest.approx(chain.standing[row.process, row.year])
        assert taken[row.process, row.year] <= capacity + 1e-6 * max(1.0, capacity)
        assert taken[row.process, row.year] == pytest.approx(row.used_t)


@settings(few, max_examples=examples(0.2))
@given(chains(), st.sampled_from([0.05, 0.5]))
def test_a_wide_gap_leaves_a_valid_bound(book: Book, gap: float) -> None:
    world = case(book)
    expected = best(world)
    if not expected.feasible:
        with pytest.raises(Infeasible):
            solve(world, gap=gap)
        return
    stated = solve(world, gap=gap).objective
    slack = 1e-6 * max(1.0, abs(expected.net))
    assert stated.bound - stated.penalty >= expected.net - slack
    assert stated.value - stated.penalty <= expected.net + slack


@settings(few, max_examples=examples(0.2))
@given(chains(), st.sampled_from(["coverage", "bottleneck", "capacity"]))
def test_nameplate_objectives_do_not_see_the_recipes(book: Book, name: str) -> None:
    """The program is that of the book without recipes, to the last number; the plan states the flows all the same."""
    world = case(objective(book, name))
    bare = world.with_(processes=())
    one, other = (compile_program(build(Sets(c))) for c in (world, bare))
    for field in ("starts", "indices", "values", "row_lower", "row_upper", "lower", "upper", "integer"):
        assert np.array_equal(getattr(one, field), getattr(other, field))
    assert best(bare).feasible is best(world).feasible
    if best(bare).feasible:
        plan, plain = solve(world, gap=0), solve(bare, gap=0)
        assert plan.projects == plain.projects
        assert plan.objective == plain.objective
        assert (plain.runs, plain.materials, plain.processes) == ((), (), ())
        assert plan.runs == flows(Sets(world), {p.id: p.fid_year for p in plan.projects}).runs


@pytest.mark.parametrize("name", ["delivered", "magnets", "coverage"])
def test_shuffled_rows_give_the_same_plan(tmp_path: Path, name: str) -> None:
    book = objective(HEAVY_CIRCUIT, name)
    twin = {**plant("circuit2", 20, 50, stage="separation", process="heavy")}
    book = {**book, "projects": [*book["projects"], twin]}
    paths = [files.write(tmp_path / f"b{n}.xlsx", sheets(book, random.Random(n) if n else None)) for n in range(4)]
    plans = [solve(read(path), gap=0).model_dump_json(exclude={"manifest"}) for path in paths]
    assert plans[1:] == plans[:1] * 3


def test_as_little_runs_as_the_deliveries_need() -> None:
    """500 t of ore could be dug; 100 t of NdPr for 200 t of magnets, of which 50 t are used, need 250."""
    book = objective({**shared(None), "demand": shared(None)["demand"][1:]}, "delivered")
    result = flows(Sets(case(book)), {"ore": 2026, "works": 2026})
    assert {(r.process, round(r.run_t, 6)) for r in result.runs} == {("dig", 250), ("crack", 250), ("press", 200)}


# -- what is short ---------------------------------------------------------------------------------------------------


def test_the_bottleneck_is_what_holds_back_most() -> None:
    """Scrap: 40 t of magnets of a press of 80 t. With scrap without end 80 t; with a larger press none more."""
    result = bottlenecks(Sets(case(SCRAP)), {"press": 2026}, step=0.1)
    shortage = result.of(2027)
    assert shortage is not None
    assert (shortage.material, shortage.magnets_gain_t) == ("scrap", pytest.approx(40))
    assert shortage.delivered_gain == pytest.approx(0.4)
    assert [(s.step_t, s.magnets_gain_t, s.delivered_gain) for s in result.steps] == [(8, 0, 0)] * 3


def test_a_step_of_a_press_that_is_full_delivers_magnets() -> None:
    """Press of 20 t with scrap for 40 t: no feed is short, a tenth more of the press is 2 t of 100 t."""
    small = {**SCRAP, "projects": [plant("press", 20, 10, stage="magnet")]}
    result = bottlenecks(Sets(case(small)), {"press": 2026}, step=0.1)
    assert result.shortages == ()
    assert [(s.step_t, s.magnets_gain_t, s.delivered_gain) for s in result.steps] == [
        (pytest.approx(2), pytest.approx(2), pytest.approx(0.02))
    ] * 3


def test_a_stage_without_any_plant_is_measured_too() -> None:
    """No heavy circuit stands: a step is a part of the stage's nameplate, and its gain is that of the first circuit."""
    sets = Sets(case(HEAVY_CIRCUIT))
    result = {(s.process, s.year): s for s in bottlenecks(sets, {}, step=0.01).steps}
    step = result["heavy", 2027]
    assert step.step_t == pytest.approx(20)
    assert step.delivered_gain == pytest.approx((0.8 + 40 / 0.3 / 500) / 2 - (100 / 0.3 / 500) / 2)
    assert step.magnets_gain_t == 0, "NdPr is short"
    assert result["dig", 2027].magnets_gain_t == pytest.approx(10 * 0.1 / 0.3)


@settings(few, max_examples=examples(0.2))
@given(chains(), st.randoms(use_true_random=False))
def test_steps_are_the_difference_of_two_flows(book: Book, rng: random.Random) -> None:
    world = case(book)
    chosen = some_selection(world, rng)
    steps = bottlenecks(Sets(world), chosen, step=0.2).steps
    process = rng.choice(sorted({s.process for s in steps}))
    own = {s.year: s for s in steps if s.process == process}
    years = {y: s.step_t for y, s in own.items()}
    wider = Existing(row=999, country="US", stage=next(iter(own.values())).stage, process=process, years=years)
    scored = [
        flows(Sets(c), chosen)
        for c in (_as(world, "delivered"), _as(world.with_(existing=(*world.existing, wider)), "delivered"))
    ]
    weights = Sets(world).weight
    for year, step in own.items():
        keys = [k for k, y in scored[0].coverage if y == year]
        whole = sum(weights[k] for k in keys)
        gain = sum(weights[k] * (scored[1].coverage[k, year] - scored[0].coverage[k, year]) for k in keys)
        assert step.delivered_gain == pytest.approx(gain / whole if whole else 0.0, abs=1e-6)


def _as(world: Case, name: str) -> Case:
    return world.with_(settings=world.settings.model_copy(update={"objective": name}))


# -- every verb --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["delivered", "magnets", "coverage"])
def test_questions_to_a_chain_are_answered(name: str) -> None:
    """Values by hand: the circuit is worth what the plan delivers more than without it."""
    world = case(objective(HEAVY_CIRCUIT, name))
    plan = solve(world, gap=0)
    told = explain(world, plan)
    frontier = explore(world)
    portfolios = alternatives(world, plan, within=0.1)
    if name == "delivered":
        lost = next(s for s in told.projects if s.id == "circuit").loss
        assert lost is not None
        assert lost.low == lost.high == pytest.approx((0.8 + 40 / 0.3 / 500) / 2 - 0.5)
        assert [(p.budget_m, pytest.approx(p.value)) for p in frontier.points] == [
            (0, 1 / 3),
            (50, 0.53333333333),
            (100, 0.75),
        ]
        assert [sorted(p.id for p in a.plan.projects) for a in portfolios.portfolios] == [["mine2"]]
    if name == "magnets":
        assert [(p.budget_m, pytest.approx(p.value)) for p in frontier.points] == [(0, 1000), (50, 1500)]
    assert told.unit == ("t" if name == "magnets" else "points")

"""Additionality: worlds solved by hand in which projects go ahead without support.

Random books are held against brute force in test_against_brute_force, scenarios in test_stress_unaided.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from support.cases import book, grant, plant, rule
from support.tables import Book, case

from models import checks
from models.audit import audit
from models.gaps import gaps
from models.plan import CapacityRow, Financed, Plan
from models.sets import Sets
from optimizer.analysis.risk import solve

DEMAND = [{"stage": "mine", 2026: 100}]


def covering(projects: list[dict[Any, Any]], budget: float | str = "none", **more: Any) -> Book:
    """Four years of a demand of 100 t of mines; coverage counts."""
    return book(projects, budget, **({"objective": "coverage", "demand": DEMAND, "last_year": 2029} | more))


def solved(world: Book) -> Plan:
    plan = solve(case(world), gap=0)
    assert plan.audit is not None
    assert plan.audit.passed, plan.audit.checks
    return plan


def chosen(plan: Plan) -> dict[str, int]:
    return {p.id: p.fid_year for p in plan.projects}


def row(plan: Plan, year: int) -> CapacityRow:
    return next(r for r in plan.capacity if r.year == year)


def financed(plan: Plan, name: str) -> Financed:
    return next(p for p in plan.projects if p.id == name)


def test_support_goes_where_it_adds_most() -> None:
    # a (50 t) comes by itself in 2028: financed now it adds 50 t in two of four years, b (40 t) 40 t in all four.
    # Value: b 0.4, and a's half in two of four years, 0.25.
    plan = solved(covering([plant("a", 50, 10, unaided_fid=2028), plant("b", 40, 10)], 10))
    assert chosen(plan) == {"b": 2026}
    assert plan.objective.value == pytest.approx(0.65)
    assert plan.objective.baseline == pytest.approx(0.25)
    assert [row(plan, y).unaided_t for y in range(2026, 2030)] == [0, 0, 50, 50]
    assert row(plan, 2028).coverage == pytest.approx(0.9)
    (left_out,) = plan.not_financed
    assert "goes ahead without support in 2028" in left_out.detail


def test_what_would_have_come_anyway_is_deadweight() -> None:
    # 50 t from 2026 on, of which those of 2028 and 2029 come anyway: 100 of 200 t, half of the 10 M.
    plan = solved(covering([plant("a", 50, 10, unaided_fid=2028, status="committed")]))
    a = financed(plan, "a")
    assert (a.deadweight_t, a.deadweight_m) == (100, 5)
    assert (row(plan, 2028).financed_t, row(plan, 2028).unaided_t, row(plan, 2028).counterfactual_t) == (50, 0, 50)
    assert row(plan, 2028).before_t == 50
    assert plan.objective.value - plan.objective.baseline == pytest.approx(0.25)


def test_deadweight_counts_the_smaller_of_ramp_and_path() -> None:
    # Decided in 2026: 0, 40, 100, 100 %; without support in 2027: 0, 0, 40, 100 %. Anyway 140 of 240 %, of 80 t and 12 M;
    # allied_share plays no part.
    a = plant("a", 80, 24, unaided_fid=2027, status="committed", build_years=1, ramp="40;100", allied_share=0.5)
    loan = {"id": "g", "instrument": "loan", "cost_rate": 0.5, "uncapped": "yes"}
    world = covering([a], None, programmes=[loan])
    bought = financed(solved(world), "a")
    assert bought.deadweight_t == pytest.approx(80 * 1.4)
    assert bought.deadweight_m == pytest.approx(12 * 140 / 240)


def test_deadweight_money_is_null_where_nothing_is_delivered() -> None:
    world = covering([plant("a", 50, 10, unaided_fid=2028, build_years=9, status="committed")])
    a = financed(solved(world), "a")
    assert (a.deadweight_t, a.deadweight_m) == (0, None)
    assert "deadweight_m" in a.model_dump()


def test_a_project_is_decided_before_it_goes_ahead_by_itself_or_not_at_all() -> None:
    world = covering([plant("a", 50, 10, unaided_fid=2028, earliest_fid=2026, latest_fid=2029)])
    assert list(Sets(case(world)).windows["a"]) == [2026, 2027]


def test_the_objective_capacity_counts_net_and_rules_gross() -> None:
    # In 2028 a would stand anyway: only b adds. The rule asks for 90 t financed, which takes both.
    projects = [plant("a", 50, 10, unaided_fid=2028), plant("b", 40, 10)]
    assert chosen(solved(book(projects, objective="capacity"))) == {"b": 2026}
    both = solved(book(projects, objective="capacity", rules=[rule("capacity", "sum", ">=", 90)]))
    assert chosen(both) == {"a": 2026, "b": 2026}
    assert both.objective.value == pytest.approx(40)
    # All capacity of the stage counts what comes by itself: 50 t without financing anything.
    total = book(
        projects[:1], 0, objective="capacity", rules=[rule("capacity_total", "sum", ">=", 50, where="stage=mine")]
    )
    assert chosen(solved(total)) == {}


def test_it_meets_what_requires_it_from_its_year_on() -> None:
    late = plant("b", 40, 10, latest_fid=2029, requires="a")
    plan = solved(covering([plant("a", 50, 100, unaided_fid=2028), late], 10))
    assert chosen(plan) == {"b": 2028}
    early = solved(covering([plant("a", 50, 100, unaided_fid=2028), late | {"latest_fid": 2027}], 10))
    assert chosen(early) == {}
    reasons = {r.id: r for r in early.not_financed}
    assert reasons["b"].reason == "nothing is financed that it could follow"
    assert "a goes ahead without support in 2028" in reasons["b"].detail


def test_barred_projects_still_count_and_those_of_excluded_countries_never() -> None:
    barred = plant("a", 50, 10, unaided_fid=2028, status="barred")
    plan = solved(covering([barred, plant("b", 1, 1)]))
    assert row(plan, 2029).unaided_t == 50
    chinese = solved(covering([barred | {"country": "CN"}, plant("b", 1, 1)]))
    assert row(chinese, 2029).unaided_t is None
    assert chinese.objective.baseline == 0


@pytest.mark.parametrize("year", [2020, 2026])
def test_by_the_first_year_it_is_underway_and_never_bought(year: int) -> None:
    world = case(covering([plant("a", 50, 10, unaided_fid=year), plant("b", 40, 10)]))
    a = next(p for p in world.projects if p.id == "a")
    assert (a.status, a.earliest_fid) == ("underway", year)
    faults, warnings = checks.check(world)
    assert not faults
    assert any("it is read as underway" in w.message for w in warnings)
    assert chosen(solve(world)) == {"b": 2026}


@pytest.mark.parametrize(
    ("more", "column"),
    [
        ([{"excludes": "b"}, {}], "excludes"),
        ([{}, {"excludes": "a"}], "excludes"),
        ([{"together": "b"}, {}], "together"),
        ([{}, {"together": "a"}], "together"),
        ([{"group": "g"}, {}], "group"),
        ([{"earliest_fid": 2028, "latest_fid": 2029}, {}], "unaided_fid"),
    ],
)
def test_links_beside_it_and_windows_after_it_are_faults(more: list[dict[str, Any]], column: str) -> None:
    a = plant("a", 50, 10, unaided_fid=2028, latest_fid=2029) | more[0]
    faults, _ = checks.check(case(covering([a, plant("b", 40, 10) | more[1]])))
    assert [f.column for f in faults] == [column]
    assert "goes ahead without support in 2028" in faults[0].message


def test_gaps_count_what_comes_anyway_in_the_baseline() -> None:
    world = case(covering([plant("a", 50, 10, unaided_fid=2028), plant("b", 40, 10, status="committed")], 10))
    before, after = gaps(world), gaps(world, solve(world))
    assert [r.capacity_t for r in before.rows] == [0, 0, 50, 50]
    assert [r.coverage_without_plan for r in after.rows] == [0, 0, 0.5, 0.5]
    assert [r.gap_t for r in after.rows] == [60, 60, 10, 10]
    assert {(c.country, c.unaided_t) for c in after.countries if c.year == 2029} == {("US", 50)}
    (gap,) = before.open
    assert [c.id for c in gap.closers] == ["b"]  # financing a brings nothing in 2029 that does not come


def test_books_without_the_column_say_nothing_of_it() -> None:
    plan = solved(covering([plant("a", 50, 10)], None, programmes=[grant(uncapped="yes")]))
    written = plan.model_dump_json()
    assert not any(name in written for name in ('"unaided_t"', '"counterfactual_t"', '"deadweight_'))


def test_any_changed_number_of_it_is_found() -> None:
    world = case(
        covering([plant("a", 50, 10, unaided_fid=2028, status="committed"), plant("b", 40, 10, unaided_fid=2029)], 10)
    )
    plan = solve(world, gap=0)
    for changed in _changed(plan):
        result = audit(world, changed)
        assert not result.passed


def _changed(plan: Plan) -> Iterator[Plan]:
    (a,) = plan.projects
    for field in ("deadweight_t", "deadweight_m"):
        for value in (getattr(a, field) + 1, None):
            yield plan.model_copy(update={"projects": (a.model_copy(update={field: value}),)})
    for field in ("unaided_t", "counterfactual_t"):
        rows = tuple(r.model_copy(update={field: getattr(r, field) + 1}) for r in plan.capacity)
        yield plan.model_copy(update={"capacity": rows})

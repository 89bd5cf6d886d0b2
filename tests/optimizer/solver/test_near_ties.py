"""Limits that a selection meets or misses by almost nothing: no plan worse than the best that keeps every limit.

The whole campaign is `tests/campaign/near_ties.py`; here a slice of it and the books that were once solved wrong.
"""

import math
from collections.abc import Callable

import pytest
from support.near_ties import ValueRange, best, exact, faults, near_tie, need, wide
from support.near_ties_years import best_over_years, converted, near_tie_over_years
from support.repeatable import examples
from support.tables import Book, case, settings

from models.case import Case
from models.plan import Plan
from models.sets import Sets
from optimizer.analysis.risk import solve
from optimizer.errors import Infeasible
from optimizer.solver import tuning
from optimizer.solver.deadline import Deadline
from optimizer.solver.exact_rows import breaks, cuts
from optimizer.solver.lexicographic import Options, open_search
from optimizer.solver.no_solution import InfeasibilityProof, NoSolutionFound
from optimizer.solver.proof import margin, proof
from optimizer.solver.results import Limits, SolveResult
from optimizer.solver.second_witness import confirmed
from optimizer.solver.unpayable import UnpayablePart, unpayable_part

ONCE_WRONG = (32, 453, 609, 1159)
"""Seeds: presolve lost the best plan; three averages within the solver's tolerance and beyond the auditor's."""


@pytest.mark.parametrize("seed", [*ONCE_WRONG, *range(2000, 2000 + examples(1.5))])
def test_near_ties_are_solved_as_enumeration_does(seed: int) -> None:
    as_enumeration_does(case(near_tie(seed)))


@pytest.mark.parametrize("seed", [157, 446, 1110, *range(500, 500 + examples())])
def test_wide_numbers_are_solved_as_enumeration_does(seed: int) -> None:
    as_enumeration_does(case(wide(seed)))


OVERDRAWN = (9, 319, 10004, 20427)
"""Seeds: what one year may be overdrawn by was carried into the next, and the audit refused the awards; one selection after
the other was refused, until time ended; a part of a selection was refused because a rule asks for more."""


@pytest.mark.parametrize("seed", [*OVERDRAWN, *range(3000, 3000 + examples(0.3))])
def test_near_ties_over_years_are_solved_as_enumeration_does(seed: int) -> None:
    as_enumeration_does(converted(near_tie_over_years(seed)), best_over_years)


def as_enumeration_does(world: Case, enumerated: Callable[[Case], ValueRange] = best) -> None:
    span = enumerated(world)
    try:
        plan = solve(world, gap=0)
    except Infeasible:
        assert faults(span, None, None) == []
        return
    assert faults(span, plan.objective.value, plan.objective.bound) == []
    assert plan.status == "optimal"


def test_a_search_without_a_plan_tells_how_large_a_value_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its only selection breaks a limit in exact arithmetic; the bound of all selections holds all the same."""
    world = case(near_tie(609))
    value = solve(world, gap=0).objective.value
    monkeypatch.setattr(tuning, "MOST_CUTS", 1)
    with pytest.raises(NoSolutionFound) as ended:
        open_search(Sets(world), Options(gap=0)).run()
    assert value <= ended.value.bound < math.inf


def mines(*rows: tuple[float, float], rules: tuple[dict[str, object], ...] = (), **further: object) -> Book:
    """Mines by capital cost (millions) and tonnes; no programmes."""
    projects = [
        {"id": f"p{n}", "country": "US", "stage": "mine", "capex_m": cost, "capacity_tpa": tonnes, "build_years": 0}
        for n, (cost, tonnes) in enumerate(rows)
    ]
    given = {"first_year": 2026, "last_year": 2028, "last_fid_year": 2026, **further}
    return {"projects": projects, "rules": [dict(r) for r in rules], "settings": settings(**given)}


def ids(plan: Plan) -> set[str]:
    return {p.id for p in plan.projects}


def test_three_projects_of_which_a_pair_misses_the_budget_by_its_last_digit() -> None:
    book = mines((49.017221, 2300.0), (55.5, 7400.0), (150.0, 90.0), total_budget_m=104.51722)
    assert ids(solve(case(book), gap=0)) == {"p0", "p1"}, "a dollar too much is within the auditor's tolerance"
    book = mines((49.0174, 2300.0), (55.5, 7400.0), (150.0, 90.0), total_budget_m=104.51722)
    assert ids(solve(case(book), gap=0)) == {"p1"}, "two hundred dollars too much are not"


def test_a_total_that_is_a_rounded_sum_of_needs_still_pays_for_something() -> None:
    costs = (313.1234567, 288.7654321, 306.1111143)
    book = mines(*((c, 600.0 + n) for n, c in enumerate(costs)))
    total = round(sum(costs), 5) - 2e-5
    book["programmes"] = [{"id": "grants", "instrument": "grant", "total_m": total}]
    book["settings"] += settings(total_budget_m="none")
    plan = solve(case(book), gap=0)
    assert plan.audit is not None
    assert plan.audit.passed
    assert plan.objective.value >= 1201.0


@pytest.mark.parametrize(
    ("gas", "expected"),
    [((2e7, 5e-5), set()), ((2e7, 5e-7), {"p1"}), ((2e7, -3e7), {"p0", "p1"}), ((5e9, 3e-5), set())],
)
def test_a_rule_over_measures_of_many_orders_is_kept_exactly(gas: tuple[float, float], expected: set[str]) -> None:
    rule = {"rule": "emissions", "measure": "ghg_t", "aggregate": "sum", "sense": "<=", "value": 0.0}
    book = mines((100.0, 5000.0), (50.0, 900.0), rules=(rule,), total_budget_m=300.0)
    for row, tonnes in zip(book["projects"], gas, strict=True):
        row["ghg_t"] = tonnes
    assert ids(solve(case(book), gap=0)) == expected


def test_many_small_terms_beside_a_large_one() -> None:
    """Each of the small ones alone keeps the limit of 10; which of them together is told apart exactly."""
    rule = {"rule": "emissions", "measure": "ghg_t", "aggregate": "sum", "sense": "<=", "value": 10.0}
    sizes = [3e10, 7.0, 2.9, 0.2, 0.0999, 4.0]
    book = mines(*((10.0, 100.0 + s) for s in range(6)), rules=(rule,), total_budget_m=300.0)
    for row, tonnes in zip(book["projects"], sizes, strict=True):
        row["ghg_t"] = tonnes
    assert ids(solve(case(book), gap=0)) == {"p2", "p3", "p4", "p5"}


def test_a_floor_that_only_large_terms_can_meet_is_infeasible() -> None:
    rule = {"rule": "emissions", "measure": "ghg_t", "aggregate": "sum", "sense": ">=", "value": 1e-4}
    book = mines((100.0, 5000.0), (50.0, 900.0), rules=(rule,), total_budget_m=300.0)
    for row, tonnes in zip(book["projects"], (-2e7, 5e-5), strict=True):
        row["ghg_t"] = tonnes
    assert proved_infeasible(case(book)).means == "one limit"


def test_a_cut_refuses_what_breaks_the_row_and_no_more() -> None:
    search = open_search(Sets(case(mines((60.0, 1.0), (50.0, 1.0), (30.0, 1.0), total_budget_m=100.0))), Options())
    matrix, engine = search.matrix, search.engine
    bounds = engine.lower, engine.upper
    at = [matrix.column(v) for v in search.program.decision.start.values()]

    def taken(*which: int) -> "object":
        x = matrix.lower.copy()
        x[[at[n] for n in which]] = 1.0
        return x

    assert cuts(matrix, engine.stated_limits, bounds, taken(0, 2)) == []
    (cut,) = cuts(matrix, engine.stated_limits, bounds, taken(0, 1))
    assert [breaks(cut, taken(*w)) for w in ((0, 1), (0, 1, 2), (0, 2), (1, 2), ())] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_the_second_witness_takes_the_better_plan_and_says_so() -> None:
    """A first answer that is wrong, as a presolve once gave it: the second search finds the better plan."""
    search = open_search(
        Sets(case(mines((60.0, 10.0), (40.0, 7.0), (30.0, 5.0), total_budget_m=100.0))), Options(gap=0)
    )
    goal, limits = search.matrix.objectives[0], Limits(0.0, 60.0)
    right = search.engine.minimize(goal, limits)
    assert confirmed(search.engine, goal, right, limits, None)[1] == "agrees"
    wrong = SolveResult("optimal", search.matrix.lower.copy(), 0.0, 0.0)
    result, agreement = confirmed(search.engine, goal, wrong, limits, None)
    assert agreement == "disagrees"
    assert result.objective == pytest.approx(-17.0)
    assert result.bound <= -17.0 + 1e-9
    none = SolveResult("infeasible", None, float("inf"), float("inf"))
    result, agreement = confirmed(search.engine, goal, none, limits, None)
    assert (agreement, result.objective) == ("disagrees", pytest.approx(-17.0))


def test_the_plan_of_a_small_book_records_the_second_witness() -> None:
    plan = solve(case(mines((60.0, 10.0), (40.0, 7.0), total_budget_m=100.0)), gap=0)
    assert plan.manifest["second_witness"] == "agrees"


@pytest.mark.parametrize(("budget", "means"), [(90.0, "two searches"), (100.0, None)])
def test_an_infeasible_book_says_how_that_is_proved(budget: float, means: str | None) -> None:
    rule = {"rule": "both", "measure": "count", "aggregate": "sum", "sense": ">=", "value": 2.0}
    world = case(mines((60.0, 10.0), (40.0, 7.0), rules=(rule,), total_budget_m=budget))
    if means is None:
        assert ids(solve(world, gap=0)) == {"p0", "p1"}
    else:
        assert proved_infeasible(world).means == means


def proved_infeasible(world: Case) -> InfeasibilityProof:
    with pytest.raises(Infeasible) as raised:
        solve(world, gap=0)
    assert raised.value.proof is not None
    assert raised.value.proof.sentence
    return raised.value.proof


def test_the_part_of_a_selection_that_cannot_be_paid_for_is_as_small_as_it_can_be() -> None:
    rule = {"rule": "all", "measure": "count", "aggregate": "sum", "sense": ">=", "value": 4.0}
    book = mines((60.0, 10.0), (50.0, 7.0), (30.0, 5.0), (5.0, 1.0), rules=(rule,), total_budget_m="none")
    book["programmes"] = [{"id": "grants", "instrument": "grant", "carry_over": "yes", 2026: 95.0, 2028: 100.0}]
    sets = Sets(case(book))
    chosen = dict.fromkeys(("p0", "p1", "p2", "p3"), 2026)
    now = unpayable_part(sets, chosen, Deadline(math.inf))
    assert now == UnpayablePart((("p0", 2026), ("p1", 2026)), 2), "in later years there is money for both"
    assert unpayable_part(sets, {"p0": 2026}, Deadline(math.inf)) is None, "it is the rule that asks for more"
    book["programmes"] = [{"id": "grants", "instrument": "grant", "total_m": 109.0}]
    book["settings"] = [row | ({"value": 2027} if row["key"] == "last_fid_year" else {}) for row in book["settings"]]
    ever = unpayable_part(Sets(case(book)), chosen, Deadline(math.inf))
    assert ever == UnpayablePart((("p0", 2026), ("p0", 2027), ("p1", 2026), ("p1", 2027)), 2)


def test_only_the_bound_of_a_wide_book_is_rounded_outward() -> None:
    usual, wide_book = mines((60.0, 10.0), (40.0, 7.0)), mines((60.0, 1e9), (40.0, 7.0))
    assert margin(Sets(case(usual | {"settings": usual["settings"] + settings(total_budget_m=90.0)}))) == 0
    rounded = margin(Sets(case(wide_book | {"settings": wide_book["settings"] + settings(total_budget_m=90.0)})))
    assert rounded > 0
    assert proof(0.5, 0.5, 0.0) == ("optimal", 0.5, 0.0)
    status, bound, gap = proof(0.5, 0.5, 0.0, margin=rounded)
    assert (status, bound, gap) == ("optimal", 0.5 + rounded, (bound - 0.5) / 0.5)


def test_the_oracle_reads_decimals_as_they_are_printed() -> None:
    assert exact(0.1) * 3 == exact(0.3)
    assert [float(need(p)) for p in case(mines((12.5, 1.0))).projects] == [12.5]


def test_a_plant_far_larger_than_the_demand_covers_it_and_no_more() -> None:
    """Tonnes eleven orders apart: the small plant alone covers the demand, and so does the endless one."""
    book = mines((500.0, 6.7), (1.0, 4.4e11), (300.0, 0.001), total_budget_m=400.0)
    book["demand"] = [{"stage": "mine", 2026: 0.00573}]
    plan = solve(case(book), gap=0)
    assert (plan.objective.value, ids(plan)) == (1.0, {"p1"})


def test_a_gap_of_a_few_tonnes_beside_a_demand_of_a_million_million() -> None:
    book = mines((10.0, 621000000000.0), (900.0, 1.0), total_budget_m=20.0)
    book["demand"] = [{"stage": "mine", 2026: 621000000021.1}]
    plan = solve(case(book), gap=0)
    assert [row.gap_t for row in plan.capacity] == [21.1] * 3

"""Rules that hold in every scenario, or in scenarios of a probability, against every selection tried."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from support import oracle_stress, risk_books
from support.repeatable import EXAMPLES
from support.stress_books import STAGES, clause

from models.audit import audit
from models.case import Case
from models.checks import check
from models.formulation import risk_program
from models.plan import Plan
from models.risk import Refuted, risk_of
from models.schema import Demand, Programme, Project, Rule, Scenario, Where
from models.sets import Sets
from models.settings import Settings
from optimizer.analysis.infeasibility import repairs
from optimizer.analysis.risk import solve
from optimizer.errors import Infeasible
from optimizer.reports.answers import repair_text
from optimizer.reports.answers.files import FORMATS
from optimizer.reports.rule_sentences import not_met
from optimizer.solver.highs import Engine
from optimizer.solver.lexicographic import Options
from optimizer.solver.results import Limits
from optimizer.solver.standard_form import compile_program

MANY = max(3, EXAMPLES // 4)
TIGHT = 1e-6


def book(seed: int, risk: str, holds: str) -> Case:
    """A floor on the output of a year that some selections keep in some scenarios."""
    case = risk_books.book(seed, risk)
    tonnes = [
        oracle_stress.delivered(case, [], p, risk_books.FIRST, 2031) for p in case.projects if p.status == "candidate"
    ]
    floor = Rule(
        row=8, rule="floor", measure="capacity", aggregate="sum", sense=">=", value=0.7 * max(tonnes, default=0.0) + 1.0,
        year=2031, holds=holds,
    )  # fmt: skip
    return case.with_(rules=(*case.rules, floor))


def is_kept(case: Case, chosen: dict[str, int]) -> bool:
    """Whether a selection keeps the floor as its cell asks."""
    chances, holds = risk_books.probabilities(case), case.rules[-1].holds
    rows: dict[str, list[Scenario]] = {w: [r for r in case.scenarios if r.scenario == w] for w in chances}
    kept = [w for w in chances if "floor" not in oracle_stress.answer(case, chosen, {}, rows[w]).broken]
    return len(kept) == len(chances) if holds == "always" else sum(chances[w] for w in kept) >= float(holds) - 1e-9


def best(case: Case) -> float | None:
    """The largest measure of the selections that keep the floor; None where none does."""
    every = [(c, risk_books.values(case, c)) for c in risk_books.selections(case)]
    values = [risk_books.measure(case, result, {}) for c, result in every if is_kept(case, c)]
    return max(values, default=None)


@pytest.mark.parametrize(("risk", "holds"), [("expected", "always"), ("expected", "0.5"), ("worst", "0.8")])
def test_value_equals_that_of_every_selection_tried(risk: str, holds: str) -> None:
    solved = refused = 0
    for seed in range(MANY):
        case = book(seed, risk, holds)
        top = best(case)
        if top is None:
            refused += 1
            with pytest.raises(Infeasible):
                solve(case, gap=0.0, time_limit=60)
            continue
        solved += 1
        plan = solve(case, gap=0.0, time_limit=60)
        assert plan.objective.value == pytest.approx(top, abs=TIGHT), seed
        assert is_kept(case, {p.id: p.fid_year for p in plan.projects}), seed
    assert solved, (solved, refused)


def test_the_auditor_refuses_a_plan_whose_scenarios_break_the_rule() -> None:
    plan, case = next(_solved_without())
    assert not audit(case, plan).passed


def _solved_without() -> Iterator[tuple[Plan, Case]]:
    """A plan that is best without the floor and breaks it in a scenario, and the case that asks for it always."""
    for seed in range(3, 20):
        case = book(seed, "expected", "always")
        soft = case.rules[-1].model_copy(update={"holds": "0.000001"})
        loose = case.with_(rules=(*case.rules[:-1], soft))
        if best(loose) is not None:
            plan = solve(loose, gap=0.0, time_limit=60)
            if not is_kept(case, {p.id: p.fid_year for p in plan.projects}):
                yield plan, case


def test_what_holds_is_reported_at_the_cell() -> None:
    wrong = {"often": "none of plan, always", "2": "none of plan, always"}
    for text, message in wrong.items():
        faults, _ = check(book(0, "expected", text))
        assert any(message in diagnostic.message and diagnostic.column == "holds" for diagnostic in faults), text
        faults, _ = check(with_grants(value=110.0, holds=text))
        assert [diagnostic.column for diagnostic in faults] == ["holds"], text
    _, warnings = check(book(0, "none", "always"))
    assert any("the rule holds as planned" in diagnostic.message for diagnostic in warnings)


FLOOR = {"row": 2, "rule": "floor", "measure": "capacity", "aggregate": "sum", "sense": ">=", "year": 2028}
"""A row of the sheet rules but for its value."""


def with_grants(**floor: object) -> Case:
    """Two like mines, money for one; half of the time output is a fifth larger."""
    mines = [
        Project(row=n, id=f"m{n}", country="AU", stage="mine", capacity_tpa=100.0, capex_m=50.0, build_years=0,
                earliest_fid=2026, latest_fid=2027)
        for n in range(2)
    ]  # fmt: skip
    rule = FLOOR | {"holds": "0.5"}
    return Case(
        name="two mines", projects=tuple(mines), programmes=(Programme(row=2, id="aid", instrument="grant", uncapped=True),),
        settings=Settings(first_year=2026, last_year=2030, total_budget_m=60.0, risk="expected"),
        demand=(Demand(row=2, stage="mine", years={2026: 200.0}),), rules=(Rule.model_validate(rule | floor),),
        scenarios=(Scenario(row=2, scenario="good", probability=0.5, parameter="capacity", value=1.2),),
    )  # fmt: skip


def test_programmes_pay_for_a_plan_that_keeps_its_rule_in_scenarios_only() -> None:
    """One mine delivers 100 t as planned and 120 t in the good scenario: the floor of 110 t holds in half of all."""
    plan = solve(with_grants(value=110.0), gap=0.0)
    assert (plan.status, plan.objective.value) == ("optimal", pytest.approx((0.5 + 0.6) / 2))
    asked = "Rule floor (at least 110 t/yr of new capacity in 2028)"
    told = f"{asked}: 100 t/yr as planned (not met there; asked in scenarios of probability 0.5)."
    assert not_met(with_grants(value=110.0), plan) == [told]
    with pytest.raises(Infeasible):
        solve(with_grants(value=110.0, holds="0.6"), gap=0.0)


def test_a_rule_over_awards_is_asked_of_scenarios() -> None:
    """A mine for 50 M delivers 2.4 t a million in the good scenario, which is half of all."""
    case = with_grants(measure="capacity", per="public_cost", aggregate="ratio", value=2.2)
    for paid in (case, case.with_(programmes=())):
        assert solve(paid, gap=0.0).objective.value == pytest.approx((0.5 + 0.6) / 2)
    assert not solve(with_grants(measure="capacity", per="public_cost", aggregate="ratio", value=2.5), gap=0.0).projects


def test_a_rule_in_scenarios_can_ask_for_more_money_than_the_need() -> None:
    """The mine needs 25 M of 50 M; 0.4 M a tonne are asked of what it delivers, 48 M in the good scenario."""
    case = with_grants(measure="award", per="capacity", aggregate="ratio", value=0.4, holds="always")
    half = case.with_(projects=tuple(p.model_copy(update={"private_share": 0.5}) for p in case.projects[:1]))
    plan = solve(half, gap=0.0)
    assert plan.projects[0].public_m == pytest.approx(48.0)
    assert solve(half.with_(rules=()), gap=0.0).projects[0].public_m == pytest.approx(25.0)


def test_repairs_leave_out_the_rules_that_only_scenarios_keep() -> None:
    """As planned no plan delivers 110 t, and none is asked to."""
    case = with_grants(value=110.0)
    report = repairs(case, Options(0.0, 20.0))
    assert report.feasible
    assert "as planned" in str(repair_text.show(report, case=case)[0])
    answer = repair_text.answer(case, report)
    assert answer.lines == [repair_text.feasible(case)]
    assert all(answer.content(form) for form in FORMATS)


def with_calls(**floor: object) -> Case:
    """A mine and a magnet plant, the latter worth twice as much; in the dear scenario each is called for 10 M, of which there
    are 10 M."""
    plants = tuple(
        Project(row=n, id=s, country="AU", stage=s, capacity_tpa=100.0, capex_m=50.0, build_years=0, latest_fid=2026)
        for n, s in enumerate(STAGES)
    )
    rule = FLOOR | {"value": 90.0}
    return Case(
        name="two plants", projects=plants, demand=tuple(Demand(row=n, stage=s, years={2026: 200.0}) for n, s in enumerate(STAGES)),
        settings=Settings(
            first_year=2026, last_year=2030, total_budget_m=200.0, risk="expected", contingency_m=10.0, stages=STAGES,
            stage_weights={"magnet": 2.0},
        ),
        rules=(Rule.model_validate(rule | clause("stage", "mine") | floor),),
        scenarios=(Scenario(row=2, scenario="dear", probability=0.5, parameter="capex", value=1.2),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("holds", "value", "financed"), [("always", 1 / 6, {"mine"}), ("0.5", 5 / 12, {"mine", "magnet"})]
)
def test_who_goes_on_is_what_is_worth_most_and_not_what_keeps_a_rule(
    holds: str, value: float, financed: set[str]
) -> None:
    """Of both the magnet plant goes on in the dear scenario, and the rule on mines breaks there: half of all keep it."""
    plan = solve(with_calls(holds=holds), gap=0.0)
    assert (plan.status, plan.objective.value) == ("optimal", pytest.approx(value))
    assert {p.id for p in plan.projects} == financed


@pytest.mark.parametrize(("fixed", "status"), [(("mine",), "optimal"), (("mine", "magnet"), "infeasible")])
def test_a_refuted_selection_leaves_a_part_of_it_open(fixed: tuple[str, ...], status: str) -> None:
    """Also where the selection is fixed, and the program has no column for what is left out."""
    sets = Sets(with_calls(holds="always"))
    both = Refuted("floor", "dear", {"mine": 2026, "magnet": 2026})
    program = risk_program(sets, replace(risk_of(sets.case), refuted=(both,)), fixed=dict.fromkeys(fixed, 2026))
    matrix = compile_program(program)
    assert Engine(matrix, threads=1, seed=0).minimize(matrix.objectives[0], Limits(0.0, 10.0)).status == status


def test_a_soft_ratio_counts_the_capital_cost_of_who_stops() -> None:
    """In the dear scenario 100 t stand of plants for 100 M; at the 2 t a million that are asked 100 t are missing."""
    ratio = with_calls(aggregate="ratio", per="capex", value=2.0, hard=False, penalty=0.001, where="", picks=Where())
    plan = solve(ratio, gap=0.0)
    assert plan.risk is not None
    dear = next(r for r in plan.risk.scenarios if r.scenario == "dear")
    assert dear.stopped == ("mine",)
    assert dear.value == pytest.approx(1 / 3 - 0.1)
    assert plan.status == "optimal"

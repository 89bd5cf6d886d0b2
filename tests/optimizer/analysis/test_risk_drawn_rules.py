"""Draws with rules on deliveries: hard ones that hold in draws, and soft ones that cost their penalty in each, against every
selection tried."""

import random
from functools import cache

import pytest
from support import drawn_books, risk_books
from support.repeatable import EXAMPLES
from support.scenario_books import Oracle, book

from models.audit import audit
from models.case import Case
from models.checks import check
from models.checks.risk import claims
from models.evaluation import Decided
from models.plan import Plan
from models.schema import Demand, Programme, Project, Risk, Rule, Scenario, Where
from models.settings import Settings
from optimizer.analysis.risk import solve
from optimizer.analysis.risk.drawn import DrawnJudge
from optimizer.errors import Infeasible
from optimizer.reports.rule_sentences import not_met

SEED = 5
TIGHT = 1e-6
FEW = {"hard": (9, 12), "soft": (6, 9)}
"""Books with calls, with a review, and with rules of other aggregates."""


def drawn_book(seed: int, kind: str) -> Case:
    """Any small book with a few draws and a further rule on the capacity of a stage."""
    drawn, r = book(seed), random.Random(seed + 5)
    p, s, reviewed = r.choice(drawn.projects), drawn.settings, drawn.settings.review_year is not None
    measure = s.risk if s.risk != "regret" and not (reviewed and s.risk == "cvar") else "worst"
    tonnes, ratio = p.capacity_tpa * p.allied_share * r.choice((0.3, 0.8, 1.2)), r.random() < 0.3
    rule = Rule(
        row=90, rule="more", measure="capacity", sense=r.choice((">=", ">=", "<=")), where=f"stage={p.stage}",
        picks=Where(projects=(("stage", (p.stage,)),)), aggregate="ratio" if ratio else "sum", per="capex" if ratio else None,
        value=round(tonnes / p.capex_m if ratio and p.capex_m else tonnes, 3), hard=kind == "hard",
        holds=("always" if reviewed else r.choice(("always", "0.6", "0.3"))) if kind == "hard" else "",
        penalty=None if kind == "hard" else r.choice((0.0002, 0.01)),
    )  # fmt: skip
    risk = Risk(row=1, p_fail=r.choice((0.0, 0.2)), delay=((0, 50.0), (1, 50.0)), overrun=r.choice((1.0, 1.3)))
    settings = s.model_copy(update={"draws": r.choice((3, 6)), "risk": measure})
    return drawn.with_(risks=(risk,), rules=(*drawn.rules, rule), settings=settings)


@pytest.mark.parametrize("kind", ["hard", "soft"])
def test_value_equals_that_of_every_selection_or_policy_tried(kind: str) -> None:
    for seed in FEW[kind] if EXAMPLES < 100 else range(EXAMPLES):
        case = drawn_book(seed, kind)
        oracle = Oracle(drawn_books.as_scenarios(case, SEED))
        top = oracle.best() if case.settings.review_year is None else oracle.best_by_state()
        try:
            plan = solve(case, gap=0.0, time_limit=60, seed=SEED)
        except Infeasible:
            assert top is None, seed
            continue
        assert plan.objective.value == pytest.approx(top, rel=TIGHT, abs=TIGHT), seed
        assert plan.objective.bound >= plan.objective.value - TIGHT, seed
        assert plan.status == "optimal", seed


@cache
def two_mines(**floor: object) -> Case:
    """Two like mines, each of which fails in half of the draws; a floor of 60 t on what they deliver."""
    mines = tuple(
        Project(row=n, id=f"m{n}", country="AU", stage="mine", capacity_tpa=100.0, capex_m=50.0, build_years=0,
                earliest_fid=2026, latest_fid=2026)
        for n in range(2)
    )  # fmt: skip
    rule = {"row": 2, "rule": "floor", "measure": "capacity", "aggregate": "sum", "sense": ">=", "value": 60.0} | floor
    settings = Settings(
        first_year=2026, last_year=2028, total_budget_m=200.0, risk="expected", draws=16, stages=("mine",)
    )
    return Case(
        name="two mines", projects=mines, settings=settings, risks=(Risk(row=2, p_fail=0.5),),
        demand=(Demand(row=2, stage="mine", years={2026: 200.0}),), rules=(Rule.model_validate(rule),),
    )  # fmt: skip


def kept(plan: Plan, case: Case) -> float:
    """The part of the draws planned for that leave a mine standing."""
    drawn = drawn_books.as_scenarios(case, SEED)
    chances = risk_books.probabilities(drawn)
    out = {w: {i for r in drawn.scenarios if r.scenario == w and r.parameter == "fails" for _, (i,) in r.picks.projects}
           for w in chances}  # fmt: skip
    return sum(chances[w] for w in chances if {p.id for p in plan.projects} - out[w])


@pytest.fixture(scope="module")
def planned() -> Plan:
    """The plan of both mines, which is best without the floor."""
    return solve(two_mines(holds="0.1"), gap=0.0, seed=SEED)


def test_a_rule_that_holds_with_a_probability_counts_the_draws_that_keep_it(planned: Plan) -> None:
    part = kept(planned, two_mines())
    assert 0.5 < part < 1
    case = two_mines(holds=f"{part:.6f}")
    assert not check(case)[0]
    assert solve(case, gap=0.0, seed=SEED).objective.value == pytest.approx(planned.objective.value)
    for more in (f"{part + 0.01:.6f}", "always"):
        with pytest.raises(Infeasible):
            solve(two_mines(holds=more), gap=0.0, seed=SEED)


def test_the_auditor_counts_the_draws_that_break_a_rule(planned: Plan) -> None:
    assert audit(two_mines(holds="0.1"), planned).passed
    for holds, message in (("always", "rule floor is broken in draw"), ("0.99", "rule floor holds with probability")):
        asked = two_mines(holds=holds)
        assert any(message in line for line in audit(asked, planned).checks), holds
        assert not DrawnJudge(asked, 16, SEED).keeps(Decided.of(asked, planned))


def test_a_soft_rule_costs_its_penalty_in_each_draw(planned: Plan) -> None:
    """0.001 for each of the 60 t that are missing where both mines fail: the value falls by 6 points in each such draw."""
    case, without = two_mines(hard=False, penalty=0.001), planned.objective.value
    plan = solve(case, gap=0.0, seed=SEED)
    assert plan.objective.value == pytest.approx(without - 0.06 * (1 - kept(plan, case)))
    assert audit(case, plan).passed
    assert plan.risk is not None
    raised = plan.model_copy(update={"risk": plan.risk.model_copy(update={"value": without})})
    assert not audit(case, raised).passed


def test_a_plan_that_breaks_its_rule_as_planned_says_where_it_is_asked() -> None:
    """Output that doubles in a scenario keeps a floor that no plan keeps as planned."""
    double = Scenario(row=2, scenario="good", probability=0.9, parameter="capacity", value=2.0)
    case = two_mines(value=210.0, holds="0.1").with_(scenarios=(double,), risks=())
    plan = solve(case, gap=0.0, seed=SEED)
    assert "not met there; asked in draws of probability 0.1" in not_met(case, plan)[0]


def test_draws_of_a_book_without_candidates_are_planned_for() -> None:
    case = two_mines(hard=False, penalty=0.001)
    existing = case.with_(projects=tuple(p.model_copy(update={"status": "underway"}) for p in case.projects))
    for rules in ((), case.rules):
        assert not solve(existing.with_(rules=rules), gap=0.0, seed=SEED).projects


def test_draws_that_miss_a_scenario_are_planned_for() -> None:
    rare = Scenario(row=2, scenario="rare", probability=0.001, parameter="demand", value=2.0)
    case = two_mines(holds="plan", value=0.0).with_(scenarios=(rare,))
    assert solve(case, gap=0.0, seed=SEED).status == "optimal"


def test_more_draws_with_such_rules_than_can_be_written_out_are_a_fault() -> None:
    aid = Programme(row=2, id="aid", instrument="grant", uncapped=True)
    dear = two_mines(hard=False, penalty=0.001, aggregate="ratio", per="award").with_(programmes=(aid,))
    for case, why in (
        (two_mines(holds="always"), "with rules that hold in scenarios"),
        (dear, "with soft rules on deliveries and"),
    ):
        many = case.with_(settings=case.settings.model_copy(update={"draws": 999_999}))
        assert why in dict(claims(many))["draws"]
        assert not claims(case)
    soft = two_mines(hard=False, penalty=0.001)
    assert not claims(soft.with_(settings=soft.settings.model_copy(update={"draws": 999_999})))

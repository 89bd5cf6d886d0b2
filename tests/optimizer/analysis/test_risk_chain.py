"""Plans of a chain under a measure of risk, against every selection whose flows are worked out one by one."""

import itertools
import random
from dataclasses import replace

import numpy as np
import pytest
from support import stress_books
from support.repeatable import EXAMPLES
from support.strategies_chain import small_chain
from support.tables import case as case_of

from models.audit import audit
from models.case import Case
from models.evaluation import Decided
from models.risk import risk_of
from models.schema import Rule, Scenario
from models.sets import Sets
from models.terms import need
from optimizer.analysis.risk import solve
from optimizer.analysis.risk.drawn import DrawnJudge, flows_of_plan
from optimizer.analysis.risk.forms import outcomes_of
from optimizer.analysis.risk.judge import Judge, NamedJudge
from optimizer.analysis.risk.l_shaped import best_over_outcomes
from optimizer.analysis.risk.search import Watch
from optimizer.solver.lexicographic import Options

MANY = max(1, EXAMPLES // 12)
YEARS = 2
DRAWS = 12


def book(seed: int, risk: str) -> Case:
    """A small chain without programmes or rules, money for a part of it, and three scenarios."""
    case = case_of(small_chain(random.Random(seed)))
    free = {
        "status": "candidate", "requires": (), "excludes": (), "together": (), "group": None, "unaided_fid": None,
        "country": "US", "earliest_fid": None, "latest_fid": case.settings.first_year + YEARS - 1, "hurdle_rate": None,
    }  # fmt: skip
    projects = tuple(p.model_copy(update=free) for p in case.projects[:3])
    changes = {
        "risk": risk, "total_budget_m": 0.6 * sum(map(need, projects)), "hurdle_rate": None, "alpha": 0.6, "aversion": 0.7,
        "last_fid_year": case.settings.last_year,
    }  # fmt: skip
    rows = (
        Scenario(row=1, scenario="less", probability=0.3, parameter="capacity", value=0.5),
        Scenario(row=2, scenario="more", probability=0.3, parameter="demand", value=1.5),
        Scenario(row=3, scenario="cut off", parameter="existing", value=0.2),
    )
    settings = case.settings.model_copy(update=changes)
    return case.with_(projects=projects, programmes=(), rules=(), outlays=(), scenarios=rows, settings=settings)


def best(case: Case, judge: Judge) -> float:
    """The largest measure of any selection that the total budget pays for."""
    windows, tried = Sets(case).windows, []
    for years in itertools.product(*((None, *windows[i]) for i in windows)):
        chosen = {i: y for i, y in zip(windows, years, strict=True) if y is not None}
        cost = sum(need(p) for p in case.projects if p.id in chosen)
        if cost <= (case.settings.total_budget_m or 0.0) + 1e-9:
            tried.append(judge.value(Decided(case, chosen, {})))
    return max(tried)


@pytest.mark.parametrize("risk", ["expected", "cvar", "worst"])
def test_value_equals_that_of_every_selection_tried(risk: str) -> None:
    for seed in range(MANY):
        case = book(seed, risk)
        tried = [best(case, NamedJudge(case))]
        plan = solve(case, gap=0.0, time_limit=60)
        size = max(1.0, abs(max(tried)))
        assert plan.objective.value == pytest.approx(max(tried), abs=1e-6 * size), seed
        assert plan.objective.bound >= max(tried) - 1e-6 * size
        assert plan.audit is not None
        assert plan.audit.passed


@pytest.mark.parametrize(("risk", "draws"), [("cvar", DRAWS), ("worst", 0)])
def test_cuts_by_duals_give_the_value_of_every_selection(risk: str, draws: int) -> None:
    for seed in range(5, 5 + MANY):
        case = book(seed, risk).with_(risks=stress_books.risks(seed))
        case = case.with_(settings=case.settings.model_copy(update={"draws": draws}), rules=soft_rules(case))
        judge: Judge = DrawnJudge(case, draws, 5) if draws else NamedJudge(case)
        top, sets = best(case, judge), Sets(case)
        outcomes = outcomes_of(sets, draws, 5)
        result = best_over_outcomes(sets, risk_of(case), outcomes, Options(0.0, 60), Watch(), {})
        size = max(1.0, abs(top))
        assert judge.value(Decided(case, result.chosen, {})) == pytest.approx(top, abs=1e-6 * size), seed
        assert top - 1e-6 * size <= result.bound <= top + 1e-5 * size, seed


def test_draws_of_a_chain_that_miss_a_scenario_are_planned_for() -> None:
    case = book(5, "expected")
    rare = tuple(r.model_copy(update={"probability": 0.001}) if r.scenario == "more" else r for r in case.scenarios)
    case = case.with_(scenarios=rare, settings=case.settings.model_copy(update={"draws": 2}))
    outcomes = outcomes_of(Sets(case), 2, 5)
    assert "more" not in {outcomes.scenarios[s].name for s in outcomes.scenario}
    assert np.isfinite(best_over_outcomes(Sets(case), risk_of(case), outcomes, Options(0.0, 60), Watch(), {}).bound)


def soft_rules(case: Case) -> tuple[Rule, ...]:
    """Soft rules on the capacity of all projects: of its sum, and for each million that they cost."""
    tonnes, cost = sum(p.capacity_tpa for p in case.projects), sum(p.capex_m for p in case.projects)
    return tuple(
        Rule(
            row=n, rule=f"r{n}", measure="capacity", aggregate=aggregate, per="capex", sense=sense, value=value, hard=False,
            penalty=0.01 / tonnes,
        )
        for n, (aggregate, sense, value) in enumerate((("sum", ">=", 0.8 * tonnes), ("ratio", "<=", 0.5 * tonnes / cost)))
    )  # fmt: skip


def test_a_support_of_the_flows_is_nowhere_below_them() -> None:
    case = book(5, "expected").with_(risks=stress_books.risks(5))
    case = case.with_(settings=case.settings.model_copy(update={"draws": DRAWS}))
    outcomes = outcomes_of(Sets(case), DRAWS, 1)
    rng, count = np.random.default_rng(0), len(outcomes.starts)
    for _ in range(8):
        here, there = outcomes.at(rng.random(count)), rng.random(count) * rng.integers(0, 2, count)
        constant, gradient = outcomes.cuts(outcomes.probability, here.slopes)
        mean = np.einsum("n,nky->ky", outcomes.probability, outcomes.at(there).parts)
        assert (constant + gradient @ there >= mean - 1e-9).all()
    at = rng.random(count)
    constant, gradient = outcomes.cuts(outcomes.probability, outcomes.at(at).slopes)
    mean = np.einsum("n,nky->ky", outcomes.probability, outcomes.at(at).parts)
    assert constant + gradient @ at == pytest.approx(mean, abs=1e-7)


@pytest.mark.parametrize(("review", "contingency"), [(None, None), (2027, 3.0)])
def test_draws_of_a_chain_are_reported_on_fresh_ones_and_audited_by_their_flows(
    review: int | None, contingency: float | None
) -> None:
    case = book(4, "expected").with_(risks=stress_books.risks(4))
    changes = {"draws": DRAWS, "review_year": review, "contingency_m": contingency}
    case = case.with_(settings=case.settings.model_copy(update=changes))
    plan = solve(case, gap=0.0, time_limit=60, seed=5)
    assert plan.risk is not None
    assert plan.risk.draws is not None
    assert (plan.risk.draws.n, plan.risk.draws.planned_for) == (1_000, DRAWS)
    flows = flows_of_plan(case, plan)
    assert flows is not None
    assert audit(case, plan, flows) == plan.audit
    assert any("every draw of the chain by its flows" in line for line in plan.audit.checks)
    alone = audit(case, plan)
    assert alone.passed
    assert any("draws of a chain" in line for line in alone.checks)
    forged = plan.model_copy(update={"risk": plan.risk.model_copy(update={"value": plan.risk.value + 1e-4})})
    assert not audit(case, forged, flows).passed
    faster = [[[1.01 * run for run in year] for year in draw] for draw in flows.runs]
    assert not audit(case, plan, replace(flows, runs=faster)).passed
    drawn = plan.risk.draws.model_copy(update={"p05": plan.risk.draws.p95 + 1.0})
    assert not audit(case, plan.model_copy(update={"risk": plan.risk.model_copy(update={"draws": drawn})})).passed

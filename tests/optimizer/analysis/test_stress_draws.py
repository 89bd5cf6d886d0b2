"""Draws: the stream as it is defined, analytic cases, and the vectorized evaluation against one draw at a time."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from support import stress_books
from support.stress_plans import plan_of

from models.evaluation import Decided
from models.risk_plan import DrawnValues, RiskPlan
from models.risks import RiskUnit, units
from models.scenarios import Named, Realization, scenarios
from models.schema import Risk
from models.sets import Sets
from optimizer.analysis.stress import StressOptions, stress
from optimizer.analysis.stress.distribution import summary, wilson
from optimizer.analysis.stress.draws import draw
from optimizer.analysis.stress.evaluate import Evaluator
from optimizer.analysis.stress.sampling import sample


def risk(**given: object) -> Risk:
    return Risk.model_validate({"row": 1, **given})


def uncertain(seed: int, **settings: object) -> Decided:
    """A random book with risks and two scenarios with probability."""
    decisions = stress_books.book(seed)
    rows = [r.model_copy(update={"scenario": "bad", "probability": 0.3}) for r in stress_books.scenario(seed + 7)]
    rows += [r.model_copy(update={"scenario": "odd", "probability": 0.2}) for r in stress_books.scenario(seed + 8)]
    rows = [r for r in rows if r.parameter != "budget"]
    case = decisions.case.with_(
        scenarios=tuple(rows), risks=stress_books.risks(seed),
        settings=decisions.case.settings.model_copy(update=settings),
    )  # fmt: skip
    return Decided(case, decisions.chosen, decisions.awards)


def test_the_stream_is_read_draw_by_draw_unit_by_unit() -> None:
    of_units = [RiskUnit(n, "project", risk(p_fail=0.4, delay=((2, 40.0), (0, 60.0)), overrun=1.1, overrun_sigma=0.2), (n,))
                for n in ("a", "b")]  # fmt: skip
    named = [Named("s", 0.3, ()), Named("as planned", 0.7, ())]
    got = sample(of_units, named, 50, seed=5, skip=7)
    stream = np.random.Generator(np.random.PCG64(5))
    for n in range(-7, 50):
        which = stream.random()
        for u in range(2):
            fails, late, over = (stream.random() for _ in range(3))
            if n >= 0:
                assert got.scenario[n] == (0 if which < 0.3 else 1)
                assert got.failed[n, u] == (fails < 0.4)
                assert got.delay[n, u] == (2 if late < 0.4 else 0)
                assert got.overrun[n, u] == 1.1 * math.exp(0.2 * NormalDist().inv_cdf(over))


def test_means_and_probabilities_are_those_of_the_risks() -> None:
    of_units = [RiskUnit("a", "project", risk(p_fail=0.1, delay=((0, 50.0), (1, 30.0), (3, 20.0)), overrun=1.2,
                     overrun_sigma=0.3), ("a",))]  # fmt: skip
    got = sample(of_units, [Named("as planned", 1.0, ())], 200_000)
    assert got.failed.mean() == pytest.approx(0.1, abs=0.003)
    assert got.delay.mean() == pytest.approx(0.9, abs=0.01)
    assert np.median(got.overrun) == pytest.approx(1.2, rel=0.005)
    assert got.overrun.mean() == pytest.approx(1.2 * math.exp(0.045), rel=0.005)


def test_a_project_takes_the_first_row_and_shares_its_units() -> None:
    decisions = stress_books.book(8)
    rows = (risk(common="all", **stress_books.clause("stage", "mine")), risk(common="sponsor"))
    result = units(Sets(decisions.case.with_(risks=rows)))
    mines = tuple(p.id for p in decisions.case.projects if p.stage == "mine")
    assert mines
    assert result[0].projects == mines
    others = [p for p in decisions.case.projects if p.stage != "mine"]
    assert {(u.name, u.kind) for u in result[1:]} == {
        (p.sponsor or p.id, "sponsor" if p.sponsor else "project") for p in others
    }
    assert [u.name for u in result[1:]] == sorted(u.name for u in result[1:])


@pytest.mark.parametrize("seed", range(8))
def test_many_draws_at_once_equal_each_by_itself(seed: int) -> None:
    decisions = uncertain(seed)
    plan, named = Evaluator(decisions), scenarios(decisions.case.scenarios)
    drawn = draw(plan, named, 40, seed=seed)
    for n in range(40):
        outcome = drawn.sample
        of = {i: u for u, unit in enumerate(drawn.units) for i in unit.projects}
        scenario = drawn.scenarios[outcome.scenario[n]]
        alone = Realization(
            scenario.name, scenario.rows,
            delays={i: int(outcome.delay[n, u]) for i, u in of.items()},
            overruns={i: float(outcome.overrun[n, u]) for i, u in of.items()},
            failed=frozenset(i for i, u in of.items() if outcome.failed[n, u]),
        )  # fmt: skip
        expected = plan.realize(alone)
        assert drawn.result.value[n] == pytest.approx(expected.value, abs=1e-9)
        holds = {r.rule: r.holds for r in expected.valuation.rules}
        assert [bool(x) for x in drawn.result.holds[n]] == [holds[r.rule] for r in plan.arrays.rules]


@pytest.mark.parametrize("seed", range(6))
def test_where_the_contingency_binds_draws_are_lower_bounds(seed: int) -> None:
    decisions = uncertain(seed, contingency_m=3.0)
    plan = Evaluator(decisions)
    drawn = draw(plan, scenarios(decisions.case.scenarios), 60, seed=seed)
    free = draw(Evaluator(uncertain(seed)), scenarios(decisions.case.scenarios), 60, seed=seed)
    if all(r.hard or r.sense == ">=" for r in plan.arrays.rules):
        assert (drawn.result.value <= free.result.value + 1e-9).all()
    assert drawn.exact == bool((drawn.result.value == free.result.value).all()) or not drawn.exact


def test_the_summary_says_how_often_rules_hold() -> None:
    decisions = uncertain(2)
    plan = Evaluator(decisions)
    drawn = draw(plan, scenarios(decisions.case.scenarios), 2000)
    result = summary(plan, drawn, seed=0, skip=0)
    assert result is not None
    assert result.low <= result.mean <= result.high
    assert result.p05 <= result.p50 <= result.p95
    assert result.quantiles[50] == pytest.approx(result.p50)
    for place, held in enumerate(result.rules):
        assert held.probability == drawn.result.holds[:, place].mean()
        assert (held.low, held.high) == wilson(int(drawn.result.holds[:, place].sum()), 2000)
    assert sum(driver.share for driver in result.drivers) <= 1.2


def test_the_same_draws_whatever_else_is_asked() -> None:
    decisions = uncertain(1)
    plan, named = Evaluator(decisions), scenarios(decisions.case.scenarios)
    whole, later = draw(plan, named, 100), draw(plan, named, 60, skip=40)
    assert np.array_equal(whole.result.value[40:], later.result.value)


def test_who_shares_a_draw_fails_and_is_late_together() -> None:
    decisions = stress_books.book(2)
    rows = (risk(p_fail=0.3, delay=((0, 50.0), (2, 50.0)), common="all"),)
    case = decisions.case.with_(risks=rows, rules=(), scenarios=())
    plan = Evaluator(Decided(case, decisions.chosen, decisions.awards))
    drawn = draw(plan, [Named("as planned", 1.0, ())], 4000)
    everybody = frozenset(p.project.id for p in plan.arrays.plants)
    values = [plan.realize(r).value for r in (
        Realization(), Realization(delays=dict.fromkeys(everybody, 2)), Realization(failed=everybody),
    )]  # fmt: skip
    places = np.abs(drawn.result.value[:, None] - np.array(values)).argmin(axis=1)
    assert np.abs(drawn.result.value - np.array(values)[places]).max() < 1e-12
    assert (places == 2).mean() == pytest.approx(0.3, abs=0.03)
    assert (places == 1).mean() == pytest.approx(0.7 * 0.5, abs=0.03)


@pytest.mark.parametrize(("seed", "first"), [(7, 501), (8, 1)])
def test_draws_that_a_plan_was_made_from_are_left_out(seed: int, first: int) -> None:
    decisions = uncertain(1)
    drawn = DrawnValues(n=10, seed=7, first=501, planned_for=500, measure=0, mean=0, low=0, high=0, p05=0, p50=0, p95=0)
    risk_plan = RiskPlan(
        measure="expected", value=0, bound=0, alpha=0.9, aversion=0.5, as_planned=0, expected=0, cvar=0, worst=0,
        contingency_m=None, scenarios=(), states=(), draws=drawn,
    )  # fmt: skip
    plan = plan_of(decisions).model_copy(update={"risk": risk_plan})
    result = stress(decisions.case, plan, StressOptions(failures=0, draws=20, seed=seed)).draws
    assert result is not None
    assert result.first == first

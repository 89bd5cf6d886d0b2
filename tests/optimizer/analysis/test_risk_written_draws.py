"""Draws that are written out one by one: with a review, a contingency, falling prices, other objectives. Each against every policy
tried, on the draws as scenarios of a book of their own."""

import random

import pytest
from support import drawn_books, price_books, review_books, risk_books
from support.repeatable import EXAMPLES

from models.audit import audit
from models.case import Case
from models.checks.risk import claims
from models.plan import Plan
from models.schema import Risk, Scenario
from models.written_draws import most_draws
from optimizer.analysis.risk import solve

TIGHT = 1e-6
SEED = 5
MANY = max(1, EXAMPLES // 12)


def book(seed: int, *, reviewed: bool, objective: str = "coverage") -> Case:
    """A small book whose projects fail, are late and cost more in a few draws."""
    r = random.Random(seed)
    measure, contingency = r.choice(("expected", "cvar", "worst")), objective == "coverage"
    result = (review_books if reviewed else risk_books).book(
        seed, measure, contingency=contingency, draws=r.choice((3, 6, 10)), objective=objective
    )
    return with_risk(result, r).with_(rules=tuple(x for x in result.rules if x.measure == "count"))


def with_risk(case: Case, r: random.Random) -> Case:
    risk = Risk(row=1, p_fail=0.2, delay=((0, 50.0), (1, 50.0)), overrun=r.choice((1.0, 1.3)))
    return case.with_(risks=(risk,))


def confirmed(case: Case, top: float) -> Plan:
    """The plan, whose value is the largest and proved."""
    plan = solve(case, gap=0.0, time_limit=60, seed=SEED)
    assert plan.objective.value == pytest.approx(top, rel=TIGHT, abs=TIGHT)
    assert plan.objective.bound >= plan.objective.value - TIGHT
    assert plan.status == "optimal"
    return plan


@pytest.mark.parametrize("reviewed", [False, True])
def test_value_with_calls_and_states_equals_that_of_every_policy_tried(reviewed: bool) -> None:
    for seed in range(4, 4 + MANY):
        case = book(seed, reviewed=reviewed)
        named = drawn_books.as_scenarios(case, SEED)
        plan = confirmed(case, review_books.best(named) if reviewed else risk_books.best(named)[0])
        assert plan.risk is not None
        assert plan.risk.draws is not None
        names = {w for s in plan.risk.states for w in s.scenarios}
        assert not reviewed or names >= risk_books.probabilities(case).keys()
        if not reviewed:
            forged = plan.model_copy(update={"risk": plan.risk.model_copy(update={"value": plan.risk.value + 1e-4})})
            assert not audit(case, forged).passed


def test_a_stress_may_be_called_as_a_draw() -> None:
    case = book(4, reviewed=False)
    worst = case.settings.model_copy(update={"risk": "worst", "draws": 3})
    plan = solve(case.with_(settings=worst, scenarios=(*case.scenarios, *storm("draw 1"))), gap=0.0, seed=SEED)
    assert plan.risk is not None
    stress = next(r for r in plan.risk.scenarios if r.scenario == "draw 1")
    assert stress.value == plan.objective.value == pytest.approx(plan.objective.bound, abs=TIGHT)


def storm(name: str) -> tuple[Scenario, ...]:
    """A stress that is worse than every draw."""
    changes = (("existing", 0.0), ("demand", 4.0))
    return tuple(Scenario(row=90 + n, scenario=name, parameter=p, value=v) for n, (p, v) in enumerate(changes))


@pytest.mark.parametrize("objective", ["bottleneck", "capacity"])
def test_value_by_another_objective_equals_that_of_every_selection_tried(objective: str) -> None:
    for seed in range(3, 3 + MANY):
        case = book(seed, reviewed=False, objective=objective)
        confirmed(case, risk_books.best(drawn_books.as_scenarios(case, SEED))[0])


def test_value_where_prices_fall_and_awards_decide_who_goes_on_equals_that_of_any_awards_tried() -> None:
    for seed in range(1, 1 + MANY):
        result = price_books.book(seed, "expected", contingency=True, draws=3, objective="coverage")
        case = with_risk(result.with_(rules=()), random.Random(seed))
        confirmed(case, price_books.best(drawn_books.as_scenarios(case, SEED)))


def test_more_draws_than_can_be_written_out_are_a_fault() -> None:
    case = book(4, reviewed=True)
    most = most_draws(case)
    for draws, message in ((most, None), (most + 1, f"at most {most} of them: set draws to {most}")):
        result = dict(claims(case.with_(settings=case.settings.model_copy(update={"draws": draws}))))
        assert (message in result["draws"]) if message else "draws" not in result

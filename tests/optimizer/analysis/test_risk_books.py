"""Plans under a measure of risk of random books of every kind against every selection and every policy tried."""

import pytest
from support.repeatable import EXAMPLES
from support.scenario_books import Oracle, book, everything

from models.case import Case
from models.plan import Plan
from optimizer.analysis.risk import solve
from optimizer.errors import Infeasible

TIGHT = 1e-6
FEW = {False: (6, 11, 34, 54), True: (17, 41, 53)}
"""Books by whether they have a review."""
FEW_WITH_MONEY = (6, 30, 78)
"""Books with programmes and a review: rules that scenarios keep, calls that are met, states that differ."""


def solved(case: Case) -> Plan | None:
    try:
        return solve(case, gap=0.0, time_limit=60)
    except Infeasible:
        return None


@pytest.mark.parametrize("reviewed", [False, True])
def test_value_equals_that_of_every_selection_or_policy_tried(reviewed: bool) -> None:
    """Rules of every aggregate, some in scenarios, joint money, tickets, precedence, every objective of capacity, calls."""
    seeds = FEW[reviewed] if EXAMPLES < 100 else [n for n in range(EXAMPLES) if (n % 4 == 1) == reviewed]
    plans = 0
    for seed in seeds:
        case = book(seed)
        oracle = Oracle(case)
        plans += is_best(case, oracle.best_by_state() if reviewed else oracle.best(), seed)
    assert plans


def test_value_with_programmes_a_review_and_calls_equals_that_of_every_policy_tried() -> None:
    seeds = FEW_WITH_MONEY if EXAMPLES < 100 else range(2, EXAMPLES, 4)
    assert sum(is_best(everything(seed), Oracle(everything(seed)).best_by_state(), seed) for seed in seeds)


def is_best(case: Case, top: float | None, seed: int) -> bool:
    """Whether there is a plan, whose value is the largest and proved."""
    plan = solved(case)
    assert (plan is None) == (top is None), seed
    if plan is None:
        return False
    assert plan.objective.value == pytest.approx(top, rel=TIGHT, abs=TIGHT), seed
    assert plan.objective.bound >= plan.objective.value - TIGHT * max(1.0, abs(plan.objective.value)), seed
    assert plan.status == "optimal", seed
    return True

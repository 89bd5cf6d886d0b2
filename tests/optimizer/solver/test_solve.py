"""Plans of solved random books pass the audit."""

import random

from support import strategies, tables

from models.checks import check
from optimizer.analysis.risk import solve
from optimizer.errors import Infeasible


def test_solved_plans_of_small_random_cases_pass_the_audit() -> None:
    """`solve` raises AuditFailed where its plan does not pass; a third of the books at least must have a plan."""
    plans = 0
    for seed in range(60):
        case = tables.case(strategies.small_book(random.Random(seed)))
        if check(case)[0]:
            continue
        try:
            plan = solve(case, gap=0.0, time_limit=20.0)
        except Infeasible:
            continue
        assert plan.audit is not None
        assert plan.audit.passed
        plans += 1
    assert plans >= 20

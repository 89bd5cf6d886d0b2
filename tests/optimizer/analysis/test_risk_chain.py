"""Plans of a chain under a measure of risk, against every selection whose flows are worked out one by one."""

import itertools
import random

import pytest
from support.repeatable import EXAMPLES
from support.strategies_chain import small_chain
from support.tables import case as case_of

from models.case import Case
from models.evaluation import Decided
from models.schema import Scenario
from models.sets import Sets
from models.terms import need
from optimizer.analysis.risk import solve
from optimizer.analysis.risk.judge import NamedJudge

MANY = max(1, EXAMPLES // 12)
YEARS = 2


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


@pytest.mark.parametrize("risk", ["expected", "cvar", "worst"])
def test_value_equals_that_of_every_selection_tried(risk: str) -> None:
    for seed in range(MANY):
        case = book(seed, risk)
        judge, windows = NamedJudge(case), Sets(case).windows
        tried = []
        for years in itertools.product(*((None, *windows[i]) for i in windows)):
            chosen = {i: y for i, y in zip(windows, years, strict=True) if y is not None}
            cost = sum(need(p) for p in case.projects if p.id in chosen)
            if cost <= (case.settings.total_budget_m or 0.0) + 1e-9:
                tried.append(judge.value(Decided(case, chosen, {})))
        plan = solve(case, gap=0.0, time_limit=60)
        size = max(1.0, abs(max(tried)))
        assert plan.objective.value == pytest.approx(max(tried), abs=1e-6 * size), seed
        assert plan.objective.bound >= max(tried) - 1e-6 * size
        assert plan.audit is not None
        assert plan.audit.passed

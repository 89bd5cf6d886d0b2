"""Bounds under risk where a search ends without a plan: they hold in every scenario, and are numbers."""

from math import inf, isfinite

import pytest
from support import risk_books

from models.case import Case
from models.risk import risk_of
from models.schema import Demand, Project, Scenario
from models.sets import Sets
from models.settings import Settings
from optimizer.analysis.frontier.points import most_of_all
from optimizer.analysis.risk.most_value import most_value
from optimizer.analysis.risk.search import Watch, best_value
from optimizer.analysis.risk.solve import searched
from optimizer.solver.lexicographic import Options


def one_mine(objective: str, parameter: str) -> Case:
    """A mine whose output, or the demand for it, is half as large again in one scenario."""
    mine = Project(row=2, id="a", country="AU", stage="mine", capacity_tpa=100.0, capex_m=10.0, build_years=0)
    return Case(
        name="one mine", settings=Settings(first_year=2026, last_year=2028, total_budget_m=20.0, objective=objective,
                                           risk="expected"),
        projects=(mine,), demand=(Demand(row=2, stage="mine", years={2026: 400.0}),),
        scenarios=(Scenario(row=2, scenario="more", probability=0.5, parameter=parameter, value=1.5),),
    )  # fmt: skip


def test_no_plan_of_a_scenario_is_above_the_most() -> None:
    for objective, parameter, most in (("capacity", "capacity", 150.0), ("coverage", "demand", 1.0)):
        sets = Sets(one_mine(objective, parameter))
        more, planned = risk_of(sets.case).outcomes
        assert most_value(sets, [more]) == pytest.approx(most)
        assert most_of_all(sets.case) == pytest.approx(most)
        assert most_value(sets, [planned]) == pytest.approx(100.0 if objective == "capacity" else 1.0)
        low, high = best_value(sets, more, Options(0.0, 10.0), Watch(), None)
        assert high <= most_value(sets, [more]) + 1e-6
        assert low > most_value(sets, [planned]) or objective == "coverage"


def test_regret_has_a_bound_where_no_best_plan_was_found() -> None:
    sets = Sets(risk_books.book(7, "regret"))
    names = [w.name for w in risk_of(sets.case).outcomes]
    watch = Watch(elsewhere=lambda *_: dict.fromkeys(names, (-inf, 1.0)))
    judge, result = searched(sets, Options(0.0, 20.0), watch, None)
    value = judge.value(result.decided(sets.case))
    assert isfinite(result.bound)
    assert value <= result.bound + 1e-6
    assert all(
        r.best_low is not None and isfinite(r.best_low) for r in judge.block(result.decided(sets.case)).scenarios
    )

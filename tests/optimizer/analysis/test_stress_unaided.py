"""Plans in scenarios with projects that go ahead without support: they take delay, capacity and failure as decided then."""

import itertools

import numpy as np
import pytest
from support import oracle_stress, stress_books

from models.audit import audit_stress
from models.evaluation import Decided
from models.plan import Financed, ObjectiveValue, Plan
from models.scenarios import Named, Realization, scenarios
from models.stress import Stress
from optimizer.analysis.stress.draws import draw
from optimizer.analysis.stress.evaluate import Evaluator, scenario_result
from optimizer.analysis.stress.losses import Failures

OBJECTIVES = (None, "capacity")


@pytest.mark.parametrize(("contingency", "objective"), list(itertools.product((False, True), OBJECTIVES)))
def test_scenarios_equal_the_oracle(contingency: bool, objective: str | None) -> None:
    stopped = 0
    for seed in range(25):
        decisions = stress_books.going_ahead(seed, contingency=contingency, objective=objective)
        rows = stress_books.scenario(seed)
        result = Evaluator(decisions).realize(Realization("s", rows))
        expected = oracle_stress.answer(decisions.case, dict(decisions.chosen), dict(decisions.awards), list(rows))
        assert result.value == pytest.approx(expected.value, abs=1e-6), seed
        assert result.stopped == expected.stopped, seed
        assert set(result.valuation.broken) == expected.broken, seed
        stopped += bool(expected.stopped)
    assert stopped


def test_the_second_reader_agrees() -> None:
    for seed, objective in itertools.product(range(8), OBJECTIVES):
        decisions = stress_books.going_ahead(seed, contingency=seed % 2 == 0, objective=objective)
        rows = stress_books.scenario(seed)
        outturn = Evaluator(decisions).realize(Realization("s", rows))
        result = scenario_result(decisions, Named("s", 0.0, rows), outturn)
        stress = Stress(
            objective=decisions.case.settings.objective, planned=0, contingency_m=None, built_in=False, scenarios=(result,), draws=None,
            lost=(), worst_sets=(), tornado=(), breaks=(), core=(),
        )  # fmt: skip
        report = audit_stress(decisions.case, _plan(decisions), stress, rows)
        assert report.passed, (seed, report.checks)


def _plan(decisions: Decided) -> Plan:
    return Plan(
        status="feasible", tie_break="partial", capacity=(), budgets=(), rules=(), not_financed=(),
        objective=ObjectiveValue(name="coverage", value=0, bound=0, gap=0, penalty=0, baseline=0),
        projects=tuple(
            Financed(id=i, fid_year=t, need_m=0, public_m=0, contingent_m=0, private_m=0)
            for i, t in sorted(decisions.chosen.items())
        ),
    )  # fmt: skip


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_many_draws_at_once_equal_each_by_itself(objective: str | None) -> None:
    for seed in range(4):
        decisions = stress_books.going_ahead(seed, objective=objective)
        decisions = Decided(decisions.case.with_(risks=stress_books.risks(seed)), decisions.chosen, decisions.awards)
        plan = Evaluator(decisions)
        drawn = draw(plan, scenarios(()), 20, seed=seed)
        of = {i: u for u, unit in enumerate(drawn.units) for i in unit.projects}
        for n in range(20):
            failed = frozenset(i for i, u in of.items() if drawn.sample.failed[n, u])
            alone = Realization(delays={i: int(drawn.sample.delay[n, u]) for i, u in of.items()}, failed=failed)
            expected = plan.realize(alone)
            assert drawn.result.value[n] == pytest.approx(expected.value, abs=1e-9)
            holds = {r.rule: r.holds for r in expected.valuation.rules}
            assert [bool(x) for x in drawn.result.holds[n]] == [holds[r.rule] for r in plan.arrays.rules]


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_failed_sets_equal_each_by_itself(objective: str | None) -> None:
    for seed in range(4):
        decisions = stress_books.going_ahead(seed, objective=objective)
        plan, ids = Evaluator(decisions), sorted(decisions.chosen)
        sets = [(), *((i,) for i in ids), *itertools.combinations(ids, 2)]
        together = Failures(plan.arrays).evaluate(sets).value
        alone = [plan.realize(Realization("failures", failed=frozenset(failed))).value for failed in sets]
        assert together == pytest.approx(np.array(alone), abs=1e-9)

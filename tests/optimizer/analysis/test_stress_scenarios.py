"""Plans in scenarios equal a program written from the meaning of the sheets, with and without a contingency."""

import itertools

import pytest
from support import oracle_stress, stress_books
from support.repeatable import examples
from support.stress_plans import plan_of

from models.audit import audit_stress
from models.evaluation import Decided
from models.scenarios import Named, Realization, scenarios
from models.stress import Stress
from optimizer.analysis.stress.evaluate import Evaluator, scenario_result

EXAMPLES = examples()


@pytest.mark.parametrize("contingency", [False, True])
def test_value_calls_and_who_goes_on_equal_the_oracle(contingency: bool) -> None:
    stops = calls = 0
    for seed in range(EXAMPLES):
        decisions = stress_books.book(seed, contingency=contingency)
        rows = stress_books.scenario(seed)
        result = Evaluator(decisions).realize(Realization("s", rows))
        expected = oracle_stress.answer(decisions.case, dict(decisions.chosen), dict(decisions.awards), list(rows))
        assert result.value == pytest.approx(expected.value, abs=1e-6), seed
        assert result.stopped == expected.stopped, seed
        assert result.called_m == pytest.approx(expected.called, abs=1e-6), seed
        assert set(result.valuation.broken) == expected.broken, seed
        for (key, year), part in result.valuation.coverage.items():
            assert part == pytest.approx(expected.coverage[key.stage, key.material, year], abs=1e-9), seed
        stops, calls = stops + bool(expected.stopped), calls + (expected.called > 0)
    assert stops
    assert calls


@pytest.mark.parametrize("contingency", [False, True])
def test_prices_idle_projects_and_call_for_capital_as_the_oracle_says(contingency: bool) -> None:
    idle = called = 0
    for seed in range(EXAMPLES):
        decisions = stress_books.priced_book(seed, contingency=contingency)
        rows = (*stress_books.scenario(seed, 2), stress_books.price_row(seed))
        result = Evaluator(decisions).realize(Realization("s", rows))
        expected = oracle_stress.answer(decisions.case, dict(decisions.chosen), dict(decisions.awards), list(rows))
        assert result.called_m == pytest.approx(expected.called, abs=1e-4), seed
        assert result.value == pytest.approx(expected.value, abs=1e-6), seed
        assert result.stopped == expected.stopped, seed
        assert set(result.valuation.broken) == expected.broken, seed
        idle += bool(result.sets.realization.idle)
        called += expected.called > 0
    assert idle > EXAMPLES / 10
    assert called > EXAMPLES / 10


def test_the_second_reader_agrees_and_finds_what_is_wrong() -> None:
    failed = 0
    for seed in range(24):
        decisions = stress_books.book(seed, contingency=seed % 2 == 0)
        rows = stress_books.scenario(seed)
        result = scenario_result(decisions, Named("s", 0.0, rows), Evaluator(decisions).realize(Realization("s", rows)))
        stress = Stress(
            objective="coverage", planned=0, contingency_m=None, built_in=False, scenarios=(result,), draws=None,
            lost=(), worst_sets=(), tornado=(), breaks=(), core=(),
        )  # fmt: skip
        plan = plan_of(decisions)
        report = audit_stress(decisions.case, plan, stress, rows)
        assert report.passed, (seed, report.checks)
        for change in ({"value": result.value + 1e-3}, {"called_m": result.called_m + 1}, {"kept": result.kept[:-1]}):
            wrong = stress.model_copy(update={"scenarios": (result.model_copy(update=change),)})
            failed += not audit_stress(decisions.case, plan, wrong, rows).passed
    assert failed >= 24 * 3 - 4  # a plan without a project has nobody to leave out


def test_probabilities_leave_the_rest_to_as_planned() -> None:
    rows = [row.model_copy(update={"probability": 0.25}) for row in stress_books.scenario(3)]
    assert [(s.name, s.probability) for s in scenarios(rows)] == [("s", 0.25), ("as planned", 0.75)]
    assert [s.name for s in scenarios([r.model_copy(update={"probability": 1.0}) for r in rows])] == ["s"]


def test_a_scenario_equal_to_the_book_is_the_plan_as_planned() -> None:
    for seed in range(10):
        plan = Evaluator(stress_books.book(seed))
        row = stress_books.scenario(seed)[0].model_copy(update={"parameter": "demand", "value": 1.0})
        assert plan.realize(Realization("same", (row,))).valuation == plan.planned.valuation


def test_more_contingency_never_lowers_a_value() -> None:
    for seed in range(12):
        decisions = stress_books.book(seed, contingency=True)
        rows = stress_books.scenario(seed + 100)
        values = []
        for limit in (0.0, 5.0, 20.0, 500.0):
            settings = decisions.case.settings.model_copy(update={"contingency_m": limit})
            richer = Decided(decisions.case.with_(settings=settings), decisions.chosen, decisions.awards)
            values.append(Evaluator(richer).realize(Realization("s", rows)).value)
        assert values == sorted(values) or max(a - b for a, b in itertools.pairwise(values)) < 1e-6

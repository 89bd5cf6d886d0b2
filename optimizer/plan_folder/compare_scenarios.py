"""Comparison of plans in the scenarios of their workbooks: values, calls, stopped projects, and measures of risk."""

from collections.abc import Iterator, Mapping, Sequence

from models.case import Case
from models.frozen import Frozen
from models.plan import Plan
from models.risk import cvar, expected
from models.stress import ScenarioResult


class ScenarioChange(Frozen):
    """A scenario in each plan; None if the workbook of a plan does not have it. Values are less penalties."""

    scenario: str
    probability: tuple[float | None, ...]
    value: tuple[float | None, ...]
    called_m: tuple[float | None, ...]
    stopped: tuple[tuple[str, ...] | None, ...]


class MeasureChange(Frozen):
    """A measure of risk of each plan, over the scenarios of its own workbook; None if that has none."""

    measure: str
    value: tuple[float | None, ...]


ScenarioResults = Mapping[str, ScenarioResult]


def in_scenarios(runs: Sequence[tuple[Case, Plan]]) -> list[ScenarioResults]:
    """Scenario -> each plan in it, as stated in the plan or else computed; empty if no plan is under risk."""
    if all(plan.risk is None for _, plan in runs):
        return []
    return [{r.scenario: r for r in _results(case, plan)} for case, plan in runs]


def _results(case: Case, plan: Plan) -> tuple[ScenarioResult, ...]:
    if plan.risk is not None and plan.risk.draws is None and plan.risk.scenarios:
        return plan.risk.scenarios
    if not case.scenarios:
        return ()
    from models.evaluation import Decided  # these load numpy and the solver, which only plans under risk need
    from optimizer.analysis.risk.judge import results

    return results(Decided.of(case, plan))


def scenario_changes(results: Sequence[ScenarioResults]) -> Iterator[ScenarioChange]:
    """Every scenario of any plan, in the order in which the plans list them."""
    for name in dict.fromkeys(name for of_one in results for name in of_one):
        rows = [of_one.get(name) for of_one in results]
        yield ScenarioChange(
            scenario=name,
            probability=tuple(r and r.probability for r in rows),
            value=tuple(r and r.value for r in rows),
            called_m=tuple(r and r.called_m for r in rows),
            stopped=tuple(r and r.stopped for r in rows),
        )


def measure_changes(runs: Sequence[tuple[Case, Plan]], results: Sequence[ScenarioResults]) -> Iterator[MeasureChange]:
    """Expected value, CVaR at the level of the first plan under risk, the worst scenario, and fresh draws."""
    under = next((plan.risk for _, plan in runs if plan.risk is not None), None)
    if under is None:
        return
    likely = [[(r.probability, r.value) for r in of_one.values() if r.probability > 0] for of_one in results]
    tail = f"mean of the worst {100 * (1 - under.alpha):.4g} %"
    yield MeasureChange(measure="expected value", value=tuple(expected(v) if v else None for v in likely))
    yield MeasureChange(measure=tail, value=tuple(cvar(v, under.alpha) if v else None for v in likely))
    worst = (min((r.value for r in of_one.values()), default=None) for of_one in results)
    yield MeasureChange(measure="worst scenario", value=tuple(worst))
    drawn = tuple(plan.risk and plan.risk.draws and plan.risk.draws.mean for _, plan in runs)
    if any(draws is not None for draws in drawn):
        yield MeasureChange(measure="mean of fresh draws", value=drawn)

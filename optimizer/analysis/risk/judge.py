"""What a plan reaches in its scenarios, by the evaluation that `stress` shares; and the measure of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from models.case import Case
from models.evaluation import Decided
from models.risk import cvar, expected, measured
from models.risk_plan import RiskPlan, State, StatePlanned
from models.run_row import RunRow
from models.scenarios import Realization, scenarios
from models.stress import ScenarioResult
from optimizer.analysis.stress.evaluate import Evaluator, scenario_result

Interval = tuple[float, float]
"""Values between which the best of a scenario is proved to lie."""
PLAN = "plan"
"""The one state of a plan without a review."""


class Judge(Protocol):
    """Works out what decisions are worth by a measure of risk."""

    def block(self, decisions: Decided) -> RiskPlan:
        """The block `risk` of plan.json, its bound that of the plan itself."""

    def value(self, decisions: Decided) -> float:
        """The measure alone."""


@dataclass(frozen=True)
class NamedJudge:
    """The named scenarios. `best`: for regret, scenario -> interval of the most that any plan reaches in it."""

    case: Case
    best: Mapping[str, Interval] = field(default_factory=dict)

    def value(self, decisions: Decided) -> float:
        """The measure."""
        return self._measured(results(decisions))

    def block(self, decisions: Decided) -> RiskPlan:
        """Every scenario and the measure."""
        outturns = [(self.with_regret(r), runs) for r, runs in _outturns(decisions)]
        found = tuple(r for r, _ in outturns)
        runs = {r.scenario: rows for r, rows in outturns if rows}
        return block(decisions, found, self._measured(found)).model_copy(update={"runs": runs or None})

    def _measured(self, found: tuple[ScenarioResult, ...]) -> float:
        most = {name: high for name, (_, high) in self.best.items()}
        return measured(self.case.settings, [(r.scenario, r.probability, r.value) for r in found], most)

    def with_regret(self, result: ScenarioResult) -> ScenarioResult:
        """A scenario with the most that any plan reaches in it, where that is known."""
        if result.scenario not in self.best:
            return result
        low, high = self.best[result.scenario]
        return result.model_copy(update={
            "best_low": low, "best_high": high, "regret_low": max(0.0, low - result.value),
            "regret_high": max(0.0, high - result.value),
        })  # fmt: skip


def results(decisions: Decided) -> tuple[ScenarioResult, ...]:
    """The decisions in every named scenario, `as planned` last where it has probability."""
    return tuple(result for result, _ in _outturns(decisions))


def _outturns(decisions: Decided) -> Iterator[tuple[ScenarioResult, tuple[RunRow, ...]]]:
    """Every scenario, and what the chain runs in it where its deliveries count."""
    evaluator = Evaluator(decisions)
    for s in scenarios(decisions.case.scenarios):
        found = evaluator.realize(Realization(s.name, s.rows))
        result = scenario_result(decisions, s, found).model_copy(update={"state": PLAN})
        yield result, evaluator.runs(found.sets.realization)


def block(decisions: Decided, found: tuple[ScenarioResult, ...], value: float) -> RiskPlan:
    """The block of decisions whose scenarios are worked out."""
    s = decisions.case.settings
    likely = [(r.probability, r.value) for r in found if r.probability > 0]
    return RiskPlan(
        measure=s.risk, value=value, bound=value, alpha=s.alpha, aversion=s.aversion,
        as_planned=Evaluator(decisions).planned.value,
        expected=expected(likely) if likely else None,
        cvar=cvar(likely, s.alpha) if likely else None,
        worst=min((r.value for r in found), default=None),
        contingency_m=s.contingency_m, scenarios=found, states=(state(decisions, [r.scenario for r in found]),),
    )  # fmt: skip


def state(decisions: Decided, names: list[str]) -> State:
    """The whole plan as the one state that there is without a review."""
    return State(
        id=PLAN,
        scenarios=tuple(names),
        projects=tuple(StatePlanned(id=i, fid_year=fid, public_m=0.0) for i, fid in sorted(decisions.chosen.items())),
    )

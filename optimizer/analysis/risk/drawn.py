"""What a plan is worth over random draws: those that it was planned for, and fresh ones that nothing was fitted to."""

from dataclasses import dataclass

from models.case import Case
from models.evaluation import Decided
from models.network import delivers
from models.risk import cvar, expected, mean_and_tail
from models.risk_plan import DrawnValues, RiskPlan
from models.run_row import RunRow
from models.scenarios import Named, Realization, scenarios
from models.sets import Sets
from models.stress import ScenarioResult
from optimizer.analysis.risk.judge import block, results
from optimizer.analysis.stress.arrays import Floats
from optimizer.analysis.stress.distribution import spread
from optimizer.analysis.stress.draws import draw
from optimizer.analysis.stress.evaluate import Evaluator

FRESH, FRESH_OF_A_CHAIN = 10_000, 1_000
"""Draws on which a plan is reported."""


@dataclass(frozen=True)
class DrawnJudge:
    """Draws 1 to n of the stream, and the stresses."""

    case: Case
    n: int
    seed: int

    def value(self, decisions: Decided) -> float:
        """The measure over the draws planned for."""
        return self._measured(self._values(decisions, self.n, 0), self._stresses(decisions))

    def block(self, decisions: Decided) -> RiskPlan:
        """The measure, the stresses, and the plan on fresh draws."""
        values, stresses = self._values(decisions, self.n, 0), self._stresses(decisions)
        count = FRESH_OF_A_CHAIN if delivers(Sets(self.case)) else FRESH
        fresh = self._values(decisions, count, self.n)
        weighted = self._weighted(values)
        drawn = DrawnValues(
            n=count, seed=self.seed, first=self.n + 1, planned_for=self.n, measure=self._measured(fresh, stresses),
            **spread(fresh),
        )  # fmt: skip
        found = block(decisions, stresses, self._measured(values, stresses))
        return found.model_copy(update={
            "expected": expected(weighted), "cvar": cvar(weighted, self.case.settings.alpha),
            "worst": min([float(values.min()), *(r.value for r in stresses)]), "draws": drawn,
            "runs": self._runs(decisions) or None,
        })  # fmt: skip

    def _runs(self, decisions: Decided) -> dict[str, tuple[RunRow, ...]]:
        """Stress -> what the recipes of the chain run in it, where its deliveries count."""
        if not delivers(Sets(self.case)):
            return {}
        evaluator = Evaluator(decisions)
        stresses = (Realization(s.name, s.rows) for s in scenarios(self.case.scenarios) if s.probability <= 0)
        return {r.name: evaluator.runs(evaluator.realize(r).sets.realization) for r in stresses}

    def _likely(self) -> tuple[Named, ...]:
        return tuple(s for s in scenarios(self.case.scenarios) if s.probability > 0)

    def _values(self, decisions: Decided, n: int, skip: int) -> Floats:
        return draw(Evaluator(decisions), self._likely(), n, self.seed, skip).result.value

    def _stresses(self, decisions: Decided) -> tuple[ScenarioResult, ...]:
        return tuple(r for r in results(decisions) if r.probability <= 0)

    def _weighted(self, values: Floats) -> list[tuple[float, float]]:
        return [(1 / len(values), float(v)) for v in values]

    def _measured(self, values: Floats, stresses: tuple[ScenarioResult, ...]) -> float:
        s = self.case.settings
        if s.risk == "worst":
            return min([float(values.min()), *(r.value for r in stresses)])
        weighted = self._weighted(values)
        return expected(weighted) if s.risk == "expected" else mean_and_tail(weighted, s)

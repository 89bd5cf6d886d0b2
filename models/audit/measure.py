"""Measures of risk over values, recomputed: the values sorted and summed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.audit.exact import ONE, ZERO, exact
from models.risk_plan import RiskPlan
from models.stress import ScenarioResult

Name = str | int
"""Name of a scenario, or number of a draw, so that no scenario can be called as a draw is."""
Values = Mapping[Name, tuple[Decimal, Decimal]]
"""Scenario or draw -> probability and value."""


@dataclass(frozen=True)
class StatedMeasure:
    """A measure of risk over values."""

    risk: RiskPlan

    def of(self, values: Values) -> Decimal:
        """The measure that the plan states, of other values."""
        if self.risk.measure == "expected":
            return mean(values)
        if self.risk.measure == "cvar":
            part = exact(self.risk.aversion)
            return (ONE - part) * mean(values) + part * tail(values, ONE - exact(self.risk.alpha))
        if self.risk.measure == "regret":
            best: dict[Name, Decimal] = {r.scenario: exact(r.best_high or 0.0) for r in self.risk.scenarios}
            return -max(best[name] - value for name, (_, value) in values.items())
        return min(value for _, value in values.values())


def mean(values: Values) -> Decimal:
    """Probability-weighted mean."""
    return sum((p * v for p, v in values.values()), ZERO)


def tail(values: Values, part: Decimal) -> Decimal:
    """Mean of the worst `part` of probability: the values sorted, and taken until the part is full."""
    rest = full = part * min(ONE, sum((p for p, _ in values.values()), ZERO))
    total = ZERO
    for p, v in sorted(values.values(), key=lambda pair: pair[1]):
        taken = min(p, rest)
        total, rest = total + taken * v, rest - taken
    return total / full if full else min(v for _, v in values.values())


def stated_values(scenarios: tuple[ScenarioResult, ...]) -> dict[Name, tuple[Decimal, Decimal]]:
    return {r.scenario: (exact(r.probability), exact(r.value)) for r in scenarios}


def stated_measures(risk: RiskPlan) -> Iterator[tuple[str, float, Callable[[Values], Decimal]]]:
    """Name, stated number and formula of every statistic of the values."""
    if risk.expected is not None:
        yield "the expected value", risk.expected, mean
    if risk.cvar is not None:
        yield "the conditional value at risk", risk.cvar, lambda values: tail(values, ONE - exact(risk.alpha))
    if risk.worst is not None:
        yield "the worst value", risk.worst, lambda values: min(v for _, v in values.values())
    if risk.measure != "failures":
        yield "the measure of risk", risk.value, StatedMeasure(risk).of


def equally_likely(values: Sequence[float]) -> dict[Name, tuple[Decimal, Decimal]]:
    """Draws, each as likely as the others."""
    part = ONE / max(1, len(values))
    return {n: (part, exact(value)) for n, value in enumerate(values, 1)}

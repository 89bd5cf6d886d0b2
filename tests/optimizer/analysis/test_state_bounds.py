"""The weights by which every state is searched by itself: their mean is a bound of the measure, and meets it at the plan."""

import random
from math import fsum

import pytest

from models.risk import Outcome, RiskMeasure, measured
from models.scenarios import Realization
from models.settings import Settings
from models.states import State
from optimizer.analysis.risk.state_bounds import StateAlone, binding_weights, bound_of

CHANCES = {"a": 0.3, "b": 0.05, "c": 0.0, "d": 0.6, "e": 0.05}
BEST = {"a": 0.9, "b": 0.4, "c": 0.7, "d": 0.8, "e": 1.0}


def _measure(name: str, alpha: float, aversion: float) -> RiskMeasure:
    outcomes = tuple(Outcome(w, p, Realization(w)) for w, p in CHANCES.items())
    return RiskMeasure(name, outcomes, alpha, aversion, BEST if name == "regret" else {})


@pytest.mark.parametrize("name", ["expected", "cvar", "worst", "regret"])
def test_no_values_have_a_larger_measure_than_the_mean_by_the_weights(name: str) -> None:
    draw = random.Random(name)
    for alpha, aversion in ((0.9, 0.5), (0.0, 1.0), (0.97, 1.0), (0.5, 0.0)):
        risk = _measure(name, alpha, aversion)
        settings = Settings(risk=name, alpha=alpha, aversion=aversion)
        plan = {w: round(draw.random(), 2) for w in CHANCES}
        weights = binding_weights(risk, plan)
        for _ in range(40):
            values = {w: draw.random() for w in CHANCES}
            assert _bound(risk, weights, values) >= _value(settings, risk, values) - 1e-12
        assert _bound(risk, weights, plan) == pytest.approx(_value(settings, risk, plan), abs=1e-12)


def _value(settings: Settings, risk: RiskMeasure, values: dict[str, float]) -> float:
    return measured(settings, [(w, CHANCES[w], v) for w, v in values.items()], risk.best)


def _bound(risk: RiskMeasure, weights: dict[str, float], values: dict[str, float]) -> float:
    """Each outcome a state of its own, whose most are these values."""
    alone = [StateAlone(State(w, (w,)), m, None, values[w], 0) for w, m in weights.items() if m > 0]
    assert fsum(s.weight for s in alone) == pytest.approx(1.0)
    return bound_of(risk, weights, alone)

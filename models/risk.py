"""Measures of risk over the values that a plan reaches in its scenarios.

Conditional value at risk: Rockafellar & Uryasev (2000), Optimization of conditional value-at-risk. Values are those of the
objective less the penalty of soft rules, in the objective's unit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import fsum

from models.case import Case
from models.scenarios import Named, Realization, scenarios
from models.settings import Settings
from models.states import PLAN, State, realization, review_year, states_of

Weighted = Sequence[tuple[float, float]]
"""Probability and value of each scenario."""


@dataclass(frozen=True)
class Outcome:
    """A scenario as the program sees it."""

    name: str
    probability: float
    """0 for a stress, which enters no mean."""
    realization: Realization
    mean: tuple[tuple[float, Realization], ...] = ()
    """Probabilities and realizations whose mean this outcome is, in place of `realization`."""

    @property
    def is_planned(self) -> bool:
        """Whether the scenario changes nothing."""
        r = self.realization
        return not (self.mean or r.rows or r.delays or r.overruns or r.failed or r.stopped)


@dataclass(frozen=True)
class Refuted:
    """A selection in the state of an outcome under which a rule does not hold in that outcome."""

    rule: str
    outcome: str
    chosen: Mapping[str, int]
    kept: tuple[str, ...] = ()
    """Projects that go on in the outcome."""
    given: frozenset[tuple[str, str, int]] = frozenset()
    """Awards of the selection that are not 0: project, programme and year."""
    value: float = field(default=0.0, compare=False)
    """Value of the outcome with the projects that go on, less the penalties of soft rules that scenarios change."""
    idle: Mapping[str, frozenset[int]] = field(default_factory=dict)
    """Project -> years in which it is idle in the outcome."""
    delivered: float = field(default=0.0, compare=False)
    """Objective of the outcome with the projects that go on, before the penalty of any soft rule."""


@dataclass(frozen=True)
class RiskMeasure:
    """The measure of risk that the program maximizes over its outcomes.

    `measure`: expected, cvar, worst or regret; the risk `failures` is `worst` over failed sets. `best`: outcome -> the
    value that regret is measured against.
    """

    measure: str
    outcomes: tuple[Outcome, ...]
    alpha: float = 0.9
    aversion: float = 0.5
    best: Mapping[str, float] = field(default_factory=dict)
    states: tuple[State, ...] = (State(PLAN, ()),)
    """The state as planned first (`models.states`)."""
    review_year: int | None = None
    """Year from which the states differ."""
    asks_probability: bool = True
    """Whether rules that must hold with a probability count. They do not for the best plan of a single scenario."""
    refuted: tuple[Refuted, ...] = ()
    """Selections that were found to break a rule in an outcome, because the projects that go on are those of highest value."""

    @property
    def likely(self) -> tuple[Outcome, ...]:
        """Outcomes with probability."""
        return tuple(w for w in self.outcomes if w.probability > 0)

    @property
    def stresses(self) -> tuple[Outcome, ...]:
        """Outcomes without probability."""
        return tuple(w for w in self.outcomes if w.probability <= 0)


def outcome(case: Case, scenario: Named) -> Outcome:
    """A named scenario as an outcome."""
    return Outcome(scenario.name, scenario.probability, realization(case, scenario))


def mean_book(outcomes: Sequence[Outcome]) -> Outcome:
    """The mean scenario: every output, demand and supply is its mean over the outcomes with probability."""
    total = fsum(w.probability for w in outcomes)
    parts = tuple((w.probability / total, w.realization) for w in outcomes if w.probability > 0)
    return Outcome("mean book", 1.0, Realization("mean book"), parts)


def risk_of(case: Case) -> RiskMeasure:
    """The measure of the settings, over the named scenarios."""
    s, named = case.settings, scenarios(case.scenarios)
    measure = RiskMeasure(s.risk, tuple(outcome(case, w) for w in named), s.alpha, s.aversion)
    return over_states(case, measure)


def over_states(case: Case, risk: RiskMeasure) -> RiskMeasure:
    """A measure with the states of its outcomes. The mean scenario belongs to the state as planned."""
    names = [w.name for w in risk.outcomes]
    return replace(risk, states=states_of(case, names), review_year=review_year(case.settings))


def expected(values: Weighted) -> float:
    """Probability-weighted mean.

    >>> expected([(0.25, 1.0), (0.75, 3.0)])
    2.5
    """
    return fsum(p * v for p, v in values)


def cvar(values: Weighted, alpha: float) -> float:
    """Mean of the worst `1 - alpha` of probability.

    >>> round(cvar([(0.1, 0.0), (0.4, 1.0), (0.5, 2.0)], 0.8), 12), cvar([(0.5, 1.0), (0.5, 3.0)], 0.0)
    (0.5, 2.0)
    """
    left = tail = (1 - alpha) * min(1.0, fsum(p for p, _ in values))
    total = 0.0
    for p, v in sorted(values, key=lambda pair: pair[1]):
        taken = min(p, left)
        total, left = total + taken * v, left - taken
    return total / tail if tail > 0 else min((v for _, v in values), default=0.0)


def mean_and_tail(values: Weighted, settings: Settings) -> float:
    """`(1 - aversion) * expected + aversion * CVaR`."""
    return (1 - settings.aversion) * expected(values) + settings.aversion * cvar(values, settings.alpha)


def measured(settings: Settings, values: Sequence[tuple[str, float, float]], best: Mapping[str, float]) -> float:
    """The measure of the settings. `values`: name, probability and value of each scenario; `best`: scenario -> the most
    that any plan reaches in it, for `regret`."""
    likely = [(p, v) for _, p, v in values if p > 0]
    if settings.risk == "expected":
        return expected(likely)
    if settings.risk == "cvar":
        return mean_and_tail(likely, settings)
    if settings.risk == "regret":
        return -max(best[name] - v for name, _, v in values)
    return min(v for _, _, v in values)

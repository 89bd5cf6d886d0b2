"""The value of a plan over random draws: the draws that it was planned for, and fresh draws."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

import numpy as np

from models.case import Case
from models.evaluation import Decided
from models.network import delivers
from models.plan import Plan
from models.risk import cvar, expected, mean_and_tail
from models.risk_plan import DrawnValues, FreshGain, RiskPlan
from models.rule_holds import OVER_SCENARIOS, held_rules
from models.run_row import RunRow
from models.scenario_sets import soft_on_deliveries
from models.scenarios import Named, scenarios
from models.sets import Sets
from models.states import review_year
from models.stress import DrawnFlows, ScenarioResult
from optimizer.analysis.risk.drawn_flows import flows_of, stops_of
from optimizer.analysis.risk.judge import block, breaks, keeps_named, outturns, state_plans
from optimizer.analysis.stress.arrays import Floats
from optimizer.analysis.stress.distribution import realization, spread
from optimizer.analysis.stress.draws import Drawn, broken_in, draw
from optimizer.analysis.stress.evaluate import Evaluator, Outturn

FRESH, FRESH_OF_A_CHAIN = 10_000, 1_000
"""Number of fresh draws in the report of a plan; for a chain."""
BATCHES, T_OF_BATCHES = 20, 2.093024
"""Batches of fresh draws for the interval of a difference, and the 97.5 % point of t with one degree of freedom fewer."""


def can_report(sets: Sets) -> bool:
    """Whether a plan for named scenarios is also compared on draws, because its projects have risks."""
    return sets.case.settings.risk in OVER_SCENARIOS and bool(sets.case.risks)


class _Values(NamedTuple):
    """The values of decisions in some draws. `exact`: whether every call fits the contingency, so that no project stops."""

    value: Floats
    exact: bool
    drawn: Drawn
    stops: Sequence[frozenset[str]]
    """Projects that stop, by draw."""
    broken: Sequence[frozenset[str]]
    """Rules on deliveries that do not hold, by draw."""


@dataclass(frozen=True)
class DrawnJudge:
    """Draws 1 to n of the stream, and the stresses."""

    case: Case
    n: int
    seed: int
    _known: dict[object, _Values] = field(default_factory=dict, repr=False, compare=False)

    def value(self, decisions: Decided) -> float:
        """The measure over the draws that were planned for."""
        return self._measured(self._planned_for(decisions).value, [r for r, _ in self._stresses(decisions)])

    def block(self, decisions: Decided) -> RiskPlan:
        """The measure, the stresses, and the plan on fresh draws."""
        values, worked = self._planned_for(decisions).value, self._stresses(decisions)
        stresses = tuple(r for r, _ in worked)
        runs = {r.scenario: rows for r, rows in worked} if delivers(Sets(self.case)) else None
        found_fresh, weighted = self._fresh(decisions), self._weighted(values)
        fresh = found_fresh.value
        drawn = DrawnValues(
            n=len(fresh), seed=self.seed, first=self.n + 1, planned_for=self.n, measure=self._measured(fresh, stresses),
            exact=found_fresh.exact, **spread(fresh),
        )  # fmt: skip
        plan_block = block(decisions, stresses, self._measured(values, stresses))
        changes: dict[str, object] = {
            "expected": expected(weighted), "cvar": cvar(weighted, self.case.settings.alpha),
            "worst": min([float(values.min()), *(r.value for r in stresses)]), "draws": drawn,
            "runs": runs or None,
        }  # fmt: skip
        if review_year(self.case.settings) is not None:
            changes["states"] = tuple(state_plans(decisions, [s.name for s in scenarios(self.case.scenarios)]))
        return plan_block.model_copy(update=changes)

    def gain(self, plan: Decided, other: Decided) -> FreshGain:
        """The gain of a plan over another one on the same fresh draws.

        The interval of a mean is that of its pairs. That of another measure is from its differences in batches of the
        draws, by the t distribution (batch means: Schmeiser 1982).
        """
        mine, others = self._fresh(plan), self._fresh(other)
        ours, theirs, exact = mine.value, others.value, mine.exact and others.exact
        if self.case.settings.risk != "cvar":
            interval = spread(ours - theirs)
            of: Literal["measure", "mean"] = "measure" if self.case.settings.risk == "expected" else "mean"
            return FreshGain(
                n=len(ours), of=of, value=interval["mean"], low=interval["low"], high=interval["high"], exact=exact
            )
        batches = zip(np.split(ours, BATCHES), np.split(theirs, BATCHES), strict=True)
        each = np.array([self._measured(a, ()) - self._measured(b, ()) for a, b in batches])
        value = self._measured(ours, ()) - self._measured(theirs, ())
        half = T_OF_BATCHES * float(each.std(ddof=1)) / math.sqrt(BATCHES)
        return FreshGain(n=len(ours), of="measure", value=value, low=value - half, high=value + half, exact=exact)

    def _fresh(self, decisions: Decided) -> _Values:
        """The values of decisions in each fresh draw."""
        count = FRESH_OF_A_CHAIN if delivers(Sets(self.case)) else FRESH
        return self._values(decisions, count, self.n)

    def _likely(self) -> tuple[Named, ...]:
        return tuple(s for s in scenarios(self.case.scenarios) if s.probability > 0)

    def _values(self, decisions: Decided, n: int, skip: int) -> _Values:
        """The values of decisions in each of `n` draws after the first `skip`; cached."""
        key = n, skip, decisions.key
        if key not in self._known:
            drawn = draw(Evaluator(decisions), self._likely(), n, self.seed, skip)
            self._known[key] = _Values(drawn.result.value, drawn.exact, drawn, stops_of(drawn), broken_in(drawn))
        return self._known[key]

    def _planned_for(self, decisions: Decided) -> _Values:
        """The values of decisions in each draw that was planned for, with the best choice of the projects that continue."""
        key = "planned for", decisions.key
        if key not in self._known:
            evaluator = Evaluator(decisions)
            drawn = draw(evaluator, self._likely(), self.n, self.seed)
            value, stops, known = drawn.result.value.copy(), stops_of(drawn), dict[object, Outturn]()
            broken = broken_in(drawn)
            for place in np.flatnonzero(drawn.stops.any(axis=1) | self._may_gain_by_stopping):
                state_evaluator, one = realization(evaluator, drawn, int(place))
                alike = one.name, tuple(one.delays.items()), tuple(one.overruns.items()), one.failed
                if alike not in known:
                    known[alike] = state_evaluator.realize(replace(one, stopped=frozenset()))
                value[place], stops[place] = known[alike].value, frozenset(known[alike].stopped)
                broken[place] = frozenset(known[alike].valuation.broken)
            self._known[key] = _Values(value, exact=True, drawn=drawn, stops=stops, broken=broken)
        return self._known[key]

    @property
    def _may_gain_by_stopping(self) -> bool:
        """Whether points of a soft rule can make it better for a called project to stop although its call could be met."""
        return self.case.settings.contingency_m is not None and bool(soft_on_deliveries(self.case))

    def keeps(self, decisions: Decided) -> bool:
        """Whether the decisions keep the rules that hold in scenarios, in the draws planned for and in the stresses."""
        if not held_rules(self.case):
            return True
        drawn = [(1 / self.n, broken) for broken in self._planned_for(decisions).broken]
        return not breaks(self.case, [*drawn, *((0.0, r.broken) for r, _ in self._stresses(decisions))])

    def flows(self, decisions: Decided) -> DrawnFlows | None:
        """The runs of the chain in the draws that were planned for and in fresh ones; None if its deliveries do not count."""
        if not delivers(Sets(self.case)):
            return None
        both = self._planned_for(decisions), self._fresh(decisions)
        return flows_of(Evaluator(decisions), [(values.drawn, values.stops) for values in both])

    def _stresses(self, decisions: Decided) -> list[tuple[ScenarioResult, tuple[RunRow, ...]]]:
        """Every stress, with the runs of the chain in it."""
        return list(outturns(decisions, lambda s: s.probability <= 0))

    def _weighted(self, values: Floats) -> list[tuple[float, float]]:
        return [(1 / len(values), float(v)) for v in values]

    def _measured(self, values: Floats, stresses: Sequence[ScenarioResult]) -> float:
        s = self.case.settings
        if s.risk == "worst":
            return min([float(values.min()), *(r.value for r in stresses)])
        weighted = self._weighted(values)
        return expected(weighted) if s.risk == "expected" else mean_and_tail(weighted, s)


def keeps(decisions: Decided, seed: int) -> bool:
    """Whether the decisions keep the rules that hold in scenarios: the named ones, or the draws of the settings."""
    if n := decisions.case.settings.draws:
        return DrawnJudge(decisions.case, n, seed).keeps(decisions)
    return keeps_named(decisions)


def flows_of_plan(case: Case, plan: Plan) -> DrawnFlows | None:
    """The runs of the chain in every draw that a plan reports, for the auditor; None if the plan has no draws of a chain."""
    draws = None if plan.risk is None else plan.risk.draws
    if draws is None or not delivers(Sets(case)):
        return None
    return DrawnJudge(case, draws.planned_for, draws.seed).flows(Decided.of(case, plan))

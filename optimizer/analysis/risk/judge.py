"""Values of a plan in its scenarios, computed as by `stress`, and the measure of risk over them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import fsum
from typing import Protocol

from models.case import Case
from models.evaluation import Decided
from models.plan import Financed
from models.plan_assembly import decided, financed_rows
from models.risk import cvar, expected, measured
from models.risk_plan import RiskPlan, StateAward, StatePlan, StatePlanned
from models.rule_holds import held_rules, least_probability
from models.run_row import RunRow
from models.scenarios import SURE, Named, scenarios
from models.sets import Sets
from models.state_sets import state_sets
from models.states import review_year, state_of, states
from models.stress import ScenarioResult
from optimizer.analysis.stress.evaluate import Evaluator, in_scenarios

Interval = tuple[float, float]
"""Proved lower and upper bound of the best value in a scenario."""

Outturns = tuple[tuple[ScenarioResult, tuple[RunRow, ...]], ...]
"""Each scenario, with the runs of the chain in it."""


class Judge(Protocol):
    """Computes the value of decisions by a measure of risk."""

    def block(self, decisions: Decided) -> RiskPlan:
        """The block `risk` of plan.json; its bound is the plan's own value."""

    def value(self, decisions: Decided) -> float:
        """The measure alone."""


@dataclass(frozen=True)
class NamedJudge:
    """Evaluates plans in the named scenarios. `best`: for regret, scenario -> interval of the best value of any plan in it."""

    case: Case
    best: Mapping[str, Interval] = field(default_factory=dict)
    _known: dict[object, Outturns] = field(default_factory=dict, repr=False, compare=False)

    def value(self, decisions: Decided) -> float:
        """The measure."""
        return self._measured(tuple(result for result, _ in self._outturns(decisions)))

    def _outturns(self, decisions: Decided) -> Outturns:
        """The results in every scenario; cached by decisions."""
        if (key := decisions.key) not in self._known:
            self._known[key] = tuple(outturns(decisions))
        return self._known[key]

    def block(self, decisions: Decided) -> RiskPlan:
        """The results in every scenario, and the measure."""
        worked = [(self.with_regret(r), runs) for r, runs in self._outturns(decisions)]
        scenario_results = tuple(r for r, _ in worked)
        runs = {r.scenario: rows for r, rows in worked if rows}
        return block(decisions, scenario_results, self._measured(scenario_results)).model_copy(
            update={"runs": runs or None}
        )

    def _measured(self, scenario_results: tuple[ScenarioResult, ...]) -> float:
        most = {name: high for name, (_, high) in self.best.items()}
        return measured(self.case.settings, [(r.scenario, r.probability, r.value) for r in scenario_results], most)

    def with_regret(self, result: ScenarioResult) -> ScenarioResult:
        """The result in a scenario with the best value of any plan in it, if that is known."""
        if result.scenario not in self.best:
            return result
        low, high = self.best[result.scenario]
        return result.model_copy(update={
            "best_low": low, "best_high": high, "regret_low": max(0.0, low - result.value),
            "regret_high": max(0.0, high - result.value),
        })  # fmt: skip


def results(decisions: Decided) -> tuple[ScenarioResult, ...]:
    """The results of decisions in every named scenario; `as planned` is last if it has probability."""
    return tuple(result for result, _ in outturns(decisions))


def keeps_named(decisions: Decided) -> bool:
    """Whether the decisions keep the rules that hold in named scenarios, or in scenarios of a probability."""
    if not held_rules(decisions.case):
        return True
    return not breaks(decisions.case, [(r.probability, r.broken) for r in results(decisions)])


def breaks(case: Case, outcomes: Sequence[tuple[float, Collection[str]]], *, asks_probability: bool = True) -> bool:
    """Whether a rule that holds in scenarios is broken. `outcomes`: probability of each outcome, and the rules that are broken in
    it. `asks_probability`: whether rules that hold with a probability are included."""
    for rule in held_rules(case):
        least = least_probability(rule.holds)
        kept = [p for p, broken in outcomes if rule.rule not in broken]
        if least is None and len(kept) < len(outcomes):
            return True
        if least is not None and asks_probability and fsum(kept) < least - SURE:
            return True
    return False


def best_of(scenario_results: Iterable[ScenarioResult]) -> dict[str, Interval]:
    """Scenario -> interval of its best plan, if that is known."""
    return {
        r.scenario: (r.best_low, r.best_high)
        for r in scenario_results
        if r.best_low is not None and r.best_high is not None
    }


def outturns(
    decisions: Decided, among: Callable[[Named], bool] = lambda _: True
) -> Iterator[tuple[ScenarioResult, tuple[RunRow, ...]]]:
    """The results in every scenario that `among` accepts, with the runs of the chain in it if its deliveries count."""
    of_state = state_of(states(decisions.case))
    named = filter(among, scenarios(decisions.case.scenarios))
    for result, runs in in_scenarios(Evaluator(decisions), named):
        yield result.model_copy(update={"state": of_state[result.scenario]}), runs


def block(decisions: Decided, scenario_results: tuple[ScenarioResult, ...], value: float) -> RiskPlan:
    """The block of decisions whose scenarios are evaluated."""
    s = decisions.case.settings
    likely = [(r.probability, r.value) for r in scenario_results if r.probability > 0]
    return RiskPlan(
        measure=s.risk, value=value, bound=value, alpha=s.alpha, aversion=s.aversion,
        as_planned=Evaluator(decisions).planned.value,
        expected=expected(likely) if likely else None,
        cvar=cvar(likely, s.alpha) if likely else None,
        worst=min((r.value for r in scenario_results), default=None),
        review_year=s.review_year, contingency_m=s.contingency_m, scenarios=scenario_results,
        states=tuple(state_plans(decisions, [r.scenario for r in scenario_results])),
    )  # fmt: skip


def state_plans(decisions: Decided, names: Sequence[str]) -> Iterator[StatePlan]:
    """The whole plan of each state, with the scenarios of these names. Without a review there is one, whose awards are those
    of the plan."""
    case, sets = decisions.case, Sets(decisions.case)
    year = review_year(case.settings)
    for s in states(case):
        of_state = decisions.states.get(s.name, decisions)
        at = sets if year is None or s.is_planned else state_sets(sets, s, year)
        rows = financed_rows(decided(at, of_state.chosen, of_state.awards))
        projects = tuple(_state_planned(row, with_awards=year is not None) for row in rows)
        yield StatePlan(state=s.name, scenarios=tuple(n for n in s.scenarios if n in names), projects=projects)


def _state_planned(row: Financed, *, with_awards: bool) -> StatePlanned:
    given = tuple(StateAward(programme=a.programme, face_m=a.face_m, cost_m=a.cost_m) for a in row.awards)
    return StatePlanned(id=row.id, fid_year=row.fid_year, public_m=row.public_m, awards=given if with_awards else None)

"""Evaluation of a plan in one scenario: the projects that go on, deliveries, and value."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from models.evaluation import Decided, ScenarioSets, Valuation, calls, priced, top_ups, valuation
from models.network import delivers
from models.plan import RunRow
from models.scenario_sets import scenario_sets
from models.scenarios import AS_PLANNED, Named, Realization
from models.sets import DemandKey
from models.stress import Covered, ScenarioResult, Worked
from optimizer.analysis.stress.arrays import Floats, PlanArrays, ScenarioView, outer_rows
from optimizer.analysis.stress.continuation import kept
from optimizer.analysis.stress.envelopes import cut_envelopes
from optimizer.solver.yearly_flows import YearlyFlows

if TYPE_CHECKING:
    from models.schema import Scenario

Coverage = Mapping[tuple[DemandKey, int], float]


@dataclass(frozen=True)
class Outturn:
    """The result of the plan in one realization."""

    sets: ScenarioSets
    valuation: Valuation
    stopped: tuple[str, ...]
    called_m: float

    @property
    def value(self) -> float:
        return self.valuation.value


class Evaluator:
    """The plan in any realization. Keeps a view for each state of demand, supply and output in which its chain runs."""

    def __init__(self, decisions: Decided) -> None:
        self.decisions = decisions
        self.arrays = PlanArrays(decisions)
        self._views: dict[tuple[Scenario, ...], ScenarioView] = {}
        self._of_state: dict[int, Evaluator] = {}

    # -- plans with decisions by state ---------------------------------------------------------------------------

    def in_scenario(self, scenario: Named) -> "tuple[Evaluator, Realization]":
        """The evaluator of the decisions that are taken in a scenario, and the scenario's realization."""
        state, realization = self.decisions.in_scenario(scenario)
        return self._of(state), realization

    def as_known(self, realization: Realization) -> "tuple[Evaluator, Realization]":
        """The evaluator of the decisions of the state to which some rows belong; of those as planned if there is none."""
        if not self.decisions.states or not realization.rows:
            return self, realization
        state, known_from = self.decisions.known_by(realization.rows)
        return self._of(state), replace(realization, known_from=known_from)

    def _of(self, decided: Decided) -> "Evaluator":
        if decided is self.decisions:
            return self
        if id(decided) not in self._of_state:
            self._of_state[id(decided)] = Evaluator(decided)
        return self._of_state[id(decided)]

    # -- the plan in a realization -------------------------------------------------------------------------------

    @cached_property
    def planned(self) -> Outturn:
        """The plan as planned."""
        return self.outturn(Realization(AS_PLANNED))

    def value(self, realization: Realization | None) -> tuple[float, Worked]:
        """The value in a realization (None: as planned), and its evidence.

        The same value as that of `realize`, in a fifth of the time if no project can stop and no chain counts.
        """
        budget = realization is not None and any(r.parameter == "budget" for r in realization.rows)
        may_stop = budget or self.decisions.case.settings.contingency_m is not None
        if realization is None or may_stop or delivers(self.arrays.sets):
            outturn = self.planned if realization is None else self.realize(realization)
            return outturn.value, self.worked(outturn)
        realization = priced(self.decisions, realization)
        view = self.arrays.view(Realization(rows=realization.rows))
        return float(view.evaluate(self.arrays.shares(realization)[None]).value[0]), Worked()

    def realize(self, realization: Realization) -> Outturn:
        """The plan in a realization, with the best choice of who goes on.

        Without a contingency every call is met. Named scenarios are exact: where the contingency or a cut envelope does
        not suffice for all, a mixed-integer program chooses. Raises ChoiceNotProved.
        """
        realization = priced(self.decisions, realization)
        owed, limit = calls(self.decisions, realization), self.decisions.case.settings.contingency_m
        choice = cut_envelopes(self.decisions, realization, {} if limit is None else owed, limit)
        stopped: frozenset[str] = frozenset()
        if choice is not None:
            stopped = kept(self.decisions, scenario_sets(self.arrays.sets, realization), choice)
        return self.outturn(replace(realization, stopped=realization.stopped | stopped), owed)

    def outturn(self, realization: Realization, owed: Mapping[str, float] | None = None) -> Outturn:
        """The plan in a realization in which it is settled who stops."""
        sets = scenario_sets(self.arrays.sets, realization)
        value = valuation(self.decisions, sets, self._delivered(sets))
        met = sum(call for i, call in (owed or {}).items() if i not in realization.stopped)
        return Outturn(sets, value, tuple(sorted(realization.stopped)), met)

    def _delivered(self, sets: ScenarioSets) -> Coverage | None:
        """The deliveries of the chain, if the objective counts them."""
        flows = self.flows(sets.realization)
        if flows is None:
            return None
        loaded, capacity = flows
        covered = loaded.settle(capacity)
        return {
            (key, year): float(covered[k, y])
            for k, key in enumerate(sets.demands)
            for y, year in enumerate(sets.years)
            if sets.demand[key, year] > 0
        }

    def flows(self, realization: Realization) -> tuple[YearlyFlows, Floats] | None:
        """The loaded chain of a realization, and the capacity of its processes; None where deliveries do not count."""
        if not delivers(self.arrays.sets):
            return None
        outer = outer_rows(realization)
        if outer not in self._views:
            self._views[outer] = self.arrays.view(Realization(rows=outer))
        view = self._views[outer]
        assert view.flows is not None
        return view.flows, view.process_capacity(self.arrays.shares(realization)[None])[0]

    def worked(self, outturn: Outturn) -> Worked:
        """The evidence of an evaluation, for the auditor."""
        return Worked(outturn.stopped, self.runs(outturn.sets.realization))

    def runs(self, realization: Realization) -> tuple[RunRow, ...]:
        """What the recipes run in a realization in which it is settled who stops; empty where deliveries do not count."""
        flows = self.flows(realization)
        return () if flows is None else flows[0].runs(flows[1])


def in_scenarios(planned: Evaluator, named: Iterable[Named]) -> Iterator[tuple[ScenarioResult, tuple[RunRow, ...]]]:
    """A plan in each scenario: its row of the section on scenarios, and what the recipes run in it."""
    for scenario in named:
        evaluator, realization = planned.in_scenario(scenario)
        outturn = evaluator.realize(realization)
        yield scenario_result(evaluator.decisions, scenario, outturn), evaluator.runs(outturn.sets.realization)


def scenario_result(decisions: Decided, scenario: Named, outturn: Outturn) -> ScenarioResult:
    """A row of the section on scenarios."""
    return ScenarioResult(
        scenario=scenario.name,
        probability=scenario.probability,
        value=outturn.value,
        kept=tuple(i for i in sorted(decisions.chosen) if i not in outturn.stopped),
        stopped=outturn.stopped,
        called_m=outturn.called_m,
        owed_m=top_ups(decisions, outturn.sets.realization),
        broken=outturn.valuation.broken,
        coverage=coverage_rows(outturn),
    )


def coverage_rows(outturn: Outturn) -> tuple[Covered, ...]:
    """Every demand row and year; 1 and no gap where nothing is demanded."""
    sets, covered = outturn.sets, outturn.valuation.coverage
    return tuple(
        Covered(
            stage=k.stage,
            material=k.material,
            year=y,
            coverage=covered.get((k, y), 1.0),
            gap_t=max(0.0, sets.demand[k, y] * (1 - covered.get((k, y), 1.0))),
        )
        for k in sets.demands
        for y in sets.years
    )

"""The plan over draws: its value, coverage and rules."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.calls import ROUNDING, Claim, claims
from models.evaluation import priced
from models.risks import RiskUnit, units
from models.scenario_sets import soft_on_deliveries
from models.scenarios import Named, Realization
from optimizer.analysis.stress.arrays import CHUNK, Bools, Evaluated, Floats, PlanArrays, ScenarioView
from optimizer.analysis.stress.continuation import kept
from optimizer.analysis.stress.envelopes import cut_envelopes
from optimizer.analysis.stress.evaluate import Evaluator
from optimizer.analysis.stress.sampling import Sample, sample
from optimizer.solver.tolerance import TOLERANCE

SAME_LOSS = 12
"""Decimals to which two losses are the same: ties go by id, whatever their rounding."""


@dataclass(frozen=True)
class Drawn:
    """Draws evaluated, in the order of the stream."""

    sample: Sample
    units: tuple[RiskUnit, ...]
    scenarios: tuple[Named, ...]
    result: Evaluated
    exact: bool
    numbers: npt.NDArray[np.int64]
    """Number of each draw in the stream, from 1."""
    stops: Bools
    """Financed projects that stop, [n, project] in the order of `ids`."""
    ids: tuple[str, ...]
    """Projects that are financed, in whatever state."""
    rules: tuple[str, ...]
    """Rules on deliveries, in the order of `result.holds`."""


def draw(  # noqa: PLR0917
    plan: Evaluator,
    scenarios: Sequence[Named],
    n: int,
    seed: int = 0,
    skip: int = 0,
    stopped: Callable[[], bool] = lambda: False,
) -> Drawn:
    """The plan in draws skip + 1 to skip + n; where `stopped`, in as many of them as were reached. After a review each draw
    meets the decisions of the state of its scenario."""
    sets = plan.arrays.sets
    of_risks, with_probability = units(sets), tuple(s for s in scenarios if s.probability > 0)
    # Only the contingency reads what a project overruns by: without one every call is met.
    overruns = plan.decisions.case.settings.contingency_m is not None
    drawn = sample(of_risks, with_probability, n, seed=seed, skip=skip, overruns=overruns)
    collected = _DrawResults(drawn, plan)
    works: dict[int, _Work] = {}
    for place, scenario in enumerate(with_probability):
        evaluator, realization = plan.in_scenario(scenario)
        if id(evaluator) not in works:
            works[id(evaluator)] = _Work(evaluator.arrays, drawn, of_risks, collected)
        for part in _chunks(np.flatnonzero(drawn.scenario == place)):
            if not stopped():
                works[id(evaluator)].evaluate(realization, part, stopped)
    return collected.drawn(of_risks, with_probability, skip)


def broken_in(drawn: Drawn) -> list[frozenset[str]]:
    """The rules on deliveries that do not hold in each draw."""
    return [frozenset(r for r, holds in zip(drawn.rules, row, strict=True) if not holds) for row in drawn.result.holds]


def _chunks(places: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.int64]]:
    yield from (places[n : n + CHUNK] for n in range(0, len(places), CHUNK))


class _DrawResults:
    """Results of the draws so far. Demand rows, years and rules are those of every state."""

    def __init__(self, drawn: Sample, plan: Evaluator) -> None:
        self.sample, arrays, decisions = drawn, plan.arrays, plan.decisions
        n, keys, years = len(drawn.scenario), len(arrays.sets.demands), len(arrays.sets.years)
        self.value = np.full(n, np.nan)
        self.coverage = np.full((n, keys, years), np.nan)
        self.holds = np.zeros((n, len(arrays.rules)), dtype=bool)
        self.rules = tuple(r.rule for r in arrays.rules)
        self.exact = True
        self.ids = tuple(sorted({i for state in (decisions, *decisions.states.values()) for i in state.chosen}))
        self.stops = np.zeros((n, len(self.ids)), dtype=bool)

    def add(self, part: npt.NDArray[np.int64], evaluated: Evaluated, financed: Sequence[str], stops: Bools) -> None:
        """Add the results of some draws. `stops`: which of the `financed` stop, [n, project]."""
        self.value[part], self.coverage[part], self.holds[part] = evaluated.value, evaluated.coverage, evaluated.holds
        columns = np.array([self.ids.index(i) for i in financed], dtype=np.int64)
        self.stops[part[:, None], columns[None, :]] = stops

    def drawn(self, units_: tuple[RiskUnit, ...], scenarios: tuple[Named, ...], skip: int) -> Drawn:
        """All draws that were reached."""
        reached = ~np.isnan(self.value)
        s = self.sample
        some = Sample(s.scenario[reached], s.failed[reached], s.delay[reached], s.overrun[reached])
        result = Evaluated(self.value[reached], self.coverage[reached], self.holds[reached])
        numbers = np.flatnonzero(reached) + skip + 1
        return Drawn(some, units_, scenarios, result, self.exact, numbers, self.stops[reached], self.ids, self.rules)


class _Work:
    """The decisions of one state in draws."""

    def __init__(
        self, arrays: PlanArrays, drawn: Sample, of_risks: tuple[RiskUnit, ...], collected: _DrawResults
    ) -> None:
        self.arrays, self.sample, self.collected = arrays, drawn, collected
        self._ids = [p.project.id for p in arrays.plants[: arrays.count]]
        place = {i: u for u, unit in enumerate(of_risks) for i in unit.projects}
        self._unit_of = [place.get(p.project.id) for p in arrays.plants]
        self._delays = sorted({0, *(int(delay) for delay in np.unique(drawn.delay))})
        self._views: dict[str, tuple[ScenarioView, Floats, frozenset[str]]] = {}
        self._claimed: dict[str, list[Claim]] = {}
        self._loss: Floats | None = None

    def evaluate(self, of: Realization, part: npt.NDArray[np.int64], stopped: Callable[[], bool]) -> None:
        """Evaluate draws of one scenario. `of`: the scenario without its draws."""
        view, table, cut = self._view(of)
        failed = self._of_plants(self.sample.failed, part, fill=False)
        late = np.searchsorted(self._delays, self._of_plants(self.sample.delay, part, fill=0))
        shares = table[late, np.arange(len(self.arrays.plants))]
        out = failed | np.array([p.project.id in cut and not p.is_displaced for p in self.arrays.plants], dtype=bool)
        stops = self._not_met(of, part, out) | np.array([i in cut for i in self._ids], dtype=bool)
        out[:, : self.arrays.count] |= stops
        self.collected.add(part, view.evaluate(shares * ~out[:, :, None], stopped), self._ids, stops)

    def _view(self, of: Realization) -> tuple[ScenarioView, Floats, frozenset[str]]:
        """A scenario's view, the shares by delay, plant and year, and who stops where its envelopes are cut."""
        if of.name not in self._views:
            realization = priced(self.arrays.decisions, of)
            everybody = [p.project.id for p in self.arrays.plants]
            tables = [
                self.arrays.shares(replace(realization, delays=dict.fromkeys(everybody, late))) for late in self._delays
            ]
            view = self.arrays.view(realization)
            choice = cut_envelopes(self.arrays.decisions, realization, {}, None)
            cut = frozenset[str]() if choice is None else kept(self.arrays.decisions, view.sets, choice)
            self._views[of.name] = view, np.array(tables), cut
        return self._views[of.name]

    def _of_plants(self, of_units: npt.NDArray[np.generic], part: npt.NDArray[np.int64], fill: float) -> npt.NDArray:  # type: ignore[type-arg]
        """An outcome of the units as one of the plants, [n, plant]."""
        by_plant = np.full((len(part), len(self._unit_of)), fill, dtype=of_units.dtype)
        for n, u in enumerate(self._unit_of):
            if u is not None:
                by_plant[:, n] = of_units[part, u]
        return by_plant

    # -- calls -----------------------------------------------------------------------------------------------

    def _not_met(self, of: Realization, part: npt.NDArray[np.int64], out: Bools) -> Bools:
        """Financed projects whose call is not met, [n, project]: greedily by the points lost as planned for a million
        of call, where the contingency does not suffice for all."""
        limit = self.arrays.decisions.case.settings.contingency_m
        stops = np.zeros((len(part), self.arrays.count), dtype=bool)
        if limit is None or not self.arrays.count:
            return stops
        calls = self._calls(of, part) * ~out[:, : self.arrays.count]
        if calls.any() and soft_on_deliveries(self.arrays.decisions.case):
            self.collected.exact = False  # a soft rule can gain where a project stops whose call could be met
        short = np.flatnonzero(calls.sum(axis=1) > limit + TOLERANCE * max(1.0, limit))
        if not len(short):
            return stops
        self.collected.exact = False
        owed = calls[short]
        with np.errstate(divide="ignore", invalid="ignore"):
            worth = np.where(owed > 0, self._losses() / owed, np.inf)
        order = np.argsort(-worth, axis=1, kind="stable")  # plants are sorted by id: ties by id
        left = np.full(len(short), float(limit))
        for column in order.T:
            call = owed[np.arange(len(short)), column]
            met = call <= left + TOLERANCE * max(1.0, limit)
            left -= np.where(met, call, 0.0)
            stops[short, column] = ~met
        return stops

    def _calls(self, of: Realization, part: npt.NDArray[np.int64]) -> Floats:
        calls = np.zeros((len(part), self.arrays.count))
        over = self._of_plants(self.sample.overrun, part, fill=1.0)
        failed = self._of_plants(self.sample.failed, part, fill=False)
        for n, claim in enumerate(self._claims(of)):
            calls[:, n] = claim_calls(claim, over[:, n])
        return np.asarray(calls * ~failed[:, : self.arrays.count])

    def _claims(self, of: Realization) -> list[Claim]:
        """The claims of the financed projects in a scenario, in their order among the plants."""
        if of.name not in self._claimed:
            decisions = self.arrays.decisions
            self._claimed[of.name] = list(claims(decisions.case, decisions.chosen, decisions.given, of).values())
        return self._claimed[of.name]

    def _losses(self) -> Floats:
        """Points lost as planned where each financed project delivers nothing."""
        if self._loss is None:
            shares = self.arrays.shares(Realization())
            masks = np.ones((self.arrays.count + 1, len(self.arrays.plants)))
            masks[np.arange(self.arrays.count) + 1, np.arange(self.arrays.count)] = 0.0
            value = self.arrays.view(Realization()).evaluate(shares * masks[:, :, None]).value
            self._loss = np.round(value[0] - value[1:], SAME_LOSS)
        return self._loss


def claim_calls(claim: Claim, overrun: Floats) -> Floats:
    """`Claim.call` of many overruns at once."""
    capex = claim.capex_m * overrun
    owed = np.maximum(0.0, capex * (1 - claim.private_share) - claim.secured_m) - claim.need_m
    if claim.bankable_m is not None:
        gap = np.maximum(0.0, capex - claim.secured_m - claim.bankable_m)
        missing = gap - claim.support_m
        owed = np.maximum(owed, np.where(missing > ROUNDING * np.maximum(1.0, gap), missing, 0.0))
    return np.asarray(np.maximum(0.0, owed))

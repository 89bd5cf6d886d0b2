"""The plan over draws: its value, coverage and rules, and what explains the spread."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from models.risks import Unit, units
from models.scenarios import Named, Realization
from models.sets import DemandKey, Sets
from models.stress import Draws, Driver, Held, Spread
from models.terms import need
from optimizer.analysis.stress.arrays import CHUNK, Bools, Evaluated, Floats, PlanArrays, ScenarioView
from optimizer.analysis.stress.continuation import kept
from optimizer.analysis.stress.envelopes import cut_envelopes
from optimizer.analysis.stress.evaluate import Evaluator
from optimizer.analysis.stress.sampling import Sample, sample

SURE = 1.959963984540054
"""Standard deviations of a two-sided interval of 95 %."""
MOST_DRIVERS = 10
LEAST_SHARE = 0.005
"""Part of the variance below which a unit is not named."""


@dataclass(frozen=True)
class Drawn:
    """Draws evaluated, in the order of the stream."""

    sample: Sample
    units: tuple[Unit, ...]
    scenarios: tuple[Named, ...]
    result: Evaluated
    exact: bool


def draw(  # noqa: PLR0917
    plan: Evaluator,
    scenarios: Sequence[Named],
    n: int,
    seed: int = 0,
    skip: int = 0,
    stopped: Callable[[], bool] = lambda: False,
) -> Drawn:
    """The plan in draws skip + 1 to skip + n; where `stopped`, in as many of them as were reached."""
    sets = plan.arrays.sets
    of_risks, with_probability = units(sets), tuple(s for s in scenarios if s.probability > 0)
    drawn = sample(of_risks, with_probability, n, seed=seed, skip=skip)
    work = _Work(plan.arrays, drawn, of_risks)
    for place, scenario in enumerate(with_probability):
        for part in _chunks(np.flatnonzero(drawn.scenario == place)):
            if not stopped():
                work.evaluate(scenario, part, stopped)
    return work.drawn(with_probability)


def _chunks(places: npt.NDArray[np.int64]) -> Iterator[npt.NDArray[np.int64]]:
    yield from (places[n : n + CHUNK] for n in range(0, len(places), CHUNK))


class _Work:
    """Draws on their way to a result."""

    def __init__(self, arrays: PlanArrays, drawn: Sample, of_risks: tuple[Unit, ...]) -> None:
        self.arrays, self.sample, self.units = arrays, drawn, of_risks
        n, keys, years = len(drawn.scenario), len(arrays.sets.demands), len(arrays.sets.years)
        self.value = np.full(n, np.nan)
        self.coverage = np.full((n, keys, years), np.nan)
        self.holds = np.zeros((n, len(arrays.rules)), dtype=bool)
        self.exact = True
        place = {i: u for u, unit in enumerate(of_risks) for i in unit.projects}
        self._unit_of = [place.get(p.project.id) for p in arrays.plants]
        self._delays = sorted({0, *(int(d) for d in np.unique(drawn.delay))})
        self._views: dict[str, tuple[ScenarioView, Floats, frozenset[str]]] = {}
        self._loss: Floats | None = None

    def evaluate(self, scenario: Named, part: npt.NDArray[np.int64], stopped: Callable[[], bool]) -> None:
        view, table, cut = self._view(scenario)
        failed = self._of_plants(self.sample.failed, part, fill=False)
        late = np.searchsorted(self._delays, self._of_plants(self.sample.delay, part, fill=0))
        shares = table[late, np.arange(len(self.arrays.plants))]
        out = failed | np.array([p.project.id in cut and not p.is_displaced for p in self.arrays.plants], dtype=bool)
        out[:, : self.arrays.count] |= self._not_met(scenario, part, out)
        found = view.evaluate(shares * ~out[:, :, None], stopped)
        self.value[part], self.coverage[part], self.holds[part] = found.value, found.coverage, found.holds

    def _view(self, scenario: Named) -> tuple[ScenarioView, Floats, frozenset[str]]:
        """A scenario's view, the shares by delay, plant and year, and who stops where its envelopes are cut."""
        if scenario.name not in self._views:
            realization = Realization(scenario.name, scenario.rows)
            everybody = [p.project.id for p in self.arrays.plants]
            tables = [
                self.arrays.shares(replace(realization, delays=dict.fromkeys(everybody, late))) for late in self._delays
            ]
            view = self.arrays.view(realization)
            choice = cut_envelopes(self.arrays.decisions, realization, {}, None)
            cut = frozenset[str]() if choice is None else kept(self.arrays.decisions, view.sets, choice)
            self._views[scenario.name] = view, np.array(tables), cut
        return self._views[scenario.name]

    def _of_plants(self, of_units: npt.NDArray[np.generic], part: npt.NDArray[np.int64], fill: float) -> npt.NDArray:  # type: ignore[type-arg]
        """An outcome of the units as one of the plants, [n, plant]."""
        found = np.full((len(part), len(self._unit_of)), fill, dtype=of_units.dtype)
        for n, u in enumerate(self._unit_of):
            if u is not None:
                found[:, n] = of_units[part, u]
        return found

    # -- calls -----------------------------------------------------------------------------------------------

    def _not_met(self, scenario: Named, part: npt.NDArray[np.int64], out: Bools) -> Bools:
        """Financed projects whose call is not met, [n, project]: greedily by the points lost as planned for a million
        of call, where the contingency does not suffice for all."""
        limit = self.arrays.decisions.case.settings.contingency_m
        stops = np.zeros((len(part), self.arrays.count), dtype=bool)
        if limit is None or not self.arrays.count:
            return stops
        calls = self._calls(scenario, part) * ~out[:, : self.arrays.count]
        short = np.flatnonzero(calls.sum(axis=1) > limit)
        if not len(short):
            return stops
        self.exact = False
        owed = calls[short]
        with np.errstate(divide="ignore", invalid="ignore"):
            worth = np.where(owed > 0, self._losses() / owed, np.inf)
        order = np.argsort(-worth, axis=1, kind="stable")  # plants are sorted by id: ties by id
        left = np.full(len(short), float(limit))
        for column in order.T:
            call = owed[np.arange(len(short)), column]
            met = call <= left
            left -= np.where(met, call, 0.0)
            stops[short, column] = ~met
        return stops

    def _calls(self, scenario: Named, part: npt.NDArray[np.int64]) -> Floats:
        found = np.zeros((len(part), self.arrays.count))
        realization = Realization(scenario.name, scenario.rows)
        over = self._of_plants(self.sample.overrun, part, fill=1.0)
        failed = self._of_plants(self.sample.failed, part, fill=False)
        for n, plant in enumerate(self.arrays.plants[: self.arrays.count]):
            project = plant.project
            cost, private = realization.money_factors(project, plant.fid)
            needed = project.capex_m * cost * over[:, n] * (1 - min(1.0, project.private_share * private))
            found[:, n] = np.maximum(0.0, np.maximum(0.0, needed - project.secured_m) - need(project))
        return np.asarray(found * ~failed[:, : self.arrays.count])

    def _losses(self) -> Floats:
        """Points lost as planned where each financed project delivers nothing."""
        if self._loss is None:
            shares = self.arrays.shares(Realization())
            masks = np.ones((self.arrays.count + 1, len(self.arrays.plants)))
            masks[np.arange(self.arrays.count) + 1, np.arange(self.arrays.count)] = 0.0
            value = self.arrays.view(Realization()).evaluate(shares * masks[:, :, None]).value
            self._loss = np.asarray(value[0] - value[1:])
        return self._loss

    def drawn(self, scenarios: tuple[Named, ...]) -> Drawn:
        reached = ~np.isnan(self.value)
        s = self.sample
        some = Sample(s.scenario[reached], s.failed[reached], s.delay[reached], s.overrun[reached])
        result = Evaluated(self.value[reached], self.coverage[reached], self.holds[reached])
        return Drawn(some, self.units, scenarios, result, self.exact)


# -- what the draws say ----------------------------------------------------------------------------------------------


def summary(plan: Evaluator, drawn: Drawn, *, seed: int, skip: int) -> Draws | None:
    """Distribution of the value and of every coverage, how often rules hold, what explains the spread; None of no
    draw."""
    value, n = drawn.result.value, len(drawn.result.value)
    if not n:
        return None
    planned = plan.planned
    half = SURE * float(value.std(ddof=1)) / math.sqrt(n) if n > 1 else 0.0
    p05, p50, p95 = (float(x) for x in np.quantile(value, (0.05, 0.5, 0.95)))
    mean = float(value.mean())
    return Draws(
        n=n, seed=seed, first=skip + 1, mean=mean, low=mean - half, high=mean + half, p05=p05, p50=p50, p95=p95,
        planned=planned.value, exact=drawn.exact,
        coverage=tuple(_spreads(planned.sets, planned.valuation.coverage, drawn.result.coverage)),
        rules=tuple(_held(plan.arrays, {r.rule: r.holds for r in planned.valuation.rules}, drawn.result.holds)),
        drivers=drivers(drawn),
        quantiles=tuple(float(x) for x in np.quantile(value, np.linspace(0, 1, 101))),
    )  # fmt: skip


def _spreads(sets: Sets, planned: Mapping[tuple[DemandKey, int], float], coverage: Floats) -> Iterator[Spread]:
    quantiles = np.quantile(coverage, (0.05, 0.5, 0.95), axis=0)
    for k, key in enumerate(sets.demands):
        for y, year in enumerate(sets.years):
            p05, p50, p95 = (float(q[k, y]) for q in quantiles)
            yield Spread(
                stage=key.stage, material=key.material, year=year, mean=float(coverage[:, k, y].mean()),
                planned=planned.get((key, year), 1.0), p05=p05, p50=p50, p95=p95,
            )  # fmt: skip


def _held(arrays: PlanArrays, planned: dict[str, bool], holds: Bools) -> Iterator[Held]:
    for place, rule in enumerate(arrays.rules):
        low, high = wilson(int(holds[:, place].sum()), len(holds))
        yield Held(
            rule=rule.rule, hard=rule.hard, planned=planned[rule.rule], probability=float(holds[:, place].mean()),
            low=low, high=high,
        )  # fmt: skip


def wilson(successes: int, n: int) -> tuple[float, float]:
    """Interval of 95 % of a probability (Wilson 1927): honest near 0 and 1, where the normal one is not.

    >>> [round(x, 4) for x in wilson(0, 100)], [round(x, 4) for x in wilson(50, 100)]
    ([0.0, 0.037], [0.4038, 0.5962])
    """
    p, z = successes / n, SURE
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def drivers(drawn: Drawn) -> tuple[Driver, ...]:
    """Units, and the scenario, that explain most of the variance of the value by themselves: first-order indices
    (Sobol 1993) from the groups of their outcomes, corrected for the number of groups."""
    value, sample_ = drawn.result.value, drawn.sample
    found = [Driver(name="scenario", kind="scenario", share=_explained(value, sample_.scenario))]
    for u, unit in enumerate(drawn.units):
        outcome = np.where(sample_.failed[:, u], -1, sample_.delay[:, u])
        found.append(Driver(name=unit.name, kind=unit.kind, share=_explained(value, outcome)))
    named = sorted((d for d in found if d.share >= LEAST_SHARE), key=lambda d: (-d.share, d.name))
    return tuple(named[:MOST_DRIVERS])


def _explained(value: Floats, groups: npt.NDArray[np.int64]) -> float:
    """Part of the variance between groups (omega squared; Hays 1963)."""
    _, place = np.unique(groups, return_inverse=True)
    counts = np.bincount(place)
    total = float(((value - value.mean()) ** 2).sum())
    if len(counts) < 2 or total <= 0 or len(value) <= len(counts):
        return 0.0
    means = np.bincount(place, weights=value) / counts
    between = float((counts * (means - value.mean()) ** 2).sum())
    within = (total - between) / (len(value) - len(counts))
    return max(0.0, (between - (len(counts) - 1) * within) / (total + within))

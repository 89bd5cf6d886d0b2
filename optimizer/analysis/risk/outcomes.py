"""Draws of scenarios and risks over every decision that a program could take, as arrays; and cuts in closed form.

The first N outcomes are the draws, each with probability 1/N; the stresses follow with probability 0. Without draws the named
scenarios are the outcomes. `share[s, d, p, y]` is the
part of nameplate that decision p delivers in year y if scenario s occurs and its project is `delays[d]` years late.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from models.risks import units
from models.scenario_sets import ScenarioSets, scenario_sets
from models.scenarios import Named, Realization, scenarios
from models.schema import Project
from models.sets import DemandKey, Sets
from models.terms import fid_of_underway, material_share, output
from optimizer.analysis.risk.drawn_penalties import DrawnPenalties
from optimizer.analysis.stress.sampling import sample

Floats = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
DELIVERED_BY = ("delay_years", "capacity", "fails")
"""Parameters of scenarios that change the deliveries of a project."""
LEAST = 1e-9
"""A decision below this delivers nothing."""


@dataclass(frozen=True)
class Reached:
    """The results of decisions in the outcomes: value of each [outcome], its parts [outcome, mean, year], `slopes`, from
    which the supports of the parts follow (`DrawnOutcomes.cuts`), and points lost to soft rules [outcome, rule], not above 0."""

    values: Floats
    parts: Floats
    slopes: Any
    lost: Floats


class DrawnOutcomes:
    """The outcomes of all decisions of a case if nameplate capacity counts. `n`: draws; 0 for the named scenarios."""

    def __init__(self, sets: Sets, starts: Sequence[tuple[str, int]], n: int, seed: int) -> None:
        self.sets, self.starts = sets, tuple(starts)
        every = scenarios(sets.case.scenarios)
        likely, stresses = ([s for s in every if (s.probability > 0) == sure] for sure in (True, False))
        self.scenarios: tuple[Named, ...] = (*likely, *stresses)
        self._units = units(sets)
        drawn = sample(self._units, likely, n, seed=seed, overruns=False)
        named = self.scenarios if n == 0 else tuple(stresses)
        more = len(named)
        self.scenario: Places = np.concatenate([drawn.scenario, len(self.scenarios) - more + np.arange(more)])
        self.probability: Floats = np.concatenate([np.full(n, 1 / max(1, n)), [s.probability for s in named]])
        self.delays = tuple(sorted({0, *map(int, np.unique(drawn.delay))}))
        calm = np.zeros((more, len(self._units)))
        self._failed = np.concatenate([drawn.failed, calm > 0])
        self._late = np.searchsorted(self.delays, np.concatenate([drawn.delay, calm.astype(np.int64)]))
        self.projects = tuple(dict.fromkeys(i for i, _ in self.starts))
        self.years = sets.years

    @property
    def keys(self) -> tuple[DemandKey, ...]:
        """The quantities whose means are bounded: the coverage of each demand row."""
        return self.sets.demands

    # -- deliveries of a decision --------------------------------------------------------------------------------

    @cached_property
    def _realized(self) -> list[list[Realization]]:
        """Realizations by scenario and by the delay of all projects."""
        ids = [p.id for p in self.sets.case.projects]
        return [
            [Realization(s.name, s.rows, delays=dict.fromkeys(ids, delay)) for delay in self.delays]
            for s in self.scenarios
        ]

    def shares(self, project: Project, fid: int) -> Floats:
        """[scenario, delay, year]. Scenarios that change deliveries of the project alike are evaluated once."""
        first, known = self.sets.case.settings.first_year, dict[object, list[list[float]]]()
        table = []
        for by_delay in self._realized:
            changed = tuple(by_delay[0].changes(parameter, project) for parameter in DELIVERED_BY)
            if changed not in known:
                known[changed] = [[r.delivery_share(project, fid, y, first) for y in self.years] for r in by_delay]
            table.append(known[changed])
        return np.array(table)

    @cached_property
    def delivered(self) -> Floats:
        """[scenario, delay, decision, year]: the part of nameplate that a decision delivers."""
        return self._stacked([self.shares(self.sets.by_id[i], t) for i, t in self.starts])

    @cached_property
    def unaided(self) -> Floats:
        """[scenario, delay, project, year]: the part of nameplate that a project would deliver without support."""
        by_id, anyway = self.sets.by_id, self.sets.unaided_fids
        nothing = np.zeros((len(self.scenarios), len(self.delays), len(self.years)))
        return self._stacked([self.shares(by_id[i], anyway[i]) if i in anyway else nothing for i in self.projects])

    def _stacked(self, shares: Sequence[Floats]) -> Floats:
        shape = (len(self.scenarios), len(self.delays), 0, len(self.years))
        return np.stack(shares, axis=2) if shares else np.zeros(shape)

    @cached_property
    def share(self) -> Floats:
        """[scenario, delay, decision, year]; without the deliveries that the project would make without support."""
        return np.asarray(self.delivered - self.unaided[:, :, self.project_of])

    @cached_property
    def project_of(self) -> Places:
        """Index of the project of each decision."""
        number = {i: n for n, i in enumerate(self.projects)}
        return np.array([number[i] for i, _ in self.starts], dtype=np.int64)

    @cached_property
    def tonnes(self) -> Floats:
        """[project, demand row], t/yr at nameplate."""
        table = np.array([self._tonnes(self.sets.by_id[i]) for i in self.projects])
        return table.reshape(len(self.projects), self.standing.shape[1])

    def _tonnes(self, project: Project) -> list[float]:
        return [
            output(project) * material_share(project, k.material) if project.stage == k.stage else 0.0
            for k in self.keys
        ]

    def outcome_of(self, project: str) -> tuple[Places, Bools]:
        """Index of its delay in `delays`, and whether it fails, by outcome."""
        unit = next((u for u, unit in enumerate(self._units) if project in unit.projects), None)
        if unit is None:
            zero = np.zeros(len(self.scenario), dtype=np.int64)
            return zero, zero > 0
        return self._late[:, unit], self._failed[:, unit]

    @cached_property
    def late(self) -> Places:
        """[outcome, project]: index in `delays`."""
        columns = [self.outcome_of(i)[0] for i in self.projects]
        return np.array(columns, dtype=np.int64).reshape(-1, len(self.scenario)).T

    @cached_property
    def failed(self) -> Bools:
        """[outcome, project]."""
        columns = [self.outcome_of(i)[1] for i in self.projects]
        return np.array(columns, dtype=np.bool_).reshape(-1, len(self.scenario)).T

    @cached_property
    def penalties(self) -> DrawnPenalties:
        """Soft rules on deliveries in every outcome."""
        return DrawnPenalties(self)

    # -- demand of each outcome ----------------------------------------------------------------------------------

    @cached_property
    def _views(self) -> list[ScenarioSets]:
        return [scenario_sets(self.sets, Realization(s.name, s.rows)) for s in self.scenarios]

    def _table(self, name: str) -> Floats:
        """[scenario, demand row, year]."""
        return np.array([[[getattr(v, name)[k, y] for y in self.years] for k in self.keys] for v in self._views])

    def _existing(self) -> Floats:
        """[scenario, demand row, year], t/yr."""
        return self._table("existing")

    @cached_property
    def demand(self) -> Floats:
        """[outcome, demand row, year]; 1 if there is no demand, whose weight is 0."""
        table = self._table("demand")
        return np.where(table > 0, table, 1.0)[self.scenario]

    @cached_property
    def standing(self) -> Floats:
        """Capacity without the decisions, [outcome, demand row, year]: existing, underway, and of projects that go ahead
        without support."""
        capacity = self._existing()[self.scenario]
        first = self.sets.case.settings.first_year
        plants = [(p, fid_of_underway(p, first)) for p in self.sets.underway]
        plants += [(self.sets.by_id[i], fid) for i, fid in self.sets.unaided_fids.items()]
        for p, fid in plants:
            late, failed = self.outcome_of(p.id)
            out = self.shares(p, fid)[self.scenario, late] * ~failed[:, None]
            capacity += out[:, None, :] * np.array(self._tonnes(p))[None, :, None]
        return capacity

    @cached_property
    def weights(self) -> Floats:
        """The score of a coverage of 1, [demand row, year]; the same in every scenario."""
        sets = self.sets
        raw = np.array([
            [sets.weight[k] * sets.discount[y] if sets.demand[k, y] > 0 else 0.0 for y in self.years] for k in self.keys
        ])  # fmt: skip
        total = raw.sum()
        return np.asarray(raw / total if total else raw)

    @property
    def pairs(self) -> dict[tuple[DemandKey, int], float]:
        """Demand row and year -> weight, if it is above 0."""
        return {
            (k, y): float(self.weights[n, m])
            for n, k in enumerate(self.keys)
            for m, y in enumerate(self.years)
            if self.weights[n, m] > 0
        }

    # -- decisions evaluated -------------------------------------------------------------------------------------

    def capacity(self, x: Floats) -> Floats:
        """[outcome, demand row, year] of decisions, which may be fractional."""
        total = self.standing.copy()
        taken = np.flatnonzero(x > LEAST)
        for i in np.unique(self.project_of[taken]):
            of_project = taken[self.project_of[taken] == i]
            table = np.einsum("p,sdpy->sdy", x[of_project], self.share[:, :, of_project, :])
            out = table[self.scenario, self.late[:, i]] * ~self.failed[:, i, None]
            for k in np.flatnonzero(self.tonnes[i]):
                total[:, k] += self.tonnes[i, k] * out
        return total

    def at(self, x: Floats) -> Reached:
        """The results of decisions, which may be fractional."""
        capacity = self.capacity(x)
        below = np.asarray(capacity < self.demand)
        lost = self.penalties.lost(x)
        return Reached(self.values(capacity) + lost.sum(axis=1), np.minimum(1.0, capacity / self.demand), below, lost)

    def first(self) -> list[Reached]:
        """The points of the first cuts: capacity alone, which is exact if no selection covers a demand in full."""
        nothing = self.at(np.zeros(len(self.starts)))
        return [replace(nothing, slopes=np.ones(self.demand.shape, dtype=bool))]

    def values(self, capacity: Floats) -> Floats:
        """Score of each outcome."""
        return np.asarray((np.minimum(1.0, capacity / self.demand) * self.weights).sum(axis=(1, 2)))

    def cuts(self, weights: Floats, below: Bools) -> tuple[Floats, Floats]:
        """Constants [demand row, year] and gradients [demand row, year, decision] of the sums of coverages, weighted by
        outcome. `below`: outcomes that count by their capacity, while others count by 1; any choice gives a valid cut."""
        per_tonne = weights[:, None, None] * below / self.demand
        constant = (weights[:, None, None] * ~below).sum(axis=0) + (per_tonne * self.standing).sum(axis=0)
        return constant, self._gradient(per_tonne)

    def _gradient(self, per_tonne: Floats) -> Floats:
        """[column of `tonnes`, year, decision]: sums over the outcomes of the gain from a tonne in each."""
        shape = (per_tonne.shape[1], len(self.years), len(self.starts))
        gradient, gains = np.zeros(shape), per_tonne.any(axis=(1, 2))  # a tail is a small part of the outcomes
        for s in np.unique(self.scenario[gains]):
            rows = np.flatnonzero((self.scenario == s) & gains)
            flat = per_tonne[rows].reshape(len(rows), -1)
            for delay in range(len(self.delays)):
                acts = ((self.late[rows] == delay) & ~self.failed[rows]).astype(float)
                mass = (flat.T @ acts).reshape(*shape[:2], -1)
                gradient += mass[:, :, self.project_of] * self.share[s, delay].T[None, :, :]
        gradient *= self.tonnes[self.project_of].T[:, None, :]
        return gradient


def tail_weights(values: Floats, probability: Floats, alpha: float) -> Floats:
    """Weights under which the mean of values is the mean of the worst `1 - alpha` of probability."""
    order = np.argsort(values, kind="stable")
    order = order[probability[order] > 0]
    before = np.concatenate([[0.0], np.cumsum(probability[order])[:-1]])
    taken = np.clip((1 - alpha) - before, 0.0, probability[order])
    weights = np.zeros(len(values))
    total = taken.sum()
    weights[order] = taken / total if total > 0 else 0.0
    if total <= 0:
        weights[order[0]] = 1.0
    return weights

"""The gain of the objective if projects are added to a plan and nothing else changes.

Only the capacity of the projects' own stage changes, so that the gain is computed from the demand that is still open.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from models.decision import Decision
from models.objectives import objective_of
from models.plan_assembly import total_capacity
from models.schema import Project
from models.sets import DemandKey, Sets
from models.terms import material_share, output

LEAST = 5e-7
"""Gains up to this, in the objective's unit, count as none, because the tie-break may give up as much."""

Delivery = Callable[[Mapping[str, int]], float | None]
"""Projects and years to add to a plan -> what the objective gains by what the chain then delivers; None: not shown."""


@dataclass(frozen=True)
class Gains:
    """Gains of one plan. `delivery`: needed if the objective counts what the chain delivers."""

    decision: Decision
    delivery: Delivery | None = None
    _delivered: dict[tuple[tuple[str, ...], int], float | None] = field(default_factory=dict)

    @property
    def sets(self) -> Sets:
        return self.decision.sets

    def gain(self, projects: Sequence[Project], year: int) -> float | None:
        """The gain of projects decided in a year; None where it is not known."""
        gain = objective_of(self.sets).gain
        return self._by_chain(projects, year) if gain is None else gain(self, projects, year)

    # -- coverage ------------------------------------------------------------------------------------------------

    @cached_property
    def capacity(self) -> dict[tuple[DemandKey, int], float]:
        """Capacity outside China with the plan, t/yr, of every pair with demand."""
        sets = self.sets
        return {pair: total_capacity(self.decision, *pair) for pair, demand in sets.demand.items() if demand > 0}

    @cached_property
    def open_years(self) -> dict[str, list[tuple[DemandKey, int]]]:
        """Stage -> the pairs of its demand rows that are not covered in full."""
        pairs: dict[str, list[tuple[DemandKey, int]]] = {}
        for pair, capacity in self.capacity.items():
            if capacity < self.sets.demand[pair]:
                pairs.setdefault(pair[0].stage, []).append(pair)
        return pairs

    @cached_property
    def score_weight(self) -> dict[tuple[DemandKey, int], float]:
        """Demand row and year -> points of the plan score for full coverage."""
        weights = {pair: self.sets.weight[pair[0]] * self.sets.discount[pair[1]] for pair in self.capacity}
        total = sum(weights.values())
        return {pair: weight / total if total else 0.0 for pair, weight in weights.items()}

    def covered_parts(self, projects: Sequence[Project], year: int) -> dict[tuple[DemandKey, int], float]:
        """Part of each demand that is covered in addition."""
        added = dict[tuple[DemandKey, int], float]()
        for p in projects:
            for key, y in self._touched(p):
                if y - year >= p.build_years and (tonnes := output(p) * material_share(p, key.material)):
                    added[key, y] = added.get((key, y), 0.0) + tonnes * self.net_share(p, year, y)
        return {pair: self._more(pair, tonnes) for pair, tonnes in added.items()}

    def _touched(self, p: Project) -> Sequence[tuple[DemandKey, int]]:
        """Pairs that a project can change: those that are open; all of its stage if it also delivers without support, because
        an earlier decision can end its life earlier."""
        if p.id not in self.sets.unaided_fids:
            return self.open_years.get(p.stage, ())
        return [pair for pair in self.capacity if pair[0].stage == p.stage]

    def net_share(self, p: Project, fid: int, year: int) -> float:
        """Part of nameplate that deciding a project in `fid` adds in a year to what it delivers without support."""
        return self.sets.delivery_share(p, fid, year) - self.sets.unaided_share(p, year)

    def _more(self, pair: tuple[DemandKey, int], tonnes: float) -> float:
        """Part of the demand that further tonnes cover; below 0 if the tonnes fall."""
        demand, capacity = self.sets.demand[pair], self.capacity[pair]
        return (min(demand, capacity + tonnes) - min(demand, capacity)) / demand

    @cached_property
    def covered(self) -> dict[tuple[DemandKey, int], float]:
        """Coverage with the plan of every pair with demand."""
        return {pair: min(1.0, capacity / self.sets.demand[pair]) for pair, capacity in self.capacity.items()}

    @cached_property
    def coverage_value(self) -> float:
        """Value of the plan, for an objective that reads coverages alone."""
        return objective_of(self.sets).value(self.sets, self.covered, {})

    # -- the chain -----------------------------------------------------------------------------------------------

    def _by_chain(self, projects: Sequence[Project], year: int) -> float | None:
        if self.delivery is None:
            return None
        key = (tuple(p.id for p in projects), year)
        if key not in self._delivered:
            self._delivered[key] = self.delivery(dict.fromkeys(key[0], year))
        return self._delivered[key]

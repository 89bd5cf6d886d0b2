"""By how much the objective rises when projects are added to a plan and nothing else changes.

Only the capacity of the projects' own stage changes, so that a gain is worked out from the demand that is still open.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from models.decision import Decision
from models.linear import financed_capacity
from models.objectives import objective_of
from models.schema import Project
from models.sets import DemandKey, Sets
from models.terms import material_share, output

LEAST = 5e-7
"""A gain up to this, in the objective's unit, is none: the tie-break gives up as much."""

Delivery = Callable[[Mapping[str, int]], float | None]
"""Projects and years to add to a plan -> what the objective gains by what the chain then delivers; None: not shown."""


@dataclass(frozen=True)
class Gains:
    """Gains of one plan. `delivery`: needed where the objective counts what the chain delivers."""

    d: Decision
    delivery: Delivery | None = None
    _delivered: dict[tuple[tuple[str, ...], int], float | None] = field(default_factory=dict)

    @property
    def sets(self) -> Sets:
        return self.d.sets

    def gain(self, projects: Sequence[Project], year: int) -> float | None:
        """The gain of projects decided in a year; None where it is not known."""
        gain = objective_of(self.sets).gain
        return self._by_chain(projects, year) if gain is None else gain(self, projects, year)

    # -- coverage ------------------------------------------------------------------------------------------------

    @cached_property
    def capacity(self) -> dict[tuple[DemandKey, int], float]:
        """Capacity outside China with the plan, t/yr, of every pair with demand."""
        sets = self.sets
        return {
            pair: sets.existing[pair] + sets.underway_capacity[pair] + float(financed_capacity(self.d, *pair))
            for pair, demand in sets.demand.items()
            if demand > 0
        }

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
        """What full coverage of a pair adds to the plan score."""
        weights = {pair: self.sets.weight[pair[0]] * self.sets.discount[pair[1]] for pair in self.capacity}
        total = sum(weights.values())
        return {pair: weight / total if total else 0.0 for pair, weight in weights.items()}

    def covered_parts(self, projects: Sequence[Project], year: int) -> dict[tuple[DemandKey, int], float]:
        """Part of each demand that is covered in addition."""
        sets, added = self.sets, dict[tuple[DemandKey, int], float]()
        for p in projects:
            for key, y in self.open_years.get(p.stage, ()):
                if y - year >= p.build_years and (tonnes := output(p) * material_share(p, key.material)):
                    added[key, y] = added.get((key, y), 0.0) + tonnes * sets.delivery_share(p, year, y)
        demand = sets.demand
        return {
            pair: (min(demand[pair], self.capacity[pair] + tonnes) - self.capacity[pair]) / demand[pair]
            for pair, tonnes in added.items()
        }

    @cached_property
    def covered(self) -> dict[tuple[DemandKey, int], float]:
        """Coverage with the plan of every pair with demand."""
        return {pair: min(1.0, capacity / self.sets.demand[pair]) for pair, capacity in self.capacity.items()}

    @cached_property
    def coverage_value(self) -> float:
        """Value of the plan, where the objective reads coverages alone."""
        return objective_of(self.sets).value(self.sets, self.covered, {})

    # -- the chain -----------------------------------------------------------------------------------------------

    def _by_chain(self, projects: Sequence[Project], year: int) -> float | None:
        if self.delivery is None:
            return None
        key = (tuple(p.id for p in projects), year)
        if key not in self._delivered:
            self._delivered[key] = self.delivery(dict.fromkeys(key[0], year))
        return self._delivered[key]

"""Draws of scenarios and risks of a chain: the deliveries need a linear program for each year of an outcome.

The flows of scenarios with the same demand and supply are loaded once; from outcome to outcome only the capacities of the
processes change, which are linear in the decisions. The cuts are supports of the flows (`optimizer.solver.flow_supports`),
summed over the outcomes by year.
"""

from functools import cached_property

import numpy as np

from models.network import Network
from models.plan_assembly import decided
from models.schema import Project
from models.sets import DemandKey
from models.terms import output
from optimizer.analysis.risk.outcomes import DrawnOutcomes, Floats, Places, Reached
from optimizer.solver.flow_supports import Supports
from optimizer.solver.yearly_flows import YearlyFlows

DELIVERED = DemandKey("chain", None)
"""The one mean of each year: the contribution of the chain to the objective, as a part of its maximum."""


class ChainOutcomes(DrawnOutcomes):
    """The outcomes of all decisions of a case if its chain's deliveries count. Columns of capacity are processes."""

    @property
    def keys(self) -> tuple[DemandKey, ...]:
        """The quantities whose means are bounded."""
        return (DELIVERED,)

    @cached_property
    def _network(self) -> Network:
        return Network(self.sets)

    def _tonnes(self, project: Project) -> list[float]:
        process = self._network.process_of(project)
        return [output(project) if g == process else 0.0 for g in self._network.stage_of]

    def _existing(self) -> Floats:
        networks = [Network(v) for v in self._views]
        return np.array([[[n.existing[g, y] for y in self.years] for g in n.stage_of] for n in networks])

    # -- the flows ---------------------------------------------------------------------------------------------------

    @cached_property
    def _state_of(self) -> Places:
        """Index of the flows of each scenario; scenarios with the same demand and supply share them."""
        outer = [tuple(r for r in s.rows if r.parameter in ("demand", "existing")) for s in self.scenarios]
        first = {rows: n for n, rows in reversed(list(enumerate(outer)))}
        return np.array([first[rows] for rows in outer], dtype=np.int64)

    @cached_property
    def _flows(self) -> dict[int, YearlyFlows]:
        """The loaded flows of the states that some outcome has."""
        return {int(s): self._loaded(int(s)) for s in np.unique(self._state_of[self.scenario])}

    def _loaded(self, scenario: int) -> YearlyFlows:
        most = self._most_capacity.max(axis=0)
        limits = {
            (g, y): float(most[n, m]) for n, g in enumerate(self._network.stage_of) for m, y in enumerate(self.years)
        }
        return YearlyFlows(decided(self._views[scenario], {}, {}), limits)

    @cached_property
    def _most_capacity(self) -> Floats:
        """[outcome, process, year]: capacity if every project is decided in its best year."""
        best = np.zeros((len(self.projects), len(self.years)))
        np.maximum.at(best, self.project_of, self.share.max(axis=(0, 1), initial=0.0))
        return np.asarray(self.standing + np.einsum("ig,iy->gy", self.tonnes, best))

    @cached_property
    def _most(self) -> Floats:
        """[year]: the objective if every demand is met, in the scenario with its maximum."""
        return np.asarray(np.max([f.most for f in self._flows.values()], axis=0))

    @cached_property
    def weights(self) -> Floats:
        """[mean, year]: maximum contribution of the chain to the objective."""
        return self._most[None, :]

    # -- decisions evaluated -----------------------------------------------------------------------------------------

    def at(self, x: Floats) -> Reached:
        """The results of decisions, which may be fractional."""
        capacity = np.minimum(self.capacity(x), self._most_capacity)
        supports = Supports(
            np.zeros((len(capacity), len(self.years))),
            np.zeros((len(capacity), len(self.years))),
            np.zeros(capacity.shape),
        )
        for s, flows in self._flows.items():
            rows = np.flatnonzero(self._state_of[self.scenario] == s)
            some = flows.supports(capacity[rows])
            supports.value[rows], supports.constant[rows], supports.slope[rows] = some.value, some.constant, some.slope
        lost = self.penalties.lost(x)
        values = supports.value.sum(axis=1) + lost.sum(axis=1)
        return Reached(values, self._parts(supports.value)[:, None, :], supports, lost)

    def _parts(self, value: Floats) -> Floats:
        return np.asarray(value / np.where(self._most > 0, self._most, 1.0))

    def first(self) -> list[Reached]:
        """The points of the first cuts: no decision, and all decisions."""
        return [self.at(np.full(len(self.starts), share)) for share in (0.0, 1.0)]

    def cuts(self, weights: Floats, supports: Supports) -> tuple[Floats, Floats]:  # type: ignore[override]
        """Constants [mean, year] and gradients [mean, year, decision] of the sums of the parts, weighted by outcome."""
        per_tonne = weights[:, None, None] * supports.slope
        constant = weights @ supports.constant + (per_tonne * self.standing).sum(axis=(0, 1))
        gradient = self._gradient(per_tonne).sum(axis=0)
        return self._parts(constant)[None, :], self._parts(gradient.T).T[None, :, :]

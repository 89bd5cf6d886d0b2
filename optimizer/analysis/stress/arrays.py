"""The plan as arrays: many outcomes of its projects evaluated at once.

What a plan delivers is linear in the part of nameplate that each plant delivers in each year. So thousands of outcomes
are one matrix product: `shares[n, i, y]`, the part that plant i delivers in year y of outcome n. Plants are the financed
projects, sorted by id, then the underway ones, then those that go ahead without support.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from models.constraints.rules import row
from models.evaluation import Decided, ScenarioSets, delivers_in
from models.network import Network, delivers
from models.objectives.capacity import stages
from models.plan_assembly import TOLERANCE, decided, penalty
from models.scenario_sets import UnitSets, scenario_sets
from models.scenarios import Realization
from models.schema import CHAIN_OBJECTIVES, Project, Rule, Scenario
from models.sets import DemandKey, Sets
from models.terms import fid_of_underway, material_share, output
from optimizer.solver.yearly_flows import YearlyFlows

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
CHUNK = 2000
"""Outcomes evaluated at once, which fit the memory of a small machine."""


AT_ONCE = 250
"""Outcomes of a chain between two checks whether to stop."""


@dataclass(frozen=True)
class Plant:
    """A project that is financed, is underway or goes ahead without support, and the year of its decision."""

    project: Project
    fid: int
    is_decided: bool
    is_displaced: bool = False
    """Whether these are the deliveries that a financed project would make without support. They count for nothing but the
    objective `capacity`, which they reduce, whether or not the project goes on."""


@dataclass(frozen=True)
class Evaluated:
    """Outcomes evaluated: the value of each, coverage [n, demand row, year], rules on deliveries that hold [n, rule]."""

    value: Floats
    coverage: Floats
    holds: Bools


@dataclass(frozen=True)
class PlanArrays:
    """A plan over the outcomes of one case."""

    decisions: Decided

    @cached_property
    def sets(self) -> Sets:
        return Sets(self.decisions.case)

    @cached_property
    def plants(self) -> tuple[Plant, ...]:
        first, by_id = self.decisions.case.settings.first_year, self.sets.by_id
        ours = [Plant(by_id[i], fid, is_decided=True) for i, fid in sorted(self.decisions.chosen.items())]
        underway = ((p, fid_of_underway(p, first)) for p in self.sets.underway)
        unaided = ((by_id[i], fid) for i, fid in self.sets.unaided_fids.items() if i not in self.decisions.chosen)
        displaced = ((p.project, self.sets.unaided_fids.get(p.project.id)) for p in ours)
        return (
            *ours,
            *(Plant(p, fid, is_decided=False) for p, fid in (*underway, *unaided)),
            *(Plant(p, fid, is_decided=False, is_displaced=True) for p, fid in displaced if fid is not None),
        )

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Project -> its places among the plants."""
        places: dict[str, list[int]] = {}
        for n, plant in enumerate(self.plants):
            places.setdefault(plant.project.id, []).append(n)
        return places

    @cached_property
    def count(self) -> int:
        """Number of financed projects: the first of the plants."""
        return len(self.decisions.chosen)

    def shares(self, realization: Realization) -> Floats:
        """Part of nameplate by plant and year in a realization."""
        first, years = self.decisions.case.settings.first_year, self.sets.years
        unaided = replace(realization, stopped=frozenset(), idle={})
        of_plant = [unaided if p.is_displaced else realization for p in self.plants]
        rows = [[r.delivery_share(p.project, p.fid, y, first) for y in years]
                for p, r in zip(self.plants, of_plant, strict=True)]  # fmt: skip
        return np.array(rows, dtype=float).reshape(len(self.plants), len(years))

    @cached_property
    def tonnes(self) -> Floats:
        """Tonnes at nameplate by plant and demand row."""
        return np.array(
            [
                [_tonnes(p) * material_share(p.project, k.material) if p.project.stage == k.stage else 0.0 for k in self.sets.demands]
                for p in self.plants
            ]
        ).reshape(len(self.plants), len(self.sets.demands))  # fmt: skip

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Rules that count deliveries."""
        return tuple(r for r in self.decisions.case.rules if delivers_in(r))

    @cached_property
    def rule_terms(self) -> Floats:
        """The contribution of each plant at nameplate to the row of each rule."""
        terms = np.zeros((len(self.rules), len(self.plants)))
        if self.rules:
            none = [_body(self.decisions, UnitSets(self.decisions.case), r) for r in self.rules]
            for n, plant in enumerate(self.plants):
                if plant.is_displaced:
                    continue
                plant_sets = UnitSets(self.decisions.case, plant.project.id, plant.project.id)
                terms[:, n] = [
                    _body(self.decisions, plant_sets, r) - base for r, base in zip(self.rules, none, strict=True)
                ]
        return terms

    @cached_property
    def rule_years(self) -> npt.NDArray[np.int64]:
        """Place in the horizon of the year in which each rule counts."""
        s = self.decisions.case.settings
        years = [s.last_year if r.year is None else r.year for r in self.rules]
        return np.array([y - s.first_year for y in years], dtype=np.int64)

    @cached_property
    def loaded(self) -> dict[tuple[Scenario, ...], YearlyFlows]:
        """Rows of demand, supply and output -> the chain with them, as far as it was asked for."""
        return {}

    @cached_property
    def other_penalty(self) -> float:
        """Value lost to soft rules that do not count deliveries: the same in every scenario."""
        decisions = self.decisions
        soft = tuple(r for r in decisions.case.rules if not r.hard and not delivers_in(r))
        return (
            penalty(decided(Sets(decisions.case.with_(rules=soft)), decisions.chosen, decisions.awards))
            if soft
            else 0.0
        )

    def view(self, realization: Realization) -> "ScenarioView":
        """The parts of a scenario that do not depend on the outcomes of projects: demand, existing capacity, other rules."""
        return ScenarioView(self, scenario_sets(self.sets, realization))


def outer_rows(realization: Realization) -> tuple[Scenario, ...]:
    """The rows of a realization that change demand, supply or output: those with the same share the flows of a chain."""
    return tuple(r for r in realization.rows if r.parameter in ("demand", "existing", "capacity"))


def _tonnes(plant: Plant) -> float:
    """Tonnes at nameplate that count for demand, t/yr."""
    return 0.0 if plant.is_displaced else output(plant.project)


def _body(decisions: Decided, sets: Sets, rule: Rule) -> float:
    return float(row(decided(sets, decisions.chosen, decisions.awards), rule)[0])


@dataclass(frozen=True)
class ScenarioView:
    """The plan's outcomes in one scenario."""

    arrays: PlanArrays
    sets: ScenarioSets

    @cached_property
    def demand(self) -> Floats:
        """By demand row and year."""
        return self._table(self.sets.demand)

    @cached_property
    def standing(self) -> Floats:
        """Existing capacity by demand row and year; underway plants are among the plants."""
        return self._table(self.sets.existing)

    def _table(self, values: Mapping[tuple[DemandKey, int], float]) -> Floats:
        rows = [[values[k, y] for y in self.sets.years] for k in self.sets.demands]
        return np.array(rows, dtype=float).reshape(len(self.sets.demands), len(self.sets.years))

    @cached_property
    def weights(self) -> Floats:
        """The plan score of a coverage of 1, by demand row and year."""
        discount = np.array([self.sets.discount[y] for y in self.sets.years])
        raw = np.array([[self.sets.weight[k]] for k in self.sets.demands]).reshape(-1, 1) * discount * (self.demand > 0)
        total = raw.sum()
        return np.asarray(raw / total if total else raw)

    @cached_property
    def _empty(self) -> ScenarioSets:
        """The scenario where no plant delivers."""
        ids = frozenset(p.project.id for p in self.arrays.plants)
        return scenario_sets(self.arrays.sets, Realization(rows=self.sets.realization.rows, failed=ids))

    @cached_property
    def rule_rows(self) -> tuple[Floats, Floats]:
        """Body without deliveries and limit of the row of each rule that counts deliveries."""
        decision = decided(self._empty, self.arrays.decisions.chosen, self.arrays.decisions.awards)
        rows = [row(decision, r) for r in self.arrays.rules]
        return np.array([float(body) for body, _ in rows]), np.array([float(limit) for _, limit in rows])

    @property
    def flows(self) -> YearlyFlows | None:
        """The chain of this scenario, loaded once for all scenarios of the same demand and supply; None where its
        deliveries do not count."""
        if not delivers(self.sets):
            return None
        loaded = self.arrays.loaded
        outer = outer_rows(self.sets.realization)
        if outer not in loaded:
            loaded[outer] = self._load()
        return loaded[outer]

    def _load(self) -> YearlyFlows:
        network = Network(self.sets)
        most = {
            (g, y): network.existing[g, y] + float(self.process_tonnes[:, n].sum()) * self._most_share
            for n, g in enumerate(network.stage_of)
            for y in self.sets.years
        }
        return YearlyFlows(decided(self.sets, self.arrays.decisions.chosen, {}), most)

    @cached_property
    def _most_share(self) -> float:
        """The largest part of nameplate that a plant can deliver here."""
        rows = [r.value for r in self.sets.realization.rows if r.parameter == "capacity" and r.value > 1]
        return float(np.prod([1.0, *rows]))

    @cached_property
    def process_tonnes(self) -> Floats:
        """Tonnes at nameplate by plant and process of the chain."""
        network = Network(self.sets)
        return np.array(
            [
                [_tonnes(p) if network.process_of(p.project) == g else 0.0 for g in network.stage_of]
                for p in self.arrays.plants
            ]
        ).reshape(len(self.arrays.plants), len(network.stage_of))

    @cached_property
    def process_standing(self) -> Floats:
        """Existing capacity by process and year."""
        network = Network(self.sets)
        rows = [[network.existing[g, y] for y in self.sets.years] for g in network.stage_of]
        return np.array(rows, dtype=float).reshape(len(network.stage_of), len(self.sets.years))

    # -- many outcomes ---------------------------------------------------------------------------------------

    def evaluate(self, shares: Floats, stopped: Callable[[], bool] = lambda: False) -> Evaluated:
        """Outcomes `shares[n, plant, year]`. A chain takes linear programs; `stopped` ends early, and what was not
        reached is not a number."""
        coverage, delivered = self._coverage(shares), None
        if self.flows is not None:
            coverage, delivered = self._delivered(shares, stopped)
        holds, lost = self._rules(shares)
        value = self._value(coverage, shares) if delivered is None else delivered
        return Evaluated(value - lost - self.arrays.other_penalty, coverage, holds)

    def capacity(self, shares: Floats) -> Floats:
        """Capacity by outcome, demand row and year, t/yr."""
        return np.asarray(self.standing + np.einsum("niy,ik->nky", shares, self.arrays.tonnes, optimize=True))

    def _coverage(self, shares: Floats) -> Floats:
        capacity, demand = self.capacity(shares), self.demand
        return np.where(demand > 0, np.minimum(1.0, capacity / np.where(demand > 0, demand, 1.0)), 1.0)

    def _value(self, coverage: Floats, shares: Floats) -> Floats:
        if (plants := self.per_plant()) is not None:
            return np.asarray(shares[:, :, self.objective_place] @ plants)
        sums = self.weighted_parts()
        if self.sets.case.settings.objective == "bottleneck":
            if not sums:
                return np.zeros(len(shares))
            means = np.array([sum(weight * coverage[:, k, y] for k, y, weight in part) for part in sums])
            return np.asarray(means.min(axis=0, initial=1.0))
        return np.asarray((coverage * self.weights).sum(axis=(1, 2)))

    @property
    def objective_place(self) -> int:
        """Place in the horizon of the year that the objective `capacity` counts."""
        s = self.sets.case.settings
        return s.objective_year - s.first_year

    def per_plant(self) -> Floats | None:
        """The contribution of each plant at nameplate to the objective `capacity`; None for other objectives."""
        if self.sets.case.settings.objective != "capacity":
            return None
        weight = dict(stages(self.sets))
        return np.array([
            output(p.project) * weight.get(p.project.stage, 0.0) * (p.is_decided - p.is_displaced)
            for p in self.arrays.plants
        ], dtype=float)  # fmt: skip

    def weighted_parts(self) -> list[list[tuple[int, int, float]]]:
        """(demand row, year, weight of its coverage): one list for the sum of all, or, of the objective `bottleneck`, one
        for each demand row of which the least counts; none for the objective `capacity`."""
        objective = self.sets.case.settings.objective
        if objective == "capacity":
            return []
        cells = [
            [(k, y) for y in range(self.demand.shape[1]) if self.demand[k, y] > 0] for k in range(len(self.demand))
        ]
        if objective not in ("coverage", "bottleneck", *CHAIN_OBJECTIVES):
            raise NotImplementedError(f"optimizer/analysis/stress/arrays.py does not know the objective {objective}")
        if objective != "bottleneck":
            return [[(k, y, float(self.weights[k, y])) for row in cells for k, y in row]]
        totals = self._discounted.sum(axis=1)
        return [[(k, y, float(self._discounted[k, y] / totals[k])) for k, y in row] for row in cells if row]

    @cached_property
    def _discounted(self) -> Floats:
        return np.array([self.sets.discount[y] for y in self.sets.years]) * (self.demand > 0)

    def process_capacity(self, shares: Floats) -> Floats:
        """Capacity by outcome, process and year, t/yr."""
        return np.asarray(self.process_standing + np.einsum("niy,ig->ngy", shares, self.process_tonnes, optimize=True))

    def _delivered(self, shares: Floats, stopped: Callable[[], bool]) -> tuple[Floats, Floats]:
        assert self.flows is not None
        capacity = self.process_capacity(shares)
        coverage = np.full((len(shares), *self.demand.shape), np.nan)
        value = np.full(len(shares), np.nan)
        for part in (slice(n, n + AT_ONCE) for n in range(0, len(shares), AT_ONCE)):
            if stopped():
                break
            value[part], coverage[part] = self.flows.deliver(capacity[part])
        return coverage, value

    def rule_bodies(self, shares: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Rules that count deliveries: body [n, rule], limit, sign (1 of >=), and penalty (0 of hard ones)."""
        empty, limit = self.rule_rows
        at_year = shares[:, :, self.arrays.rule_years]
        body = empty + np.einsum("nir,ri->nr", at_year, self.arrays.rule_terms, optimize=True)
        sign = np.array([1.0 if r.sense == ">=" else -1.0 for r in self.arrays.rules])
        price = np.array([0.0 if r.hard else r.penalty or 0.0 for r in self.arrays.rules])
        return body, limit, sign, price

    def _rules(self, shares: Floats) -> tuple[Bools, Floats]:
        """The rules that hold, and points lost to soft rules."""
        if not self.arrays.rules:
            return np.ones((len(shares), 0), dtype=bool), np.zeros(len(shares))
        body, limit, sign, price = self.rule_bodies(shares)
        missing = np.maximum(0.0, sign * (limit - body))
        tolerance = TOLERANCE * np.maximum(1.0, np.maximum(np.abs(limit), np.abs(body)))
        return missing <= tolerance, np.asarray(missing @ price)

"""Computes what the chain delivers from the runs of its processes: every table of the chain, as numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from models.decision import Decision
from models.network import Network, Recipe, financed_process, unaided_process
from models.plan import MaterialRow, ProcessRow, RunRow
from models.sets import DemandKey

Runs = Mapping[tuple[Recipe, int], float]
"""Recipe and year -> tonnes a year that it runs; absent keys are 0."""


@dataclass(frozen=True)
class Deliveries:
    """Material flows and deliveries of given runs."""

    network: Network
    runs: Runs

    @cached_property
    def _flows(self) -> dict[tuple[str, int], tuple[float, float]]:
        """Material and year -> tonnes made and used."""
        years = self.network.sets.years
        flows = dict.fromkeys(((m, y) for m in self.network.materials for y in years), (0.0, 0.0))
        for (recipe, year), run in sorted(self.runs.items()):
            for m, tonnes in self.network.coefficients[recipe, year].items():
                produced, used = flows[m, year]
                flows[m, year] = (produced + max(0.0, tonnes) * run, used + max(0.0, -tonnes) * run)
        return flows

    def met(self, key: DemandKey, year: int) -> float:
        """Tonnes that could meet a demand row: all that is made, what is left after other recipes, or what the stage runs."""
        basis = self.network.basis[key]
        if basis == "run" or key.material is None:
            processes = self.network.by_stage.get(key.stage, ())
            recipes = (r for g in processes for r in self.network.recipes_of[g])
            return sum(self.runs.get((r, year), 0.0) for r in recipes)
        produced, used = self._flows[key.material, year]
        return produced if basis == "gross" else max(0.0, produced + self.network.supply[key.material, year] - used)

    @cached_property
    def coverage(self) -> dict[tuple[DemandKey, int], float]:
        """Part of each demand that is delivered, for pairs with demand."""
        return {(k, y): min(1.0, self.met(k, y) / demand) for (k, y), demand in self._demand.items() if demand > 0}

    @property
    def _demand(self) -> dict[tuple[DemandKey, int], float]:
        return self.network.sets.demand

    def run_rows(self) -> tuple[RunRow, ...]:
        """Every recipe and year."""
        return tuple(
            RunRow(
                process=r.process,
                recipe=r.name or None,
                year=y,
                run_t=self.runs.get((r, y), 0.0),
                used_t=self.network.use[r, y] * self.runs.get((r, y), 0.0),
            )
            for r in self.network.recipes
            for y in self.network.sets.years
        )

    def material_rows(self) -> tuple[MaterialRow, ...]:
        """Every material and year."""
        return tuple(self._material(m, y) for m in self.network.materials for y in self.network.sets.years)

    def _material(self, material: str, year: int) -> MaterialRow:
        produced, used = self._flows[material, year]
        key = self.network.demand_of.get(material)
        demand = self._demand[key, year] if key is not None else 0.0
        coverage = self.coverage[key, year] if key is not None and demand > 0 else 1.0
        return MaterialRow(
            material=material,
            year=year,
            made_t=produced,
            used_t=used,
            supply_t=self.network.supply[material, year],
            demand_t=demand,
            coverage=coverage,
            gap_t=max(0.0, demand - coverage * demand),
        )

    def process_rows(self, decision: Decision) -> tuple[ProcessRow, ...]:
        """Every process and year: nameplate capacity and the part of it that is fed."""
        return tuple(self._process(decision, g, y) for g in self.network.stage_of for y in self.network.sets.years)

    def _process(self, decision: Decision, process: str, year: int) -> ProcessRow:
        use = self.network.use
        return ProcessRow(
            process=process,
            stage=self.network.stage_of[process],
            year=year,
            existing_t=self.network.existing[process, year],
            underway_t=self.network.underway[process, year],
            financed_t=float(financed_process(decision, self.network, process, year)),
            unaided_t=float(unaided_process(decision, self.network, process, year))
            if decision.sets.unaided_fids
            else None,
            used_t=sum(use[r, year] * self.runs.get((r, year), 0.0) for r in self.network.recipes_of[process]),
        )

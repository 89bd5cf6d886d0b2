"""The chain: runs within capacity, balances of materials, deliveries, and its three tables.

Everything follows from the stated runs: what they make and use by the recipes of the workbook, what is left for demand,
and what is missing. The proof that no other runs deliver more is the solver's and is not repeated here. Recipes hold tonnes
of materials and no assays: an element can be followed if it is a material of its own (NdPr, Dy and Tb as oxides and metals
have a balance each), and upstream of that only as part of a concentrate of fixed composition.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from models.audit.capacity import covered, plant_capacity
from models.audit.exact import ONE, ZERO, Finding, at_most, exact, must, say
from models.audit.ledger import Ledger
from models.audit.projects import along
from models.audit.tables import Cells, compare
from models.schema import Coefficient, Demand, Existing, Project

Way = tuple[str, str | None]
"""A process and one of its recipes."""


@dataclass(frozen=True)
class Chain:
    """The recipes, plants and supplies of the case, and the plan's runs, in exact numbers."""

    ledger: Ledger

    @cached_property
    def ways(self) -> dict[Way, list[Coefficient]]:
        rows: dict[Way, list[Coefficient]] = {}
        for row in self.ledger.case.processes:
            rows.setdefault((row.process, row.recipe or None), []).append(row)
        return rows

    @cached_property
    def stages(self) -> dict[str, str]:
        """Process -> stage."""
        return {row.process: row.stage for row in self.ledger.case.processes}

    @cached_property
    def materials(self) -> set[str]:
        demanded = {row.material for row in self.ledger.case.demand if row.material and self.stages}
        return {row.material for row in self.ledger.case.processes} | demanded

    @cached_property
    def demands(self) -> dict[str, Demand]:
        """Material -> its demand row."""
        return {row.material: row for row in self.ledger.case.demand if row.material}

    def recipe(self, way: Way, year: int) -> dict[str, Decimal]:
        """Material -> tonnes made or used per tonne run."""
        return self._recipes[way, year]

    @cached_property
    def _recipes(self) -> dict[tuple[Way, int], dict[str, Decimal]]:
        return {(way, year): self._recipe(way, year) for way in self.ways for year in self.ledger.years}

    def _recipe(self, way: Way, year: int) -> dict[str, Decimal]:
        """The row of a material that began last."""
        latest: dict[str, Coefficient] = {}
        for row in sorted(self.ways[way], key=lambda r: r.from_year or 0):
            if (row.from_year or 0) <= year:
                latest[row.material] = row
        return {material: exact(row.tonnes_per_tonne) for material, row in latest.items()}

    def takes(self, way: Way, year: int) -> Decimal:
        """Capacity that a tonne takes: the value of the latest row, 1 if none gives one."""
        stated = [row for row in self.ways[way] if row.capacity_use is not None and (row.from_year or 0) <= year]
        last = max(stated, key=lambda row: row.from_year or 0, default=None)
        return ONE if last is None else exact(last.capacity_use or 0.0)

    def used(self, process: str, year: int) -> Decimal:
        """Capacity of a process that its runs take in a year, t/yr."""
        own_ways = (way for way in self.ways if way[0] == process)
        return sum((self.runs[way, year] * self.takes(way, year) for way in own_ways), ZERO)

    @cached_property
    def runs(self) -> dict[tuple[Way, int], Decimal]:
        """The runs that the plan states; rows of unknown recipes are left out."""
        stated = {((row.process, row.recipe), row.year): exact(row.run_t) for row in self.ledger.plan.runs}
        years = self.ledger.years
        return {(way, year): stated.get((way, year), ZERO) for way in self.ways for year in years}

    @cached_property
    def flows(self) -> dict[tuple[str, int], tuple[Decimal, Decimal]]:
        """Material and year -> made, used."""
        flows = {(m, year): (ZERO, ZERO) for m in self.materials for year in self.ledger.years}
        for (way, year), run in self.runs.items():
            for material, tonnes in self.recipe(way, year).items():
                produced, used = flows[material, year]
                amount = tonnes * run
                flows[material, year] = (produced + amount, used) if tonnes > 0 else (produced, used - amount)
        return flows

    def process(self, plant: Project | Existing) -> str | None:
        """The process that a plant runs; if it names none, the only process of its stage."""
        if plant.process:
            return plant.process if plant.process in self.stages else None
        if getattr(plant, "material", None):
            return None
        here = [name for name, stage in self.stages.items() if stage == plant.stage]
        return here[0] if len(here) == 1 else None

    @cached_property
    def plants(self) -> dict[str, list[Existing]]:
        """Process -> existing plants that count."""
        plants: dict[str, list[Existing]] = {name: [] for name in self.stages}
        for row in self.ledger.case.existing:
            name = self.process(row)
            if name is not None and row.country not in self.ledger.case.settings.excluded_countries:
                plants[name].append(row)
        return plants

    def capacity(self, process: str, year: int) -> tuple[Decimal, Decimal, Decimal]:
        """Existing, underway and financed capacity of a process."""
        existing = sum((plant_capacity(row, year) for row in self.plants[process]), ZERO)
        underway = financed = ZERO
        for name, output in self.ledger.output.items():
            if self.process(self.ledger.projects[name]) == process:
                if name in self.ledger.underway:
                    underway += output[year]
                else:
                    financed += output[year]
        return existing, underway, financed

    def unaided(self, process: str, year: int) -> Decimal:
        """Capacity of a process that comes without support, of projects that the plan does not finance."""
        ledger = self.ledger
        others = (name for name in ledger.paths if name not in ledger.financed)
        return sum((ledger.paths[n][year] for n in others if self.process(ledger.projects[n]) == process), ZERO)

    def supply(self, material: str, year: int) -> Decimal:
        """Supply from outside the chain, from countries that count."""
        excluded = self.ledger.case.settings.excluded_countries
        rows = (r for r in self.ledger.case.existing if r.material == material and not r.process)
        return sum((plant_capacity(row, year) for row in rows if row.country not in excluded), ZERO)

    def is_gross(self, demand: Demand) -> bool:
        """Whether all that is made meets a demand: as its row says or, if it says nothing, if a recipe uses the material."""
        if demand.basis:
            return demand.basis == "gross"
        years = self.ledger.years
        return any(self.recipe(way, year).get(demand.material or "", ZERO) < 0 for way in self.ways for year in years)

    def available(self, demand: Demand, year: int) -> Decimal:
        """Tonnes that can meet a demand row."""
        if demand.material is None:
            mine = [way for way in self.ways if self.stages[way[0]] == demand.stage]
            return sum((self.runs[way, year] for way in mine), ZERO)
        produced, used = self.flows[demand.material, year]
        if self.gross[demand.material]:
            return produced
        return max(ZERO, produced + self.supply(demand.material, year) - used)

    @cached_property
    def gross(self) -> dict[str, bool]:
        return {material: self.is_gross(row) for material, row in self.demands.items()}

    def delivered(self, demand: Demand, year: int) -> Decimal:
        """Part of a demand that is delivered; 1 if nothing is demanded."""
        return covered(self.available(demand, year), along(demand.years, year))


def runs(ledger: Ledger) -> Iterator[Finding]:
    """No run is negative or of a recipe that has not begun; each takes its capacity; no process more than it has."""
    chain = Chain(ledger)
    expected: dict[tuple[str, str | None, int], Cells] = {}
    for (way, year), run in chain.runs.items():
        label = f"{' '.join(filter(None, way))} in {year}"
        yield at_most(-run, ZERO, f"{label} runs {say(run)} t, less than nothing")
        if not any(chain.recipe(way, year).values()):
            yield at_most(abs(run), ZERO, f"{label} runs {say(run)} t and has no recipe yet")
        expected[*way, year] = {"used_t": run * chain.takes(way, year)}
    yield from compare("runs", [((r.process, r.recipe, r.year), r) for r in ledger.plan.runs], expected)


def processes(ledger: Ledger) -> Iterator[Finding]:
    """No process runs more than its nameplate; every number of the `processes` table."""
    chain = Chain(ledger)
    expected: dict[tuple[str, int], Cells] = {}
    for process, stage in chain.stages.items():
        for year in ledger.years:
            used = chain.used(process, year)
            existing, underway, financed = chain.capacity(process, year)
            most = existing + underway + financed + chain.unaided(process, year)
            yield at_most(used, most, f"{process} takes {say(used)} t/yr in {year} and has {say(most)}", [used])
            expected[process, year] = {
                "stage": stage,
                "existing_t": existing,
                "underway_t": underway,
                "financed_t": financed,
                "unaided_t": chain.unaided(process, year) if ledger.unaided else None,
                "used_t": used,
            }
    yield from compare("processes", [((r.process, r.year), r) for r in ledger.plan.processes], expected)


def balances(ledger: Ledger) -> Iterator[Finding]:
    """No year uses more of a material than is made and supplied; every number of the `materials` table."""
    chain = Chain(ledger)
    expected: dict[tuple[str, int], Cells] = {}
    for (material, year), (produced, used) in chain.flows.items():
        supply = chain.supply(material, year)
        sentence = f"{say(used)} t of {material} are used in {year}, {say(produced)} made and {say(supply)} supplied"
        yield at_most(used, produced + supply, sentence, [produced, used])
        row = chain.demands.get(material)
        demand = ZERO if row is None else along(row.years, year)
        part = ONE if row is None else chain.delivered(row, year)
        expected[material, year] = {
            "made_t": produced,
            "used_t": used,
            "supply_t": supply,
            "demand_t": demand,
            "coverage": part,
            "gap_t": demand * (ONE - part),
        }
    yield from compare("materials", [((r.material, r.year), r) for r in ledger.plan.materials], expected)


def tables(ledger: Ledger) -> Iterator[Finding]:
    """Without recipes there are no tables of a chain."""
    plan = ledger.plan
    if not ledger.case.processes:
        yield must(not plan.materials, "the materials table needs a sheet `processes`")
        yield must(not plan.runs and not plan.processes, "runs of processes need a sheet `processes`")

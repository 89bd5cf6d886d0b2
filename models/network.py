"""The chain of a case: recipes, the capacity of each process, and supply from outside.

Symbols of the formulas: processes g, recipes r of a process, materials m, years t. A recipe's coefficient is in tonnes
made (> 0) or used (< 0) per tonne run. Process networks: Sahinidis & Grossmann (1989).
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from models.decision import Decision, Linear
from models.schema import CHAIN_OBJECTIVES, Coefficient, Existing, Project
from models.sets import DemandKey, Sets
from models.terms import fid_of_underway, output

ALWAYS = 0
"""The year from which a coefficient without `from_year` holds."""
MAGNET = "magnet"

Basis = Literal["gross", "net", "run"]
"""Basis on which a demand is met: gross production, net production of the chain, or throughput of the plants of a stage."""


class Recipe(NamedTuple):
    """One of the ways in which a process can run; the name is empty where it has only one."""

    process: str
    name: str

    def __str__(self) -> str:
        return f"{self.process}, {self.name}" if self.name else self.process


def delivers(sets: Sets) -> bool:
    """Whether the objective counts what the chain delivers, and not nameplate capacity."""
    return sets.case.settings.objective in CHAIN_OBJECTIVES


def recipe_of(row: Coefficient) -> Recipe:
    """The recipe that a row of `processes` belongs to."""
    return Recipe(row.process, row.recipe or "")


def in_force(rows: list[Coefficient], year: int) -> Coefficient | None:
    """The row in force in a year: the latest of the rows that state one coefficient from different years on."""
    known = [r for r in rows if (r.from_year or ALWAYS) <= year]
    return max(known, key=lambda r: r.from_year or ALWAYS, default=None)


@dataclass(frozen=True)
class Network:
    """Derived sets and numbers of the chain. Empty where the case has no `processes`."""

    sets: Sets

    @cached_property
    def stage_of(self) -> dict[str, str]:
        """Process -> its stage, sorted by process."""
        return dict(sorted((row.process, row.stage) for row in self.sets.case.processes))

    @cached_property
    def by_stage(self) -> dict[str, tuple[str, ...]]:
        """Stage -> its processes."""
        processes: dict[str, list[str]] = defaultdict(list)
        for process, stage in self.stage_of.items():
            processes[stage].append(process)
        return {stage: tuple(names) for stage, names in processes.items()}

    @cached_property
    def recipes(self) -> tuple[Recipe, ...]:
        """Every recipe, sorted by process and name."""
        return tuple(sorted({recipe_of(row) for row in self.sets.case.processes}))

    @cached_property
    def recipes_of(self) -> dict[str, tuple[Recipe, ...]]:
        return {g: tuple(r for r in self.recipes if r.process == g) for g in self.stage_of}

    @cached_property
    def materials(self) -> tuple[str, ...]:
        """Every material that a recipe or a demand row names, sorted."""
        rows = self.sets.case.processes if self.stage_of else ()
        demanded = [k.material for k in self.sets.demands if k.material] if self.stage_of else []
        return tuple(sorted({*(row.material for row in rows), *demanded}))

    # -- recipes ---------------------------------------------------------------------------------------------

    @cached_property
    def _rows(self) -> dict[Recipe, dict[str, list[Coefficient]]]:
        rows: dict[Recipe, dict[str, list[Coefficient]]] = {r: defaultdict(list) for r in self.recipes}
        for row in self.sets.case.processes:
            rows[recipe_of(row)][row.material].append(row)
        return rows

    @cached_property
    def coefficients(self) -> dict[tuple[Recipe, int], dict[str, float]]:
        """Recipe and year -> material -> tonnes made (> 0) or used (< 0) per tonne run; sorted by material."""
        coefficients: dict[tuple[Recipe, int], dict[str, float]] = {}
        for recipe in self.recipes:
            for year in self.sets.years:
                rows = ((m, in_force(rows, year)) for m, rows in sorted(self._rows[recipe].items()))
                coefficients[recipe, year] = {
                    m: row.tonnes_per_tonne for m, row in rows if row and row.tonnes_per_tonne
                }
        return coefficients

    @cached_property
    def use(self) -> dict[tuple[Recipe, int], float]:
        """Recipe and year -> capacity that one tonne run takes: what the latest row says, 1 where none does."""
        uses = {}
        for recipe in self.recipes:
            given = [r for rows in self._rows[recipe].values() for r in rows if r.capacity_use is not None]
            for year in self.sets.years:
                row = in_force(given, year)
                uses[recipe, year] = 1.0 if row is None or row.capacity_use is None else row.capacity_use
        return uses

    @cached_property
    def users(self) -> dict[str, tuple[Recipe, ...]]:
        """Material -> recipes that use it in some year of the horizon."""
        users: dict[str, set[Recipe]] = {m: set() for m in self.materials}
        for (recipe, _), outputs in self.coefficients.items():
            for m, tonnes in outputs.items():
                if tonnes < 0:
                    users[m].add(recipe)
        return {m: tuple(sorted(recipes)) for m, recipes in users.items()}

    # -- capacity and supply ---------------------------------------------------------------------------------

    def process_of(self, row: Project | Existing) -> str | None:
        """The process that a project or a plant runs: the one it names, else the only one of its stage."""
        if row.process is not None:
            return row.process if row.process in self.stage_of else None
        if isinstance(row, Existing) and row.material is not None:
            return None
        processes = self.by_stage.get(row.stage, ())
        return processes[0] if len(processes) == 1 else None

    @cached_property
    def existing(self) -> dict[tuple[str, int], float]:
        """Process and year -> existing capacity outside the excluded countries, t/yr."""
        tonnes = dict.fromkeys(((g, y) for g in self.stage_of for y in self.sets.years), 0.0)
        for row in self.sets.case.existing:
            process = self.process_of(row)
            if process is not None and self.sets.counts(row):
                for year in self.sets.years:
                    tonnes[process, year] += self.sets.standing_tonnes(row, year)
        return tonnes

    @cached_property
    def underway(self) -> dict[tuple[str, int], float]:
        """Process and year -> capacity of underway projects, t/yr; each from its own decision, build and ramp."""
        tonnes = dict.fromkeys(((g, y) for g in self.stage_of for y in self.sets.years), 0.0)
        first = self.sets.case.settings.first_year
        for p in self.sets.underway:
            process = self.process_of(p)
            if process is not None:
                for year in self.sets.years:
                    tonnes[process, year] += output(p) * self.sets.delivery_share(p, fid_of_underway(p, first), year)
        return tonnes

    @cached_property
    def supply(self) -> dict[tuple[str, int], float]:
        """Material and year -> what comes from outside the chain: imports that count, end-of-life scrap, t/yr."""
        tonnes = dict.fromkeys(((m, y) for m in self.materials for y in self.sets.years), 0.0)
        for row in self.sets.case.existing:
            if row.material in self.users and row.process is None and self.sets.counts(row):
                for year in self.sets.years:
                    tonnes[row.material, year] += self.sets.standing_tonnes(row, year)
        return tonnes

    # -- demand ----------------------------------------------------------------------------------------------

    @cached_property
    def demand_of(self) -> dict[str, DemandKey]:
        """Material -> its demand row."""
        return {k.material: k for k in self.sets.demands if k.material is not None}

    @cached_property
    def basis(self) -> dict[DemandKey, Basis]:
        """How each demand row is met. Unless it says so a material that a recipe uses is demanded gross, others net;
        a row without material counts what the stage's plants run."""
        return {key: self._basis(key) for key in self.sets.demands}

    def _basis(self, key: DemandKey) -> Basis:
        if key.material is None:
            return "run"
        stated = self.sets.demand_rows[key].basis
        if stated is not None:
            return "gross" if stated == "gross" else "net"
        return "gross" if self.users.get(key.material) else "net"

    @cached_property
    def magnets(self) -> tuple[DemandKey, ...]:
        """Demand rows of magnets: those of the stage `magnet`; where no stage has that name, of the last one."""
        stages = self.sets.case.settings.stages
        last = (MAGNET,) if MAGNET in stages else stages[-1:]
        return tuple(k for k in self.sets.demands if k.stage in last)


def financed_process(decision: Decision, network: Network, process: str, year: int) -> Linear:
    """Capacity of a process that the plan finances, delivered in `year`, t/yr."""
    return sum(
        tonnes * s.runs(year)
        for s in decision.starts
        if network.process_of(s.project) == process
        and (tonnes := output(s.project) * decision.sets.delivery_share(s.project, s.year, year))
    )


def unaided_process(decision: Decision, network: Network, process: str, year: int) -> Linear:
    """Capacity of a process from projects that go ahead without support, t/yr."""
    return sum(
        tonnes * s.x
        for s in decision.unaided_starts
        if network.process_of(s.project) == process
        and (tonnes := output(s.project) * decision.sets.unaided_share(s.project, year))
    )


def nameplate(decision: Decision, network: Network) -> Mapping[tuple[str, int], float]:
    """Process and year -> capacity outside China with a plan: existing, underway, financed and unaided, t/yr."""
    return {
        (g, y): network.existing[g, y]
        + network.underway[g, y]
        + float(financed_process(decision, network, g, y) + unaided_process(decision, network, g, y))
        for g in network.stage_of
        for y in decision.sets.years
    }

"""The chain: consistent recipes, plants that run them, and materials that a recipe or supply provides."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TypeVar

from models.checks import recipe_cycles
from models.checks.findings import Findings, listed
from models.network import Network, Recipe, delivers, recipe_of
from models.schema import Coefficient, Demand, Existing, Project
from models.sets import Sets
from models.text import Text, joined

R = TypeVar("R", Coefficient, Demand)

SHOWN = 5
"""Names that a diagnostic lists; the others are counted."""


def check(findings: Findings, sets: Sets) -> None:
    """Faults of recipes, plants and materials of the chain; without `processes`, of what needs them."""
    if not findings.case.processes:
        _without_processes(findings, sets)
        return
    network = Network(sets)
    _objective(findings, network)
    _stages(findings)
    _repeated(findings)
    _capacity_use(findings)
    for recipe in network.recipes:
        _recipe(findings, network, recipe)
    _plants(findings, network)
    _materials(findings, network)
    _loops(findings, network)


def _without_processes(findings: Findings, sets: Sets) -> None:
    if delivers(sets):
        name = findings.case.settings.objective
        message = (
            f"{name} counts what recipes deliver: fill a sheet `processes`, or choose coverage, capacity or bottleneck"
        )
        findings.setting_fault("objective", message)
    for row in findings.case.demand:
        if row.basis is not None:
            findings.fault(row, "basis", f"{row.basis} demand needs recipes: leave the cell empty, or fill `processes`")


def _objective(findings: Findings, network: Network) -> None:
    if not delivers(network.sets):
        return
    if not findings.case.demand:
        findings.setting_fault("objective", f"{findings.case.settings.objective} needs a `demand` sheet: fill it")
    elif findings.case.settings.objective == "magnets" and not network.magnets:
        findings.setting_fault("objective", "no demand row is of magnets: give the stage magnet (else the last) demand")


# -- recipes ------------------------------------------------------------------------------------------------------


def _stages(findings: Findings) -> None:
    first: dict[str, Coefficient] = {}
    for row in _by_row(findings.case.processes):
        before = first.setdefault(row.process, row)
        if before.stage != row.stage:
            findings.fault(
                row,
                "stage",
                f"{row.process} is of the stage {before.stage} at {findings.cell(before, 'stage')} and of {row.stage}"
                " here: a process has one stage",
            )


def _repeated(findings: Findings) -> None:
    first: dict[tuple[Recipe, str, int | None], Coefficient] = {}
    for row in _by_row(findings.case.processes):
        before = first.setdefault((recipe_of(row), row.material, row.from_year), row)
        if before is not row:
            findings.fault(
                row,
                "material",
                f"{recipe_of(row)} has a coefficient of {row.material} already at"
                f" {findings.cell(before, 'tonnes_per_tonne')}: delete one, or say in from_year from when it holds",
            )


def _capacity_use(findings: Findings) -> None:
    first: dict[tuple[Recipe, int | None], Coefficient] = {}
    for row in _by_row(findings.case.processes):
        if row.capacity_use is None:
            continue
        before = first.setdefault((recipe_of(row), row.from_year), row)
        if before.capacity_use != row.capacity_use:
            findings.fault(
                row,
                "capacity_use",
                f"{recipe_of(row)} takes {row.capacity_use:g} here and {before.capacity_use:g} at"
                f" {findings.cell(before, 'capacity_use')}: a recipe has one; give it once",
            )


def _recipe(findings: Findings, network: Network, recipe: Recipe) -> None:
    rows = _by_row(r for r in findings.case.processes if recipe_of(r) == recipe)
    outputs = [r for r in rows if r.tonnes_per_tonne > 0]
    used = [r for r in rows if r.tonnes_per_tonne < 0]
    if not outputs:
        findings.fault(rows[0], "tonnes_per_tonne", f"{recipe} makes nothing: give its output as a number above 0")
        return
    free = next((r for r in rows if r.capacity_use == 0), None)
    if free is not None and not used:
        findings.fault(free, "capacity_use", f"{recipe} uses neither material nor capacity, so nothing would limit it")
    if not used and rows[0].stage not in network.sets.case.settings.stages[:1]:
        findings.warn(
            rows[0],
            "tonnes_per_tonne",
            Text("{recipe} uses nothing: correct only if it mines its own ore", recipe=str(recipe)),
        )
    for year in network.sets.years:
        flows = network.coefficients[recipe, year]
        if used and flows and all(tonnes > 0 for tonnes in flows.values()):
            findings.fault(
                used[0],
                "from_year",
                f"in {year} {recipe} makes {listed(flows)} and uses nothing: give its inputs in earlier years too, or"
                " the year from which it has outputs",
            )
            return
    if not recipe.name and len(network.recipes_of[recipe.process]) > 1:
        findings.warn(
            rows[0],
            "recipe",
            Text("without a name, this counts as a further recipe of {process}", process=recipe.process),
        )


def _loops(findings: Findings, network: Network) -> None:
    """Checks every year in which coefficients change; one diagnostic for each set of recipes."""
    noted: set[tuple[Recipe, ...]] = set()
    seen: list[dict[str, dict[str, float]]] = []
    by_name = {str(r): r for r in network.recipes}
    for year in network.sets.years:
        recipes = {str(r): network.coefficients[r, year] for r in network.recipes}
        if recipes in seen:
            continue
        seen.append(recipes)
        parts = tuple(sorted(by_name[name] for name in recipe_cycles.from_nothing(recipes)))
        if parts and parts not in noted:
            noted.add(parts)
            row = min((r for r in findings.case.processes if recipe_of(r) == parts[0]), key=lambda r: r.row)
            findings.fault(
                row,
                "tonnes_per_tonne",
                f"from {year} on {listed(f'({p})' for p in parts)} together make material from nothing: they return"
                " more of it than they use; lower their outputs, or raise their inputs",
            )


# -- plants -------------------------------------------------------------------------------------------------------


def _plants(findings: Findings, network: Network) -> None:
    alone: dict[str, list[str]] = defaultdict(list)
    outside: dict[str, list[str]] = defaultdict(list)
    for p in findings.case.projects:
        if p.status != "barred":
            _process(findings, network, p, p.id)
            _sort_out(network, p, p.id, alone, outside)
    for row in findings.case.existing:
        if row.material is None:
            name = row.name or row.country
            _process(findings, network, row, name)
            if network.sets.counts(row):
                _sort_out(network, row, name, alone, outside)
        elif row.process is not None:
            findings.fault(
                row,
                "material",
                f"a plant is counted by its process ({row.process}) or by its material ({row.material}), not by both:"
                " empty one of the cells",
            )
    for stage, names in alone.items():
        process = network.by_stage[stage][0]
        only = Text(
            "{names} name no process and run {process}, the only one of {stage}",
            names=_some(names), process=process, stage=stage,
        )  # fmt: skip
        findings.sheet_warn("processes", only)
    for stage, names in outside.items():
        apart = Text(
            "the stage {stage} has no process: {names} are not part of the chain", stage=stage, names=_some(names)
        )
        findings.sheet_warn("processes", apart)
    _twice(findings, network)
    _idle(findings, network)


def _process(findings: Findings, network: Network, row: Project | Existing, name: str) -> None:
    """The process that a plant names is one of its stage; where it names none the stage leaves no doubt."""
    processes = network.by_stage.get(row.stage, ())
    if row.process is None:
        counts = isinstance(row, Project) or network.sets.counts(row)
        if len(processes) > 1 and counts:
            findings.fault(row, "process", f"{name} names no process: {row.stage} has {listed(processes)}; write one")
    elif row.process not in network.stage_of:
        hint = findings.suggest(row.process, network.stage_of)
        cure = hint or f"; write one of {_some(network.stage_of)}"
        findings.fault(row, "process", f'"{row.process}" is not in the processes sheet{cure}')
    elif network.stage_of[row.process] != row.stage:
        stage = network.stage_of[row.process]
        findings.fault(
            row, "process", f"{row.process} is of the stage {stage}, {name} of {row.stage}: correct one of them"
        )


def _sort_out(
    network: Network, row: Project | Existing, name: str, alone: dict[str, list[str]], outside: dict[str, list[str]]
) -> None:
    if row.process is None:
        processes = network.by_stage.get(row.stage, ())
        if len(processes) < 2:
            (alone if processes else outside)[row.stage].append(name)


def _twice(findings: Findings, network: Network) -> None:
    """A plant that has one row by process and another by material."""
    by_process: dict[tuple[str, str, str], Existing] = {}
    for row in findings.case.existing:
        if row.name and row.material is None and network.process_of(row) is not None:
            by_process[row.country, row.stage, row.name] = row
    for row in findings.case.existing:
        plant = by_process.get((row.country, row.stage, row.name))
        if plant is not None and row.material is not None and row.process is None:
            findings.fault(
                row,
                "material",
                f"{row.name} is counted by its process at {findings.cell(plant, 'process')} already: delete one of the"
                " rows, or give what is supplied beside it another name",
            )


def _idle(findings: Findings, network: Network) -> None:
    case, sets = findings.case, network.sets
    rows: list[Project | Existing] = [p for p in case.projects if p.status != "barred"]
    rows += [e for e in case.existing if sets.counts(e)]
    run = {network.process_of(row) for row in rows}
    for process in network.stage_of:
        if process not in run:
            row = min((r for r in case.processes if r.process == process), key=lambda r: r.row)
            findings.warn(row, "process", Text("no project and no existing plant runs {process}", process=process))


# -- materials ----------------------------------------------------------------------------------------------------


def _materials(findings: Findings, network: Network) -> None:
    outputs = {r.material for r in findings.case.processes if r.tonnes_per_tonne > 0}
    supplied = {
        e.material for e in findings.case.existing if e.material and e.process is None and network.sets.counts(e)
    }
    known = outputs | supplied
    reported: set[str] = set()
    for row in _by_row(findings.case.processes):
        if row.tonnes_per_tonne < 0 and row.material not in known and row.material not in reported:
            reported.add(row.material)
            hint = findings.suggest(row.material, known)
            findings.warn(
                row,
                "material",
                Text(
                    "nothing makes or supplies {material}, so {recipe} cannot run{cure}",
                    material=row.material,
                    recipe=str(recipe_of(row)),
                    cure=hint or Text("; name its source"),
                ),
            )
    first: dict[str, Demand] = {}
    for demand in _by_row(findings.case.demand):
        _demand(findings, network, demand, known)
        if demand.material is not None and (before := first.setdefault(demand.material, demand)) is not demand:
            findings.fault(
                demand,
                "material",
                f"{demand.material} is demanded already at {findings.cell(before, 'material')}: add up the rows",
            )


def _demand(findings: Findings, network: Network, row: Demand, known: set[str]) -> None:
    if row.material is None:
        if row.basis is not None:
            findings.warn(
                row,
                "basis",
                Text("without a material, all tonnes that the plants of the stage run count, for gross and net alike"),
            )
        if row.stage not in network.by_stage and row.stage in network.sets.case.settings.stages:
            findings.warn(
                row,
                "stage",
                Text("the stage {stage} has no process: the chain delivers nothing to this demand", stage=row.stage),
            )
    elif row.material not in known:
        hint = findings.suggest(row.material, known)
        uncovered = Text(
            "nothing makes or supplies {material}: this demand stays uncovered{cure}", material=row.material, cure=hint
        )
        findings.warn(row, "material", uncovered)


def _by_row(rows: Iterable[R]) -> list[R]:
    return sorted(rows, key=lambda r: r.row)


def _some(names: Iterable[str]) -> str:
    """The first names; the others as a number."""
    every = list(names)
    if len(every) <= SHOWN:
        return listed(every)
    return Text("{names} and {n} more", names=joined(every[:SHOWN]), n=len(every) - SHOWN)

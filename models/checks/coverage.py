"""Demand and the capacity that answers it: rows that meet nothing."""

from models.checks.findings import Findings, listed
from models.network import delivers
from models.schema import Demand, Existing, Project
from models.sets import Sets
from models.terms import existing_share

_OF_DEMAND = ("coverage", "bottleneck")


def check(found: Findings, sets: Sets) -> None:
    """Faults of an objective without its data and of rows without a number; warnings on rows that count for nothing."""
    _objective(found, sets)
    _weights(found)
    for demand in found.case.demand:
        _demand(found, sets, demand)
    for existing in found.case.existing:
        _existing(found, sets, existing)
    _interpolation(found, sets)


def _objective(found: Findings, sets: Sets) -> None:
    s = found.case.settings
    if s.objective in _OF_DEMAND and not found.case.demand:
        if found.case.provenance.get("objective", "default") == "default":
            found.setting_warn("objective", "there is no demand to cover: capacity is made largest instead")
        else:
            found.setting_fault(
                "objective", f"{s.objective} needs a `demand` sheet: fill it, or choose the objective capacity"
            )
    elif s.objective != "capacity" and found.case.demand and sets.years and not any(sets.demand.values()):
        found.sheet_warn("demand", "nothing is demanded in any year of the horizon: every plan scores alike")


def _weights(found: Findings) -> None:
    s = found.case.settings
    for stage in s.stage_weights:
        if stage not in s.stages:
            hint = found.suggest(stage, s.stages)
            found.setting_fault(
                "stage_weights", f'"{stage}" is not a stage ({listed(s.stages)}; {found.setting("stages")}){hint}'
            )
    for name, weight in {**s.stage_weights, **s.esg_weights}.items():
        if weight < 0:
            key = "stage_weights" if name in s.stage_weights else "esg_weights"
            found.setting_fault(key, f"the weight of {name} is {weight:g}: weights are 0 or more")
    if s.stages and all(s.stage_weights.get(stage, 1.0) == 0 for stage in s.stages):
        found.setting_fault(
            "stage_weights", "every stage has the weight 0, so nothing counts: give one of them a weight above 0"
        )
    for key in s.esg_weights:
        if key not in ("e", "s", "g"):
            found.setting_fault("esg_weights", f'"{key}" is not a score: write e, s and g, for example e=2; s=1; g=1')


def _demand(found: Findings, sets: Sets, row: Demand) -> None:
    if not row.years:
        year = found.first_present(row, (*map(str, range(1900, 2200)), "stage"))
        found.fault(row, year, "the row names no demand: fill a year, or delete the row")
        return
    projects = [p for p in (*sets.candidates, *sets.underway) if p.stage == row.stage]
    plants = [e for e in found.case.existing if e.stage == row.stage and sets.counts(e)]
    if row.material is None:
        if not projects and not plants:
            found.warn(
                row,
                "stage",
                f"no project and no existing capacity of the stage {row.stage}: this demand stays uncovered",
            )
    elif not (delivers(sets) and found.case.processes) and not _provided(row.material, projects, plants):
        column = f"share_{row.material}"
        found.warn(
            row,
            "material",
            f"no project and no existing row of the stage {row.stage} provides {row.material}: this demand stays"
            f" uncovered (a project says so in a column {column})",
        )


def _provided(material: str, projects: list[Project], plants: list[Existing]) -> bool:
    """Whether nameplate capacity of the stage has a share of the material."""
    return any(p.shares.get(material) for p in projects) or any(existing_share(e, material) for e in plants)


def _existing(found: Findings, sets: Sets, row: Existing) -> None:
    if not row.years and row.capacity_tpa is None:
        found.fault(row, "capacity_tpa", "no capacity: fill a year or capacity_tpa (0 is allowed), or delete the row")
    elif row.years and row.capacity_tpa is not None:
        found.warn(row, "capacity_tpa", "years are given too: capacity_tpa is not used")
    demanded = {(k.stage, k.material) for k in sets.demands}
    used = {c.material for c in found.case.processes} | {m for _, m in demanded if found.case.processes}
    if row.material is not None and demanded and (row.stage, row.material) not in demanded and row.material not in used:
        found.warn(row, "material", f"nobody demands {row.material} of the stage {row.stage}: the row does not count")


def _interpolation(found: Findings, sets: Sets) -> None:
    """Say once a sheet that years between given ones are read off a line."""
    for sheet, rows in (("demand", found.case.demand), ("existing", found.case.existing)):
        if any(row.years and not set(sets.years) <= row.years.keys() for row in rows):
            found.sheet_warn(
                sheet,
                "years that are not given lie on a straight line between given ones, and are flat before and after"
                " them",
            )

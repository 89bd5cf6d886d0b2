"""Demand and capacity: rows that have no counterpart."""

from collections.abc import Callable

from models.checks.findings import Findings, listed
from models.network import delivers
from models.schema import CAPACITY_OBJECTIVES, CHAIN_OBJECTIVES, Demand, Existing, Project, Settings
from models.sets import Sets
from models.terms import existing_share
from models.text import Text

WEIGHTED = ("coverage", "delivered")
"""Objectives that read the weights of demand rows."""


def check(findings: Findings, sets: Sets) -> None:
    """Faults of an objective without its data and of rows without a number; warnings on rows that count for nothing."""
    _objective(findings, sets)
    _weights(findings)
    for demand in findings.case.demand:
        _demand(findings, sets, demand)
    for existing in findings.case.existing:
        _existing(findings, sets, existing)
    _interpolation(findings, sets)


def _objective(findings: Findings, sets: Sets) -> None:
    s = findings.case.settings
    if s.objective not in (*CAPACITY_OBJECTIVES, *CHAIN_OBJECTIVES) and not findings.case.demand:
        if findings.case.provenance.get("objective", "default") == "default":
            findings.setting_warn("objective", Text("there is no demand to cover: the plan maximizes capacity instead"))
        else:
            findings.setting_fault(
                "objective", f"{s.objective} needs a `demand` sheet: fill it, or choose the objective capacity"
            )
    elif (
        s.objective not in CAPACITY_OBJECTIVES and findings.case.demand and sets.years and not any(sets.demand.values())
    ):
        findings.sheet_warn(
            "demand", Text("there is no demand in any year of the horizon: every plan has the same score")
        )


def _weights(findings: Findings) -> None:
    s = findings.case.settings
    for stage in s.stage_weights:
        if stage not in s.stages:
            hint = findings.suggest(stage, s.stages)
            findings.setting_fault(
                "stage_weights", f'"{stage}" is not a stage ({listed(s.stages)}; {findings.setting("stages")}){hint}'
            )
    for name, weight in {**s.stage_weights, **s.esg_weights}.items():
        if weight < 0:
            key = "stage_weights" if name in s.stage_weights else "esg_weights"
            findings.setting_fault(key, f"the weight of {name} is {weight:g}: weights are 0 or more")
    if s.stages and all(s.stage_weights.get(stage, 1.0) == 0 for stage in s.stages):
        findings.setting_fault(
            "stage_weights", "every stage has the weight 0, so nothing counts: give one of them a weight above 0"
        )
    elif s.objective in WEIGHTED and findings.case.demand and not any(map(_counts(s), findings.case.demand)):
        row = next((r for r in findings.case.demand if r.weight == 0), findings.case.demand[0])
        findings.fault(
            row, "weight", "every demand row has the weight 0, so nothing counts: give one of them a weight above 0"
        )
    for key in s.esg_weights:
        if key not in ("e", "s", "g"):
            findings.setting_fault(
                "esg_weights", f'"{key}" is not a score: write e, s and g, for example e=2; s=1; g=1'
            )


def _counts(s: Settings) -> Callable[[Demand], bool]:
    """Whether a demand row has any weight in the plan score."""
    return lambda row: (s.stage_weights.get(row.stage, 1.0) if row.weight is None else row.weight) > 0


def _demand(findings: Findings, sets: Sets, row: Demand) -> None:
    if not row.years:
        year = findings.first_present(row, (*map(str, range(1900, 2200)), "stage"))
        findings.fault(row, year, "the row names no demand: fill a year, or delete the row")
        return
    unaided = (sets.by_id[i] for i in sets.unaided_fids)
    projects = [p for p in (*sets.candidates, *sets.underway, *unaided) if p.stage == row.stage]
    plants = [e for e in findings.case.existing if e.stage == row.stage and sets.counts(e)]
    if row.material is None:
        if not projects and not plants:
            findings.warn(
                row,
                "stage",
                Text(
                    "no project and no existing capacity of the stage {stage}: this demand stays uncovered",
                    stage=row.stage,
                ),
            )
    elif not (delivers(sets) and findings.case.processes) and not _provided(row.material, projects, plants):
        column = f"share_{row.material}"
        findings.warn(
            row,
            "material",
            Text(
                "no project and no existing row of the stage {stage} provides {material}: this demand stays"
                " uncovered (a project says so in a column {column})",
                stage=row.stage,
                material=row.material,
                column=column,
            ),
        )


def _provided(material: str, projects: list[Project], plants: list[Existing]) -> bool:
    """Whether nameplate capacity of the stage has a share of the material."""
    return any(p.shares.get(material) for p in projects) or any(existing_share(e, material) for e in plants)


def _existing(findings: Findings, sets: Sets, row: Existing) -> None:
    if not row.years and row.capacity_tpa is None:
        findings.fault(
            row, "capacity_tpa", "no capacity: fill a year or capacity_tpa (0 is allowed), or delete the row"
        )
    elif row.years and row.capacity_tpa is not None:
        findings.warn(row, "capacity_tpa", Text("years are given too: capacity_tpa is not used"))
    demanded = {(k.stage, k.material) for k in sets.demands}
    used = {c.material for c in findings.case.processes} | {m for _, m in demanded if findings.case.processes}
    if row.material is not None and demanded and (row.stage, row.material) not in demanded and row.material not in used:
        findings.warn(
            row,
            "material",
            Text(
                "there is no demand for {material} of the stage {stage}: the row does not count",
                material=row.material,
                stage=row.stage,
            ),
        )


def _interpolation(findings: Findings, sets: Sets) -> None:
    """Warn once a sheet that values of years between given ones are interpolated."""
    for sheet, rows in (("demand", findings.case.demand), ("existing", findings.case.existing)):
        if any(row.years and not set(sets.years) <= row.years.keys() for row in rows):
            findings.sheet_warn(
                sheet,
                Text(
                    "missing years are interpolated linearly between the given years and held constant before and after them"
                ),
            )

"""Warn of single numbers that are likely in another unit."""

from collections import defaultdict
from statistics import median

from models.checks import magnitudes
from models.checks.findings import Findings
from models.numbers import as_typed as number
from models.schema import Project
from models.sets import Sets
from models.text import Text

OFF = 10.0
"""Factor from the stage's median beyond which capital cost per tonne gets a warning."""
KILOGRAMS = 100.0
"""Factor above the stage's median, or its largest demand, beyond which a capacity looks like kilograms."""
MOST_TONNES = 500_000.0
"""Capacity that no plant of the chain has, t/yr; the whole world mined about 390,000 t in 2024 (USGS)."""
FEWEST = 3
"""Least number of projects from which the median of a stage is taken."""


def check(findings: Findings, sets: Sets) -> None:
    """Warnings only: nothing here is corrected."""
    magnitudes.check(findings, sets)
    by_stage: dict[str, list[Project]] = defaultdict(list)
    for p in findings.case.projects:
        if p.status != "barred":
            by_stage[p.stage].append(p)
    for stage, projects in by_stage.items():
        _capital(findings, projects)
        _capacity(findings, projects, _largest_demand(sets, stage))


def _capital(findings: Findings, projects: list[Project]) -> None:
    cost = {p.id: p.capex_m * 1e6 / p.capacity_tpa for p in projects if p.capacity_tpa > 0 and p.capex_m > 0}
    if len(cost) < FEWEST:
        return
    usual = median(cost.values())
    base = findings.case.settings.base_currency
    for p in projects:
        if p.id in cost and not usual / OFF < cost[p.id] < usual * OFF:
            message = Text(
                "{cost} {base} per t/yr of capacity, ten times above or below the median of the stage {stage}, {usual}: check capex_m"
                " and capacity_tpa ({cell})",
                cost=number(round(cost[p.id])), base=base, stage=p.stage, usual=number(round(usual)),
                cell=findings.cell(p, "capacity_tpa"),
            )  # fmt: skip
            findings.warn(p, "capex_m", message)


def _capacity(findings: Findings, projects: list[Project], demand: float) -> None:
    sizes = [p.capacity_tpa for p in projects if p.capacity_tpa > 0]
    bounds = [MOST_TONNES]
    if len(sizes) >= FEWEST:
        bounds.append(KILOGRAMS * median(sizes))
    if demand > 0:
        bounds.append(KILOGRAMS * demand)
    for p in projects:
        if p.capacity_tpa == 0:
            findings.warn(p, "capacity_tpa", Text("{name} has no capacity: financing it adds nothing", name=p.id))
        elif p.capacity_tpa >= min(bounds):
            findings.warn(
                p,
                "capacity_tpa",
                Text(
                    "{capacity} t/yr looks like kilograms: did you mean {tonnes} t/yr?",
                    capacity=number(p.capacity_tpa),
                    tonnes=number(p.capacity_tpa / 1000),
                ),
            )


def _largest_demand(sets: Sets, stage: str) -> float:
    """Largest demand of a stage in any year, all its rows together, t/yr."""
    totals: dict[int, float] = defaultdict(float)
    for (key, year), tonnes in sets.demand.items():
        if key.stage == stage:
            totals[year] += tonnes
    return max(totals.values(), default=0.0)

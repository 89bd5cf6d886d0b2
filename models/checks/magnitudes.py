"""Warn of whole columns in the wrong unit: capital costs in dollars, a budget in billions, capacities in kilotonnes.

`plausibility` warns of single numbers that differ from their column. Here the median of a column is compared with another
column, because no single row stands out.
"""

from collections.abc import Iterable
from statistics import median

from models.checks.findings import Findings
from models.columns import Row
from models.numbers import as_typed as number
from models.schema import Existing, Programme, Project
from models.sets import DemandKey, Sets
from models.terms import existing_tonnes
from models.text import Text

MUCH_MONEY = 50.0
"""Multiple of the whole budget that the median capital cost of a sound workbook does not reach."""
LITTLE_MONEY = 0.002
"""Part of the whole budget below which all projects together look like another unit."""
MUCH_TONNES = 50.0
"""Multiple of the largest demand of a stage that the capacity of its median plant does not reach."""
LITTLE_TONNES = 0.002
"""Part of a stage's largest demand below which all its plants, existing and planned, look like kilotonnes."""
FEWEST = 2
"""Least number of rows for a warning about a column."""
_THOUSAND = 1000.0


def check(findings: Findings, sets: Sets) -> None:
    """Warn of columns whose numbers are off by a unit against the budget or the demand."""
    deciding = [p for p in sets.candidates if p.capex_m > 0]
    budget = _budget(sets)
    if budget and len(deciding) >= FEWEST and not _limits(findings, deciding):
        _capital(findings, deciding, budget)
    _part_of_capex(findings, deciding, "requested_m", [p.requested_m or 0.0 for p in deciding])
    _part_of_capex(findings, deciding, "secured_m", [p.secured_m for p in deciding])
    for stage in dict.fromkeys(key.stage for key in sets.demands):
        _tonnes(findings, sets, stage)


def _budget(sets: Sets) -> float | None:
    """All public money in the case, millions; None if some of it has no limit."""
    total = sets.case.settings.total_budget_m
    limits = [limit for p in sets.case.programmes if (limit := _limit(p)) is not None]
    offered = sum(limits) if limits and len(limits) == len(sets.case.programmes) else None
    return min((b for b in (total, offered) if b is not None and b > 0), default=None)


def _limit(programme: Programme) -> float | None:
    """The most face value that a programme's own row allows, millions."""
    envelopes = sum(programme.envelopes.values()) if programme.envelopes else None
    limits = [m for m in (programme.total_m, envelopes) if m is not None]
    if limits and programme.limit_on == "cost" and programme.cost_rate:
        limits = [m / programme.cost_rate for m in limits]
    face = [] if programme.total_face_m is None else [programme.total_face_m]
    return min((*limits, *face), default=None)


def _capital(findings: Findings, projects: list[Project], budget: float) -> None:
    """Compare all capital costs with all money."""
    usual, everything = median(p.capex_m for p in projects), sum(p.capex_m for p in projects)
    base = findings.case.settings.base_currency
    if usual > MUCH_MONEY * budget:
        unit = Text("thousands") if usual < MUCH_MONEY * _THOUSAND * budget else Text("single units")
        message = Text(
            "the whole column looks like {unit} of {base}: its median is {median} million, and the budget of all years"
            " {budget} million; capex_m is in millions (or scale it in a sheet `columns`)",
            unit=unit, base=base, median=number(usual), budget=number(round(budget, 6)),
        )  # fmt: skip
        _warn_column(findings, projects, "capex_m", message)
    elif everything < LITTLE_MONEY * budget:
        message = Text(
            "all projects together cost {everything} million {base}, very little compared with the budget of {budget}"
            " million: capex_m is in millions; is it given in billions, or the budget in another unit?",
            everything=number(round(everything, 6)), base=base, budget=number(round(budget, 6)),
        )  # fmt: skip
        _warn_column(findings, projects, "capex_m", message)


def _limits(findings: Findings, projects: list[Project]) -> bool:
    """Find single limits in another unit than the others, which a sum would hide. Returns whether a warning was given."""
    everything, usual = sum(p.capex_m for p in projects), median(p.capex_m for p in projects)
    total = findings.case.settings.total_budget_m
    limits = [(limit, p) for p in findings.case.programmes if (limit := _limit(p)) is not None and limit > 0]
    beyond = [(limit, p) for limit, p in limits if everything < LITTLE_MONEY * limit]
    is_beyond = total is not None and everything < LITTLE_MONEY * total
    tiny = [(limit, p) for limit, p in limits if limit < LITTLE_MONEY * usual]
    differ = 0 < len(beyond) + is_beyond < len(limits) + (total is not None)
    if differ:
        for limit, programme in beyond:
            findings.warn(programme, _limit_column(findings, programme), _beyond(findings, limit, everything))
        if is_beyond and total is not None:
            findings.setting_warn("total_budget_m", _beyond(findings, total, everything))
    for limit, programme in tiny if len(tiny) < len(limits) else ():
        message = Text(
            "all that {name} may give is {limit} million {base}, and the usual project costs {usual} million: money is in"
            " millions; is it given in billions?",
            name=programme.id, limit=number(round(limit, 6)), base=findings.case.settings.base_currency,
            usual=number(round(usual, 6)),
        )  # fmt: skip
        findings.warn(programme, _limit_column(findings, programme), message)
    return differ


def _limit_column(findings: Findings, programme: Programme) -> str:
    names = (*map(str, sorted(programme.envelopes)), "total_m", "total_face_m", "id")
    return findings.first_present(
        programme, [name for name in names if name != "total_m" or programme.total_m is not None]
    )


def _beyond(findings: Findings, limit: float, everything: float) -> Text:
    return Text(
        "{limit} million {base} is far more than all projects together cost, {everything} million: money is in millions of"
        " {base}; is it given in single units or thousands?",
        limit=number(round(limit, 6)), base=findings.case.settings.base_currency,
        everything=number(round(everything, 6)),
    )  # fmt: skip


def _part_of_capex(findings: Findings, projects: list[Project], column: str, values: list[float]) -> None:
    """Public money of a project is a part of its capital cost; a column far above it is in another unit."""
    pairs = [(value, p) for value, p in zip(values, projects, strict=True) if value > 0]
    if len(pairs) >= FEWEST and median(value / p.capex_m for value, p in pairs) > MUCH_MONEY:
        times = number(round(median(value / p.capex_m for value, p in pairs)))
        message = Text(
            "the whole column is about {times} times capex_m: both are in millions of `currency`", times=times
        )
        _warn_column(findings, [p for _, p in pairs], column, message)


def _tonnes(findings: Findings, sets: Sets, stage: str) -> None:
    demand = max((sets.demand[k, y] for k in sets.demands for y in sets.years if k.stage == stage), default=0.0)
    if demand <= 0:
        return
    rows = [row for row in sets.case.existing if row.stage == stage]
    there = _largest(existing_tonnes(row, year) for row in rows for year in sets.years)
    plants = [p for p in (*sets.candidates, *sets.underway) if p.stage == stage and p.capacity_tpa > 0]
    if there > MUCH_TONNES * demand:
        _existing(findings, sets, rows, demand)
    if len(plants) >= FEWEST:
        _plants(findings, sets, plants, there, demand)


def _existing(findings: Findings, sets: Sets, rows: list[Existing], demand: float) -> None:
    largest = max(rows, key=lambda row: max(existing_tonnes(row, year) for year in sets.years))
    there = max(existing_tonnes(largest, year) for year in sets.years)
    message = Text(
        "the existing capacity is {there} t/yr, and the largest demand of the stage {stage} is {demand} t/yr ({cell}): it"
        " looks like kilograms, or the demand like kilotonnes",
        there=number(there), stage=largest.stage, demand=number(demand),
        cell=_demand_cell(findings, sets, largest.stage),
    )  # fmt: skip
    column = findings.first_present(largest, (*map(str, sorted(largest.years)), "capacity_tpa", "stage"))
    findings.warn(largest, column, message)


def _plants(findings: Findings, sets: Sets, plants: list[Project], there: float, demand: float) -> None:
    usual, stage = median(p.capacity_tpa for p in plants), plants[0].stage
    if usual > MUCH_TONNES * demand:
        where = _demand_cell(findings, sets, stage)
        message = Text(
            "the usual plant of the stage {stage} makes {usual} t/yr, and the largest demand is {demand} t/yr ({cell}):"
            " capacity_tpa looks like kilograms, or the demand like kilotonnes",
            stage=stage, usual=number(usual), demand=number(demand), cell=where,
        )  # fmt: skip
        _warn_column(findings, plants, "capacity_tpa", message)
    elif max(sum(p.capacity_tpa for p in plants), there) < LITTLE_TONNES * demand:
        message = Text(
            "all plants of the stage {stage} together make {capacity} t/yr, very little compared with its demand of {demand}"
            " t/yr: capacity_tpa is in t/yr; is it given in kilotonnes?",
            stage=stage, capacity=number(sum(p.capacity_tpa for p in plants)), demand=number(demand),
        )  # fmt: skip
        _warn_column(findings, plants, "capacity_tpa", message)


def _largest(values: Iterable[float]) -> float:
    return max(values, default=0.0)


def _demand_cell(findings: Findings, sets: Sets, stage: str) -> str:
    key = next(k for k in sets.demands if k.stage == stage)
    row = sets.demand_rows[DemandKey(*key)]
    return findings.cell(row, str(max(row.years, key=lambda year: row.years[year])) if row.years else "stage")


def _warn_column(findings: Findings, rows: Iterable[Row], column: str, message: Text) -> None:
    """One warning for the column, at its first row."""
    findings.warn(min(rows, key=lambda row: row.row), column, message)

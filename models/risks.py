"""Project risks: the row of `risks` that applies to a project, and the projects that share one draw.

A draw is one outcome of every unit. For each row of `risks`, in the order of the sheet, its units sorted as text take
three uniforms each: fails, delay, overrun. See `optimizer.analysis.stress.draws` for the stream.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from models.measures import matches
from models.schema import Project, Risk
from models.sets import Sets


@dataclass(frozen=True)
class RiskUnit:
    """Projects that share one draw, and the row of `risks` that they take."""

    name: str
    kind: str
    """project, sponsor, country, stage or all."""
    risk: Risk
    projects: tuple[str, ...]


def taken(sets: Sets) -> dict[str, Risk]:
    """Project -> the first row that picks it, for projects that may be financed or are underway."""
    rows = sets.case.risks
    row_of = {p.id: next((r for r in rows if matches(r.picks, p)), None) for p in sets.candidates + sets.underway}
    return {i: risk for i, risk in row_of.items() if risk is not None}


def units(sets: Sets) -> tuple[RiskUnit, ...]:
    """Every unit in the order of its draws.

    An empty sponsor is the project itself. Projects share a draw only if they take the same row; matching it is not enough.
    """
    by_row: dict[int, list[str]] = {}
    place = {id(row): n for n, row in enumerate(sets.case.risks)}
    for i, risk in sorted(taken(sets).items()):
        by_row.setdefault(place[id(risk)], []).append(i)
    return tuple(
        unit for n in sorted(by_row) for unit in _of_row(sets.case.risks[n], [sets.by_id[i] for i in by_row[n]])
    )


def _of_row(risk: Risk, projects: Iterable[Project]) -> list[RiskUnit]:
    members: dict[tuple[str, str], list[str]] = {}
    for p in projects:
        members.setdefault(_unit_of(risk, p), []).append(p.id)
    return [RiskUnit(name, kind, risk, tuple(ids)) for (name, kind), ids in sorted(members.items())]


def _unit_of(risk: Risk, project: Project) -> tuple[str, str]:
    """Name and kind of the unit that a project belongs to."""
    if risk.common == "all":
        return "all", "all"
    shared = {"sponsor": project.sponsor, "country": project.country, "stage": project.stage}.get(risk.common, "")
    return (shared, risk.common) if shared else (project.id, "project")

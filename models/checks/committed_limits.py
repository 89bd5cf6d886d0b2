"""Limits on which projects are decided when, against committed projects that have one year to be decided in."""

from collections.abc import Iterator

from models.checks.findings import Findings
from models.decision import Decision
from models.families import FAMILIES
from models.family import Family
from models.schema import Project
from models.sets import Sets
from models.text import Text


def check(findings: Findings, sets: Sets) -> None:
    """Warns of committed projects that together break a limit, whatever else the plan contains.

    Asks `models.family.Family.refuses`: a family that declares it needs no check of its own. A warning and no fault, so
    that `explain` can work out the smallest changes.
    """
    for family in FAMILIES.values():
        for project, year, reason in _refused(sets, family):
            cure = Text("widen its years or make it a candidate")
            if family.setting:
                cure = Text(
                    "raise {setting} ({cell}), or widen its years or make it a candidate",
                    setting=family.setting, cell=findings.setting(family.setting),
                )  # fmt: skip
            message = Text(
                "{name} is committed and can only be decided in {year}, but {reason}: {cure}",
                name=project.id, year=year, reason=reason, cure=cure,
            )  # fmt: skip
            findings.warn(project, "status", message)


def _refused(sets: Sets, family: Family) -> Iterator[tuple[Project, int, str]]:
    """Committed projects of one possible year that cannot join those before them: project, year and reason."""
    taken: dict[tuple[str, int], float] = {}
    for project in sets.candidates:
        years = sets.windows[project.id]
        if project.status != "committed" or len(years) != 1:
            continue
        reason = family.refuses(Decision(sets, (), dict(taken), {}), [project], years[0])
        if reason:
            yield project, years[0], reason
        else:
            taken[project.id, years[0]] = 1.0

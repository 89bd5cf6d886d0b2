"""Names that refer to other cells (ids, stages, countries, rates), and names that must be unique."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from models.checks.findings import Findings, listed
from models.columns import Row
from models.nearest import did_you_mean
from models.schema import Coefficient, Demand, Existing, Project
from models.text import Text, joined

R = TypeVar("R", bound=Row)
_SEPARATORS = re.compile(r"[,、，/&+]| and | und ")
"""Separators that people write between ids instead of a semicolon."""


def check(findings: Findings) -> None:
    """Faults of names that are unknown, refer to themselves, or are given twice."""
    _project_references(findings)
    _outlay_references(findings)
    _stages(findings)
    _countries(findings)
    case = findings.case
    _once(findings, case.projects, lambda r: r.id, "id", "id")
    _once(findings, case.programmes, lambda r: r.id, "id", "id")
    _once(findings, case.outlays, lambda r: r.id, "id", "project")
    _once(findings, case.rules, lambda r: r.rule, "rule", "rule")
    _once(findings, case.fx, lambda r: r.currency, "currency", "currency")
    _once(findings, case.demand, lambda r: f"{r.stage}, {r.material}" if r.material else r.stage, "stage", "demand")


def references(project: Project) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Column -> the ids that a project's cell names."""
    required = tuple(i for any_of in project.requires for i in any_of)
    return ("requires", required), ("excludes", project.excludes), ("together", project.together)


def _project_references(findings: Findings) -> None:
    ids = {p.id for p in findings.case.projects}
    named = {p.name.casefold(): p.id for p in findings.case.projects if p.name}
    for p in findings.case.projects:
        for column, names in references(p):
            for name in dict.fromkeys(names):
                if name == p.id:
                    findings.fault(p, column, f"{name} refers to itself: remove it from this cell")
                elif name not in ids:
                    hint = _meant(name, ids, named) or findings.suggest(name, ids)
                    findings.fault(
                        p,
                        column,
                        f'"{name}" is not an id of the projects sheet{hint or "; remove it or add the project"}',
                    )


def _meant(text: str, ids: set[str], named: dict[str, str]) -> str:
    """Ids that a cell means by other separators than semicolons, or by the name of a project."""
    known = {i.casefold(): i for i in ids} | named
    parts = [known.get(part.strip().casefold()) for part in _SEPARATORS.split(text)]
    return did_you_mean("; ".join(i for i in parts if i)) if all(parts) else ""


def _outlay_references(findings: Findings) -> None:
    ids = {p.id for p in findings.case.projects}
    for row in findings.case.outlays:
        if row.id not in ids:
            hint = findings.suggest(row.id, ids)
            findings.fault(
                row,
                "id",
                f'"{row.id}" is not an id of the projects sheet{hint or "; remove the row or add the project"}',
            )


def _stages(findings: Findings) -> None:
    case = findings.case
    rows: tuple[Project | Demand | Existing | Coefficient, ...]
    rows = (*case.projects, *case.demand, *case.existing, *case.processes)
    for row in rows:
        _stage(findings, row, "stage", row.stage)
    for programme in case.programmes:
        for stage in programme.stages:
            _stage(findings, programme, "stages", stage)


def _stage(findings: Findings, row: Row, column: str, stage: str) -> None:
    stages = findings.case.settings.stages
    if stage not in stages:
        cure = findings.suggest(stage, stages) or "; correct it, or add it to the setting `stages`"
        findings.fault(row, column, f'"{stage}" is not a stage ({listed(stages)}; {findings.setting("stages")}){cure}')


def _countries(findings: Findings) -> None:
    s = findings.case.settings
    for country in s.countries:
        if country in s.excluded_countries:
            findings.setting_fault(
                "countries",
                f"{country} is also among the excluded countries ({findings.setting('excluded_countries')}): keep it"
                " in one",
            )
    for p in findings.case.projects:
        if p.status == "barred":
            continue
        if p.country in s.excluded_countries:
            findings.fault(
                p,
                "country",
                f"{p.country} is an excluded country ({findings.setting('excluded_countries')}), its capacity never"
                " counts: remove the project, set its status to barred or correct the country",
            )
        elif p.status == "candidate" and p.country not in s.countries:
            findings.warn(
                p,
                "country",
                Text(
                    "{country} is not among the countries that may be financed ({countries}; {cell}): {name} is barred for"
                    " that reason",
                    country=p.country,
                    countries=joined(s.countries),
                    cell=findings.setting("countries"),
                    name=p.id,
                ),
            )


def _once(findings: Findings, rows: Sequence[R], name: Callable[[R], str], column: str, noun: str) -> None:
    by_name: dict[str, list[R]] = defaultdict(list)
    for row in sorted(rows, key=lambda r: r.row):
        by_name[name(row)].append(row)
    for key, same in by_name.items():
        for row in same[1:]:
            findings.fault(
                row, column, f'{noun} "{key}" is there already at {findings.cell(same[0], column)}: {_cure(same)}'
            )


def _cure(rows: Iterable[Row]) -> str:
    first, second, *_ = rows
    same = first.model_copy(update={"row": second.row}) == second
    return "delete this row, which is the same" if same else "rename it, or keep one of the rows"

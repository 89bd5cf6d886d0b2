"""Names that point at other cells: ids, stages, countries, rates; and names that may stand only once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from models.checks.findings import Findings, listed
from models.columns import Row
from models.schema import Coefficient, Demand, Existing, Project

R = TypeVar("R", bound=Row)


def check(found: Findings) -> None:
    """Faults of names: unknown, pointing at themselves, or given twice."""
    _project_references(found)
    _outlay_references(found)
    _stages(found)
    _countries(found)
    case = found.case
    _once(found, case.projects, lambda r: r.id, "id", "id")
    _once(found, case.programmes, lambda r: r.id, "id", "id")
    _once(found, case.outlays, lambda r: r.id, "id", "project")
    _once(found, case.rules, lambda r: r.rule, "rule", "rule")
    _once(found, case.fx, lambda r: r.currency, "currency", "currency")
    _once(found, case.demand, lambda r: f"{r.stage}, {r.material}" if r.material else r.stage, "stage", "demand")


def references(project: Project) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Column -> the ids that a project's cell names."""
    required = tuple(i for any_of in project.requires for i in any_of)
    return ("requires", required), ("excludes", project.excludes), ("together", project.together)


def _project_references(found: Findings) -> None:
    ids = {p.id for p in found.case.projects}
    named = {p.name.casefold(): p.id for p in found.case.projects if p.name}
    for p in found.case.projects:
        for column, names in references(p):
            for name in dict.fromkeys(names):
                if name == p.id:
                    found.fault(p, column, f"{name} points at itself: remove it from this cell")
                elif name not in ids:
                    hint = _meant(name, ids, named) or found.suggest(name, ids)
                    found.fault(
                        p,
                        column,
                        f'"{name}" is not an id of the projects sheet{hint or "; remove it or add the project"}',
                    )


def _meant(text: str, ids: set[str], named: dict[str, str]) -> str:
    """Ids that a cell means by commas between them, or by a project's name."""
    known = {i.casefold(): i for i in ids} | named
    parts = [known.get(part.strip().casefold()) for part in text.split(",")]
    return f"; did you mean {'; '.join(i for i in parts if i)}?" if all(parts) else ""


def _outlay_references(found: Findings) -> None:
    ids = {p.id for p in found.case.projects}
    for row in found.case.outlays:
        if row.id not in ids:
            hint = found.suggest(row.id, ids)
            found.fault(
                row,
                "id",
                f'"{row.id}" is not an id of the projects sheet{hint or "; remove the row or add the project"}',
            )


def _stages(found: Findings) -> None:
    case = found.case
    rows: tuple[Project | Demand | Existing | Coefficient, ...]
    rows = (*case.projects, *case.demand, *case.existing, *case.processes)
    for row in rows:
        _stage(found, row, "stage", row.stage)
    for programme in case.programmes:
        for stage in programme.stages:
            _stage(found, programme, "stages", stage)


def _stage(found: Findings, row: Row, column: str, stage: str) -> None:
    stages = found.case.settings.stages
    if stage not in stages:
        cure = found.suggest(stage, stages) or "; correct it, or add it to the setting `stages`"
        found.fault(row, column, f'"{stage}" is not a stage ({listed(stages)}; {found.setting("stages")}){cure}')


def _countries(found: Findings) -> None:
    s = found.case.settings
    for country in s.countries:
        if country in s.excluded_countries:
            found.setting_fault(
                "countries",
                f"{country} is also among the excluded countries ({found.setting('excluded_countries')}): keep it"
                " in one",
            )
    for p in found.case.projects:
        if p.status == "barred":
            continue
        if p.country in s.excluded_countries:
            found.fault(
                p,
                "country",
                f"{p.country} is an excluded country ({found.setting('excluded_countries')}), its capacity never"
                " counts: remove the project, set its status to barred or correct the country",
            )
        elif p.status == "candidate" and p.country not in s.countries:
            found.warn(
                p,
                "country",
                f"{p.country} is not among the countries that may be financed ({', '.join(s.countries)}; "
                f"{found.setting('countries')}): {p.id} is barred for that reason",
            )


def _once(found: Findings, rows: Sequence[R], name: Callable[[R], str], column: str, what: str) -> None:
    by_name: dict[str, list[R]] = defaultdict(list)
    for row in sorted(rows, key=lambda r: r.row):
        by_name[name(row)].append(row)
    for key, same in by_name.items():
        for row in same[1:]:
            found.fault(row, column, f'{what} "{key}" is there already at {found.cell(same[0], column)}: {_cure(same)}')


def _cure(rows: Iterable[Row]) -> str:
    first, second, *_ = rows
    same = first.model_copy(update={"row": second.row}) == second
    return "delete this row, it says the same" if same else "rename it, or keep one of the rows"

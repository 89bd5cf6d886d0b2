"""Data measures of a project, and the projects that a rule's `where` picks."""

from models.case import Case
from models.columns import columns
from models.schema import Existing, Project, Where

_NUMERIC = frozenset(
    c.field
    for c in columns(Project)
    if c.kind in ("number", "money", "share", "score", "whole", "year") and c.family is None
)
_ALIASES = {"capex": "capex_m"}


def is_data_measure(case: Case, name: str) -> bool:
    """Whether a rule may name this measure: capex, count, esg, any numeric column of `projects`."""
    return (
        name in ("count", "esg")
        or _ALIASES.get(name, name) in _NUMERIC
        or any(name in p.measures for p in case.projects)
        or any(name == f"share_{m}" for p in case.projects for m in p.shares)
        or _is_further_column(case, name)
    )


def _is_further_column(case: Case, name: str) -> bool:
    """Whether the sheet itself has a column of this name; all of its cells may be empty."""
    layout = case.layouts.get("projects")
    return layout is not None and name in layout.letters and name not in Project.model_fields


def data_measure(case: Case, project: Project, name: str) -> float | None:
    """Value of a data measure, in the unit of its column; None where the cell is empty.

    `esg` is the mean of the three scores, weighted by the setting `esg_weights`; one missing score is a missing mean.
    """
    if name == "count":
        return 1.0
    if name == "esg":
        return _esg(case, project)
    if name.startswith("share_"):
        return project.shares.get(name.removeprefix("share_"), project.measures.get(name))
    field = _ALIASES.get(name, name)
    value = getattr(project, field) if field in _NUMERIC else project.measures.get(name)
    return None if value is None else float(value)


def _esg(case: Case, project: Project) -> float | None:
    weights = case.settings.esg_weights
    pairs = [(weights.get(k, 0.0 if weights else 1.0), getattr(project, f"esg_{k}")) for k in "esg"]
    used = [(w, v) for w, v in pairs if w > 0]
    if any(v is None for _, v in used) or not used:
        return None
    return float(sum(w * v for w, v in used) / sum(w for w, _ in used))


def normal_form(value: object) -> str:
    """How a `where` clause compares a value: lower case for text, shortest form for numbers, empty for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return format(float(value), ".12g")
    return " ".join(str(value).split()).casefold()


def column_value(project: Project, column: str) -> str:
    """Normal form of a project's column, for `where`."""
    if column in project.texts:
        return normal_form(project.texts[column])
    if column in project.measures:
        return normal_form(project.measures[column])
    if column.startswith("share_"):
        return normal_form(project.shares.get(column.removeprefix("share_")))
    return normal_form(getattr(project, _ALIASES.get(column, column), None))


def matches(where: Where, project: Project) -> bool:
    """Whether every project clause of `where` holds: an empty `where` picks all."""
    return all(column_value(project, column) in values for column, values in where.projects)


def picks_underway(where: Where) -> bool:
    """Whether a rule's `where` names underway projects; only then does it count them."""
    return any(column == "status" and "underway" in values for column, values in where.projects)


def existing_matches(where: Where, row: Existing) -> bool:
    """`where` for existing capacity (`capacity_total`): clauses on columns that both sheets have."""
    return all(
        normal_form(getattr(row, column)) in values
        for column, values in where.projects
        if column in ("country", "stage", "process", "name")
    )

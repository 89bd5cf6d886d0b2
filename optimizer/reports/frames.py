"""A plan as pandas frames: one a table of `plan.json`, with typed columns even where a table is empty."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, get_args

from models.frozen import Frozen
from models.plan import (
    Award,
    BudgetRow,
    CapacityRow,
    Financed,
    MaterialRow,
    NotFinanced,
    Plan,
    ProcessRow,
    RuleRow,
    RunRow,
)

if TYPE_CHECKING:
    import pandas as pd

    from optimizer.analysis.alternatives import Alternatives
    from optimizer.analysis.explain import Explanation
    from optimizer.plan_folder.compare import Comparison


def frames(plan: "Plan | Explanation | Alternatives | Comparison") -> "dict[str, pd.DataFrame]":
    """Table -> frame. Of a plan: projects, awards, capacity, materials, runs, processes, budgets, rules, not_financed; for what explains
    or compares plans see `optimizer.reports.answers.frames`.

    Columns are the fields of `models.plan`; money in millions, material in t/yr. `awards` holds every project's
    awards with the project's id in front.
    """
    if not isinstance(plan, Plan):
        return _of_answer(plan)
    awards = [{"id": p.id, **award.model_dump()} for p in plan.projects for award in p.awards]
    projects = [p.model_dump(exclude={"awards"}) for p in plan.projects]
    return {
        "projects": _frame(projects, _types(Financed, skip="awards")),
        "awards": _frame(awards, {"id": "object", **_types(Award)}),
        "capacity": _rows(plan.capacity, CapacityRow),
        "materials": _rows(plan.materials, MaterialRow),
        "runs": _rows(plan.runs, RunRow),
        "processes": _rows(plan.processes, ProcessRow),
        "budgets": _rows(plan.budgets, BudgetRow),
        "rules": _rows(plan.rules, RuleRow),
        "not_financed": _rows(plan.not_financed, NotFinanced),
    }


def _of_answer(answer: "Explanation | Alternatives | Comparison") -> "dict[str, pd.DataFrame]":
    from optimizer.analysis.alternatives import Alternatives
    from optimizer.analysis.explain import Explanation
    from optimizer.reports.answers import frames

    if isinstance(answer, Explanation):
        return frames.explanation_frames(answer)
    if isinstance(answer, Alternatives):
        return frames.alternatives_frames(answer)
    return frames.comparison_frames(answer)


def _rows(rows: Iterable[Frozen], kind: type[Frozen]) -> "pd.DataFrame":
    return _frame([row.model_dump() for row in rows], _types(kind))


def _types(kind: type[Frozen], skip: str = "") -> dict[str, str]:
    """Column -> pandas type; an empty cell of a number is NaN, of a text None."""
    known = {int: "int64", float: "float64", bool: "bool"}
    types = {}
    for name, field in kind.model_fields.items():
        plain = [t for t in get_args(field.annotation) or (field.annotation,) if t is not type(None)]
        if name != skip:
            types[name] = known.get(plain[0], "object")
    return types


def _frame(rows: list[dict[str, Any]], types: dict[str, str]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(rows, columns=list(types)).astype(types)

"""An explanation, alternatives or a comparison as pandas frames: exact numbers, intervals as `_low` and `_high`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from optimizer.analysis.what_if import Span

if TYPE_CHECKING:
    import pandas as pd

    from optimizer.analysis.alternatives import Alternatives
    from optimizer.analysis.explain import Explanation
    from optimizer.plan_folder.compare import Comparison

Row = dict[str, Any]


def explanation_frames(explanation: "Explanation") -> "dict[str, pd.DataFrame]":
    """Table -> frame: projects, changes, limits, budgets, overrides. Values in `said.unit`, points as parts of 1."""
    stories = ("id", "name", "financed", "fid_year", "reason", "verdict")
    return {
        "projects": _frame(
            [{**_of(s, stories), **_ends("loss", s.loss)} for s in explanation.projects],
            (*stories, "loss_low", "loss_high"),
        ),
        "changes": _frame(
            [{"id": s.id, **c.model_dump()} for s in explanation.projects for c in s.changes],
            ("id", "column", "now", "needed", "stated", "at_least", "fid_year"),
        ),
        "limits": _frame(
            [
                {**_of(x, ("name", "kind", "limit", "eased", "left")), **_ends("worth", x.worth)}
                for x in explanation.limits
            ],
            ("name", "kind", "limit", "eased", "left", "worth_low", "worth_high"),
        ),
        "budgets": _frame(
            [{**_of(b, ("part", "budget_m", "projects")), **_ends("value", b.value)} for b in explanation.budgets],
            ("part", "budget_m", "projects", "value_low", "value_high"),
        ),
        "overrides": _frame(
            [
                {**_of(o, ("id", "status", "source", "note")), **_ends("cost", o.cost)}
                for o in explanation.overrides.alone
            ],
            ("id", "status", "source", "note", "cost_low", "cost_high"),
        ),
    }


def alternatives_frames(alternatives: "Alternatives") -> "dict[str, pd.DataFrame]":
    """Table -> frame: portfolios, their projects, in how many each appears (the plan counted), the coverage gained."""
    numbered = list(enumerate(alternatives.portfolios, 1))
    fields = ("value", "differs", "cost_m")
    return {
        "portfolios": _frame(
            [{"no": n, **_of(p, fields), **_ends("behind", p.behind)} for n, p in numbered],
            ("no", *fields, "behind_low", "behind_high"),
        ),
        "projects": _frame(
            [{"no": n, "id": f.id, "fid_year": f.fid_year} for n, p in numbered for f in p.plan.projects],
            ("no", "id", "fid_year"),
        ),
        "appears": _frame([{"id": i, "portfolios": n} for i, n in alternatives.appears.items()], ("id", "portfolios")),
        "coverage": _frame(
            [{"no": n, "demand": name, "gained": gained} for n, p in numbered for name, gained in p.coverage.items()],
            ("no", "demand", "gained"),
        ),
    }


def comparison_frames(compared: "Comparison") -> "dict[str, pd.DataFrame]":
    """Table -> frame: plans, projects, money, coverage; one column per plan (`_1`, `_2`, ...) where each has a number."""
    cells = [{"plan": c.plan, **cell.model_dump()} for c in compared.causes for cell in c.cells]
    return {
        "plans": _frame([p.model_dump() for p in compared.plans], tuple(type(compared.plans[0]).model_fields)),
        "projects": _frame([_spread(p.model_dump()) for p in compared.projects]),
        "money": _frame([_spread(m.model_dump()) for m in compared.money]),
        "coverage": _frame([_spread(c.model_dump()) for c in compared.coverage]),
        "cells": _frame(cells, ("plan", "cell", "what", "column", "old", "new")),
    }


def _of(value: Any, fields: Iterable[str]) -> Row:
    return {field: getattr(value, field) for field in fields}


def _ends(name: str, span: Span | None) -> Row:
    return {f"{name}_low": span and span.low, f"{name}_high": span and span.high}


def _spread(row: Row) -> Row:
    """A tuple of numbers as one number per plan."""
    spread: Row = {}
    for name, value in row.items():
        spread |= {f"{name}_{n}": v for n, v in enumerate(value, 1)} if isinstance(value, tuple) else {name: value}
    return spread


def _frame(rows: list[Row], heads: tuple[str, ...] = ()) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(rows, columns=list(heads) or None)

"""Money by programme and year, and the funding matrix: who gives how much to which project."""

from math import fsum

from models.case import Case
from models.plan import Plan
from models.schema import Programme
from optimizer.reports.charts.money import committed, programme_names
from optimizer.reports.plan_summary import commitments
from optimizer.reports.report_table import Grid, columns

MOST_ROWS = 300
"""Projects of the funding matrix, those with most support; the workbook of the plan has them all."""


def programme_table(case: Case, plan: Plan) -> Grid:
    """One line a programme: what it commits over all years and how much of its envelopes that takes."""
    currency = case.settings.base_currency
    rows = tuple(_programme(p, plan) for p in case.programmes)
    heads = columns(
        "programme",
        ("id", "id"),
        "instrument",
        ("projects", "whole"),
        (f"face value, M {currency}", "number"),
        (f"budget cost, M {currency}", "number"),
        "envelopes limit",
        (f"envelopes, M {currency}", "number"),
        (f"charged, M {currency}", "number"),
        (f"total limit, M {currency}", "number"),
    )
    note = "Programmes of one fund share its limits: each shows those of the fund. An empty limit is none."
    return Grid(
        "programmes", "Programmes", heads, rows, note, "The case has no programmes: each project costs its need."
    )


def _programme(p: Programme, plan: Plan) -> tuple[object, ...]:
    awards = [a for f in plan.projects for a in f.awards if a.programme == p.id]
    budgets = [row for row in plan.budgets if row.programme == p.id]
    envelopes = [row.envelope_m for row in budgets if row.envelope_m is not None]
    return (
        p.name or p.id,
        p.id,
        p.instrument,
        sum(any(a.programme == p.id for a in f.awards) for f in plan.projects),
        fsum(a.face_m for a in awards),
        fsum(a.cost_m for a in awards),
        p.limit_on,
        fsum(envelopes) if envelopes else None,
        fsum(row.spent_m for row in budgets),
        p.total_m,
    )


def budget_table(case: Case, plan: Plan) -> Grid:
    """Every envelope in every year."""
    names, currency = programme_names(case), case.settings.base_currency
    limits = {p.id: p.limit_on for p in case.programmes}
    rows = tuple(
        (names[r.programme], r.programme, r.year, limits[r.programme], r.envelope_m, r.spent_m, r.carried_m)
        for r in plan.budgets
    )
    heads = columns(
        "programme",
        ("id", "id"),
        ("year", "year"),
        "limits",
        (f"envelope, M {currency}", "number"),
        (f"charged, M {currency}", "number"),
        (f"carried on, M {currency}", "number"),
    )
    return Grid("budgets", "Envelopes, year by year", heads, rows, empty="There are no envelopes.")


def matrix_table(case: Case, plan: Plan) -> Grid:
    """Face value by project and programme; without programmes the need."""
    projects = {p.id: p for p in case.projects}
    programmes = list(committed(case, plan))
    faces: dict[str, dict[str, float]] = {f.id: {} for f in plan.projects}
    for financed, award in commitments(case, plan):
        given = faces[financed.id]
        given[award.programme] = given.get(award.programme, 0.0) + award.face_m
    most = sorted(faces, key=lambda i: (-fsum(faces[i].values()), i))
    rows = tuple(
        (projects[i].name or i, i, *(faces[i].get(p) for p in programmes), fsum(faces[i].values()))
        for i in most[:MOST_ROWS]
    )
    heads = columns(
        "project", ("id", "id"), *((p or "public need", "amount") for p in programmes), ("together", "amount")
    )
    note = f"Face value in M {case.settings.base_currency}; the largest sums first."
    if len(most) > MOST_ROWS:
        note += f" The first {MOST_ROWS} of {len(most):,} projects; plan.xlsx has them all."
    return Grid("matrix", "Funding matrix", heads, rows, note, "Nothing is committed.")

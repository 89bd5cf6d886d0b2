"""Every project of the workbook: what becomes of it, and why."""

from models.case import Case
from models.countries import english
from models.plan import Financed, NotFinanced, Plan
from models.schema import Project
from optimizer.reports.formatting import money
from optimizer.reports.plan_summary import first_output, left_out_in_order
from optimizer.reports.report_table import Grid, columns

PICKS = ("status", "stage", "country")
"""Columns that the page lets people choose from."""


def project_table(case: Case, plan: Plan) -> Grid:
    """The financed first, by decision; then what is left out, those that say most first; then what is underway."""
    projects, currency = {p.id: p for p in case.projects}, case.settings.base_currency
    financed = sorted(plan.projects, key=lambda f: (f.fid_year, f.id))
    rows = [
        *(_financed(case, projects[f.id], f) for f in financed),
        *(_left_out(projects[row.id], row) for row in left_out_in_order(case, plan)),
        *(_underway(p) for p in case.projects if p.status == "underway"),
    ]
    heads = columns(
        "project",
        ("id", "id"),
        "stage",
        "country",
        "status",
        ("decision", "year"),
        ("first output", "year"),
        ("capacity, t/yr", "number"),
        (f"capital cost, M {currency}", "number"),
        (f"public, M {currency}", "amount"),
        (f"contingent, M {currency}", "amount"),
        (f"private, M {currency}", "amount"),
        "whose money, or why not",
        "confidence",
    )
    return Grid("projects", "Every project", heads, tuple(rows), empty="The workbook has no projects.")


def _row(p: Project, status: str, *cells: object) -> tuple[object, ...]:
    """A project's own cells around those of its fate: decision, first output, money, reason."""
    decision, first, public, contingent, private, reason = cells
    own = (p.name or p.id, p.id, p.stage, english(p.country), status)
    return (*own, decision, first, p.capacity_tpa, p.capex_m, public, contingent, private, reason, p.confidence)


def _financed(case: Case, p: Project, f: Financed) -> tuple[object, ...]:
    status = "financed, committed" if p.status == "committed" else "financed"
    if case.programmes:
        whose = ", ".join(f"{a.programme} {money(a.face_m)}" for a in f.awards) or "needs no support"
    else:
        whose = f"public need {money(f.need_m)}"
    if f.deadweight_m:
        whose += f"; deadweight {money(f.deadweight_m)}: goes ahead without support in {p.unaided_fid}"
    return _row(p, status, f.fid_year, first_output(p, f.fid_year), f.public_m, f.contingent_m, f.private_m, whose)


def _left_out(p: Project, row: NotFinanced) -> tuple[object, ...]:
    reason = f"{row.reason}: {row.detail}" if row.detail else row.reason
    return _row(p, "left out", None, None, None, None, None, reason)


def _underway(p: Project) -> tuple[object, ...]:
    first = None if p.earliest_fid is None else first_output(p, p.earliest_fid)
    return _row(p, "underway", p.earliest_fid, first, None, None, None, "already financed, no decision")

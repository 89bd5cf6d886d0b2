"""The funding matrix: who gives how much to which project."""

from math import fsum

from models.case import Case
from models.plan import Plan
from optimizer.reports.charts.money import committed
from optimizer.reports.formatting import whole
from optimizer.reports.language import spaced, tr
from optimizer.reports.plan_summary import commitments
from optimizer.reports.report_table import Grid, Heading, Verbatim, columns

MOST_ROWS = 300
"""Projects of the funding matrix, those with most support; the workbook of the plan has them all."""


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
    funders: list[Heading] = [(Verbatim(p or tr("public need")), "amount") for p in programmes]
    heads = columns("project", ("id", "id"), *funders, ("together", "amount"))
    note = tr("Face value in M {currency}; the largest sums first.", currency=case.settings.base_currency)
    if len(most) > MOST_ROWS:
        more = tr("The first {n} of {all} projects; plan.xlsx has them all.", n=MOST_ROWS, all=whole(len(most)))
        note = spaced(note, more)
    return Grid("matrix", "Funding matrix", heads, rows, note, "Nothing is committed.")

"""Capacity that comes without support: the deadweight of financed projects, and projects that are left out."""

from math import fsum

from models.case import Case
from models.plan import Plan
from models.sets import Sets
from optimizer.reports.formatting import clauses, few_more, listed, money, number, stage_label
from optimizer.reports.language import tr

MOST = 5
"""Projects named; the tables list them all."""


def has_unaided(plan: Plan) -> bool:
    """Whether any project of the case goes ahead without support."""
    return any(row.unaided_t is not None for row in plan.capacity)


def additionality(case: Case, plan: Plan) -> list[str]:
    """The part of the plan that would have come anyway, and the projects that go ahead without being financed; empty if the
    workbook has no `unaided_fid`."""
    if not has_unaided(plan):
        return []
    return [_deadweight(case, plan), *_left_to_themselves(case, plan)]


def _deadweight(case: Case, plan: Plan) -> str:
    anyway = [f for f in plan.projects if f.deadweight_t]
    if not anyway:
        return tr("No financed project would have gone ahead without support.")
    cost = fsum(f.deadweight_m or 0.0 for f in anyway)
    tonnes: dict[str, float] = {}
    stage_of = {p.id: p.stage for p in case.projects}
    for f in anyway:
        tonnes[stage_of[f.id]] = tonnes.get(stage_of[f.id], 0.0) + (f.deadweight_t or 0.0)
    stages = listed(
        tr("{amount} t of {material}", amount=number(t), material=stage_label(stage)) for stage, t in tonnes.items()
    )
    return tr(
        "Deadweight: {money} of the budget cost supports output that would have come anyway by {year} ({details}).",
        money=money(cost, case.settings.base_currency),
        year=case.settings.last_year,
        details=clauses((stages, listed(f.id for f in anyway))),
    )


def _left_to_themselves(case: Case, plan: Plan) -> list[str]:
    financed = {f.id for f in plan.projects}
    alone = [
        tr("{name} in {year}", name=i, year=year)
        for i, year in sorted(Sets(case).unaided_fids.items())
        if i not in financed
    ]
    return [tr("Goes ahead without support: {projects}.", projects=few_more(alone, MOST))] if alone else []

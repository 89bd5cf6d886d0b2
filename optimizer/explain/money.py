"""At which budgets a project is in the best plan: the case solved again with parts of its money."""

from collections.abc import Iterable, Mapping

from models.sets import Sets
from optimizer.explain.values import BudgetPoint
from optimizer.inquiry import Inquiry, Unanswered
from optimizer.session import Question, Row

PARTS = (0.5, 0.75, 0.9, 1.1, 1.25, 1.5)
"""Parts of the case's money that are tried; 1 is the plan itself."""


def scaled(sets: Sets, rows: Iterable[Row], part: float) -> dict[Row, tuple[float | None, float | None]]:
    """Limits of every envelope and total of the program, times `part`."""
    known = set(rows)
    found: dict[Row, tuple[float | None, float | None]] = {}
    total = sets.case.settings.total_budget_m
    if total is not None:
        found["total_budget",] = (None, total * part)
    for fund in sets.funds:
        for year, envelope in (fund.envelopes or {}).items():
            found["envelope", fund.name, year] = (None, envelope * part)
            found["carry_over", fund.name, year] = (envelope * part, envelope * part)
        if fund.total is not None:
            found["total", fund.name] = (None, fund.total * part)
        if fund.total_face is not None:
            found["total_face", fund.name] = (None, fund.total_face * part)
    return {row: limits for row, limits in found.items() if row in known}


def point(inquiry: Inquiry, chosen: Mapping[str, int], part: float) -> BudgetPoint | None:
    """The best plan with a part of the money; None where the question was not answered or no money limits anything."""
    matrix, rows = inquiry.session.search.matrix, inquiry.session.search.program.rows
    limits = scaled(inquiry.sets, (k for k, row in rows.items() if matrix.row(row) is not None), part)
    if not limits:
        return None
    total = inquiry.sets.case.settings.total_budget_m
    budget = None if total is None else total * part
    try:
        answer = inquiry.ask(Question(limits=limits), start=chosen)
    except Unanswered:
        return None
    if answer is None:
        return BudgetPoint(part=part, budget_m=budget, value=None, projects=())
    return BudgetPoint(part=part, budget_m=budget, value=answer.span, projects=tuple(sorted(answer.chosen)))

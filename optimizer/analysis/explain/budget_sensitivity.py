"""The best plan with other budgets, or with another value of one limit, from the loaded case."""

from collections.abc import Iterator, Mapping

from models.case import Case
from models.schema import Programme
from models.sets import Fund, Sets
from optimizer.analysis.explain.explanation import BudgetPoint
from optimizer.analysis.what_if import Inquiry
from optimizer.solver.reoptimize import Question, Row

PARTS = (0.5, 0.75, 0.9, 1.1, 1.25, 1.5)
"""Parts of the case's money that are tried; 1 is the plan itself."""
Extent = tuple[float | None, float | None]


def scaled(case: Case, part: float) -> Case:
    """The case with `part` of every envelope and total."""
    total = case.settings.total_budget_m
    settings = case.settings.model_copy(update={"total_budget_m": None if total is None else total * part})
    programmes = (
        p.model_copy(
            update={
                "envelopes": {t: m * part for t, m in p.envelopes.items()},
                "total_m": None if p.total_m is None else p.total_m * part,
                "total_face_m": None if p.total_face_m is None else p.total_face_m * part,
            }
        )
        for p in case.programmes
    )
    return case.model_copy(update={"settings": settings, "programmes": tuple(programmes)})


def with_limit(case: Case, row: Row, limit: float) -> Case:
    """The case with another limit in a row of money: of a fund, for every programme of it that states one."""
    if row[0] == "total_budget":
        return case.model_copy(update={"settings": case.settings.model_copy(update={"total_budget_m": limit})})
    members = {p.id for f in Sets(case).funds if f.name == row[1] for p in f.programmes}
    programmes = tuple(_with(p, row, limit) if p.id in members else p for p in case.programmes)
    return case.model_copy(update={"programmes": programmes})


def _with(programme: Programme, row: Row, limit: float) -> Programme:
    if row[0] in ("total", "total_face"):
        stated = getattr(programme, f"{row[0]}_m") is not None
        return programme.model_copy(update={f"{row[0]}_m": limit}) if stated else programme
    if not programme.envelopes:
        return programme
    return programme.model_copy(update={"envelopes": {**programme.envelopes, row[2]: limit}})


def question(inquiry: Inquiry, other: Case) -> Question:
    """The inquiry's case with the money of another: asked of the loaded program."""
    rows, matrix, sets = inquiry.session.search.program.rows, inquiry.session.search.matrix, Sets(other)
    limits = {k: v for k, v in _limits(sets) if k in rows and matrix.row(rows[k]) is not None}
    return Question(limits=limits, sets=sets)


def _limits(sets: Sets) -> Iterator[tuple[Row, Extent]]:
    """Rows of the program that limit money, with their limits."""
    if sets.case.settings.total_budget_m is not None:
        yield ("total_budget",), (None, sets.case.settings.total_budget_m)
    for fund in sets.funds:
        yield from _of(fund)


def _of(fund: Fund) -> Iterator[tuple[Row, Extent]]:
    for year, envelope in (fund.envelopes or {}).items():
        yield ("envelope", fund.name, year), (None, envelope)
        yield ("carry_over", fund.name, year), (envelope, envelope)
    if fund.total is not None:
        yield ("total", fund.name), (None, fund.total)
    if fund.total_face is not None:
        yield ("total_face", fund.name), (None, fund.total_face)


def point(inquiry: Inquiry, chosen: Mapping[str, int], part: float) -> BudgetPoint | None:
    """The best plan with a part of the money; None if no money limits anything. Raises NoSolutionFound."""
    case = scaled(inquiry.sets.case, part)
    sensitivity = question(inquiry, case)
    if not sensitivity.limits:
        return None
    answer = inquiry.ask(sensitivity, start=chosen)
    budget = case.settings.total_budget_m
    if answer is None:
        return BudgetPoint(part=part, budget_m=budget, value=None, projects=())
    return BudgetPoint(part=part, budget_m=budget, value=answer.span, projects=tuple(sorted(answer.chosen)))

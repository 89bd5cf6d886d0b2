"""`plan.xlsx`: a plan as a workbook that people forward, one file per sheet.

Numbers are numbers, unrounded, with their unit in the header; formats round for the eye. Text stays text, whatever it
looks like. The same case and plan give the same bytes.
"""

from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path

from models.case import Case
from models.plan import Plan
from optimizer.reports.answers.files import AnswerReport
from optimizer.reports.chain import has_chain
from optimizer.reports.language import N_
from optimizer.reports.plan_workbook import (
    audit,
    budget,
    capacity,
    flows,
    funding,
    gap,
    materials,
    not_financed,
    plan,
    programmes,
    sources,
    summary,
    viability,
)
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook
from optimizer.reports.risk.report import answers as risk_answers
from optimizer.reports.tables.sections import TABLE_SECTIONS
from optimizer.reports.tables.table_section import TableSection


def _write_table(section: TableSection, writer: PlanWorkbook) -> None:
    writer.write(section.on_sheet(writer.case, writer.plan))


SHEETS: dict[str, Callable[[PlanWorkbook], None]] = {
    N_("Summary"): summary.write,
    N_("Plan"): plan.write,
    N_("Funding"): funding.write,
    N_("Budget"): budget.write,
    N_("Programmes"): programmes.write,
    N_("Viability"): viability.write,
    N_("Capacity"): capacity.write,
    N_("Flows"): flows.write,
    N_("Materials"): materials.write,
    N_("Gap"): gap.write,
    **{section.name: partial(_write_table, section) for section in TABLE_SECTIONS},
    N_("Not financed"): not_financed.write,
    N_("Audit"): audit.write,
    N_("Sources"): sources.write,
}
"""Sheet -> what writes it, in the order of the tabs. `Flows` and `Materials` only of a plan with a chain,
`Viability` only where projects state what they earn or awards what they are worth."""


def book_bytes(case: Case, plan: Plan, answers: Sequence[AnswerReport] = ()) -> bytes:
    """The content of plan.xlsx; `answers` (an explanation, alternatives) are sheets behind its own."""
    stream = BytesIO()
    shown = {"Flows": has_chain(plan), "Materials": bool(plan.materials), "Viability": viability.is_shown(case, plan)}
    names = [name for name in SHEETS if shown.get(name, True)]
    with PlanWorkbook(case, plan, stream, names) as writer:
        for name in names:
            SHEETS[name](writer)
        for answer in (*risk_answers(case, plan), *answers):
            answer.add_to(writer)
    return stream.getvalue()


def write_book(case: Case, plan: Plan, path: Path) -> None:
    """Writes plan.xlsx to `path`. Raises OSError where it cannot be written."""
    Path(path).write_bytes(book_bytes(case, plan))

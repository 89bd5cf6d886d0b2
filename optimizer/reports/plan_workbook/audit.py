"""Audit: the proof, the checks of the auditor, and the run that made the plan."""

from optimizer.reports.plan_workbook.plan_book import PlanWorkbook
from optimizer.reports.tables.audit import audit_sheet


def write(writer: PlanWorkbook) -> None:
    """The sheet."""
    writer.write(audit_sheet(writer.case, writer.plan), keep=2)

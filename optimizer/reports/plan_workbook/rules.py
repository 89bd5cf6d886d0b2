"""Rules: every policy rule, its limit, what the plan attains, and how much room is left."""

from optimizer.reports.plan_workbook.plan_book import PlanWorkbook
from optimizer.reports.tables.rules import rule_sheet


def write(writer: PlanWorkbook) -> None:
    """The sheet."""
    writer.write(rule_sheet(writer.case, writer.plan))

"""Sources: origin and confidence of every number; conversions of money, notices and settings."""

from optimizer.reports.plan_workbook.plan_book import PlanWorkbook
from optimizer.reports.tables.sources import source_sheet


def write(writer: PlanWorkbook) -> None:
    """The sheet."""
    writer.write(source_sheet(writer.case, writer.plan), keep=2)

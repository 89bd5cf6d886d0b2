"""Materials: what the chain makes, uses and is supplied with, by material and year."""

from optimizer.reports.plan_workbook.plan_book import PlanWorkbook
from optimizer.reports.tables.materials import material_sheet


def write(writer: PlanWorkbook) -> None:
    """The sheet."""
    writer.write(material_sheet(writer.plan), keep=2)

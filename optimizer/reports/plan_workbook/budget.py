"""Budget: every programme and year, its envelope, what is spent, carried and left."""

from optimizer.reports.language import tr
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook
from optimizer.reports.tables.budgets import SHARED, budget_sheet
from optimizer.reports.worksheet import pages_across


def write(writer: PlanWorkbook) -> None:
    """The sheet."""
    grid, sheet = budget_sheet(writer.case, writer.plan), writer.sheets["Budget"]
    below = writer.totals(sheet, grid, writer.write(grid) + 1, tr("All programmes"))
    if any(len(fund.programmes) > 1 for fund in writer.sets.funds):
        writer.put(sheet, below + 1, 0, tr(SHARED), "quiet")
        writer.printable(sheet, below + 1, len(grid.columns) - 1, across=pages_across(grid))

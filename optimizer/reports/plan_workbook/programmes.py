"""Programmes: what each commits over all years, and what its limits leave; below, all programmes together."""

from optimizer.reports.language import tr
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook, sheet_table
from optimizer.reports.tables.budgets import SHARED, BudgetAccounts
from optimizer.reports.tables.programmes import everything, programme_columns, programme_lines
from optimizer.reports.worksheet import pages_across


def write(writer: PlanWorkbook) -> None:
    """The sheet."""
    ledger, columns = BudgetAccounts(writer.case, writer.plan), programme_columns(writer.case)
    lines, sheet = programme_lines(ledger), writer.sheets["Programmes"]
    grid = sheet_table("Programmes", columns, lines, "The workbook has no programmes.")
    together = sheet_table("Programmes", columns, [everything(ledger, lines)])
    last = writer.rows(sheet, together, writer.write(grid, keep=2) + 1, bold=True, top=1) - 1
    if any(len(fund.programmes) > 1 for fund in writer.sets.funds):
        last += 2
        writer.put(sheet, last, 0, tr(SHARED), "quiet")
    writer.printable(sheet, last, len(grid.columns) - 1, across=pages_across(grid))

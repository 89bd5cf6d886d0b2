"""Plan: one row per financed project, with its years and its money; below, what is underway already."""

from optimizer.reports.language import tr
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook
from optimizer.reports.report_table import grid_of
from optimizer.reports.tables.projects import PLAN, financed_lines, project_columns, underway_lines
from optimizer.reports.worksheet import pages_across


def write(writer: PlanWorkbook) -> None:
    """The sheet."""
    case, plan, sheet = writer.case, writer.plan, writer.sheets["Plan"]
    columns, underway = project_columns(case, plan), underway_lines(case)
    grid = grid_of(PLAN, "Plan", columns, financed_lines(case, plan), empty="No project is financed.")
    below = writer.totals(sheet, grid, writer.write(grid, keep=2) + 1, tr("Total financed"))
    if underway:
        writer.put(sheet, below + 1, 0, tr("Underway: financed already, no decision of this plan"), "section")
        below = writer.rows(sheet, grid_of(PLAN, "Plan", columns, underway), below + 2)
    writer.printable(sheet, below - 1, len(grid.columns) - 1, across=pages_across(grid))

"""Viability: earnings of each project at the prices of the workbook, its gap, and the price at which the gap closes."""

from models.case import Case
from models.plan import Plan
from optimizer.reports.language import tr
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook, sheet_table
from optimizer.reports.tables.viability import award_columns, awards_with_worth, viability_columns
from optimizer.reports.viability import rows_of
from optimizer.reports.worksheet import pages_across

NAME = "Viability"


def is_shown(case: Case, plan: Plan) -> bool:
    """Whether there is anything for the sheet."""
    return bool(rows_of(case, plan) or awards_with_worth(plan))


def write(writer: PlanWorkbook) -> None:
    """The sheet: the projects by clearing price; below, what each award is worth."""
    case, plan, sheet = writer.case, writer.plan, writer.sheets[NAME]
    empty = tr("No project states its operating cost.")
    grid = sheet_table(NAME, viability_columns(case, plan), rows_of(case, plan), empty)
    awards = sheet_table(NAME, award_columns(case), awards_with_worth(plan))
    below = writer.write(grid, keep=2)
    if awards.rows:
        writer.put(sheet, below + 1, 0, tr("What each award is worth to its project"), "section")
        below = writer.rows(sheet, awards, writer.headings(sheet, awards, below + 2))
    writer.printable(sheet, below - 1, len(grid.columns) - 1, across=pages_across(grid))

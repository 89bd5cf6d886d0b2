"""Not financed: every other project, with the reason; those that say most about the plan first."""

from optimizer.reports.plan_workbook.plan_book import PlanWorkbook
from optimizer.reports.report_table import grid_of
from optimizer.reports.tables.projects import LEFT_OUT, left_out_lines, project_columns


def write(writer: PlanWorkbook) -> None:
    """The sheet."""
    case, plan = writer.case, writer.plan
    lines, columns = left_out_lines(case, plan), project_columns(case, plan)
    writer.write(grid_of(LEFT_OUT, "Not financed", columns, lines, empty="Nothing is left out."), keep=2)

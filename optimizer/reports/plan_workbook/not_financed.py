"""Not financed: every other project, with the reason; those that say most about the plan first."""

from models.plan import NotFinanced
from models.terms import need
from optimizer.reports.plan_summary import left_out_in_order
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook, sheet_table
from optimizer.reports.report_table import TableColumn


def write(writer: PlanWorkbook) -> None:
    """The sheet."""
    rows = left_out_in_order(writer.case, writer.plan)
    writer.write(sheet_table("Not financed", _columns(writer), rows, "Nothing is left out."), keep=2)


def _columns(writer: PlanWorkbook) -> list[TableColumn[NotFinanced]]:
    unit, projects = writer.unit, writer.projects
    return [
        TableColumn("Id", lambda r: r.id, width=22),
        TableColumn("Project", lambda r: projects[r.id].name or r.id, "wrapped", 32),
        TableColumn("Sponsor", lambda r: projects[r.id].sponsor, "wrapped", 20),
        TableColumn("Country", lambda r: projects[r.id].country, width=8),
        TableColumn("Stage", lambda r: projects[r.id].stage, width=11),
        TableColumn("Reason", lambda r: r.reason, width=20),
        TableColumn("Detail", lambda r: r.detail, "wrapped", 44),
        TableColumn("Capacity (t/yr)", lambda r: projects[r.id].capacity_tpa, "tonnes", 11, "Nameplate."),
        TableColumn(f"Capex ({unit})", lambda r: projects[r.id].capex_m, "money", 11, "Capital cost."),
        TableColumn(f"Need ({unit})", lambda r: need(projects[r.id]), "money", 11, "Public support it cannot do without."),
        TableColumn("Earliest FID", lambda r: projects[r.id].earliest_fid, "year", 8, "Empty: the first year."),
        TableColumn("Latest FID", lambda r: projects[r.id].latest_fid, "year", 8, "Empty: the last year."),
        TableColumn("Status", lambda r: projects[r.id].status, width=10),
        TableColumn("Data", lambda r: projects[r.id].confidence, width=9, note="How sure the row's numbers are."),
    ]  # fmt: skip

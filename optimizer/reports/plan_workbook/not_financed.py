"""Not financed: every other project, with the reason; those that say most about the plan first."""

from models.plan import NotFinanced
from models.terms import need
from optimizer.reports.plan_summary import left_out_in_order
from optimizer.reports.plan_workbook.sheet_writer import BookWriter, SheetColumn


def write(writer: BookWriter) -> None:
    """The sheet."""
    rows = left_out_in_order(writer.case, writer.plan)
    writer.table("Not financed", _columns(writer), rows, keep=2, empty="Nothing is left out.")


def _columns(writer: BookWriter) -> list[SheetColumn[NotFinanced]]:
    unit, projects = writer.unit, writer.projects
    return [
        SheetColumn("Id", lambda r: r.id, width=22),
        SheetColumn("Project", lambda r: projects[r.id].name or r.id, "wrapped", 32),
        SheetColumn("Sponsor", lambda r: projects[r.id].sponsor, "wrapped", 20),
        SheetColumn("Country", lambda r: projects[r.id].country, width=8),
        SheetColumn("Stage", lambda r: projects[r.id].stage, width=11),
        SheetColumn("Reason", lambda r: r.reason, width=20),
        SheetColumn("Detail", lambda r: r.detail, "wrapped", 44),
        SheetColumn("Capacity (t/yr)", lambda r: projects[r.id].capacity_tpa, "tonnes", 11, "Nameplate."),
        SheetColumn(f"Capex ({unit})", lambda r: projects[r.id].capex_m, "money", 11, "Capital cost."),
        SheetColumn(f"Need ({unit})", lambda r: need(projects[r.id]), "money", 11, "Public support it cannot do without."),
        SheetColumn("Earliest FID", lambda r: projects[r.id].earliest_fid, "year", 8, "Empty: the first year."),
        SheetColumn("Latest FID", lambda r: projects[r.id].latest_fid, "year", 8, "Empty: the last year."),
        SheetColumn("Status", lambda r: projects[r.id].status, width=10),
        SheetColumn("Data", lambda r: projects[r.id].confidence, width=9, note="How sure the row's numbers are."),
    ]  # fmt: skip

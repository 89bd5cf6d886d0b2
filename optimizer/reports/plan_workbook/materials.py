"""Materials: what the chain makes, uses and is supplied with, by material and year."""

from models.plan import MaterialRow
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook, sheet_table
from optimizer.reports.report_table import TableColumn

COLUMNS: tuple[TableColumn[MaterialRow], ...] = (
    TableColumn("material", lambda r: r.material, width=16),
    TableColumn("year", lambda r: r.year, "year", 7),
    TableColumn("made", lambda r: r.made_t, "tonnes", 13, unit="t/yr"),
    TableColumn("used", lambda r: r.used_t, "tonnes", 13, unit="t/yr"),
    TableColumn("supplied", lambda r: r.supply_t, "tonnes", 13, "From outside the chain.", unit="t/yr"),
    TableColumn("demand outside China", lambda r: r.demand_t, "tonnes", 13, unit="t/yr"),
    TableColumn("share of demand met", lambda r: r.coverage, "part", 13),
    TableColumn("gap", lambda r: r.gap_t, "tonnes", 13, "Tonnes missing.", unit="t/yr"),
)


def write(writer: PlanWorkbook) -> None:
    """The sheet."""
    writer.write(sheet_table("Materials", COLUMNS, writer.plan.materials), keep=2)

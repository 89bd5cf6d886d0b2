"""Materials: what the chain makes, uses and is supplied with, by material and year."""

from models.plan import MaterialRow
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook, sheet_table
from optimizer.reports.report_table import TableColumn

COLUMNS: tuple[TableColumn[MaterialRow], ...] = (
    TableColumn("Material", lambda r: r.material, width=16),
    TableColumn("Year", lambda r: r.year, "year", 7),
    TableColumn("Made (t/yr)", lambda r: r.made_t, "tonnes", 13),
    TableColumn("Used (t/yr)", lambda r: r.used_t, "tonnes", 13),
    TableColumn("Supplied (t/yr)", lambda r: r.supply_t, "tonnes", 13, "From outside the chain."),
    TableColumn("Demand outside China (t/yr)", lambda r: r.demand_t, "tonnes", 13),
    TableColumn("Share of demand met", lambda r: r.coverage, "part", 13),
    TableColumn("Gap (t/yr)", lambda r: r.gap_t, "tonnes", 13, "Tonnes missing."),
)


def write(writer: PlanWorkbook) -> None:
    """The sheet."""
    writer.write(sheet_table("Materials", COLUMNS, writer.plan.materials), keep=2)

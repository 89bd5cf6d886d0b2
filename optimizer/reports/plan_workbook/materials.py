"""Materials: what the chain makes, uses and is supplied with, by material and year."""

from models.plan import MaterialRow
from optimizer.reports.plan_workbook.sheet_writer import BookWriter, SheetColumn

COLUMNS: tuple[SheetColumn[MaterialRow], ...] = (
    SheetColumn("Material", lambda r: r.material, width=16),
    SheetColumn("Year", lambda r: r.year, "year", 7),
    SheetColumn("Made (t/yr)", lambda r: r.made_t, "tonnes", 13),
    SheetColumn("Used (t/yr)", lambda r: r.used_t, "tonnes", 13),
    SheetColumn("Supplied (t/yr)", lambda r: r.supply_t, "tonnes", 13, "From outside the chain."),
    SheetColumn("Demand outside China (t/yr)", lambda r: r.demand_t, "tonnes", 13),
    SheetColumn("Share of demand met", lambda r: r.coverage, "percent", 13),
    SheetColumn("Gap (t/yr)", lambda r: r.gap_t, "tonnes", 13, "Tonnes missing."),
)


def write(writer: BookWriter) -> None:
    """The sheet."""
    writer.table("Materials", COLUMNS, writer.plan.materials, keep=2)

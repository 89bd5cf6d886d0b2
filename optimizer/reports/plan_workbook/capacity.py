"""Capacity: every demand row and year, what is there, what the plan adds, what is covered and what is missing."""

from models.milestones import milestones
from models.plan import CapacityRow
from optimizer.reports.additionality import has_unaided
from optimizer.reports.plan_summary import covered_before, gap_before
from optimizer.reports.plan_workbook.sheet_writer import BookWriter, SheetColumn

COLUMNS: tuple[SheetColumn[CapacityRow], ...] = (
    SheetColumn("Stage", lambda r: r.stage, width=13),
    SheetColumn("Material", lambda r: r.material, width=13, note="Empty: the stage's own product."),
    SheetColumn("Year", lambda r: r.year, "year", 7),
    SheetColumn("Demand outside China (t/yr)", lambda r: r.demand_t, "tonnes", 13),
    SheetColumn("Existing (t/yr)", lambda r: r.existing_t, "tonnes", 13, "Outside China."),
    SheetColumn("Underway (t/yr)", lambda r: r.underway_t, "tonnes", 13, "Financed before this plan."),
    SheetColumn("Financed (t/yr)", lambda r: r.financed_t, "tonnes", 13, "What this plan adds."),
    SheetColumn("Capacity (t/yr)", lambda r: r.capacity_t, "tonnes", 13, "All that there is with the plan."),
    SheetColumn("Share met without the plan", covered_before, "percent", 13),
    SheetColumn("Share of demand met", lambda r: r.coverage, "percent", 13, "min(1, capacity / demand)."),
    SheetColumn("Gap without the plan (t/yr)", gap_before, "tonnes", 13),
    SheetColumn("Gap (t/yr)", lambda r: r.gap_t, "tonnes", 13, "Tonnes missing: demand less capacity, not below 0."),
)  # fmt: skip


UNAIDED: tuple[SheetColumn[CapacityRow], ...] = (
    SheetColumn("Without support (t/yr)", lambda r: r.unaided_t, "tonnes", 13,
           "Projects that go ahead without support and are not financed."),
    SheetColumn("Of the financed, anyway (t/yr)", lambda r: r.counterfactual_t, "tonnes", 13,
           "What the projects financed would deliver without support."),
)  # fmt: skip
"""Only where a project goes ahead without support."""


def write(writer: BookWriter) -> None:
    """The sheet."""
    years = milestones(writer.case, writer.plan)
    marked = SheetColumn[CapacityRow]("Milestone", lambda r: "yes" if r.year in years else "", width=10)
    unaided = UNAIDED if has_unaided(writer.plan) else ()
    writer.table("Capacity", [*COLUMNS, *unaided, marked], writer.plan.capacity, keep=3)


def column_of(header: str) -> int:
    """Where a column of the sheet stands, counted from 0: for charts."""
    return next(at for at, column in enumerate((*COLUMNS, *UNAIDED)) if column.header == header)

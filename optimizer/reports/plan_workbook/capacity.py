"""Capacity: every demand row and year, what is there, what the plan adds, what is covered and what is missing."""

from models.milestones import milestones
from models.plan import CapacityRow
from optimizer.reports.additionality import has_unaided
from optimizer.reports.plan_summary import covered_before, gap_before
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook, sheet_table
from optimizer.reports.report_table import TableColumn

COLUMNS: tuple[TableColumn[CapacityRow], ...] = (
    TableColumn("Stage", lambda r: r.stage, width=13),
    TableColumn("Material", lambda r: r.material, width=13, note="Empty: the stage's own product."),
    TableColumn("Year", lambda r: r.year, "year", 7),
    TableColumn("Demand outside China (t/yr)", lambda r: r.demand_t, "tonnes", 13),
    TableColumn("Existing (t/yr)", lambda r: r.existing_t, "tonnes", 13, "Outside China."),
    TableColumn("Underway (t/yr)", lambda r: r.underway_t, "tonnes", 13, "Financed before this plan."),
    TableColumn("Financed (t/yr)", lambda r: r.financed_t, "tonnes", 13, "What this plan adds."),
    TableColumn("Capacity (t/yr)", lambda r: r.capacity_t, "tonnes", 13, "All that there is with the plan."),
    TableColumn("Share met without the plan", covered_before, "part", 13),
    TableColumn("Share of demand met", lambda r: r.coverage, "part", 13, "min(1, capacity / demand)."),
    TableColumn("Gap without the plan (t/yr)", gap_before, "tonnes", 13),
    TableColumn("Gap (t/yr)", lambda r: r.gap_t, "tonnes", 13, "Tonnes missing: demand less capacity, not below 0."),
)  # fmt: skip


UNAIDED: tuple[TableColumn[CapacityRow], ...] = (
    TableColumn("Without support (t/yr)", lambda r: r.unaided_t, "tonnes", 13,
           "Projects that go ahead without support and are not financed."),
    TableColumn("Of the financed, anyway (t/yr)", lambda r: r.counterfactual_t, "tonnes", 13,
           "What the projects financed would deliver without support."),
)  # fmt: skip
"""Only where a project goes ahead without support."""


def write(writer: PlanWorkbook) -> None:
    """The sheet."""
    years = milestones(writer.case, writer.plan)
    marked = TableColumn[CapacityRow]("Milestone", lambda r: "yes" if r.year in years else "", width=10)
    unaided = UNAIDED if has_unaided(writer.plan) else ()
    writer.write(sheet_table("Capacity", [*COLUMNS, *unaided, marked], writer.plan.capacity), keep=3)


def column_of(label: str) -> int:
    """Where a column of the sheet stands, counted from 0: for charts."""
    return next(at for at, column in enumerate((*COLUMNS, *UNAIDED)) if column.label == label)

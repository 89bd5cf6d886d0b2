"""Capacity: for every demand row and year, existing capacity, additions of the plan, coverage and gap."""

from models.milestones import milestones
from models.plan import CapacityRow
from optimizer.reports.additionality import has_unaided
from optimizer.reports.closed_words import word
from optimizer.reports.language import tr
from optimizer.reports.plan_summary import covered_before, gap_before
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook, sheet_table
from optimizer.reports.report_table import TableColumn

COLUMNS: tuple[TableColumn[CapacityRow], ...] = (
    TableColumn("stage", lambda r: word(r.stage), width=13),
    TableColumn("material", lambda r: r.material, width=13, note="Empty: the stage's own product."),
    TableColumn("year", lambda r: r.year, "year", 7),
    TableColumn("demand outside China", lambda r: r.demand_t, "tonnes", 13, unit="t/yr"),
    TableColumn("existing", lambda r: r.existing_t, "tonnes", 13, "Outside China.", unit="t/yr"),
    TableColumn("underway", lambda r: r.underway_t, "tonnes", 13, "Financed before this plan.", unit="t/yr"),
    TableColumn("financed", lambda r: r.financed_t, "tonnes", 13, "What this plan adds.", unit="t/yr"),
    TableColumn("capacity", lambda r: r.capacity_t, "tonnes", 13, "All that there is with the plan.", unit="t/yr"),
    TableColumn("share met without the plan", covered_before, "part", 13),
    TableColumn("share of demand met", lambda r: r.coverage, "part", 13, "min(1, capacity / demand)."),
    TableColumn("gap without the plan", gap_before, "tonnes", 13, unit="t/yr"),
    TableColumn("gap", lambda r: r.gap_t, "tonnes", 13, "Tonnes missing: demand less capacity, not below 0.", unit="t/yr"),
)  # fmt: skip


UNAIDED: tuple[TableColumn[CapacityRow], ...] = (
    TableColumn("without support", lambda r: r.unaided_t, "tonnes", 13,
           "Projects that go ahead without support and are not financed.", unit="t/yr"),
    TableColumn("of the financed, anyway", lambda r: r.counterfactual_t, "tonnes", 13,
           "What the projects financed would deliver without support.", unit="t/yr"),
)  # fmt: skip
"""Only where a project goes ahead without support."""


def write(writer: PlanWorkbook) -> None:
    """The sheet."""
    years = milestones(writer.case, writer.plan)
    marked = TableColumn[CapacityRow]("milestone", lambda r: tr("yes") if r.year in years else "", width=10)
    unaided = UNAIDED if has_unaided(writer.plan) else ()
    writer.write(sheet_table("Capacity", [*COLUMNS, *unaided, marked], writer.plan.capacity), keep=3)


def column_of(label: str) -> int:
    """Index of a column of the sheet, from 0, for charts."""
    return next(at for at, column in enumerate((*COLUMNS, *UNAIDED)) if column.label == label)

"""Materials of the chain in tables: tonnes made, used and supplied, and the part of demand that is met."""

from models.case import Case
from models.milestones import milestones
from models.plan import MaterialRow, Plan
from optimizer.reports.language import tr
from optimizer.reports.report_table import Grid, TableColumn, grid_of

COLUMNS: tuple[TableColumn[MaterialRow], ...] = (
    TableColumn("material", lambda r: r.material, width=16),
    TableColumn("year", lambda r: r.year, "year", 7),
    TableColumn("made", lambda r: r.made_t, "tonnes", 13, unit="t/yr"),
    TableColumn("used", lambda r: r.used_t, "tonnes", 13, unit="t/yr"),
    TableColumn("supplied", lambda r: r.supply_t, "tonnes", 13, "From outside the chain.", unit="t/yr"),
    TableColumn("demand outside China", lambda r: r.demand_t, "tonnes", 13, unit="t/yr", words=lambda tonnes: tonnes or None),
    TableColumn("share of demand met", lambda r: r.coverage, "part", 13, on=("sheet",)),
    TableColumn("share of demand met", lambda r: r.coverage if r.demand_t else None, "share", on=("page",)),
    TableColumn("gap", lambda r: r.gap_t, "tonnes", 13, "Tonnes missing.", unit="t/yr", on=("sheet",)),
    TableColumn("gap", lambda r: r.gap_t if r.demand_t else None, "tonnes", unit="t/yr", on=("page",)),
)  # fmt: skip
"""On the page, the cells of demand are empty for a material without demand; a worksheet contains every number."""


def material_table(case: Case, plan: Plan) -> Grid:
    """For the page: every material with a flow, at the milestones."""
    years = set(milestones(case, plan))
    moved = {r.material for r in plan.materials if r.made_t or r.used_t or r.supply_t or r.demand_t}
    rows = [r for r in plan.materials if r.year in years and r.material in moved]
    note = tr("Supply is all that is there, used or not. What is left over stays unused.")
    return grid_of("page", "materials", COLUMNS, rows, title="Materials at the milestones", note=note)


def material_sheet(plan: Plan) -> Grid:
    """For the workbook: every material and year."""
    return grid_of("sheet", "Materials", COLUMNS, plan.materials)

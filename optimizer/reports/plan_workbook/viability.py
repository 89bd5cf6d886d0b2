"""Viability: what each project earns at the prices of the book, the gap that support must close, and at what price it closes."""

from models.case import Case
from models.market_rows import MarketRow
from models.plan import Award, Plan
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook, sheet_table
from optimizer.reports.report_table import TableColumn
from optimizer.reports.viability import awards_with_worth, rows_of
from optimizer.reports.worksheet import pages_across

NAME = "Viability"


def is_shown(case: Case, plan: Plan) -> bool:
    """Whether there is anything for the sheet."""
    return bool(rows_of(case, plan) or awards_with_worth(plan))


def write(writer: PlanWorkbook) -> None:
    """The sheet: the projects by clearing price; below, what each award is worth."""
    rows, sheet = rows_of(writer.case, writer.plan), writer.sheets[NAME]
    grid = sheet_table(NAME, _columns(writer), rows, "No project states its operating cost.")
    awards = sheet_table(NAME, _award_columns(writer), awards_with_worth(writer.plan))
    below = writer.write(grid, keep=2)
    if awards.rows:
        writer.put(sheet, below + 1, 0, "What each award is worth to its project", "section")
        below = writer.rows(sheet, awards, writer.headings(sheet, awards, below + 2))
    writer.printable(sheet, below - 1, len(grid.columns) - 1, across=pages_across(grid))


def _columns(writer: PlanWorkbook) -> list[TableColumn[MarketRow]]:
    unit, per_tonne = writer.unit, f"{writer.currency} per t"
    why = {row.id: row.reason for row in writer.plan.not_financed}
    return [
        TableColumn("Id", lambda r: r.project.id, width=24),
        TableColumn("Project", lambda r: r.project.name or r.project.id, "wrapped", 34),
        TableColumn("Stage", lambda r: r.project.stage, width=13),
        TableColumn("What becomes of it", lambda r: "financed" if r.financed else why.get(r.project.id, "left out"), "wrapped", 20),
        TableColumn("Decided", lambda r: r.year, "year", 9, "The year of the plan; of projects left out that of the least gap."),
        TableColumn(f"Asked for ({unit})", lambda r: r.project.capex_m - r.project.secured_m, "money", 11,
               "Capital cost less secured money."),
        TableColumn(f"Bankable ({unit})", lambda r: r.bankable_m, "money", 11,
               "The most capital that the cash of the project serves at its hurdle rate; may be negative."),
        TableColumn(f"Gap ({unit})", lambda r: r.gap_m, "money", 11, "Grant equivalent that support must bring."),
        TableColumn(f"Value without support ({unit})", lambda r: r.npv_m, "money", 12,
               "Net present value at the hurdle rate, at the decision."),
        TableColumn(f"Worth of support ({unit})", lambda r: r.worth_m, "money", 12,
               "Grant equivalent of its support; of projects left out the most that it could be."),
        TableColumn("Clears at", lambda r: r.clears_at, "part", 10,
               "Multiple of the whole price path at which the gap closes; empty where prices bring it nothing."),
        TableColumn("Main material", lambda r: r.material, width=13, note="The price path that earns it most."),
        TableColumn(f"Its price ({per_tonne})", lambda r: r.price or None, "decimal", 13, "In the first year of delivery."),
        TableColumn(f"Clears at ({per_tonne})", lambda r: r.clears_at_price, "decimal", 13,
               "The price of the main material at which the gap closes, in the first year of delivery."),
    ]  # fmt: skip


def _award_columns(writer: PlanWorkbook) -> list[TableColumn[tuple[str, Award]]]:
    unit, instrument = writer.unit, {p.id: p.instrument for p in writer.case.programmes}
    return [
        TableColumn("Id", lambda x: x[0], width=24),
        TableColumn("Programme", lambda x: x[1].programme, "wrapped", 34),
        TableColumn("Instrument", lambda x: instrument[x[1].programme], width=13),
        TableColumn("", lambda _: None),
        TableColumn("Year", lambda x: x[1].year, "year", 9),
        TableColumn(f"Face value ({unit})", lambda x: x[1].face_m, "money", 11),
        TableColumn(f"Budget cost ({unit})", lambda x: x[1].cost_m, "money", 11),
        TableColumn(f"Worth ({unit})", lambda x: x[1].worth_m, "money", 11),
        TableColumn(f"Expected receipt ({unit})", lambda x: x[1].expected_receipt_m, "money", 12),
    ]

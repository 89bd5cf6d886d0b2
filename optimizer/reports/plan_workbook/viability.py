"""Viability: what each project earns at the prices of the book, the gap that support must close, and at what price it closes."""

from models.case import Case
from models.market_rows import MarketRow
from models.plan import Award, Plan
from optimizer.reports.plan_workbook.sheet_writer import BookWriter, SheetColumn, pages_across
from optimizer.reports.viability import awards_with_worth, rows_of

NAME = "Viability"


def is_shown(case: Case, plan: Plan) -> bool:
    """Whether there is anything for the sheet."""
    return bool(rows_of(case, plan) or awards_with_worth(plan))


def write(writer: BookWriter) -> None:
    """The sheet: the projects by clearing price; below, what each award is worth."""
    rows, columns = rows_of(writer.case, writer.plan), _columns(writer)
    below = writer.table(NAME, columns, rows, keep=2, empty="No project states its operating cost.")
    awards = awards_with_worth(writer.plan)
    if awards:
        below = writer.heading(NAME, below + 1, "What each award is worth to its project")
        for at, column in enumerate(_award_columns(writer)):
            writer.put(writer.sheets[NAME], below, at, column.header, "header")
        below = writer.rows(NAME, _award_columns(writer), awards, below + 1)
    writer.printable(NAME, below - 1, len(columns) - 1, across=pages_across(columns))


def _columns(writer: BookWriter) -> list[SheetColumn[MarketRow]]:
    unit, per_tonne = writer.unit, f"{writer.currency} per t"
    why = {row.id: row.reason for row in writer.plan.not_financed}
    return [
        SheetColumn("Id", lambda r: r.project.id, width=24),
        SheetColumn("Project", lambda r: r.project.name or r.project.id, "wrapped", 34),
        SheetColumn("Stage", lambda r: r.project.stage, width=13),
        SheetColumn("What becomes of it", lambda r: "financed" if r.financed else why.get(r.project.id, "left out"), "wrapped", 20),
        SheetColumn("Decided", lambda r: r.year, "year", 9, "The year of the plan; of projects left out that of the least gap."),
        SheetColumn(f"Asked for ({unit})", lambda r: r.project.capex_m - r.project.secured_m, "money", 11,
               "Capital cost less secured money."),
        SheetColumn(f"Bankable ({unit})", lambda r: r.bankable_m, "money", 11,
               "The most capital that the cash of the project serves at its hurdle rate; may be negative."),
        SheetColumn(f"Gap ({unit})", lambda r: r.gap_m, "money", 11, "Grant equivalent that support must bring."),
        SheetColumn(f"Value without support ({unit})", lambda r: r.npv_m, "money", 12,
               "Net present value at the hurdle rate, at the decision."),
        SheetColumn(f"Worth of support ({unit})", lambda r: r.worth_m, "money", 12,
               "Grant equivalent of its support; of projects left out the most that it could be."),
        SheetColumn("Clears at", lambda r: r.clears_at, "percent", 10,
               "Multiple of the whole price path at which the gap closes; empty where prices bring it nothing."),
        SheetColumn("Main material", lambda r: r.material, width=13, note="The price path that earns it most."),
        SheetColumn(f"Its price ({per_tonne})", lambda r: r.price or None, "number", 13, "In the first year of delivery."),
        SheetColumn(f"Clears at ({per_tonne})", lambda r: r.clears_at_price, "number", 13,
               "The price of the main material at which the gap closes, in the first year of delivery."),
    ]  # fmt: skip


def _award_columns(writer: BookWriter) -> list[SheetColumn[tuple[str, Award]]]:
    unit, instrument = writer.unit, {p.id: p.instrument for p in writer.case.programmes}
    return [
        SheetColumn("Id", lambda x: x[0], width=24),
        SheetColumn("Programme", lambda x: x[1].programme, "wrapped", 34),
        SheetColumn("Instrument", lambda x: instrument[x[1].programme], width=13),
        SheetColumn("", lambda _: None),
        SheetColumn("Year", lambda x: x[1].year, "year", 9),
        SheetColumn(f"Face value ({unit})", lambda x: x[1].face_m, "money", 11),
        SheetColumn(f"Budget cost ({unit})", lambda x: x[1].cost_m, "money", 11),
        SheetColumn(f"Worth ({unit})", lambda x: x[1].worth_m, "money", 11),
        SheetColumn(f"Expected receipt ({unit})", lambda x: x[1].expected_receipt_m, "money", 12),
    ]

"""Viability in tables: earnings of each project at the workbook's prices, the gap that support must close, and awards."""

from collections.abc import Sequence

from models.case import Case
from models.market_rows import MarketRow
from models.plan import Award, Plan
from optimizer.reports import reason_words
from optimizer.reports.closed_words import word
from optimizer.reports.formatting import stage_name
from optimizer.reports.language import tr
from optimizer.reports.report_table import Grid, TableColumn, grid_of
from optimizer.reports.tables.shared import currency_of, money_unit, named

AwardLine = tuple[str, Award]
"""An award with the id of its project."""


def viability_table(case: Case, plan: Plan, rows: Sequence[MarketRow]) -> Grid:
    """For the page: one line per project, by clearing price."""
    note = tr(
        "Cash at nameplate over the whole life, at the hurdle rate. Bankable: the most capital that it serves. Of projects "
        "left out: the year of least gap, and the most that support could be worth. Prices are those of the first year of "
        "delivery."
    )
    return grid_of(
        "page", "viability", viability_columns(case, plan), rows, title="Viability at these prices", note=note
    )


def viability_columns(case: Case, plan: Plan) -> list[TableColumn[MarketRow]]:
    """The columns of page and sheet."""
    unit, per_tonne = money_unit(case), tr("{currency} per t", currency=currency_of(case))
    why: dict[str, str] = {row.id: reason_words.of_one(case, row.reason) for row in plan.not_financed}
    return [
        *named(lambda r: r.project),
        TableColumn("stage", lambda r: word(r.project.stage), width=13, words=stage_name),
        TableColumn("what becomes of it", lambda r: tr("financed") if r.financed else tr(why.get(r.project.id, "left out")), "wrapped", 20),
        TableColumn("decided", lambda r: r.year, "year", 9, "The year of the plan; of projects left out that of the least gap."),
        TableColumn("capital asked for", lambda r: r.project.capex_m - r.project.secured_m, "money", 11,
                    "Capital cost less secured money.", unit=unit, heading="Asked for"),
        TableColumn("bankable at these prices", lambda r: r.bankable_m, "money", 11, unit=unit, heading="Bankable",
                    note="The most capital that the cash of the project serves at its hurdle rate; may be negative."),
        TableColumn("gap", lambda r: r.gap_m, "money", 11, "Grant equivalent that support must bring.", unit=unit),
        TableColumn("value without support", lambda r: r.npv_m, "money", 12,
                    "Net present value at the hurdle rate, at the decision.", unit=unit),
        TableColumn("support is worth", lambda r: r.worth_m, "money", 12, unit=unit, heading="Worth of support",
                    note="Grant equivalent of its support; of projects left out the most that it could be."),
        TableColumn("clears at, of the price path", lambda r: r.clears_at, "part", 10, heading="Clears at",
                    note="Multiple of the whole price path at which the gap closes; empty where prices bring it nothing."),
        TableColumn("main material", lambda r: r.material, width=13, note="The price path that earns it most."),
        TableColumn("its price", lambda r: r.price or None, "decimal", 13, "In the first year of delivery.", unit=per_tonne),
        TableColumn("clears at", lambda r: r.clears_at_price, "decimal", 13, unit=per_tonne,
                    note="The price of the main material at which the gap closes, in the first year of delivery."),
    ]  # fmt: skip


def awards_with_worth(plan: Plan) -> list[tuple[str, Award]]:
    """Awards with a known worth to their project or a known expected receipt, each with the id of its project."""
    known = ((f.id, award) for f in plan.projects for award in f.awards)
    return [(i, award) for i, award in known if award.worth_m is not None or award.expected_receipt_m]


def award_table(case: Case, plan: Plan) -> Grid:
    """For the page: the worth of each award to its project, and the receipts that the budget expects from it."""
    note = tr(
        "Worth: the grant that would do as much for the project. A price floor pays the strike on all contained metal and "
        "the buyer pays only the payable part of the price: it does not guarantee the strike. Expected receipts are reported "
        "and pay for nothing."
    )
    return grid_of(
        "page", "worth", award_columns(case), awards_with_worth(plan),
        title="What each award is worth", note=note, empty="No award has a stated worth.",
    )  # fmt: skip


def award_columns(case: Case) -> list[TableColumn[AwardLine]]:
    """The columns of page and sheet; on the sheet this table is below that of the projects."""
    unit, instrument = money_unit(case), {p.id: p.instrument for p in case.programmes}
    return [
        TableColumn("project", lambda x: x[0], "id", 24, heading="Id"),
        TableColumn("programme", lambda x: x[1].programme, "wrapped", 34),
        TableColumn("instrument", lambda x: word(instrument[x[1].programme]), width=13),
        TableColumn("", lambda _: None, on=("sheet",)),
        TableColumn("year", lambda x: x[1].year, "year", 9, on=("sheet",)),
        TableColumn("face value", lambda x: x[1].face_m, "money", 11, unit=unit),
        TableColumn("budget cost", lambda x: x[1].cost_m, "money", 11, unit=unit),
        TableColumn("worth to the project", lambda x: x[1].worth_m, "money", 11, unit=unit, heading="Worth"),
        TableColumn("expected receipt", lambda x: x[1].expected_receipt_m, "money", 12, unit=unit),
    ]  # fmt: skip

"""Programmes: what each commits over all years, and what its limits leave."""

from collections.abc import Callable
from dataclasses import dataclass
from math import fsum

from models.instruments import is_funded
from models.plan import Award
from models.schema import Programme
from models.sets import Fund
from optimizer.reports.plan_workbook.budget import SHARED, BudgetAccounts, contingent, cost, face
from optimizer.reports.plan_workbook.funding import NO_PROGRAMME
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook, sheet_table, tidy
from optimizer.reports.report_table import TableColumn
from optimizer.reports.worksheet import pages_across


@dataclass(frozen=True)
class ProgrammeLine:
    """A programme over all years, millions; without one all programmes together."""

    label: str
    programme: Programme | None
    projects: int
    awards: list[Award]
    contingent: float
    envelope: float | None = None
    spent: float | None = None
    after: float | None = None
    carried: float | None = None
    limit: float | None = None
    face_limit: float | None = None
    left: float | None = None


def write(writer: PlanWorkbook) -> None:
    """The sheet."""
    columns, ledger, sheet = _columns(writer), BudgetAccounts(writer), writer.sheets["Programmes"]
    lines = [_of_programme(writer, ledger, p) for p in writer.case.programmes]
    grid = sheet_table("Programmes", columns, lines, "The workbook has no programmes.")
    everything = sheet_table("Programmes", columns, [_everything(writer, lines)])
    last = writer.rows(sheet, everything, writer.write(grid, keep=2) + 1, bold=True, top=1) - 1
    if any(len(fund.programmes) > 1 for fund in writer.sets.funds):
        last += 2
        writer.put(sheet, last, 0, SHARED, "quiet")
    writer.printable(sheet, last, len(grid.columns) - 1, across=pages_across(grid))


def _of_programme(writer: PlanWorkbook, ledger: BudgetAccounts, programme: Programme) -> ProgrammeLine:
    fund, rows = ledger.fund[programme.id], ledger.rows[programme.id]
    given = [row.envelope_m for row in rows if row.envelope_m is not None]
    awards = ledger.of(programme.id)
    spent = fsum(row.spent_m for row in rows)
    return ProgrammeLine(
        label=programme.id,
        programme=programme,
        projects=len({f.id for f in writer.plan.projects for a in f.awards if a.programme == programme.id}),
        awards=awards,
        contingent=contingent(programme, awards),
        envelope=fsum(given) if given else None,
        spent=spent,
        after=tidy((face(awards) if fund.on_face else cost(awards)) - spent),
        carried=max((row.carried_m for row in rows), default=0.0) if fund.carry_over else None,
        limit=fund.total,
        face_limit=fund.total_face,
        left=_left(ledger, fund, programme.id, fsum(given) if given else None),
    )


def _left(ledger: BudgetAccounts, fund: Fund, programme: str, envelope: float | None) -> float | None:
    """What the tightest limit over all years leaves to the programmes that share it; None without a limit."""
    given = [award for p in fund.programmes for award in ledger.of(p.id)]
    spent = fsum(ledger.spent_by_fund(programme, row.year) for row in ledger.rows[programme])
    room = [] if envelope is None else [envelope - spent]
    room += [] if fund.total is None else [fund.total - (face(given) if fund.on_face else cost(given))]
    room += [] if fund.total_face is None else [fund.total_face - face(given)]
    return tidy(min(room)) if room else None


def _everything(writer: PlanWorkbook, lines: list[ProgrammeLine]) -> ProgrammeLine:
    given = [award for awards in BudgetAccounts(writer).awards.values() for award in awards]
    limit = writer.case.settings.total_budget_m
    return ProgrammeLine(
        label="All programmes" if lines else NO_PROGRAMME,
        programme=None,
        projects=len(writer.plan.projects),
        awards=given,
        contingent=fsum(line.contingent for line in lines),
        limit=limit,
        left=None if limit is None else tidy(limit - cost(given)),
    )


def _columns(writer: PlanWorkbook) -> list[TableColumn[ProgrammeLine]]:
    unit, settings = writer.unit, writer.case.settings
    outlay = settings.budget_basis == "outlay"

    def named(field: str) -> Callable[[ProgrammeLine], str]:
        return lambda x: "" if x.programme is None else getattr(x.programme, field) or ""

    return [
        TableColumn("Programme", lambda x: x.label, width=20),
        TableColumn("Name", named("name"), width=34),
        TableColumn("Agency", named("agency"), width=22),
        TableColumn("Donor", named("donor"), width=8),
        TableColumn("Instrument", named("instrument"), width=11),
        TableColumn("Kind", _kind, width=11, note="paid: grants, loans, equity; contingent: guarantees, offtake."),
        TableColumn("Fund", named("fund"), width=10, note="Programmes of one fund share its envelopes and limits."),
        TableColumn("Limits count", named("limit_on"), width=8, note="What its limits count: budget cost or face value."),
        TableColumn("Projects", lambda x: x.projects, "whole", 9, "Financed with its help."),
        TableColumn(f"Face value ({unit})", lambda x: face(x.awards), "money", 11, "What is committed, as in Funding."),
        TableColumn(f"Budget cost ({unit})", lambda x: cost(x.awards), "money", 11, "As in Funding."),
        TableColumn("of which contingent", lambda x: x.contingent, "money", 11, "Face value, not paid out.",
               heading=f"of which contingent ({unit})"),
        TableColumn(f"Envelopes of all years ({unit})", lambda x: x.envelope, "money", 11, "Of the whole fund."),
        TableColumn(f"Spent of them ({unit})", lambda x: x.spent, "money", 11,
               "Within the horizon, in what the limits count; the whole commitment on the commitment basis."),
        *[TableColumn(f"Spent after {settings.last_year} ({unit})", lambda x: x.after, "money", 11,
                 "In what the limits count: in no envelope, but in every total and cost.")] * outlay,
        TableColumn(f"Most carried ({unit})", lambda x: x.carried, "money", 11,
               "The largest balance that a year hands to the next, of the whole fund; empty: no carry-over."),
        TableColumn(f"Limit over all years ({unit})", lambda x: x.limit, "money", 11,
               "total_m, on what the limits count; of all programmes total_budget_m, on budget cost."),
        TableColumn(f"Face limit over all years ({unit})", lambda x: x.face_limit, "money", 11, "total_face_m."),
        TableColumn(f"Left ({unit})", lambda x: x.left, "money", 11,
               "What the tightest of its limits leaves over all years; shared by the programmes of a fund."),
    ]  # fmt: skip


def _kind(line: ProgrammeLine) -> str:
    if line.programme is None:
        return ""
    return "paid" if is_funded(line.programme) else "contingent"

"""Programmes: the commitments of each over all years, and the rest within its limits."""

from collections.abc import Callable
from dataclasses import dataclass
from math import fsum

from models.case import Case
from models.instruments import is_funded
from models.plan import Award, Plan
from models.schema import Programme
from models.sets import Fund
from optimizer.reports.closed_words import word
from optimizer.reports.language import tr
from optimizer.reports.report_table import Grid, TableColumn, grid_of
from optimizer.reports.tables.budgets import BudgetAccounts, contingent, cost, face
from optimizer.reports.tables.shared import NO_PROGRAMME, money_unit, tidy


@dataclass(frozen=True)
class ProgrammeLine:
    """A programme over all years, millions; without a programme, all programmes together."""

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


def programme_lines(ledger: BudgetAccounts) -> list[ProgrammeLine]:
    """One line per programme."""
    return [_of_programme(ledger, p) for p in ledger.case.programmes]


def _of_programme(ledger: BudgetAccounts, programme: Programme) -> ProgrammeLine:
    fund, rows = ledger.fund[programme.id], ledger.rows[programme.id]
    given = [row.envelope_m for row in rows if row.envelope_m is not None]
    awards = ledger.of(programme.id)
    spent = fsum(row.spent_m for row in rows)
    return ProgrammeLine(
        label=programme.id,
        programme=programme,
        projects=len({f.id for f in ledger.plan.projects for a in f.awards if a.programme == programme.id}),
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
    """The rest of the tightest limit over all years, for the programmes that share it; None without a limit."""
    given = [award for p in fund.programmes for award in ledger.of(p.id)]
    spent = fsum(ledger.spent_by_fund(programme, row.year) for row in ledger.rows[programme])
    room = [] if envelope is None else [envelope - spent]
    room += [] if fund.total is None else [fund.total - (face(given) if fund.on_face else cost(given))]
    room += [] if fund.total_face is None else [fund.total_face - face(given)]
    return tidy(min(room)) if room else None


def everything(ledger: BudgetAccounts, lines: list[ProgrammeLine]) -> ProgrammeLine:
    given = [award for awards in ledger.awards.values() for award in awards]
    limit = ledger.case.settings.total_budget_m
    return ProgrammeLine(
        label=tr("All programmes") if lines else tr(NO_PROGRAMME),
        programme=None,
        projects=len(ledger.plan.projects),
        awards=given,
        contingent=fsum(line.contingent for line in lines),
        limit=limit,
        left=None if limit is None else tidy(limit - cost(given)),
    )


# -- the tables --------------------------------------------------------------------------------------------------------


def programme_table(case: Case, plan: Plan) -> Grid:
    """For the page: the commitments of each programme, and the part of its envelopes that they use."""
    return grid_of(
        "page", "programmes", programme_columns(case), programme_lines(BudgetAccounts(case, plan)),
        title="Programmes",
        note="Programmes of one fund share its limits: each shows those of the fund. An empty limit is none.",
        empty="The case has no programmes: each project costs its need.",
    )  # fmt: skip


def programme_columns(case: Case) -> list[TableColumn[ProgrammeLine]]:
    """The columns of page and sheet."""
    unit, sheet, page, last = money_unit(case), ("sheet",), ("page",), case.settings.last_year
    after = TableColumn[ProgrammeLine](
        tr("spent after {year}", year=last), lambda x: x.after, "money", 11,
        "In what the limits count: in no envelope, but in every total and cost.", unit=unit, on=sheet,
    )  # fmt: skip

    def named(field: str) -> Callable[[ProgrammeLine], str]:
        return lambda x: "" if x.programme is None else getattr(x.programme, field) or ""

    return [
        TableColumn("programme", lambda x: named("name")(x) or x.label, on=page),
        TableColumn("id", lambda x: x.label, "id", 20, heading="Programme"),
        TableColumn("name", named("name"), width=34, on=sheet),
        TableColumn("agency", named("agency"), width=22, on=sheet),
        TableColumn("donor", named("donor"), width=8, on=sheet),
        TableColumn("instrument", lambda x: word(named("instrument")(x)), width=11),
        TableColumn("kind", _kind, width=11, note="paid: grants, loans, equity; contingent: guarantees, offtake.", on=sheet),
        TableColumn("fund", named("fund"), width=10, note="Programmes of one fund share its envelopes and limits.", on=sheet),
        TableColumn("limits count", lambda x: word(named("limit_on")(x)), width=8,
                    note="What its limits count: budget cost or face value.", on=sheet),
        TableColumn("projects", lambda x: x.projects, "whole", 9, "Financed with its help."),
        TableColumn("face value", lambda x: face(x.awards), "money", 11, "What is committed, as in Funding.", unit=unit),
        TableColumn("budget cost", lambda x: cost(x.awards), "money", 11, "As in Funding.", unit=unit),
        TableColumn("contingent", lambda x: x.contingent, "money", 11, "Face value, not paid out.", unit=unit,
                    heading="of which contingent", on=sheet),
        TableColumn("envelopes limit", lambda x: word(named("limit_on")(x)), on=page),
        TableColumn("envelopes", lambda x: x.envelope, "money", 11, "Of the whole fund.", unit=unit, heading="Envelopes of all years"),
        TableColumn("charged", lambda x: x.spent, "money", 11, unit=unit, heading="Spent of them",
                    note="Within the horizon, in what the limits count; the whole commitment on the commitment basis."),
        *([after] if case.settings.budget_basis == "outlay" else []),
        TableColumn("most carried", lambda x: x.carried, "money", 11, unit=unit, on=sheet,
                    note="The largest balance that a year hands to the next, of the whole fund; empty: no carry-over."),
        TableColumn("total limit", lambda x: x.limit, "money", 11, unit=unit, heading="Limit over all years",
                    note="total_m, on what the limits count; of all programmes total_budget_m, on budget cost."),
        TableColumn("face limit over all years", lambda x: x.face_limit, "money", 11, "total_face_m.", unit=unit, on=sheet),
        TableColumn("left", lambda x: x.left, "money", 11, unit=unit, on=sheet,
                    note="What the tightest of its limits leaves over all years; shared by the programmes of a fund."),
    ]  # fmt: skip


def _kind(line: ProgrammeLine) -> str:
    if line.programme is None:
        return ""
    return tr("paid") if is_funded(line.programme) else tr("contingent")

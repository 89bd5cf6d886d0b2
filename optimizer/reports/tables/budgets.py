"""Every envelope in every year: its amount, the charges to it, the rest, and the rest that is carried over."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from math import fsum

from models.case import Case
from models.instruments import is_funded
from models.plan import Award, BudgetRow, Plan
from models.schema import Programme
from models.sets import Sets
from optimizer.reports.closed_words import word
from optimizer.reports.language import N_, tr
from optimizer.reports.plan_summary import commitments
from optimizer.reports.report_table import Grid, TableColumn, grid_of
from optimizer.reports.tables.shared import NO_PROGRAMME, money_unit, tidy

SHARED = N_(
    "Programmes of one fund share its envelope, what is left and carried: each row states those of the whole fund, so"
    " add them up once a fund. Spent, face value and budget cost are each programme's own."
)


@dataclass(frozen=True)
class BudgetLine:
    """The budget of a programme in one year, millions. `None`: public money of a case without programmes."""

    programme: Programme | None
    year: int
    awards: list[Award]
    row: BudgetRow | None = None
    carried_in: float | None = None
    left: float | None = None


class BudgetAccounts:
    """The budgets of a plan together with its awards."""

    def __init__(self, case: Case, plan: Plan) -> None:
        self.case, self.plan = case, plan
        self.awards: dict[tuple[str, int], list[Award]] = defaultdict(list)
        for _, award in commitments(case, plan):
            self.awards[award.programme, award.year].append(award)
        self.rows: dict[str, list[BudgetRow]] = {p.id: [] for p in case.programmes}
        self.fund = Sets(case).fund_of
        self.spent: dict[tuple[str, int], list[float]] = defaultdict(list)
        for row in plan.budgets:
            self.rows[row.programme].append(row)
            self.spent[self.fund[row.programme].name, row.year].append(row.spent_m)

    def spent_by_fund(self, programme: str, year: int) -> float:
        """Money that all programmes that share the limits of this one spend in a year."""
        return fsum(self.spent[self.fund[programme].name, year])

    def of(self, programme: str) -> list[Award]:
        """Awards of a programme over all years."""
        return [award for (p, _), awards in sorted(self.awards.items()) if p == programme for award in awards]

    def lines(self) -> list[BudgetLine]:
        """Every row of the plan's budgets; without programmes, the years in which public money is committed."""
        if not self.case.programmes:
            return [BudgetLine(None, year, awards) for (_, year), awards in sorted(self.awards.items())]
        return [line for rows in self.rows.values() for line in self._of_programme(rows)]

    def _of_programme(self, rows: list[BudgetRow]) -> list[BudgetLine]:
        lines, carried = [], 0.0
        programmes = {p.id: p for p in self.case.programmes}
        for row in rows:
            left = None
            if row.envelope_m is not None:
                left = tidy(row.envelope_m + carried - self.spent_by_fund(row.programme, row.year))
            awards = self.awards.get((row.programme, row.year), [])
            lines.append(BudgetLine(programmes[row.programme], row.year, awards, row, carried, left))
            carried = row.carried_m
        return lines


def face(awards: list[Award]) -> float:
    """Face value of awards, millions."""
    return fsum(a.face_m for a in awards)


def cost(awards: list[Award]) -> float:
    """Budget cost of awards, millions."""
    return fsum(a.cost_m for a in awards)


def contingent(programme: Programme | None, awards: list[Award]) -> float:
    """The part of face value that is not paid out: guarantees and offtake."""
    return 0.0 if programme is None or is_funded(programme) else face(awards)


# -- the tables --------------------------------------------------------------------------------------------------------


def budget_table(case: Case, plan: Plan) -> Grid:
    """For the page: the envelopes of programmes, in the order of the plan."""
    at = {(x.programme.id, x.year): x for x in BudgetAccounts(case, plan).lines() if x.programme}
    lines = [at[row.programme, row.year] for row in plan.budgets]
    return grid_of(
        "page", "budgets", budget_columns(case), lines, title="Envelopes, year by year", empty="There are no envelopes."
    )


def budget_sheet(case: Case, plan: Plan) -> Grid:
    """For the workbook: the envelopes; without programmes, the years in which public money is committed."""
    lines = BudgetAccounts(case, plan).lines()
    return grid_of("sheet", "Budget", budget_columns(case), lines, empty="No money is committed.")


def budget_columns(case: Case) -> list[TableColumn[BudgetLine]]:
    """The columns of the page and of the sheet."""
    unit, sheet = money_unit(case), ("sheet",)

    def of_programme(field: str) -> Callable[[BudgetLine], str]:
        return lambda x: "" if x.programme is None else getattr(x.programme, field) or ""

    def stated(field: str) -> Callable[[BudgetLine], float | None]:
        return lambda x: None if x.row is None else getattr(x.row, field)

    return [
        TableColumn("programme", lambda x: x.programme and (x.programme.name or x.programme.id), on=("page",)),
        TableColumn("id", lambda x: x.programme.id if x.programme else tr(NO_PROGRAMME), "id", 20, heading="Programme"),
        TableColumn("name", of_programme("name"), width=32, on=sheet),
        TableColumn("instrument", lambda x: word(of_programme("instrument")(x)), width=11, on=sheet),
        TableColumn("fund", of_programme("fund"), width=10, note="Programmes of one fund share its envelopes and limits.", on=sheet),
        TableColumn("year", lambda x: x.year, "year", 7, on=("page",)),
        TableColumn("limits", lambda x: word(of_programme("limit_on")(x)), width=8, heading="Limits count",
                    note="What envelope, spent, carried and left are counted in: budget cost or face value."),
        TableColumn("year", lambda x: x.year, "year", 7, on=sheet),
        TableColumn("envelope", stated("envelope_m"), "money", 11, "Of the whole fund; empty: no limit of that year.", unit=unit),
        TableColumn("carried in", lambda x: x.carried_in, "money", 11, "Unused money of the year before.", unit=unit, on=sheet),
        TableColumn("charged", stated("spent_m"), "money", 11, "Charged to that year by this programme.", unit=unit, heading="Spent"),
        TableColumn("left", lambda x: x.left, "money", 11,
                    "Envelope and money carried in, less what the whole fund spends.", unit=unit, on=sheet),
        TableColumn("carried on", stated("carried_m"), "money", 11, "The part of it that the next year keeps.", unit=unit, heading="Carried"),
        TableColumn("face value committed", lambda x: face(x.awards), "money", 12, "As in Funding.", total=True, unit=unit, on=sheet),
        TableColumn("budget cost committed", lambda x: cost(x.awards), "money", 12, "As in Funding.", total=True, unit=unit, on=sheet),
        TableColumn("contingent", lambda x: contingent(x.programme, x.awards), "money", 12,
                    "Face value of guarantees and offtake: not paid out.", total=True, unit=unit, heading="of which contingent", on=sheet),
    ]  # fmt: skip

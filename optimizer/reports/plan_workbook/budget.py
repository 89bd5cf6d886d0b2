"""Budget: every programme and year, its envelope, what is spent, carried and left."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from math import fsum

from models.instruments import is_funded
from models.plan import Award, BudgetRow
from models.schema import Programme
from optimizer.reports.plan_summary import commitments
from optimizer.reports.plan_workbook.funding import NO_PROGRAMME
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook, sheet_table, tidy
from optimizer.reports.report_table import TableColumn
from optimizer.reports.worksheet import pages_across

SHARED = (
    "Programmes of one fund share its envelope, what is left and carried: each row states those of the whole fund, so"
    " add them up once a fund. Spent, face value and budget cost are each programme's own."
)


@dataclass(frozen=True)
class BudgetLine:
    """A programme (None: the public money of a case without programmes) in one year, millions."""

    programme: Programme | None
    year: int
    awards: list[Award]
    row: BudgetRow | None = None
    carried_in: float | None = None
    left: float | None = None


class BudgetAccounts:
    """The plan's budgets side by side with its awards."""

    def __init__(self, writer: PlanWorkbook) -> None:
        self.writer = writer
        self.awards: dict[tuple[str, int], list[Award]] = defaultdict(list)
        for _, award in commitments(writer.case, writer.plan):
            self.awards[award.programme, award.year].append(award)
        self.rows: dict[str, list[BudgetRow]] = {p.id: [] for p in writer.case.programmes}
        self.fund = writer.sets.fund_of
        self.spent: dict[tuple[str, int], list[float]] = defaultdict(list)
        for row in writer.plan.budgets:
            self.rows[row.programme].append(row)
            self.spent[self.fund[row.programme].name, row.year].append(row.spent_m)

    def spent_by_fund(self, programme: str, year: int) -> float:
        """What all programmes that share the limits of this one spend in a year."""
        return fsum(self.spent[self.fund[programme].name, year])

    def of(self, programme: str) -> list[Award]:
        """Awards of a programme over all years."""
        return [award for (p, _), awards in sorted(self.awards.items()) if p == programme for award in awards]

    def lines(self) -> list[BudgetLine]:
        """Every row of the plan's budgets; without programmes the years in which public money is committed."""
        if not self.writer.case.programmes:
            return [BudgetLine(None, year, awards) for (_, year), awards in sorted(self.awards.items())]
        return [line for rows in self.rows.values() for line in self._of_programme(rows)]

    def _of_programme(self, rows: list[BudgetRow]) -> list[BudgetLine]:
        lines, carried = [], 0.0
        for row in rows:
            left = None
            if row.envelope_m is not None:
                left = tidy(row.envelope_m + carried - self.spent_by_fund(row.programme, row.year))
            awards = self.awards.get((row.programme, row.year), [])
            lines.append(BudgetLine(self.writer.programmes[row.programme], row.year, awards, row, carried, left))
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


def write(writer: PlanWorkbook) -> None:
    """The sheet."""
    grid = sheet_table("Budget", _columns(writer), BudgetAccounts(writer).lines(), "No money is committed.")
    sheet, below = writer.sheets["Budget"], writer.write(grid)
    below = writer.totals(sheet, grid, below + 1, "All programmes")
    if any(len(fund.programmes) > 1 for fund in writer.sets.funds):
        writer.put(sheet, below + 1, 0, SHARED, "quiet")
        writer.printable(sheet, below + 1, len(grid.columns) - 1, across=pages_across(grid))


def _columns(writer: PlanWorkbook) -> list[TableColumn[BudgetLine]]:
    unit = writer.unit

    def named(field: str) -> Callable[[BudgetLine], str]:
        return lambda x: "" if x.programme is None else getattr(x.programme, field) or ""

    def stated(field: str) -> Callable[[BudgetLine], float | None]:
        return lambda x: None if x.row is None else getattr(x.row, field)

    return [
        TableColumn("Programme", lambda x: x.programme.id if x.programme else NO_PROGRAMME, width=20),
        TableColumn("Name", named("name"), width=32),
        TableColumn("Instrument", named("instrument"), width=11),
        TableColumn("Fund", named("fund"), width=10, note="Programmes of one fund share its envelopes and limits."),
        TableColumn("Limits count", named("limit_on"), width=8,
               note="What envelope, spent, carried and left are counted in: budget cost or face value."),
        TableColumn("Year", lambda x: x.year, "year", 7),
        TableColumn(f"Envelope ({unit})", stated("envelope_m"), "money", 11,
               "Of the whole fund; empty: no limit of that year."),
        TableColumn(f"Carried in ({unit})", lambda x: x.carried_in, "money", 11, "Unused money of the year before."),
        TableColumn(f"Spent ({unit})", stated("spent_m"), "money", 11, "Charged to that year by this programme."),
        TableColumn(f"Left ({unit})", lambda x: x.left, "money", 11,
               "Envelope and money carried in, less what the whole fund spends."),
        TableColumn(f"Carried ({unit})", stated("carried_m"), "money", 11, "The part of it that the next year keeps."),
        TableColumn(f"Face value committed ({unit})", lambda x: face(x.awards), "money", 12, "As in Funding.", total=True),
        TableColumn(f"Budget cost committed ({unit})", lambda x: cost(x.awards), "money", 12, "As in Funding.", total=True),
        TableColumn("of which contingent", lambda x: contingent(x.programme, x.awards), "money", 12,
               "Face value of guarantees and offtake: not paid out.", total=True,
               heading=f"of which contingent ({unit})"),
    ]  # fmt: skip

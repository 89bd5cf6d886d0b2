"""Budget: every programme and year, its envelope, what is spent, carried and left; below, the totals of all years."""

from collections import defaultdict
from dataclasses import dataclass
from math import fsum

from models.plan import Award, BudgetRow
from models.schema import FUNDED, Programme
from models.sets import Fund
from optimizer.reports.book.funding import NO_PROGRAMME
from optimizer.reports.book.kit import Column, Kit, tidy
from optimizer.reports.summary import commitments


@dataclass(frozen=True)
class Line:
    """One programme (None: all of them, or a case without programmes) in one year, or over all years."""

    name: str
    programme: Programme | None
    year: int | str
    awards: list[Award]
    envelope: float | None = None
    carried_in: float | None = None
    spent: float | None = None
    left: float | None = None
    carried: float | None = None
    limit: float | None = None
    face_limit: float | None = None

    def of(self, field: str) -> str:
        """A text of the programme's row."""
        return "" if self.programme is None else getattr(self.programme, field) or ""

    @property
    def face(self) -> float:
        return fsum(a.face_m for a in self.awards)

    @property
    def cost(self) -> float:
        return fsum(a.cost_m for a in self.awards)


def write(kit: Kit) -> None:
    """The sheet."""
    name, columns, ledger = "Budget", _columns(kit), _Ledger(kit)
    below = kit.table(name, columns, ledger.years(), keep=1, empty="No programme and no money.")
    below = kit.heading(name, below + 1, "All years")
    below = kit.rows(name, columns, ledger.programmes(), below)
    below = kit.rows(name, columns, [ledger.everything()], below, bold=True, top=1)
    kit.printable(name, below - 1, len(columns) - 1)


class _Ledger:
    """The plan's budgets side by side with its awards."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self.awards: dict[tuple[str, int], list[Award]] = defaultdict(list)
        for _, award in commitments(kit.case, kit.plan):
            self.awards[award.programme, award.year].append(award)
        self.rows: dict[str, list[BudgetRow]] = {p.id: [] for p in kit.case.programmes}
        self.spent: dict[tuple[str, int], list[float]] = defaultdict(list)
        self.fund: dict[str, Fund] = {p.id: fund for fund in kit.sets.funds for p in fund.programmes}
        for row in kit.plan.budgets:
            self.rows[row.programme].append(row)
            self.spent[self.fund[row.programme].name, row.year].append(row.spent_m)

    def years(self) -> list[Line]:
        if not self.kit.case.programmes:
            return [
                Line(NO_PROGRAMME, None, y, made, spent=_cost(made)) for (_, y), made in sorted(self.awards.items())
            ]
        return [line for rows in self.rows.values() for line in self._of_programme(rows)]

    def _of_programme(self, rows: list[BudgetRow]) -> list[Line]:
        lines, before = [], 0.0
        for row in rows:
            fund = self.fund[row.programme]
            carried_in, before = before, row.carried_m
            spent = fsum(self.spent[fund.name, row.year])
            left = None if row.envelope_m is None else tidy(row.envelope_m + carried_in - spent)
            lines.append(
                Line(
                    name=row.programme,
                    programme=self.kit.programmes[row.programme],
                    year=row.year,
                    awards=self.awards.get((row.programme, row.year), []),
                    envelope=row.envelope_m,
                    carried_in=carried_in,
                    spent=row.spent_m,
                    left=left,
                    carried=row.carried_m,
                )
            )
        return lines

    def programmes(self) -> list[Line]:
        return [self._programme(self.kit.programmes[p], rows) for p, rows in self.rows.items()]

    def _programme(self, programme: Programme, rows: list[BudgetRow]) -> Line:
        fund = self.fund[programme.id]
        given = [row.envelope_m for row in rows if row.envelope_m is not None]
        return Line(
            name=programme.id,
            programme=programme,
            year="all years",
            awards=self._all(programme.id),
            envelope=fsum(given) if given else None,
            spent=fsum(row.spent_m for row in rows),
            left=self._left(fund, given, rows),
            limit=fund.total,
            face_limit=fund.total_face,
        )

    def _left(self, fund: Fund, given: list[float], rows: list[BudgetRow]) -> float | None:
        """What the tightest limit over all years leaves to the programmes of a fund."""
        made = [a for p in fund.programmes for a in self._all(p.id)]
        face, cost = fsum(a.face_m for a in made), _cost(made)
        room = [fsum(given) - fsum(s for row in rows for s in self.spent[fund.name, row.year])] if given else []
        room += [] if fund.total is None else [fund.total - (face if fund.on_face else cost)]
        room += [] if fund.total_face is None else [fund.total_face - face]
        return tidy(min(room)) if room else None

    def everything(self) -> Line:
        made = [a for awards in self.awards.values() for a in awards]
        limit = self.kit.case.settings.total_budget_m
        left = None if limit is None else tidy(limit - _cost(made))
        return Line("All programmes", None, "all years", made, left=left, limit=limit)

    def _all(self, programme: str) -> list[Award]:
        return [a for (p, _), awards in sorted(self.awards.items()) if p == programme for a in awards]


def _cost(awards: list[Award]) -> float:
    return fsum(a.cost_m for a in awards)


def _columns(kit: Kit) -> list[Column[Line]]:
    unit = kit.unit
    unfunded = {p.id for p in kit.case.programmes if p.instrument not in FUNDED}

    def contingent(line: Line) -> float:
        return fsum(a.face_m for a in line.awards if a.programme in unfunded)

    return [
        Column("Programme", lambda x: x.name, width=22),
        Column("Name", lambda x: x.of("name"), width=34),
        Column("Agency", lambda x: x.of("agency"), width=14),
        Column("Donor", lambda x: x.of("donor"), width=7),
        Column("Instrument", lambda x: x.of("instrument"), width=10),
        Column("Fund", lambda x: x.of("fund"), width=12, note="Programmes of one fund share its envelopes and limits."),
        Column("Limits count", lambda x: x.of("limit_on"), width=8,
               note="What envelope, spent, carried and left are counted in: budget cost or face value."),
        Column("Year", lambda x: x.year, "year", 9),
        Column(f"Envelope ({unit})", lambda x: x.envelope, "money", 12, "Of the whole fund; empty: no limit of that year."),
        Column(f"Carried in ({unit})", lambda x: x.carried_in, "money", 12, "Unused money of the year before."),
        Column(f"Spent ({unit})", lambda x: x.spent, "money", 12, "Charged to that year's envelope by this programme."),
        Column(f"Carried ({unit})", lambda x: x.carried, "money", 12, "Carried to the next year."),
        Column(f"Left ({unit})", lambda x: x.left, "money", 12,
               "A year: envelope and money carried in, less what the whole fund spends. All years: what the tightest limit leaves."),
        Column(f"Face value committed ({unit})", lambda x: x.face, "money", 12, "As in Funding."),
        Column(f"Budget cost committed ({unit})", lambda x: x.cost, "money", 12, "As in Funding."),
        Column(f"of which contingent ({unit})", contingent, "money", 12, "Face value of guarantees and offtake."),
        Column(f"Limit over all years ({unit})", lambda x: x.limit, "money", 12, "total_m; of all programmes total_budget_m."),
        Column(f"Face limit over all years ({unit})", lambda x: x.face_limit, "money", 12, "total_face_m."),
    ]  # fmt: skip

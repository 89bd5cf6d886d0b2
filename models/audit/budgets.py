"""Year envelopes with and without carry-over, totals, and the `budgets` table."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain

from models.audit import market
from models.audit.exact import ONE, ZERO, Finding, at_most, exact, say
from models.audit.ledger import Ledger
from models.audit.tables import Cells, compare
from models.schema import Programme

Spending = Mapping[int, Decimal]


@dataclass(frozen=True)
class FundUse:
    """Programmes that share one set of limits (mostly a single programme), and what the plan charges to it."""

    name: str
    members: tuple[Programme, ...]
    spending: dict[str, dict[int, Decimal]] = field(default_factory=dict)
    """Programme -> year -> charge to the year's envelope, in budget cost or face value as `limit_on` says."""
    committed: Decimal = ZERO
    """All commitments, in budget cost or face value as `limit_on` says, whatever the year of the outlay."""
    face: Decimal = ZERO

    def envelope(self, year: int) -> Decimal | None:
        """Envelope of one year; None if no year is limited. If any year has a value the empty ones are 0."""
        given = {y: amount for member in reversed(self.members) for y, amount in member.envelopes.items()}
        return exact(given.get(year, 0.0)) if given else None

    def limit(self, column: str) -> Decimal | None:
        """`total_m` or `total_face_m`: the value given in any member's row."""
        given = [getattr(member, column) for member in self.members if getattr(member, column) is not None]
        return exact(given[0]) if given else None

    @property
    def carries(self) -> bool:
        return any(member.carry_over for member in self.members)

    def spent(self, year: int) -> Decimal:
        return sum((years.get(year, ZERO) for years in self.spending.values()), ZERO)


def funds(ledger: Ledger) -> list[FundUse]:
    """Every fund with what the plan's awards charge to it."""
    members: dict[tuple[str, str], list[Programme]] = {}
    for programme in ledger.case.programmes:
        key = ("fund", programme.fund) if programme.fund else ("programme", programme.id)
        members.setdefault(key, []).append(programme)
    return [charge(ledger, name, tuple(rows)) for (_, name), rows in members.items()]


def charge(ledger: Ledger, name: str, members: tuple[Programme, ...]) -> FundUse:
    """A fund and its charges: in the year of the decision, or as the project spends on the outlay basis."""
    outlay = ledger.case.settings.budget_basis == "outlay"
    spending: dict[str, dict[int, Decimal]] = {member.id: {} for member in members}
    committed = face = ZERO
    for given in chain.from_iterable(ledger.awards_of[member.id] for member in members):
        amount = given.face if given.programme.limit_on == "face" else given.cost
        committed, face = committed + amount, face + given.face
        years = spending[given.programme.id]
        for k, part in ledger.profile(given.project).items() if outlay else [(0, ONE)]:
            years[given.year + k] = years.get(given.year + k, ZERO) + amount * part
    return FundUse(name, members, spending, committed, face)


def balances(ledger: Ledger, fund: FundUse) -> dict[int, Decimal]:
    """Rest of each year's envelope, with the rest of earlier years if it is carried over; may be negative."""
    left, before = {}, ZERO
    for year in ledger.years:
        envelope = fund.envelope(year)
        if envelope is not None:
            left[year] = envelope + (before if fund.carries else ZERO) - fund.spent(year)
            before = max(ZERO, left[year])
    return left


def envelopes(ledger: Ledger) -> Iterator[Finding]:
    """No year is charged more than its envelope and what was carried to it."""
    for fund in funds(ledger):
        for year, left in balances(ledger, fund).items():
            spent = fund.spent(year)
            sentence = f"{fund.name} spends {say(spent)} M in {year}, {say(-left)} M more than it has"
            yield at_most(-left, ZERO, sentence, [spent, spent + left])


def totals(ledger: Ledger) -> Iterator[Finding]:
    """total_m, total_face_m of each fund and the total budget over everything."""
    for fund in funds(ledger):
        for column, amount in (("total_m", fund.committed), ("total_face_m", fund.face)):
            limit = fund.limit(column)
            if limit is not None:
                sentence = f"{fund.name} commits {say(amount)} M over all years, its {column} is {say(limit)} M"
                yield at_most(amount, limit, sentence, [amount])
    if ledger.case.settings.total_budget_m is not None:
        cost, most = total_cost(ledger), exact(ledger.case.settings.total_budget_m)
        yield at_most(cost, most, f"the plan costs {say(cost)} M, the total budget is {say(most)} M", [cost])


def total_cost(ledger: Ledger) -> Decimal:
    """Budget cost of everything over all programmes and years, undiscounted; without programmes the sum of needs."""
    if not ledger.case.programmes:
        return sum(
            (market.alone(ledger, ledger.projects[name], row.fid_year) for name, row in ledger.financed.items()), ZERO
        )
    return sum((given.cost for given in chain.from_iterable(ledger.awards.values())), ZERO)


def table(ledger: Ledger) -> Iterator[Finding]:
    """Every number of the `budgets` table."""
    expected: dict[tuple[str, int], Cells] = {}
    for fund in funds(ledger):
        left = balances(ledger, fund)
        for member in fund.members:
            for year in ledger.years:
                carried = max(ZERO, left[year]) if fund.carries and year in left else ZERO
                spent = fund.spending[member.id].get(year, ZERO)
                row = {"envelope_m": fund.envelope(year), "spent_m": spent, "carried_m": carried}
                expected[member.id, year] = row
    stated = [((row.programme, row.year), row) for row in ledger.plan.budgets]
    yield from compare("budgets", stated, expected)

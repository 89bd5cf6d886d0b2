"""Test whether money that a plan does not spend could pay for further projects.

For one project and year the envelopes, balances and totals of a fund give one number, its room. Within the rooms the cheapest
face value is taken first, which is optimal. For several projects together the test asks less than true awards must meet, as
the money of one may pay for another: a "no" is then certain, a "yes" only for a single project.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import combinations, product
from math import comb

from models.audit import market
from models.audit.budgets import FundUse, funds, total_cost
from models.audit.exact import ONE, ZERO, exact
from models.audit.financing import eligible, most_hands
from models.audit.instruments import rate, worth
from models.audit.largest_part import most
from models.audit.ledger import Ledger
from models.audit.projects import cap, need
from models.schema import Programme, Project

Bundle = tuple[Project, ...]
ENDLESS = Decimal("Infinity")
CLOSE = Decimal("1e-9")
"""Part of what is wanted that may be missing."""
MOST_CHOICES = 500
"""Number of combinations of programmes up to which each is tried."""
MOST_TICKETS = 10
"""Number of programmes with a minimum ticket up to which each combination is tried; beyond it "yes" is assumed."""


@dataclass(frozen=True)
class FundedOffer:
    """Terms of one programme for one project: largest award, budget cost per million, and the fund that is charged."""

    fund: int
    most: Decimal
    rate: Decimal
    on_face: bool
    least: Decimal
    worth: Decimal = ONE
    """Grant equivalent of one million of it."""
    whole: Decimal | None = None
    """Equity: what buys all of the project."""


@dataclass(frozen=True)
class Purse:
    """The money that the awards in a ledger leave."""

    ledger: Ledger
    _rooms: dict[tuple[int, str, int], Decimal] = field(default_factory=dict)

    @cached_property
    def funds(self) -> list[FundUse]:
        return funds(self.ledger)

    @cached_property
    def number(self) -> dict[str, int]:
        """Programme -> number of its fund."""
        return {member.id: n for n, fund in enumerate(self.funds) for member in fund.members}

    @cached_property
    def budget(self) -> Decimal:
        total = self.ledger.case.settings.total_budget_m
        return ENDLESS if total is None else max(ZERO, exact(total) - total_cost(self.ledger))

    def could_pay(self, bundle: Bundle, year: int) -> bool:
        """Whether what is left could pay the needs of projects decided in a year: of each, and of all together."""
        singles = ((project,) for project in bundle) if len(bundle) > 1 else ()
        return self._pays(bundle, year) and all(self._pays(one, year) for one in singles)

    def _pays(self, bundle: Bundle, year: int) -> bool:
        missing = market.gap(self.ledger, bundle[0], year) if self.ledger.case.programmes else ZERO
        if len(bundle) == 1 and missing > 0:
            return self._closes(bundle[0], year, missing)
        required = sum((self._required(project, year) for project in bundle), ZERO)
        if required <= 0:
            return True
        if not self.ledger.case.programmes:
            return required <= self.budget
        sources = [source for project in bundle for source in self._sources(project, year)]
        rooms = {n: max(self._room(n, project, year) for project in bundle) for n in {s.fund for s in sources}}
        limit = most_hands(self.ledger, bundle[0])
        if len(bundle) == 1 and limit is not None and limit < len(sources):
            few = combinations(sources, limit)
            # Beyond this number "yes" is assumed, as wherever the answer is unknown.
            return comb(len(sources), limit) > MOST_CHOICES or any(
                self._pay(bundle, one, rooms, required) for one in few
            )
        return self._pay(bundle, sources, rooms, required)

    def _pay(
        self, bundle: Bundle, sources: Sequence[FundedOffer], rooms: dict[int, Decimal], required: Decimal
    ) -> bool:
        """Whether these programmes could pay what is required."""
        if self._raised(sources, rooms, required) < required:
            return False
        tied = [source for source in sources if source.least > 0]
        if len(bundle) > 1 or not tied or len(tied) > MOST_TICKETS:
            return True
        return self._with_tickets(bundle[0], sources, rooms, required)

    def _closes(self, project: Project, year: int, missing: Decimal) -> bool:
        """Whether awards could meet the need and be worth what the market leaves missing; least tickets and the number of
        programmes left out, so that a "no" is certain."""
        sources = {f"a{n:02d}": source for n, source in enumerate(self._sources(project, year, with_worth=True))}
        sources = {name: one for name, one in sources.items() if one.whole is None or one.whole > 0}
        wants = [(need(project), dict.fromkeys(sources, -ONE)), (missing, {n: -s.worth for n, s in sources.items()})]
        limits: list[tuple[dict[str, Decimal], Decimal]] = [({"part": ONE}, ONE)]
        limits += [({**given, "part": amount}, ZERO) for amount, given in wants if amount > 0]
        limits += [({name: ONE}, one.most) for name, one in sources.items()]
        limits.append((dict.fromkeys(sources, ONE), market.room(project)))
        limits.append(({name: ONE / one.whole for name, one in sources.items() if one.whole}, ONE))
        limits.append(({name: one.rate for name, one in sources.items()}, self.budget))
        for n in {one.fund for one in sources.values()}:
            fund_sources = {name: one for name, one in sources.items() if one.fund == n}
            charged = {name: ONE if one.on_face else one.rate for name, one in fund_sources.items()}
            limits += [(charged, self._room(n, project, year)), (dict.fromkeys(fund_sources, ONE), self._face(n))]
        part = most({"part": ONE}, [(of, limit) for of, limit in limits if limit < ENDLESS])
        return part is None or part >= ONE - CLOSE

    def _required(self, project: Project, year: int) -> Decimal:
        return need(project) if self.ledger.case.programmes else market.alone(self.ledger, project, year)

    def _sources(self, project: Project, year: int, *, with_worth: bool = False) -> Iterator[FundedOffer]:
        for programme in self.ledger.case.programmes:
            if eligible(self.ledger, programme, project) and cap(programme, project) > 0:
                one = self._source(programme, project, year)
                yield self._with_worth(one, programme, project, year) if with_worth else one

    def _with_worth(self, one: FundedOffer, programme: Programme, project: Project, year: int) -> FundedOffer:
        whole = market.stake(self.ledger, programme, project, year) if programme.instrument == "equity" else None
        return replace(one, worth=worth(self.ledger, programme, project, year), whole=whole)

    def _source(self, programme: Programme, project: Project, year: int) -> FundedOffer:
        least = ZERO if programme.min_ticket_m is None else exact(programme.min_ticket_m)
        price = max(ZERO, rate(self.ledger, programme, project, year))
        face = programme.limit_on == "face"
        return FundedOffer(self.number[programme.id], cap(programme, project), price, face, least)

    # -- rooms ---------------------------------------------------------------------------------------------------

    def _room(self, n: int, project: Project, year: int) -> Decimal:
        """The most that a fund can still charge in all for a project decided in a year, in what it limits."""
        outlay = self.ledger.case.settings.budget_basis == "outlay"
        key = (n, project.id if outlay else "", year)
        if key not in self._rooms:
            profile = self.ledger.profile(project) if outlay else {0: ONE}
            fund = self.funds[n]
            total = fund.limit("total_m")
            by_total = ENDLESS if total is None else total - fund.committed
            by_year = min(self._by_years(n, {year + k: part for k, part in profile.items()}), default=ENDLESS)
            self._rooms[key] = max(ZERO, min(by_total, by_year))
        return self._rooms[key]

    def _by_years(self, n: int, parts: dict[int, Decimal]) -> Iterator[Decimal]:
        charged = ZERO
        for year in self.ledger.years:
            part = parts.get(year, ZERO)
            charged = charged + part if self.funds[n].carries else part
            if charged > 0 and year in self._left[n]:
                yield self._left[n][year] / charged

    @cached_property
    def _left(self) -> list[dict[int, Decimal]]:
        """The money that the envelopes of each fund leave, by year; if the fund carries over, the sum up to the year."""
        left_over = []
        for fund in self.funds:
            left, sum_ = {}, ZERO
            for year in self.ledger.years:
                envelope = fund.envelope(year)
                if envelope is not None:
                    sum_ = (sum_ if fund.carries else ZERO) + envelope - fund.spent(year)
                    left[year] = sum_
            left_over.append(left)
        return left_over

    def _face(self, n: int) -> Decimal:
        limit = self.funds[n].limit("total_face_m")
        return ENDLESS if limit is None else max(ZERO, limit - self.funds[n].face)

    # -- awards --------------------------------------------------------------------------------------------------

    def _raised(
        self,
        sources: Sequence[FundedOffer],
        rooms: dict[int, Decimal],
        required: Decimal,
        given: Sequence[tuple[FundedOffer, Decimal]] = (),
    ) -> Decimal:
        """The most face value, up to what is required, beside what is `given` already; less than 0 if that is too much."""
        left = dict(rooms)
        face = {n: self._face(n) for n in left}
        budget = self.budget
        for source, amount in given:
            left[source.fund] -= amount if source.on_face else amount * source.rate
            face[source.fund] -= amount
            budget -= amount * source.rate
        if min(budget, *left.values(), *face.values()) < 0:
            return -ONE
        raised = ZERO
        for source in sorted(sources, key=lambda one: one.rate):
            price = ONE if source.on_face else source.rate
            limits = [required - raised, source.most, face[source.fund]]
            limits += [left[source.fund] / price] if price else []
            limits += [budget / source.rate] if source.rate else []
            amount = max(ZERO, min(limits))
            raised += amount
            left[source.fund] -= amount * price
            face[source.fund] -= amount
            budget -= amount * source.rate
        return raised

    def _with_tickets(
        self, project: Project, sources: Sequence[FundedOffer], rooms: dict[int, Decimal], required: Decimal
    ) -> bool:
        """Whether some choice of the programmes with a least ticket pays, each giving nothing or at least its ticket."""
        tied = [source for source in sources if source.least > 0]
        free = [source for source in sources if source.least <= 0]
        for choice in product((False, True), repeat=len(tied)):
            part = [source for source, takes in zip(tied, choice, strict=True) if takes and source.least <= source.most]
            if len(part) < sum(choice):
                continue
            given = [(source, source.least) for source in part]
            least = sum((amount for _, amount in given), ZERO)
            if least > market.room(project):
                continue
            more = [FundedOffer(s.fund, s.most - s.least, s.rate, s.on_face, ZERO) for s in part]
            raised = self._raised([*free, *more], rooms, max(ZERO, required - least), given)
            if raised >= 0 and least + raised >= required:
                return True
        return False

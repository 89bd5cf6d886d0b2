"""Money that the awards of a plan leave unspent, and whether it could pay for a further project.

All awards of one project are spent by one profile, so that a fund's envelopes, carry-over and totals together come to
one number for each project and decision year: its room, in what the fund limits. Within that room the cheapest face
value comes first. That is an optimum of the linear program over the awards (a fractional knapsack, Dantzig 1957):
neither a fund's limit on cost nor one on face value is better used by a dearer award. Minimum tickets are met by
trying which programmes take part.

If the market leaves a gap (`models.viability`) the awards must also be worth as much. The linear program itself is then solved,
for the largest part t of both the need and the gap that awards can bring (`models.reasons.small_lp`). It leaves minimum
tickets out, so that a shortage that it finds is certain.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, combinations
from math import comb, fsum, inf

from models.decision import Decision
from models.instruments import cost_rate
from models.linear import charges, committed, public_cost
from models.reasons.small_lp import largest
from models.schema import Programme, Project
from models.sets import Fund, Sets
from models.terms import award_cap, most_support, need

SHORT = 1e-9
"""Part of max(1, need) by which money must fall short to be called short."""
MOST_TICKETS = 10
"""Programmes with a minimum ticket up to which every choice of them is tried."""
MOST_PROGRAMS = 60
"""The same, up to which a linear program is solved for each; with more the limit on programmes is left out."""
MOST_CHOICES = 500
"""Choices of the programmes that may support a project up to which each is tried; with more "it can be paid" is assumed."""


@dataclass(frozen=True)
class Offer:
    """The award that one programme could make to one project. Money in millions."""

    fund: str
    most: float
    """Largest award, face value."""
    rate: float
    """Budget cost per unit of face value, never negative."""
    on_face: bool
    """Whether the fund's envelopes limit face value; else they limit budget cost."""
    ticket: float
    """Smallest award; 0 if any is allowed."""
    worth: float = 1.0
    """Grant equivalent per unit of face value."""
    stake: float | None = None
    """Equity: face value that buys the whole project; no stake is sold if it is not above 0."""


@dataclass
class UnspentMoney:
    """Money that awards may still take, reduced as they are made. Millions; infinite without a limit."""

    limited: dict[str, float]
    """Fund -> rest of its envelopes and total, in budget cost or face value as they limit."""
    face: dict[str, float]
    """Fund -> rest of its total of face value."""
    cost: float
    """Rest of the total budget, in budget cost."""

    def most(self, offer: Offer, required: float) -> float:
        """The largest award of an offer, up to `required` and its own limit."""
        cost = offer.rate if not offer.on_face else 0.0
        by_fund = self.limited[offer.fund] if offer.on_face else _over(self.limited[offer.fund], cost)
        return max(0.0, min(required, offer.most, by_fund, self.face[offer.fund], _over(self.cost, offer.rate)))

    def take(self, offer: Offer, face: float) -> None:
        self.limited[offer.fund] -= face if offer.on_face else face * offer.rate
        self.face[offer.fund] -= face
        self.cost -= face * offer.rate

    @property
    def is_overdrawn(self) -> bool:
        return min(self.cost, *self.limited.values(), *self.face.values(), inf) < -SHORT

    def copy(self) -> "UnspentMoney":
        return UnspentMoney(dict(self.limited), dict(self.face), self.cost)


def _over(room: float, rate: float) -> float:
    return room / rate if rate > 0 else inf


@dataclass(frozen=True)
class Unspent:
    """The money of a case that a decision leaves uncommitted; all of it for an empty decision."""

    decision: Decision
    _rooms: dict[tuple[str, tuple[float, ...], int], float] = field(default_factory=dict)
    _offers: dict[tuple[str, int], list[Offer]] = field(default_factory=dict)

    @property
    def sets(self) -> Sets:
        return self.decision.sets

    @cached_property
    def left(self) -> dict[str, dict[int, float]]:
        """Fund with year limits -> year -> envelope less charges; with carry-over summed up to the year."""
        limited = {}
        for fund in self.sets.funds:
            if fund.envelopes is not None:
                spent, carried, years = charges(self.decision, fund), 0.0, {}
                for t in self.sets.years:
                    rest = fsum((fund.envelopes[t], -float(spent[t])))
                    carried += rest
                    years[t] = carried if fund.carry_over else rest
                limited[fund.name] = years
        return limited

    @cached_property
    def budget(self) -> float:
        """Rest of the total budget."""
        total = self.sets.case.settings.total_budget_m
        return inf if total is None else max(0.0, total - float(public_cost(self.decision)))

    @cached_property
    def totals(self) -> dict[str, float]:
        """Fund -> rest of its total, in budget cost or face value as its envelopes limit."""
        return {f.name: self._rest(f, f.total, face=f.on_face) for f in self.sets.funds}

    @cached_property
    def faces(self) -> dict[str, float]:
        """Fund -> rest of its total of face value."""
        return {f.name: self._rest(f, f.total_face, face=True) for f in self.sets.funds}

    def _rest(self, fund: Fund, limit: float | None, *, face: bool) -> float:
        return inf if limit is None else max(0.0, limit - float(committed(self.decision, fund, face=face)))

    def room_of(self, fund: Fund, profile: Sequence[float], year: int) -> float:
        """The most that a fund can commit in a year to what is spent by a profile, in what its envelopes limit."""
        key = (fund.name, tuple(profile), year)
        if key not in self._rooms:
            by_year = self._by_year(fund, profile, year) if fund.name in self.left else inf
            self._rooms[key] = max(0.0, min(self.totals[fund.name], by_year))
        return self._rooms[key]

    def _by_year(self, fund: Fund, profile: Sequence[float], year: int) -> float:
        left = self.left[fund.name]
        if not fund.carry_over:
            return min(
                (left[year + k] / part for k, part in enumerate(profile) if part and year + k in left), default=inf
            )
        most, spent, last = inf, 0.0, self.sets.years[-1]
        for t in range(year, last + 1):
            spent += profile[t - year] if t - year < len(profile) else 0.0
            if spent > 0:
                most = min(most, left[t] / spent)
        return most

    # -- what the unspent money could pay ---------------------------------------------------------------------------------------

    def shortage(self, projects: Sequence[Project], year: int) -> float:
        """Millions of support that further awards cannot pay of what projects need if decided in a year; 0 where they
        can. For several projects a lower bound: the largest of each by itself, and of all as if one's money could pay
        for the other."""
        alone = [self._shortage((p,), year) for p in projects] if len(projects) > 1 else []
        return max([*alone, self._shortage(projects, year)])

    def _shortage(self, projects: Sequence[Project], year: int) -> float:
        if len(projects) == 1 and self._gap(projects[0], year) > 0:
            return self._short_of_gap(projects[0], year)
        required = fsum(self._needed(p, year) for p in projects)
        if required <= 0:
            return 0.0
        if not self.sets.has_programmes:
            return _short(required, self.budget)
        offers = [offer for p in projects for offer in self.offers(p, year)]
        room = self._room(projects, year)
        most = self.sets.most_programmes(projects[0]) if len(projects) == 1 else None
        if most is not None and most < len(offers):
            if comb(len(offers), most) > MOST_CHOICES:
                return 0.0
            return min(self._short_of(chosen, room, required, projects) for chosen in combinations(offers, most))
        return self._short_of(offers, room, required, projects)

    def _short_of(
        self, offers: Sequence[Offer], room: UnspentMoney, required: float, projects: Sequence[Project]
    ) -> float:
        """Millions of the need that these offers cannot pay."""
        short = _short(required, _paid(offers, room.copy(), required))
        if short or len(projects) > 1 or not any(offer.ticket for offer in offers):
            return short
        return min(_with_tickets(offers, room, required, most_support(projects[0])), default=required)

    def required(self, projects: Sequence[Project], year: int) -> float:
        """Support that projects need to be decided in a year: the sum of the larger of need and gap of each."""
        return fsum(max(self._needed(p, year), self._gap(p, year)) for p in projects)

    def _gap(self, project: Project, year: int) -> float:
        """Grant equivalent that awards must reach; 0 without programmes, because the cost includes it."""
        return self.sets.viability.gaps.get((project.id, year), 0.0) if self.sets.has_programmes else 0.0

    def _short_of_gap(self, project: Project, year: int) -> float:
        """Part of the larger of need and gap that further awards cannot pay, millions."""
        offers, room = self.offers(project, year), self._room((project,), year)
        least, gap = need(project), self._gap(project, year)
        most = self.sets.most_programmes(project)
        choices: Iterable[Sequence[Offer]] = (offers,)
        if most is not None and most < len(offers) and comb(len(offers), most) <= MOST_PROGRAMS:
            choices = combinations(offers, most)
        part = max((_part(o, room, least, gap, most_support(project)) for o in choices), default=0.0)
        return _short(max(least, gap), part * max(least, gap))

    def _needed(self, project: Project, year: int) -> float:
        """Support that a project needs to be decided in a year, apart from its gap."""
        return need(project) if self.sets.has_programmes else self.sets.viability.cost_alone(project, year)

    def offers(self, project: Project, year: int) -> list[Offer]:
        """The offer of each eligible programme to a project decided in a year."""
        if (project.id, year) not in self._offers:
            self._offers[project.id, year] = [self._offer(p, project, year) for p in self.sets.eligible[project.id]]
        return self._offers[project.id, year]

    def _offer(self, p: Programme, project: Project, year: int) -> Offer:
        fund, rate = self.sets.fund_of[p.id], cost_rate(p, project, year, self.sets.case)
        offer = Offer(fund.name, award_cap(project, p), max(0.0, rate), fund.on_face, p.min_ticket_m or 0.0)
        if self._gap(project, year) <= 0:
            return offer
        market = self.sets.viability
        return replace(offer, worth=market.worth(p, project, year), stake=market.stake(p, project, year))

    def _room(self, projects: Sequence[Project], year: int) -> UnspentMoney:
        outlay = self.sets.case.settings.budget_basis == "outlay"
        profiles = [self.sets.profile[p.id] if outlay else (1.0,) for p in projects]
        funds = {
            self.sets.fund_of[p.id].name: self.sets.fund_of[p.id] for i in projects for p in self.sets.eligible[i.id]
        }
        limited = {name: max(self.room_of(fund, profile, year) for profile in profiles) for name, fund in funds.items()}
        return UnspentMoney(limited, {name: self.faces[name] for name in funds}, self.budget)


def _short(required: float, paid: float) -> float:
    return required - paid if required - paid > SHORT * max(1.0, required) else 0.0


def _part(offers: Sequence[Offer], room: UnspentMoney, least: float, gap: float, most: float) -> float:
    """The largest part t, up to 1, of a need and of a gap that awards within the room can pay.

    Columns: each award as a part of its most, then t.
    """
    given = [o for o in offers if o.most > 0 and (o.stake is None or o.stake > 0)]
    faces = [o.most for o in given]
    rows: list[tuple[list[float], float]] = [([0.0] * len(given) + [1.0], 1.0)]
    rows += [([-f for f in faces] + [least], 0.0)] if least > 0 else []
    rows += [([-f * o.worth for f, o in zip(faces, given, strict=True)] + [gap], 0.0)]
    rows += [([*(float(n == k) for k in range(len(given))), 0.0], 1.0) for n in range(len(given))]
    rows += [([*faces, 0.0], most)]
    rows += [([*(o.most / o.stake if o.stake else 0.0 for o in given), 0.0], 1.0)]
    rows += [([*(o.most * o.rate for o in given), 0.0], room.cost)]
    for fund in dict.fromkeys(o.fund for o in given):
        charged = [(o.most if o.on_face else o.most * o.rate) if o.fund == fund else 0.0 for o in given]
        rows += [([*charged, 0.0], room.limited[fund])]
        rows += [([*(o.most if o.fund == fund else 0.0 for o in given), 0.0], room.face[fund])]
    rows = [(row, limit) for row, limit in rows if limit < inf]
    return largest([0.0] * len(given) + [1.0], [row for row, _ in rows], [limit for _, limit in rows])


def _paid(offers: Sequence[Offer], room: UnspentMoney, required: float) -> float:
    """The face value that offers give up to an amount, the cheapest first."""
    paid = 0.0
    for offer in sorted(offers, key=lambda o: o.rate):
        face = room.most(offer, required - paid)
        room.take(offer, face)
        paid += face
    return paid


def _with_tickets(offers: Sequence[Offer], room: UnspentMoney, required: float, capex: float) -> Iterator[float]:
    """The shortage of each choice of programmes with a minimum ticket; 0 if there are too many to try."""
    free = [offer for offer in offers if not offer.ticket]
    tied = [offer for offer in offers if offer.ticket and offer.ticket <= offer.most]
    if len(tied) > MOST_TICKETS:
        yield 0.0
        return
    for chosen in chain.from_iterable(combinations(tied, n) for n in range(len(tied) + 1)):
        rest, base = room.copy(), fsum(offer.ticket for offer in chosen)
        for offer in chosen:
            rest.take(offer, offer.ticket)
        if base > capex * (1 + SHORT) or rest.is_overdrawn:
            continue
        more = [Offer(o.fund, o.most - o.ticket, o.rate, o.on_face, 0.0) for o in chosen]
        yield _short(required, base + _paid([*free, *more], rest, max(0.0, required - base)))

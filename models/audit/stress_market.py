"""The audit of prices in a scenario: calls, idle projects, and payments of price floors."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Generic, TypeVar

from models.audit import market
from models.audit.exact import ONE, TOLERANCE, ZERO, exact
from models.audit.instruments import worth
from models.audit.ledger import Given, Ledger
from models.audit.picks import holds
from models.audit.projects import along, cap, need
from models.audit.troubled import Trouble
from models.schema import Price, Project, Scenario


@dataclass(frozen=True)
class Market:
    """A plan at the prices of a scenario. `ledger`: case and plan as planned."""

    ledger: Ledger
    trouble: Trouble

    @cached_property
    def rows(self) -> tuple[Scenario, ...]:
        """The rows that change prices."""
        return tuple(row for row in self.trouble.rows if row.parameter == "price")

    @cached_property
    def _known(self) -> dict[tuple[Scenario, ...], Ledger]:
        return {}

    def at(self, rows: tuple[Scenario, ...]) -> Ledger:
        """The ledger at the prices of these rows, written out for every year that can matter."""
        if not rows:
            return self.ledger
        if rows not in self._known:
            case = self.ledger.case
            prices = tuple(self._written(row, Trouble(rows)) for row in case.prices)
            self._known[rows] = Ledger(case.model_copy(update={"prices": prices}), self.ledger.plan)
        return self._known[rows]

    def _written(self, row: Price, trouble: Trouble) -> Price:
        bounds = [y for r in trouble.rows for y in (r.from_year, r.to_year) if y is not None]
        years = range(min([*self._span, *bounds, *row.years]) - 1, max([*self._span, *bounds, *row.years]) + 2)
        return row.model_copy(
            update={"years": {y: float(along(row.years, y) * trouble.factor("price", row, y)) for y in years}}
        )

    @cached_property
    def _span(self) -> tuple[int, ...]:
        """First and last year in which a financed project or its contract earns, and the horizon."""
        longest = max((p.offtake_years or 0 for p in self.ledger.case.programmes), default=0)
        ends = [r.fid_year + self.ledger.projects[i].build_years + max(longest, self.ledger.projects[i].life_years)
                for i, r in self.ledger.financed.items()]  # fmt: skip
        return self.ledger.years[0], self.ledger.years[-1], *ends


Amount = TypeVar("Amount", Decimal, float)


@dataclass(frozen=True)
class CallTerms(Generic[Amount]):
    """Everything but its own overrun that determines the call of a project in a scenario; in millions."""

    cost: Amount
    """Capital cost in the scenario."""
    private: Amount
    """Private share in the scenario."""
    secured: Amount
    need: Amount
    """Need as planned."""
    bankable: Amount | None
    """None if the project need not be viable."""
    support: Amount
    """Grant equivalent of its awards."""

    def call(self, overrun: Amount) -> Amount:
        """The call beyond its support as planned: for its need, and for the gap that the market leaves."""
        nothing = self.cost * 0
        cost = self.cost * overrun
        owed = max(nothing, cost * (1 - self.private) - self.secured) - self.need
        if self.bankable is not None:
            gap = max(nothing, cost - self.secured - self.bankable)
            missing = gap - self.support
            owed = max(owed, missing if missing > type(gap)(TOLERANCE) * max(gap, nothing + 1) else nothing)
        return max(nothing, owed)

    def as_floats(self) -> "CallTerms[float]":
        """The same in floating point."""
        bankable = None if self.bankable is None else float(self.bankable)
        cost, private, secured, need_, support = map(
            float, (self.cost, self.private, self.secured, self.need, self.support)
        )
        return CallTerms(cost, private, secured, need_, bankable, support)


def call(of: Market, project: Project, fid: int) -> Decimal:
    """The call of a project."""
    if project.id in of.trouble.failed:
        return ZERO
    return call_terms(of, project, fid).call(of.trouble.overruns.get(project.id, ONE))


def call_terms(of: Market, project: Project, fid: int) -> CallTerms[Decimal]:
    """The terms of the call of a project decided in `fid`."""
    ledger, trouble = of.ledger, of.trouble
    cost = exact(project.capex_m) * trouble.factor("capex", project, fid)
    private = min(ONE, _private(project) * trouble.factor("private_share", project, fid))
    bankable, support = None, ZERO
    if market.hurdle(ledger, project) is not None:
        begins = fid + project.build_years
        known = trouble.knows(fid)
        at = of.at(of.rows if known else tuple(r for r in of.rows if (r.from_year or begins) <= begins))
        bankable, support = market.bankable(at, project, fid), _support(at if known else ledger, at, project, fid)
    return CallTerms(cost, private, exact(project.secured_m), need(project), bankable, support)


def _private(project: Project) -> Decimal:
    if project.requested_m is None or not project.capex_m:
        return exact(project.private_share)
    return max(ZERO, ONE - (exact(project.secured_m) + need(project)) / exact(project.capex_m))


def _support(ledger: Ledger, at: Ledger, project: Project, fid: int) -> Decimal:
    """Grant equivalent of the awards: contracts at the prices of `at`, stakes as they were sold."""
    if not ledger.case.programmes:
        return market.alone(ledger, project, fid)
    return sum((_worth(ledger, at, given, project, fid) * given.face for given in ledger.awards[project.id]), ZERO)


def _worth(ledger: Ledger, at: Ledger, given: Given, project: Project, fid: int) -> Decimal:
    if given.programme.instrument != "equity":
        return worth(at, given.programme, project, fid)
    sold_at = market.stake(ledger, given.programme, project, fid)
    if sold_at <= 0:
        return ZERO
    return min(ONE, max(ZERO, ONE - market.bankable(at, project, fid) / sold_at))


def idle(of: Market) -> dict[str, frozenset[int]]:
    """Financed project -> years in which it does not run: a price row acts on what it sells, a tonne earns less than it
    costs, and no offtake contract of its own runs."""
    years_of: dict[str, frozenset[int]] = {}
    for name, row in of.ledger.financed.items():
        project = of.ledger.projects[name]
        if of.rows and market.hurdle(of.ledger, project) is not None and not of.trouble.knows(row.fid_year):
            years = frozenset(_idle_years(of, project, row.fid_year))
            years_of |= {name: years} if years else {}
    return years_of


def _idle_years(of: Market, project: Project, fid: int) -> Iterator[int]:
    ledger, at = of.ledger, of.at(of.rows)
    paths = [row for row in ledger.case.prices if project.shares.get(row.material)]
    paths = paths or [row for row in ledger.case.prices if row.material == project.stage]
    contracts = [g.programme for g in ledger.awards[project.id] if g.programme.instrument == "offtake" and g.face > 0]
    sold = exact(project.payable) * (ONE + exact(project.premium))
    for year in ledger.years:
        acts = any(holds(r.picks.projects, path) for path in paths for r in of.rows if _acts(r, year))  # type: ignore[arg-type]
        age = year - fid - project.build_years
        kept = any(0 <= age < (project.life_years if p.offtake_years is None else p.offtake_years) for p in contracts)
        if acts and not kept:
            earned = sold * market.value_of_content(at, project, year) + exact(project.byproduct_per_t)
            if earned < exact(project.opex_per_t or 0.0) * (ONE - Decimal("1e-9")):
                yield year


def _acts(row: Scenario, year: int) -> bool:
    return (row.from_year or year) <= year <= (row.to_year or year)


def floors(of: Market, stopped: Iterable[str]) -> Decimal:
    """Payments of the price floors of the projects that go on in a scenario."""
    total, not_delivering, shut = ZERO, {*stopped, *of.trouble.failed}, idle(of)
    for name, awards in of.ledger.awards.items():
        for given in awards:
            if (
                name not in not_delivering
                and given.programme.instrument == "offtake"
                and given.programme.strike_per_t is not None
            ):
                total += _paid(of, given, shut.get(name, frozenset()))
    return total


def _paid(of: Market, given: Given, shut: frozenset[int]) -> Decimal:
    """Payment of one contract: the floor on the tonnes that the scenario leaves, for the part that was awarded."""
    programme, project, fid = given.programme, given.project, given.year
    at, rate = of.at(of.rows), exact(of.ledger.case.settings.money_discount_rate)
    span = project.life_years if programme.offtake_years is None else programme.offtake_years
    part = ONE if programme.offtake_share is None else exact(programme.offtake_share)
    held = part * exact(project.capacity_tpa) * market.content(programme, project) / market.MILLION
    paid = []
    for k in range(project.build_years, project.build_years + span):
        if fid + k not in shut:
            share = of.trouble.share(project, fid, fid + k, of.ledger.case.settings.first_year)
            floor, _ = market.expected(at, programme, project, fid + k) if share else (ZERO, ZERO)
            paid.append((k, held * share * floor))
    return given.face / cap(programme, project) * market.worth_today(paid, rate)

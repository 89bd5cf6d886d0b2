"""Prices, cash and viability of one project for the auditor: its gap and the worth of support.

Written from the formulas: revenue per tonne at nameplate over the whole life, discounted to the decision.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from models.audit.exact import ONE, ZERO, exact
from models.audit.normal import payoffs
from models.audit.projects import along, cap, delivered, need
from models.schema import Price, Programme, Project

if TYPE_CHECKING:
    from models.audit.ledger import Ledger

MILLION = Decimal(1_000_000)
Flow = list[tuple[int, Decimal]]
"""(years after the decision, millions)."""


def path(ledger: "Ledger", name: str) -> Price | None:
    """The price path of a material or of a stage's product."""
    return next((row for row in ledger.case.prices if row.material == name), None)


def hurdle(ledger: "Ledger", project: Project) -> Decimal | None:
    """The return that private investors require; None: the project need not be viable."""
    given = ledger.case.settings.hurdle_rate if project.hurdle_rate is None else project.hurdle_rate
    return None if given is None or project.opex_per_t is None else exact(given)


def value_of_content(ledger: "Ledger", project: Project, year: int) -> Decimal:
    """Value of the materials in a tonne of the product."""
    content_prices = [
        (row, exact(project.shares[row.material])) for row in ledger.case.prices if project.shares.get(row.material)
    ]
    content_prices = content_prices or [(row, ONE) for row in ledger.case.prices if row.material == project.stage]
    return sum((share * along(row.years, year) for row, share in content_prices), ZERO)


def cash(ledger: "Ledger", project: Project, fid: int, prices: Decimal = ONE) -> Flow:
    """Cash of a project decided in `fid` over its life; `prices`: a factor on the whole price path."""
    sold = exact(project.payable) * (ONE + exact(project.premium))
    left = exact(project.byproduct_per_t) - exact(project.opex_per_t or 0.0)
    tonnes, at = exact(project.capacity_tpa) / MILLION, ledger.priced(fid)
    return [
        (k, tonnes * delivered(project, 0, k) * (sold * prices * value_of_content(at, project, fid + k) + left))
        for k in range(project.build_years, project.build_years + project.life_years)
    ]


def worth_today(flow: Iterable[tuple[int, Decimal]], rate: Decimal) -> Decimal:
    """Present value at the decision."""
    return sum((amount / (ONE + rate) ** k for k, amount in flow), ZERO)


def spending(ledger: "Ledger", project: Project, rate: Decimal) -> Decimal:
    """Present value of one million of capital cost."""
    return worth_today(ledger.profile(project).items(), rate)


def bankable(ledger: "Ledger", project: Project, fid: int) -> Decimal:
    """The most capital that the cash serves at the hurdle rate."""
    rate = hurdle(ledger, project) or ZERO
    return worth_today(cash(ledger, project, fid), rate) / spending(ledger, project, rate)


def gap(ledger: "Ledger", project: Project, fid: int) -> Decimal:
    """The gap that the market leaves; 0 for a project that need not be viable."""
    if hurdle(ledger, project) is None:
        return ZERO
    return max(ZERO, exact(project.capex_m) - exact(project.secured_m) - bankable(ledger, project, fid))


def alone(ledger: "Ledger", project: Project, fid: int) -> Decimal:
    """Cost of a project in a case without programmes: its need or its gap, as a grant."""
    return max(need(project), gap(ledger, project, fid))


def room(project: Project) -> Decimal:
    """Room: the most new support that a project can take."""
    return max(ZERO, exact(project.capex_m) - exact(project.secured_m))


# -- support ---------------------------------------------------------------------------------------------------------


def contract(
    ledger: "Ledger", programme: Programme, project: Project, fid: int
) -> Iterator[tuple[int, Decimal, Decimal]]:
    """(years after the decision, expected top-up, expected pay-back) of an offtake contract, millions."""
    part = ONE if programme.offtake_share is None else exact(programme.offtake_share)
    span = project.life_years if programme.offtake_years is None else programme.offtake_years
    for k in range(project.build_years, project.build_years + span):
        output = part * exact(project.capacity_tpa) * delivered(project, 0, k) / MILLION
        if programme.strike_per_t is None:
            per_tonne = max(ZERO, exact(programme.price_gap_per_t or 0.0)) * exact(project.allied_share)
            yield k, output * per_tonne, ZERO
        else:
            floor, above = expected(ledger.priced(fid), programme, project, fid + k)
            held = output * content(programme, project)
            yield k, held * floor, held * exact(programme.upside_share) * above


def content(programme: Programme, project: Project) -> Decimal:
    """Part of the product that the contract counts."""
    is_own_product = programme.material in (None, project.stage)
    return ONE if is_own_product else exact(project.shares.get(programme.material or "", 0.0))


def expected(ledger: "Ledger", programme: Programme, project: Project, year: int) -> tuple[Decimal, Decimal]:
    """Expected payoffs of a floor and of the market above it in a year, per tonne of what the contract counts."""
    row = path(ledger, programme.material or project.stage)
    if row is None:
        return ZERO, ZERO
    ahead = max(0, year - ledger.case.settings.price_year)
    ahead = ahead if row.reverts_years is None else min(ahead, row.reverts_years)
    spread = exact(row.volatility) * Decimal(ahead).sqrt()
    return payoffs(along(row.years, year), exact(programme.strike_per_t or 0.0), spread)


def contract_cost(ledger: "Ledger", programme: Programme, project: Project, fid: int) -> Decimal:
    """Expected cost of the whole contract to the taxpayer, millions at the decision."""
    rate = exact(ledger.case.settings.money_discount_rate)
    return worth_today(((k, top - back) for k, top, back in contract(ledger, programme, project, fid)), rate)


def worth_of_grant(_ledger: "Ledger", _programme: Programme, _project: Project, _fid: int) -> Decimal:
    return ONE


def last_free_year(ledger: "Ledger", programme: Programme, project: Project) -> int:
    """Years from the decision to the last one without payments on debt."""
    grace = project.build_years if programme.grace_years is None else programme.grace_years
    return max(grace, *(k for k, part in ledger.profile(project).items() if part > 0))


def worth_of_debt(ledger: "Ledger", programme: Programme, project: Project, _fid: int) -> Decimal:
    """Saving of soft debt against market debt, per unit."""
    required = hurdle(ledger, project) or ZERO
    market = required if ledger.case.settings.debt_rate is None else exact(ledger.case.settings.debt_rate)
    rate, free = exact(programme.rate or 0.0), last_free_year(ledger, programme, project)
    times = (programme.tenor_years or 0) - free
    if times <= 0:
        return ZERO
    owed = sum((part * (ONE + rate) ** (free - k) for k, part in ledger.profile(project).items()), ZERO)
    # At the rate of the loan the level payments are worth the balance that is owed.
    level = owed / sum((ONE / (ONE + rate) ** n for n in range(1, times + 1)), ZERO)
    served = worth_today(((free + n, level) for n in range(1, times + 1)), market)
    return min(ONE, max(ZERO, ONE - served / spending(ledger, project, market)))


def stake(ledger: "Ledger", programme: Programme, project: Project, fid: int) -> Decimal:
    """Capital for which an agency that requires the return `rate` takes all of the project's cash."""
    rate = exact(programme.rate or 0.0)
    return worth_today(cash(ledger, project, fid), rate) / spending(ledger, project, rate)


def worth_of_equity(ledger: "Ledger", programme: Programme, project: Project, fid: int) -> Decimal:
    """Grant equivalent, per unit, of a stake that requires less than the hurdle rate."""
    whole = stake(ledger, programme, project, fid)
    if whole <= 0:
        return ZERO
    return min(ONE, max(ZERO, ONE - bankable(ledger, project, fid) / whole))


def worth_of_contract(ledger: "Ledger", programme: Programme, project: Project, fid: int) -> Decimal:
    """Worth of a whole offtake contract at the hurdle rate, per unit of its largest face value."""
    most = cap(programme, project)
    if not most or (programme.strike_per_t is None and programme.price_gap_per_t is None):
        return ZERO
    rate = hurdle(ledger, project) or ZERO
    value = worth_today(((k, top - back) for k, top, back in contract(ledger, programme, project, fid)), rate)
    return max(ZERO, value) / (spending(ledger, project, rate) * most)

"""The instruments once more: whether an award pays capital cost, and what a unit of its face costs the budget.

Written from the meaning of the columns alone. An instrument that the program knows and this table does not is no
instrument to the auditor: its awards fail.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from models.audit.exact import ONE, ZERO, exact
from models.audit.projects import cap, tonnes
from models.schema import Programme, Project

if TYPE_CHECKING:
    from models.audit.ledger import Ledger

MILLION = Decimal(1_000_000)


def stated(_ledger: "Ledger", programme: Programme, _project: Project, _fid: int) -> Decimal:
    """The programme's `cost_rate`; 1 where the cell is empty."""
    return ONE if programme.cost_rate is None else exact(programme.cost_rate)


def contract(ledger: "Ledger", programme: Programme, project: Project, fid: int) -> Decimal:
    """An offtake's expected price gap, spread over the largest face; the stated rate where there is no gap."""
    if programme.price_gap_per_t is None:
        return stated(ledger, programme, project, fid)
    most = cap(programme, project)
    return price_gap(ledger, programme, project) / most if most else ZERO


def price_gap(ledger: "Ledger", programme: Programme, project: Project) -> Decimal:
    """Expected price gap of the covered deliveries, discounted to the decision, in millions."""
    gap = max(ZERO, exact(programme.price_gap_per_t or 0.0))
    share = ONE if programme.offtake_share is None else exact(programme.offtake_share)
    span = project.life_years if programme.offtake_years is None else programme.offtake_years
    growth = ONE + exact(ledger.case.settings.discount_rate)
    first = project.build_years
    deliveries = (amount / growth**year for year, amount in tonnes(project, 0, range(first, first + span)))
    return gap * share * sum(deliveries, ZERO) / MILLION


@dataclass(frozen=True)
class Terms:
    """What the auditor knows of one instrument."""

    funded: bool
    """Whether its awards pay capital cost (else they make private money lend)."""
    rate: Callable[["Ledger", Programme, Project, int], Decimal]
    """Budget cost of one million of face value, decided in a year."""


TERMS: dict[str, Terms] = {
    "grant": Terms(funded=True, rate=stated),
    "loan": Terms(funded=True, rate=stated),
    "equity": Terms(funded=True, rate=stated),
    "guarantee": Terms(funded=False, rate=stated),
    "offtake": Terms(funded=False, rate=contract),
}
"""Value of the `instrument` column -> its terms."""


def rate(ledger: "Ledger", programme: Programme, project: Project, fid: int) -> Decimal:
    """Budget cost of one million of face value."""
    return TERMS[programme.instrument].rate(ledger, programme, project, fid)


def funded(programme: Programme) -> bool:
    """Whether its awards pay capital cost."""
    return TERMS[programme.instrument].funded

"""The instruments for the auditor: whether an award pays capital cost, and what a unit of its face value costs the budget.

Written from the meaning of the columns alone. Awards of an instrument that is not in `TERMS` fail the audit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from models.audit import market
from models.audit.exact import ONE, ZERO, exact
from models.audit.projects import cap
from models.schema import Programme, Project

if TYPE_CHECKING:
    from models.audit.ledger import Ledger


def stated(_ledger: "Ledger", programme: Programme, _project: Project, _fid: int) -> Decimal:
    """The programme's `cost_rate`, not below 0; 1 if the cell is empty."""
    return ONE if programme.cost_rate is None else max(ZERO, exact(programme.cost_rate))


def contract(ledger: "Ledger", programme: Programme, project: Project, fid: int) -> Decimal:
    """An offtake's expected cost, spread over its largest face value; the stated rate if it names no price."""
    if programme.price_gap_per_t is None and programme.strike_per_t is None:
        return stated(ledger, programme, project, fid)
    most = cap(programme, project)
    return max(ZERO, market.contract_cost(ledger, programme, project, fid)) / most if most else ZERO


def stated_gain(_ledger: "Ledger", programme: Programme, _project: Project, _fid: int) -> Decimal:
    """Expected gain of a programme with a negative rate, per unit of face value."""
    return max(ZERO, -exact(programme.cost_rate or 0.0))


def contract_gain(ledger: "Ledger", programme: Programme, project: Project, fid: int) -> Decimal:
    """Expected gain of an offtake, per unit of its largest face value."""
    if programme.price_gap_per_t is None and programme.strike_per_t is None:
        return stated_gain(ledger, programme, project, fid)
    most = cap(programme, project)
    return max(ZERO, -market.contract_cost(ledger, programme, project, fid)) / most if most else ZERO


@dataclass(frozen=True)
class Terms:
    """Terms of one instrument for the auditor."""

    funded: bool
    """Whether its awards pay capital cost (else they make private money lend)."""
    rate: Callable[["Ledger", Programme, Project, int], Decimal]
    """Budget cost of one million of face value, decided in a year."""
    worth: Callable[["Ledger", Programme, Project, int], Decimal] = market.worth_of_grant
    """Grant equivalent of one million of face value, decided in a year."""
    gain: Callable[["Ledger", Programme, Project, int], Decimal] = stated_gain
    """Expected gain of the budget from one million of face value."""


TERMS: dict[str, Terms] = {
    "grant": Terms(funded=True, rate=stated, worth=market.worth_of_grant),
    "loan": Terms(funded=True, rate=stated, worth=market.worth_of_debt),
    "equity": Terms(funded=True, rate=stated, worth=market.worth_of_equity),
    "guarantee": Terms(funded=False, rate=stated, worth=market.worth_of_debt),
    "offtake": Terms(funded=False, rate=contract, worth=market.worth_of_contract, gain=contract_gain),
}
"""Value of the `instrument` column -> its terms."""


def rate(ledger: "Ledger", programme: Programme, project: Project, fid: int) -> Decimal:
    """Budget cost of one million of face value."""
    return TERMS[programme.instrument].rate(ledger, programme, project, fid)


def worth(ledger: "Ledger", programme: Programme, project: Project, fid: int) -> Decimal:
    """Grant equivalent of one million of face value."""
    return TERMS[programme.instrument].worth(ledger, programme, project, fid)


def gain(ledger: "Ledger", programme: Programme, project: Project, fid: int) -> Decimal:
    """Expected gain of the budget from one million of face value."""
    return TERMS[programme.instrument].gain(ledger, programme, project, fid)


def funded(programme: Programme) -> bool:
    """Whether its awards pay capital cost."""
    return TERMS[programme.instrument].funded

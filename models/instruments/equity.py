r"""Equity: a stake in the company. It costs the budget its face value, unless the programme gives a rate.

The Federal Credit Reform Act of 1990 covers loans and guarantees, not equity: a purchase is scored like a grant, dollar
for dollar (as the equity of DFC under the BUILD Act of 2018). A rate below 1 scores it at present value instead, as the
Emergency Economic Stabilization Act of 2008, section 123, did for the stakes bought under it, with the discount rate
adjusted for market risk: then the rate is the part that is not expected back.

A stake that asks the return r of the project's cash leaves private money more than a stake that asks the hurdle rate h:

$$worth = 1 - \frac{PV_h(cash) / \varphi_h}{PV_r(cash) / \varphi_r}, \quad \varphi_r = \sum_k p_k (1+r)^{-k}$$

cut to 0..1. $PV_r(cash)/\varphi_r$ is the capital that all cash of the project is worth to the agency. No stake can be larger
(`models.constraints.viability`).
"""

from models.case import Case
from models.instruments.instrument import Instrument, programme_rate, programme_receipt
from models.market import cash, hurdle_rate, present_value, profile_of, spending_factor
from models.schema import Programme, Project


def whole_stake(programme: Programme, project: Project, year: int, case: Case) -> float:
    """Capital, millions, that buys all cash of a project at the return that the agency requires; no stake is sold if it is not
    above 0."""
    return stake_and_worth(programme, project, year, case)[0]


def worth(programme: Programme, project: Project, year: int, case: Case) -> float:
    """Grant equivalent of a unit of equity, 0 to 1; 0 if no stake can be sold."""
    return stake_and_worth(programme, project, year, case)[1]


def stake_and_worth(programme: Programme, project: Project, year: int, case: Case) -> tuple[float, float]:
    """`whole_stake` and `worth`, computed from the cash once."""
    flow, profile = cash(case, project, year), profile_of(case, project)
    agency_rate, hurdle = programme.rate or 0.0, hurdle_rate(case, project) or 0.0
    whole = present_value(flow, agency_rate, year) / spending_factor(profile, agency_rate)
    if whole <= 0:
        return whole, 0.0
    private = present_value(flow, hurdle, year) / spending_factor(profile, hurdle)
    return whole, min(1.0, max(0.0, 1 - private / whole))


EQUITY = Instrument(
    name="equity", label="equity", receives="a stake", pays="all of it: 1", funded=True, rate=programme_rate, worth=worth,
    receipt=programme_receipt, needs_terms=("rate",),
)  # fmt: skip

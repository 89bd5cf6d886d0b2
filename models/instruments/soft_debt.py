r"""What soft debt is worth: the part of it that need not be served at market terms.

A loan is drawn by the outlay profile $p_k$, its interest at the programme's rate r capitalised until year g after the
decision (the grace, not before the last outlay), then repaid in level payments in years g+1 .. tenor:

$$balance = \sum_k p_k (1+r)^{g-k}, \qquad worth = 1 - \frac{PV_d(repayments)}{\sum_k p_k (1+d)^{-k}}$$

cut to 0..1, with d the rate of the market debt that it replaces. This is the grant element of a loan as in OECD DAC, "The
treatment of loan concessionality in DAC statistics".
"""

from models.case import Case
from models.instruments.instrument import Instrument, programme_rate, programme_receipt
from models.market import debt_rate, has_viability, profile_of, spending_factor
from models.schema import Programme, Project


def grace(programme: Programme, project: Project, case: Case) -> int:
    """Years from the decision until payments begin: `grace_years` or the build, not before the last outlay."""
    given = project.build_years if programme.grace_years is None else programme.grace_years
    last_outlay = max(k for k, part in enumerate(profile_of(case, project)) if part > 0)
    return max(given, last_outlay)


def can_be_repaid(programme: Programme, project: Project, case: Case) -> bool:
    """Whether years are left for payments after the grace; always true if the programme gives no tenor."""
    return programme.tenor_years is None or grace(programme, project, case) < programme.tenor_years


def repayments(programme: Programme, project: Project, case: Case) -> dict[int, float]:
    """Year after the decision -> payment, per unit of face value."""
    rate, first = programme.rate or 0.0, grace(programme, project, case)
    count = (programme.tenor_years or 0) - first
    balance = sum(part * (1 + rate) ** (first - k) for k, part in enumerate(profile_of(case, project)))
    payment = balance / count if rate == 0 else balance * rate / (1 - (1 + rate) ** -count)
    return dict.fromkeys(range(first + 1, first + count + 1), payment)


def worth(programme: Programme, project: Project, _year: int, case: Case) -> float:
    """Grant equivalent of a unit of soft debt, 0 to 1."""
    market = debt_rate(case, project)
    paid = sum(amount / (1 + market) ** j for j, amount in repayments(programme, project, case).items())
    return min(1.0, max(0.0, 1 - paid / spending_factor(profile_of(case, project), market)))


def serves(programme: Programme, project: Project, case: Case) -> bool:
    """Whether the debt can be repaid in time, if the project is under viability."""
    return not has_viability(case, project) or can_be_repaid(programme, project, case)


def soft_debt(name: str, label: str, *, receives: str, funded: bool) -> Instrument:
    """An instrument of soft debt: a loan, or a guarantee of a private one."""
    return Instrument(
        name, label, receives, "its credit-subsidy rate; 1 unless given", funded, rate=programme_rate, worth=worth,
        serves=serves, receipt=programme_receipt, needs_terms=("rate", "tenor_years"),
    )  # fmt: skip

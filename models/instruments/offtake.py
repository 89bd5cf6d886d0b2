r"""Offtake: a public buyer guarantees a price for part of the output. Unfunded: its face value backs private loans.

A contract with a strike is an option on the contained tonnes of its material, `capacity_tpa * share * ramp`, in the
years u+build .. u+build+offtake_years-1 (see `models.price_options`), with K the strike and s the spread of the price:

$$top\text{-}up_{i,u,y} = share_p\, tonnes_{i,y}\, put / 10^6, \qquad
paid\ back_{i,u,y} = share_p\, tonnes_{i,y}\, upside\_share_p\, call / 10^6$$
$$cost_{i,u} = \sum_y (top\text{-}up - paid\ back)(1 + money\_discount\_rate)^{-(y-u)}$$

The budget is charged max(0, cost), spread over the largest face value; an expected receipt is reported and pays for
nothing. If the planner states the expected gap in `price_gap_per_t` instead, it is per tonne of the product and has no option
value. The contract is scored like a loan guarantee, at its expected net cost: Federal Credit Reform Act of 1990, section
502(5)(C).
"""

from models.case import Case
from models.instruments.instrument import Instrument, programme_rate, programme_receipt
from models.market import MILLION, NoPrice, hurdle_rate, price_path, profile_of, spending_factor
from models.price_options import expected_payoffs, spread
from models.schema import Programme, Project
from models.terms import award_cap, interpolate, output, ramp_share


def states_its_cost(programme: Programme) -> bool:
    """Whether the budget cost follows from deliveries, so that it depends on the tonnes of each project."""
    return programme.price_gap_per_t is not None or programme.strike_per_t is not None


def contained(programme: Programme, project: Project) -> float:
    """Tonnes of the contract's material in a tonne of the product."""
    if programme.material is None or programme.material == project.stage:
        return 1.0
    return project.shares.get(programme.material, 0.0)


def serves(programme: Programme, project: Project, _case: Case) -> bool:
    """Whether the product of a project holds any of the contract's material."""
    return contained(programme, project) > 0


def contract_years(programme: Programme, project: Project, fid: int) -> range:
    """Delivery years of a contract for a project decided in `fid`."""
    count = project.life_years if programme.offtake_years is None else programme.offtake_years
    return range(fid + project.build_years, fid + project.build_years + count)


def payments(programme: Programme, project: Project, fid: int, case: Case) -> dict[int, tuple[float, float]]:
    """Year -> (expected top-up, expected pay-back), millions, of the whole contract. Raises NoPrice."""
    share = 1.0 if programme.offtake_share is None else programme.offtake_share
    years = contract_years(programme, project, fid)
    if programme.strike_per_t is None:
        gap = max(0.0, programme.price_gap_per_t or 0.0)
        return {y: (share * output(project) * ramp_share(project, y - fid) * gap / MILLION, 0.0) for y in years}
    output_m = share * project.capacity_tpa * contained(programme, project) / MILLION
    paid = {}
    for y in years:
        put, call = payoffs(programme, project, y, case)
        tonnes = output_m * ramp_share(project, y - fid)
        paid[y] = (tonnes * put, tonnes * programme.upside_share * call)
    return paid


def payoffs(programme: Programme, project: Project, year: int, case: Case) -> tuple[float, float]:
    """Expected payoffs of the floor and of the market above it in a year, base currency per tonne. Raises NoPrice."""
    path = price_path(case, programme.material or project.stage)
    if path is None:
        raise NoPrice(programme.material or project.stage)
    s = spread(path.volatility, year - case.settings.price_year, path.reverts_years)
    return expected_payoffs(interpolate(path.years, year), programme.strike_per_t or 0.0, s)


def cost(programme: Programme, project: Project, fid: int, case: Case) -> float:
    """Expected cost of the whole contract to the taxpayer, millions at the decision; negative: an expected receipt."""
    growth = 1 + case.settings.money_discount_rate
    paid = payments(programme, project, fid, case)
    return sum((top_up - back) * growth ** -(y - fid) for y, (top_up, back) in paid.items())


def rate(programme: Programme, project: Project, year: int, case: Case) -> float:
    """The contract's expected cost over the largest face value that the programme can give to the project; the
    programme's own rate where it states neither a strike nor a price gap."""
    if not states_its_cost(programme):
        return programme_rate(programme, project, year, case)
    cap = award_cap(project, programme)
    return max(0.0, cost(programme, project, year, case)) / cap if cap > 0 else 0.0


def receipt(programme: Programme, project: Project, year: int, case: Case) -> float:
    """Expected earnings of the taxpayer from the contract, per unit of face value."""
    if not states_its_cost(programme):
        return programme_receipt(programme, project, year, case)
    cap = award_cap(project, programme)
    return max(0.0, -cost(programme, project, year, case)) / cap if cap > 0 else 0.0


def worth(programme: Programme, project: Project, year: int, case: Case) -> float:
    """Grant equivalent per unit of face value: the whole contract at the hurdle rate over the largest face; may exceed 1."""
    cap = award_cap(project, programme)
    if cap <= 0 or not states_its_cost(programme):
        return 0.0
    hurdle = hurdle_rate(case, project) or 0.0
    paid = payments(programme, project, year, case)
    value = sum((top_up - back) / (1 + hurdle) ** (y - year) for y, (top_up, back) in paid.items())
    return max(0.0, value) / (spending_factor(profile_of(case, project), hurdle) * cap)


OFFTAKE = Instrument(
    name="offtake", label="offtake", receives="a price for its tonnes", pays="the expected price gap", funded=False, rate=rate,
    worth=worth, rate_varies_by_project=states_its_cost, serves=serves, receipt=receipt,
)  # fmt: skip

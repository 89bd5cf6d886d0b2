"""Offtake: a public buyer takes part of the output at an agreed price. Unfunded: its face value backs private loans.

It costs the budget the expected price gap on the tonnes bought, as a contract for difference is valued: the strike
price less the expected market price, over the contract's deliveries, discounted to the decision.
"""

from models.instruments.instrument import Instrument, programme_rate
from models.schema import Programme, Project, Settings
from models.terms import award_cap, output, ramp_share


def names_price_gap(programme: Programme) -> bool:
    """Whether the budget cost comes from a price gap, so that it depends on the tonnes of each project."""
    return programme.price_gap_per_t is not None


def rate(programme: Programme, project: Project, year: int, settings: Settings) -> float:
    """The contract's expected cost spread over the largest face value that the programme can give to the project; the
    programme's own rate where it names no price gap."""
    if not names_price_gap(programme):
        return programme_rate(programme, project, year, settings)
    cap = award_cap(project, programme)
    return cost(programme, project, settings.discount_rate) / cap if cap > 0 else 0.0


def cost(programme: Programme, project: Project, discount_rate: float) -> float:
    """`max(0, gap) * share * tonnes` over the first `offtake_years` years of delivery, millions at the decision."""
    gap = max(0.0, programme.price_gap_per_t or 0.0)
    share = 1.0 if programme.offtake_share is None else programme.offtake_share
    years = project.life_years if programme.offtake_years is None else programme.offtake_years
    tonnes = sum(
        output(project) * ramp_share(project, k) * (1 + discount_rate) ** -k
        for k in range(project.build_years, project.build_years + years)
    )
    return gap * share * tonnes / 1e6


OFFTAKE = Instrument(name="offtake", label="offtake", funded=False, rate=rate, rate_varies_by_project=names_price_gap)

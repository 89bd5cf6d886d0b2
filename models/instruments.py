"""What each instrument gives the project and what it costs the budget.

Funded instruments (grant, loan, equity) pay capital cost; unfunded ones (guarantee, offtake) make private money lend.
The budget cost of a grant or an equity stake is its face value unless a rate is given; of a loan or a guarantee the
credit-subsidy rate: the expected loss at present value per unit committed, as the US Federal Credit Reform Act of
1990 scores it (OMB Circular A-11, section 185). An offtake contract costs the expected price gap on the tonnes bought.
"""

from models.schema import FUNDED, Programme, Project
from models.sets import award_cap, output, ramp_share


def is_funded(programme: Programme) -> bool:
    """Whether an award pays capital cost."""
    return programme.instrument in FUNDED


def cost_rate(programme: Programme, project: Project, discount_rate: float) -> float:
    """Budget cost per unit of face value.

    For an offtake with a price gap: `max(0, gap) * share * tonnes`, over the first `offtake_years` years of delivery,
    discounted to the decision, spread over the largest face value that the programme can give to the project.
    """
    if programme.instrument == "offtake" and programme.price_gap_per_t is not None:
        cap = award_cap(project, programme)
        return offtake_cost(programme, project, discount_rate) / cap if cap > 0 else 0.0
    return 1.0 if programme.cost_rate is None else programme.cost_rate


def offtake_cost(programme: Programme, project: Project, discount_rate: float) -> float:
    """Expected cost of an offtake contract for all that it covers of one project, millions at the decision."""
    gap = max(0.0, programme.price_gap_per_t or 0.0)
    share = 1.0 if programme.offtake_share is None else programme.offtake_share
    years = project.life_years if programme.offtake_years is None else programme.offtake_years
    tonnes = sum(
        output(project) * ramp_share(project, k) * (1 + discount_rate) ** -k
        for k in range(project.build_years, project.build_years + years)
    )
    return gap * share * tonnes / 1e6

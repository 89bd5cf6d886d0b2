"""Loan: money that is paid back. It costs the budget its credit subsidy, per unit of face value.

The subsidy rate is the present value of what the government expects to lose and to forgo, per unit committed: the
Federal Credit Reform Act of 1990, section 502(5), as scored by OMB Circular A-11, section 185.
"""

from models.schema import Programme, Project

FUNDED = True


def cost_rate(programme: Programme, _project: Project, _discount_rate: float) -> float:
    """The programme's credit-subsidy rate; 1 where it gives none, so that nothing is free by omission."""
    return 1.0 if programme.cost_rate is None else programme.cost_rate

"""Guarantee: private lenders are made whole if the project fails. Unfunded: its face value is a contingent exposure.

It costs the budget its credit subsidy, scored like a loan's: the net present value of payments on defaults and of
interest subsidies, less fees and recoveries (Federal Credit Reform Act of 1990, section 502(5)(C); OMB Circular A-11,
section 185), as a part of the face value.
"""

from models.schema import Programme, Project

FUNDED = False


def cost_rate(programme: Programme, _project: Project, _discount_rate: float) -> float:
    """The programme's credit-subsidy rate; 1 where it gives none, so that nothing is free by omission."""
    return 1.0 if programme.cost_rate is None else programme.cost_rate

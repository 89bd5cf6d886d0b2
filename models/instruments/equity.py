"""Equity: a stake in the company. It costs the budget its face value, unless the programme gives a rate.

A rate below 1 scores the part that is expected to be lost, as for a loan (OMB Circular A-11, section 185, treats
equity that is scored on a present-value basis the same way).
"""

from models.schema import Programme, Project

FUNDED = True


def cost_rate(programme: Programme, _project: Project, _discount_rate: float) -> float:
    """1, or the programme's rate."""
    return 1.0 if programme.cost_rate is None else programme.cost_rate

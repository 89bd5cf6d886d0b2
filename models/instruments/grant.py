"""Grant: money that is not paid back. It costs the budget its face value, unless the programme gives a rate."""

from models.schema import Programme, Project

FUNDED = True


def cost_rate(programme: Programme, _project: Project, _discount_rate: float) -> float:
    """1, or the programme's rate (a repayable grant)."""
    return 1.0 if programme.cost_rate is None else programme.cost_rate

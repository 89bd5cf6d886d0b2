"""Deliveries of the chain for people: nameplate beside delivered, processes that lack feed, results of further solves.

Only for workbooks with processes; every number comes from the plan's own tables.
"""

from models.plan import Plan

__all__ = ["has_chain"]


def has_chain(plan: Plan) -> bool:
    """Whether a plan has flows and deliveries to show."""
    return bool(plan.processes) and any(row.demand_t > 0 for row in plan.capacity)

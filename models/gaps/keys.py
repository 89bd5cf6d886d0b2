"""The demand rows of the report."""

from models.sets import DemandKey, Sets


def report_keys(sets: Sets) -> tuple[DemandKey, ...]:
    """The demand rows in the order of the chain; every stage's own product if there is no demand at all."""
    return sets.demands or tuple(DemandKey(s, None) for s in sets.case.settings.stages)

"""What the report has a row for."""

from models.sets import DemandKey, Sets


def report_keys(sets: Sets) -> tuple[DemandKey, ...]:
    """The demand rows along the chain; every stage's own product where nothing is demanded at all."""
    return sets.demands or tuple(DemandKey(s, None) for s in sets.case.settings.stages)

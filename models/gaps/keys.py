"""What the report has a row for, and the years that people are shown."""

from models.case import Case
from models.sets import DemandKey, Sets


def report_keys(sets: Sets) -> tuple[DemandKey, ...]:
    """The demand rows along the chain; every stage's own product where nothing is demanded at all."""
    return sets.demands or tuple(DemandKey(s, None) for s in sets.case.settings.stages)


def milestone_years(case: Case) -> tuple[int, ...]:
    """The milestones of the settings that lie in the horizon; the last year where there is none."""
    s = case.settings
    return tuple(sorted({y for y in s.milestones if s.first_year <= y <= s.last_year})) or (s.last_year,)

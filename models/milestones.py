"""The milestone years that reports show, and the year of the headline."""

from models.case import Case
from models.plan import Plan
from models.schema import Settings


def milestone_years(settings: Settings) -> tuple[int, ...]:
    """The milestones of the settings that lie in the horizon, ascending; the last year if none does."""
    years = {year for year in settings.milestones if settings.first_year <= year <= settings.last_year}
    return tuple(sorted(years)) or (settings.last_year,)


def headline_year(settings: Settings) -> int:
    """The middle milestone; of an even number the later of the two in the middle."""
    years = milestone_years(settings)
    return years[len(years) // 2]


def milestones(case: Case, plan: Plan) -> list[int]:
    """The milestone years that a plan's `capacity` table reports; none if the table is empty."""
    return list(milestone_years(case.settings)) if plan.capacity else []


def middle(case: Case, plan: Plan) -> int:
    """The year of a plan's headline; the last year of the horizon if its `capacity` table is empty."""
    return headline_year(case.settings) if plan.capacity else case.settings.last_year

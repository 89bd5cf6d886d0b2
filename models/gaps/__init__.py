"""The capacity-gap report: missing capacity outside China, today's makers, additions of a plan, and what would close the gaps.

Pure functions of a case and, if given, its plan. Without a plan the report is today's baseline: existing and underway capacity
against demand, which takes no solver.
"""

from models.case import Case
from models.frozen import Frozen
from models.gaps.additions import Addition, additions
from models.gaps.closers import OpenGap, open_gaps
from models.gaps.closing import Closing, closings
from models.gaps.countries import CountryRow, country_rows
from models.gaps.rows import GapRow, gap_rows
from models.gaps.scenarios import ScenarioGaps, scenario_gaps
from models.gaps.today import Maker, makers
from models.milestones import milestone_years
from models.plan import Plan
from models.sets import Sets

__all__ = ["Addition", "Closing", "CountryRow", "GapRow", "Gaps", "Maker", "OpenGap", "ScenarioGaps", "gaps"]


class Gaps(Frozen):
    """The content of the report. Tonnes a year, millions of the base currency."""

    with_plan: bool
    milestones: tuple[int, ...]
    """Years shown to readers."""
    rows: tuple[GapRow, ...]
    """One row for each demand row and year of the horizon."""
    closings: tuple[Closing, ...]
    makers: tuple[Maker, ...]
    countries: tuple[CountryRow, ...]
    """Capacity by country in the milestone years."""
    additions: tuple[Addition, ...]
    """Additions of each financed project in the last milestone year; empty without a plan."""
    open: tuple[OpenGap, ...]
    """Gaps in the last milestone year, with the projects left out that could close them."""
    scenarios: tuple[ScenarioGaps, ...] = ()
    """Covered and missing tonnes in each scenario of a plan under risk; all other tables show the plan as planned."""

    @property
    def has_unaided(self) -> bool:
        """Whether any project goes ahead without support."""
        return any(row.unaided_t is not None for row in self.rows)

    @property
    def has_chain(self) -> bool:
        """Whether the rows have what a chain delivers."""
        return any(row.delivered is not None for row in self.rows)


def gaps(case: Case, plan: Plan | None = None) -> Gaps:
    """The capacity-gap report of a case; with a plan also of what it finances.

    The tonnes of a plan are those of its `capacity` table, so that they equal `plan.json` to the last digit.
    """
    sets = Sets(case)
    rows = gap_rows(sets, plan)
    years = milestone_years(case.settings)
    return Gaps(
        with_plan=plan is not None,
        milestones=years,
        rows=rows,
        closings=closings(rows),
        makers=makers(sets),
        countries=country_rows(sets, plan, years),
        additions=additions(sets, plan, years[-1]),
        open=open_gaps(sets, plan, rows, years[-1]),
        scenarios=scenario_gaps(plan),
    )

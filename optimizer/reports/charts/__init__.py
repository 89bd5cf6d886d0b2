"""The charts of a gap report and of a plan, one file per idea; their numbers stand in a table beside each."""

from pathlib import Path

from models.case import Case
from models.gaps import GapRow, gaps
from models.plan import Plan
from optimizer.reports.charts.capacity import gap_figures
from optimizer.reports.charts.flow import chain_figures
from optimizer.reports.charts.map import map_figures
from optimizer.reports.charts.money import country_figure, money_figure
from optimizer.reports.charts.timeline import timeline_figure
from optimizer.reports.charts.viability import curve_figures
from optimizer.reports.html.charts import Figure, WrittenPictures, write_pictures
from optimizer.reports.viability import rows_of

__all__ = ["GapRow", "chain_figures", "curve_figures", "gap_figures", "plan_figures", "write_figures"]


def plan_figures(case: Case, plan: Plan) -> list[Figure]:
    """Charts of a plan: when, with whose money, and where; empty if it finances nothing."""
    if not plan.projects:
        return []
    return [timeline_figure(case, plan), *map_figures(case, plan), money_figure(case, plan), country_figure(case, plan)]


def write_figures(case: Case, plan: Plan | None, folder: Path) -> WrittenPictures:
    """Every chart of a case, and of its plan where there is one, as png and svg for papers.

    Raises OSError where the folder cannot be written.
    """
    figures = gap_figures(gaps(case, plan).rows)
    return write_pictures([*figures, *_of_plan(case, plan)] if plan is not None else figures, folder)


def _of_plan(case: Case, plan: Plan) -> list[Figure]:
    curves = curve_figures(rows_of(case, plan), case.settings.stages)
    return [*chain_figures(case, plan), *plan_figures(case, plan), *curves]

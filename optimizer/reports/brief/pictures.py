"""The charts of a brief, drawn as pictures for documents."""

from collections.abc import Sequence
from dataclasses import dataclass

from models.case import Case
from models.gaps import Gaps
from models.plan import Plan
from optimizer.reports.charts import chain_figures, gap_figures, plan_figures
from optimizer.reports.html.charts import Figure, Size
from optimizer.reports.pictures.draw import draw

PLAN = ("map", "countries", "timeline", "money")
"""Charts of the plan that a brief shows, in this order, behind the one over time."""


@dataclass(frozen=True)
class Picture:
    """A chart as a png on white, without a title, because the document gives it a caption."""

    title: str
    description: str
    """The content of the chart, for readers who cannot see it."""
    png: bytes | None
    """None if it could not be drawn."""


def pictures(case: Case, plan: Plan, gaps: Gaps, size: Size) -> list[Picture]:
    """The charts of the brief, all drawn by one child process."""
    figures = shown(case, plan, gaps)
    drawn = draw([figure.untitled(size) for figure in figures])
    return [Picture(f.title, f.description, png) for f, png in zip(figures, drawn, strict=True)]


def shown(case: Case, plan: Plan, gaps: Gaps) -> Sequence[Figure]:
    """Charts of covered or delivered demand over time, then of time, money and countries of the plan."""
    over_time = [
        f for f in (*chain_figures(case, plan), *gap_figures(gaps.rows)) if f.name in ("delivered", "coverage")
    ]
    of_plan = {f.name: f for f in plan_figures(case, plan)}
    return [*over_time[:1], *(of_plan[name] for name in PLAN if name in of_plan)]

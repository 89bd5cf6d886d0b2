"""The pictures of `--figures`: the charts of a plan or of a frontier in one language, in a folder."""

from pathlib import Path
from typing import TYPE_CHECKING

from optimizer.cli.console import Screen

if TYPE_CHECKING:
    from models.case import Case
    from models.plan import Plan
    from optimizer.analysis.frontier import Frontier


def draw_plan(folder: Path, case: "Case", plan: "Plan | None", screen: Screen, language: str) -> None:
    """Every chart of a case and its plan."""
    from optimizer.reports.charts import write_figures
    from optimizer.reports.language import spoken

    with spoken(language):
        written = write_figures(case, plan, folder)
    screen.note(written.sentence(folder))


def draw_frontier(folder: Path, case: "Case", frontier: "Frontier", screen: Screen, language: str) -> None:
    """The chart of a frontier."""
    from optimizer.reports.frontier.charts import frontier_figure
    from optimizer.reports.html.charts import write_pictures
    from optimizer.reports.language import spoken

    with spoken(language):
        written = write_pictures([frontier_figure(case, frontier)], folder)
    screen.note(written.sentence(folder))

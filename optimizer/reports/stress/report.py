"""Files and terminal output of a plan under stress: stress.json, stress.xlsx, stress.html, the section of the page."""

from typing import TYPE_CHECKING, Any

from rich.console import RenderableType
from rich.text import Text

from models.case import Case
from models.stress import Stress
from optimizer.reports.answers.files import AnswerReport
from optimizer.reports.formatting import count, fold
from optimizer.reports.masthead import titled
from optimizer.reports.report_table import Grid
from optimizer.reports.stress.sentences import sentences
from optimizer.reports.stress.tables import scenario_table, tables
from optimizer.reports.stress.wording import StressWording
from optimizer.reports.table_text import fitted, terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from optimizer.reports.html.charts import DrawnFigure, Figure

LINES, SHOWN, LEAST_SHOWN = 14, 9, 2
"""Sentences on a screen, and the largest and smallest number of scenarios."""
_MORE = "More (every sentence, every scenario): --verbose, or stress.html."


def data(stress: Stress) -> dict[str, Any]:
    """The stress as JSON data, format `mine2magnet.stress/1`."""
    return stress.model_dump(mode="json", by_alias=True)


def title(case: Case) -> str:
    """The title of the report."""
    return titled(case, "When things go wrong")


def answer(case: Case, stress: Stress) -> AnswerReport:
    """The report for files and for the plan's own page."""
    return AnswerReport("Stress", case, title(case), sentences(case, stress), tables(case, stress), data(stress))


def page_figures(wording: AnswerReport) -> "list[Figure]":
    """The charts of stress.html, not drawn yet."""
    from optimizer.analysis.stress.built_in import with_texts
    from optimizer.reports.stress.charts import figures

    return figures(wording.case, with_texts(wording.case, Stress.model_validate(wording.data)))


def page_bytes(wording: AnswerReport, charts: "Sequence[DrawnFigure] | None" = None) -> bytes:
    """The content of stress.html: one file that contains its charts. `charts`: those of `page_figures`, if already drawn."""
    from optimizer.reports.html.charts import draw_for_page
    from optimizer.reports.html.render import render

    drawn = draw_for_page(page_figures(wording))[0] if charts is None else charts
    page = render(
        "stress.html", head=wording.head, case=wording.case, lines=wording.lines, figures=drawn, grids=wording.grids,
        data=wording.data,
    )  # fmt: skip
    return page.encode("utf-8", "replace")


def story(case: Case, stress: Stress, *, width: int, rows: int | None = None) -> list[RenderableType]:
    """The parts of the screen from top to bottom: the most important sentences, then the scenarios, the worst first.

    They take about `rows` lines; None shows everything.
    """
    lines, scenarios = sentences(case, stress), len(stress.scenarios)
    whole = (len(lines), scenarios)
    if rows is None:
        return _parts(case, stress, width, *whole)
    shapes = [whole, *((LINES, shown) for shown in range(min(SHOWN, scenarios), LEAST_SHOWN - 1, -1))]
    return fitted((_parts(case, stress, width, *shape) for shape in dict.fromkeys(shapes)), rows, width, _MORE)


def _parts(case: Case, stress: Stress, width: int, lines: int, scenarios: int) -> list[RenderableType]:
    """The first sentences and the first scenarios."""
    first, *further = [fold(line, width, "  ") for line in sentences(case, stress)[:lines]]
    return [Text(first, "bold"), *map(Text, further), "", *_scenarios(case, stress, scenarios)]


def _scenarios(case: Case, stress: Stress, shown: int) -> list[RenderableType]:
    """The table of the first `shown` scenarios; the others are counted."""
    grid = scenario_table(StressWording(case, stress))
    kept = [
        n for n, c in enumerate(grid.columns)
        if c.label != "stopped" and not c.label.startswith("best plan") and (n < 4 or any(r[n] for r in grid.rows))
    ]  # fmt: skip
    few = Grid(
        grid.name, grid.title, tuple(grid.columns[n] for n in kept),
        tuple(tuple(_rounded(row[n], grid.columns[n].kind) for n in kept) for row in grid.rows[:shown]),
    )  # fmt: skip
    more = len(grid.rows) - shown
    end = [Text(f"and {count(more, 'more scenario')}")] if more > 0 else []
    return [terminal(few, 34), *end]


def _rounded(value: Any, kind: str) -> Any:
    """Values rounded to a tenth, as in the sentences."""
    return round(value, 1) if kind == "exact" and isinstance(value, float) else value

"""The capacity gap on a screen: the sentences, the milestones, and the first candidates that would close each gap."""

from rich.console import RenderableType
from rich.text import Text

from models.case import Case
from models.gaps import Gaps
from optimizer.reports.gaps.sentences import headline, name, sentences
from optimizer.reports.gaps.tables import closer_table, milestone_table
from optimizer.reports.grid import Grid, columns, terminal
from optimizer.reports.words import fold

_FIRST = 3
"""Candidates named under each gap of the headline."""


def story(case: Case, gaps: Gaps, *, width: int) -> list[RenderableType]:
    """The parts of the screen, top to bottom."""
    lead, *rest = sentences(gaps)
    parts: list[RenderableType] = [Text(fold(lead, width, "  "), "bold"), "", terminal(milestone_table(gaps)), ""]
    parts += [Text(fold(sentence, width, "  ")) for sentence in rest]
    if gaps.open:
        parts += [
            "",
            Text(f"Candidates{' left out' if gaps.with_plan else ''}, the cheapest per tonne first:"),
            _closers(case, gaps),
        ]
    return parts


def _closers(case: Case, gaps: Gaps) -> RenderableType:
    """The first candidates of each stage's own product: what they bring and what they need."""
    shown = {name(row.key) for row in headline(gaps.rows)}
    grid = closer_table(case, gaps, _FIRST)
    wanted = [0, 1, 3, 5, 7]
    rows = tuple(tuple(row[n] for n in wanted) for row in grid.rows if row[0] in shown)
    currency = case.settings.base_currency
    heads = columns(
        "stage",
        "project",
        (f"{gaps.milestones[-1]}, t/yr", "number"),
        (f"public support, M {currency}", "number"),
        ("budget cost at least", "number"),
    )
    return terminal(Grid(grid.name, grid.title, heads, rows))

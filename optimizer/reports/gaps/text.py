"""The capacity gap on a screen: the sentences, the milestones, and the first candidates that would close each gap."""

from collections.abc import Sequence

from rich.console import RenderableType
from rich.text import Text

from models.case import Case
from models.gaps import Gaps
from models.headline import headline_rows
from optimizer.reports.formatting import fold
from optimizer.reports.gaps.sentences import change, china_share, name, sentences
from optimizer.reports.gaps.tables import closer_table, scenario_table
from optimizer.reports.report_table import Grid, Heading, columns
from optimizer.reports.table_text import fitted, terminal

_FIRST = 3
"""Candidates named under each gap of the headline."""
_MOST_YEARS = 4
"""Milestones that fit beside each other, the last ones."""
_LESS = ((), _FIRST), ((), 1), (("differences",), 1), (("differences", "existing"), 1), (("differences", "existing"), 0)
"""Parts that a small screen leaves out, and the candidates that it names under each gap: the first that fits is used."""
_MORE = "More (who makes it today, every candidate left out): --verbose, or --format html."


def story(case: Case, gaps: Gaps, *, width: int, rows: int | None = None) -> list[RenderableType]:
    """The parts of the screen, top to bottom; in at most about `rows` lines, where None shows everything."""
    if rows is None:
        return _parts(case, gaps, width, (), _FIRST)
    return fitted((_parts(case, gaps, width, dropped, first) for dropped, first in _LESS), rows, width, _MORE)


def _parts(case: Case, gaps: Gaps, width: int, dropped: Sequence[str], first: int) -> list[RenderableType]:
    """The parts but those dropped; `first` candidates under each gap."""
    lead, *rest = sentences(gaps, dropped)
    parts: list[RenderableType] = [Text(fold(lead, width, "  "), "bold"), "", terminal(_milestones(gaps)), ""]
    parts += [Text(fold(sentence, width, "  ")) for sentence in rest]
    if gaps.scenarios:
        grid = scenario_table(gaps)
        parts += ["", Text(f"{grid.title}:"), terminal(grid), Text(grid.note)]
    if first and any(gap.closers for gap in gaps.open):
        which = "Candidates left out" if gaps.with_plan else "Candidates"
        parts += ["", Text(f"{which}, the cheapest per tonne first:"), terminal(_closers(case, gaps, first), width=40)]
    return parts


def _milestones(gaps: Gaps) -> Grid:
    """China's share, coverage at the milestones, the gap at the last, and the year in which it closes."""
    years, last = gaps.milestones[-_MOST_YEARS:], gaps.milestones[-1]
    at = {(row.key, row.year): row for row in gaps.rows}
    rows = tuple(
        (
            name(c.key),
            china_share(gaps, at[c.key, last]),
            *(change(at[c.key, y], gaps.with_plan) if at[c.key, y].demand_t > 0 else "–" for y in years),
            at[c.key, last].gap_t,
            c.closes or ("–" if not c.demanded else "never"),
            c.reopens or "",
        )
        for c in gaps.closings
    )
    met: tuple[Heading, ...] = tuple((f"met {year}", "change") for year in years)
    heads = columns(
        "outside China",
        ("China today", "share"),
        *met,
        (f"missing {last}, t/yr", "number"),
        ("no gap in", "change"),
        ("again from", "change"),
    )
    return Grid("Milestones", "What is met and what is missing", heads, rows)


def _closers(case: Case, gaps: Gaps, first: int) -> Grid:
    """The first candidates of each stage's own product, with their output and their need."""
    shown = {name(row.key) for row in headline_rows(gaps.rows)}
    grid = closer_table(case, gaps, first)
    rows = tuple((row[0], row[1], row[3], row[5], row[7]) for row in grid.rows if row[0] in shown)
    currency = case.settings.base_currency
    heads = columns(
        "",
        "candidate",
        (f"{gaps.milestones[-1]}, t/yr", "number"),
        ("public support", "number", f"M {currency}"),
        ("budget cost at least", "number", f"M {currency}"),
    )
    return Grid(grid.name, grid.title, heads, rows)

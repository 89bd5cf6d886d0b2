"""`compare.xlsx`: a comparison of plans as a workbook, one sheet per table, numbers exact."""

import io
from collections.abc import Sequence

from optimizer.plan_folder.compare import Comparison, Run
from optimizer.reports.compare.text import grids, heads, summary
from optimizer.reports.language import N_, tr
from optimizer.reports.masthead import Masthead, byline, name_of
from optimizer.reports.worksheet import WorkbookWriter

NAME = "compare.xlsx"
TITLE = N_("Plans compared")


def comparison_head(runs: Sequence[Run]) -> Masthead:
    """The head of a comparison: the title that the plans share, every agency, author and date, draft if one of them is."""
    names = dict.fromkeys(name_of(run.case) for run in runs)
    bylines = dict.fromkeys(filter(None, (byline(run.case, run.plan) for run in runs)))
    title = tr("{what}: {name}", what=tr(TITLE), name=next(iter(names))) if len(names) == 1 else tr(TITLE)
    return Masthead(title, "; ".join(bylines), any(run.case.settings.draft for run in runs))


def book_bytes(comparison: Comparison, head: Masthead | None = None) -> bytes:
    """The content of compare.xlsx; `head` as `comparison_head` gives it. Text stays text, whatever it looks like."""
    head = head or Masthead(tr(TITLE), "", draft=False)
    stream = io.BytesIO()
    with WorkbookWriter(stream, head) as book:
        book.sentences("Summary", head.title, (*heads(comparison), "", *summary(comparison)))
        for grid in grids(comparison):
            book.grid(grid)
    return stream.getvalue()

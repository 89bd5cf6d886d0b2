"""frontier.xlsx: the tables of a frontier as a workbook that people forward."""

from io import BytesIO
from typing import Any

from models.case import Case
from optimizer.analysis.frontier.certified import Frontier, as_json
from optimizer.fingerprint import frontier_fingerprint
from optimizer.reports.frontier.sentences import TITLE, headline, proof, sentences
from optimizer.reports.frontier.tables import tables
from optimizer.reports.language import tr
from optimizer.reports.masthead import masthead, titled
from optimizer.reports.worksheet import WorkbookWriter


def book_bytes(case: Case, f: Frontier) -> bytes:
    """The content of frontier.xlsx. Text stays text, numbers are exact."""
    digits = frontier_fingerprint(case, as_json(f), [p.plan for p in f.points])
    print_of = tr("Fingerprint of the frontier: {digits}", digits=digits)
    stream = BytesIO()
    with WorkbookWriter(stream, masthead(case, what=TITLE)) as book:
        book.sentences("Summary", titled(case, TITLE), [headline(case, f), proof(f), *sentences(case, f), print_of])
        sheets = {grid.name: book.grid(grid) for grid in tables(case, f)}
        _chart(book.book, f, sheets["Plans"])
    return stream.getvalue()


def _chart(book: Any, f: Frontier, sheet: Any) -> None:
    """Money against value, below the table of plans."""
    if not f.points:
        return
    last = 3 + len(f.points)
    chart = book.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
    chart.add_series(
        {"categories": [sheet.name, 4, 0, last, 0], "values": [sheet.name, 4, 1, last, 1], "name": tr("plans found")}
    )
    chart.set_title({"name": tr("Plans on the frontier"), "name_font": {"size": 11}})
    chart.set_legend({"none": True})
    sheet.insert_chart(last + 2, 0, chart)

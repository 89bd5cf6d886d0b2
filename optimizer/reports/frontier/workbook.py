"""frontier.xlsx: the tables of a frontier as a workbook that people forward."""

from io import BytesIO

import xlsxwriter

from models.case import Case
from optimizer.analysis.frontier.certified import Frontier, as_json
from optimizer.fingerprint import frontier_fingerprint
from optimizer.reports.frontier.sentences import TITLE, headline, proof, sentences
from optimizer.reports.frontier.tables import tables
from optimizer.reports.masthead import mark_sheets, masthead, titled
from optimizer.reports.plan_workbook.sheet_writer import clean
from optimizer.reports.report_table import CREATED, Grid, worksheet


def book_bytes(case: Case, f: Frontier) -> bytes:
    """The content of frontier.xlsx. Text stays text, numbers are exact."""
    stream = BytesIO()
    plain = {f"strings_to_{kind}": False for kind in ("formulas", "urls", "numbers")}
    with xlsxwriter.Workbook(stream, {"in_memory": True, **plain}) as book:
        book.set_properties({"title": clean(titled(case, TITLE)), "author": "mine2magnet", "created": CREATED})
        _front(book, case, f)
        sheets = {grid.name: worksheet(book, _clean(grid)) for grid in tables(case, f)}
        _chart(book, f, sheets["Plans"])
        mark_sheets(book, masthead(case, what=TITLE))
    return stream.getvalue()


def _clean(grid: Grid) -> Grid:
    rows = tuple(tuple(clean(v) if isinstance(v, str) else v for v in row) for row in grid.rows)
    return Grid(grid.name, clean(grid.title), grid.columns, rows, clean(grid.note), grid.empty)


def _front(book: xlsxwriter.Workbook, case: Case, f: Frontier) -> None:
    sheet = book.add_worksheet("Summary")
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 110)
    sheet.write_string(0, 0, clean(titled(case, TITLE)), book.add_format({"bold": True, "font_size": 14}))
    print_of = f"Fingerprint of the frontier: {frontier_fingerprint(case, as_json(f), [p.plan for p in f.points])}"
    for row, line in enumerate([headline(case, f), proof(f), *sentences(case, f), print_of], 2):
        sheet.write_string(row, 0, clean(line), wrapped)


def _chart(book: xlsxwriter.Workbook, f: Frontier, sheet: object) -> None:
    """Money against value, below the table of plans."""
    if not f.points:
        return
    last = 3 + len(f.points)
    chart = book.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
    chart.add_series(
        {"categories": ["Plans", 4, 0, last, 0], "values": ["Plans", 4, 1, last, 1], "name": "plans found"}
    )
    chart.set_title({"name": "Plans on the frontier", "name_font": {"size": 11}})
    chart.set_legend({"none": True})
    sheet.insert_chart(last + 2, 0, chart)  # type: ignore[attr-defined]

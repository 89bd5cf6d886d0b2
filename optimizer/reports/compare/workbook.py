"""`compare.xlsx`: a comparison of plans as a workbook, a sheet a table, numbers exact."""

import io

from optimizer.plan_folder.compare import Comparison
from optimizer.reports.compare.text import grids, heads, summary
from optimizer.reports.report_table import CREATED, worksheet
from optimizer.safe_text import printable

NAME = "compare.xlsx"


def book_bytes(comparison: Comparison) -> bytes:
    """The content of compare.xlsx. Text stays text, whatever it looks like."""
    import xlsxwriter

    stream = io.BytesIO()
    plain = {f"strings_to_{kind}": False for kind in ("formulas", "urls", "numbers")}
    with xlsxwriter.Workbook(stream, {"in_memory": True, **plain}) as book:
        book.set_properties({"title": "Plans compared", "author": "mine2magnet", "created": CREATED})
        front = book.add_worksheet("Summary")
        front.set_column(0, 0, 110, book.add_format({"text_wrap": True, "valign": "top"}))
        front.write_string(0, 0, "Plans compared", book.add_format({"bold": True, "font_size": 14}))
        for row, line in enumerate((*heads(comparison), "", *summary(comparison)), 2):
            front.write_string(row, 0, printable(line))
        for grid in grids(comparison):
            worksheet(book, grid)
    return stream.getvalue()

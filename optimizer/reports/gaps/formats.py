"""Every format of the capacity-gap report, as the bytes of a whole file."""

import csv
import io
from collections.abc import Callable
from typing import Any

from models.case import Case
from models.gaps import Gaps
from optimizer.files import json_bytes
from optimizer.reports.gaps.sentences import sentences
from optimizer.reports.gaps.tables import closer_table, tables
from optimizer.reports.language import N_
from optimizer.reports.masthead import masthead, titled
from optimizer.reports.table_text import markdown
from optimizer.reports.worksheet import WorkbookWriter
from optimizer.safe_text import printable

SCHEMA = "mine2magnet.gaps/1"
FIELDS = (
    "stage",
    "material",
    "year",
    "demand_t",
    "existing_t",
    "underway_t",
    "financed_t",
    "covered_t",
    "gap_t",
    "coverage",
    "china_share",
)
"""Columns for programs, in order."""
UNAIDED_FIELDS = ("unaided_t",)
"""The column that comes next where a project goes ahead without support: those not financed."""
DELIVERED_FIELDS = ("delivered_t", "delivered")
"""Last columns for a plan with a chain: deliveries in t/yr and as a share of demand."""
_FIRST_CLOSERS = 10
"""Projects named under each gap where people read; the worksheet and the page have them all."""


def title(case: Case, gaps: Gaps) -> str:
    """The title of the report."""
    return titled(case, subject(gaps))


def subject(gaps: Gaps) -> str:
    """The subject of the report."""
    if gaps.with_plan:
        return N_("Capacity gap outside China, with the plan")
    return N_("Capacity gap outside China, as things stand")


def fields(gaps: Gaps) -> tuple[str, ...]:
    """Columns for programs of this report."""
    return (
        *FIELDS,
        *(UNAIDED_FIELDS if gaps.has_unaided else ()),
        *(DELIVERED_FIELDS if gaps.has_chain else ()),
    )


def to_json(_case: Case, gaps: Gaps) -> bytes:
    """The report for programs: `mine2magnet.gaps/1`."""
    return json_bytes(data(gaps))


def data(gaps: Gaps) -> dict[str, Any]:
    """The report as plain values."""
    rows = [{field: getattr(row, field) for field in fields(gaps)} for row in gaps.rows]
    scenarios = {"scenarios": [s.model_dump(mode="json") for s in gaps.scenarios]} if gaps.scenarios else {}
    return {"schema": SCHEMA, "rows": rows, **scenarios}


def to_csv(_case: Case, gaps: Gaps) -> bytes:
    """Every demand row in every year, exact; an absent material or share is empty."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(fields(gaps))
    writer.writerows([_safe(getattr(row, field)) for field in fields(gaps)] for row in gaps.rows)
    return stream.getvalue().encode("utf-8", "replace")


def _safe(value: object) -> object:
    """Text that a spreadsheet program would run as a formula keeps an apostrophe before it.

    >>> _safe("=1+1"), _safe("mine"), _safe(-1.5), _safe(None)
    ("'=1+1", 'mine', -1.5, '')
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    text = printable(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def to_markdown(case: Case, gaps: Gaps) -> bytes:
    """A document for people; of many candidates the first of each gap."""
    shown = [closer_table(case, gaps, _FIRST_CLOSERS) if g.name == "Closers" else g for g in tables(case, gaps)]
    return markdown(shown, title(case, gaps), sentences(gaps)).encode("utf-8", "replace")


def to_xlsx(case: Case, gaps: Gaps) -> bytes:
    """A workbook, one sheet per table, exact numbers."""
    stream = io.BytesIO()
    with WorkbookWriter(stream, masthead(case, what=subject(gaps))) as book:
        book.sentences("Summary", title(case, gaps), sentences(gaps))
        for grid in tables(case, gaps):
            book.grid(grid)
    return stream.getvalue()


def to_html(case: Case, gaps: Gaps) -> bytes:
    """A page that needs nothing else."""
    from optimizer.reports.charts import gap_figures
    from optimizer.reports.html.charts import draw_for_page
    from optimizer.reports.html.render import render

    (figures,) = draw_for_page(gap_figures(gaps.rows))
    page = render(
        "gaps.html",
        head=masthead(case, what=subject(gaps)),
        case=case,
        sentences=sentences(gaps),
        tables={grid.name: grid for grid in tables(case, gaps)},
        figures=figures,
        data=data(gaps),
    )
    return page.encode("utf-8", "replace")


FORMATS: dict[str, Callable[[Case, Gaps], bytes]] = {
    "md": to_markdown,
    "csv": to_csv,
    "xlsx": to_xlsx,
    "html": to_html,
    "json": to_json,
}
"""Format -> the whole file."""

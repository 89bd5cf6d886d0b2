"""`plan.xlsx`: a plan as a workbook that people forward, one file a sheet.

Numbers are numbers, unrounded, with their unit in the header; formats round for the eye. Text stays text, whatever it
looks like. The same case and plan give the same bytes.
"""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

from models.case import Case
from models.plan import Plan
from optimizer.reports.book import (
    audit,
    budget,
    capacity,
    front,
    funding,
    gap,
    left_out,
    materials,
    programmes,
    projects,
    rules,
    sources,
)
from optimizer.reports.book.kit import Kit

SHEETS: dict[str, Callable[[Kit], None]] = {
    "Summary": front.write,
    "Plan": projects.write,
    "Funding": funding.write,
    "Budget": budget.write,
    "Programmes": programmes.write,
    "Capacity": capacity.write,
    "Materials": materials.write,
    "Gap": gap.write,
    "Rules": rules.write,
    "Not financed": left_out.write,
    "Audit": audit.write,
    "Sources": sources.write,
}
"""Sheet -> what writes it, in the order of the tabs. `Materials` only where the case has a chain of processes."""


def book_bytes(case: Case, plan: Plan) -> bytes:
    """The content of plan.xlsx."""
    stream = BytesIO()
    names = [name for name in SHEETS if name != "Materials" or plan.materials]
    with Kit(case, plan, stream, names) as kit:
        for name in names:
            SHEETS[name](kit)
    return stream.getvalue()


def write_book(case: Case, plan: Plan, path: Path) -> None:
    """Writes plan.xlsx to `path`. Raises OSError where it cannot be written."""
    Path(path).write_bytes(book_bytes(case, plan))

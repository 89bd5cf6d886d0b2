"""Gap: missing tonnes by stage and year, as a pivot table and as charts."""

from collections.abc import Callable
from math import ceil
from typing import NamedTuple

from models.headline import headline_rows
from models.plan import CapacityRow
from models.sets import DemandKey
from optimizer.reports.additionality import has_unaided
from optimizer.reports.closed_words import word
from optimizer.reports.formatting import demand_name
from optimizer.reports.language import N_, tr
from optimizer.reports.plan_summary import covered_before, gap_before, has_demand, standing
from optimizer.reports.plan_workbook import charts
from optimizer.reports.plan_workbook.capacity import column_of
from optimizer.reports.plan_workbook.charts import Block
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook, sheet_table
from optimizer.reports.report_table import Kind, TableColumn, capital
from optimizer.reports.worksheet import clean

_MOST = 12
"""Maximum number of charts on the sheet; the table contains every row."""
_SIZE, _ROWS, _ACROSS = (620, 300), 16, 2
"""Size of a chart in pixels, sheet rows that it takes, and charts side by side."""
_LONG = 45
"""Number of lines from which a table does not fit on one page."""
_PAGE_WIDE, _PAGE_HIGH = 1040, 680
"""Size of a printed page in pixels, without margins and footer."""


class PivotLine(NamedTuple):
    """The figure of a demand row that one line of the pivot table shows."""

    name: str
    value: Callable[[CapacityRow], float]
    kind: Kind


GAP = PivotLine(N_("missing, t/yr"), lambda r: r.gap_t, "tonnes")
GAP_BEFORE = PivotLine(N_("missing without the plan, t/yr"), gap_before, "tonnes")
COVERED = PivotLine(N_("share of demand met"), lambda r: r.coverage, "part")
COVERED_BEFORE = PivotLine(N_("share met without the plan"), covered_before, "part")
CAPACITY = PivotLine(N_("capacity, t/yr"), lambda r: r.capacity_t, "tonnes")
CAPACITY_BEFORE = PivotLine(N_("capacity without the plan, t/yr"), standing, "tonnes")


class GapLine(NamedTuple):
    """One figure of one demand row, year by year."""

    figure: PivotLine
    key: DemandKey
    rows: list[CapacityRow]


def figures(writer: PlanWorkbook) -> tuple[PivotLine, ...]:
    """The figures that have a meaning: without demand nothing is missing, and only capacity is shown."""
    if has_demand(writer.plan):
        return (GAP, GAP_BEFORE, COVERED, COVERED_BEFORE)
    return (CAPACITY, CAPACITY_BEFORE)


def by_key(writer: PlanWorkbook) -> dict[DemandKey, list[CapacityRow]]:
    """Demand row -> its years, in the order of the plan."""
    rows_by_key: dict[DemandKey, list[CapacityRow]] = {}
    for row in writer.plan.capacity:
        rows_by_key.setdefault(DemandKey(row.stage, row.material), []).append(row)
    return rows_by_key


def lines(writer: PlanWorkbook) -> list[GapLine]:
    """The rows of the pivot."""
    return [GapLine(figure, key, rows) for figure in figures(writer) for key, rows in by_key(writer).items()]


def label(key: DemandKey) -> str:
    """Label of a demand row at the start of a line: `Separation (NdPr)`."""
    return capital(demand_name(key.stage, key.material))


def block(writer: PlanWorkbook, figure: PivotLine, key: DemandKey) -> Block:
    """Cell range of a figure of a demand row, by year."""
    at = 1 + next(n for n, line in enumerate(lines(writer)) if line.figure is figure and line.key == key)
    return Block("Gap", at, 3, at, 2 + len(writer.sets.years))


def years(writer: PlanWorkbook) -> Block:
    """Cell range of the years."""
    return Block("Gap", 0, 3, 0, 2 + len(writer.sets.years))


def write(writer: PlanWorkbook) -> None:
    """Write the sheet."""
    grid, keys, sheet = sheet_table("Gap", _columns(writer), lines(writer)), _charted(writer), writer.sheets["Gap"]
    below = writer.write(grid, keep=3, repeat=len(grid.rows) > _LONG) + 1
    for n, key in enumerate(keys):
        _draw(writer, key, (below + n // _ACROSS * _ROWS, n % _ACROSS * 8))
    last_row = below + ceil(len(keys) / _ACROSS) * _ROWS - 1
    writer.printable(sheet, last_row, max(len(grid.columns) - 1, 15))
    pixels = sum(8 * column.width for column in grid.columns) + 64 * max(0, 16 - len(grid.columns))
    scale = max(30, min(100, int(100 * _PAGE_WIDE / pixels)))
    each = max(1, int(_PAGE_HIGH * 100 / scale / (20 * _ROWS)))
    sheet.set_print_scale(scale)  # a sheet that is fitted to the page may cut charts
    sheet.set_h_pagebreaks(range(below, last_row, each * _ROWS))


def _columns(writer: PlanWorkbook) -> list[TableColumn[GapLine]]:
    return [
        TableColumn("figure", lambda x: tr(x.figure.name), width=28),
        TableColumn("stage", lambda x: word(x.key.stage), width=12),
        TableColumn("material", lambda x: x.key.material, width=12, note="Empty: the stage's own product."),
        *(_of_year(n, year) for n, year in enumerate(writer.sets.years)),
    ]


def _of_year(n: int, year: int) -> TableColumn[GapLine]:
    return TableColumn(year, lambda x: x.figure.value(x.rows[n]), lambda x: x.figure.kind, 9)


def _charted(writer: PlanWorkbook) -> list[DemandKey]:
    """Demand rows with a chart: those of the headline first."""
    rows_by_key = by_key(writer)
    first = [DemandKey(r.stage, r.material) for r in headline_rows(rows[0] for rows in rows_by_key.values())]
    return [*first, *(key for key in rows_by_key if key not in first)][:_MOST]


def _draw(writer: PlanWorkbook, key: DemandKey, place: tuple[int, int]) -> None:
    """Existing, underway, financed and missing tonnes, stacked up to the demand."""
    name = label(key)
    chart = charts.column_chart(
        writer, tr("{name}: capacity outside China and what is missing, t/yr", name=clean(name)), stacked=True
    )
    first = next(n for n, r in enumerate(writer.plan.capacity, 1) if (r.stage, r.material) == key)
    last = first + len(writer.sets.years) - 1

    def cells(header: str) -> Block:
        at = column_of(header)
        return Block("Capacity", first, at, last, at)

    parts = [(tr("existing"), "existing", charts.EXISTING), (tr("underway"), "underway", charts.UNDERWAY)]
    parts += [(tr("without support"), "without support", charts.UNAIDED)] if has_unaided(writer.plan) else []
    parts += [(tr("financed by the plan"), "financed", charts.FINANCED)]
    parts += [(tr("missing"), "gap", charts.MISSING)] if has_demand(writer.plan) else []
    for says, label_of_column, colour in parts:
        charts.columns(chart, says, cells("year"), cells(label_of_column), colour, gap=40)
    charts.axes(chart, charts.WHOLE)
    charts.place(
        writer.sheets["Gap"],
        place,
        chart,
        _SIZE,
        tr("{name}: existing, underway, financed and missing tonnes by year", name=name),
    )

"""Native charts, in colours that the colour-blind can tell apart, drawn alike by Excel and LibreOffice."""

from typing import Any, NamedTuple

from optimizer.reports.language import tr
from optimizer.reports.plan_workbook.plan_book import PlanWorkbook
from optimizer.reports.report_table import NUMBER_FORMATS
from optimizer.reports.worksheet import DARK, clean, font_name

WITHOUT, WITH = "#A6BDD3", DARK
"""Colours of what is there without the plan and with it."""
EXISTING, UNDERWAY, FINANCED, MISSING = "#7F7F7F", "#56B4E9", "#0072B2", "#F2D9CC"
UNAIDED = "#E69F00"
LINES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#7F7F7F")
WHOLE, PERCENT = NUMBER_FORMATS["whole"], "0%"
"""Number formats of an axis."""
_GRID = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.5}}


def font() -> dict[str, Any]:
    return {"name": font_name(), "size": 8}


class Block(NamedTuple):
    """Cells of one sheet, counted from 0: sheet, first row, first column, last row, last column."""

    sheet: str
    first_row: int
    first_column: int
    last_row: int
    last_column: int

    def as_list(self) -> list[str | int]:
        """A range in the notation of xlsxwriter."""
        return [tr(self.sheet), *self[1:]]


def column_chart(writer: PlanWorkbook, title: str, *, stacked: bool = False) -> Any:
    """An empty column chart."""
    chart = writer.book.add_chart({"type": "column", **({"subtype": "stacked"} if stacked else {})})
    return _dressed(chart, title)


def line_chart(writer: PlanWorkbook, title: str) -> Any:
    """An empty line chart."""
    return _dressed(writer.book.add_chart({"type": "line"}), title)


def _dressed(chart: Any, title: str) -> Any:
    chart.set_title(
        {"name": _text(title), "name_font": {**font(), "size": 10, "bold": True, "color": DARK}, "overlay": False}
    )
    chart.set_legend({"position": "bottom", "font": font()})
    chart.set_chartarea({"border": {"none": True}})
    chart.set_plotarea({"layout": {"x": 0.09, "y": 0.15, "width": 0.88, "height": 0.65}})
    chart.show_blanks_as("gap")
    return chart


def _text(name: str) -> str:
    """A name that is never taken for a reference to a cell."""
    return " " + name if name.startswith("=") else name


def axes(chart: Any, number_format: str, *, most: float | None = None, each: int = 1) -> None:
    """The two axes: every `each`-th name below, values from 0 on, up to `most` if given. `number_format` of the values."""
    limits = {"min": 0, **({"max": most} if most is not None else {})}
    names = {**font(), "rotation": -45} if each > 1 else font()  # LibreOffice writes every name
    chart.set_x_axis({"num_font": names, "line": {"color": "#7F7F7F"}, "text_axis": True, "interval_unit": each})
    chart.set_y_axis(
        {
            "num_font": font(),
            "num_format": number_format,
            "major_gridlines": _GRID,
            "line": {"none": True},
            **limits,
        }
    )


def columns(chart: Any, name: str, categories: Block, values: Block, colour: str, **more: Any) -> None:
    """A series of columns."""
    chart.add_series(
        {
            "name": _text(name),
            "categories": categories.as_list(),
            "values": values.as_list(),
            "fill": {"color": colour},
            "border": {"none": True},
            **more,
        }
    )


def line(chart: Any, name: str, categories: Block, values: Block, colour: str, *, dashed: bool = False) -> None:
    """A series as a line."""
    style = {"color": colour, "width": 1.25, "dash_type": "dash"} if dashed else {"color": colour, "width": 2.25}
    chart.add_series(
        {
            "name": _text(name),
            "categories": categories.as_list(),
            "values": values.as_list(),
            "line": style,
            "marker": {"type": "none"},
        }
    )


def labels() -> dict[str, Any]:
    """Whole per cents above the columns."""
    return {"value": True, "num_format": PERCENT, "font": font()}


def place(sheet: Any, cell: tuple[int, int], chart: Any, size: tuple[int, int], says: str) -> None:
    """Puts a chart with its corner in a cell; `says` describes it to those who cannot see it."""
    chart.set_size({"width": size[0], "height": size[1]})
    sheet.insert_chart(*cell, chart, {"object_position": 2, "description": clean(says)})

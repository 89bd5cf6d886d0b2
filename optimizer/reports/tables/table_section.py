"""A section of the report that is one table: a section of the page, and a sheet of the workbook."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from models.case import Case
from models.plan import Plan
from optimizer.reports.report_table import Grid, TableColumn, grid_of


@dataclass(frozen=True)
class TableSection:
    """One table of case and plan. The constant of a file of `optimizer.reports.tables`, called as the file in capitals."""

    anchor: str
    """Id of the section on the page."""
    name: str
    """Name of the sheet and in the contents of the page, marked with `N_`."""
    columns: Callable[[Case, Plan], Iterable[TableColumn[Any]]]
    """The columns, each with the targets that show it: `page`, `sheet` or both."""
    rows: Callable[[Case, Plan], Iterable[Any]]
    """The items that the columns read, one per row."""
    note: str = ""
    """An explanation above the table of the page; marked with `N_`."""
    empty: str = ""
    """Sentence in place of a table without rows, marked with `N_`."""
    behaviour: str = ""
    """Classes of the table on the page: `searchable`, `sortable` or both."""

    def on_page(self, case: Case, plan: Plan) -> Grid:
        """The table of the page."""
        return self._grid("page", self.anchor, case, plan)

    def on_sheet(self, case: Case, plan: Plan) -> Grid:
        """The table of the worksheet."""
        return self._grid("sheet", self.name, case, plan)

    def _grid(self, target: str, name: str, case: Case, plan: Plan) -> Grid:
        columns, rows = self.columns(case, plan), self.rows(case, plan)
        return grid_of(target, name, columns, rows, title=self.name, note=self.note, empty=self.empty)

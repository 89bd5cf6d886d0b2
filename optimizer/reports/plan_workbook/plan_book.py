"""The workbook of a plan: its sheets, and what several of them read of case and plan."""

from collections.abc import Iterable
from functools import cached_property
from io import BytesIO
from typing import Any, TypeVar

from models.case import Case
from models.plan import Financed, Plan
from models.schema import Programme, Project
from models.sets import Sets
from optimizer.reports.language import tr
from optimizer.reports.masthead import masthead, name_of
from optimizer.reports.report_table import Grid, TableColumn, grid_of
from optimizer.reports.tables.shared import money_unit
from optimizer.reports.worksheet import WorkbookWriter

T = TypeVar("T")


class PlanWorkbook(WorkbookWriter):
    """Writes the workbook of a plan: holds the case, the plan and what several sheets read of them."""

    def __init__(self, case: Case, plan: Plan, stream: BytesIO, names: Iterable[str]) -> None:
        self.case = case
        self.plan = plan
        author = ", ".join(filter(None, (case.settings.agency, case.settings.author)))
        super().__init__(stream, masthead(case, plan), author=author, name=name_of(case))
        self.book.set_size(2200, 1400)
        self.sheets: dict[str, Any] = {name: self.book.add_worksheet(tr(name)) for name in names}

    @cached_property
    def sets(self) -> Sets:
        return Sets(self.case)

    @cached_property
    def projects(self) -> dict[str, Project]:
        return {p.id: p for p in self.case.projects}

    @cached_property
    def programmes(self) -> dict[str, Programme]:
        return {p.id: p for p in self.case.programmes}

    @cached_property
    def financed(self) -> dict[str, Financed]:
        return {f.id: f for f in self.plan.projects}

    @property
    def unit(self) -> str:
        """Unit of money, for headers."""
        return money_unit(self.case)

    def write(self, grid: Grid, *, keep: int = 1, repeat: bool = True) -> int:
        """The table of a sheet, from its first cell on; `keep` columns stay in view. Returns the row below it."""
        return self.table(self.sheets[grid.name], grid, keep=keep, repeat=repeat)


def sheet_table(name: str, columns: Iterable[TableColumn[T]], rows: Iterable[T], empty: str = "") -> Grid:
    """The table of a sheet."""
    return grid_of("sheet", name, columns, rows, empty=empty)

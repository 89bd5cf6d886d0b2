"""An answer (an explanation, alternatives) as a file on request: Markdown, a workbook, a page, JSON."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from models.case import Case
from optimizer.files import json_bytes
from optimizer.reports.masthead import Masthead, byline, mark_sheets
from optimizer.reports.report_table import CREATED, Grid, markdown, worksheet
from optimizer.safe_text import printable

FORMATS = ("json", "md", "xlsx", "html")


@dataclass(frozen=True)
class AnswerReport:
    """A report: title, sentences, tables, and the same for programs."""

    mark: str
    """A word that tells its sheets and its place on a page from others."""
    case: Case
    title: str
    lines: Sequence[str]
    grids: Sequence[Grid]
    data: dict[str, Any]

    @property
    def head(self) -> Masthead:
        """The head of a page or workbook of its own."""
        return Masthead(self.title, byline(self.case, None), self.case.settings.draft)

    def content(self, form: str) -> bytes:
        """The whole file in one of `FORMATS`."""
        match form:
            case "json":
                return json_bytes(self.data)
            case "md":
                return markdown(self.grids, self.title, self.lines).encode("utf-8", "replace")
            case "xlsx":
                return self._book()
        return self._page()

    def _book(self) -> bytes:
        import xlsxwriter

        stream = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(stream, options) as book:
            book.set_properties({"title": printable(self.title), "created": CREATED})
            self._front(book, "Summary")
            for grid in self.grids:
                worksheet(book, grid)
            mark_sheets(book, self.head)
        return stream.getvalue()

    def add_to(self, book: Any) -> None:
        """Its sheets, behind those that a workbook has."""
        self._front(book, self.mark)
        for grid in self.grids:
            worksheet(book, replace(grid, name=f"{self.mark} - {grid.name}"))

    def _front(self, book: Any, name: str) -> None:
        """The title and the sentences."""
        sheet = book.add_worksheet(name)
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet.set_column(0, 0, 110)
        sheet.write_string(0, 0, printable(self.title), book.add_format({"bold": True, "font_size": 14}))
        for row, line in enumerate(self.lines, 2):
            sheet.write_string(row, 0, printable(line), wrapped)

    def _page(self) -> bytes:
        from optimizer.reports.html.render import render

        page = render("answer.html", head=self.head, case=self.case, lines=self.lines, grids=self.grids, data=self.data)
        return page.encode("utf-8", "replace")

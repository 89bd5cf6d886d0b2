"""An answer (an explanation, alternatives) as a file on request: Markdown, a workbook, a page, JSON."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.case import Case
from optimizer.files import json_bytes
from optimizer.reports.closed_words import word
from optimizer.reports.language import tr
from optimizer.reports.masthead import Masthead, byline
from optimizer.reports.report_table import Grid
from optimizer.reports.table_text import markdown
from optimizer.reports.worksheet import WorkbookWriter

FORMATS = ("json", "md", "xlsx", "html")


@dataclass(frozen=True)
class AnswerReport:
    """A report: title, sentences, tables, and the same for programs."""

    mark: str
    """A word that identifies its sheets and its section of a page."""
    case: Case
    title: str
    lines: Sequence[str]
    grids: Sequence[Grid]
    data: dict[str, Any]

    @property
    def head(self) -> Masthead:
        """The head of a separate page or workbook."""
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
        stream = io.BytesIO()
        with WorkbookWriter(stream, self.head) as book:
            book.sentences("Summary", self.title, self.lines)
            for grid in self.grids:
                book.grid(grid)
        return stream.getvalue()

    def add_to(self, book: WorkbookWriter) -> None:
        """Add its sheets to a workbook."""
        book.sentences(self.mark, self.title, self.lines)
        for grid in self.grids:
            book.grid(grid, tr("{mark} - {table}", mark=word(self.mark), table=tr(grid.name)))

    def _page(self) -> bytes:
        from optimizer.reports.html.render import render

        page = render("answer.html", head=self.head, case=self.case, lines=self.lines, grids=self.grids, data=self.data)
        return page.encode("utf-8", "replace")

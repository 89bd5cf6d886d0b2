"""The brief as a Word document: headings, tables as tables, charts as pictures with captions, page numbers."""

import io
import re
from collections.abc import Sequence
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from rich.cells import cell_len

from models.settings import ENGLISH
from optimizer.reports.brief.content import Brief, Part
from optimizer.reports.brief.office import (
    ACCENT,
    CJK_FONT,
    DARK,
    FONT,
    GREY,
    LINE,
    LOCALES,
    PALE,
    RED,
    describe,
    saved,
    text,
    widest_part,
)
from optimizer.reports.brief.pictures import Picture
from optimizer.reports.brief.tables import card_table, fact_table
from optimizer.reports.formatting import sentence, shorten
from optimizer.reports.html.charts import NOT_DRAWN
from optimizer.reports.language import language, spaced, tr
from optimizer.reports.masthead import DRAFT
from optimizer.reports.report_table import Grid, shown

_A4, _MARGIN = (Mm(210), Mm(297)), Mm(20)
_SIZES = {"Title": 22, "Heading 1": 14, "Normal": 10, "List Bullet": 10, "Caption": 9}
"""Default styles, in points; a template replaces them."""
_TALLEST = 0.62
"""Most of a page's height that a picture takes."""
_MARGIN_LETTERS = 90
"""Letters of the title and of the byline in the margins."""
_TABLE = "Table Grid"


def word_bytes(brief: Brief, pictures: Sequence[Picture], template: bytes | None = None) -> bytes:
    """The content of brief.docx. With a template its styles, page and letterhead, without its text."""
    document = Document(io.BytesIO(template)) if template is not None else Document()
    writer = _DocumentWriter(document, own_styles=template is None)
    writer.head(brief)
    writer.table(tr("What the plan gains"), card_table(brief))
    writer.table("", fact_table(brief))
    writer.table(brief.largest.title, brief.largest)
    writer.bullets(brief.sums)
    writer.pictures(pictures)
    for part in (*((Part(tr("The chain"), brief.chain),) if brief.chain else ()), *brief.parts):
        writer.heading(part.title)
        writer.bullets(part.lines)
    writer.end(brief)
    describe(document.core_properties, brief)
    return saved(document.save)


class _DocumentWriter:
    """A document from top to bottom."""

    def __init__(self, document: Any, *, own_styles: bool) -> None:
        self.document = document
        self.own_styles = own_styles
        self.figures = 0
        names = {style.name for style in document.styles}
        for name in (*_SIZES, _TABLE):
            if name not in names:
                kind = WD_STYLE_TYPE.TABLE if name == _TABLE else WD_STYLE_TYPE.PARAGRAPH
                document.styles.add_style(name, kind)
        if own_styles:
            _set_styles(document)
        else:
            _clear(document)
        section = document.sections[-1]
        self.width = section.page_width - section.left_margin - section.right_margin
        self.height = section.page_height - section.top_margin - section.bottom_margin

    # -- words -----------------------------------------------------------------------------------------------------

    def paragraph(self, words: str, style: str = "Normal", **look: Any) -> Any:
        """One paragraph; `look`: bold, size in points, colour."""
        paragraph = self.document.add_paragraph(style=style)
        _run(paragraph, words, **look)
        return paragraph

    def head(self, brief: Brief) -> None:
        """Title, byline, headline; title and draft mark above, page numbers below every page."""
        if brief.head.draft:
            self.paragraph(tr(DRAFT).upper(), bold=True, colour=RED)
        self.paragraph(brief.head.title, "Title")
        if brief.head.byline:
            self.paragraph(brief.head.byline, colour=GREY)
        self.paragraph(brief.headline, bold=True, size=12)
        section = self.document.sections[0]
        above = section.header.paragraphs[-1]
        if above.text.strip():
            above = section.header.add_paragraph()
        _run(above, shorten(brief.head.title, _MARGIN_LETTERS), size=8, colour=GREY)
        if brief.head.draft:
            _run(above, f"   {tr(DRAFT).upper()}", size=8, bold=True, colour=RED)
        below = section.footer.paragraphs[-1]
        if below.text.strip():
            below = section.footer.add_paragraph()
        byline = shorten(brief.head.byline, _MARGIN_LETTERS)
        self.page_numbers(below, byline)

    @staticmethod
    def page_numbers(paragraph: Any, byline: str) -> None:
        """`A. Planner, page 1 of 3`, in the order of the language."""
        words = tr("{byline}, page {page} of {pages}") if byline else tr("Page {page} of {pages}")
        for part in re.split(r"(\{pages?\})", words):
            if part in ("{page}", "{pages}"):
                _field(paragraph, "PAGE" if part == "{page}" else "NUMPAGES")
            elif part:
                _run(paragraph, part.replace("{byline}", byline), size=8, colour=GREY)

    def heading(self, words: str) -> None:
        self.paragraph(words, "Heading 1").paragraph_format.keep_with_next = True

    def bullets(self, lines: Sequence[str]) -> None:
        for line in lines:
            self.paragraph(line, "List Bullet").paragraph_format.space_after = Pt(2)

    def end(self, brief: Brief) -> None:
        """Definitions, and the identification of the plan."""
        self.paragraph(f"{brief.units} {brief.mark}", size=8, colour=GREY)

    # -- tables ----------------------------------------------------------------------------------------------------

    def table(self, title: str, grid: Grid) -> None:
        """A table that repeats its header on every page and keeps each row on one page."""
        if title:
            self.heading(title)
        if not grid.rows:
            self.paragraph(grid.empty)
            return
        table = self.document.add_table(rows=1, cols=len(grid.columns), style=_TABLE)
        table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
        if self.own_styles:
            _quiet_borders(table)
        for cell, column in zip(table.rows[0].cells, grid.columns, strict=True):
            self.cell(cell, column.label, right=column.is_number, bold=True, colour=DARK)
            _shade(cell, PALE)
        _repeat(table.rows[0])
        for row in grid.rows:
            cells = table.add_row().cells
            for cell, value, column in zip(cells, row, grid.columns, strict=True):
                self.cell(cell, shown(value, column.kind), right=column.is_number)
        for row in table.rows:
            _whole(row)
        for n, width in enumerate(_widths(grid, self.width)):
            table.columns[n].width = width
            for cell in table.columns[n].cells:
                cell.width = width
        self.paragraph("", size=4)

    @staticmethod
    def cell(cell: Any, words: str, *, right: bool, **look: Any) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(0)
        if right:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _run(paragraph, words, size=7.5, **look)

    # -- pictures --------------------------------------------------------------------------------------------------

    def pictures(self, pictures: Sequence[Picture]) -> None:
        """Charts as wide as the text, each with a caption that stays beside it."""
        if pictures:
            self.heading(tr("Charts"))
        for picture in pictures:
            if picture.png is None:
                self.paragraph(tr("{chart}: {why}.", chart=picture.title, why=tr(NOT_DRAWN)), colour=GREY)
                continue
            paragraph = self.document.add_paragraph()
            paragraph.paragraph_format.keep_with_next = True
            drawn = paragraph.add_run().add_picture(io.BytesIO(picture.png), width=self.width)
            if drawn.height > self.height * _TALLEST:
                part = self.height * _TALLEST / drawn.height
                drawn.width, drawn.height = int(drawn.width * part), int(drawn.height * part)
            properties = drawn._inline.docPr
            properties.set("descr", text(f"{picture.title}. {picture.description}"))
            self.figures += 1
            number = tr("Figure {n}.", n=self.figures)
            self.paragraph(f"{number} {spaced(sentence(picture.title), picture.description)}", "Caption")


def _set_styles(document: Any) -> None:
    """Page and styles that are used without a template."""
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = _A4
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
    for name, size in _SIZES.items():
        style = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        style.font.italic = False
        style.font.color.rgb = RGBColor(*bytes.fromhex(ACCENT if name in ("Title", "Heading 1") else DARK))
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), CJK_FONT)
        if language() != ENGLISH:
            _set_language(style)
        style.paragraph_format.space_after = Pt(4)
    document.styles["Heading 1"].paragraph_format.space_before = Pt(12)
    document.styles["Caption"].font.bold = False


def _set_language(style: Any) -> None:
    """The language in which a word processor checks and breaks the text of a style."""
    mark = OxmlElement("w:lang")
    mark.set(qn("w:eastAsia" if language() == "ja" else "w:val"), LOCALES[language()])
    style.element.get_or_add_rPr().append(mark)


def _clear(document: Any) -> None:
    """Remove the text of a template; its page, styles and letterhead stay."""
    body = document.element.body
    for element in list(body):
        if element.tag != qn("w:sectPr"):
            body.remove(element)


def _run(paragraph: Any, words: str, *, bold: bool | None = None, size: float | None = None, colour: str = "") -> None:
    run = paragraph.add_run(
        f"{words[: len(words) - len(words.lstrip())]}{text(words)}{' ' if words.endswith(' ') else ''}"
    )
    run.bold = bold
    if size is not None:
        run.font.size = Pt(size)
    if colour:
        run.font.color.rgb = RGBColor(*bytes.fromhex(colour))


def _field(paragraph: Any, code: str) -> None:
    """A number that the word processor works out: PAGE, NUMPAGES. Each part is a run of its own, so that its look holds."""
    for kind, words in (("begin", ""), ("", code), ("separate", ""), ("shown", "1"), ("end", "")):
        element = OxmlElement("w:instrText" if kind == "" else "w:t" if kind == "shown" else "w:fldChar")
        if words:
            element.text = words
        else:
            element.set(qn("w:fldCharType"), kind)
        run = paragraph.add_run()
        run.font.size, run.font.color.rgb = Pt(8), RGBColor(*bytes.fromhex(GREY))
        run._r.append(element)


def _quiet_borders(table: Any) -> None:
    """Thin grey lines between the rows, none between the columns."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        shown_line = side in ("top", "bottom", "insideH")
        for key, value in (("val", "single" if shown_line else "nil"), ("sz", "4"), ("space", "0"), ("color", LINE)):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)


def _shade(cell: Any, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _repeat(row: Any) -> None:
    """Repeat the row on every page of the table."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _whole(row: Any) -> None:
    """No page ends within the row."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _widths(grid: Grid, width: int) -> list[int]:
    """Widths of the columns: text by its longest cell, within a third and a tenth of the page, numbers alike."""
    shares = []
    for n, column in enumerate(grid.columns):
        longest = max(cell_len(shown(row[n], column.kind)) for row in grid.rows)
        head = widest_part(column.label) + 4
        shares.append(max(8, head, min(longest + 3, 18 if column.is_number else 32)))
    return [int(width * part / sum(shares)) for part in shares]

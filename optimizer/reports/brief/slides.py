"""The brief as slides: a title, the gains, what is financed, one chart per slide, and the sentences that explain them."""

import io
from collections.abc import Iterator, Sequence
from math import ceil
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt
from rich.cells import cell_len

from optimizer.reports.brief.content import Brief, Part
from optimizer.reports.brief.office import (
    ACCENT,
    CJK_FONT,
    DARK,
    FONT,
    GREY,
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
from optimizer.reports.language import language, tr
from optimizer.reports.masthead import DRAFT
from optimizer.reports.report_table import Grid, shown

_WIDE, _HIGH = Inches(13.333), Inches(7.5)
_LEFT, _TOP = 0.045, 0.17
"""Margin and end of the title, in parts of the slide."""
_BOTTOM = 0.075
"""Part of the slide that the line at its foot takes."""
_LINES = 20
"""Lines of sentences on a slide."""
_ROWS = 10
"""Rows of a table on a slide."""
_FEW, _ROW = 5, 0.055
"""Rows of a table beside which a chart fits, and the part of the slide that a row takes."""
_LETTERS = 112
"""Letters in a line of sentences."""
_TITLE = 80
"""Letters of a slide's title."""


def slides_bytes(brief: Brief, pictures: Sequence[Picture], template: bytes | None = None) -> bytes:
    """The content of brief.pptx. With a template its size, masters and layouts, without its slides."""
    show = Presentation(io.BytesIO(template)) if template is not None else Presentation()
    if template is None:
        show.slide_width, show.slide_height = _WIDE, _HIGH
    _without_slides(show)
    writer = _SlideWriter(show, brief, own=template is None)
    writer.opening()
    rest = writer.gains(card_table(brief), pictures)
    writer.tables(tr("Projects and money"), fact_table(brief), brief.sums)
    writer.tables(brief.largest.title, brief.largest)
    for picture in rest:
        writer.picture(picture)
    if brief.chain:
        writer.sentences([Part(tr("The chain"), brief.chain)])
    writer.sentences([brief.risk])
    writer.sentences([brief.open, brief.money])
    writer.sentences([brief.rules])
    writer.sentences([brief.left_out])
    words = Part(tr("What the words mean"), (brief.units, brief.mark))
    writer.sentences([brief.baseline, brief.sure, words])
    describe(show.core_properties, brief)
    return saved(show.save)


class _SlideWriter:
    """Slides one after the other."""

    def __init__(self, show: Any, brief: Brief, *, own: bool) -> None:
        self.show, self.brief, self.own = show, brief, own
        self.wide, self.high = show.slide_width, show.slide_height
        self.scale = self.high / _HIGH

    # -- slides ----------------------------------------------------------------------------------------------------

    def slide(self, title: str) -> Any:
        """A slide with its title and the line at its foot."""
        slide = self.show.slides.add_slide(_layout(self.show, "Title Only"))
        shape = slide.shapes.title
        if shape is None:
            shape = slide.shapes.add_textbox(0, 0, 1, 1)
        if self.own or not shape.is_placeholder:
            self.place(shape, _LEFT, 0.05, 1 - 2 * _LEFT, _TOP - 0.06)
        self.words(shape.text_frame, [shorten(text(title), _TITLE)], 24, bold=True, colour=ACCENT if self.own else "")
        if self.own:
            shape.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
            shape.text_frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        for other in list(slide.placeholders):
            if other.placeholder_format.idx != 0:
                other._element.getparent().remove(other._element)
        self.foot(slide)
        return slide

    def opening(self) -> None:
        """Title, byline, headline."""
        slide = self.show.slides.add_slide(_layout(self.show, "Title Slide"))
        head = self.brief.head
        title = slide.shapes.title
        if title is None:
            title = slide.shapes.add_textbox(0, 0, 1, 1)
        if self.own or not title.is_placeholder:
            self.place(title, _LEFT, 0.22, 1 - 2 * _LEFT, 0.2)
        self.words(title.text_frame, [head.title], 36, bold=True, colour=ACCENT if self.own else "")
        if self.own:
            title.text_frame.paragraphs[0].alignment = PP_ALIGN.LEFT
        for other in list(slide.placeholders):
            if other.placeholder_format.idx != 0:
                other._element.getparent().remove(other._element)
        box = slide.shapes.add_textbox(0, 0, 1, 1)
        self.place(box, _LEFT, 0.6, 1 - 2 * _LEFT, 0.3)
        draft = [tr(DRAFT).upper()] if head.draft else []
        self.words(box.text_frame, [self.brief.headline], 18)
        for line in filter(None, (head.byline, *draft)):
            self.add(box.text_frame, line, 14, bold=line in draft, colour=RED if line in draft else GREY)

    def foot(self, slide: Any) -> None:
        """Title, byline and draft mark, and the slide's number."""
        head = self.brief.head
        box = slide.shapes.add_textbox(0, 0, 1, 1)
        self.place(box, _LEFT, 1 - _BOTTOM + 0.01, 0.78, 0.045)
        self.words(
            box.text_frame,
            ["   ".join(filter(None, (shorten(head.title, 70), shorten(head.byline, 60))))],
            10,
            colour=GREY,
        )
        if head.draft:
            self.run(box.text_frame.paragraphs[0], f"   {tr(DRAFT).upper()}", 10, bold=True, colour=RED)
        number = slide.shapes.add_textbox(0, 0, 1, 1)
        self.place(number, 0.88, 1 - _BOTTOM + 0.01, 0.12 - _LEFT, 0.045)
        paragraph = number.text_frame.paragraphs[0]
        paragraph.alignment = PP_ALIGN.RIGHT
        _slide_number(paragraph, len(self.show.slides), round(10 * self.scale * 100))

    def tables(self, title: str, grid: Grid, below: Sequence[str] = ()) -> None:
        """A table, on as many slides as it takes, and sentences below it."""
        parts = [grid.rows[at : at + _ROWS] for at in range(0, len(grid.rows), _ROWS)]
        for n, rows in enumerate(parts):
            slide = self.slide(title if n == 0 else tr("{title} (continued)", title=title))
            self.grid(slide, grid, rows)
            if n == len(parts) - 1 and below:
                box = slide.shapes.add_textbox(0, 0, 1, 1)
                self.place(box, _LEFT, 0.66, 1 - 2 * _LEFT, 0.24)
                self.words(box.text_frame, below, 13)
        if not parts:
            self.sentences([Part(title, (grid.empty, *below))])

    def gains(self, grid: Grid, pictures: Sequence[Picture]) -> Sequence[Picture]:
        """The gains as a table, with the chart over time below it where there is room. Returns the charts that are left."""
        over_time = pictures[0].png if pictures else None
        if not 0 < len(grid.rows) <= _FEW or over_time is None:
            self.tables(grid.title, grid)
            return pictures
        slide = self.slide(grid.title)
        self.grid(slide, grid, grid.rows)
        top = _TOP + _ROW * (len(grid.rows) + 1) + 0.03
        self.image(slide, pictures[0], top, 1 - _BOTTOM - top)
        return pictures[1:]

    def grid(self, slide: Any, grid: Grid, rows: Sequence[Sequence[Any]]) -> None:
        width = round(self.wide * (1 - 2 * _LEFT))
        frame = slide.shapes.add_table(
            len(rows) + 1, len(grid.columns), round(self.wide * _LEFT), round(self.high * _TOP), width,
            round(self.high * _ROW * (len(rows) + 1)),
        )  # fmt: skip
        table = frame.table
        table.horz_banding = False
        heads = [column.label for column in grid.columns]
        shown_rows = [[shown(v, c.kind) for v, c in zip(row, grid.columns, strict=True)] for row in rows]
        for column, part in zip(table.columns, _parts(grid, shown_rows), strict=True):
            column.width = Emu(int(width * part))
        for r, cells in enumerate((heads, *shown_rows)):
            for c, (words, column) in enumerate(zip(cells, grid.columns, strict=True)):
                self.cell(table.cell(r, c), words, right=column.is_number, head=r == 0)

    def cell(self, cell: Any, words: str, *, right: bool, head: bool) -> None:
        cell.vertical_anchor = MSO_ANCHOR.MIDDLE
        cell.margin_top = cell.margin_bottom = Emu(20000)
        cell.fill.solid()
        cell.fill.fore_color.rgb = _tone(PALE if head else "FFFFFF")
        self.words(cell.text_frame, [shorten(text(words), 120)], 12, bold=head, colour=DARK)
        if right:
            cell.text_frame.paragraphs[0].alignment = PP_ALIGN.RIGHT

    def picture(self, picture: Picture) -> None:
        """A chart as large as the slide holds, with what it shows below it."""
        slide = self.slide(picture.title)
        if picture.png is not None:
            self.image(slide, picture, _TOP, 1 - _TOP - _BOTTOM - 0.09)
        box = slide.shapes.add_textbox(0, 0, 1, 1)
        self.place(box, _LEFT, 1 - _BOTTOM - 0.085, 1 - 2 * _LEFT, 0.08)
        description = picture.description if picture.png is not None else sentence(tr(NOT_DRAWN))
        self.words(box.text_frame, [shorten(text(description), 240)], 12, colour=GREY)

    def image(self, slide: Any, picture: Picture, top: float, high: float) -> None:
        """A chart as large as a part of the slide holds."""
        shape = slide.shapes.add_picture(io.BytesIO(picture.png or b""), 0, round(self.high * top))
        part = min(self.wide * (1 - 2 * _LEFT) / shape.width, self.high * high / shape.height)
        shape.width, shape.height = int(shape.width * part), int(shape.height * part)
        shape.left = round((self.wide - shape.width) / 2)
        shape._element.nvPicPr.cNvPr.set("descr", text(f"{picture.title}. {picture.description}"))

    def sentences(self, parts: Sequence[Part]) -> None:
        """Parts on one slide where they fit, on as many as they take otherwise."""
        parts = [part for part in parts if part.lines]
        for n, lines in enumerate(_pages(parts)):
            title = (
                tr(" and ").join(dict.fromkeys(part.title for part in parts[:2])) if len(parts) < 3 else parts[0].title
            )
            slide = self.slide(title if n == 0 else tr("{title} (continued)", title=title))
            box = slide.shapes.add_textbox(0, 0, 1, 1)
            self.place(box, _LEFT, _TOP, 1 - 2 * _LEFT, 1 - _TOP - _BOTTOM)
            box.text_frame.word_wrap = True
            for at, (line, is_heading) in enumerate(lines):
                paragraph = box.text_frame.paragraphs[0] if at == 0 else box.text_frame.add_paragraph()
                self.line(paragraph, line, is_heading)

    def line(self, paragraph: Any, line: str, is_heading: bool) -> None:
        """A heading, or a sentence behind a bullet that hangs."""
        paragraph.space_after = Pt(4 * self.scale)
        if is_heading:
            paragraph.space_before = Pt(6 * self.scale)
            self.run(paragraph, line, 16, bold=True, colour=ACCENT if self.own else "")
            return
        look = paragraph._p.get_or_add_pPr()
        look.set("marL", str(round(Pt(14 * self.scale))))
        look.set("indent", str(-round(Pt(14 * self.scale))))
        look.append(look.makeelement(qn("a:buChar"), {"char": "\u2022"}))
        self.run(paragraph, line, 15)

    # -- words -----------------------------------------------------------------------------------------------------

    def place(self, shape: Any, left: float, top: float, wide: float, high: float) -> None:
        """Puts a shape at parts of the slide."""
        shape.left, shape.top = round(self.wide * left), round(self.high * top)
        shape.width, shape.height = round(self.wide * wide), round(self.high * high)

    def words(
        self, frame: Any, lines: Sequence[str], size: float, *, bold: bool | None = None, colour: str = ""
    ) -> None:
        frame.word_wrap = True
        paragraphs = [frame.paragraphs[0], *(frame.add_paragraph() for _ in lines[1:])]
        for paragraph, line in zip(paragraphs, lines, strict=True):
            paragraph.space_after = Pt(4)
            self.run(paragraph, line, size, bold=bold, colour=colour)

    def add(self, frame: Any, line: str, size: float, *, bold: bool | None = None, colour: str = "") -> None:
        self.run(frame.add_paragraph(), line, size, bold=bold, colour=colour)

    def run(self, paragraph: Any, words: str, size: float, *, bold: bool | None = None, colour: str = "") -> None:
        run = paragraph.add_run()
        run.text = text(words) if words.strip() == words else f"   {text(words)}"
        run.font.size, run.font.bold = Pt(size * self.scale), bold
        if colour:
            run.font.color.rgb = _tone(colour)
        if self.own:
            run.font.name = FONT
            fonts = run._r.get_or_add_rPr()
            fonts.append(fonts.makeelement(qn("a:ea"), {"typeface": CJK_FONT}))


def _tone(colour: str) -> Any:
    """A colour from six hexadecimal digits."""
    make: Any = RGBColor  # the library leaves it without annotations
    return make(*bytes.fromhex(colour))


def _layout(show: Any, name: str) -> Any:
    """The layout of that name; else the first that has a title, else the first."""
    layouts = list(show.slide_layouts)
    named = [layout for layout in layouts if layout.name.casefold() == name.casefold()]
    titled = [layout for layout in layouts if any(p.placeholder_format.idx == 0 for p in layout.placeholders)]
    return (named or titled or layouts)[0]


def _without_slides(show: Any) -> None:
    """Takes a template's own slides out."""
    ids = show.slides._sldIdLst
    for slide in list(ids):
        show.part.drop_rel(slide.rId)
        ids.remove(slide)


def _slide_number(paragraph: Any, now: int, size: int) -> None:
    """The number of the slide, kept by the program that shows it."""
    field = paragraph._p.makeelement(qn("a:fld"), {"id": "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}", "type": "slidenum"})
    look = field.makeelement(qn("a:rPr"), {"lang": LOCALES.get(language(), "en-US"), "sz": str(size)})
    words = field.makeelement(qn("a:t"), {})
    words.text = str(now)
    field.append(look)
    field.append(words)
    paragraph._p.append(field)


def _parts(grid: Grid, rows: Sequence[Sequence[str]]) -> list[float]:
    """Widths of the columns, in parts of the table: text by its longest cell, numbers by their heads."""
    widths = []
    for n, column in enumerate(grid.columns):
        head = widest_part(column.label) + 3
        longest = max((cell_len(row[n]) for row in rows), default=0)
        widths.append(max(8, head, min(longest + 3, 46)))
    return [part / sum(widths) for part in widths]


def _pages(parts: Sequence[Part]) -> Iterator[list[tuple[str, bool]]]:
    """Lines by slide, each with whether it is a heading; a sentence that is longer than half a slide is cut.

    The slides are filled alike: each ends where the lines reach an equal part of the whole, and takes no more than it holds.
    """
    lines = [line for part in parts for line in _part_lines(part, titled=len(parts) > 1)]
    slides = _filled(lines, _LINES)
    if len(slides) < 2:
        yield from slides
        return
    for most in range(ceil(sum(map(_size, lines)) / len(slides)), _LINES):
        if len(even := _filled(lines, most)) == len(slides):
            slides = even
            break
    yield from slides


def _part_lines(part: Part, *, titled: bool) -> list[tuple[str, bool]]:
    heading = [(part.title, True)] if titled else []
    return [*heading, *((shorten(text(line), _LETTERS * _LINES // 2), False) for line in part.lines)]


def _size(line: tuple[str, bool]) -> float:
    """Lines of a slide that a heading or a sentence takes, with the space below it."""
    words, is_heading = line
    return ceil(cell_len(words) / _LETTERS) + (0.6 if is_heading else 0.3)


def _filled(lines: Sequence[tuple[str, bool]], most: float) -> list[list[tuple[str, bool]]]:
    """Lines by slide, of which each takes as many as fit in `most`; no heading is alone at the foot."""
    slides: list[list[tuple[str, bool]]] = [[]]
    taken = 0.0
    for line in lines:
        needed = _size(line) + (2 if line[1] else 0)
        if slides[-1] and taken + needed > most:
            slides.append([])
            taken = 0.0
        slides[-1].append(line)
        taken += _size(line)
    return slides if lines else []

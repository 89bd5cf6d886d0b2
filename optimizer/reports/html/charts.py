"""Charts: one look, drawn once by Vega-Lite into a picture that needs no script to be seen.

Colours are middle tones that stand out by 3:1 from paper and from a dark screen; texts, rules and lines carry the marks
`INK`, `MUTED` and `LINE`, which the page's style sheet recolours for a dark screen.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import wrap
from typing import Any, Literal

import altair as alt
from altair.utils import schemapi
from markupsafe import Markup

from models.settings import ENGLISH
from optimizer.errors import Refusal
from optimizer.files import whole_file
from optimizer.reports.language import N_, language, number_locale
from optimizer.reports.pictures.draw import Request, draw
from optimizer.reports.report_table import Grid
from optimizer.safe_text import printable, printable_values

# Altair checks every part of a chart against its schema as it is made, a third of the time of a page. Vega-Lite reads the
# whole chart when it draws it, and refuses what it does not know.
schemapi.disable_debug_mode()

INK, MUTED, LINE = "#1b2430", "#55606d", "#dde2e8"
EXISTING, UNDERWAY, FINANCED, MISSING = "#7d8896", "#2a9187", "#2f6fd0", "#d1495b"
UNAIDED = "#c58b1f"
SERIES = ("#2f6fd0", "#d97a1f", "#2a9187", "#a0579f", "#8a7a1e", "#c2557a", "#5b8c3a", "#7d8896")
"""Colours of parts that have no order of their own; the last is for all others together."""
FORMS: tuple[Literal["svg", "png"], ...] = ("svg", "png")
"""Forms of the pictures for documents."""

# The drawing library brings Liberation Sans along, so that texts are as wide on every machine; it is as wide as Arial.
FONTS = "Liberation Sans, Helvetica, Arial, sans-serif"
EAST_ASIAN_FONTS = "Liberation Sans, Noto Sans CJK JP, Yu Gothic, Hiragino Sans, Meiryo, MS Gothic, sans-serif"
"""Fonts of charts, and those where the language is Japanese: the first that the machine has."""
_CONFIG: dict[str, Any] = {
    "background": "transparent",
    "font": FONTS,
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED, "titleColor": MUTED, "titleFontWeight": "normal", "labelFontSize": 12, "titleFontSize": 12,
        "gridColor": LINE, "domainColor": LINE, "tickColor": LINE, "labelLimit": 330, "labelSeparation": 5,
    },
    "legend": {
        "labelColor": INK, "titleColor": MUTED, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
        "orient": "top", "labelLimit": 260, "symbolType": "square",
    },
    "title": {"color": INK, "fontSize": 13, "anchor": "start", "fontWeight": 600, "subtitleColor": MUTED},
}  # fmt: skip


@dataclass(frozen=True)
class Size:
    """Total width of a chart, and the greatest length of names in it."""

    width: int
    """Units of the drawing; a font of 12 stands beside them."""
    letters: int

    @property
    def is_narrow(self) -> bool:
        return self.width < 500


PAGE, PAPER, PHONE = Size(1040, 46), Size(680, 30), Size(350, 16)
"""A page on a desk, a column of a document, a page on a telephone."""
Sized = Callable[[Size], Any]
"""Builds an altair chart for a size."""


class PictureNotDrawn(Refusal):
    """The drawing library could not draw a picture."""

    def __init__(self, name: str) -> None:
        super().__init__("failed", f"the chart {name} could not be drawn; the tables hold every number")


@dataclass(frozen=True)
class Figure:
    """A chart with the words that go with it."""

    name: str
    """Short and unique in its report: the file name of its pictures."""
    title: str
    description: str
    """The content of the chart, for readers who cannot see it."""
    chart: Any
    """An altair chart, or what builds one for a size (`Sized`): a page then shows another on a telephone."""
    table: Grid
    """The numbers of the chart."""
    note: str = ""
    """A line below the title, for what the legend does not say."""
    key_outside: bool = False
    """Whether a page explains the colours once for many charts, and not in this one."""
    datasets: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    """Large data that the chart has by name (`alt.NamedData`): it goes to the drawing library as it is."""

    @property
    def is_sized(self) -> bool:
        """Whether the chart is built for each size, exactly as wide as it."""
        return not hasattr(self.chart, "to_dict")

    def specification(self, *, titled: bool, size: Size = PAGE) -> dict[str, Any]:
        """Vega-Lite of the chart, with its title in the picture for papers."""
        chart = self.chart(size) if self.is_sized else self.chart
        spec: dict[str, Any] = chart.to_dict(validate=False)
        if self.is_sized:
            spec |= {"width": size.width, "autosize": {"type": "fit-x", "contains": "padding"}}
        spec["config"] = _config()
        spec["description"] = self.description
        if self.key_outside and not titled:
            spec["config"] = {**spec["config"], "legend": {"disable": True}}
        if titled:
            spec["title"] = (
                {"text": self.title, "subtitle": wrap(self.note, size.width // 6)} if self.note else self.title
            )
        return {**printable_values(spec), **({"datasets": dict(self.datasets)} if self.datasets else {})}

    def request(self, form: Literal["svg", "png"] = "svg") -> Request:
        """The picture for documents, titled; a png on white."""
        specification = self.specification(titled=True, size=PAPER)
        return Request({**specification, "background": "white"} if form == "png" else specification, form)

    def untitled(self, size: Size) -> Request:
        """The picture for a document that gives it a caption: a png on white."""
        return Request({**self.specification(titled=False, size=size), "background": "white"}, "png")

    def picture(self, form: Literal["svg", "png"]) -> bytes:
        """The picture for documents. Raises PictureNotDrawn."""
        (picture,) = draw([self.request(form)])
        if picture is None:
            raise PictureNotDrawn(self.name)
        return picture


@dataclass(frozen=True)
class DrawnFigure:
    """A figure with its picture for a page; without one where it could not be drawn."""

    figure: Figure
    picture: Markup | None
    on_phone: Markup | None = None
    """The picture for a narrow screen, of a chart that is built for each size."""

    @property
    def inline(self) -> Markup:
        """The picture, or a sentence in its place."""
        return MISSING_PICTURE if self.picture is None else self.picture

    def __getattr__(self, name: str) -> Any:
        return getattr(self.figure, name)  # title, description, table: as templates ask for them


NOT_DRAWN = N_("charts could not be drawn; the tables hold every number")
MISSING_PICTURE = Markup(
    '<p class="note" data-not-drawn>This chart could not be drawn; the table holds every number.</p>'
)


def lacks_pictures(page: bytes) -> bool:
    """Whether a page says of a chart that it could not be drawn. Names from a workbook cannot imitate it: they are escaped."""
    return MISSING_PICTURE.encode() in page


def draw_for_page(*groups: Sequence[Figure]) -> list[list[DrawnFigure]]:
    """The figures of a page with their pictures, group by group, all drawn by one child process."""
    figures = [figure for group in groups for figure in group]
    sizes = {figure.name: (PAGE, PHONE) if figure.is_sized else (PAGE,) for figure in figures}
    requests = [Request(f.specification(titled=False, size=size)) for f in figures for size in sizes[f.name]]
    pictures = iter(draw(requests))
    return [
        [DrawnFigure(f, *(_inline(f, next(pictures), size) for size in sizes[f.name])) for f in group]
        for group in groups
    ]


def _inline(figure: Figure, svg: bytes | None, size: Size) -> Markup | None:
    """A picture for a page: named for a screen reader as one picture, its own width beside it for the style sheet."""
    if svg is None:
        return None
    text = re.sub(r' role="graphics-[a-z]+"| aria-roledescription="[^"]*"| aria-hidden="true"', "", svg.decode())
    text = re.sub(r"\bclip(\d+)\b", rf"{figure.name}-{size.width}-clip\1", text)
    label = Markup.escape(printable(f"{figure.title}. {figure.description}"))
    drawn = re.search(r' width="([0-9.]+)"', text)
    width = f' style="--drawn:{drawn[1]}px"' if drawn else ""
    return Markup(text.replace('class="marks"', f'role="img" aria-label="{label}"{width}', 1))


def _config() -> dict[str, Any]:
    """The look of every chart, with the numbers of the current language, and with fonts that have its letters."""
    if language() == ENGLISH:
        return _CONFIG
    font = EAST_ASIAN_FONTS if language() == "ja" else FONTS
    return {**_CONFIG, "font": font, "locale": {"number": number_locale(language())}}


@dataclass(frozen=True)
class WrittenPictures:
    """The result of `write_pictures`."""

    paths: tuple[Path, ...]
    not_drawn: tuple[str, ...]
    """Names of the figures of which a picture could not be drawn."""

    def sentence(self, folder: Path) -> str:
        """The written files with their folder, and the missing ones."""
        there = f"{len(self.paths)} pictures are in {folder}"
        return f"{there}; {NOT_DRAWN}: {', '.join(self.not_drawn)}" if self.not_drawn else there


def write_pictures(figures: Sequence[Figure], folder: Path) -> WrittenPictures:
    """A png and an svg of every figure in a folder, which is made where it is not there.

    Raises OSError where a file cannot be written.
    """
    requests = [(figure, figure.request(form)) for figure in figures for form in FORMS]
    pictures = draw([request for _, request in requests])
    folder.mkdir(parents=True, exist_ok=True)
    written, missing = list[Path](), list[str]()
    for (figure, request), data in zip(requests, pictures, strict=True):
        if data is None:
            missing.append(figure.name)
            continue
        path = folder / f"{figure.name}.{request.form}"
        with whole_file(path) as file:
            file.write_bytes(data)
        written.append(path)
    return WrittenPictures(tuple(written), tuple(dict.fromkeys(missing)))


# -- parts of charts -------------------------------------------------------------------------------------------------

AFTER_NUMBER = "slice(datum.label, 4)"
"""Label expression of an axis with `numbered` labels."""


def numbered(place: int, label: str) -> str:
    """A label with its place: equal names stay apart, and the axis keeps their order."""
    return f"{place:03d} {label}"


def values(rows: Sequence[dict[str, Any]]) -> Any:
    """Data inside the chart itself. Altair copies lists at every step of building a chart, but never tuples."""
    data: Any = alt.Data  # altair leaves it without annotations
    return data(values=tuple(rows))


def year_axis() -> Any:
    """Years along the bottom, as many labels as there is room for."""
    return alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True))


def colours(field: str, scale: Mapping[str, str]) -> Any:
    """Colour by a field, in the order given."""
    return alt.Color(f"{field}:N", title=None, sort=None).scale(domain=list(scale), range=list(scale.values()))

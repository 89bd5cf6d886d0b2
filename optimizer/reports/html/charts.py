"""Charts: one look, drawn once by Vega-Lite into a picture that needs no script to be seen.

Colours are middle tones that stand out by 3:1 from paper and from a dark screen; texts, rules and lines carry the marks
`INK`, `MUTED` and `LINE`, which the page's style sheet recolours for a dark screen.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert
from markupsafe import Markup

from optimizer.files import whole_file
from optimizer.reports.report_table import Grid

INK, MUTED, LINE = "#1b2430", "#55606d", "#dde2e8"
EXISTING, UNDERWAY, FINANCED, MISSING = "#7d8896", "#2a9187", "#2f6fd0", "#d1495b"
SERIES = ("#2f6fd0", "#d97a1f", "#2a9187", "#a0579f", "#8a7a1e", "#c2557a", "#5b8c3a", "#7d8896")
"""Colours of parts that have no order of their own; the last is for all others together."""

_CONFIG: dict[str, Any] = {
    "background": "transparent",
    "font": "Helvetica, Arial, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED, "titleColor": MUTED, "titleFontWeight": "normal", "labelFontSize": 11, "titleFontSize": 11,
        "gridColor": LINE, "domainColor": LINE, "tickColor": LINE, "labelLimit": 260, "labelSeparation": 5,
    },
    "legend": {
        "labelColor": INK, "titleColor": MUTED, "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal",
        "orient": "top", "labelLimit": 260, "symbolType": "square",
    },
    "title": {"color": INK, "fontSize": 13, "anchor": "start", "fontWeight": 600, "subtitleColor": MUTED},
}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A chart with the words that go with it."""

    name: str
    """Short and unique in its report: the file name of its pictures."""
    title: str
    description: str
    """What the chart shows, for those who do not see it."""
    chart: Any
    """An altair chart."""
    table: Grid
    """The numbers of the chart."""
    note: str = ""
    """A line below the title, for what the legend does not say."""
    key_outside: bool = False
    """Whether a page explains the colours once for many charts, and not in this one."""

    def specification(self, *, titled: bool) -> dict[str, Any]:
        """Vega-Lite of the chart, with its title in the picture for papers."""
        made: dict[str, Any] = self.chart.to_dict(validate=False)
        made["config"] = _CONFIG
        made["description"] = self.description
        if self.key_outside and not titled:
            made["config"] = {**_CONFIG, "legend": {"disable": True}}
        if titled:
            made["title"] = {"text": self.title, "subtitle": self.note} if self.note else self.title
        return made

    def svg(self, *, titled: bool = True) -> str:
        """The picture as SVG text."""
        return str(vl_convert.vegalite_to_svg(self.specification(titled=titled)))

    def png(self) -> bytes:
        """The picture in 2.5 times its size on white, for documents."""
        specification = self.specification(titled=True)
        specification["background"] = "white"
        return bytes(vl_convert.vegalite_to_png(specification, scale=2.5))

    @property
    def inline(self) -> Markup:
        """The picture for a page: named for a screen reader as one picture, its size left to the page."""
        text = re.sub(
            r' role="graphics-[a-z]+"| aria-roledescription="[^"]*"| aria-hidden="true"', "", self.svg(titled=False)
        )
        text = re.sub(r"\bclip(\d+)\b", rf"{self.name}-clip\1", text)
        label = Markup.escape(f"{self.title}. {self.description}")
        return Markup(text.replace('class="marks"', f'role="img" aria-label="{label}"', 1))


def write_pictures(figures: Sequence[Figure], folder: Path) -> list[Path]:
    """A png and an svg of every figure in a folder, which is made where it is not there. Returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for figure in figures:
        for path, data in (
            (folder / f"{figure.name}.svg", figure.svg().encode()),
            (folder / f"{figure.name}.png", figure.png()),
        ):
            with whole_file(path) as made:
                made.write_bytes(data)
            written.append(path)
    return written


# -- parts of charts -------------------------------------------------------------------------------------------------

AFTER_NUMBER = "slice(datum.label, 4)"
"""How an axis shows a `numbered` label."""


def numbered(place: int, label: str) -> str:
    """A label with its place: equal names stay apart, and the axis keeps their order."""
    return f"{place:03d} {label}"


def values(rows: Sequence[dict[str, Any]]) -> Any:
    """Data that stands in the chart itself."""
    data: Any = alt.Data  # altair leaves it without annotations
    return data(values=list(rows))


def year_axis() -> Any:
    """Years along the bottom, as many labels as there is room for."""
    return alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True))


def colours(field: str, scale: Mapping[str, str]) -> Any:
    """Colour by a field, in the order given."""
    return alt.Color(f"{field}:N", title=None, sort=None).scale(domain=list(scale), range=list(scale.values()))

"""The whole guide as one HTML file: offline, searchable, nothing fetched."""

import base64
import re
from collections.abc import Sequence
from importlib.resources import files

from markupsafe import Markup

from optimizer.reports.guide.markdown import html
from optimizer.reports.guide.topic import CHAPTERS, Topic
from optimizer.reports.html.render import asset, environment, policy
from optimizer.reports.masthead import Masthead
from optimizer.version import __version__

IMAGES = ("page.png", "screen.png")
"""Pictures that the pages of the guide show."""


def page_bytes(topics: Sequence[Topic]) -> bytes:
    """The content of the file. The same version gives the same bytes."""
    script = asset("guide.js")
    return environment().get_template("guide.html").render(
        style=Markup(asset("style.css") + asset("guide.css")),  # files of the package, as the script
        script=Markup(script),
        policy=f"{policy(script)}; img-src data:",
        head=Masthead("mine2magnet: the guide", "", draft=False),
        version=__version__,
        chapters=[(chapter, _sections(topics, chapter)) for chapter in CHAPTERS],
        further=_further_anchors(topics),
    ).encode("utf-8", "replace")  # fmt: skip


def _further_anchors(topics: Sequence[Topic]) -> dict[str, list[str]]:
    """Topic -> its other names as anchors, so that `#capex_m` of a message leads where `guide capex_m` does; a name of
    several topics leads to the first."""
    taken = {t.name for t in topics}
    anchors: dict[str, list[str]] = {t.name: [] for t in topics}
    for topic in topics:
        for alias in (alias.replace(" ", "-") for alias in topic.aliases):
            if alias not in taken and re.fullmatch(r"[\w.-]+", alias):
                taken.add(alias)
                anchors[topic.name].append(alias)
    return anchors


def _sections(topics: Sequence[Topic], chapter: str) -> list[tuple[Topic, Markup, list[tuple[Topic, Markup]]]]:
    """The sections of a chapter, each with its topics."""
    of_chapter = [t for t in topics if t.chapter == chapter and not t.under]
    return [(t, _body(t), [(u, _body(u)) for u in topics if u.under == t.name]) for t in of_chapter]


def _body(topic: Topic) -> Markup:
    """The body as HTML: Markdown of the package, in which HTML is text, with the pictures in it."""
    written = html(topic)
    for name in IMAGES:
        if f'src="{name}"' in written:
            data = base64.b64encode((files("optimizer.reports.guide") / "images" / name).read_bytes()).decode()
            written = written.replace(f'src="{name}"', f'src="data:image/png;base64,{data}"')
    return Markup(written.replace("<table>", '<div class="scroll"><table>').replace("</table>", "</table></div>"))

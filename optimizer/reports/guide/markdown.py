"""The body of a topic as HTML and as text: CommonMark with tables, formulas between dollar signs."""

import re
from collections.abc import Callable

from markdown_it import MarkdownIt

from optimizer.reports.guide.formulas import mathml, plain
from optimizer.reports.guide.topic import Topic

_FORMULA = re.compile(r"\$\$(.+?)\$\$|\$([^$\n]+)\$", re.DOTALL)
_PLACE = re.compile("\ue000(\\d+)\ue001")


def html(topic: Topic) -> str:
    """The body as HTML. HTML in the text is shown as text, never used."""
    blocks: list[str] = []

    def keep(latex: str, display: bool) -> str:
        blocks.append(mathml(latex, display=display))
        return f"\ue000{len(blocks) - 1}\ue001"

    body = _formulas(topic.body, keep) if topic.has_formulas else topic.body
    written = str(_parser().render(body))
    return _PLACE.sub(lambda match: blocks[int(match[1])], written)


def text(topic: Topic) -> str:
    """The body as Markdown without LaTeX and without links, for a terminal."""

    def shown(latex: str, display: bool) -> str:
        lines = [plain(line) for line in re.split(r"\\qquad", latex)]
        return "\n\n    " + "\n    ".join(lines) + "\n\n" if display else f"`{plain(latex)}`"

    body = _formulas(topic.body, shown) if topic.has_formulas else topic.body
    body = re.sub(r"!\[([^\]]*)\]\([^)]*\)\n*", "", body)
    return re.sub(r"(?<!!)\[([^\]]+)\]\(#[^)]*\)", r"\1", body)


def _formulas(body: str, shown: Callable[[str, bool], str]) -> str:
    return _FORMULA.sub(lambda m: shown(m[1] or m[2], m[1] is not None), body)


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False}).enable("table")

"""A topic on a terminal."""

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from optimizer.reports.formatting import fold
from optimizer.reports.guide.markdown import text
from optimizer.reports.guide.topic import CHAPTERS, Topic


def story(topic: Topic, within: Iterable[Topic] = ()) -> list[RenderableType]:
    """The parts of the screen; `within`: topics of the section."""
    parts: list[RenderableType] = [Text(topic.title, "bold"), "", Markdown(text(topic), hyperlinks=False)]
    names = [t.name for t in within]
    if names:
        parts += ["", Text(f"More: mine2magnet guide {names[0]}, and so on for every row above.")]
    return parts


def contents(topics: Sequence[Topic], width: int) -> list[RenderableType]:
    """The names of the topics, chapter by chapter."""
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for chapter in CHAPTERS:
        names = [t.name for t in topics if t.chapter == chapter and not t.under]
        if chapter in ("Messages", "Mathematics"):
            names = [*names[:4], f"and {len(names) - 4} more"]
        table.add_row(Text(chapter, "bold"), ", ".join(names))
    ends = (
        "mine2magnet guide TOPIC shows one: a command, a sheet, a column (capex_m), a rule aggregate, a reason, or a name above.",
        "mine2magnet guide --html guide.html writes the whole guide as one page, to read and search offline.",
    )
    return [table, "", *(Text(fold(line, width, "  ")) for line in ends)]

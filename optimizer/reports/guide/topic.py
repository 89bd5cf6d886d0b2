"""One topic of the guide, and the chapters of topics."""

from dataclasses import dataclass

CHAPTERS = (
    "Start",
    "Commands",
    "Sheets and columns",
    "Rules",
    "Money",
    "Chain and risk",
    "The answer",
    "Reasons",
    "Messages",
    "Mathematics",
    "For programs",
)
"""The chapters in the order of the guide."""


@dataclass(frozen=True)
class Topic:
    """The text of the guide under one name."""

    name: str
    """Argument of `guide NAME`, and anchor in the page."""
    title: str
    chapter: str
    body: str
    """Markdown (CommonMark with tables); with `has_formulas` also LaTeX between `$` or `$$`."""
    aliases: tuple[str, ...] = ()
    """Other names by which it is found."""
    under: str = ""
    """Name of the topic whose section contains it, such as the sheet of a column; empty for a section of its own."""
    has_formulas: bool = False

"""One topic of the guide, and the chapters that topics stand in."""

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
    """What the guide says under one name."""

    name: str
    """What `guide NAME` takes, and the anchor in the page."""
    title: str
    chapter: str
    body: str
    """Markdown (CommonMark with tables); with `has_formulas` also LaTeX between `$` or `$$`."""
    aliases: tuple[str, ...] = ()
    """Other names by which it is found."""
    under: str = ""
    """Name of the topic in whose section it stands, as a column in its sheet; empty for a section of its own."""
    has_formulas: bool = False

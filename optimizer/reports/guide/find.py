"""Finds topics by name, or says which were probably meant."""

from collections.abc import Sequence

from models.nearest import nearest
from optimizer.reports.guide.topic import Topic

MENTIONED = 8
"""Topics that are listed because they mention the words."""
_SHORT = 3
"""Letters of the longest words that say little: how, the, and."""


def normalized(name: str) -> str:
    """A name as it is compared: case, spaces, underscores and `!` do not matter.

    >>> normalized("Projects!capex_m"), normalized("exit status")
    ('projects.capex-m', 'exit-status')
    """
    return "-".join(name.casefold().replace("!", ".").replace("_", " ").replace("-", " ").split())


def find(topics: Sequence[Topic], name: str) -> list[Topic]:
    """The topics of a name: one by its own name, else all that have it as another name."""
    sought = normalized(name)
    by_name = [t for t in topics if normalized(t.name) == sought]
    return by_name or [t for t in topics if any(normalized(alias) == sought for alias in t.aliases)]


def near(topics: Sequence[Topic], name: str) -> str | None:
    """The name that was probably meant; None where nothing is near."""
    names = {normalized(n): n for t in topics for n in (t.name, *t.aliases)}
    name_near = nearest(normalized(name), names)
    return None if name_near is None else names[name_near]


def mentioning(topics: Sequence[Topic], words: str, most: int = MENTIONED) -> list[Topic]:
    """Topics that hold the most of the words, at least half of them; those with them in name or title first, and sections
    before what stands in them. Words of up to three letters count only where there are no others."""
    typed = words.casefold().strip("?!. ").split()
    terms = [word for word in typed if len(word) > _SHORT] or typed

    def held(text: str) -> int:
        return sum(word in text.casefold() for word in terms)

    def rank(topic: Topic) -> tuple[int, bool, bool]:
        return (
            -held(f"{topic.name} {topic.title} {' '.join(topic.aliases)}"),
            bool(topic.under),
            topic.chapter == "Messages",
        )

    counts = [(held(f"{t.name} {t.title} {t.body}"), t) for t in topics]
    best = max((count for count, _ in counts), default=0)
    if not best or 2 * best < len(terms):
        return []
    return sorted((t for count, t in counts if count == best), key=rank)[:most]

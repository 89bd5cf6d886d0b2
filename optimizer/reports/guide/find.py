"""Finds topics by name, or says which were probably meant."""

from collections.abc import Sequence

from models.nearest import nearest
from optimizer.reports.guide.topic import Topic

MENTIONED = 8
"""Topics that are listed because they mention the words."""


def normalized(name: str) -> str:
    """A name as it is compared: case, spaces, underscores and `!` do not matter.

    >>> normalized("Projects!capex_m"), normalized("exit status")
    ('projects.capex-m', 'exit-status')
    """
    return "-".join(name.casefold().replace("!", ".").replace("_", " ").replace("-", " ").split())


def find(topics: Sequence[Topic], name: str) -> list[Topic]:
    """The topics of a name: one by its own name, else all that have it as another name."""
    wanted = normalized(name)
    own = [t for t in topics if normalized(t.name) == wanted]
    return own or [t for t in topics if any(normalized(alias) == wanted for alias in t.aliases)]


def near(topics: Sequence[Topic], name: str) -> str | None:
    """The name that was probably meant; None where nothing is near."""
    names = {normalized(n): n for t in topics for n in (t.name, *t.aliases)}
    name_near = nearest(normalized(name), names)
    return None if name_near is None else names[name_near]


def mentioning(topics: Sequence[Topic], words: str, most: int = MENTIONED) -> list[Topic]:
    """Topics that hold all the words, those with them in name or title first; sections before what stands in them."""
    wanted = words.casefold().split()

    def rank(topic: Topic) -> tuple[bool, bool, bool]:
        head = f"{topic.name} {topic.title} {' '.join(topic.aliases)}".casefold()
        return (not all(w in head for w in wanted), bool(topic.under), topic.chapter == "Messages")

    mentioning = [t for t in topics if all(w in f"{t.name} {t.title} {t.body}".casefold() for w in wanted)]
    return sorted(mentioning, key=rank)[:most]

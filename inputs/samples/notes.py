"""The Notes sheets: the prose of `inputs/notes`, with the numbers that tables own put in their places."""

from collections.abc import Iterator

from . import balance, esg
from .facts import assumptions, prose

Note = tuple[str, str]
"""Heading (empty where it goes on) and paragraph."""


def notes(name: str, **values: str) -> list[Note]:
    """Paragraphs of `notes/<name>.md`, each `{name}` replaced by its value."""
    return list(_paragraphs(prose(name).format(**values)))


def allied() -> list[Note]:
    """The Notes of the allied book; the ESG rubric comes last, a line a row."""
    stages = assumptions("stages")
    text = notes(
        "allied-candidates",
        private_shares="; ".join(
            f"{s['stage']} {s['private_high']} / {s['private_medium']} / {s['private_low']}" for s in stages
        ),
        ramps=", ".join(f"{s['stage']} {s['ramp']}" for s in stages),
        recovery=", ".join(f"{element} {rate:g}" for element, rate in balance.RECOVERY.items()),
        base=f"{esg.BASE['e']}",
        governance=", ".join(f"{country} {base}" for country, base in esg.GOVERNANCE_BASE.items()),
    )
    lines = [("", f"{r['score'].upper()} {int(r['points']):+d}  {r['reason']}") for r in assumptions("esg_rubric")]
    return [*text, *lines]


def _paragraphs(text: str) -> Iterator[Note]:
    """Headings are lines with `##`; a paragraph ends at an empty line; lines of one are joined."""
    for block in text.strip().split("\n\n"):
        first, _, rest = block.partition("\n")
        if first.startswith("## "):
            yield first.removeprefix("## "), " ".join(rest.split())
        else:
            yield "", " ".join(block.split())

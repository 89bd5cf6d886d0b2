"""The Notes sheets: the prose of `inputs/notes`, with the numbers that tables own put in their places."""

from collections.abc import Collection, Iterable, Iterator

from . import balance, esg
from .candidates import STAGES
from .facts import assumptions, prose

Note = tuple[str, str]
"""Heading (empty where it goes on) and paragraph."""


def notes(name: str, **values: str) -> list[Note]:
    """Paragraphs of `notes/<name>.md`, each `{name}` replaced by its value."""
    return list(_paragraphs(prose(name).format(**values)))


def allied() -> list[Note]:
    """The Notes of the allied book; the ESG rubric comes last, a line a row."""
    return [*_with_numbers("allied-candidates", STAGES), *_rubric()]


def chain() -> list[Note]:
    """The Notes of the chain book: its own, then what it shares with the allied book."""
    shared = _with_numbers("allied-candidates", (*STAGES[:2], "metal", STAGES[2]))
    of_both = [note for heading, paragraphs in _sections(shared) if heading in SHARED for note in paragraphs]
    return [*notes("allied-chain"), *of_both, *_rubric()]


SHARED = (
    "Source and confidence", "How old the facts are", "Abandoned projects", "Contested: Seadrift",
    "Contested: the cost of Eneabba", "Contested: NdPr separated outside China",
    "underway", "together", "requires", "private_share", "secured_m", "ramp", "Myanmar",
    "Envelopes are working assumptions", "Face or cost", "Who may finance what", "Same money twice",
    "Programmes left out", "Rates", "Rules", "Do not trust without a further check", "ESG rubric (an estimate)",
)  # fmt: skip
"""Headings of the allied book's Notes that hold for the chain book too."""


def _sections(text: Iterable[Note]) -> list[tuple[str, list[Note]]]:
    """A heading with all its paragraphs."""
    sections: list[tuple[str, list[Note]]] = []
    for heading, paragraph in text:
        if heading or not sections:
            sections.append((heading, []))
        sections[-1][1].append((heading, paragraph))
    return sections


def _with_numbers(name: str, named: Collection[str]) -> list[Note]:
    by_stage = {row["stage"]: row for row in assumptions("stages")}
    stages = [by_stage[stage] for stage in named]
    return notes(
        name,
        private_shares="; ".join(
            f"{s['stage']} {s['private_high']} / {s['private_medium']} / {s['private_low']}" for s in stages
        ),
        ramps=", ".join(f"{s['stage']} {s['ramp']}" for s in stages),
        recovery=", ".join(f"{element} {rate:g}" for element, rate in balance.RECOVERY.items()),
        base=f"{esg.BASE['e']}",
        governance=", ".join(f"{country} {base}" for country, base in esg.GOVERNANCE_BASE.items()),
    )


def _rubric() -> list[Note]:
    return [("", f"{r['score'].upper()} {int(r['points']):+d}  {r['reason']}") for r in assumptions("esg_rubric")]


def _paragraphs(text: str) -> Iterator[Note]:
    """Headings are lines with `##`; a paragraph ends at an empty line; lines of one are joined."""
    for block in text.strip().split("\n\n"):
        first, _, rest = block.partition("\n")
        if first.startswith("## "):
            yield first.removeprefix("## "), " ".join(rest.split())
        else:
            yield "", " ".join(block.split())

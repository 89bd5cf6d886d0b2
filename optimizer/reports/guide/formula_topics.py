"""Topics of the mathematics: the docstring of every constraint, objective and instrument, with its example row."""

import doctest
from collections.abc import Iterator

from optimizer.reports.guide.source_text import Source, source, sources
from optimizer.reports.guide.topic import Topic

CHAPTER = "Mathematics"
PACKAGES = {"models.constraints": "constraint", "models.objectives": "objective", "models.instruments": "instrument"}
MODULES = {
    "models.viability": "market", "models.market": "market", "models.unaided": "market", "models.risk": "risk",
    "models.scenarios": "risk", "models.stress": "risk",
}  # fmt: skip
"""Further modules whose docstring states a formula or a method."""


def topics() -> Iterator[Topic]:
    """One topic per module."""
    for package, kind in PACKAGES.items():
        for module in sources(package):
            if module.doc and module.name not in ("objective", "instrument"):
                yield _topic(module, kind)
    for name, kind in MODULES.items():
        yield _topic(source(name), kind)


def _topic(module: Source, kind: str) -> Topic:
    title, _, rest = module.doc.partition("\n")
    body = "\n\n".join(filter(None, (title, _without_examples(rest), _rows(module))))
    heading = module.name.replace("_", " ")
    return Topic(
        f"{kind}-{module.name}".replace("_", "-"), f"{kind.capitalize()}: {heading}", CHAPTER, body,
        aliases=(f"formula-{module.name}",), has_formulas=True,
    )  # fmt: skip


def _without_examples(doc: str) -> str:
    return doc.partition(">>>")[0].rstrip()


def _rows(module: Source) -> str:
    """Output of the examples of a docstring: rows of the program for a mine and a mill."""
    wants = [e.want.rstrip() for e in doctest.DocTestParser().get_examples(module.doc) if e.want.strip()]
    if not wants:
        return ""
    return "Rows in the example of a mine and a mill that needs it:\n\n```text\n" + "\n".join(wants) + "\n```"

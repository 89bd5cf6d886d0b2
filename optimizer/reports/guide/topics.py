"""Every topic of the guide, chapter by chapter."""

from collections.abc import Iterable, Mapping
from importlib.resources import files

from models.programme import INSTRUMENTS
from optimizer.reports.guide import (
    api_topics,
    formula_topics,
    message_topics,
    reason_topics,
    rule_topics,
    verb_topics,
    workbook_topics,
)
from optimizer.reports.guide.instrument_table import instrument_table
from optimizer.reports.guide.topic import CHAPTERS, Topic
from optimizer.reports.guide.verb_topics import VerbHelp

PAGES = {
    "first-hour": ("Start", ("start", "tutorial", "ten-steps")),
    "questions": ("Start", ("faq", "how-do-i")),
    "workbook": ("Sheets and columns", ("formats", "csv", "excel")),
    "time": ("Sheets and columns", ("years", "window", "ramp", "fid")),
    "overrides": ("Sheets and columns", ("status-and-overrides",)),
    "data-quality": ("Sheets and columns", ("confidence", "sources", "stale")),
    "where": ("Rules", ("filter", "filters")),
    "soft-rules": ("Rules", ("penalty-and-hard", "soft")),
    "money": ("Money", ("budget", "budgets", "programmes-and-budgets", "envelope", "envelopes")),
    "instruments": ("Money", (*(name for name in INSTRUMENTS if name != "offtake"), "instrument-terms")),
    "currencies": ("Money", ("yen", "jpy", "exchange-rates", "inflation", "fiscal-year", "fiscal-years", "fy")),
    "viability": ("Money", ("prices-and-viability", "npv", "bankable")),
    "offtake": ("Money", ("price-floor", "price-floors", "strike")),
    "additionality": ("Money", ("unaided", "deadweight")),
    "chain": ("Chain and risk", ("recipes", "delivered", "nameplate", "bottleneck")),
    "scenarios-and-risk": ("Chain and risk", ("risk-measures", "cvar", "regret", "uncertainty", "draws")),
    "objectives": ("The answer", ("objective-names", "plan-score", "score", "points")),
    "reading-a-plan": ("The answer", ("report", "screen", "gap", "proved-within", "optimal", "binding", "unspent")),
    "language": ("The answer", ("japanese", "german", "translation", "fonts")),
    "frontier": ("The answer", ("other-budgets", "boxes", "next-100-m")),
    "exit-status": (
        "The answer",
        ("exit-statuses", "exit", "status-codes", "errors", *(f"exit-status-{n}" for n in range(7))),
    ),
    "how-sure": ("The answer", ("audit", "fingerprint", "second-opinion", "proof")),
    "json": ("For programs", ("json-schemas", "schemas")),
    "python": ("For programs", ("python-api", "api")),
}
"""Hand-written page -> its chapter and its other names."""


def all_topics(verbs: Iterable[VerbHelp], api: Mapping[str, str]) -> tuple[Topic, ...]:
    """Every topic in the order of the guide. Names are unique; a test holds it."""
    topics = [
        *(_page(name) for name in PAGES),
        *verb_topics.topics(verbs),
        *workbook_topics.topics(),
        *rule_topics.topics(),
        *reason_topics.topics(),
        *message_topics.topics(),
        *formula_topics.topics(),
        *api_topics.topics(api),
    ]
    order = {chapter: n for n, chapter in enumerate(CHAPTERS)}
    return tuple(sorted(topics, key=lambda topic: order[topic.chapter]))


def _page(name: str) -> Topic:
    """A page of `pages/`: its first line is the title."""
    text = (files("optimizer.reports.guide") / "pages" / f"{name}.md").read_text(encoding="utf-8")
    text = text.replace("{instrument_table}", instrument_table(PAGES))
    title, _, body = text.partition("\n")
    chapter, aliases = PAGES[name]
    return Topic(name, title.removeprefix("# "), chapter, body.strip() + "\n", aliases=aliases)

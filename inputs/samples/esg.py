"""The ESG rubric: three scores from 0 to 100, from words in the facts. An estimate, not a rating.

Each score starts from a base, and every line of `assumptions/esg_rubric.csv` whose words are found in the facts moves
it once. The same table scores the projects and is printed in the workbook's Notes.
"""

import re
from collections.abc import Iterable

from .facts import Record, Text

BASE = {"e": 60, "s": 60}
"""Environment and social scores start here."""
GOVERNANCE_BASE = {"AU": 80, "CA": 80, "JP": 75, "US": 75, "VN": 45}
"""Governance starts from the country."""


def scores(texts: Iterable[str], country: str, rubric: Iterable[Text]) -> Record:
    """`esg_e`, `esg_s` and `esg_g` of a project, 0 to 100, from its texts.

    >>> line = {"score": "e", "points": "-15", "words": "thorium", "unless": "low thorium", "reason": ""}
    >>> scores(["Thorium-bearing"], "US", [line]), scores(["low thorium"], "US", [line])["esg_e"]
    ({'esg_e': 45, 'esg_s': 60, 'esg_g': 75}, 60)
    """
    text = "; ".join(texts).lower()
    score = {**BASE, "g": GOVERNANCE_BASE[country]}
    for line in rubric:
        if applies(line, text):
            score[line["score"]] += int(line["points"])
    return {f"esg_{letter}": min(100, max(0, points)) for letter, points in score.items()}


def applies(line: Text, text: str) -> bool:
    """Whether a line's words stand in the text and none that switch the line off."""
    match = re.search(line["words"], text) is not None
    return match and not (line["unless"] and re.search(line["unless"], text))

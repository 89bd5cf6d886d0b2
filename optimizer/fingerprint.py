"""The fingerprint of a plan: one short digest of everything that determines it.

The same fingerprint is on the page, in the workbook, in manifest.json and in the terminal, so that a plan folder can be
compared with a printed page. The digest is SHA-256 (FIPS 180-4), cut to its first 96 bits.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from models.case import Case
from models.plan import Plan

DIGITS, GROUP = 24, 4
"""Hexadecimal digits of a fingerprint, and the size of their groups."""
INCIDENTAL = frozenset({"timings", "created", "platform", "renderers", "files", "fingerprint", "added", "language"})
"""Entries of a manifest that do not count: duration, machine, and values derived from the rest."""


def fingerprint(case: Case, plan: Plan) -> str:
    """The fingerprint of a plan: of its case, its numbers, its options, overrides, versions and workbook digest."""
    return grouped(
        case.model_dump_json(), plan.model_dump_json(exclude={"manifest"}), canonical(deciding(plan.manifest))
    )


def frontier_fingerprint(case: Case, frontier: Mapping[str, Any], plans: Iterable[Plan]) -> str:
    """The fingerprint of a frontier: of its case, its numbers as frontier.json has them, and its plans."""
    numbers = {key: value for key, value in frontier.items() if key != "manifest"}
    return grouped(
        case.model_dump_json(), canonical(numbers), *(p.model_dump_json(exclude={"manifest"}) for p in plans)
    )


def deciding(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Entries of a manifest that determine the plan: all but `INCIDENTAL` ones and the path of the workbook."""
    record = {key: value for key, value in manifest.items() if key not in INCIDENTAL}
    if isinstance(book := record.get("workbook"), Mapping):
        record["workbook"] = {key: value for key, value in book.items() if key != "path"}
    return record


def canonical(value: Any) -> str:
    """JSON with sorted keys and no blanks: one text for equal values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def grouped(*parts: str) -> str:
    """The digest of several texts, as people compare it.

    >>> grouped("a", "b"), grouped("ab", "")
    ('3c9d-5910-45bc-8876-f9d0-399b', '5275-cd81-a7ab-85c7-219c-be04')
    """
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "replace")
        digest.update(len(data).to_bytes(8, "big") + data)  # lengths keep ("a", "b") apart from ("ab", "")
    text = digest.hexdigest()[:DIGITS]
    return "-".join(text[at : at + GROUP] for at in range(0, DIGITS, GROUP))


def same(one: str, other: str) -> bool:
    """Whether two fingerprints are equal, however they were typed.

    >>> same("0a1b-2c3d", " 0A1B2C3D"), same("0a1b", "0a1b-2c3d")
    (True, False)
    """
    return _bare(one) == _bare(other)


def _bare(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())

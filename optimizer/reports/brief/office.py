"""Common parts of Word documents and slides: reproducible files and clean text."""

import io
import zipfile
from collections.abc import Callable
from typing import Any

from rich.cells import cell_len

from models.settings import ENGLISH
from optimizer.reports.brief.content import Brief
from optimizer.reports.html.render import flow
from optimizer.reports.language import language
from optimizer.reports.masthead import FILE_DATE
from optimizer.safe_text import one_line

_FIXED = (1980, 1, 1, 0, 0, 0)
"""Fixed time of every part of the archive, so that the bytes do not depend on the clock."""
DARK, ACCENT, PALE, GREY, LINE, RED = "1B2430", "1F4E79", "EEF2F6", "55606D", "C9D0D8", "A11D31"
"""Colours, as in the page and the workbook."""
FONT, CJK_FONT = "Arial", "Noto Sans CJK JP"
LOCALES = {"ja": "ja-JP", "de": "de-DE"}
"""Language -> the locale that names it in a document."""


def saved(save: Callable[[io.BytesIO], None]) -> bytes:
    """The bytes of a document, the same for the same content."""
    stream = io.BytesIO()
    save(stream)
    again = io.BytesIO()
    with zipfile.ZipFile(stream) as given, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as fixed:
        for part in given.infolist():
            entry = zipfile.ZipInfo(part.filename, _FIXED)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            fixed.writestr(entry, given.read(part))
    return again.getvalue()


def describe(properties: Any, brief: Brief) -> None:
    """Title and author of a document; its times are fixed, as in every file of a plan."""
    properties.title = text(brief.head.title)
    properties.author = text(brief.head.byline) or "mine2magnet"
    properties.last_modified_by = "mine2magnet"
    properties.created = properties.modified = FILE_DATE
    properties.comments = properties.keywords = ""
    properties.revision = 1
    if language() != ENGLISH:
        properties.language = language()


def widest_part(words: str) -> int:
    """Columns of the widest part of a text in which no line can be broken: a word, of East Asian text a few characters.

    >>> widest_part("capital cost"), widest_part("公的資金（百万USD）")
    (7, 14)
    """
    return max((cell_len(w) if cell_len(w) == len(w) else min(cell_len(w), 14) for w in words.split()), default=0)


def text(words: str) -> str:
    """Text for one paragraph: no line break before a unit, and no marks that change the direction of writing."""
    return flow(one_line(words))

"""Identify the sheets of a book by title, by misspelled title, and by header.

A sheet with input under another title is a fault with the cure, unless the setting `ignore_sheets` names it. One notice
lists all other sheets that are not read.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from models.columns import columns
from models.schema import SHEETS
from models.settings import Settings
from models.text import Text, joined
from models.translations import SHEETS as TRANSLATED
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.header_names import form, header_text
from optimizer.workbook.header_row import has_key, known_headers
from optimizer.workbook.table import Book, Table

KNOWN = (*SHEETS, "settings")
OWN_TITLES = frozenset({"start_here", "manual", "lists", "faults"})
"""Explanatory sheets of the template and the annotated copy, which are not read."""
_CLOSE = 0.8
_NEUTRAL = {
    "all", "capacity", "candidate", "data", "exchange", "final", "forecast", "funding", "input", "inputs", "list", "new",
    "our", "policy", "public", "rates", "sheet", "tab", "table", "the",
}  # fmt: skip
"""Words that a title may have besides the name of a sheet: `Policy rules`, `existing capacity`."""
_OTHER_NAMES = {"exchangerates": "fx", "exchangerate": "fx", "currencies": "fx", "candidates": "projects"}
_TRANSLATED = {form(title): name for name, titles in TRANSLATED.items() for title in titles}
_ONE_OF: dict[str, frozenset[str]] = {
    "demand": frozenset({"<year>"}),
    "outlays": frozenset({"year_<k>"}),
    "existing": frozenset({"<year>", "capacity_tpa"}),
    "risks": frozenset({"p_fail", "delay", "overrun_sigma"}),
    "programmes": frozenset(
        {"<year>", "total_m", "total_face_m", "max_share", "min_ticket_m", "max_ticket_m", "cost_rate", "carry_over"}
    ),
}
"""Columns of which at least one confirms the sheet that the required columns suggest."""
_ENOUGH = 4
"""Number of our headers that make a sheet ours although one required column is missing."""


@dataclass(frozen=True)
class SheetClaim:
    """The reason why a sheet of another title counts as an input sheet."""

    name: str
    by: Literal["translation", "title", "header"]

    def message(self, title: str, present: Mapping[str, Table]) -> str:
        """The fault, with the cure."""
        message = f'"{title}" is not a sheet that is read; did you mean {self.name}?'
        if self.name in present and present[self.name].title != title:
            return (
                f"{message} Its header is that of {self.name}, which the book has already ({present[self.name].title}): move "
                "its rows there, or name the sheet in the setting ignore_sheets"
            )
        shown = " Its header is that of such a sheet." if self.by == "header" else ""
        return f"{message}{shown} Rename it, or name it in the setting ignore_sheets"


def is_known(title: str) -> bool:
    """Whether a sheet of this title is read."""
    return form(title) in KNOWN


def claims(book: Book) -> dict[str, SheetClaim]:
    """Titles of sheets that seem to be ours under another title -> which one, and why."""
    present = {form(title) for title in book.titles}
    claimed: dict[str, SheetClaim] = {}
    for title in book.titles:
        if is_known(title) or form(title) in OWN_TITLES:
            continue
        rows = book.heads.get(title) or (book.tables[title].rows if title in book.tables else [])
        translation = _TRANSLATED.get(form(title))
        if translation and translation not in present:
            claimed[title] = SheetClaim(translation, "translation")
        elif near := _near_title(title, present):
            claimed[title] = SheetClaim(near, "title")
        elif name := _by_header(title, rows):
            claimed[title] = SheetClaim(name, "header")
    return claimed


def choose(book: Book, claimed: Mapping[str, SheetClaim]) -> dict[str, Table]:
    """Our sheets by our names: those with our titles and, for a missing one, the first sheet that seems to be it."""
    tables: dict[str, Table] = {}
    for title, table in book.tables.items():
        if is_known(title):
            tables.setdefault(form(title), table)
    for title, claim in claimed.items():
        if title in book.tables:
            tables.setdefault(claim.name, book.tables[title])
    return tables


def without_ignored(tables: Mapping[str, Table], ignored: Collection[str]) -> dict[str, Table]:
    """The sheets that the setting `ignore_sheets` leaves; the settings themselves are always read."""
    forms = {form(title) for title in ignored}
    return {name: table for name, table in tables.items() if form(table.title) not in forms or name == "settings"}


def note_sheets(
    book: Book,
    tables: Mapping[str, Table],
    claimed: Mapping[str, SheetClaim],
    ignored: Collection[str],
    diagnostics: Diagnostics,
) -> None:
    """Faults of sheets that seem to be ours, that are there twice, or that are missing; a notice of sheets that are not read."""
    forms = {form(title) for title in ignored}
    read = {table.title for table in tables.values()}
    others = []
    for title in book.titles:
        claim = claimed.get(title)
        if form(title) in forms:
            others.append(title)
        elif is_known(title) and title not in read:
            name = form(title)
            diagnostics.fault(title, f"a second sheet {name} ({tables[name].title} is there too); rename or delete one")
            diagnostics.unread.add(name)
        elif claim is not None and claim.by == "translation" and title in read:
            diagnostics.notice(title, Text("read as the sheet {name}", name=claim.name))
        elif claim is not None:
            diagnostics.fault(title, claim.message(title, tables))
        elif title not in read:
            others.append(title)
    if others:
        diagnostics.notice(others[0], Text("not read, since these are no input sheets: {names}", names=joined(others)))
    for title in ignored:
        if form(title) not in {form(other) for other in book.titles}:
            diagnostics.notice(
                "settings",
                Text('ignore_sheets names "{title}", and the book has no such sheet', title=title),
                "ignore_sheets",
            )
    if "projects" not in tables:
        diagnostics.unread.add("projects")
        diagnostics.fault(
            "projects", f"the sheet projects is missing; the book has {', '.join(book.titles) or 'no sheet'}"
        )


def _near_title(title: str, present: set[str]) -> str | None:
    """The absent sheet that a title was most likely meant to be: Programs, Project, Setting."""
    words = _words(title)
    forms = {"".join(words), "".join(w for w in words if w not in _NEUTRAL)}
    known = {name: name for name in KNOWN} | _OTHER_NAMES
    scores = [
        (SequenceMatcher(None, form_, other, autojunk=False).ratio(), name)
        for form_ in forms
        for other, name in known.items()
        if name not in present
    ]
    score, name = max(scores, default=(0.0, ""))
    return name if score >= _CLOSE else None


def _words(title: str) -> list[str]:
    return re.findall(r"[a-z]+", unicodedata.normalize("NFKC", title).casefold())


# -- by the header -----------------------------------------------------------------------------------------------------


def _by_header(title: str, rows: list[list[Any]]) -> str | None:
    """The input sheet whose header, or whose settings, the first rows hold."""
    if _are_settings(title, rows):
        return "settings"
    best: tuple[int, str] = (0, "")
    for cells in rows:
        for name in SHEETS:
            known = known_headers(name, cells, {})
            if len(known) > best[0] and _is_header_of(name, known, _names_it(title, name)):
                best = (len(known), name)
    return best[1] or None


def _is_header_of(name: str, known: set[str], titled: bool) -> bool:
    """Whether headers identify the sheet: all required ones, or all but one of many; fewer if the title agrees."""
    missing = {c.field for c in columns(SHEETS[name]) if c.required} - known
    some = not (name in _ONE_OF and _ONE_OF[name].isdisjoint(known))
    if titled:
        return len(known) >= 2
    if not has_key(name) and len(known) < _ENOUGH - 1:
        return False
    return some and (not missing or (len(missing) == 1 and len(known) >= _ENOUGH))


def _names_it(title: str, name: str) -> bool:
    """Whether a title holds the name of a sheet: `Financing rules`, `rules_old`, `Rule (2)`."""
    singular = name.removesuffix("s")
    return bool({name, singular} & {word.removesuffix("s") if word != name else word for word in _words(title)})


def _are_settings(title: str, rows: Iterable[list[Any]]) -> bool:
    """Whether the first two filled columns are settings and their values."""
    known = 0
    for cells in rows:
        texts = [form(header_text(value)) for value in cells]
        known += any(text in Settings.model_fields for text in texts[:3])
    return known >= (1 if _names_it(title, "settings") else 2)

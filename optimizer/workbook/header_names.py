"""Identify headers as people write them: by our names, synonyms, translations, or a near miss."""

import datetime
import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import Any

from models.columns import Column
from models.translations import HEADERS
from optimizer.workbook.cell_values import NotAValue, is_empty, plain, year_of
from optimizer.workbook.years import proposed_years

CLOSE = 0.84
"""Similarity from which a header counts as a misspelling of a known one (`privat_share` 0.96, `esg_x` and `esg_e` 0.8)."""
_LONGEST = 120
"""Longest header that is compared, in letters; a longer one is prose."""
_UNITS = {"m", "tpa", "t"}
"""Units at the end of our column names."""
_KEPT = 1_024
"""Texts whose comparable form is kept: a sheet has the same headers, and each is compared with every column."""
_PLAIN_UNITS = re.compile(r"t|t/a|t/yr|t/y|t/jahr|tpa|tpy|トン|トン/年|t/年|jahre?|years?|年")
"""Units in brackets that are the column's own."""


@lru_cache(_KEPT)
def form(text: str) -> str:
    """A header in the form in which it is compared: without case, spaces and full-width letters.

    >>> form("  Private Share "), form("ｄｅｍａｎｄ")
    ('private_share', 'demand')
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s_]+", "_", text.strip().casefold()).strip("_")


def header_text(value: Any) -> str:
    """A header cell as text; for a number or a date its year."""
    if isinstance(value, datetime.date):
        return str(year_of(value))
    if isinstance(value, bool | NotAValue) or is_empty(value):
        return ""
    if isinstance(value, int | float):
        return plain(value)
    text = str(value).strip()
    return text[:-2] if re.fullmatch(r"\d{4}\.0", text) else text


def translated(text: str, columns: Iterable[Column]) -> Column | None:
    """The column that a German or Japanese header names; None if its brackets hold a unit that is not ours.

    >>> from models.schema import Project
    >>> from models.columns import columns
    >>> [translated(text, columns(Project)).field for text in ("Kapazität (t/a)", "設備投資額", "Land")]
    ['capacity_tpa', 'capex_m', 'country']
    >>> translated("設備投資額(億円)", columns(Project))
    """
    bare, unit = _without_unit(unicodedata.normalize("NFKC", text[:_LONGEST]))
    if unit and not _PLAIN_UNITS.fullmatch(unit.strip().casefold()):
        return None
    field = _translations().get(_signs(bare), ())
    return next((column for column in columns if column.field in field and column.family is None), None)


@cache
def _translations() -> dict[str, tuple[str, ...]]:
    known: dict[str, tuple[str, ...]] = {}
    for field, names in HEADERS.items():
        for name in names:
            known[_signs(name)] = (*known.get(_signs(name), ()), field)
    return known


def is_named(text: str, column: Column) -> bool:
    """Whether a header is the name of a column, one of its synonyms, or a translation."""
    return form(text) == column.field or is_synonym(text, column) or translated(text, [column]) is not None


def near_miss(text: str, missing: Iterable[Column]) -> str | None:
    """The column that a header most likely means: a synonym, a misspelling, or a name with its unit."""
    missing, text = list(missing), text[:_LONGEST]
    scores = [(score, c.field) for c in missing if c.family is None and (score := likeness(text, c)) >= CLOSE]
    if scores:
        return max(scores)[1]
    families = {c.family for c in missing}
    text = _without_unit(text)[0].strip() or text
    offset = re.fullmatch(r"(?:y|yr|year|fid)?[\s_+.-]*(\d{1,2})", text.strip().casefold())
    if "year_<k>" in families and offset:
        return f"year_{int(offset[1])}"
    years = proposed_years(text) if "<year>" in families else []
    if len(years) in (1, 2):
        return str(years[-1])
    material = re.fullmatch(r"(?:shares?|shr|anteil)[\W_]+(\w+)", text.strip().casefold())
    return f"share_{material[1]}" if "share_<material>" in families and material else None


@lru_cache(_KEPT)
def likeness(text: str, column: Column) -> float:
    """Similarity: 1 for a synonym, with or without brackets; else the part of the letters that agree."""
    text = text[:_LONGEST]
    if is_synonym(text, column):
        return 1.0
    bare = _without_unit(text)[0]
    words = set(column.field.split("_")) - _UNITS
    if len(words) > 1 and words <= set(re.findall(r"[a-z]+", text.casefold())):
        return CLOSE  # `earliest FID year`
    return max(
        (SequenceMatcher(None, f, column.field, autojunk=False).ratio() for f in map(form, (text, bare)) if f),
        default=0.0,
    )


@lru_cache(_KEPT)
def is_synonym(text: str, column: Column) -> bool:
    """Whether a header is the field or a synonym of a column, ignoring brackets."""
    text = text[:_LONGEST]
    bare = _without_unit(text)[0]
    forms = {_letters(text), _letters(bare)} - {""}
    return bool(forms & {_letters(name) for name in (column.field, *column.synonyms)})


@lru_cache(_KEPT)
def _without_unit(text: str) -> tuple[str, str]:
    """A header without its unit, in brackets or after a comma; and the unit.

    >>> _without_unit("Capex (US$ m)"), _without_unit("Output, kt")
    (('Capex ', 'US$ m'), ('Output', ' kt'))
    """
    match = re.search(r"[(\[（【]([^()\[\]（）【】]*)[)\]）】]", text)
    if match:
        return text[: match.start()] + text[match.end() :], match[1]
    before, _, after = text.partition(",")
    return before, after


@lru_cache(_KEPT)
def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.casefold())


@lru_cache(_KEPT)
def _signs(text: str) -> str:
    """Letters and figures of any script, for comparison."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())

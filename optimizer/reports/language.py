"""Language of the reports: gettext catalogues, and numbers and dates in the format of the locale.

Reports are written in English; `tr` looks the English up in the catalogues of the current language, and what they lack
stays English. The terminal, messages and files for programs never enter `spoken`, so they are English throughout. Catalogues
are `.po` files of `locale/<language>/` (GNU gettext), numbers and names of countries come from the Unicode CLDR by Babel.
"""

import gettext
import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache, wraps
from importlib.resources import files
from typing import Any, ParamSpec, TypeVar

from models.countries import english, iso2
from models.numbers import Digits
from models.settings import ENGLISH
from models.text import Text

P = ParamSpec("P")
T = TypeVar("T")

_CURRENT: ContextVar[str] = ContextVar("language", default=ENGLISH)
_COUNTS = frozenset({"all", "candidates", "count", "financed", "n"})
"""Places of messages at which whole numbers count things."""
_TWO_STOPS = re.compile(r"(?<=\w)\.\.(?!\S)")


# -- the current language --------------------------------------------------------------------------------------------


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Within this block reports are in this language, one of `models.settings.LANGUAGES`."""
    token = _CURRENT.set(language)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def language() -> str:
    """The current language as a tag of BCP 47: `en` unless inside `spoken`."""
    return _CURRENT.get()


def in_language(language: str, make: Callable[P, T]) -> Callable[P, T]:
    """A function that works in this language wherever it is called."""

    @wraps(make)
    def inside(*args: P.args, **kwargs: P.kwargs) -> T:
        with spoken(language):
            return make(*args, **kwargs)

    return inside


# -- words -----------------------------------------------------------------------------------------------------------


def tr(message: str, /, **values: Any) -> str:
    """A message in the current language with its values in place.

    A value stands where the translation has its name, in any order; numbers of things have their thousands apart. Without
    values the message is taken as it is.

    >>> tr("{name} is financed in {year}", name="Ridge", year=2030), tr("{n} of {all} fit", n=1356, all=5000)
    ('Ridge is financed in 2030', '1,356 of 5,000 fit')
    """
    translated = _catalogue(language()).gettext(message) if message else ""
    return _filled(translated, values) if values else translated


def tr_n(one: str, many: str, n: int, /, **values: Any) -> str:
    """A message about a number of things: `one` of a single thing, `many` otherwise; the number stands at `{n}`.

    >>> tr_n("{n} mine of {name}", "{n} mines of {name}", 1200, name="Ridge")
    '1,200 mines of Ridge'
    """
    return _filled(_catalogue(language()).ngettext(one, many, n), {"n": localized(f"{n:,}"), **values})


def tr_c(context: str, message: str, /, **values: Any) -> str:
    """A message that has another translation elsewhere; the context tells translators which one is meant.

    >>> tr_c("a date", "by {year}", year=2030)
    'by 2030'
    """
    translated = _catalogue(language()).pgettext(context, message)
    return _filled(translated, values) if values else translated


def _filled(template: str, values: Mapping[str, Any]) -> str:
    """A translation with its values in place; a value that ends in the full stop of an abbreviation ends the sentence.

    >>> with spoken("de"):
    ...     _filled("Gesamtbudget {money}.", {"money": "400 Mio."})
    'Gesamtbudget 400 Mio.'
    """
    text = template.format(**{name: _counted(name, value) for name, value in values.items()})
    return text if language() == ENGLISH else _TWO_STOPS.sub(".", text)


def _counted(name: str, value: Any) -> Any:
    """A value for its place: a number of things with its thousands apart, a year and anything else as it is."""
    return localized(f"{value:,}") if name in _COUNTS and type(value) is int else value


def spaced(*sentences: str) -> str:
    """Sentences one behind the other, as the current language sets them; empty ones are left out.

    >>> spaced("One.", "", "Two.")
    'One. Two.'
    """
    return ("" if language() == "ja" else " ").join(filter(None, sentences))


def translated(text: str) -> str:
    """A sentence of the models in the current language; a plain text, such as a note of the planner, stays as it is.

    >>> translated(Text("needs {name}", name="Ridge")), translated("a note")
    ('needs Ridge', 'a note')
    """
    if not isinstance(text, Text) or language() == ENGLISH:
        return str(text)
    return tr(text.template, **{name: _in_language(name, value) for name, value in text.values.items()})


def _in_language(name: str, value: str | int) -> str:
    if isinstance(value, Digits):
        return localized(value)
    if name == "country" and (code := iso2(str(value))) is not None:
        return territory(code, english(code))
    if name in ("stage", "instrument"):
        return tr(str(value))
    return translated(value) if isinstance(value, Text) else str(value)


def N_(message: str) -> str:  # noqa: N802 - the name that gettext has for it
    """Marks a constant for the catalogues; `tr` translates it where it is shown."""
    return message


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    """The catalogues of a language, joined; English needs none."""
    joined = gettext.NullTranslations()
    if language == ENGLISH:
        return joined
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    folder = files("optimizer.reports") / "locale" / language
    for path in sorted((p for p in folder.iterdir() if p.name.endswith(".po")), key=lambda p: p.name):
        binary = io.BytesIO()
        write_mo(binary, read_po(io.BytesIO(path.read_bytes()), locale=language))
        binary.seek(0)
        catalogue = gettext.GNUTranslations(binary)
        catalogue.add_fallback(joined)
        joined = catalogue
    return joined


# -- numbers, dates, countries ---------------------------------------------------------------------------------------


def localized(number: str) -> str:
    """A number in English digits, as `1,234.5`, with the separators of the current language.

    >>> with spoken("de"):
    ...     localized("1,234.5")
    '1.234,5'
    """
    return number if language() == ENGLISH else number.translate(_separators(language()))


@cache
def _separators(language: str) -> dict[int, str]:
    from babel.numbers import get_decimal_symbol, get_group_symbol

    return str.maketrans({",": get_group_symbol(language), ".": get_decimal_symbol(language)})


@cache
def number_locale(language: str) -> dict[str, Any]:
    """Number format of a language for charts: a format locale of d3, from the CLDR.

    >>> number_locale("de")["thousands"], number_locale("de")["percent"] == "\u00a0%"
    ('.', True)
    """
    from babel import Locale
    from babel.numbers import get_decimal_symbol, get_group_symbol, get_minus_sign_symbol

    return {
        "decimal": get_decimal_symbol(language),
        "thousands": get_group_symbol(language),
        "grouping": [3],
        "currency": ["", ""],
        "percent": Locale.parse(language).percent_formats[None].suffix[1],
        "minus": get_minus_sign_symbol(language),
    }


def long_date(day: date) -> str:
    """A day in words.

    >>> long_date(date(2026, 11, 28))
    '28 November 2026'
    >>> with spoken("ja"):
    ...     long_date(date(2026, 11, 28))
    '2026年11月28日'
    """
    if language() == ENGLISH:
        return f"{day.day} {day:%B %Y}"
    from babel.dates import format_date

    return str(format_date(day, "long", locale=language()))


def territory(code: str, english: str) -> str:
    """A country in the current language: by the catalogues, else by the CLDR; its English name where neither has it."""
    if language() == ENGLISH:
        return english
    if (translated := tr(english)) != english:
        return translated
    return _territories(language()).get(code.upper(), english)


@cache
def _territories(language: str) -> dict[str, str]:
    from babel import Locale

    return dict(Locale.parse(language).territories)

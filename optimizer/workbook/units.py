"""Units of money, tonnes, shares and time as people write them in headers and beside numbers.

A `Unit` turns a number written in it into the unit of our column: `value * times / over`. Two whole factors, so that
35 per cent is exactly 0.35. Sources: ISO 4217 for currency codes; SI prefixes for tonnes; short tons are not read.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from models.columns import Column

LONGEST_UNIT = 40
"""Letters of the longest unit that is looked at."""

MONEY = {
    "": (1, 10**6), "k": (1, 1000), "thousand": (1, 1000), "thousands": (1, 1000), "'000": (1, 1000), "000": (1, 1000),
    "000s": (1, 1000), "tsd": (1, 1000), "千": (1, 1000), "万": (1, 100), "lakh": (1, 10), "m": (1, 1), "mn": (1, 1),
    "mm": (1, 1), "mil": (1, 1), "mill": (1, 1), "mio": (1, 1), "million": (1, 1), "millions": (1, 1),
    "millionen": (1, 1), "百万": (1, 1), "crore": (10, 1), "千万": (10, 1), "億": (100, 1), "亿": (100, 1),
    "b": (1000, 1), "bn": (1000, 1), "bio": (1000, 1), "billion": (1000, 1), "billions": (1000, 1), "mrd": (1000, 1),
    "mia": (1000, 1), "milliarden": (1000, 1), "十億": (1000, 1), "10億": (1000, 1), "兆": (10**6, 1),
    "tn": (10**6, 1), "trn": (10**6, 1), "trillion": (10**6, 1),
}  # fmt: skip
"""Word -> factor to millions. `T` alone is left out: thousand in German books, trillion in English ones."""
TONNES = {
    "t": (1, 1), "tonne": (1, 1), "tonnes": (1, 1), "metric tons": (1, 1), "metric tonnes": (1, 1), "トン": (1, 1),
    "tp": (1, 1), "kg": (1, 1000), "kt": (1000, 1), "ktp": (1000, 1), "kilotonnes": (1000, 1), "thousand t": (1000, 1),
    "thousand tonnes": (1000, 1), "000 t": (1000, 1), "'000 t": (1000, 1), "000t": (1000, 1), "'000t": (1000, 1),
    "千t": (1000, 1), "千トン": (1000, 1), "万t": (10**4, 1), "万トン": (10**4, 1), "million t": (10**6, 1),
    "million tonnes": (10**6, 1), "百万t": (10**6, 1), "百万トン": (10**6, 1),
}  # fmt: skip
"""Words (without `/yr`) -> factor to tonnes. `MT`, `mt` and `ton` are left out: each has two meanings."""
_MEGATONNES = re.compile(r"Mt(pa|py|/a|/y|/yr|/year)?", re.ASCII)
_PER_YEAR = re.compile(r"\s*(?:/\s*(?:yr|y|a|an|annum|year|jahr|年)|per\s+(?:year|annum)|p\.?\s?a\.?|tpy|/?年(?:間)?)$")
_PRODUCT = re.compile(r"\b(?:t?reo)\b")
_SIGNS = {
    "us$": "USD", "usd$": "USD", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD", "nz$": "NZD", "s$": "SGD",
    "€": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "¥": "JPY", "円": "JPY", "yen": "JPY", "₩": "KRW",
    "₫": "VND", "đ": "VND", "₹": "INR", "元": "CNY", "rmb": "CNY", "$": "$", "dollars": "$", "us dollars": "USD",
}  # fmt: skip
DOLLARS = ("USD", "AUD", "CAD", "NZD", "SGD", "HKD", "TWD")
"""Currencies that `$` alone may mean."""
_SHARES = {"%": (1, 100), "percent": (1, 100), "per cent": (1, 100), "pct": (1, 100), "fraction": (1, 1), "0-1": (1, 1)}
_TIMES = {"years": (1, 1), "year": (1, 1), "yr": (1, 1), "yrs": (1, 1), "a": (1, 1), "年": (1, 1), "jahre": (1, 1),
          "months": (1, 12), "month": (1, 12), "mo": (1, 12), "mths": (1, 12), "monate": (1, 12), "か月": (1, 12),
          "ヶ月": (1, 12), "ヵ月": (1, 12), "ヶ月間": (1, 12)}  # fmt: skip


@dataclass(frozen=True)
class Unit:
    """Factor from a unit of a header or text to the unit of the column."""

    text: str
    times: float = 1
    over: float = 1
    currency: str | None = None
    """ISO code; `$` where a dollar is not named further; None where no currency is named."""

    def of(self, value: float) -> float:
        """A number in the unit of our column."""
        return value * self.times / self.over

    @property
    def is_ours(self) -> bool:
        """Whether the unit is that of our column already."""
        return self.times == self.over

    def is_same(self, other: "Unit") -> bool:
        """Whether two units, however written, turn a number into the same amount."""
        return self.times * other.over == other.times * self.over and self.currency == other.currency

    @property
    def is_per_cent(self) -> bool:
        """Whether numbers are written in per cent."""
        return self.over == 100 and self.times == 1 and self.currency is None


def unit_of(text: str, column: Column) -> Unit | None:
    """The unit that a text names for a column; None where it has no meaning, or more than one, for it.

    >>> from models.columns import columns
    >>> from models.schema import Project
    >>> known = {c.field: c for c in columns(Project)}
    >>> [unit_of(t, known["capex_m"]) for t in ("JPY bn", "US$k")] == [
    ...     Unit("JPY bn", 1000, 1, "JPY"), Unit("US$k", 1, 1000, "USD")]
    True
    >>> unit_of("kt/yr", known["capacity_tpa"]).of(1.5), unit_of("MT", known["capacity_tpa"])
    (1500.0, None)
    """
    if len(text) > LONGEST_UNIT:
        return None
    words = " ".join(unicodedata.normalize("NFKC", text).replace("’", "'").split())
    if column.kind in ("money", "money_or_none"):
        return _money(text, words.casefold())
    if "per t" in column.unit:
        return _money_per_tonne(text, words.casefold())
    if column.unit == "t/yr":
        factor = (10**6, 1) if _MEGATONNES.fullmatch(words) else _tonnes(words.casefold())
    elif column.kind == "whole" and column.unit == "years":
        factor = _TIMES.get(words.casefold())
    elif is_fraction(column):
        factor = _SHARES.get(words.casefold())
    else:
        factor = (1, 1) if words.casefold() in ("%", column.unit.casefold()) and column.unit else None
    return Unit(text, *factor) if factor else None


def is_fraction(column: Column) -> bool:
    """Whether a column holds a fraction that people also write in per cent."""
    return column.kind == "share" or column.field.endswith("_rate") or column.field in ("rate", "inflation", "premium")


def currency_in(text: str) -> str | None:
    """The currency whose sign or code a text holds, `$` where a dollar is not named further; None without one.

    >>> currency_in("US$ 900m"), currency_in("900"), currency_in("A$ 5")
    ('USD', None, 'AUD')
    """
    words = unicodedata.normalize("NFKC", text[:LONGEST_UNIT]).casefold()
    return next((currency for _, currency in _currencies_in(words)), None)


def _tonnes(words: str) -> tuple[int, int] | None:
    bare = " ".join(_PRODUCT.sub(" ", words).split())
    if bare in ("tpa", "tpy"):
        return 1, 1
    return TONNES.get(_PER_YEAR.sub("", bare).strip())


def _money(text: str, words: str) -> Unit | None:
    """Millions of a currency: `JPY bn`, `US$ million`, `M€`, `kUSD`, `億円`, `USD`."""
    for sign, currency in _currencies_in(words):
        rest = words.replace(sign, " ", 1).replace("in ", " ").replace(" of ", " ")
        rest = " ".join(rest.split()).strip(". ")
        if rest in MONEY:
            return Unit(text, *MONEY[rest], currency)
    bare = words.removeprefix("in ").strip(". ")
    return Unit(text, *MONEY[bare]) if bare in MONEY and bare else None


def _money_per_tonne(text: str, words: str) -> Unit | None:
    """Currency per tonne: `USD/t`, `EUR per kg`."""
    money, slash, mass = words.replace(" per ", "/").partition("/")
    factor = {"t": (1, 1), "tonne": (1, 1), "kg": (1000, 1)}.get(mass.strip())
    currency = next((c for sign, c in _currencies_in(money) if money.strip() == sign), None)
    return Unit(text, *factor, currency) if slash and factor and currency else None


def _currencies_in(words: str) -> list[tuple[str, str]]:
    """Signs and codes of currencies in a text, the longest first: `us$` before `$`."""
    signs = [(sign, code) for sign, code in _SIGNS.items() if sign in words]
    codes = [(word, word.upper()) for word in _code_candidates(words) if word.upper() in _codes()]
    return sorted(signs + codes, key=lambda pair: -len(pair[0]))


def _code_candidates(words: str) -> set[str]:
    """Three letters alone, or after or before a scale: `usd`, `kusd`, `usdm`."""
    candidates: set[str] = set()
    for word in re.findall(r"[a-z]+", words):
        if len(word) == 3:
            candidates.add(word)
        elif 3 < len(word) <= 6:
            candidates |= {word[-3:]} if word[:-3] in MONEY else set()
            candidates |= {word[:3]} if word[3:] in MONEY else set()
    return candidates


@cache
def _codes() -> frozenset[str]:
    """Currency codes of ISO 4217."""
    import pycountry

    return frozenset(str(currency.alpha_3) for currency in pycountry.currencies)

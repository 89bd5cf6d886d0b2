"""Interpret numbers as people write them. The result is only proposed, never used."""

import re
import unicodedata

from models.columns import Column
from optimizer.workbook.units import MONEY, TONNES, unit_of

LONGEST = 64
"""Letters of the longest text for which a number is proposed."""
_LEADS = {"", "~", "≈", "ca", "ca.", "c.", "about", "approx", "approx.", "approximately", "約", "rd.", "+/-"}
_MONEY_LEAD = re.compile(r"(?:[a-z]{3}|[a-z]{0,3}[$€£¥₩₫₹])")
_INDIAN = re.compile(r"\d{1,2}(,\d{2})+,\d{3}(\.\d+)?", re.ASCII)
_FOOTNOTE = re.compile(r"(?<=[\w.%)])\s*(?:[¹²³⁰⁴-⁹*†‡?]+|\[[^\[\]]*\]|\([^()\d]*\))$")
"""A mark or a remark after a number: `900¹`, `900*`, `900 [3]`, `900 (est.)`."""
_MILLIONS = 100_000
"""An amount of money below this, beside a bare currency, is in millions already: `US$ 900`."""
_LOOKALIKES = str.maketrans("OolISB", "001158")
_UNITS_OF_MONEY = MONEY[""]
_SHORT = {"bn": 1000.0, "b": 1000.0, "billion": 1000.0, "kt": 1000.0, "ktpa": 1000.0, "kt/yr": 1000.0}


def proposed_number(text: str, column: Column | None = None) -> float | None:
    """The number that a text most likely means, in the unit of the column, from letters that look like digits, separators,
    currencies and units. None if no number, or more than one, is likely.

    >>> [proposed_number(text) for text in ("12OO", "1 200", "1,200", "1.200,5", "US$ 40", "1.2bn", "0,4", "soon")]
    [1200.0, 1200.0, 1200.0, 1200.5, 40.0, 1200.0, 0.4, None]
    >>> [proposed_number(text) for text in ("(300)", "−300", "１２００", "20 kt", "1,00,000", "300-", "<300", "9 lots")]
    [-300.0, -300.0, 1200.0, 20000.0, 100000.0, -300.0, None, None]
    >>> [proposed_number(text) for text in ("900¹", "900 (est.)", "٩٠٠", "'900", "40 70", "2024-2026")]
    [900.0, 900.0, 900.0, 900.0, None, None]
    """
    if len(text) > LONGEST:
        return None
    text = _normalized(text)
    match = re.search(r"[\dOIl,+-]|\.\d", text)
    start = match.start() if match else len(text)
    lead, rest = text[:start].strip().casefold(), text[start:].strip()
    if lead not in _LEADS and not _MONEY_LEAD.fullmatch(lead):
        return None
    sign = -1.0 if rest.startswith("-") else 1.0
    rest = rest.lstrip("+-").strip()
    end = next((i for i, one in enumerate(rest) if not (one.isdigit() or one in "OolISB.,")), len(rest))
    digits, unit = rest[:end], rest[end:].strip()
    if not any(one.isdigit() for one in digits):
        return None
    is_money = column is not None and column.kind in ("money", "money_or_none")
    number = _digits(digits.translate(_LOOKALIKES))
    factor = _UNITS_OF_MONEY if is_money and not unit and lead not in _LEADS else _factor(unit, column)
    if number is None or factor is None:
        return None
    if factor == _UNITS_OF_MONEY and number < _MILLIONS:
        factor = (1, 1)
    return sign * number * factor[0] / factor[1]


def _normalized(text: str) -> str:
    """Replace full-width digits and minus signs by ASCII, remove spaces within digits, and write (300) as -300."""
    text = unicodedata.normalize("NFKC", _FOOTNOTE.sub("", text.strip())).strip()
    if guarded := re.fullmatch(r"=\"([^\"]*)\"|'(.*)", text):
        text = guarded[1] or guarded[2] or ""
    text = "".join(str(unicodedata.decimal(one, one)) for one in text)
    text = re.sub(r"[−‐‑‒–—]", "-", text)
    text = re.sub(r"(?<=\d)[ '’_](?=\d{3}(?!\d))", "", text)
    if text.startswith("(") and text.endswith(")"):
        return "-" + text[1:-1].strip()
    if text.endswith("-") and text[:1].isdigit():
        return "-" + text[:-1].strip()
    return text


def _factor(unit: str, column: Column | None) -> tuple[float, float] | None:
    """Factor of a unit after the digits; None if it is unknown."""
    if not unit:
        return 1, 1
    if column is not None:
        known = unit_of(unit, column)
        return (known.times, known.over) if known else None
    if unit.casefold() in _SHORT:
        return _SHORT[unit.casefold()], 1
    known_word = unit.casefold() in MONEY or unit.casefold() in TONNES
    return (1, 1) if known_word and unit.casefold() in ("m", "mn", "mio", "million", "t") else None


def _digits(text: str) -> float | None:
    if _INDIAN.fullmatch(text):
        return float(text.replace(",", ""))
    for thousands, decimal in ((",", "."), (".", ",")):
        grouped = re.fullmatch(rf"\d{{1,3}}(\{thousands}\d{{3}})+(\{decimal}\d+)?", text, re.ASCII)
        if grouped and (thousands == "," or decimal in text or text.count(".") > 1):
            return float(text.replace(thousands, "").replace(decimal, "."))
    text = text.replace(",", ".")
    return float(text) if re.fullmatch(r"\d+\.?\d*|\.\d+", text, re.ASCII) else None

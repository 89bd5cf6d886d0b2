"""One cell: the value a person typed, read by the kind of its column; or why it cannot be read, and the cure.

Nothing is guessed in silence: what has one meaning only is read and said, what may have two is a fault with a proposal.
"""

import datetime
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from models.columns import Column, Kind
from models.countries import english, iso2
from optimizer.workbook.number_parser import proposed_number

LARGEST = 1e15
"""No number of a workbook is meant to be larger, whatever its unit."""
SMALLEST = 1e-12
"""What is nearer to 0 is what subtraction leaves over in a spreadsheet, and is read as 0."""
LONGEST = 1000
"""No build, life or contract takes more years."""
YEARS = (1950, 2150)

_ERROR = re.compile(r"#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|GETTING_DATA)|Err:\d{3}", re.IGNORECASE)
_POINT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_COMMA = re.compile(r"[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d+)?", re.ASCII)
_DATE = re.compile(r"((?:19[5-9]|20\d|21[0-4])\d)[-/.]\d{1,2}(?:[-/.]\d{1,2}.*)?|.*[-/. ](\d{4})", re.ASCII)
_DELAY = re.compile(r"(\d{1,2})\s*:\s*(\d+(?:[.,]\d+)?)\s*%?", re.ASCII)
_WHOLE = 1e-6
_YES = ("yes", "y", "true", "1")
_NO = ("no", "n", "false", "0")


class BadCell(ValueError):
    """A cell that cannot be read; the message says what was found, the rule and the cure."""


@dataclass(frozen=True)
class NotAValue:
    """What the preflight found where reading alone would show an empty cell."""

    message: str


@dataclass(frozen=True)
class Style:
    """How a table writes numbers: csv has text only, spreadsheets have typed cells."""

    all_text: bool = False
    decimal_comma: bool = False
    suggests: bool = True
    """Whether a fault looks for the word that was meant: slow, and nobody reads the thousandth suggestion."""


@dataclass(frozen=True)
class Read:
    """A value, and what to say about how it was read."""

    value: Any
    warning: str = ""


def parse(column: Column, value: Any, style: Style) -> Read:
    """Read one cell that is not empty. Raises BadCell."""
    if isinstance(value, NotAValue):
        raise BadCell(value.message)
    if isinstance(value, str):
        value = value.strip()
        if is_error(value):
            raise BadCell(f"{value} is an error of the spreadsheet; mend the formula, or type the value")
    return _PARSERS[column.kind](column, value, style)


def is_empty(value: Any) -> bool:
    """Whether a cell holds nothing that a person sees."""
    return value is None or (isinstance(value, str) and not value.strip())


def is_error(value: Any) -> bool:
    """Whether a cell holds the text of a spreadsheet's error: `#DIV/0!`."""
    return isinstance(value, str) and _ERROR.fullmatch(value.strip()) is not None


def shown(value: Any) -> str:
    """A value as a message shows it: `"12OO"` for text, 12.5 for a number, 2026-01-01 for a date."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return plain(value)
    if isinstance(value, str):
        value = re.sub(r"[\r\n\t]+", " ", value)
        return f'"{value if len(value) <= 60 else value[:57] + "..."}"'
    return str(value)


def plain(value: float) -> str:
    """A number without a needless fraction: 1200, 0.4."""
    return str(int(value)) if float(value).is_integer() and abs(value) < LARGEST else format(value, ".15g")


def nearest(word: str, names: Any) -> str | None:
    """The known name that a word was meant to be, in any case."""
    by_form = {str(n).casefold(): str(n) for n in names}
    near = get_close_matches(word.casefold(), by_form, 1, 0.6)
    return by_form[near[0]] if near else None


def did_you_mean(proposal: str | None) -> str:
    """The end of a message: the proposal, if there is one."""
    return f"; did you mean {proposal}?" if proposal else ""


# -- numbers ---------------------------------------------------------------------------------------------------------


def _number(column: Column, value: Any, style: Style) -> Read:
    read = _any_number(column, value, style)
    number = read.value
    if not math.isfinite(number):
        raise BadCell(f"{number} is not a number; type the value, or leave the cell empty")
    if abs(number) > LARGEST:
        raise BadCell(f"{number:g} is too large to be meant; mind the unit ({column.unit or 'a plain number'})")
    if column.low is not None and number < column.low:
        what = "negative" if column.low == 0 else f"less than {plain(column.low)}"
        raise BadCell(f"{plain(number)} is {what}; give {_range(column)}")
    if column.high is not None and number > column.high:
        tenth = f"{plain(number / 100)}" if column.high == 1 and 2 <= number <= 100 else None
        raise BadCell(f"{plain(number)} is more than {plain(column.high)}; give {_range(column)}{did_you_mean(tenth)}")
    if 0 < abs(number) < SMALLEST:
        return Read(0.0, f"{number:g} is next to nothing; read as 0")
    return read


def _range(column: Column) -> str:
    low = plain(column.low or 0)
    return f"{low} or more" if column.high is None else f"a value from {low} to {plain(column.high)}"


def _any_number(column: Column, value: Any, style: Style) -> Read:
    if isinstance(value, bool):
        raise BadCell(f"{shown(value)} is not a number")
    if isinstance(value, int | float):
        return Read(float(value))
    if not isinstance(value, str):
        raise BadCell(f"{value} is a date where a number belongs; format the cell as a number and type it again")
    if (_COMMA if style.decimal_comma else _POINT).fullmatch(value):
        number = float(value.replace(",", "."))
        return Read(
            number, "" if style.all_text else f"{shown(value)} is a number stored as text; read as {plain(number)}"
        )
    if value.endswith("%"):
        return _per_cent(column, value, style)
    text = value.replace(".", "") if style.decimal_comma else value
    raise BadCell(f"{shown(value)} is not a number{_cure(text)}")


def _per_cent(column: Column, value: str, style: Style) -> Read:
    body = value[:-1].strip()
    if not (_COMMA if style.decimal_comma else _POINT).fullmatch(body):
        raise BadCell(f"{shown(value)} is not a number{_cure(body)}")
    number = float(body.replace(",", ".")) / 100
    if column.high != 1 and not column.field.endswith("_rate"):
        raise BadCell(f"{shown(value)} is a percentage where {column.unit or 'a plain number'} belongs")
    return Read(number, f"{shown(value)} is text; read as {plain(number)}")


def _cure(text: str) -> str:
    if text.casefold() in ("-", "–", "—", "n/a", "na", "none", "tbd", "tbc", "?", "nan", "null", "nil", "inf", "-inf"):
        return "; leave the cell empty where there is no number"
    number = proposed_number(text)
    return "; type digits alone" if number is None else did_you_mean(plain(number))


def _whole(column: Column, value: Any, style: Style) -> Read:
    read = _number(column, value, style)
    if not read.value.is_integer():
        raise BadCell(f"{plain(read.value)} is not a whole number of {column.unit or 'years'}")
    if read.value > LONGEST:
        raise BadCell(f"{plain(read.value)} is more than {LONGEST} {column.unit or 'years'}")
    return Read(int(read.value), read.warning)


def _year(column: Column, value: Any, style: Style) -> Read:
    if isinstance(value, datetime.date):
        raise BadCell(f"{value:%Y-%m-%d} is a date where a year belongs{did_you_mean(str(year_of(value)))}")
    if isinstance(value, str) and not _POINT.fullmatch(value) and (found := _DATE.fullmatch(value)):
        raise BadCell(f"{shown(value)} is a date where a year belongs{did_you_mean(found[1] or found[2])}")
    fiscal = re.fullmatch(r"[A-Za-z]{1,3}\s*'?(\d{2}|\d{4})", value) if isinstance(value, str) else None
    if fiscal:  # FY26
        raise BadCell(f"{shown(value)} is not a year{did_you_mean('20' + fiscal[1][-2:])}")
    read = _any_number(column, value, style)
    if not math.isfinite(read.value) or not float(read.value).is_integer():
        raise BadCell(f"{plain(read.value)} is not a year")
    year_ = int(read.value)
    if not YEARS[0] <= year_ <= YEARS[1]:
        proposal = _short_or_serial(year_)
        raise BadCell(f"{year_} is not a year from {YEARS[0]} to {YEARS[1]}{did_you_mean(proposal)}")
    return Read(year_, read.warning)


def _short_or_serial(number: int) -> str | None:
    """The year that 26 means, or 46023, which is how a spreadsheet keeps the first day of 2026."""
    if 0 < number < 100:
        return str(2000 + number)
    if 30_000 < number < 60_000:
        return str((datetime.date(1899, 12, 30) + datetime.timedelta(days=number)).year)
    return None


def year_of(value: datetime.date) -> int:
    """The year that a date stands for; a number such as 2026 formatted as a date shows 1905-07-18 and means 2026."""
    if value.year < YEARS[0]:
        return (datetime.date(value.year, value.month, value.day) - datetime.date(1899, 12, 30)).days
    return value.year


# -- words -----------------------------------------------------------------------------------------------------------


def _text(_column: Column, value: Any, _style: Style) -> Read:
    if isinstance(value, bool):
        return Read("yes" if value else "no")
    if isinstance(value, int | float):
        return Read(plain(value) if math.isfinite(value) else str(value))
    return Read(value if isinstance(value, str) else str(value))


def _id(column: Column, value: Any, style: Style) -> Read:
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        raise BadCell(f"{value} is a date where a name belongs; format the cell as text and type it again")
    if isinstance(value, bool):
        return Read(shown(value))
    text = _text(column, value, style).value
    return Read(" ".join(re.sub("[\u200b-\u200d\u2060\ufeff]", "", str(text)).split()))


def _country(_column: Column, value: Any, style: Style) -> Read:
    code = iso2(str(value))
    if code is None:
        raise BadCell(
            f"{shown(value)} is not a country; use the ISO-2 code or the English name{_near_country(str(value), style)}"
        )
    return Read(code)


def _near_country(text: str, style: Style) -> str:
    if not style.suggests:
        return ""
    import pycountry

    names = {str(getattr(c, "common_name", c.name)): str(c.alpha_2) for c in pycountry.countries}
    near = nearest(text, names)
    return did_you_mean(f"{names[near]} ({english(names[near])})" if near else None)


def _choice(column: Column, value: Any, style: Style) -> Read:
    text = {"≥": ">=", "≤": "<=", "=>": ">=", "=<": "<="}.get(str(value), str(value)).casefold()
    if text in column.choices:
        return Read(text)
    proposal = {">": ">=", "<": "<=", "min": ">=", "max": "<=", "at least": ">=", "at most": "<="}.get(text)
    proposal = proposal if proposal in column.choices else nearest(text, column.choices if style.suggests else ())
    raise BadCell(f"{shown(value)} is not one of {', '.join(column.choices)}{did_you_mean(proposal)}")


def _yes_no(_column: Column, value: Any, _style: Style) -> Read:
    text = plain(value) if isinstance(value, float) else str(value).casefold()
    if text not in _YES + _NO:
        raise BadCell(f"{shown(value)} is neither yes nor no")
    return Read(text in _YES)


# -- lists -----------------------------------------------------------------------------------------------------------


def _items(column: Column, value: Any, style: Style) -> list[str]:
    text = str(_id(column, value, style).value)
    return [item.strip() for item in text.split(";") if item.strip()]


def _names(column: Column, value: Any, style: Style) -> Read:
    items = _items(column, value, style)
    if column.kind == "names" and any("," in item for item in items):
        proposal = "; ".join(part.strip() for part in re.split("[,;]", str(value)) if part.strip())
        raise BadCell(f"{shown(value)}: a list is separated by semicolons{did_you_mean(proposal)}")
    return Read(tuple(dict.fromkeys(items)))


def _alternatives(column: Column, value: Any, style: Style) -> Read:
    groups = [[part.strip() for part in item.split("|")] for item in _items(column, value, style)]
    if any(not part for group in groups for part in group):
        raise BadCell(f"{shown(value)} has an empty side of |; write a|b; c")
    return Read(tuple(tuple(dict.fromkeys(group)) for group in groups))


def _countries(column: Column, value: Any, style: Style) -> Read:
    items = _items(column, value, style)
    if [i.casefold() for i in items] == ["none"]:
        return Read(())
    unknown = [i for i in items if iso2(i) is None]
    if unknown and all(iso2(part) for part in re.split(r"[,/|]", unknown[0])):
        proposal = "; ".join(part.strip() for part in re.split(r"[,/|;]", str(value)))
        raise BadCell(f"{shown(value)}: a list is separated by semicolons{did_you_mean(proposal)}")
    if unknown:
        raise BadCell(
            f'"{unknown[0]}" is not a country; use the ISO-2 code or the English name{_near_country(unknown[0], style)}'
        )
    return Read(tuple(dict.fromkeys(str(iso2(i)) for i in items)))


def _ramp(column: Column, value: Any, style: Style) -> Read:
    items = str(value).rstrip("; ").split(";") if isinstance(value, str) else [value]
    steps = [_step(column, item.strip() if isinstance(item, str) else item, style) for item in items]
    if max(steps) <= 1 and max(steps) > 0:
        proposal = "; ".join(plain(100 * s) for s in steps)
        raise BadCell(f"{shown(value)} is in per cent of nameplate{did_you_mean(proposal)}")
    if min(steps) < 0 or max(steps) > 100:
        raise BadCell(f"{shown(value)}: the steps of a ramp run from 0 to 100 per cent of nameplate")
    return Read(tuple(steps))


def _step(column: Column, item: Any, style: Style) -> float:
    if item == "":
        raise BadCell("a step of the ramp is empty; write 40; 70; 100")
    if isinstance(item, str) and re.fullmatch(r"\d+%?([,/ |]+\d+%?)+", item) and not _COMMA.fullmatch(item):
        raise BadCell(
            f"{shown(item)}: steps are separated by semicolons{did_you_mean('; '.join(re.findall('[0-9]+', item)))}"
        )
    read = _any_number(column, item.removesuffix("%").strip() if isinstance(item, str) else item, style)
    if not math.isfinite(read.value):
        raise BadCell(f"{item} is not a number; write 40; 70; 100")
    return float(read.value)


def _delays(_column: Column, value: Any, _style: Style) -> Read:
    """Years and their probabilities in per cent, `0:25; 1:75`."""
    if not isinstance(value, str):
        raise BadCell(f"{shown(value)} is a time of day or a number; format the cell as text and type 0:25; 1:75")
    pairs = [_DELAY.fullmatch(item.strip()) for item in value.rstrip("; ").split(";")]
    if None in pairs:
        raise BadCell(f"{shown(value)} is not a list of years and their per cents; write 0:25; 1:35; 2:25; 3:15")
    shares = [(int(pair[1]), float(pair[2].replace(",", "."))) for pair in pairs if pair]
    years = [year for year, _ in shares]
    if len(set(years)) < len(years):
        raise BadCell(f"{shown(value)}: a delay is given twice")
    total = sum(share for _, share in shares)
    if abs(total - 100) > _WHOLE:
        cure = "; write per cent" if abs(total - 1) <= _WHOLE else ""
        raise BadCell(f"{shown(value)}: the shares add up to {plain(total)} and not to 100 per cent{cure}")
    return Read(tuple(shares))


def _years(column: Column, value: Any, style: Style) -> Read:
    items = _items(column, value, style) if isinstance(value, str) else [value]
    if any(re.fullmatch(r"\d{4}([,/ ]+\d{4})+", item) for item in items if isinstance(item, str)):
        proposal = "; ".join(re.findall(r"\d{4}", value))
        raise BadCell(f"{shown(value)}: a list is separated by semicolons{did_you_mean(proposal)}")
    return Read(tuple(sorted({_year(column, item, Style(True, style.decimal_comma)).value for item in items})))


def _weights(column: Column, value: Any, style: Style) -> Read:
    weights: dict[str, float] = {}
    for item in _items(column, value, style):
        name, equals, text = item.partition("=")
        if not equals or not (_COMMA if style.decimal_comma else _POINT).fullmatch(text.strip()):
            raise BadCell(f"{shown(value)} is not a list of weights; write mine=1; separation=2")
        weight = float(text.replace(",", "."))
        if not 0 <= weight <= LARGEST:
            raise BadCell(f"{name.strip()}={plain(weight)}: a weight is 0 or more")
        if name.strip() in weights:
            raise BadCell(f"{name.strip()} is weighted twice")
        weights[name.strip()] = weight
    return Read(weights)


def _money_or_none(column: Column, value: Any, style: Style) -> Read:
    text = str(value).casefold()
    if text == "none":
        return Read(None)
    if text in ("unlimited", "no limit", "no", "inf", "infinite"):
        raise BadCell(f"{shown(value)} is not a number; did you mean none (no limit)?")
    return _number(replace(column, low=0.0), value, style)


_PARSERS: dict[Kind, Callable[[Column, Any, Style], Read]] = {
    "id": _id, "text": _text, "country": _country, "number": _number, "money": _number, "share": _number,
    "score": _number, "whole": _whole, "year": _year, "ramp": _ramp, "delays": _delays, "ids": _names, "alternatives": _alternatives,
    "names": _names, "countries": _countries, "choice": _choice, "yes_no": _yes_no, "years": _years,
    "weights": _weights, "where": _text, "money_or_none": _money_or_none,
}  # fmt: skip

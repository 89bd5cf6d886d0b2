"""Parse one cell by the kind of its column; a cell that cannot be read raises BadCell with the cure.

A text with one meaning is read, with a notice. A text that may have two meanings is a fault with a proposal.
"""

import datetime
import math
import re
from collections.abc import Callable
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Any

from models.columns import Column, Kind
from models.countries import country_cure, country_name, english, iso2
from models.nearest import did_you_mean, nearest
from models.text import Text, clauses
from models.yes_no import as_truth, as_yes_no
from optimizer.workbook.cell_values import LARGEST, BadCell, NotAValue, Read, Style, is_error, plain, shown
from optimizer.workbook.date_cells import date
from optimizer.workbook.degree_cells import degrees
from optimizer.workbook.number_cells import any_number, number, whole, year

_DELAY = re.compile(r"(\d{1,2})\s*:\s*(\d+(?:[.,]\d+)?)\s*%?", re.ASCII)
_WHOLE = 1e-6
_SLIP = 0.8
"""Similarity from which a word counts as a misspelled choice."""
_WEIGHT = re.compile(r"[+-]?[\d.,]+([eE][+-]?\d+)?", re.ASCII)
_STEP = re.compile(r"\d+,\d*", re.ASCII)
_STEPS = re.compile(r"\d{1,3}%?(?:(?:\s*[,/|>→–-]\s*|\s+)\d{1,3}%?)+", re.ASCII)
"""Steps of a ramp with other marks between them: `40, 70, 100`, `40-70-100`, one a line."""
_LONGEST_RAMP = 100


def parse(column: Column, value: Any, style: Style) -> Read:
    """Read one cell that is not empty. Raises BadCell."""
    if isinstance(value, NotAValue):
        raise BadCell(value.message)
    if isinstance(value, str):
        value = value.strip()
        if is_error(value):
            raise BadCell(f"{value} is an error of the spreadsheet; mend the formula, or type the value")
    return _PARSERS[column.kind](column, value, style)


# -- words -----------------------------------------------------------------------------------------------------------


def _text(_column: Column, value: Any, _style: Style) -> Read:
    if isinstance(value, bool):
        return Read("yes" if value else "no")
    if isinstance(value, int | float):
        return Read(plain(value) if math.isfinite(value) else str(value))
    return Read(value if isinstance(value, str) else str(value))


def _free_text(column: Column, value: Any, style: Style) -> Read:
    """Read a text that `where` compares; TRUE and FALSE become yes and no, because csv files hold them as words."""
    text = _text(column, value, style).value
    return Read(as_truth(text) or text)


def _id(column: Column, value: Any, style: Style) -> Read:
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        raise BadCell(f"{value} is a date where a name belongs; format the cell as text and type it again")
    if isinstance(value, bool):
        return Read(shown(value))
    text = _text(column, value, style).value
    return Read(" ".join(re.sub("[\u200b-\u200d\u2060\ufeff]", "", str(text)).split()))


def _country(_column: Column, value: Any, style: Style) -> Read:
    name = country_name(str(value))
    if name is None:
        raise BadCell(_no_country(str(value), style))
    return Read(name.code, None if name.is_plain else _read_as(str(value), name.code))


def _read_as(text: str, code: str) -> Text:
    return Text("{text} is read as {code} ({country})", text=shown(text), code=code, country=english(code))


def _no_country(text: str, style: Style) -> str:
    cure = country_cure(text) if style.suggests else ""
    return f"{shown(text)} is not a country; use the ISO-2 code or the English name{cure}"


def _choice(column: Column, value: Any, style: Style) -> Read:
    text = {"≥": ">=", "≤": "<=", "=>": ">=", "=<": "<="}.get(str(value), str(value)).casefold()
    if text in column.choices:
        return Read(text)
    proposal = {">": ">=", "<": "<=", "min": ">=", "max": "<=", "at least": ">=", "at most": "<="}.get(text)
    proposal = proposal if proposal in column.choices else _near_choice(text, column.choices if style.suggests else ())
    raise BadCell(f"{shown(value)} is not one of {', '.join(column.choices)}{did_you_mean(proposal)}")


def _near_choice(text: str, choices: tuple[str, ...]) -> str | None:
    """The choice of which a word is a misspelling. "Decommissioned" and "uncommitted" are not "committed".

    >>> _near_choice("commited", ("candidate", "committed")), _near_choice("uncommitted", ("candidate", "committed"))
    ('committed', None)
    """
    near = nearest(text, choices)
    is_slip = (
        near is not None and near[0] == text[:1] and SequenceMatcher(None, text, near, autojunk=False).ratio() >= _SLIP
    )
    return near if is_slip else None


def _yes_no(_column: Column, value: Any, _style: Style) -> Read:
    answer = as_yes_no(plain(value) if isinstance(value, float) else str(value))
    if answer is None:
        raise BadCell(f"{shown(value)} is neither yes nor no; write yes or no")
    return Read(answer == "yes")


# -- lists -----------------------------------------------------------------------------------------------------------


def _items(column: Column, value: Any, style: Style) -> list[str]:
    if isinstance(value, str) and len(lines := [line.strip(" ;") for line in value.splitlines() if line.strip()]) > 1:
        raise BadCell(f"{shown(value)}: a list is separated by semicolons{did_you_mean('; '.join(lines))}")
    text = str(_id(column, value, style).value).replace("；", ";")
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
        raise BadCell(_no_country(unknown[0], style))
    names = [(item, country_name(item)) for item in items]
    notices = [_read_as(item, name.code) for item, name in names if name and not name.is_plain]
    codes = tuple(dict.fromkeys(name.code for _, name in names if name))
    return Read(codes, clauses(notices) if notices else None)


def _ramp(column: Column, value: Any, style: Style) -> Read:
    value = value.replace("；", ";") if isinstance(value, str) else value
    if isinstance(value, str) and _STEPS.fullmatch(value[:_LONGEST_RAMP]) and not _STEP.fullmatch(value):
        proposal = "; ".join(re.findall(r"[0-9]+", value))
        raise BadCell(f"{shown(value)}: steps are separated by semicolons{did_you_mean(proposal)}")
    items = value.rstrip("; ").split(";") if isinstance(value, str) else [value]
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
    read = any_number(column, item.removesuffix("%").strip() if isinstance(item, str) else item, style)
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
    return Read(tuple(sorted({year(column, item, Style(True, style.decimal_comma)).value for item in items})))


def _weights(column: Column, value: Any, style: Style) -> Read:
    weights: dict[str, float] = {}
    for item in _items(column, value, style):
        name, equals, text = (part.strip() for part in item.partition("="))
        if not equals or not _WEIGHT.fullmatch(text):
            raise BadCell(f"{shown(value)} is not a list of weights; write mine=1; separation=2")
        weight = any_number(column, text, replace(style, all_text=True)).value
        if not 0 <= weight <= LARGEST:
            raise BadCell(f"{name}={plain(weight)}: a weight is 0 or more")
        if name in weights:
            raise BadCell(f"{name} is weighted twice")
        weights[name] = weight
    return Read(weights)


def _money_or_none(column: Column, value: Any, style: Style) -> Read:
    text = str(value).casefold()
    if text == "none":
        return Read(None)
    if text in ("unlimited", "no limit", "no", "inf", "infinite"):
        raise BadCell(f"{shown(value)} is not a number; did you mean none (no limit)?")
    return number(replace(column, low=0.0), value, style)


_PARSERS: dict[Kind, Callable[[Column, Any, Style], Read]] = {
    "id": _id, "text": _free_text, "country": _country, "number": number, "money": number, "share": number,
    "degrees": degrees, "score": number, "whole": whole, "year": year, "date": date, "ramp": _ramp, "delays": _delays, "ids": _names,
    "alternatives": _alternatives,
    "names": _names, "countries": _countries, "choice": _choice, "yes_no": _yes_no, "years": _years,
    "weights": _weights, "where": _text, "money_or_none": _money_or_none,
}  # fmt: skip

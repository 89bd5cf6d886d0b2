"""What a cell holds and how messages show it: the vocabulary that every parser of cells shares."""

import datetime
import re
from dataclasses import dataclass
from typing import Any

from models.nearest import LONGEST_WORD

LARGEST = 1e15
"""No number of a workbook is meant to be larger, whatever its unit."""
YEARS = (1950, 2150)
"""First and last year that a workbook may name."""
_ERROR = re.compile(
    r"#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|EXTERNAL!"
    r"|PYTHON!|TIMEOUT!|ERROR!|GETTING_DATA)|Err:\d{3}",
    re.IGNORECASE,
)


class BadCell(ValueError):
    """A cell that cannot be read; the message says what was found, the rule and the cure."""


@dataclass(frozen=True)
class NotAValue:
    """What the scan found where reading alone would show an empty cell."""

    message: str


@dataclass(frozen=True)
class Style:
    """How a table writes numbers: csv has text only, spreadsheets have typed cells."""

    all_text: bool = False
    decimal_comma: bool = False
    suggests: bool = True
    """Whether a fault looks for the word that was meant: slow, and nobody reads the thousandth suggestion."""
    evidence: str = ""
    """The cell that proves how the table writes decimals (`0,4 at projects!G2`); empty where nothing does."""


@dataclass(frozen=True)
class Read:
    """A value, and what to say about how it was read."""

    value: Any
    warning: str = ""


def is_empty(value: Any) -> bool:
    """Whether a cell holds nothing that a person sees."""
    return value is None or (isinstance(value, str) and not value.strip())


def is_error(value: Any) -> bool:
    """Whether a cell holds the text of a spreadsheet's error: `#DIV/0!`."""
    return isinstance(value, str) and len(value) < LONGEST_WORD and _ERROR.fullmatch(value.strip()) is not None


def shown(value: Any) -> str:
    """A value as a message shows it: `"12OO"` for text, 12.5 for a number, 2026-01-01 for a date."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return plain(value)
    if isinstance(value, str):
        value = re.sub(r"[\r\n\t]+", " ", value[:200])
        return f'"{value if len(value) <= 60 else value[:57] + "..."}"'
    return str(value)


def plain(value: float) -> str:
    """A number without a needless fraction: 1200, 0.4."""
    return str(int(value)) if float(value).is_integer() and abs(value) < LARGEST else format(value, ".15g")


def year_of(value: datetime.date) -> int:
    """The year that a date stands for; a number such as 2026 formatted as a date shows 1905-07-18 and means 2026."""
    if value.year < YEARS[0]:
        return (datetime.date(value.year, value.month, value.day) - datetime.date(1899, 12, 30)).days
    return value.year

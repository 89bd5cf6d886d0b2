"""Values of cells and how messages show them; all parsers of cells share these definitions."""

import datetime
import re
from dataclasses import dataclass
from typing import Any

from models.nearest import LONGEST_WORD
from models.text import Text

LARGEST = 1e15
"""Largest number that a workbook may hold, whatever its unit."""
YEARS = (1950, 2150)
"""First and last year that a workbook may name."""
EPOCH = datetime.date(1899, 12, 30)
"""Day 0 of the numbers by which spreadsheets keep days."""
_ERROR = re.compile(
    r"#(DIV/0!|N/A|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|EXTERNAL!"
    r"|PYTHON!|TIMEOUT!|ERROR!|GETTING_DATA)|Err:\d{3}",
    re.IGNORECASE,
)


class BadCell(ValueError):
    """Raised for a cell that cannot be read; the message names the value, the rule and the cure."""


@dataclass(frozen=True)
class NotAValue:
    """A cell that calamine would return empty although the scan found content in it."""

    message: str


@dataclass(frozen=True)
class Style:
    """Form of numbers in a table: text in csv, typed cells in spreadsheets."""

    all_text: bool = False
    decimal_comma: bool = False
    suggests: bool = True
    """Whether faults propose a similar word. Searching is slow, and nobody reads the thousandth proposal."""
    evidence: str = ""
    """The cell that proves the decimal mark of the table (`0,4 at projects!G2`); "" without proof."""


@dataclass(frozen=True)
class Read:
    """A parsed value, and a warning about how it was read."""

    value: Any
    warning: Text | None = None


def is_empty(value: Any) -> bool:
    """Whether a cell holds nothing visible."""
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
    """The year that a date means; a number such as 2026 formatted as a date shows 1905-07-18 and means 2026."""
    if value.year < YEARS[0]:
        return (datetime.date(value.year, value.month, value.day) - EPOCH).days
    return value.year

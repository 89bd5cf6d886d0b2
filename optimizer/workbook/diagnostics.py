"""Collect faults and notices, with cell addresses as spreadsheet programs show them."""

import re
from dataclasses import dataclass, field

from models.faults import Diagnostic, InvalidInput
from models.text import Text


def letter(index: int) -> str:
    """Column letter of an index counted from 0.

    >>> [letter(i) for i in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    text = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(65 + rest) + text
    return text


def column_number(letters: str) -> int:
    """Number of a column, counted from 1, of its letters; 0 of none.

    >>> [column_number(text) for text in ("A", "XFD", "")]
    [1, 16384, 0]
    """
    number = 0
    for one in letters.upper():
        number = 26 * number + ord(one) - 64
    return number


@dataclass
class Diagnostics:
    """The faults and notices of one reading."""

    faults: list[Diagnostic] = field(default_factory=list)
    notices: list[Diagnostic] = field(default_factory=list)
    keyless: set[str] = field(default_factory=set)
    """Sheets with a row that has numbers but no key, so that references to the sheet cannot be checked."""
    unread: set[str] = field(default_factory=set)
    """Our sheets that are in the workbook and could not be read, so that what depends on them cannot be checked."""

    def fault(self, cell: str, message: str, column: str | None = None) -> None:
        """Add a fault, with which the workbook cannot be read."""
        self.faults.append(Diagnostic(cell=cell, column=column, message=message))

    def notice(self, cell: str, message: Text, column: str | None = None) -> None:
        """Add a notice; reading continues."""
        self.notices.append(Diagnostic(cell=cell, column=column, message=message))

    def refuse(self, cell: str, message: str) -> InvalidInput:
        """Return the exception for a file that cannot be read at all; the caller raises it."""
        return InvalidInput([Diagnostic(cell=cell, message=message)], self.notices)


def in_order(diagnostics: list[Diagnostic], titles: list[str]) -> list[Diagnostic]:
    """Diagnostics without repetition, in the order of sheets, rows and columns; those of no sheet come last."""
    order = {title: n for n, title in enumerate(titles)}
    unique = list({(r.cell, r.column, r.message): r for r in diagnostics}.values())
    return sorted(unique, key=lambda r: _place(r.cell, order))


def _place(cell: str, order: dict[str, int]) -> tuple[int, int, int]:
    title, _, address = cell.rpartition("!") if "!" in cell else (cell, "", "")
    match = re.match(r"([A-Z]*)(\d*)", address)
    letters, row = match.groups() if match else ("", "")
    return order.get(title, len(order)), int(row or 0), column_number(letters)

"""Remove invisible characters that break terminals, pictures and documents; each removal is a notice."""

import re
from collections.abc import Iterable

from models.text import Text
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.table import Table

_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
"""C0 and C1 controls except tab and line ends, and the marks that change the direction of text (Unicode, UAX 9)."""
_LOST = "\ufffd"
"""The replacement character, which a program writes for bytes that it cannot decode."""


def drop_control_characters(tables: Iterable[Table], diagnostics: Diagnostics) -> None:
    """Remove such characters from every text cell, with a notice. A replacement character stays, with a notice."""
    for table in tables:
        for number, cells in enumerate(table.rows, 1):
            for index, cell in enumerate(cells):
                if isinstance(cell, str) and not (cell.isascii() and cell.isprintable()):
                    cells[index] = _cleaned(cell, table.address(number, index), diagnostics)


def _cleaned(cell: str, address: str, diagnostics: Diagnostics) -> str:
    unseen = sorted(set(_UNSEEN.findall(cell)))
    if unseen:
        names = ", ".join(f"U+{ord(one):04X}" for one in unseen[:5])
        diagnostics.notice(address, Text("control characters are left out of this text: {names}", names=names))
        cell = _UNSEEN.sub("", cell)
    if _LOST in cell:
        diagnostics.notice(
            address, Text("contains U+FFFD: a character was lost when the text was saved; type it again")
        )
    return cell

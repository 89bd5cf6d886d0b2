"""The first rows of the sheets of an xlsx that are not read.

The header shows whether a sheet of another title holds input. Only these rows are streamed, however large the sheet is.
"""

from collections.abc import Iterable
from typing import Any

from optimizer.workbook.diagnostics import column_number
from optimizer.workbook.header_row import HEADER_ROWS
from optimizer.workbook.integrity import LIMITS
from optimizer.workbook.xml_stream import local, parse, safe_parser

_LONGEST = 200
"""Letters of a cell that are kept."""


class HeadScan:
    """Streams the first rows of one worksheet part: texts, numbers, and places of shared texts."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], tuple[str | None, str]] = {}
        self._row, self._column = 0, -1
        self._type: str | None = None
        self._value: list[str] = []
        self._is_value = False
        self._parser = safe_parser()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text

    def run(self, chunks: Iterable[bytes]) -> "HeadScan":
        """Read the rows in which the header may be."""
        parse(self._parser, chunks, "a sheet that is not read breaks off", lambda: self._row > HEADER_ROWS)
        return self

    @property
    def shared(self) -> set[int]:
        """Places of the shared texts that the cells name."""
        return {int(text) for kind, text in self._cells.values() if kind == "s" and text.isdecimal()}

    def rows(self, texts: dict[int, str]) -> list[list[Any]]:
        """The rows as a grid; `texts` are the shared texts by their places."""
        last = max((row for row, _ in self._cells), default=0)
        grid: list[list[Any]] = [[] for _ in range(last)]
        for (row, column), (kind, text) in sorted(self._cells.items()):
            cells = grid[row - 1]
            cells.extend([""] * (column - len(cells)))
            cells.append(_value(kind, text, texts))
        return grid

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = local(tag)
        if tag == "row":
            self._row = int(attributes["r"]) if attributes.get("r", "").isdecimal() else self._row + 1
            self._column = -1
        elif tag == "c":
            letters = attributes.get("r", "").rstrip("0123456789")
            self._column = column_number(letters) - 1 if letters.isascii() and letters.isalpha() else self._column + 1
            self._type, self._value = attributes.get("t"), []
        elif tag in ("v", "t"):
            self._is_value = True

    def _text(self, text: str) -> None:
        if self._is_value and sum(map(len, self._value)) < _LONGEST:
            self._value.append(text)

    def _end(self, tag: str) -> None:
        tag = local(tag)
        if tag in ("v", "t"):
            self._is_value = False
        elif tag == "c" and self._value and 0 < self._row <= HEADER_ROWS and 0 <= self._column < LIMITS.columns:
            self._cells[self._row, self._column] = self._type, "".join(self._value)[:_LONGEST].strip()


def _value(kind: str | None, text: str, texts: dict[int, str]) -> Any:
    if kind == "s":
        return texts.get(int(text), "") if text.isdecimal() else ""
    if kind in (None, "n"):
        try:
            return float(text)
        except ValueError:
            return text
    return "" if kind == "e" else text

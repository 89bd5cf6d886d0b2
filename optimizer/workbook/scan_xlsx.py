"""The preflight of an xlsx: its sheets streamed cell by cell, without keeping any."""

import posixpath
import zipfile
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from defusedxml import DefusedXmlException, ElementTree

from optimizer.workbook.diagnostics import column_number
from optimizer.workbook.integrity import LIMITS, Facts, Refused, SheetFacts, check_extent, check_texts, stream, whole

NO_VALUE = "a formula without a stored value; open the workbook in the spreadsheet program, recalculate and save it"


def error_message(code: str) -> str:
    """What to say about an error cell."""
    return f"{code.strip() or 'this'} is an error of the spreadsheet; mend the formula, or type the value"


_ENTITIES = "defines entities of its own, which no spreadsheet program does; save it again"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def scan(archive: zipfile.ZipFile, wanted: Callable[[str], bool]) -> Facts:
    """Titles of all sheets, and the facts of the wanted ones."""
    parts = {name.casefold(): name for name in archive.namelist()}
    targets = _relations(archive, parts)
    lengths = _string_lengths(archive, parts)
    facts = Facts([], {})
    for element in _tree(archive, "xl/workbook.xml").iter():
        if element.tag.endswith("}sheet"):
            title = element.get("name") or ""
            facts.titles.append(title)
            part = targets.get(element.get(_RELATION) or element.get(_STRICT_RELATION) or "", "")
            if wanted(title):
                facts.sheets[title] = _sheet(archive, parts.get(part), title, lengths)
                facts.sheets[title].hidden = element.get("state", "visible") != "visible"
    if len(set(facts.titles)) < len(facts.titles):
        raise Refused("is damaged: two sheets have one name; save it again")
    return facts


def _tree(archive: zipfile.ZipFile, name: str) -> Any:
    """A small part as a tree of elements."""
    try:
        return ElementTree.fromstring(whole(archive, name), forbid_dtd=True)
    except DefusedXmlException as error:
        raise Refused(_ENTITIES) from error


def _relations(archive: zipfile.ZipFile, parts: dict[str, str]) -> dict[str, str]:
    """Relation id -> name of the part in small letters."""
    name = parts.get("xl/_rels/workbook.xml.rels")
    if name is None:
        raise Refused("is damaged: the list of its sheets is missing; save it again")
    targets: dict[str, str] = {}
    for element in _tree(archive, name):
        key, target = element.get("Id", ""), element.get("Target", "")
        if key in targets:
            raise Refused("is damaged: its list of sheets contradicts itself; save it again")
        targets[key] = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/").casefold()
    return targets


def _string_lengths(archive: zipfile.ZipFile, parts: dict[str, str]) -> list[int]:
    """Length of every shared text; cells name them by their place in this list."""
    if "xl/sharedstrings.xml" not in parts:
        return []
    reader = TextScan()
    for chunk in stream(archive, archive.getinfo(parts["xl/sharedstrings.xml"])):
        reader.feed(chunk)
    reader.feed(b"", True)
    return reader.lengths


def _sheet(archive: zipfile.ZipFile, part: str | None, title: str, lengths: list[int]) -> SheetFacts:
    if part is None:
        raise Refused(f"is damaged: its sheet {title} is missing; save it again")
    reader = _scan_sheet(archive, part, SheetScan(title))
    if reader.shared * max(lengths, default=0) > LIMITS.text_bytes:
        check_texts(title, _scan_sheet(archive, part, SheetScan(title, lengths)).text)
    return reader.facts


def _scan_sheet(archive: zipfile.ZipFile, part: str, reader: "SheetScan") -> "SheetScan":
    for chunk in stream(archive, archive.getinfo(part)):
        reader.feed(chunk)
    reader.finish()
    return reader


def safe_parser() -> Any:
    """A streaming XML parser that refuses document types, so that no entity can be defined."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: Any) -> int:
        raise Refused(_ENTITIES)

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.ExternalEntityRefHandler = refuse
    return parser


class TextScan:
    """Streams the shared texts and keeps their lengths."""

    def __init__(self) -> None:
        self.lengths: list[int] = []
        self._parser = safe_parser()
        self._parser.StartElementHandler = self._start
        self._parser.CharacterDataHandler = self._text

    def feed(self, chunk: bytes, last: bool = False) -> None:
        """The next bytes of the part."""
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            raise Refused(f"is damaged: its texts break off ({error}); save it again") from error

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        if tag == "si" or tag.endswith(":si"):
            self.lengths.append(0)

    def _text(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)


class SheetScan:
    """Streams one worksheet part: positions, error cells, formulas without a value, what is hidden or merged.

    A formula's cell is judged when the next cell or the end comes, so that only starts of elements need watching.
    With the lengths of the shared texts it also adds up what all cells together hold.
    """

    def __init__(self, title: str, lengths: list[int] | None = None) -> None:
        self.title = title
        self.shared = 0
        """Cells that name a shared text."""
        self.text = 0
        """Length of all of them together, if the lengths are given."""
        self._lengths = lengths
        self.facts = SheetFacts()
        self._rows = self._columns = 0
        self._row, self._row_text, self._row_hidden = 0, "", False
        self._cell = (0, -1)
        self._type: str | None = None
        self._in_value = self._has_formula = False
        self._value = ""
        self._letters: dict[str, int] = {}
        self._rare: dict[str, Callable[[dict[str, str]], None]] = {
            "row": self._start_row, "col": self._start_column, "f": self._start_formula, "mergeCell": self._merge,
        }  # fmt: skip
        self._parser = safe_parser()
        self._parser.StartElementHandler = self._start

    def feed(self, chunk: bytes, last: bool = False) -> None:
        """The next bytes of the part."""
        try:
            self._parser.Parse(chunk, last)
        except expat.ExpatError as error:
            raise Refused(f"is damaged: its sheet {self.title} breaks off ({error}); save it again") from error

    def finish(self) -> None:
        """The end of the part."""
        self.feed(b"", True)
        self._judge_cell()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        """The start of any element; `c` and `v` come hundreds of thousands of times, so they are met first."""
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if tag == "c":
            if self._parser.CharacterDataHandler is not None:
                self._judge_cell()
            self._cell = self._position(attributes.get("r"))
            self._type = attributes.get("t")
            self._in_value = False
            self.shared += self._type == "s"
            if self._type == "e" or (self._lengths and self._type == "s"):
                self._parser.CharacterDataHandler = self._text
        elif tag in {"v", "is"}:
            self._in_value = True
            row, column = self._cell
            if row > self._rows or column >= self._columns:
                self._measure(row, column)
            if self._row_hidden and self.facts.hidden_rows[-1:] != [row]:
                self.facts.hidden_rows.append(row)
        elif tag in self._rare:
            self._rare[tag](attributes)

    def _position(self, reference: str | None) -> tuple[int, int]:
        if reference is None:
            return self._cell[0], self._cell[1] + 1
        letters = reference.rstrip("0123456789")
        if letters not in self._letters:
            self._letters[letters] = _column(letters)
        digits = reference[len(letters) :]
        return self._row if digits == self._row_text else int(digits), self._letters[letters]

    def _measure(self, row: int, column: int) -> None:
        self._rows, self._columns = max(self._rows, row), max(self._columns, column + 1)
        check_extent(self.title, self._rows, self._columns)

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._judge_cell()
        self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
        self._row_text = str(self._row)
        self._row_hidden = attributes.get("hidden") in ("1", "true")
        self._cell = (self._row, -1)
        self._type = None

    def _start_formula(self, _attributes: dict[str, str]) -> None:
        self._measure(*self._cell)
        self._has_formula = True
        self._parser.CharacterDataHandler = self._text

    def _text(self, text: str) -> None:
        if self._in_value:
            self._value += text

    def _judge_cell(self) -> None:
        if self._type == "e":
            self.facts.cells[self._cell] = error_message(self._value)
        elif self._has_formula and not self._value.strip() and self._type != "str":
            self.facts.cells[self._cell] = NO_VALUE
        elif self._lengths and self._type == "s" and self._value.strip().isdecimal():
            self.text += self._lengths[min(int(self._value), len(self._lengths) - 1)]
        self._has_formula, self._value = False, ""
        self._parser.CharacterDataHandler = None

    def _start_column(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes["min"]), int(attributes["max"])
            self.facts.hidden_columns.extend(range(first - 1, min(last, first + 500)))

    def _merge(self, attributes: dict[str, str]) -> None:
        first, _, last = attributes["ref"].replace("$", "").partition(":")
        (top, left), (bottom, right) = _position(first), _position(last or first)
        self.facts.merged.append((top, left, bottom, right))


def _column(letters: str) -> int:
    if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
        raise Refused("is damaged: a cell has no proper address; save it again")
    return column_number(letters) - 1


def _position(reference: str) -> tuple[int, int]:
    letters = reference.rstrip("0123456789")
    return int(reference[len(letters) :]), _column(letters)

"""Scan of an xlsx: streams its sheets cell by cell and keeps none of them."""

import posixpath
import re
import zipfile
from collections.abc import Callable
from typing import Any
from xml.parsers import expat

from defusedxml import DefusedXmlException, ElementTree

from optimizer.workbook.diagnostics import column_number
from optimizer.workbook.integrity import LIMITS, Facts, Refused, SheetFacts, Tally, stream, whole
from optimizer.workbook.scan_heads import HeadScan
from optimizer.workbook.xml_stream import ENTITIES, local, parse, safe_parser

NO_VALUE = "a formula without a stored value; open the workbook in the spreadsheet program, recalculate and save it"


def error_message(code: str) -> str:
    """The message about an error cell."""
    return f"{code.strip() or 'this'} is an error of the spreadsheet; mend the formula, or type the value"


_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


_SUPPORTED = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})
"""Error codes that the reader knows; it fails on newer ones."""
_DIMENSION = re.compile(r"[A-Z]{1,3}[1-9]\d{0,6}(:[A-Z]{1,3}[1-9]\d{0,6})?")
_LONGEST = 200
"""Letters of a value that are kept while it is judged."""


def scan(archive: zipfile.ZipFile, is_known: Callable[[str], bool]) -> Facts:
    """Titles of all sheets, the facts of the wanted ones and the first rows of the others."""
    parts = {name.casefold(): name for name in archive.namelist()}
    listed = _listed(archive, parts)
    tally = Tally()
    for _ in listed:
        tally.add_sheet()
    heads = {
        title: HeadScan().run(stream(archive, archive.getinfo(part)))
        for title, part, _ in listed
        if part is not None and not is_known(title)
    }
    texts = _shared_texts(archive, parts, {place for head in heads.values() for place in head.shared})
    facts = Facts([title for title, _, _ in listed], {})
    for title, part, is_hidden in listed:
        if is_known(title):
            facts.sheets[title] = _sheet(archive, part, title, texts.lengths, tally)
            facts.sheets[title].hidden = is_hidden
    facts.heads = {title: head.rows(texts.kept) for title, head in heads.items()}
    if len(set(facts.titles)) < len(facts.titles):
        raise Refused("is damaged: two sheets have one name; save it again")
    return facts


def sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Title of each sheet -> name of its part."""
    parts = {name.casefold(): name for name in archive.namelist()}
    return {title: part for title, part, _ in _listed(archive, parts) if part is not None}


def _listed(archive: zipfile.ZipFile, parts: dict[str, str]) -> list[tuple[str, str | None, bool]]:
    """Title, part and whether it is hidden, of every sheet in order."""
    targets = _relations(archive, parts)
    return [
        (
            element.get("name") or "",
            parts.get(targets.get(element.get(_RELATION) or element.get(_STRICT_RELATION) or "", "")),
            element.get("state", "visible") != "visible",
        )
        for element in _tree(archive, "xl/workbook.xml").iter()
        if element.tag.endswith("}sheet")
    ]


def _tree(archive: zipfile.ZipFile, name: str) -> Any:
    """A small part as a tree of elements."""
    try:
        return ElementTree.fromstring(whole(archive, name), forbid_dtd=True)
    except DefusedXmlException as error:
        raise Refused(ENTITIES) from error


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


def _shared_texts(archive: zipfile.ZipFile, parts: dict[str, str], kept: set[int]) -> "TextScan":
    """Length of every shared text, which cells name by their place; and some of the texts."""
    reader = TextScan(kept)
    if "xl/sharedstrings.xml" in parts:
        chunks = stream(archive, archive.getinfo(parts["xl/sharedstrings.xml"]))
        parse(reader.parser, chunks, "its texts break off")
    return reader


def _sheet(archive: zipfile.ZipFile, part: str | None, title: str, lengths: list[int], tally: Tally) -> SheetFacts:
    if part is None:
        raise Refused(f"is damaged: its sheet {title} is missing; save it again")
    reader = _scan_sheet(archive, part, SheetScan(title, tally))
    if reader.shared * max(lengths, default=0) > LIMITS.text_bytes:
        _scan_sheet(archive, part, SheetScan(title, Tally(text=tally.text), lengths))
    tally.cells += reader.cells
    return reader.facts


def _scan_sheet(archive: zipfile.ZipFile, part: str, reader: "SheetScan") -> "SheetScan":
    end = b""
    for chunk in stream(archive, archive.getinfo(part)):
        reader.feed(chunk)
        if b"&#" in end + chunk:  # `&#48;` in a value: the reader drops it and keeps only the rest
            reader.facts.is_odd = True
        end = chunk[-1:]
    reader.finish()
    return reader


class TextScan:
    """Streams the shared texts and keeps their lengths, and a few of them."""

    def __init__(self, kept: set[int]) -> None:
        self.lengths: list[int] = []
        self.kept = dict.fromkeys(kept, "")
        """Place -> text, for the places asked for."""
        self._is_reading = True
        self.parser = safe_parser()
        self.parser.StartElementHandler = self._start
        self.parser.CharacterDataHandler = self._text

    def _start(self, tag: str, _attributes: dict[str, str]) -> None:
        tag = local(tag)
        if tag == "si":
            self.lengths.append(0)
            self._is_reading = True
        elif tag == "rPh":  # the phonetic guide of a Japanese text is not part of it
            self._is_reading = False

    def _text(self, text: str) -> None:
        if self.lengths:
            self.lengths[-1] += len(text)
            place = len(self.lengths) - 1
            if self._is_reading and place in self.kept and len(self.kept[place]) < _LONGEST:
                self.kept[place] += text


class SheetScan:
    """Streams one worksheet part: positions, error cells, formulas without a value, what is hidden or merged.

    A formula's cell is judged when the next cell or the end comes, so that only starts of elements need watching.
    With the lengths of the shared texts it also adds up what all cells together hold.
    """

    def __init__(self, title: str, tally: Tally, lengths: list[int] | None = None) -> None:
        self.title = title
        self.shared = 0
        """Cells that name a shared text."""
        self._tally = tally
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
            "dimension": self._dimension,
        }  # fmt: skip
        self._parser = safe_parser()
        self._parser.StartElementHandler = self._start
        self._parser.CommentHandler = self._parser.ProcessingInstructionHandler = self._odd
        self._parser.StartCdataSectionHandler = self._odd

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

    @property
    def cells(self) -> int:
        """Cells of the rectangle from A1 to the last one."""
        return self._rows * self._columns

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        """The start of any element; `c` and `v` come hundreds of thousands of times, so they are met first."""
        if ":" in tag:
            tag = local(tag)
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
            self.facts.filled += self._type != "str"
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
        self._tally.check_extent(self.title, self._rows, self._columns)

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._judge_cell()
        self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
        self._row_text = str(self._row)
        self._row_hidden = attributes.get("hidden") in ("1", "true")
        self._cell = (self._row, -1)
        self._type = None

    def _odd(self, *_: Any) -> None:
        self.facts.is_odd = True

    def _dimension(self, attributes: dict[str, str]) -> None:
        if not _DIMENSION.fullmatch(attributes.get("ref", "")):
            self._odd()

    def _start_formula(self, _attributes: dict[str, str]) -> None:
        self._measure(*self._cell)
        if self._in_value:  # a value before its formula is lost
            self._odd()
        self._has_formula = True
        self._parser.CharacterDataHandler = self._text

    def _text(self, text: str) -> None:
        if self._in_value and len(self._value) < _LONGEST:
            self._value += text

    def _judge_cell(self) -> None:
        message = ""
        if self._type == "e":
            message = error_message(self._value)
            self.facts.is_odd |= self._value not in _SUPPORTED
        elif self._has_formula and not self._value.strip() and self._type != "str":
            message = NO_VALUE
        elif self._lengths and self._type == "s" and self._value.strip().isdecimal():
            self._tally.add_text(self.title, self._lengths[min(int(self._value), len(self._lengths) - 1)])
        if message:
            self._tally.add_faulty(self.title, 1)
            self.facts.cells[self._cell] = message
        self._has_formula, self._value = False, ""
        self._parser.CharacterDataHandler = None

    def _start_column(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes["min"]), int(attributes["max"])
            self.facts.hide_columns(first - 1, last - first + 1)

    def _merge(self, attributes: dict[str, str]) -> None:
        first, _, last = attributes["ref"].replace("$", "").partition(":")
        (top, left), (bottom, right) = _position(first), _position(last or first)
        self._tally.add_merged(self.title)
        self.facts.merged.append((top, left, bottom, right))


def _column(letters: str) -> int:
    if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
        raise Refused("is damaged: a cell has no proper address; save it again")
    return column_number(letters) - 1


def _position(reference: str) -> tuple[int, int]:
    letters = reference.rstrip("0123456789")
    return int(reference[len(letters) :]), _column(letters)

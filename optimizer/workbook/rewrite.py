"""A plain copy of a workbook in memory, for files that the reader cannot read as they are written.

Newer error codes, CDATA, comments and line breaks between elements are legal, and spreadsheet programs show their cells, but
the reader fails or returns empty cells. The copy holds the same cells and nothing else.
"""

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from optimizer.workbook.integrity import Kind, stream
from optimizer.workbook.scan_xlsx import sheet_parts
from optimizer.workbook.xml_stream import local, parse, safe_parser

_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = (
    '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_MIMETYPE}"/></manifest:manifest>'
)
_KEPT = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "[content_types].xml", "_rels/.rels")
_NAMESPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)
_BLANKS = {"text:tab": "\t", "text:line-break": "\n"}
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def rewritten(path: Path, kind: Kind, titles: Sequence[str]) -> io.BytesIO:
    """The workbook with its cells written plainly; of an xlsx only the sheets of these titles.

    Raises the errors of a damaged file, if the scan missed any.
    """
    copy = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        if kind == "xlsx":
            _xlsx(source, target, titles)
        else:
            _ods(source, target)
    copy.seek(0)
    return copy


def _xlsx(source: zipfile.ZipFile, target: zipfile.ZipFile, titles: Sequence[str]) -> None:
    for name in source.namelist():
        if name.casefold() in _KEPT:
            target.writestr(name, b"".join(stream(source, source.getinfo(name))))
        elif name.casefold() == "xl/sharedstrings.xml":
            _write(source, target, name, _Texts)
    parts = sheet_parts(source)
    for part in dict.fromkeys(parts[title] for title in titles):
        _write(source, target, part, _Cells)


def _ods(source: zipfile.ZipFile, target: zipfile.ZipFile) -> None:
    target.writestr("mimetype", _MIMETYPE, zipfile.ZIP_STORED)
    target.writestr("META-INF/manifest.xml", _MANIFEST)
    _write(source, target, "content.xml", _OdsContent)


def _write(
    source: zipfile.ZipFile, target: zipfile.ZipFile, name: str, kind: Callable[[Callable[[str], object]], "_Rewriter"]
) -> None:
    with target.open(name, "w") as part:
        kind(lambda text: part.write(text.encode("utf-8", "replace"))).run(stream(source, source.getinfo(name)))


class _Rewriter:
    """Streams one part and writes the cells that it holds."""

    before = after = ""

    def __init__(self, write: Callable[[str], object]) -> None:
        self.write = write
        self.text: list[str] | None = None
        """The text of the element that is being read, if it counts."""
        self.parser = safe_parser()
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.add

    def run(self, chunks: Iterable[bytes]) -> None:
        self.write(f'<?xml version="1.0" encoding="UTF-8"?>{self.before}')
        parse(self.parser, chunks, "it breaks off")
        self.write(self.after)

    def add(self, text: str) -> None:
        if self.text is not None:
            self.text.append(text)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        raise NotImplementedError

    def end(self, tag: str) -> None:
        raise NotImplementedError


class _Texts(_Rewriter):
    """The shared texts of an xlsx, without formats and phonetic guides."""

    before, after = f"<sst {_MAIN}>", "</sst>"

    def __init__(self, write: Callable[[str], object]) -> None:
        super().__init__(write)
        self._parts: list[str] = []
        self._is_spoken = False

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        tag = local(tag)
        if tag == "si":
            self._parts, self._is_spoken = [], False
        elif tag == "rPh":
            self._is_spoken = True
        elif tag == "t" and not self._is_spoken:
            self.text = self._parts

    def end(self, tag: str) -> None:
        tag = local(tag)
        if tag == "t":
            self.text = None
        elif tag == "rPh":
            self._is_spoken = False
        elif tag == "si":
            self.write(f'<si><t xml:space="preserve">{escape("".join(self._parts))}</t></si>')


class _Cells(_Rewriter):
    """The cells of a worksheet with their values; errors as text, since the reader knows the old codes only."""

    before, after = f"<worksheet {_MAIN}><sheetData>", "</sheetData></worksheet>"

    def __init__(self, write: Callable[[str], object]) -> None:
        super().__init__(write)
        self._cell: dict[str, str] = {}
        self._parts: list[str] = []
        self._is_spoken = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = local(tag)
        if tag == "row":
            self.write(f"<row{_attributes(attributes, ('r',))}>")
        elif tag == "c":
            self._cell, self._parts = attributes, []
        elif tag == "rPh":
            self._is_spoken = True
        elif tag in ("v", "t") and not self._is_spoken:
            self.text = self._parts

    def end(self, tag: str) -> None:
        tag = local(tag)
        if tag in ("v", "t"):
            self.text = None
        elif tag == "rPh":
            self._is_spoken = False
        elif tag == "c":
            self._end_cell()
        elif tag == "row":
            self.write("</row>")

    def _end_cell(self) -> None:
        kind = self._cell.get("t", "n")
        text = "".join(self._parts)
        text = text if kind in ("str", "inlineStr") else text.strip()
        named = dict(self._cell) | {"t": "str" if kind in ("e", "inlineStr") else kind}
        value = f'<v xml:space="preserve">{escape(text)}</v>' if text else ""
        self.write(f"<c{_attributes(named, ('r', 's', 't'))}>{value}</c>")


class _OdsContent(_Rewriter):
    """The tables of an ods, one element after the other; a text without a type is a string."""

    before = f"<office:document-content {_NAMESPACES}><office:body><office:spreadsheet>"
    after = "</office:spreadsheet></office:body></office:document-content>"
    _CELL = (
        "table:number-columns-repeated", "office:value-type", "office:value", "office:date-value", "office:time-value",
        "office:boolean-value", "office:string-value", "table:formula",
    )  # fmt: skip
    _ASIDE = frozenset(
        {"office:annotation", "draw:frame", "draw:custom-shape", "table:shapes", "table:tracked-changes"}
    )

    def __init__(self, write: Callable[[str], object]) -> None:
        super().__init__(write)
        self._tables = self._asides = 0
        self._cell: dict[str, str] = {}
        self._lines: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._asides += tag in self._ASIDE
        self._tables += tag == "table:table"
        if self._asides or self._tables > 1:
            return
        if tag == "table:table":
            self.write(f"<table:table{_attributes(attributes, ('table:name',))}>")
        elif tag == "table:table-row":
            self.write(f"<table:table-row{_attributes(attributes, ('table:number-rows-repeated',))}>")
        elif tag in ("table:table-cell", "table:covered-table-cell"):
            self._cell, self._lines = attributes, []
        elif tag == "text:p":
            self.text = []
        elif self.text is not None and tag == "text:s":
            self.text.append(" " * max(1, int(attributes.get("text:c", "1"))))
        elif self.text is not None and tag in _BLANKS:
            self.text.append(_BLANKS[tag])

    def end(self, tag: str) -> None:
        if not self._asides and self._tables == 1:
            if tag == "text:p" and self.text is not None:
                self._lines.append("".join(self.text))
                self.text = None
            elif tag in ("table:table-cell", "table:covered-table-cell"):
                self._end_cell()
            elif tag in ("table:table", "table:table-row"):
                self.write(f"</{tag}>")
        self._asides -= tag in self._ASIDE
        self._tables -= tag == "table:table"

    def _end_cell(self) -> None:
        named = dict(self._cell)
        if self._lines and "office:value-type" not in named:
            named["office:value-type"] = "string"
        lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in self._lines)
        self.write(f"<table:table-cell{_attributes(named, self._CELL)}>{lines}</table:table-cell>")


def _attributes(attributes: dict[str, str], kept: Sequence[str]) -> str:
    return "".join(f" {name}={quoteattr(attributes[name])}" for name in kept if name in attributes)

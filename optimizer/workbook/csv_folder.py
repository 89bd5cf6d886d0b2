"""Read a folder of csv files; encoding, delimiter and decimal mark are detected for the whole folder and reported."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from models.columns import columns
from models.schema import SHEETS
from models.text import Text
from optimizer.workbook.cell_values import Style
from optimizer.workbook.csv_encoding import UnknownEncoding, decode
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.header_names import form
from optimizer.workbook.header_row import HEADER_ROWS
from optimizer.workbook.integrity import LIMITS
from optimizer.workbook.table import Book, Table

_DELIMITERS = {",": Text("comma"), ";": Text("semicolon"), "\t": Text("tab"), "|": Text("vertical bar")}
_OURS = {"key", "value", *(c.field for cls in SHEETS.values() for c in columns(cls))}
_HIDDEN = (".", "~$", "#")
_COPIES = ("~", ".bak", ".tmp", "#")
"""Prefixes and suffixes of the names of lock files and copies."""
_TABLES = (".txt", ".tsv", ".tab", ".dat", ".xlsx", ".xlsm", ".xls", ".ods", ".gz", ".zip")
"""Suffixes of files that contain a table and are not csv."""
_HEAD = 2**16
"""Bytes of a file that is not read, in which its header is looked for."""
_WITH_COMMA = re.compile(r"[+-]?\d*,\d+%?|[+-]?\d{1,3}(\.\d{3})+,\d+", re.ASCII)
_COMMA_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+", re.ASCII)
_WITH_POINT = re.compile(r"[+-]?\d*\.\d+%?|[+-]?\d{1,3}(,\d{3})+\.\d+", re.ASCII)
_POINT_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+", re.ASCII)


def load(folder: Path, is_known: Callable[[str], bool], diagnostics: Diagnostics) -> Book:
    """Read the csv files of a folder whose names `is_known` accepts."""
    files = _files(folder, is_known, diagnostics)
    if not files:
        raise diagnostics.refuse(
            folder.name, "holds no .csv file; a folder needs projects.csv and one file for each further sheet"
        )
    raws = [_read(path, diagnostics) for path in files if is_known(path.stem)]
    marks = _Marks.of(raws)
    tables = {raw.table.title: _styled(raw, marks, diagnostics) for raw in raws}
    heads = {path.stem: _head(path) for path in files if not is_known(path.stem)}
    return Book(folder.resolve().name, [p.stem for p in files], tables, heads)


def _files(folder: Path, is_known: Callable[[str], bool], diagnostics: Diagnostics) -> list[Path]:
    """The csv files of a folder. An entry with the name of a sheet that is no readable csv file is a fault."""
    entries = sorted(p for p in folder.iterdir() if not p.name.startswith(_HIDDEN) and not p.name.endswith(_COPIES))
    files = [p for p in entries if p.suffix.casefold() == ".csv" and p.is_file()]
    stems = {form(p.stem) for p in files}
    for path in entries:
        is_csv, stem = path.suffix.casefold() == ".csv", path.name.partition(".")[0]
        if is_csv and not path.is_file() and is_known(path.stem):
            is_lost = path.is_symlink() and not path.exists()
            problem = "is a link to a file that is not there" if is_lost else "is not a file"
            raise diagnostics.refuse(path.name, f"{problem}; put the csv file itself into the folder")
        if is_csv and not path.is_file():
            diagnostics.notice(path.name, Text("not read, since it is not a file"))
        elif path.is_file() and path.name.casefold().endswith(_TABLES) and is_known(stem) and form(stem) not in stems:
            message = f"is not read: a folder holds .csv files; save the sheet as {stem}.csv, or take the file away"
            diagnostics.fault(path.name, message)
        elif path.is_dir() and any(p.suffix.casefold() == ".csv" for p in path.iterdir()):
            diagnostics.notice(path.name, Text("not read: csv files in a folder within the folder"))
    return files


def _head(path: Path) -> list[list[str]]:
    """The first rows of a file that is not read; its header may be a known one."""
    with path.open("rb") as file:
        data = file.read(_HEAD)
    text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "replace")
    try:
        return list(csv.reader(text.splitlines()[:HEADER_ROWS], delimiter=_sniff(text)))
    except csv.Error:
        return []


@dataclass(frozen=True)
class _Raw:
    """One file as text cells, and its delimiter."""

    table: Table
    delimiter: str


@dataclass(frozen=True)
class _Marks:
    """The first cell that can only be a decimal comma, and the first that can only be a decimal point."""

    comma: str = ""
    point: str = ""

    @classmethod
    def of(cls, raws: list[_Raw]) -> "_Marks":
        """The marks that the cells of some files prove. `1,200` and `1.200` alone prove nothing."""
        return cls(
            next((e for raw in raws for e in _proofs(raw.table, ",", _WITH_COMMA, _COMMA_THOUSANDS)), ""),
            next((e for raw in raws for e in _proofs(raw.table, ".", _WITH_POINT, _POINT_THOUSANDS)), ""),
        )


def _proofs(table: Table, mark: str, decimal: re.Pattern[str], thousands: re.Pattern[str]) -> Iterator[str]:
    for number, cells in enumerate(table.rows, 1):
        for index, cell in enumerate(cells):
            if mark in cell and len(cell) < 40:
                text = cell.strip()
                if decimal.fullmatch(text) and not thousands.fullmatch(text):
                    yield f"{text} at {table.address(number, index)}"


def _styled(raw: _Raw, folder: _Marks, diagnostics: Diagnostics) -> Table:
    """The table with the decimal mark of the folder, or of the file alone if the files differ.

    A point proves a decimal point in a file with commas between cells alone: semicolons come from countries with a
    decimal comma, where 1.200 is one thousand and two hundred, whatever else was typed by hand.
    """
    marks = _Marks.of([raw]) if folder.comma and folder.point else folder
    comma = bool(marks.comma and not marks.point)
    evidence = marks.comma if comma else ""
    if not comma and raw.delimiter == "," and marks.point and not marks.comma:
        evidence = marks.point
    if raw.delimiter != "," or comma:
        delimiter = _DELIMITERS.get(raw.delimiter, raw.delimiter)
        notice = Text("read with the {delimiter} as delimiter", delimiter=delimiter)
        if comma:
            notice = Text(
                "read with the {delimiter} as delimiter and a decimal comma ({cell})",
                delimiter=delimiter,
                cell=evidence,
            )
        diagnostics.notice(raw.table.title, notice)
    return replace(raw.table, style=Style(all_text=True, decimal_comma=comma, evidence=evidence))


def _read(path: Path, diagnostics: Diagnostics) -> _Raw:
    text = _decode(path, diagnostics)
    hint = re.match(r"sep=(.)\r?\n", text)  # Excel's own hint; it does not count as a row
    body = text[hint.end() :] if hint else text
    try:
        delimiter = hint[1] if hint else _sniff(body)
    except csv.Error as error:
        raise diagnostics.refuse(path.name, _csv_fault("one of its first lines", error)) from error
    return _Raw(Table(path.stem, list(_records(path, body, delimiter, diagnostics))), delimiter)


def _decode(path: Path, diagnostics: Diagnostics) -> str:
    if path.stat().st_size > LIMITS.part_bytes:
        raise diagnostics.refuse(path.name, f"is larger than {LIMITS.part_bytes // 2**20} MB, the most that is read")
    try:
        text, notice = decode(path.read_bytes())
    except UnknownEncoding as error:
        raise diagnostics.refuse(path.name, str(error)) from error
    if notice:
        diagnostics.notice(path.stem, notice)
    if "\0" in text:
        raise diagnostics.refuse(path.name, "is not a text file; save the sheet as CSV UTF-8")
    return text


def _sniff(text: str) -> str:
    """The delimiter that yields the most known headers in one of the first rows, then the most cells."""
    lines = text.splitlines()[:HEADER_ROWS]
    return max(_DELIMITERS, key=lambda mark: (*_headers(lines, mark), mark == ","))


def _headers(lines: list[str], mark: str) -> tuple[int, int]:
    rows = list(csv.reader(lines, delimiter=mark))
    return max((sum(form(cell) in _OURS for cell in row), len(row)) for row in rows or [[]])


def _records(path: Path, text: str, delimiter: str, diagnostics: Diagnostics) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(reader, 1):
            if number > LIMITS.rows or len(row) > LIMITS.columns:
                raise diagnostics.refuse(path.name, f"row {number} is outside {LIMITS.extent()}, the most that is read")
            yield row
    except csv.Error as error:
        raise diagnostics.refuse(path.name, _csv_fault(f"line {reader.line_num}", error)) from error


def _csv_fault(place: str, error: csv.Error) -> str:
    """The message for malformed csv text, with the place to look."""
    if "field larger" in str(error):
        most = csv.field_size_limit()
        return f"{place}: a cell has more than {most:,} characters; shorten it, or close the quote that it starts with"
    return f"{place}: {error}; look for a quote that is not closed"

"""A folder of csv files: encoding, delimiter and decimal comma, sniffed and stated."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from models.columns import columns
from models.schema import SHEETS
from optimizer.workbook.cell_parser import Style
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.header import HEADER_ROWS, form
from optimizer.workbook.integrity import LIMITS
from optimizer.workbook.table import Book, Table

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_OURS = {"key", "value", *(c.field for cls in SHEETS.values() for c in columns(cls))}
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_WITH_COMMA = re.compile(r"[+-]?\d*,\d+", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+", re.ASCII)
_POINT_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(\.\d{3})+", re.ASCII)
_WITH_POINT = re.compile(r"[+-]?\d*\.\d+", re.ASCII)


def load(folder: Path, wanted: Callable[[str], bool], found: Diagnostics) -> Book:
    """Read the csv files of a folder whose names `wanted` knows."""
    files = sorted(p for p in folder.iterdir() if p.suffix.casefold() == ".csv" and not p.name.startswith((".", "~$")))
    if not files:
        raise found.refuse(
            folder.name, "holds no .csv file; a folder needs projects.csv and one file for each further sheet"
        )
    tables = {p.stem: _read(p, found) for p in files if wanted(p.stem)}
    return Book(folder.resolve().name, [p.stem for p in files], tables)


def _read(path: Path, found: Diagnostics) -> Table:
    text = _decode(path, found)
    said = re.match(r"sep=(.)\r?\n", text)  # Excel's own hint; it does not count as a row
    body = text[said.end() :] if said else text
    delimiter = said[1] if said else _sniff(body)
    rows = list(_records(path, body, delimiter, found))
    comma = _decimal_comma(rows)
    if delimiter != "," or comma:
        how = f"read with the {_DELIMITERS.get(delimiter, delimiter)} as delimiter"
        found.notice(path.stem, how + (" and a decimal comma" if comma else ""))
    return Table(path.stem, rows, Style(all_text=True, decimal_comma=comma))


def _decode(path: Path, found: Diagnostics) -> str:
    if path.stat().st_size > LIMITS.part_bytes:
        raise found.refuse(path.name, f"is larger than {LIMITS.part_bytes // 2**20} MB, the most that is read")
    data = path.read_bytes()
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
        found.notice(path.stem, "is not UTF-8; read as Windows-1252, so check the accents")
    if "\0" in text:
        raise found.refuse(path.name, "is not a text file; save the sheet as CSV UTF-8")
    return text


def _sniff(text: str) -> str:
    """The delimiter by which one of the first rows shows the most headers of ours, then the most cells."""
    lines = text.splitlines()[:HEADER_ROWS]
    return max(_DELIMITERS, key=lambda mark: (*_headers(lines, mark), mark == ","))


def _headers(lines: list[str], mark: str) -> tuple[int, int]:
    rows = list(csv.reader(lines, delimiter=mark))
    return max((sum(form(cell) in _OURS for cell in row), len(row)) for row in rows or [[]])


def _records(path: Path, text: str, delimiter: str, found: Diagnostics) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, row in enumerate(reader, 1):
            if number > LIMITS.rows or len(row) > LIMITS.columns:
                raise found.refuse(path.name, f"row {number} is outside {LIMITS.extent()}, the most that is read")
            yield row
    except csv.Error as error:
        raise found.refuse(
            path.name, f"line {reader.line_num}: {error}; look for a quote that is not closed"
        ) from error


def _decimal_comma(rows: list[list[str]]) -> bool:
    """Whether the numbers of a file are written with a decimal comma: some can be read in no other way, and none has
    a decimal point. `1,200` alone proves nothing and stays a fault of its cell; so does `1.200` among such commas."""
    cells = [cell.strip() for row in rows for cell in row if "," in cell or "." in cell]
    commas = any(_WITH_COMMA.fullmatch(cell) and not _THOUSANDS.fullmatch(cell) for cell in cells)
    points = any(_WITH_POINT.fullmatch(cell) and not _POINT_THOUSANDS.fullmatch(cell) for cell in cells)
    return commas and not points

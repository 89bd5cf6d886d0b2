"""Integrity check of a file before it is parsed: its kind, its completeness and its size.

calamine returns error cells and formulas without a stored value as empty cells, and a 5 kB file with one cell in the
last row and column exhausts its memory. Every part is therefore streamed once before.
"""

import copy
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from models.nearest import did_you_mean, nearest
from optimizer.workbook.diagnostics import Diagnostics

Kind = Literal["folder", "xlsx", "ods"]
MB = 2**20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of old and of encrypted Office files
CHUNK = 2**16


@dataclass(frozen=True)
class BookLimits:
    """Limits of what is read."""

    file_bytes: int = 256 * MB
    part_bytes: int = 64 * MB
    """One part of the zip, or one csv file, unpacked."""
    ratio: int = 200
    """Unpacked over packed size of a part; spreadsheets stay below 60."""
    ratio_from_bytes: int = MB
    parts: int = 5_000
    all_bytes: int = 512 * MB
    """All parts together, unpacked."""
    rows: int = 200_000
    columns: int = 500
    sheet_bytes: int = 256 * MB
    """A sheet of an xlsx or its list of texts, unpacked: 200,000 rows take more than other parts may."""
    sheets: int = 500
    cells: int = 6_000_000
    """Cells in the rectangles from A1 to the last cell, of all sheets together, which a reader must hold."""
    text_bytes: int = 128 * MB
    """Letters of all texts of a workbook, each counted as often as it is repeated, because a few bytes can fill many cells."""
    faulty_cells: int = 100_000
    """Cells of a workbook that hold errors, or formulas without a value."""
    merged: int = 50_000
    """Merged ranges of a book."""

    def extent(self) -> str:
        """The size of a sheet in words."""
        return f"{self.rows:,} rows and {self.columns} columns"


LIMITS = BookLimits()

DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, OSError, EOFError,  # the container
    ValueError, LookupError, RuntimeError, OverflowError, SyntaxError,  # the XML; its parse errors are SyntaxErrors
)  # fmt: skip
"""Exceptions that a damaged file causes in the libraries."""


class Refused(ValueError):
    """Raised for a part that is damaged or too large; the message names the limit and the cure."""


@dataclass
class Tally:
    """Running totals of one book, checked against the limits while they are counted."""

    cells: int = 0
    """Cells of the sheets that are counted already."""
    sheets: int = 0
    text: int = 0
    faulty: int = 0
    merged: int = 0

    def check_extent(self, title: str, rows: int, columns: int) -> None:
        """Refuse a sheet whose last cell lies too far out, or that makes the book too large."""
        if rows > LIMITS.rows or columns > LIMITS.columns or rows * columns + self.cells > LIMITS.cells:
            others = f" beside {self.cells:,} cells of other sheets" if self.cells else ""
            raise Refused(
                f"its sheet {title} reaches to row {rows:,} and column {columns:,}{others}; the most that is read is "
                f"{LIMITS.extent()}, {LIMITS.cells // 10**6} million cells: delete what stands far out, and save it again"
            )

    def add_sheet(self) -> None:
        """Count a sheet, read or not."""
        self.sheets += 1
        if self.sheets > LIMITS.sheets:
            raise Refused(f"has more than {LIMITS.sheets} sheets, the most that is read; delete those without input")

    def add_text(self, title: str, size: int) -> None:
        """Count texts; refuse a book whose texts, written out, would not fit."""
        self.check_text(title, size)
        self.text += size

    def check_text(self, title: str, size: int) -> None:
        """Refuse a book whose texts would not fit with some more."""
        if self.text + size > LIMITS.text_bytes:
            raise Refused(
                f"the texts of its sheet {title} come to more than {LIMITS.text_bytes // MB} MB, the most that is read;"
                " shorten them"
            )

    def add_faulty(self, title: str, count: int) -> None:
        """Count cells without a readable value; refuse a book that has more than anybody would mend by hand."""
        self.faulty += count
        if self.faulty > LIMITS.faulty_cells:
            raise Refused(
                f"its sheet {title} has more than {LIMITS.faulty_cells:,} cells that hold errors or formulas without a "
                "stored value; open it in the spreadsheet program, mend and recalculate them, and save it again"
            )

    def add_merged(self, title: str) -> None:
        """Count a merged range."""
        self.merged += 1
        if self.merged > LIMITS.merged:
            raise Refused(
                f"its sheet {title} has more than {LIMITS.merged:,} merged ranges; unmerge them and save it again"
            )


@dataclass
class SheetFacts:
    """Facts about a sheet that its cell values do not show."""

    cells: dict[tuple[int, int], str] = field(default_factory=dict)
    """(row, column from 0) -> why a cell that would read as empty is not empty."""
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    """First row and column, last row and column; rows from 1, columns from 0."""
    hidden: bool = False
    filled: int = 0
    """Number of cells with a value, except texts of formulas; at least as many must be read (xlsx only)."""
    booleans: set[tuple[int, int]] = field(default_factory=set)
    """(row, column from 0) of cells that hold yes or no, which the reader shows as 1 and 0 (ods only)."""
    is_odd: bool = False
    """Whether some cells are written so that the reader takes them for empty; the sheet is then rewritten before it is read."""

    def hide_columns(self, first: int, count: int) -> None:
        """Note hidden columns, as far out as columns are read."""
        self.hidden_columns.update(range(first, min(first + count, LIMITS.columns)))


@dataclass
class Facts:
    """The sheets of a file: all titles in order, and the facts of those that are read."""

    titles: list[str]
    sheets: dict[str, SheetFacts]
    heads: dict[str, list[list[Any]]] = field(default_factory=dict)
    """The first rows of the sheets that are not wanted."""
    reads_all: bool = False
    """Whether the reader parses all sheets in any case, as it does in an ods."""


def kind_of(path: Path, diagnostics: Diagnostics) -> Kind:
    """Kind of a path, by its content and its name. Raises InvalidInput if it is not a workbook."""
    name = path.name
    if name.startswith(("~$", ".~lock.", ".#")) or (name.startswith("#") and name.endswith("#")):
        real = name.removeprefix("~$").removeprefix(".~lock.").removeprefix(".").strip("#")
        raise diagnostics.refuse(name, f"is the lock file of an open workbook, not the workbook; give {real} itself")
    if path.is_dir():
        return "folder"
    if not path.is_file():
        raise diagnostics.refuse(str(path), f"there is no such file{_near_file(path)}")
    with path.open("rb") as file:
        start = file.read(4096)
    size = path.stat().st_size
    if size > LIMITS.file_bytes:
        raise diagnostics.refuse(name, f"is {size // MB} MB; the most that is read is {LIMITS.file_bytes // MB} MB")
    if not start.startswith(b"PK"):
        raise diagnostics.refuse(name, _not_a_zip(path, start))
    return _zip_kind(path, diagnostics)


def _near_file(path: Path) -> str:
    if not path.parent.is_dir():
        return f"; there is no folder {path.parent} either"
    names = [p.name for p in path.parent.iterdir() if p.suffix.casefold() in (".xlsx", ".ods") or p.is_dir()]
    near = nearest(path.name, names)
    return did_you_mean(str(path.with_name(near))) if near else ""


def _not_a_zip(path: Path, start: bytes) -> str:
    if not start:
        return "is empty (0 bytes); save the workbook again"
    if start.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in path.read_bytes()
        problem = "is encrypted; open it, remove the password" if encrypted else "is an old Excel file (.xls); open it"
        return f"{problem} and save it as .xlsx"
    if b"\0" not in start and path.suffix.casefold() == ".csv":
        return "is one csv file; a workbook of csv files is a folder: put it there as projects.csv and give the folder"
    if start.lstrip().startswith((b"<", b"%PDF", b"{")):
        return "is not a spreadsheet; open it in the spreadsheet program and save it as .xlsx"
    if b"\0" not in start and _is_text(start):
        return (
            f"is a text file that is called {path.suffix or 'so'}; open it in the spreadsheet program and save it as"
            " .xlsx, or put it as projects.csv into a folder and give the folder"
        )
    return "is not a workbook, or damaged; open it in the spreadsheet program and save it as .xlsx"


def _is_text(data: bytes) -> bool:
    printable = sum(byte >= 32 or byte in b"\t\r\n" for byte in data)
    return printable > 0.98 * len(data)


def _zip_kind(path: Path, diagnostics: Diagnostics) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except DAMAGE as error:
        raise diagnostics.refuse(
            path.name, "is truncated or damaged; copy it again, or open it in the spreadsheet program and save it"
        ) from error
    kinds: dict[Kind, bool] = {
        "xlsx": "xl/workbook.xml" in names,
        "ods": "content.xml" in names,
    }
    kind = next((k for k, present in kinds.items() if present), None)
    if "xl/workbook.bin" in names or "EncryptedPackage" in names or "encrypted-package" in names:
        problem = "is a binary workbook (.xlsb)" if "xl/workbook.bin" in names else "is encrypted; remove the password"
        raise diagnostics.refuse(path.name, f"{problem}; open it and save it as .xlsx")
    if kind is None:
        raise diagnostics.refuse(path.name, "is not a spreadsheet, or parts of it are missing; save it as .xlsx again")
    if path.suffix.casefold() != f".{kind}":
        raise diagnostics.refuse(
            path.name, f"holds a workbook of the kind {kind}; save it as .{kind}, or rename it to end so"
        )
    return kind


def check_parts(archive: zipfile.ZipFile) -> None:
    """Sizes, ratios and names of all parts, from the list of contents. Raises Refused."""
    infos = archive.infolist()
    if len(infos) > LIMITS.parts:
        raise Refused(f"has {len(infos):,} parts; the most that is read is {LIMITS.parts:,}")
    if sum(info.file_size for info in infos) > LIMITS.all_bytes:
        raise Refused(f"unpacks to more than {LIMITS.all_bytes // MB} MB, the most that is read; split the workbook")
    seen = set()
    for info in infos:
        name = str(PurePosixPath(info.filename.replace("\\", "/"))).casefold()
        if name in seen:
            raise Refused(f"is damaged: the part {info.filename} is there twice; save it again")
        seen.add(name)
        if info.flag_bits & 1:
            raise Refused("is encrypted; open it, remove the password and save it again")
        _check_size(info, info.file_size)


def check_whole(archive: zipfile.ZipFile) -> None:
    """Unpack every part once and compare its checksum, so that no damaged workbook is read in part. Raises Refused."""
    for info in archive.infolist():
        for _chunk in stream(archive, info):
            pass


def _most(name: str) -> int:
    """The most bytes that a part may unpack to."""
    is_sheet = re.fullmatch(r"xl/(worksheets/.*|sharedstrings\.xml)", name.replace("\\", "/").casefold().lstrip("/"))
    return LIMITS.sheet_bytes if is_sheet else LIMITS.part_bytes


def _check_size(info: zipfile.ZipInfo, size: int) -> None:
    if size > _most(info.filename):
        raise Refused(
            f"its part {info.filename} unpacks to more than {_most(info.filename) // MB} MB, the most that is read;"
            " delete empty formatted rows, columns and pictures, or split the workbook"
        )
    if size > LIMITS.ratio_from_bytes and size > LIMITS.ratio * max(info.compress_size, 1):
        raise Refused(
            f"its part {info.filename} unpacks to {size // max(info.compress_size, 1)} times its size, more than"
            f" {LIMITS.ratio}; delete empty formatted rows and columns and save it again"
        )


def stream(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The bytes of a part in chunks; its stated size is not trusted."""
    honest = copy.copy(info)
    honest.file_size = _most(info.filename) + 1  # read on to the real end, not to the stated one
    size = 0
    with archive.open(honest) as part:
        while chunk := part.read(CHUNK):
            size += len(chunk)
            _check_size(info, size)
            yield chunk
    if size != info.file_size:
        raise Refused(f"is damaged: its part {info.filename} is not as long as stated; save it again")


def whole(archive: zipfile.ZipFile, name: str) -> bytes:
    """A small part in one piece."""
    return b"".join(stream(archive, archive.getinfo(name)))

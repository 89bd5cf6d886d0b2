"""Comparison of page and workbook of a folder with those rendered again from plan.json and case.json.

Rendering is deterministic, so that bytes are usually equal. If they differ, the difference is located: a line of the page, a
picture, a cell, a part of the archive. Content that another version of a library may write differently is compared by its
meaning: the words and numbers of a picture, the values of cells.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from optimizer.reports.html.charts import MISSING_PICTURE
from optimizer.safe_text import one_line

SHOWN = 60
"""Letters of a line that are shown on either side."""
ROOM = 1 << 16
"""Bytes that a part of an archive may be larger than the one expected, and still be read."""
_PICTURE = re.compile(r"<svg\b.*?</svg>|" + re.escape(str(MISSING_PICTURE)), re.DOTALL)
_LABEL = re.compile(r' aria-label="(.*?)\. ', re.DOTALL)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


@dataclass(frozen=True)
class Difference:
    """A difference of a document, or a part that could not be compared."""

    sentence: str
    certain: bool = True
    """False if another machine or version may have written it so; it is then a note and not a failure."""


# -- the page --------------------------------------------------------------------------------------------------------


def page_differences(stored: bytes, again: bytes, name: str) -> Iterator[Difference]:
    """Differences of a page from the one rendered again; empty if they are equal."""
    if stored == again:
        return
    one, other = stored.decode("utf-8", "replace"), again.decode("utf-8", "replace")
    frame, expected = _PICTURE.sub("<svg/>", one), _PICTURE.sub("<svg/>", other)
    if frame != expected:
        yield Difference(_first_line(frame, expected, name))
        return
    pairs = zip(_PICTURE.findall(one), _PICTURE.findall(other), strict=True)
    for number, (picture, drawn) in enumerate(pairs, 1):
        named = _LABEL.search(drawn)
        title = one_line(named[1]) if named else f"picture {number}"
        yield from _picture_difference(picture, drawn, f"{name}: the picture {title!r}")


def _picture_difference(picture: str, drawn: str, where: str) -> Iterator[Difference]:
    if picture in (drawn, MISSING_PICTURE):  # a page may lack pictures: it says so itself
        return
    if drawn == MISSING_PICTURE:
        yield Difference(f"{where} was not compared: it could not be drawn here", certain=False)
    elif _NUMBER.sub("0", picture) != _NUMBER.sub("0", drawn) or _words(picture) != _words(drawn):
        yield Difference(f"{where} is not the one of plan.json")
    elif drawn.isascii():
        yield Difference(f"{where} is not the one of plan.json: its shapes differ")
    else:  # the drawing library brings fonts for Latin letters only
        message = f"{where} holds letters that are as wide as the fonts of the machine: its words were compared, not its shapes"
        yield Difference(message, certain=False)


def _words(picture: str) -> list[str]:
    """Content of a picture: its texts and the descriptions of its marks."""
    return re.findall(r">([^<>]+)<", picture) + re.findall(r'aria-label="([^"]*)"', picture)


def _first_line(stored: str, again: str, name: str) -> str:
    """The first line that differs, in words."""
    ours, theirs = again.splitlines(), stored.splitlines()
    for number, (line, expected) in enumerate(zip(theirs, ours, strict=False), 1):
        if line != expected:
            at = next((n for n, (a, b) in enumerate(zip(line, expected, strict=False)) if a != b), 0)
            return (
                f"{name} is not the page of plan.json: line {number} has {_excerpt(line, at)}, "
                f"plan.json gives {_excerpt(expected, at)}"
            )
    return f"{name} is not the page of plan.json: it has {len(theirs):,} lines, not {len(ours):,}"


def _excerpt(line: str, at: int) -> str:
    return repr(one_line(line[max(0, at - SHOWN // 3) : at + SHOWN]))


# -- the workbook ----------------------------------------------------------------------------------------------------


def workbook_differences(stored: bytes, again: bytes, name: str, *, same_writer: bool) -> Iterator[Difference]:
    """Differences of a workbook from the one rendered again; empty if they are equal.

    `same_writer`: whether the library that writes workbooks is the one that wrote this. If not, styles and charts cannot
    be compared; parts, sheets and the values of all cells are.
    """
    if stored == again:
        return
    try:
        with zipfile.ZipFile(io.BytesIO(stored)) as one, zipfile.ZipFile(io.BytesIO(again)) as other:
            problems = list(_archive_differences(stored, one, other, name))
            changed = [] if problems else list(_changed_parts(one, other))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError) as problem:
        yield Difference(f"{name} is damaged: {one_line(str(problem))}")
        return
    if problems:
        yield from map(Difference, problems)
        return
    if not changed:
        return  # the same parts, packed by another version of zlib
    if cells := list(_cell_differences(stored, again, name)):
        yield from map(Difference, cells)
    elif same_writer:
        parts = ", ".join(changed[:3]) + (f" and {len(changed) - 3} more" if len(changed) > 3 else "")
        yield Difference(f"{name} is not the workbook of plan.json: its part {parts} differs")
    else:
        message = (
            f"{name} was written by another version of XlsxWriter: its cells were compared, its styles and charts not"
        )
        yield Difference(message, certain=False)


def _archive_differences(data: bytes, one: zipfile.ZipFile, other: zipfile.ZipFile, name: str) -> Iterator[str]:
    """Parts that are missing or added, parts of another size class, and bytes that belong to no part."""
    there, expected = [part.filename for part in one.infolist()], {part.filename for part in other.infolist()}
    for part in sorted({p for p in there if p not in expected or there.count(p) > 1}):
        yield f"{name} has a part that no plan has: {one_line(part)}"
    for part in sorted(expected - set(there)):
        yield f"{name} lacks its part {part}"
    sizes = {part.filename: part.file_size for part in other.infolist()}
    for entry in one.infolist():
        if entry.file_size > 2 * sizes.get(entry.filename, entry.file_size) + ROOM:
            yield f"{name}: its part {one_line(entry.filename)} is larger than that of plan.json"
    taken = sum(30 + len(p.filename.encode()) + p.compress_size for p in one.infolist())
    directory = sum(46 + len(p.filename.encode()) + len(p.extra) + len(p.comment) for p in one.infolist())
    if one.comment or taken + directory + 22 != len(data):
        yield f"{name} holds bytes that belong to none of its parts"


def _changed_parts(one: zipfile.ZipFile, other: zipfile.ZipFile) -> Iterator[str]:
    for part in other.namelist():
        with one.open(part) as stream, other.open(part) as expected:
            if stream.read(2 * other.getinfo(part).file_size + ROOM) != expected.read():
                yield part


def _cell_differences(stored: bytes, again: bytes, name: str) -> Iterator[str]:
    """Sheets and cells whose values differ."""
    from python_calamine import CalamineError, load_workbook

    try:
        one, other = load_workbook(io.BytesIO(stored)), load_workbook(io.BytesIO(again))
    except CalamineError as problem:
        yield f"{name} cannot be read as a workbook: {one_line(str(problem))}"
        return
    if one.sheet_names != other.sheet_names:
        yield f"{name} has the sheets {', '.join(map(one_line, one.sheet_names))}, not {', '.join(other.sheet_names)}"
        return
    for sheet in other.sheet_names:
        rows, expected = (book.get_sheet_by_name(sheet).to_python(skip_empty_area=False) for book in (one, other))
        yield from _different_cells(rows, expected, f"{name}, sheet {sheet}")


def _different_cells(
    rows: Sequence[Sequence[object]], expected: Sequence[Sequence[object]], where: str
) -> Iterator[str]:
    for r in range(max(len(rows), len(expected))):
        row, expected_row = (table[r] if r < len(table) else [] for table in (rows, expected))
        for c in range(max(len(row), len(expected_row))):
            cell, right = (line[c] if c < len(line) else "" for line in (row, expected_row))
            if cell != right:
                yield f"{where}, cell {_letters(c)}{r + 1} is {_shown(cell)}, plan.json gives {_shown(right)}"


def _shown(cell: object) -> str:
    text = repr(cell) if not isinstance(cell, str) else repr(one_line(cell))
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _letters(column: int) -> str:
    """
    >>> _letters(0), _letters(25), _letters(26)
    ('A', 'Z', 'AA')
    """
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name

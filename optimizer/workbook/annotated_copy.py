"""Write a copy of a workbook in which faulty cells are coloured and carry a comment.

An xlsx is edited in place by openpyxl: formulas, formats and other sheets stay (charts and pictures that openpyxl does
not know are lost in the copy, never in the original). An ods file or a folder of csv files becomes an xlsx with the
same sheets, so that every address stays. The first sheet, `Faults`, lists all of them.
"""

import re
import warnings as python_warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.faults import Diagnostic, InvalidInput
from optimizer.files import whole_file
from optimizer.workbook.cell_values import NotAValue, Style
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.integrity import Facts, kind_of
from optimizer.workbook.open import load
from optimizer.workbook.scan import scan_file

SHEET = "Faults"
MOST_COMMENTS = 5000
"""Cells with a comment; further ones are coloured and listed only: spreadsheet programs grow slow."""
LONGEST_COMMENT = 2000
"""Letters of a comment; the list has the full text."""
MOST_CELLS = 2000
"""Cells of one range that are coloured."""
MOST_MERGED = 200_000
"""Merged cells of a workbook that is edited in place; one with more is copied by its values."""
_RED, _YELLOW = "FFFFC7CE", "FFFFEB9C"
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})?\$?(\d{1,7})?(?::\$?([A-Z]{1,3})?\$?(\d{1,7})?)?")
_DIGITS = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d+)?", re.ASCII)
_FORBIDDEN = re.compile(r"[\\*?:/\[\]]")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_faults(workbook: Path, faults: Sequence[Diagnostic], warnings: Sequence[Diagnostic], out: Path) -> None:
    """Write the coloured copy.

    Args:
        workbook: the xlsx, ods or folder of csv files that was read. One that cannot be opened at all gives a copy
            with the list alone.
        faults: coloured red; `cell` as the spreadsheet program shows it, `projects!F17`.
        warnings: coloured yellow, where there is no fault.
        out: the xlsx to write; an existing file is replaced.

    Raises OSError if the file cannot be written; an existing file is then unchanged.
    """
    book = _open(workbook)
    copied = bool(book.worksheets)
    titles = {sheet.title: sheet for sheet in book.worksheets}
    anchors = {title: _anchors(sheet) for title, sheet in titles.items()}
    for place, marked in _by_place(faults, warnings).items():
        title, _, reference = place.rpartition("!")
        if title in titles:
            _mark(titles[title], reference, marked, anchors[title])
    _list(book, faults, warnings)
    if not copied:
        write_text(book.worksheets[0].cell(len(faults) + len(warnings) + 3, 1), f"{workbook.name} could not be copied.")
    with whole_file(out) as temporary:
        book.save(temporary)


@dataclass(frozen=True)
class _Marked:
    """Colour and comment of one place."""

    colour: str
    words: str
    comment: bool


def _by_place(faults: Sequence[Diagnostic], warnings: Sequence[Diagnostic]) -> dict[str, _Marked]:
    words: dict[str, list[str]] = defaultdict(list)
    for diagnostic in (*faults, *warnings):
        words[diagnostic.cell].append(diagnostic.message)
    faulty = {diagnostic.cell for diagnostic in faults}
    return {
        place: _Marked(_RED if place in faulty else _YELLOW, "\n".join(messages), n < MOST_COMMENTS)
        for n, (place, messages) in enumerate(words.items())
    }


# -- opening ----------------------------------------------------------------------------------------------------


def _open(workbook: Path) -> Any:
    """Open the workbook with openpyxl; return a book without sheets if it cannot be opened.

    The scan comes first, so that a zip bomb or a giant file is never unpacked.
    """
    diagnostics = Diagnostics()
    try:
        kind = kind_of(workbook, diagnostics)
        if kind == "xlsx":
            facts = scan_file(workbook, kind, _all, diagnostics)
            return (_in_place(workbook) if _is_editable(facts) else None) or _from_values(workbook)
        return _from_values(workbook)
    except InvalidInput:
        return _empty()


def _is_editable(facts: Facts) -> bool:
    """Whether openpyxl can hold the workbook: it makes an object of every merged cell, and takes formulas as they are."""
    ranges = [merged for sheet in facts.sheets.values() for merged in sheet.merged]
    return sum((bottom - top + 1) * (right - left + 1) for top, left, bottom, right in ranges) <= MOST_MERGED


def _all(_title: str) -> bool:
    return True


def _empty() -> Any:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    return book


def _in_place(workbook: Path) -> Any:
    """The xlsx with its formulas and formats; None if openpyxl cannot read what calamine can."""
    from openpyxl import load_workbook

    with workbook.open("rb") as stream, python_warnings.catch_warnings():
        python_warnings.simplefilter("ignore")  # about what openpyxl drops; the module docstring names it
        try:
            return load_workbook(stream)
        except Exception:  # openpyxl raises many kinds of exception for files that it does not expect
            return None


def _from_values(workbook: Path) -> Any:
    """The values alone, every cell at its address."""
    copy = _empty()
    for title, table in load(workbook, _all, Diagnostics()).tables.items():
        sheet = copy.create_sheet(_FORBIDDEN.sub("_", title)[:31])
        for r, cells in enumerate(table.rows, 1):
            for c, value in enumerate(cells, 1):
                if value not in (None, "") and not isinstance(value, NotAValue):
                    _put(sheet.cell(r, c), value, table.style)
    return copy


def _put(cell: Any, value: Any, style: Style) -> None:
    """Write a value; digits of a csv file become the number that the reader makes of them."""
    digits = value.strip().replace(",", ".") if isinstance(value, str) and style.decimal_comma else value
    if isinstance(digits, str) and style.all_text and _DIGITS.fullmatch(digits.strip()):
        cell.value = float(digits)
    elif isinstance(value, str):
        write_text(cell, value)
    else:
        cell.value = value


def write_text(cell: Any, text: str) -> None:
    """Write text as text, even if it begins like a formula and the cell is edited later."""
    text = _ILLEGAL.sub("�", text)[:32767]
    if text:
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text[0] in "=+-@"


# -- marking ----------------------------------------------------------------------------------------------------


def _mark(sheet: Any, reference: str, marked: _Marked, anchors: Mapping[tuple[int, int], tuple[int, int]]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    places = dict.fromkeys(anchors.get(place, place) for place in _cells(sheet, reference))
    cells = [sheet.cell(row, column) for row, column in places]
    fill = PatternFill("solid", start_color=marked.colour, end_color=marked.colour)
    for cell in cells:
        cell.fill = fill
    if cells and marked.comment:
        before = f"{cells[0].comment.text}\n" if cells[0].comment else ""
        if len(before) > LONGEST_COMMENT:
            return
        words = _ILLEGAL.sub("�", before + marked.words[:LONGEST_COMMENT])
        comment = Comment(words, "mine2magnet")
        comment.width, comment.height = 360, 40 + 18 * (len(words) // 50 + words.count("\n"))
        cells[0].comment = comment


def _cells(sheet: Any, reference: str) -> Iterator[tuple[int, int]]:
    """Row and column of every cell of `F17`, `F2:F9`, `17:17` or `F:F`, as far as the sheet goes."""
    from openpyxl.utils import column_index_from_string

    match = _REFERENCE.fullmatch(reference)
    if not match or not reference:
        return
    letter, row, last_letter, last_row = match.groups()
    last_letter, last_row = (last_letter or letter, last_row or row)
    first, last = (column_index_from_string(text) if text else None for text in (letter, last_letter))
    top, bottom = int(row or 1), int(last_row or sheet.max_row)
    left, right = first or 1, last or max(1, sheet.max_column)
    count = 0
    for r in range(max(top, 1), bottom + 1):
        for c in range(left, right + 1):
            count += 1
            if count > MOST_CELLS:
                return
            yield r, c


def _anchors(sheet: Any) -> dict[tuple[int, int], tuple[int, int]]:
    """Row and column of every merged cell -> the cell that shows for it."""
    return {
        (row, column): (merged.min_row, merged.min_col)
        for merged in sheet.merged_cells.ranges
        for row in range(merged.min_row, merged.max_row + 1)
        for column in range(merged.min_col, merged.max_col + 1)
    }


# -- listing ----------------------------------------------------------------------------------------------------


def _list(book: Any, faults: Sequence[Diagnostic], warnings: Sequence[Diagnostic]) -> None:
    from openpyxl.styles import Alignment, Font

    titles = {sheet.title for sheet in book.worksheets}
    sheet = book.create_sheet(SHEET, 0)
    for column, (word, width) in enumerate(
        zip(("cell", "column", "message", "kind"), (22, 18, 110, 10), strict=True), 1
    ):
        sheet.cell(1, column, word).font = Font(bold=True)
        sheet.column_dimensions["ABCD"[column - 1]].width = width
    for row, (diagnostic, kind) in enumerate([*((f, "fault") for f in faults), *((w, "warning") for w in warnings)], 2):
        for column, text in enumerate((diagnostic.cell, diagnostic.column or "", diagnostic.message, kind), 1):
            write_text(sheet.cell(row, column), text)
        sheet.cell(row, 3).alignment = Alignment(wrap_text=True, vertical="top")
        _link(sheet.cell(row, 1), diagnostic.cell, titles)
    sheet.freeze_panes = "A2"
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet
    book.active = 0


def _link(cell: Any, place: str, titles: set[str]) -> None:
    """Link the address to its cell."""
    from openpyxl.worksheet.hyperlink import Hyperlink

    title, _, reference = place.rpartition("!")
    if title in titles and reference:
        quoted = title.replace("'", "''")
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{quoted}'!{reference}")

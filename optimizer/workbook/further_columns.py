"""Read columns of `projects` that are not in the schema: measures, yes/no columns and texts for rules."""

from collections.abc import Sequence
from typing import Any, Literal

from models.columns import Column
from models.text import Text, joined
from models.yes_no import as_yes_no
from optimizer.workbook.cell_parser import parse
from optimizer.workbook.cell_values import BadCell, NotAValue, Style, is_empty, is_error
from optimizer.workbook.column_reader import ColumnReader
from optimizer.workbook.diagnostics import Diagnostics
from optimizer.workbook.header import Sheet
from optimizer.workbook.raw_row import RawRow

FurtherKind = Literal["number", "yes_no", "text"]
_KEPT_AS: dict[FurtherKind, tuple[Text, Text]] = {
    "number": (Text("a measure that rules can use"), Text("measures that rules can use")),
    "yes_no": (Text("yes and no, which `where` can use"), Text("yes and no, which `where` can use")),
    "text": (Text("a text that `where` can use"), Text("texts that `where` can use")),
}
"""Wording of the notice for one column of a kind, and for several."""


def read_further(sheet: Sheet, rows: list[RawRow], measures: set[str], diagnostics: Diagnostics) -> None:
    """Read the columns of the workbook's own; each kind is listed in one notice.

    Args:
        measures: further columns that rules count: those must be numbers, and yes counts 1.
    """
    kept: dict[FurtherKind, list[int]] = {kind: [] for kind in _KEPT_AS}
    for index, name in sorted(sheet.extras.items(), key=lambda pair: pair[1]):
        given = [raw.cells[index] for raw in rows if index < len(raw.cells) and not is_empty(raw.cells[index])]
        kind = _kind(given, sheet.table.style, is_counted=name in measures)
        numbers = sum(is_number(cell, sheet.table.style) for cell in given)
        _read(sheet, rows, index, kind, diagnostics)
        if numbers and kind == "text":
            message = Text(
                "unknown column: kept as a text that `where` can use; {n} of its {cells} cells are numbers",
                n=numbers, cells=len(given),
            )  # fmt: skip
            diagnostics.notice(sheet.address(sheet.header_row, index), message, name)
        else:
            kept[kind].append(index)
    for kind, indices in kept.items():
        _list(sheet, indices, kind, diagnostics)


def _kind(given: Sequence[Any], style: Style, *, is_counted: bool) -> FurtherKind:
    """Kind of a column: numbers if all cells are numbers, yes and no if all cells say so in any language, else text.

    A column of 1 and 0 alone holds numbers, and `where` takes yes for 1.
    """
    if is_counted or (given and all(is_number(cell, style) for cell in given)):
        return "number"
    return "yes_no" if given and all(_says_yes_or_no(cell) for cell in given) else "text"


def _says_yes_or_no(cell: Any) -> bool:
    if isinstance(cell, bool):
        return True
    return as_yes_no(str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)) is not None


def _read(sheet: Sheet, rows: list[RawRow], index: int, kind: FurtherKind, diagnostics: Diagnostics) -> None:
    name = sheet.extras[index]
    if kind == "number" and sum(_count_answer(raw, index) for raw in rows):
        diagnostics.notice(sheet.address(sheet.header_row, index), Text("yes counts as 1 and no as 0"), name)
    for raw, value in ColumnReader(sheet, index, further_column(name, kind), name, diagnostics).values(rows):
        if kind == "number":
            raw.values.setdefault("measures", {})[name] = value
        else:
            raw.values.setdefault("texts", {})[name] = ("yes" if value else "no") if kind == "yes_no" else value
    if kind == "yes_no":
        sheet.yes_no.add(name)


def _count_answer(raw: RawRow, index: int) -> bool:
    """Replace yes by 1 and no by 0 in a column that rules count. Returns whether the cell held such a word."""
    cell = raw.cells[index] if index < len(raw.cells) else ""
    answer = as_yes_no(str(cell)) if isinstance(cell, bool | str) and cell not in ("0", "1") else None
    if answer is not None:
        raw.cells[index] = 1.0 if answer == "yes" else 0.0
    return answer is not None


def is_number(cell: Any, style: Style) -> bool:
    """Whether a cell holds a number, or a formula or an error where one belongs."""
    if isinstance(cell, bool) or is_empty(cell):
        return False
    if isinstance(cell, int | float | NotAValue) or is_error(cell):
        return True
    try:
        return style.all_text and bool(parse(further_column("", "number"), cell, style))
    except BadCell:
        return False


def further_column(name: str, kind: FurtherKind) -> Column:
    """A column that the schema does not know."""
    return Column(name, kind, "", "", False, (), None, (), None, None)


def _list(sheet: Sheet, indices: list[int], kind: FurtherKind, diagnostics: Diagnostics) -> None:
    place = sheet.address(sheet.header_row, min(indices, default=0))
    one, many = _KEPT_AS[kind]
    if len(indices) == 1:
        diagnostics.notice(place, Text("unknown column: kept as {one}", one=one), sheet.extras[indices[0]])
    elif indices:
        names = joined(sheet.extras[index] for index in sorted(indices))
        diagnostics.notice(place, Text("unknown columns: kept as {many}: {names}", many=many, names=names))

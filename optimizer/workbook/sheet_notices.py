"""Notices about a whole sheet: hidden rows and columns, merged cells, unused columns."""

from models.text import Text, joined
from optimizer.workbook.cell_values import is_empty
from optimizer.workbook.diagnostics import Diagnostics, letter
from optimizer.workbook.header import Sheet
from optimizer.workbook.table import Table


def note_hidden(sheet_name: str, table: Table, header_row: int, diagnostics: Diagnostics) -> None:
    """Report hidden sheets, rows and columns, which are read like others."""
    facts = table.facts
    if facts is None:
        return
    if facts.hidden:
        diagnostics.notice(table.title, Text("hidden sheet: still read as {sheet_name}", sheet_name=sheet_name))
    rows = [row for row in facts.hidden_rows if row > header_row]
    if rows:
        diagnostics.notice(f"{table.title}!{_ranges(rows)}", Text("hidden or filtered rows: included"))
    columns = [letter(c) for c in sorted(facts.hidden_columns) if _has_values(table, c, header_row)]
    if columns:
        notice = Text("hidden columns: included ({names})", names=joined(columns))
        diagnostics.notice(f"{table.title}!{columns[0]}:{columns[-1]}", notice)


def _has_values(table: Table, column: int, header_row: int) -> bool:
    return any(column < len(cells) and not is_empty(cells[column]) for cells in table.rows[max(header_row - 1, 0) :])


def _ranges(rows: list[int]) -> str:
    """`5:7, 9:9` for rows 5, 6, 7 and 9; the whole span if there are many pieces."""
    pieces: list[list[int]] = []
    for row in sorted(set(rows)):
        if pieces and pieces[-1][1] == row - 1:
            pieces[-1][1] = row
        else:
            pieces.append([row, row])
    if len(pieces) > 3:
        return f"{pieces[0][0]}:{pieces[-1][1]} ({len(rows)} rows)"
    return ", ".join(f"{first}:{last}" for first, last in pieces)


def note_merged(sheet: Sheet, diagnostics: Diagnostics) -> None:
    """Report merged cells below the header once: only the first cell holds the value."""
    facts = sheet.table.facts
    places = [
        f"{sheet.table.address(top, left)}:{letter(right)}{bottom}"
        for top, left, bottom, right in (facts.merged if facts else ())
        if bottom > sheet.header_row and any(left <= index <= right for index in sheet.targets)
    ]
    if places:
        diagnostics.notice(places[0], _merged(places))


def _merged(places: list[str]) -> Text:
    first = places[0].partition(":")[0]
    if len(places) == 1:
        return Text(
            "merged cells: only the first, {first}, holds a value, the others are read as empty; unmerge and fill them",
            first=first,
        )
    return Text(
        "merged cells (and {n} more: {cells}): only the first, {first}, holds a value, the others are read as empty; unmerge"
        " and fill them",
        n=len(places) - 1, cells=", ".join(places[1:4]) + (", ..." if len(places) > 4 else ""), first=first,
    )  # fmt: skip


def note_unread(sheet: Sheet, diagnostics: Diagnostics) -> None:
    """Report the further columns of a sheet that does not read them."""
    if sheet.extras and sheet.name != "projects":
        names = joined(str(sheet.table.rows[sheet.header_row - 1][i]).strip() for i in sheet.extras)
        diagnostics.notice(
            sheet.address(sheet.header_row, min(sheet.extras)),
            Text("not columns of {name}, so not read: {names}", name=sheet.name, names=names),
        )

"""Which sheets of a book are ours: by name, in any order; a near miss is a fault, the others are listed."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

from models.columns import columns
from models.schema import SHEETS
from optimizer.workbook.cell_values import is_empty
from optimizer.workbook.diagnostics import Diagnostics, letter
from optimizer.workbook.header import Sheet, find, form, near_miss
from optimizer.workbook.rows import read_rows
from optimizer.workbook.table import Book, Table

KNOWN = (*SHEETS, "settings")
_CLOSE = 0.8
_NEUTRAL = {
    "all", "capacity", "candidate", "data", "exchange", "final", "forecast", "funding", "input", "inputs", "list", "new",
    "our", "policy", "public", "rates", "sheet", "tab", "table", "the",
}  # fmt: skip
"""Words that a title may hold beside the name of a sheet: `Policy rules`, `existing capacity`."""
_OTHER_NAMES = {"exchangerates": "fx", "exchangerate": "fx", "currencies": "fx", "candidates": "projects"}


def is_known(title: str) -> bool:
    """Whether a sheet of this title is read."""
    return form(title) in KNOWN


def choose(book: Book, found: Diagnostics) -> dict[str, Table]:
    """Our sheets by our names. Near misses and doubles are faults, other sheets are named in one notice."""
    tables: dict[str, Table] = {}
    for title, table in book.tables.items():
        name = form(title)
        if name in tables:
            found.fault(title, f"a second sheet {name} ({tables[name].title} is there too); rename or delete one")
            found.unread.add(name)
        elif is_known(title):
            tables[name] = table
    near = near_sheets(book.titles)
    for title, name in near.items():
        found.fault(title, f'"{title}" is not a sheet that is read; did you mean {name}? Rename it')
        if title in book.tables and name not in tables:
            tables[name] = book.tables[title]  # read as meant, so that the faults of its cells are found as well
    ignored = [title for title in book.titles if not is_known(title) and title not in near]
    if ignored:
        found.notice(ignored[0], f"not read, since these are no input sheets: {', '.join(ignored)}")
    if "projects" not in tables:
        found.unread.add("projects")
        found.fault("projects", f"the sheet projects is missing; the book has {', '.join(book.titles) or 'no sheet'}")
    return tables


def near_sheets(titles: Iterable[str]) -> dict[str, str]:
    """Titles that nearly are the name of a sheet of ours that is absent -> that name."""
    titles = list(titles)
    present = {form(title) for title in titles}
    near = {title: _near_sheet(title, present) for title in titles if not is_known(title)}
    return {title: name for title, name in near.items() if name is not None}


def _near_sheet(title: str, present: set[str]) -> str | None:
    """The absent sheet that a title was most likely meant to be: Programs, Project, Setting."""
    words = re.findall(r"[a-z]+", title.casefold())
    forms = {"".join(words), "".join(w for w in words if w not in _NEUTRAL)}
    known = {name: name for name in KNOWN} | _OTHER_NAMES
    scores = [
        (SequenceMatcher(None, form_, other, autojunk=False).ratio(), name)
        for form_ in forms
        for other, name in known.items()
        if name not in present
    ]
    score, name = max(scores, default=(0.0, ""))
    return name if score >= _CLOSE else None


def say_hidden(sheet_name: str, table: Table, header_row: int, found: Diagnostics) -> None:
    """Name once what a person does not see in the spreadsheet program and what is read all the same."""
    facts = table.facts
    if facts is None:
        return
    if facts.hidden:
        found.notice(table.title, f"the sheet is hidden: read all the same as {sheet_name}")
    rows = [row for row in facts.hidden_rows if row > header_row]
    if rows:
        found.notice(f"{table.title}!{_ranges(rows)}", "hidden or filtered rows: included")
    columns = [letter(c) for c in sorted(facts.hidden_columns) if _has_values(table, c, header_row)]
    if columns:
        found.notice(f"{table.title}!{columns[0]}:{columns[-1]}", f"hidden columns: included ({', '.join(columns)})")


def _has_values(table: Table, column: int, header_row: int) -> bool:
    return any(column < len(cells) and not is_empty(cells[column]) for cells in table.rows[max(header_row - 1, 0) :])


def _ranges(rows: list[int]) -> str:
    """`5:7, 9:9` for rows 5, 6, 7 and 9; the whole span where the pieces are many."""
    pieces: list[list[int]] = []
    for row in sorted(set(rows)):
        if pieces and pieces[-1][1] == row - 1:
            pieces[-1][1] = row
        else:
            pieces.append([row, row])
    if len(pieces) > 3:
        return f"{pieces[0][0]}:{pieces[-1][1]} ({len(rows)} rows)"
    return ", ".join(f"{first}:{last}" for first, last in pieces)


def say_merged(sheet: Sheet, found: Diagnostics) -> None:
    """Merged cells below the header hold one value, in their first cell: the others are read as empty."""
    facts = sheet.table.facts
    for top, left, bottom, right in facts.merged if facts else ():
        if bottom > sheet.header_row and any(i in sheet.targets for i in range(left, right + 1)):
            first, last = sheet.table.address(top, left), f"{letter(right)}{bottom}"
            found.notice(
                f"{first}:{last}",
                f"merged cells: only {first} holds a value, the others are read as empty; unmerge and fill them",
            )


def say_unread(sheet: Sheet, found: Diagnostics) -> None:
    """List the further columns of a sheet that has no use for them."""
    if sheet.extras and sheet.name != "projects":
        names = ", ".join(str(sheet.table.rows[sheet.header_row - 1][i]).strip() for i in sheet.extras)
        found.notice(
            sheet.address(sheet.header_row, min(sheet.extras)), f"not columns of {sheet.name}, so not read: {names}"
        )


def mapping_of(table: Table | None, found: Diagnostics) -> dict[str, str]:
    """The `columns` sheet: form of an agency's header -> our name."""
    sheet = find("columns", table, {}, found) if table else None
    if sheet is None:
        return {}
    mapping: dict[str, str] = {}
    for raw in read_rows(sheet, (), found):
        ours, theirs = form(raw.values["ours"]), form(raw.values["theirs"])
        if near := _near_column(ours):
            place = sheet.address(raw.row, sheet.index_of("ours") or 0)
            found.fault(place, f'"{raw.values["ours"]}" is not a column; did you mean {near}?', "ours")
        elif mapping.get(theirs, ours) != ours:
            place = sheet.address(raw.row, sheet.index_of("theirs") or 0)
            found.fault(place, f'"{raw.values["theirs"]}" is mapped twice; delete one', "theirs")
        mapping.setdefault(theirs, near or ours)
    return mapping


def _near_column(ours: str) -> str | None:
    """The column of any sheet that a name misses by a little; None for a column of ours or a measure's name."""
    known = [c for cls in SHEETS.values() for c in columns(cls)]
    near = None if ours in {c.field for c in known} else near_miss(ours, known)
    return None if near == ours else near

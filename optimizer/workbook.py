"""From a workbook to a frozen case: the one way in.

Every fault of every sheet is found in one pass and raised once; what is said and goes on becomes the case's notices.
"""

import gc
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from models.case import Case, Layout
from models.checks import check
from models.faults import InvalidInput, Remark
from models.schema import SHEETS, Settings
from optimizer.assemble import rows_of
from optimizer.headers import Sheet, find, form
from optimizer.load import load
from optimizer.overrides import Overrides
from optimizer.remarks import Remarks, in_order
from optimizer.rows import RawRow, read_rows
from optimizer.settings import Stated, complete, read_stated
from optimizer.sheets import choose, is_known, mapping_of, say_hidden, say_merged, say_unread
from optimizer.spelling import note_twins, unify
from optimizer.status import override_statuses
from optimizer.tables import Book, Table

_NOTHING = Overrides()
_RESTS_ON = {
    "first_year": "horizon", "last_year": "horizon", "last_fid_year": "horizon", "stages": "stage",
    "stage_weights": "stage", "countries": "country", "excluded_countries": "country", "base_currency": "currency",
}  # fmt: skip
_SPOILED = {
    "horizon": ("earliest_fid", "latest_fid", "year", "objective_year", "milestones", "last_fid_year", "last_year"),
    "stage": ("stage", "stages", "stage_weights"),
    "country": ("country", "countries"),
    "currency": ("currency", "per_base"),
}
"""What cannot be judged while a setting is unreadable."""


def read(path: Path | str, overrides: Overrides = _NOTHING) -> Case:
    """Read a workbook (.xlsx, .ods) or a folder of .csv files as a case, with the command line's changes.

    Raises InvalidInput with every fault found, each at its cell.
    """
    found = Remarks()
    with _collector_at_rest():
        book = load(Path(path), is_known, found)
        tables = choose(book, found)
        sheets = _headers(tables, found)
        stated = read_stated(tables.get("settings"), overrides, found)
        rows = _rows(sheets, found)
        override_statuses(rows.get("projects", []), overrides, found)
        return _Reading(book, tables, sheets, stated, rows, found).case()


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Reading makes hundreds of thousands of small objects and no cycles: looking for some takes an eighth of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _headers(tables: Mapping[str, Table], found: Remarks) -> dict[str, Sheet]:
    mapping = mapping_of(tables.get("columns"), found)
    sheets = {}
    for name in SHEETS:
        sheet = find(name, tables[name], mapping, found) if name in tables and name != "columns" else None
        if sheet is not None:
            sheets[name] = sheet
            say_hidden(name, sheet.table, sheet.header_row, found)
            say_merged(sheet, found)
            say_unread(sheet, found)
    if "settings" in tables:
        say_hidden("settings", tables["settings"], 0, found)
    return sheets


def _rows(sheets: Mapping[str, Sheet], found: Remarks) -> dict[str, list[RawRow]]:
    """The rows of every sheet; those of the rules first, since they say which further columns must be numbers."""
    rows = {"rules": read_rows(sheets["rules"], (), found)} if "rules" in sheets else {}
    named = {
        form(str(raw.values[field]))
        for raw in rows.get("rules", ())
        for field in ("measure", "per", "weight")
        if field in raw.values
    }
    for name, sheet in sheets.items():
        if name != "rules":
            rows[name] = read_rows(sheet, named, found)
    return rows


@dataclass
class _Reading:
    """Everything read so far, on its way to a case."""

    book: Book
    tables: dict[str, Table]
    sheets: dict[str, Sheet]
    stated: Stated
    rows: dict[str, list[RawRow]]
    found: Remarks

    def case(self) -> Case:
        """Build the case, run the checks that look at more than one cell, and raise what is wrong."""
        note_twins(self.rows, self.sheets, self.found)
        materials = unify(self.rows, self.stated.values.get("stages", Settings().stages))
        settings, provenance = complete(self.stated, self.rows, self.found)
        case = Case(
            name=self.book.name,
            settings=settings,
            provenance=provenance,
            layouts=self._layouts(materials),
            setting_rows=self.stated.rows,
            **rows_of(self.rows, self.sheets, settings, materials, self.found),
        )
        if not self._lacks_sheet():
            self._check(case)
        titles = [self.tables[name].title for name in (*SHEETS, "settings") if name in self.tables]
        faults, notices = in_order(self.found.faults, titles), in_order(self.found.notices, titles)
        if faults:
            raise InvalidInput(faults, notices)
        return case.with_(notices=tuple(notices))

    def _layouts(self, materials: Mapping[str, str]) -> dict[str, Layout]:
        layouts = {name: sheet.layout(materials) for name, sheet in self.sheets.items()}
        if self.stated.layout is not None:
            layouts["settings"] = self.stated.layout
        return layouts

    def _lacks_sheet(self) -> bool:
        """Whether a whole sheet could not be read, so that nothing can be said of what other sheets expect of it."""
        unread = self.tables.keys() - self.sheets.keys() - {"columns", "settings"}
        whole = any("!" not in r.cell and not r.cell.startswith("--") for r in self.found.faults)
        return whole or any(self.tables[name].is_filled() for name in unread)

    def _check(self, case: Case) -> None:
        """The checks of the case; what they say of a cell that could not be read would be an echo of its fault."""
        faults, warnings = check(case)
        rows, columns = self._faulty_rows(), self._spoiled_columns()
        self.found.faults += [r for r in faults if r.column not in columns and _row_of(r) not in rows]
        self.found.notices += [r for r in warnings if r.column not in columns and _row_of(r) not in rows]

    def _spoiled_columns(self) -> set[str]:
        """Columns that cannot be judged, since a setting could not be read or a project has lost its id."""
        where = (f"{self.tables['settings'].title}!" if "settings" in self.tables else "--", "--")
        settings = {r.column for r in self.found.faults if r.cell.startswith(where)}
        spoiled = {column for key in settings for column in _SPOILED.get(_RESTS_ON.get(key or "", ""), ())}
        return spoiled | ({"requires", "excludes", "together"} if "projects" in self.found.keyless else set())

    def _faulty_rows(self) -> set[tuple[str, int]]:
        title = {name: sheet.table.title for name, sheet in self.sheets.items()}
        lacking = {name for name in title if name != "projects" and self._lacks_column(name)}
        faulty = {
            (title[name], raw.row) for name, rows in self.rows.items() for raw in rows if raw.faulty or name in lacking
        }
        unsure = {raw.values["id"] for raw in self.rows.get("projects", ()) if raw.faulty}
        all_unsure = "projects" in self.found.keyless or self._lacks_column("projects")
        for raw in self.rows.get("outlays", ()):
            if raw.values["id"] in unsure or all_unsure:
                faulty.add((title["outlays"], raw.row))
        return faulty

    def _lacks_column(self, name: str) -> bool:
        """Whether a header of a sheet could not be read, so that its rows say less than was meant."""
        sheet = self.sheets.get(name)
        return sheet is not None and (sheet.table.title, sheet.header_row) in set(map(_row_of, self.found.faults))


def _row_of(remark: Remark) -> tuple[str, int]:
    """Sheet and row of a remark's cell; row 0 where it names none."""
    title, _, address = remark.cell.rpartition("!")
    row = re.search(r"\d+", address)
    return title, int(row[0]) if row else 0

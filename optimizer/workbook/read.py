"""Read a workbook into a frozen case; this is the only entry point.

One pass collects the faults of all sheets and raises them together. Notices become part of the case.
"""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from models.case import Case, Layout
from models.checks import check
from models.faults import InvalidInput
from models.for_each import expanded
from models.schema import SHEETS, Settings
from optimizer.workbook.build_case import rows_of
from optimizer.workbook.column_mapping import mapping_of
from optimizer.workbook.column_scales import apply_scales, scales_of
from optimizer.workbook.control_characters import drop_control_characters
from optimizer.workbook.country_columns import check_states
from optimizer.workbook.defaults_in_use import note_defaults
from optimizer.workbook.derived_faults import UnreadCells
from optimizer.workbook.diagnostics import Diagnostics, in_order
from optimizer.workbook.header import Sheet, find
from optimizer.workbook.header_currencies import apply_currencies
from optimizer.workbook.header_names import form
from optimizer.workbook.normalize import note_twins, unify
from optimizer.workbook.open import load
from optimizer.workbook.overrides import Overrides
from optimizer.workbook.raw_row import RawRow
from optimizer.workbook.rows import read_rows
from optimizer.workbook.settings import complete, read_stated
from optimizer.workbook.sheet_names import choose, claims, is_known, note_sheets, without_ignored
from optimizer.workbook.sheet_notices import note_hidden, note_merged, note_unread
from optimizer.workbook.stated_settings import Stated
from optimizer.workbook.status_overrides import override_statuses
from optimizer.workbook.table import Book, Table
from optimizer.workbook.unit_columns import apply_unit_column
from optimizer.workbook.unit_rows import apply_unit_rows

_NOTHING = Overrides()


def read(path: Path | str, overrides: Overrides = _NOTHING) -> Case:
    """Read a workbook (.xlsx, .ods) or a folder of .csv files as a case, with the command line's changes.

    Raises InvalidInput with every fault found, each at its cell.
    """
    diagnostics = Diagnostics()
    with _collector_at_rest():
        book = load(Path(path), is_known, diagnostics)
        if claimed := claims(book):
            book = load(Path(path), lambda title: is_known(title) or title in claimed, diagnostics)
        tables = choose(book, claimed)
        drop_control_characters(tables.values(), diagnostics)
        stated = read_stated(tables.get("settings"), overrides, diagnostics)
        ignored = stated.values.get("ignore_sheets", ())
        tables = without_ignored(tables, ignored)
        note_sheets(book, tables, claimed, ignored, diagnostics)
        sheets = _headers(tables, diagnostics)
        rows = _rows(sheets, diagnostics)
        apply_currencies(sheets, rows, stated.values.get("base_currency", Settings().base_currency), diagnostics)
        check_states(sheets, rows, diagnostics)
        title = tables["projects"].title if "projects" in tables else "projects"
        override_statuses(rows.get("projects", []), overrides, diagnostics, title)
        return _CaseReader(book, tables, sheets, stated, rows, diagnostics).case()


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Switch the garbage collector off while reading, which makes many objects and no cycles; it would take an eighth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _headers(tables: Mapping[str, Table], diagnostics: Diagnostics) -> dict[str, Sheet]:
    mapping = mapping_of(tables.get("columns"), diagnostics)
    scales = scales_of(tables.get("columns"))
    sheets = {}
    for name in SHEETS:
        sheet = find(name, tables[name], mapping.names, diagnostics) if name in tables and name != "columns" else None
        if sheet is not None:
            sheets[name] = sheet
            apply_unit_rows(sheet, diagnostics)
            apply_unit_column(sheet, diagnostics)
            apply_scales(sheet, scales, diagnostics)
            note_hidden(name, sheet.table, sheet.header_row, diagnostics)
            note_merged(sheet, diagnostics)
            note_unread(sheet, diagnostics)
    if "settings" in tables:
        note_hidden("settings", tables["settings"], 0, diagnostics)
    mapping.note_unused(sheets.values(), diagnostics)
    return sheets


def _rows(sheets: Mapping[str, Sheet], diagnostics: Diagnostics) -> dict[str, list[RawRow]]:
    """The rows of every sheet. Rules are read first, because they decide which further columns must be numbers."""
    rows = {"rules": read_rows(sheets["rules"], (), diagnostics)} if "rules" in sheets else {}
    named = {
        form(str(raw.values[field]))
        for raw in rows.get("rules", ())
        for field in ("measure", "per", "weight")
        if field in raw.values
    }
    for name, sheet in sheets.items():
        if name != "rules":
            rows[name] = read_rows(sheet, named, diagnostics)
    return rows


@dataclass
class _CaseReader:
    """The content of a workbook while a case is built from it."""

    book: Book
    tables: dict[str, Table]
    sheets: dict[str, Sheet]
    stated: Stated
    rows: dict[str, list[RawRow]]
    diagnostics: Diagnostics

    def case(self) -> Case:
        """Build the case, run the checks that read more than one cell, and raise the faults."""
        note_twins(self.rows, self.sheets, self.diagnostics)
        note_defaults(self.sheets, self.rows, self.diagnostics)
        materials = unify(self.rows, self.stated.values.get("stages", Settings().stages))
        settings, provenance = complete(self.stated, self.rows, self.diagnostics)
        self._let_unknown_countries_pass(settings)
        case = Case(
            name=self.book.name,
            settings=settings,
            provenance=provenance,
            layouts=self._layouts(materials),
            setting_rows=self.stated.rows,
            **rows_of(self.rows, self.sheets, settings, materials, self.diagnostics),
        )
        self._check(case)
        titles = [self.tables[name].title for name in (*SHEETS, "settings") if name in self.tables]
        faults, notices = in_order(self.diagnostics.faults, titles), in_order(self.diagnostics.notices, titles)
        if faults:
            raise InvalidInput(faults, notices)
        return expanded(case.with_(notices=tuple(notices)))

    def _let_unknown_countries_pass(self, settings: Settings) -> None:
        """Give projects with an unreadable country an eligible one, so that no derived fault blames other projects."""
        for raw in self.rows.get("projects", ()):
            if "country" in raw.faulty and settings.countries:
                raw.values["country"] = settings.countries[0]

    def _layouts(self, materials: Mapping[str, str]) -> dict[str, Layout]:
        layouts = {name: sheet.layout(materials) for name, sheet in self.sheets.items()}
        if self.stated.layout is not None:
            layouts["settings"] = self.stated.layout
        return layouts

    def _check(self, case: Case) -> None:
        """Run the checks of the case, without findings that repeat the fault of an unreadable cell."""
        title = self.tables["settings"].title if "settings" in self.tables else "settings"
        unread = UnreadCells.of(self.sheets, self.rows, title, self.diagnostics)
        faults, warnings = check(case, unread.unsure_rules())
        self.diagnostics.faults += [r for r in faults if not unread.is_derived(r)]
        self.diagnostics.notices += [r for r in warnings if not unread.is_doubtful(r)]

"""Read the header of a sheet: columns in any order, under our names or an agency's own.

A header that resembles a known name is a fault with the cure, because ignoring it would drop a column on which the
planner relies.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.case import Layout
from models.columns import Column, columns
from models.schema import AWARD_MEASURES, DELIVERY_MEASURES, SHEETS
from models.text import Text, joined
from optimizer.workbook.cell_values import NotAValue, is_empty, shown
from optimizer.workbook.diagnostics import Diagnostics, letter
from optimizer.workbook.header_names import form, header_text, is_synonym, near_miss, translated
from optimizer.workbook.header_row import FAMILIES, find_header_row, key_of, named, note_missing_header
from optimizer.workbook.header_units import named_with_unit, not_understood, notice_of, unit_in
from optimizer.workbook.table import Table
from optimizer.workbook.tables_beside import first_table_width
from optimizer.workbook.units import Unit
from optimizer.workbook.years import calendar_year, proposed_years

_CURE = "Rename it, or map it in a sheet `columns`."
_SHORTEST_WORD = 4
"""Letters of a word by which a header is a hint at a missing column."""
_RESERVED = ("capex", "count", "esg", *AWARD_MEASURES, *DELIVERY_MEASURES)


@dataclass(frozen=True)
class ColumnTarget:
    """The target of a column: a field and, for a family, the material, year or offset."""

    column: Column
    key: str | int | None = None

    @property
    def order(self) -> tuple[str, int, str]:
        """Sort key that does not depend on the place of the column: field, then year or material."""
        return self.column.field, self.key if isinstance(self.key, int) else 0, str(self.key)

    @property
    def name(self) -> str:
        """The header in our names: `capex_m`, `share_ndpr`, `2026`, `year_0`."""
        if self.key is None:
            return self.column.field
        return re.sub(r"<\w+>", str(self.key), self.column.header)

    def spelled(self, materials: Mapping[str, str]) -> str:
        """The name with the material as the case spells it."""
        return (
            ColumnTarget(self.column, materials.get(self.key, self.key)).name
            if isinstance(self.key, str)
            else self.name
        )


@dataclass
class Sheet:
    """A known sheet with its header read."""

    name: str
    table: Table
    header_row: int
    targets: dict[int, ColumnTarget] = field(default_factory=dict)
    """Index of a column -> its target."""
    extras: dict[int, str] = field(default_factory=dict)
    """Index of a column -> name of a further column, which is kept (`projects`) or listed."""
    units: dict[int, Unit] = field(default_factory=dict)
    """Index of a column -> unit that its header names, or scale that the sheet `columns` gives it."""
    unsure: set[int] = field(default_factory=set)
    """Indices of columns whose unit is unknown, so that what depends on their numbers cannot be checked."""
    yes_no: set[str] = field(default_factory=set)
    """Further columns that hold yes and no."""

    def layout(self, materials: Mapping[str, str]) -> Layout:
        """The addresses of the sheet; `materials` gives their spelling in the case."""
        names = {target.spelled(materials): letter(i) for i, target in self.targets.items()}
        names |= {name: letter(i) for i, name in self.extras.items()}
        return Layout(title=self.table.title, header_row=self.header_row, letters=names)

    def header_at(self, index: int) -> str:
        """Address of a column's header."""
        return self.address(self.header_row, index)

    def index_of(self, name: str) -> int | None:
        """Index of the column whose target has this name."""
        return next((i for i, target in self.targets.items() if target.name == name), None)

    def address(self, row: int, index: int) -> str:
        return self.table.address(row, index)


def find(name: str, table: Table, mapping: Mapping[str, str], diagnostics: Diagnostics) -> Sheet | None:
    """Read the header of a known sheet.

    Args:
        name: the sheet in our names.
        mapping: form of an agency's header -> our name, from the sheet `columns`.

    Returns None if there is no header, with a fault unless the table is empty.
    """
    row = find_header_row(name, table, mapping)
    if row is None:
        note_missing_header(name, table, diagnostics)
        return None
    sheet = Sheet(name, table, row)
    _HeaderReader(sheet, mapping, diagnostics).run()
    return sheet


def note_ragged(table: Table, header_row: int, diagnostics: Diagnostics) -> None:
    """Refuse csv rows with more cells than the header: a text holds the delimiter and is not quoted."""
    if not header_row or not table.style.all_text:
        return
    width = len(table.rows[header_row - 1])
    for number, cells in table.body(header_row):
        if any(not is_empty(cell) for cell in cells[width:]):
            message = "more cells than the header has; put texts that hold the delimiter into quotes"
            diagnostics.fault(table.address(number, width), message)


@dataclass
class _HeaderReader:
    """Reads the cells of one header."""

    sheet: Sheet
    mapping: Mapping[str, str]
    diagnostics: Diagnostics
    first: dict[str, int] = field(default_factory=dict)
    """Name of a column -> its first index."""
    understood: list[tuple[int, str, str]] = field(default_factory=list)
    """Index, text and our name of headers that are read by another name, for a notice."""

    def run(self) -> None:
        """Fill the sheet's targets and extras; missing required columns are faults."""
        unknown = []
        table, row = self.sheet.table, self.sheet.header_row
        width = first_table_width(self.sheet.name, table, row, self.mapping, self.diagnostics)
        for index, value in enumerate(table.rows[row - 1][:width]):
            text = header_text(value)
            target = self._target(text, value) if text else None
            name = target.name if target else self.mapping.get(form(text), form(text))
            if not text:
                self._headless(index, value)
            elif name in self.first:
                self._repeated(index, text, name)
            elif target:
                self._take(index, text, value, target)
                self._unit_of_mapped(index, text, target)
            else:
                unknown.append((index, text, name))
            self.first.setdefault(name, index)
        for index, text, name in unknown:
            self._further(index, text, name)
        self._note_understood()
        note_ragged(self.sheet.table, self.sheet.header_row, self.diagnostics)
        self._second_row()
        self._require()

    @property
    def _columns(self) -> tuple[Column, ...]:
        return columns(SHEETS[self.sheet.name])

    @property
    def _missing(self) -> list[Column]:
        """Columns, families included, that no header names yet."""
        present = {t.column.field for t in self.sheet.targets.values() if t.key is None}
        return [c for c in self._columns if c.field not in present]

    def _at(self, index: int) -> str:
        return self.sheet.address(self.sheet.header_row, index)

    def _fault(self, index: int, message: str, name: str | None = None) -> None:
        self.diagnostics.fault(self._at(index), message, name)

    def _repeated(self, index: int, text: str, name: str) -> None:
        message = f"the header {shown(text)} is there already at {self._at(self.first[name])}; rename one"
        self._fault(index, message, name)

    def _target(self, text: str, value: Any) -> ColumnTarget | None:
        """The target of a header by its exact name: ours, mapped, or a calendar year."""
        mapped = self.mapping.get(form(text))
        name = mapped or form(text)
        for column in self._columns:
            if column.family is None and column.field == name:
                return ColumnTarget(column)
            pattern = FAMILIES.get(column.family or "")
            if pattern and (match := pattern.fullmatch(name)):
                return ColumnTarget(column, match["key"] if column.family == "share_<material>" else int(match["key"]))
            if column.family == "<year>" and mapped is None and (year := calendar_year(value)):
                return ColumnTarget(column, year)
        return None

    def _take(self, index: int, text: str, value: Any, target: ColumnTarget) -> None:
        self.sheet.targets[index] = target
        is_mapped, is_plain = form(text) in self.mapping, text.isascii() and text.isdecimal()
        if target.column.family == "<year>" and not is_mapped and (isinstance(value, datetime.date) or not is_plain):
            shape = f"{value:%Y-%m-%d}" if isinstance(value, datetime.date) else str(value).strip()
            self.understood.append((index, shape, target.name))

    def _headless(self, index: int, value: Any) -> None:
        """Report a column without a header that holds values; it is not read."""
        if isinstance(value, NotAValue):
            self._fault(index, value.message)
            return
        for row, cells in self.sheet.table.body(self.sheet.header_row):
            if index < len(cells) and not is_empty(cells[index]):
                message = Text("a value in a column without a header: the column is not read; give it a header")
                self.diagnostics.notice(self.sheet.address(row, index), message)
                return

    def _further(self, index: int, text: str, name: str) -> None:
        """Handle an unknown header: read it with its unit or translation, refuse a near miss, or keep it."""
        is_mapped, missing = form(text) in self.mapping, self._missing
        parts = None if is_mapped else named_with_unit(text, missing)
        if parts and parts.unit and self._take_as(index, parts.name):
            self.sheet.units[index] = parts.unit
            self.diagnostics.notice(self._at(index), notice_of(text, parts.name, parts.unit), parts.name)
            return
        column = None if is_mapped else translated(text, missing)
        near = None if is_mapped else near_miss(text, missing)
        if column and self.sheet.index_of(column.field) is None:
            self.sheet.targets[index] = ColumnTarget(column)
            self.understood.append((index, text, column.field))
        elif near:
            has_doubt = parts is not None and parts.unit is None
            doubt = f": {not_understood(parts.unit_text, near, missing)}" if parts and has_doubt else ""
            self._fault(index, f"{shown(text)} is not a column{doubt}; did you mean {near}? {_CURE}", near)
            self._take_as(index, near)
            if has_doubt:
                self.sheet.unsure.add(index)
        elif not is_mapped and (message := self._year_message(text)):
            self._fault(index, message, name)
        elif self.sheet.name == "projects" and name in _RESERVED:
            self._fault(index, f"{shown(text)} is the name of a measure of its own; rename the column", name)
        else:
            self.sheet.extras[index] = name
            if not is_mapped:
                self._note_double(index, text)

    def _note_double(self, index: int, text: str) -> None:
        """Report a further column whose name means a column that another header already is."""
        present = {t.column.field: i for i, t in self.sheet.targets.items() if t.key is None}
        parts = named_with_unit(text, self._columns)
        synonym = next((c.field for c in self._columns if c.field in present and is_synonym(text, c)), None)
        field = parts.name if parts and parts.name in present else synonym
        if field is not None and field in present:
            message = Text(
                "{text} looks like {column}, which is already in {cell}: not used",
                text=shown(text), column=field, cell=self._at(present[field]),
            )  # fmt: skip
            self.diagnostics.notice(self._at(index), message, field)

    def _unit_of_mapped(self, index: int, text: str, target: ColumnTarget) -> None:
        """Apply the unit in a header that the sheet `columns` maps."""
        unit = None if form(text) == target.name else unit_in(text, target.column)
        if unit:
            self.sheet.units[index] = unit
            self.diagnostics.notice(self._at(index), notice_of(text, target.name, unit), target.name)

    def _year_message(self, text: str) -> str | None:
        """The fault of a header that names several years, or a calendar year where offsets belong."""
        families = {c.family for c in self._columns}
        years = proposed_years(text) if families & {"<year>", "year_<k>"} else []
        if not years:
            return None
        if "<year>" in families:
            listed = ", ".join(map(str, years))
            return f"{shown(text)} names several years ({listed}); give each year a column of its own, or delete it"
        return f"{shown(text)} is a calendar year; outlays count from the decision: year_0, year_1, ... {_CURE}"

    def _take_as(self, index: int, near: str) -> bool:
        """Read a column under a proposed name. Returns False if another column already has it."""
        target = self._target(near, near)
        if target is not None and self.sheet.index_of(target.name) is None:
            self.sheet.targets[index] = target
            return True
        return False

    def _note_understood(self) -> None:
        """One notice for all headers that are read by another name."""
        if self.understood:
            names = joined(Text("{text} as {name}", text=shown(text), name=name) for _, text, name in self.understood)
            notice = Text("headers matched by meaning: {names}", names=names)
            self.diagnostics.notice(self._at(self.understood[0][0]), notice)

    def _second_row(self) -> None:
        """Refuse a header of two rows: a neighbouring row names columns that the header row leaves empty."""
        head, rows = self.sheet.table.rows[self.sheet.header_row - 1], self.sheet.table.rows
        for number in (self.sheet.header_row - 1, self.sheet.header_row + 1):
            cells = rows[number - 1] if 0 < number <= len(rows) else []
            heads = [
                index
                for index, value in enumerate(cells)
                if not header_text(head[index] if index < len(head) else "")
                and named(value, self._columns, self.mapping)
            ]
            key = self.sheet.index_of(key_of(self.sheet.name))
            is_row = (
                number > self.sheet.header_row and key is not None and key < len(cells) and not is_empty(cells[key])
            )
            if heads and not is_row:
                place = f"{self.sheet.table.title}!{number}:{number}"
                message = (
                    f"a second row of headers ({shown(header_text(cells[heads[0]]))} in {letter(heads[0])}{number}): "
                    f"put every header into row {self.sheet.header_row}, and delete row {number}"
                )
                self.diagnostics.fault(place, message)

    def _require(self) -> None:
        title, row = self.sheet.table.title, self.sheet.header_row
        present = {t.column.field for t in self.sheet.targets.values()}
        reported = {
            diagnostic.column for diagnostic in self.diagnostics.faults if diagnostic.cell.startswith(f"{title}!")
        }
        for column in self._columns:
            if column.required and column.field not in present | reported:
                message = f"the required column {column.field} is missing; add it ({column.doc}){self._hint(column)}"
                self.diagnostics.fault(f"{title}!{row}:{row}", message, column.field)

    def _hint(self, column: Column) -> str:
        """Propose headers that share a word with a missing column."""
        known = {word for name in (column.field, *column.synonyms) for word in re.split(r"[_ ]", name)}
        near = [
            f"{shown(str(self.sheet.table.rows[self.sheet.header_row - 1][i]).strip())} ({self._at(i)})"
            for i, name in self.sheet.extras.items()
            if {w for w in re.findall(r"[a-z]+", name) if len(w) >= _SHORTEST_WORD} & known
        ]
        return f"; is it {' or '.join(near[:3])}? {_CURE}" if near else ""

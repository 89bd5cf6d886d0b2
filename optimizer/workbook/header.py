"""The header of a sheet: which column is which, in any order, by our names or an agency's own.

What looks like a known name and is none is a fault with the cure: taken silently it would drop a column that the
planner relies on.
"""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from models.case import Layout
from models.columns import Column, columns
from models.schema import AWARD_MEASURES, DELIVERY_MEASURES, SHEETS
from optimizer.workbook.cell_values import NotAValue, is_empty, plain, shown, year_of
from optimizer.workbook.diagnostics import Diagnostics, letter
from optimizer.workbook.header_units import named_with_unit, not_understood, notice_of, unit_in
from optimizer.workbook.table import Table
from optimizer.workbook.units import Unit

HEADER_ROWS = 20
"""The header stands within these first rows."""
_FAMILIES = {
    "share_<material>": re.compile(r"share_(?P<key>.+)"),
    "<year>": re.compile(r"(?P<key>(19[5-9]|20\d|21[0-4])\d)"),
    "year_<k>": re.compile(r"year_(?P<key>\d{1,2})"),
}
_CURE = "Rename it, or map it in a sheet `columns`."
_RESERVED = ("capex", "count", "esg", *AWARD_MEASURES, *DELIVERY_MEASURES)
_UNITS = {"m", "tpa", "t"}
"""Last words of our columns that are units."""
_CLOSE = 0.84
"""Likeness from which a header counts as a slip of a known one (`privat_share` 0.96, `esg_x` against `esg_e` 0.8)."""


@dataclass(frozen=True)
class Target:
    """What a column of a sheet fills: a field, and for a family the material, year or offset."""

    column: Column
    key: str | int | None = None

    @property
    def order(self) -> tuple[str, int, str]:
        """A place that does not rest on where the column stands: by field, then by year or material."""
        return self.column.field, self.key if isinstance(self.key, int) else 0, str(self.key)

    @property
    def name(self) -> str:
        """The header in our names: `capex_m`, `share_ndpr`, `2026`, `year_0`."""
        if self.key is None:
            return self.column.field
        return re.sub(r"<\w+>", str(self.key), self.column.header)

    def spelled(self, materials: Mapping[str, str]) -> str:
        """The name with the material as the case spells it."""
        return Target(self.column, materials.get(self.key, self.key)).name if isinstance(self.key, str) else self.name


@dataclass
class Sheet:
    """A known sheet with its header read."""

    name: str
    table: Table
    header_row: int
    targets: dict[int, Target] = field(default_factory=dict)
    """Index of a column -> what it fills."""
    extras: dict[int, str] = field(default_factory=dict)
    """Index of a column -> name of a further column, which is kept (`projects`) or listed."""
    units: dict[int, Unit] = field(default_factory=dict)
    """Index of a column -> unit that its header names, or scale that the sheet `columns` gives it."""
    yes_no: set[str] = field(default_factory=set)
    """Further columns that hold yes and no."""

    def layout(self, materials: Mapping[str, str]) -> Layout:
        """Addresses for everybody downstream; `materials` gives their spelling in the case."""
        names = {target.spelled(materials): letter(i) for i, target in self.targets.items()}
        names |= {name: letter(i) for i, name in self.extras.items()}
        return Layout(title=self.table.title, header_row=self.header_row, letters=names)

    def header_at(self, index: int) -> str:
        """Address of a column's header."""
        return self.address(self.header_row, index)

    def index_of(self, name: str) -> int | None:
        """Index of the column that fills a name."""
        return next((i for i, target in self.targets.items() if target.name == name), None)

    def address(self, row: int, index: int) -> str:
        return self.table.address(row, index)


def form(text: str) -> str:
    """A header as it is compared: case and spaces forgiven.

    >>> form("  Private Share ")
    'private_share'
    """
    return re.sub(r"[\s_]+", "_", text.strip().casefold()).strip("_")


def header_text(value: Any) -> str:
    """A header cell as text; a number or a date stands for its year."""
    if isinstance(value, datetime.date):
        return str(year_of(value))
    if isinstance(value, bool | NotAValue) or is_empty(value):
        return ""
    if isinstance(value, int | float):
        return plain(value)
    text = str(value).strip()
    return text[:-2] if re.fullmatch(r"\d{4}\.0", text) else text


def find(name: str, table: Table, mapping: Mapping[str, str], found: Diagnostics) -> Sheet | None:
    """Read the header of a known sheet. None, with a fault, where there is none; empty tables have none either."""
    header_row = _header_row(table, _marks(name), mapping) or _near_header_row(name, table)
    if header_row is None:
        _no_header(name, table, found)
        return None
    sheet = Sheet(name, table, header_row)
    _Reading(sheet, mapping, found).run()
    return sheet


def key_of(name: str) -> str:
    """The first starred column of a sheet: a row without it names nothing. Where none is starred, the first."""
    of_sheet = columns(SHEETS[name])
    return next((c.field for c in of_sheet if c.required), of_sheet[0].field)


def has_key(name: str) -> bool:
    """Whether the rows of a sheet name themselves."""
    return any(c.required for c in columns(SHEETS[name]))


def _marks(name: str) -> frozenset[str]:
    """Headers by any of which the header row is known."""
    return frozenset((key_of(name),) if has_key(name) else (c.field for c in columns(SHEETS[name])))


def _header_row(table: Table, marks: frozenset[str], mapping: Mapping[str, str]) -> int | None:
    for number, cells in enumerate(table.rows[:HEADER_ROWS], 1):
        names = (form(header_text(value)) for value in cells)
        if any(mapping.get(name, name) in marks for name in names):
            return number
    return None


def _no_header(name: str, table: Table, found: Diagnostics) -> None:
    if not table.is_filled():
        if name == "projects":
            found.unread.add(name)
            found.fault(table.title, "the sheet is empty; give one row for each project")
        return
    found.unread.add(name)
    message = f"no header found: none of the first {HEADER_ROWS} rows holds a cell {key_of(name)}"
    found.fault(table.title, message, key_of(name))


def _near_header_row(name: str, table: Table) -> int | None:
    """The row with a cell that nearly is the key's header: read as the header, and the cell is a fault there."""
    column = next(c for c in columns(SHEETS[name]) if c.field == key_of(name))
    for number, cells in enumerate(table.rows[:HEADER_ROWS], 1):
        if any(text and _likeness(text, column) >= _CLOSE for text in map(header_text, cells)):
            return number
    return None


def note_ragged(table: Table, header_row: int, found: Diagnostics) -> None:
    """A csv row with more cells than the header has lost its columns: a delimiter in a text is not quoted."""
    if not header_row or not table.style.all_text:
        return
    width = len(table.rows[header_row - 1])
    for number, cells in table.body(header_row):
        if any(not is_empty(cell) for cell in cells[width:]):
            message = "more cells than the header has; put texts that hold the delimiter into quotes"
            found.fault(table.address(number, width), message)


@dataclass
class _Reading:
    """Reads the cells of one header."""

    sheet: Sheet
    mapping: Mapping[str, str]
    found: Diagnostics

    def run(self) -> None:
        """Fill the sheet's targets and extras; missing required columns are faults."""
        unknown = []
        known = {c.field: c for c in self._columns if c.family is None}
        first: dict[str, int] = {}
        for index, value in enumerate(self.sheet.table.rows[self.sheet.header_row - 1]):
            text = header_text(value)
            name = self.mapping.get(form(text), form(text))
            if not text:
                self._headless(index, value)
            elif name in first:
                self._fault(
                    index, f"the header {shown(text)} is there already at {self._at(first[name])}; rename one", name
                )
            elif target := Target(known[name]) if name in known else self._of_family(name):
                self.sheet.targets[index] = target
                self._unit_of_mapped(index, text, target)
            else:
                unknown.append((index, text, name))
            first.setdefault(name, index)
        for index, text, name in unknown:
            self._further(index, text, name)
        note_ragged(self.sheet.table, self.sheet.header_row, self.found)
        self._require()

    @property
    def _columns(self) -> tuple[Column, ...]:
        return columns(SHEETS[self.sheet.name])

    def _at(self, index: int) -> str:
        return self.sheet.address(self.sheet.header_row, index)

    def _fault(self, index: int, message: str, name: str | None = None) -> None:
        self.found.fault(self._at(index), message, name)

    def _of_family(self, name: str) -> Target | None:
        for column in self._columns:
            pattern = _FAMILIES.get(column.family or "")
            if pattern and (match := pattern.fullmatch(name)):
                return Target(column, match["key"] if column.family == "share_<material>" else int(match["key"]))
        return None

    def _headless(self, index: int, value: Any) -> None:
        """A column without a header is not read, and that is said where it holds anything."""
        if isinstance(value, NotAValue):
            self._fault(index, value.message)
            return
        for row, cells in self.sheet.table.body(self.sheet.header_row):
            if index < len(cells) and not is_empty(cells[index]):
                message = "a value in a column without a header: the column is not read; give it a header"
                self.found.notice(self.sheet.address(row, index), message)
                return

    def _further(self, index: int, text: str, name: str) -> None:
        """A header that is none of ours: a near miss is a fault, another one is kept (`projects`) or listed."""
        present = {t.column.field for t in self.sheet.targets.values() if t.key is None}
        missing = [c for c in self._columns if c.field not in present]
        named = named_with_unit(text, missing)
        if named and named.unit and self._take_as(index, named.name):
            self.sheet.units[index] = named.unit
            self.found.notice(self._at(index), notice_of(text, named.name, named.unit), named.name)
            return
        near = near_miss(text, missing)
        if near:
            doubt = f": {not_understood(named.unit_text, near, missing)}" if named and not named.unit else ""
            self._fault(index, f"{shown(text)} is not a column{doubt}; did you mean {near}? {_CURE}", near)
            self._take_as(index, near)
        elif self.sheet.name == "projects" and name in _RESERVED:
            self._fault(index, f"{shown(text)} is the name of a measure of its own; rename the column", name)
        else:
            self.sheet.extras[index] = name

    def _unit_of_mapped(self, index: int, text: str, target: Target) -> None:
        """A header that the sheet `columns` maps may name a unit too: it is read, so that nothing is off by a factor."""
        unit = None if form(text) == target.name else unit_in(text, target.column)
        if unit:
            self.sheet.units[index] = unit
            self.found.notice(self._at(index), notice_of(text, target.name, unit), target.name)

    def _take_as(self, index: int, near: str) -> bool:
        """Read a column as what its header means or most likely means; False where another column is that already."""
        known = {c.field: c for c in self._columns if c.family is None}
        target = Target(known[near]) if near in known else self._of_family(near)
        if target is not None and self.sheet.index_of(target.name) is None:
            self.sheet.targets[index] = target
            return True
        return False

    def _require(self) -> None:
        title, row = self.sheet.table.title, self.sheet.header_row
        present = {t.column.field for t in self.sheet.targets.values()}
        named = {diagnostic.column for diagnostic in self.found.faults if diagnostic.cell.startswith(f"{title}!")}
        for column in self._columns:
            if column.required and column.field not in present | named:
                message = f"the required column {column.field} is missing; add it ({column.doc})"
                self.found.fault(f"{title}!{row}:{row}", message, column.field)


def near_miss(text: str, missing: list[Column]) -> str | None:
    """The known column that a header was most likely meant to be: a synonym, a slip, a name with its unit."""
    scores = [(score, c.field) for c in missing if c.family is None and (score := _likeness(text, c)) >= _CLOSE]
    if scores:
        return max(scores)[1]
    families = {c.family for c in missing}
    text = _bare(text) or text
    year = re.search(r"(?<!\d)(?:19[5-9]|20\d|21[0-4])\d(?!\d)", text)
    if "<year>" in families and year:
        return year[0]
    offset = re.fullmatch(r"(?:y|yr|year|fid)?[\s_+.-]*(\d{1,2})", text.strip().casefold())
    if "year_<k>" in families and offset:
        return f"year_{int(offset[1])}"
    material = re.fullmatch(r"(?:shares?|shr)[\W_]+(\w+)", text.strip().casefold())
    return f"share_{material[1]}" if "share_<material>" in families and material else None


def _likeness(text: str, column: Column) -> float:
    """1 for a synonym, with or without what stands in brackets; else how much of the letters agree."""
    bare = _bare(text)
    forms = {_letters(text), _letters(bare)} - {""}
    if forms & {_letters(name) for name in (column.field, *column.synonyms)}:
        return 1.0
    words = set(column.field.split("_")) - _UNITS
    if len(words) > 1 and words <= set(re.findall(r"[a-z]+", text.casefold())):
        return _CLOSE  # `earliest FID year`
    return max(
        (SequenceMatcher(None, f, column.field, autojunk=False).ratio() for f in map(form, (text, bare)) if f),
        default=0.0,
    )


def _bare(text: str) -> str:
    """A header without its unit, in brackets or after a comma."""
    return re.sub(r"[(\[].*?[)\]]|,.*", "", text)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.casefold())

"""Drop derived faults: findings of the checks that only repeat the fault of an unreadable cell.

A diagnostic depends on its own cell, on the cells that its message names, and on related cells (money on its currency).
If one of them could not be read, the diagnostic is dropped. All other faults of the row stay, so that one pass reports
them all.
"""

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from models.columns import columns
from models.faults import Diagnostic
from models.schema import SHEETS
from optimizer.workbook.diagnostics import Diagnostics, column_number
from optimizer.workbook.header import Sheet
from optimizer.workbook.raw_row import RawRow

Place = tuple[str, int]
"""Title of a sheet and a row of it; row 0 if a diagnostic names none."""

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
"""Columns that cannot be checked while a setting is unreadable."""
_MONEY = frozenset(("currency", "price_year"))
_LIMITS = frozenset(("<year>", "total_m", "total_face_m", "uncapped", "fund", "currency"))
_TOGETHER: dict[tuple[str, str], frozenset[str]] = {
    ("programmes", "<year>"): _LIMITS,
    ("programmes", "total_m"): _LIMITS,
    ("programmes", "total_face_m"): _LIMITS,
    ("programmes", "uncapped"): _LIMITS,
    ("programmes", "cost_rate"): frozenset(("total_face_m", "limit_on", "price_gap_per_t", "fund")),
    ("outlays", "year_<k>"): frozenset(("year_<k>", "id")),
    ("demand", "<year>"): frozenset(("<year>",)),
    ("existing", "capacity_tpa"): frozenset(("<year>",)),
    ("scenarios", "value"): frozenset(("parameter",)),
    ("scenarios", "to_year"): frozenset(("parameter", "from_year")),
    ("scenarios", "where"): frozenset(("parameter",)),
}
"""Further columns on which a diagnostic on a column depends, families by their pattern."""


@dataclass(frozen=True)
class UnreadCells:
    """The cells, rows and sheets that could not be read."""

    rows: Mapping[Place, Set[str]]
    """Row -> its columns that could not be read, families by their pattern too."""
    cells: Set[str]
    """Addresses that have a fault already."""
    spoiled: Set[str]
    """Columns that depend on a setting that could not be read."""
    unread: Set[str]
    """Our sheets that are in the workbook and could not be read."""
    has_lost_ids: bool
    """Whether the id of some project could not be read, so that references to projects cannot be checked."""
    sheets: Mapping[str, Sheet]
    """By title."""

    @classmethod
    def of(
        cls, sheets: Mapping[str, Sheet], rows: Mapping[str, Iterable[RawRow]], settings: str, diagnostics: Diagnostics
    ) -> "UnreadCells":
        """Gather it from the faults found while reading; `settings` is the title of that sheet."""
        unsure = {
            (sheet.table.title, raw.row): _with_patterns(raw.faulty)
            for name, sheet in sheets.items()
            for raw in rows.get(name, ())
            if raw.faulty
        }
        stated = {r.column for r in diagnostics.faults if r.cell.startswith(("--", f"{settings}!"))}
        keys = _RESTS_ON.keys() if "settings" in diagnostics.unread else _RESTS_ON.keys() & stated
        return cls(
            rows=unsure,
            cells={r.cell for r in diagnostics.faults},
            spoiled={column for key in keys for column in _SPOILED[_RESTS_ON[key]]},
            unread=diagnostics.unread,
            has_lost_ids="projects" in diagnostics.keyless | diagnostics.unread
            or any("id" in raw.faulty for raw in rows.get("projects", ())),
            sheets={sheet.table.title: sheet for sheet in sheets.values()},
        )

    def is_derived(self, fault: Diagnostic) -> bool:
        """Whether a fault of the checks follows from a cell that could not be read."""
        named = _named(fault.message)
        if any(f"`{name}` sheet" in fault.message for name in self.unread):
            return True
        if self.has_lost_ids and "is not an id of" in fault.message:
            return True
        if "projects" in self.unread and self._name(fault.cell) == "rules":
            return True
        if not named and fault.column in self.spoiled:
            return True
        places = [(fault.cell, fault.column or ""), *((cell, self._header(cell)) for cell in named)]
        return any(cell in self.cells for cell in named) or any(self._is_unsure(*place) for place in places)

    def is_doubtful(self, warning: Diagnostic) -> bool:
        """Whether a warning depends on a row, sheet or setting that could not be read."""
        places = map(place_of, (warning.cell, *_named(warning.message)))
        if any(title == warning.cell for title, _ in self.rows):
            return True  # a warning about a whole sheet that has unread cells
        return bool(self.unread) or warning.column in self.spoiled or any(place in self.rows for place in places)

    def unsure_rules(self) -> frozenset[int]:
        """Rows of rules with an unreadable cell; they are not applied to the projects."""
        return frozenset(row for (title, row) in self.rows if self.sheets[title].name == "rules")

    def _is_unsure(self, cell: str, column: str) -> bool:
        """Whether a cell, or one on which it depends, could not be read."""
        lost = self.rows.get(place_of(cell), set())
        name = self._name(cell)
        if not column:  # a row, since the column is not in the sheet; or a column of its own
            present = {target.name for target in self.sheets[place_of(cell)[0]].targets.values()} if name else set()
            return bool(lost - present)
        pattern = _pattern(column)
        rests_on = {column} | _TOGETHER.get((name, pattern), frozenset())
        return bool(lost & (rests_on | _MONEY if _is_money(name, pattern) else rests_on))

    def _name(self, cell: str) -> str:
        sheet = self.sheets.get(place_of(cell)[0])
        return sheet.name if sheet else ""

    def _header(self, cell: str) -> str:
        """The header, in our names, of a cell's column."""
        title, _, address = cell.rpartition("!")
        sheet, index = self.sheets.get(title), column_number(address.rstrip("0123456789:")) - 1
        return sheet.targets[index].name if sheet and index in sheet.targets else ""


def place_of(cell: str) -> Place:
    """Sheet and row of an address."""
    title, _, address = cell.rpartition("!")
    row = re.search(r"\d+", address)
    return title, int(row[0]) if row else 0


def _named(message: str) -> list[str]:
    """Addresses in a message."""
    return re.findall(r"\w+!(?:[A-Z]{1,3}\d+|\d+:\d+)", message)


def _with_patterns(lost: set[str]) -> set[str]:
    return lost | {_pattern(column) for column in lost}


def _pattern(column: str) -> str:
    """The family of a column; the column itself if it has none."""
    if re.fullmatch(r"\d{4}", column):
        return "<year>"
    return "year_<k>" if re.fullmatch(r"year_\d+", column) else column


def _is_money(name: str, pattern: str) -> bool:
    return any(c.kind == "money" and pattern in (c.field, c.family) for c in columns(SHEETS[name])) if name else False

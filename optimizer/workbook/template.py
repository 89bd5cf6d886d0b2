"""Write workbooks: the annotated template, and a case as a workbook.

Both have the same layout: every sheet and column of the schema in its order, a comment with meaning, unit and default at each
header, drop-down lists, and the same information as a table in the sheet `Manual`.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.case import Case
from models.checks.rules import known_measures
from models.columns import Column, Row, columns
from models.countries import REST_OF_WORLD
from models.schema import SHEETS, Settings
from optimizer.files import whole_file
from optimizer.workbook.cell_values import plain
from optimizer.workbook.data_validation import LISTS, Lists
from optimizer.workbook.start_here import TITLE, write_start_here
from optimizer.workbook.template_examples import EXAMPLE, PROGRAMME, RULE, SCENARIO, UNITS

if TYPE_CHECKING:
    from models.frozen import Frozen

MANUAL = "Manual"
"""Title of the sheet that explains the others; it is not read."""
ROWS_TO_FILL = 2000
"""Rows below the header that have drop-downs."""
LONGEST_TEXT = 32_767
"""Letters that a cell of an xlsx holds."""
ROWS_TO_PRINT = 20
"""Empty rows that are printed below the filled ones."""

_YEARS = tuple(range(2026, 2041))
_TO_FILL: dict[tuple[str, str], tuple[Any, ...]] = {
    ("programmes", "envelopes"): _YEARS,
    ("outlays", "years"): tuple(range(5)),
    ("demand", "years"): (2026, 2030, 2035, 2040),
    ("existing", "shares"): ("ndpr",),
    ("existing", "years"): (2026, 2030, 2035, 2040),
}
"""Columns of families that the template has although no row fills them."""
_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_MADE = datetime.datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed date, so that the same case gives the same bytes


class ExactCell(float):
    """A number that is written with all its digits; 16 digits, as xlsxwriter writes, do not restore every number."""

    def __format__(self, _spec: str) -> str:
        return _digits(float(self))


@dataclass(frozen=True)
class Heading:
    """One column of a sheet; for a family one of its columns."""

    column: Column
    header: str | int
    key: str | int | None = None

    def value(self, row: Row) -> Any:
        """The value of a row in this column; None if it is empty."""
        value = getattr(row, self.column.field)
        return value if self.key is None else value.get(self.key)


def write_template(path: Path) -> None:
    """Write the annotated workbook that a planner fills: every sheet and column, how to start, units and examples.

    Args:
        path: the file to write, an xlsx; what stands there is replaced.

    Raises OSError where the file cannot be written; then what stood there stays.
    """
    examples = {"programmes": (PROGRAMME,), "rules": (RULE,), "scenarios": (SCENARIO,)}
    case = Case(name=path.stem, settings=Settings(), projects=(EXAMPLE,), **examples)
    sheets = {
        name: headings(cls, getattr(case, name, ()), {f: keys for (s, f), keys in _TO_FILL.items() if s == name})
        for name, cls in SHEETS.items()
    }
    _write(path, case, sheets, {}, is_template=True)


def write_case(case: Case, path: Path) -> None:
    """Write a case back as a workbook that reads to the same case.

    Money is now in the base currency at the case's price year (envelopes too: `money` is real), so that reading
    converts nothing. Only sheets with rows are written.

    Args:
        case: a case without faults.
        path: the file to write, an xlsx; what stands there is replaced.

    Notes longer than a cell holds are cut, and say so.

    Raises OSError where the file cannot be written, ValueError for an id or a list longer than a cell holds.
    """
    rows = {name: getattr(case, name, ()) for name in SHEETS}
    sheets = {name: headings(cls, rows[name], {}) for name, cls in SHEETS.items() if rows[name] or name == "projects"}
    _write(path, _in_base_money(case), sheets, _stated(case))


def _in_base_money(case: Case) -> Case:
    plain_money = {"currency": None, "price_year": None}
    return case.with_(
        projects=tuple(p.model_copy(update=plain_money) for p in case.projects),
        programmes=tuple(p.model_copy(update={**plain_money, "money": "real"}) for p in case.programmes),
        prices=tuple(p.model_copy(update=plain_money) for p in case.prices),
    )


def _stated(case: Case) -> dict[str, Any]:
    """Settings to write: those with a value, and two whose emptiness has a meaning."""
    settings = dict(case.settings)
    for key in ("countries", "excluded_countries"):
        settings[key] = settings[key] or ("none",)
    if case.settings.total_budget_m is None and case.provenance.get("total_budget_m", "default") != "default":
        settings["total_budget_m"] = "none"
    if not case.demand and case.provenance.get("objective", "default") == "default":
        settings.pop("objective", None)
    return settings


# -- columns ----------------------------------------------------------------------------------------------------


def headings(cls: type[Row], rows: Iterable[Row], extra: Mapping[str, Sequence[Any]]) -> list[Heading]:
    """The columns of a sheet in the order of the schema, families spread over the keys that the rows use."""
    spread: list[Heading] = []
    for column in columns(cls):
        if column.family is None:
            spread.append(Heading(column, column.field))
        else:
            keys = {key for row in rows for key in getattr(row, column.field)} | set(extra.get(column.field, ()))
            spread += [Heading(column, _family_header(column.family, key), key) for key in sorted(keys)]
    return spread


def _family_header(family: str, key: str | int) -> str | int:
    """Header of one column of a family.

    >>> _family_header("share_<material>", "ndpr"), _family_header("year_<k>", 2), _family_header("<year>", 2030)
    ('share_ndpr', 'year_2', 2030)
    """
    before = family.partition("<")[0]
    return f"{before}{key}" if before else key


def as_cell(column: Column, value: Any) -> str | float | None:
    """A value as people type it; None for an empty cell.

    >>> from models.schema import Project
    >>> kinds = {c.field: c for c in columns(Project)}
    >>> as_cell(kinds["requires"], (("a", "b"), ("c",))), as_cell(kinds["ramp"], (40.0, 100.0))
    ('a|b; c', '40; 100')
    """
    if value is None or value in ("", (), {}):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float | str):
        return value
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "; ".join(f"{name}={_digits(weight)}" for name, weight in value.items())
    if column.kind == "alternatives":
        return "; ".join("|".join(any_of) for any_of in value)
    if column.kind == "delays":
        return "; ".join(f"{years}:{_digits(share)}" for years, share in value)
    items = [_digits(item) if isinstance(item, int | float) else str(item) for item in value]
    return "; ".join(items)


def _digits(value: float) -> str:
    return repr(value).removesuffix(".0")


# -- the workbook -----------------------------------------------------------------------------------------------


def _write(
    path: Path,
    case: Case,
    sheets: Mapping[str, list[Heading]],
    settings: Mapping[str, Any],
    *,
    is_template: bool = False,
) -> None:
    import xlsxwriter

    with whole_file(path) as temporary, xlsxwriter.Workbook(temporary, _OPTIONS) as book:
        book.set_properties({"title": case.name, "created": _MADE})
        writer = _Book(book, Lists(_list_ranges(case)))
        if is_template:
            write_start_here(book)
        for name, heads in sheets.items():
            writer.rows(name, heads, getattr(case, name, ()), has_units=is_template)
        writer.settings(settings)
        writer.manual()
        writer.lists(_lists(case))
        book.get_worksheet_by_name(TITLE if is_template else "projects").activate()


class _Book:
    """The workbook being written, with its formats."""

    def __init__(self, book: Any, lists: Lists) -> None:
        self.book = book
        self.validations = lists
        self.must = book.add_format({"bold": True, "bg_color": "#1F4E79", "font_color": "#FFFFFF", "border": 1})
        self.may = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
        self.text = book.add_format({"num_format": "@"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self.faint = book.add_format({"italic": True, "font_color": "#7F7F7F"})

    def rows(self, name: str, heads: Sequence[Heading], rows: Sequence[Row], *, has_units: bool) -> None:
        """One sheet: header with comments, units, rows, and drop-downs for those still to be filled."""
        sheet = self.book.add_worksheet(name)
        last = max(ROWS_TO_FILL, len(rows) + 200)
        for c, head in enumerate(heads):
            sheet.set_column(c, c, max(10, len(str(head.header)) + 2), self._style(head.column))
            self._heading(sheet, 0, c, head)
            if validation := self.validations.validation(name, head.column):
                sheet.data_validation(1, c, last, c, validation)
        first = 1
        if has_units and any(head.column.required for head in heads):
            self._units(sheet, heads)
            first = 2
        for r, row in enumerate(rows, first):
            for c, head in enumerate(heads):
                value = as_cell(head.column, head.value(row))
                fits = _cut(value) if head.column.kind == "text" and isinstance(value, str) else value
                _put(sheet, r, c, fits, self._style(head.column))
        sheet.freeze_panes(first, 1)
        _print_wide(sheet, first + len(rows) + ROWS_TO_PRINT, len(heads))

    def _units(self, sheet: Any, heads: Sequence[Heading]) -> None:
        """The row under the header: what the numbers of each column are counted in."""
        key = next(c for c, head in enumerate(heads) if head.column.required)
        for c, head in enumerate(heads):
            sheet.write_string(1, c, UNITS if c == key else unit_of(head.column), self.faint)

    def _style(self, column: Column) -> Any:
        """Names are formatted as text: a spreadsheet program would read `MAR-1` as a date and `2E5` as a number."""
        return self.text if column.kind in ("id", "ids", "alternatives", "names") else None

    def settings(self, values: Mapping[str, Any]) -> None:
        """The settings: every key, with its value where one is given."""
        sheet = self.book.add_worksheet("settings")
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 1, 30)
        for c, (header, words) in enumerate((("key", "Name of the setting."), ("value", "Its default where empty."))):
            sheet.write_string(0, c, header, self.must)
            sheet.write_comment(0, c, words)
        for r, column in enumerate(columns(Settings), 1):
            sheet.write_string(r, 0, column.field, self.may)
            sheet.write_comment(r, 0, explain(Settings, column), {"x_scale": 2})
            _put(sheet, r, 1, as_cell(column, values.get(column.field)))
            if validation := self.validations.validation("settings", column):
                sheet.data_validation(r, 1, r, 1, validation)
        sheet.freeze_panes(1, 1)

    def _heading(self, sheet: Any, row: int, c: int, head: Heading) -> None:
        style = self.must if head.column.required else self.may
        _put(sheet, row, c, head.header, style)
        cls = SHEETS[sheet.get_name()]
        sheet.write_comment(row, c, explain(cls, head.column), {"x_scale": 2})

    def manual(self) -> None:
        """Every sheet and column as a table."""
        self._table(MANUAL, ("sheet", "column", "required", "meaning", "unit", "default", "choices"), manual_rows())

    def lists(self, lists: Mapping[str, Sequence[str]]) -> None:
        """The longer lists behind the drop-downs."""
        sheet = self.book.add_worksheet(LISTS)
        for c, (name, values) in enumerate(lists.items()):
            sheet.set_column(c, c, 24)
            sheet.write_string(0, c, name, self.may)
            for r, value in enumerate(values, 1):
                sheet.write_string(r, c, value)
        sheet.freeze_panes(1, 0)
        sheet.fit_to_pages(1, 1)

    def _table(self, title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        sheet = self.book.add_worksheet(title)
        for c, (word, width) in enumerate(zip(header, (12, 20, 10, 70, 26, 24, 40), strict=True)):
            sheet.set_column(c, c, width, self.wrapped)
            sheet.write_string(0, c, word, self.may)
        for r, row in enumerate(rows, 1):
            for c, value in enumerate(row):
                sheet.write_string(r, c, value, self.wrapped)
        sheet.autofilter(0, 0, len(rows), len(header) - 1)
        sheet.freeze_panes(1, 0)
        _print_wide(sheet, len(rows), len(header))


def _print_wide(sheet: Any, rows: int, columns: int) -> None:
    """Print the filled part of a sheet on pages as wide as it, the header on each."""
    sheet.set_landscape()
    sheet.print_area(0, 0, rows, columns - 1)
    sheet.repeat_rows(0)
    sheet.fit_to_pages(1, 0)


def unit_of(column: Column) -> str:
    """The text of a column in the row of units; empty if its cells contain words."""
    kinds = {"share": "0 to 1", "year": "year", "yes_no": "yes, no", "date": "2026-03-31"}
    return column.unit or kinds.get(column.kind, "")


def _cut(text: str) -> str:
    """A note that fits in a cell; a note that is cut says so at its end."""
    return text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 40]} ... ({len(text):,} letters, cut)"


def _put(sheet: Any, row: int, column: int, value: str | float | None, style: Any = None) -> None:
    """A number as a number, text as text, whatever it begins with."""
    if isinstance(value, str):
        if sheet.write_string(row, column, value, style):
            raise ValueError(f"a text of {len(value):,} characters is longer than a cell holds: {value[:40]}...")
    elif value is not None:
        sheet.write_number(row, column, ExactCell(value), style)


# -- explanations -----------------------------------------------------------------------------------------------


def explain(cls: type[Any], column: Column) -> str:
    """The comment of a header."""
    parts = [column.doc]
    if column.unit:
        parts.append(f"Unit: {column.unit}.")
    if column.choices:
        parts.append(f"One of: {', '.join(column.choices)}.")
    if column.required:
        parts.append("Required.")
    elif default := default_of(cls, column):
        parts.append(f"Default: {default}.")
    return "\n".join(parts)


def default_of(cls: type[Any], column: Column) -> str:
    """The default of a column in words; empty where an empty cell means nothing."""
    if column.required:
        return ""
    value = as_cell(column, cls.model_fields[column.field].default)
    return "" if value is None else plain(value) if isinstance(value, int | float) else value


def manual_rows() -> list[tuple[str, ...]]:
    """Sheet, column, required, meaning, unit, default and choices of every column and setting."""
    sheets: dict[str, type[Frozen]] = {**SHEETS, "settings": Settings}
    return [
        (
            sheet,
            column.header,
            "yes" if column.required else "",
            column.doc,
            column.unit,
            default_of(cls, column),
            ", ".join(column.choices),
        )
        for sheet, cls in sheets.items()
        for column in columns(cls)
    ]


def _lists(case: Case) -> dict[str, list[str]]:
    return {
        "stages": list(case.settings.stages),
        "countries": list(case.settings.countries),
        "all countries": all_countries(),
        "measures": list(known_measures(case)),
    }


def _list_ranges(case: Case) -> dict[str, str]:
    ranges = {}
    for c, (name, values) in enumerate(_lists(case).items()):
        letter = "ABCDEFGH"[c]
        ranges[name] = f"={LISTS}!${letter}$2:${letter}${len(values) + 1}"
    return ranges


def all_countries() -> list[str]:
    """ISO-2 codes of all countries, and ROW."""
    import pycountry

    return [*sorted(str(c.alpha_2) for c in pycountry.countries), REST_OF_WORLD]

"""Write small workbooks for tests: a dict `{sheet: [[header, ...], [cell, ...], ...]}` as xlsx, ods or a folder of csv.

A cell is None, a text, a number, a bool, a date, or one of the two marks below.
"""

import csv
import datetime
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr


@dataclass(frozen=True)
class Formula:
    """A formula with the value that the spreadsheet program stored beside it; None: no value was stored."""

    text: str
    value: Any = None


@dataclass(frozen=True)
class Error:
    """An error cell, `#DIV/0!`."""

    code: str = "#DIV/0!"


Sheets = Mapping[str, Sequence[Sequence[Any]]]


def write(path: Path, sheets: Sheets) -> Path:
    """Write by the ending of `path`: .xlsx, .ods, or a folder of csv files where there is none."""
    return {".xlsx": write_xlsx, ".ods": write_ods}.get(path.suffix, write_csv)(path, sheets)


def write_xlsx(path: Path, sheets: Sheets, *, hidden: Mapping[str, Sequence[int]] | None = None) -> Path:
    """Write an xlsx; `hidden` names rows (counted from 1) to hide, by sheet."""
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, {**options, "in_memory": True}) as book:
        dates = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    _write_cell(sheet, r, c, value, dates)
            for r in (hidden or {}).get(name, ()):
                sheet.set_row(r - 1, None, None, {"hidden": True})
    return path


def _write_cell(sheet: Any, r: int, c: int, value: Any, dates: Any) -> None:
    if isinstance(value, Error):
        sheet.write_formula(r, c, "=1/0", None, value.code)
    elif isinstance(value, Formula):
        sheet.write_formula(r, c, value.text, None, "" if value.value is None else value.value)
    elif isinstance(value, datetime.date):
        sheet.write_datetime(r, c, value, dates)
    elif isinstance(value, str):
        sheet.write_string(r, c, value)
    elif value is not None:
        sheet.write(r, c, value)


def write_csv(
    folder: Path, sheets: Sheets, *, delimiter: str = ",", decimal: str = ".", encoding: str = "utf-8"
) -> Path:
    """Write one csv file a sheet into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in sheets.items():
        with (folder / f"{name}.csv").open("w", encoding=encoding, newline="") as file:
            csv.writer(file, delimiter=delimiter).writerows([[_as_text(v, decimal) for v in row] for row in rows])
    return folder


def _as_text(value: Any, decimal: str) -> str:
    if isinstance(value, Error):
        return value.code
    if isinstance(value, Formula):
        return _as_text(value.value, decimal)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return repr(value).removesuffix(".0").replace(".", decimal)
    return "" if value is None else str(value)


_NAMESPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" '
    'xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" '
)
_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"


def write_ods(path: Path, sheets: Sheets, *, hidden: Mapping[str, Sequence[int]] | None = None) -> Path:
    """Write an ods as LibreOffice lays it out; `hidden` as for `write_xlsx`."""
    tables = "".join(_table(name, rows, (hidden or {}).get(name, ())) for name, rows in sheets.items())
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NAMESPACES}office:version="1.3">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_MIMETYPE}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", _MIMETYPE, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return path


def _table(name: str, rows: Sequence[Sequence[Any]], hidden: Sequence[int]) -> str:
    lines = []
    for number, row in enumerate(rows, 1):
        mark = ' table:visibility="collapse"' if number in hidden else ""
        lines.append(
            f"<table:table-row{mark}>{''.join(map(_ods_cell, row)) or '<table:table-cell/>'}</table:table-row>"
        )
    return f"<table:table table:name={quoteattr(name)}>{''.join(lines)}</table:table>"


def _ods_cell(value: Any, formula: str = "") -> str:
    if isinstance(value, Formula):
        return _ods_cell(value.value, f" table:formula={quoteattr('of:' + value.text)}")
    if isinstance(value, Error):
        return _ods_cell(value.code, ' table:formula="of:=1/0"').replace(
            '"string"', '"string" calcext:value-type="error"'
        )
    if value is None:
        return f"<table:table-cell{formula}/>"
    if isinstance(value, bool):
        kind, shown = f'"boolean" office:boolean-value="{str(value).lower()}"', str(value).upper()
    elif isinstance(value, datetime.date):
        kind, shown = f'"date" office:date-value="{value.isoformat()}"', value.isoformat()
    elif isinstance(value, int | float):
        kind, shown = f'"float" office:value="{value!r}"', repr(value)
    else:
        kind, shown = '"string"', str(value)
    return f"<table:table-cell{formula} office:value-type={kind}><text:p>{escape(shown)}</text:p></table:table-cell>"


def small() -> dict[str, list[list[Any]]]:
    """A small sound workbook that uses every sheet that is modelled; a new copy each time, to be spoiled by tests."""
    return {
        "projects": [
            ["Candidates, as of June"],
            [],
            [
                "id", "name", "country", "stage", "capacity_tpa", "capex_m", "currency", "price_year", "private_share",
                "secured_m", "earliest_fid", "latest_fid", "build_years", "ramp", "life_years", "status", "requires",
                "share_NdPr", "esg_e", "ghg_t", "owner kind",
            ],
            [
                "ridge", "Ridge Mine", "Australia", "mine", 20000, 900, "AUD", 2025, 0.4,
                10, 2026, 2028, 3, "40;70;100", 25, None, None,
                0.2, 60, 12.5, "listed",
            ],
            [
                "delta", "Delta Plant", "VN", "separation", 5000, 300, None, None, 0.5,
                0, 2027, 2030, 2, 100, 30, "candidate", "RIDGE",
                0.9, 55, 3, "state",
            ],
            [
                "forge", "Forge Works", "us", "magnet", 2000, 250, "USD", 2026, 0.25,
                0, 2026, 2031, 2, "50; 100", 20, "committed", None,
                None, 70, 1, "listed",
            ],
        ],
        "programmes": [
            [
                "id", "donor", "instrument", "currency", "cost_rate", "max_share", "min_ticket_m", "countries",
                "stages", "carry_over", 2026, 2027, 2028,
            ],
            ["window", "US", "loan", "USD", 0.1, 0.5, 10, None, None, "yes", 100, 100, 100],
            [
                "line", "JP", "equity", "JPY", None, 0.6, None, "AU; VN; US", "Mine; separation; magnet",
                "no", 90000, 60000, None,
            ],
        ],
        "outlays": [["id", "year_0", "year_1", "year_2"], ["delta", 100, 150, 50]],
        "demand": [["stage", "material", 2028, 2035], ["mine", None, 30000, 40000], ["separation", "NdPr", 4000, 6000]],
        "existing": [
            ["country", "stage", "name", "share_ndpr", "capacity_tpa"],
            ["China", "mine", "all", None, 230000],
            ["MY", "separation", "Kuantan", 0.7, 10000],
        ],
        "rules": [
            ["rule", "measure", "aggregate", "where", "year", "sense", "value", "hard", "penalty"],
            ["ghg", "ghg_t", "sum", "country=AU|Vietnam; stage=mine", None, "<=", 100, "yes", None],
            ["capacity", "capacity", "sum", "stage=magnet", 2033, ">=", 10, "no", 0.001],
        ],
        "fx": [["currency", "per_base", "inflation"], ["AUD", 1.5, 0.025], ["JPY", 150, 0.01], ["USD", 1, 0.02]],
        "settings": [
            ["key", "value"], ["discount_rate", 0.03], ["total_budget_m", 1000], ["last_year", 2036],
            ["stage_weights", "mine=1; magnet=2"],
        ],
    }  # fmt: skip


def spoiled(sheet: str, address: str, value: Any) -> dict[str, list[list[Any]]]:
    """The small workbook with one cell changed: `spoiled("projects", "F4", "12OO")`."""
    sheets = small()
    letters = address.rstrip("0123456789")
    column = 0
    for one in letters:
        column = 26 * column + ord(one) - 64
    rows = sheets[sheet]
    while len(rows) < int(address[len(letters) :]):
        rows.append([])
    row = rows[int(address[len(letters) :]) - 1]
    row.extend([None] * (column - len(row)))
    row[column - 1] = value
    return sheets

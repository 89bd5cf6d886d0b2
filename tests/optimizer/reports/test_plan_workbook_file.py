"""plan.xlsx as a file: it prints, its text does no harm, its bytes repeat, LibreOffice loses nothing."""

import csv
import datetime
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from python_calamine import CalamineWorkbook
from support.office import SOFFICE, convert
from support.plan_books import book, charts, records, sheets, solved

from optimizer.reports.plan_workbook import book_bytes, write_book
from optimizer.reports.worksheet import clean


@pytest.fixture(params=["world", "rich", "plain"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


# -- sheets that print and filter -------------------------------------------------------------------------------------


def test_summary_is_one_landscape_a4_page(name: str) -> None:
    sheet = openpyxl.load_workbook(BytesIO(book(name)))["Summary"]
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    # absent is the file format's way to write 1
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) in ((1, 1), (1, None))
    assert sheet.print_area


def test_every_table_has_a_frozen_header_a_filter_and_prints(name: str) -> None:
    opened = openpyxl.load_workbook(BytesIO(book(name)))
    assert opened.sheetnames[0] == "Summary"
    for sheet in opened.worksheets[1:]:
        assert sheet.freeze_panes is not None, sheet.title
        assert int(re.sub(r"\D", "", sheet.freeze_panes)) == 2, sheet.title
        assert sheet.auto_filter.ref, sheet.title
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.print_area, sheet.title
        assert sheet.title == "Gap" or sheet.print_title_rows == "$1:$1", sheet.title
        assert all(sheet.column_dimensions[c].width > 5 for c in ("A", "B"))


def test_headers_name_the_unit_of_every_money_and_tonnage() -> None:
    for sheet in ("Plan", "Funding", "Budget", "Programmes", "Capacity"):
        header, *rows = sheets(book("rich"))[sheet]
        for n, text in enumerate(header):
            numbers = [row[n] for row in rows if isinstance(row[n], float)]
            bare = ("FID", "First output", "Full output", "Year", "Projects")
            if numbers and text not in bare and not text.startswith("Share"):
                assert re.search(r"\((M USD|t/yr)\)$", text), (sheet, text)


# -- text does no harm -------------------------------------------------------------------------------------------------


def parts(content: bytes) -> Iterator[tuple[str, ET.Element]]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for part in archive.namelist():
            if part.endswith((".xml", ".rels", ".vml")):
                yield part, ET.fromstring(archive.read(part))


def test_hostile_text_stays_text_and_comes_back() -> None:
    case, _ = solved("hostile")
    content = book("hostile")
    names = {p.id: p.name for p in case.projects if p.id.startswith("x")}
    result = {r["Id"]: r for sheet in ("Plan", "Not financed") for r in records(content, sheet)}
    for id_, name in names.items():
        assert result[id_]["Project"] == clean(name)
        assert isinstance(result[id_]["Project"], str)
    assert clean("control \x01\x1f end") == "control \ufffd\ufffd end"
    opened = openpyxl.load_workbook(BytesIO(content))
    assert not [c.coordinate for s in opened for row in s.iter_rows() for c in row if c.data_type == "f" or c.hyperlink]
    for part, tree in parts(content):
        kinds = {element.tag.rpartition("}")[2] for element in tree.iter()}
        assert not kinds & {"f", "hyperlink", "hyperlinks"} or part.startswith("xl/charts/"), part
        assert not [e for e in tree.iter() if e.get("TargetMode") == "External"], part


def test_hostile_names_of_case_stage_and_rule() -> None:
    evil = "=1+1&<b>'!\x02"
    case, plan = solved("world")
    rules = tuple(r.model_copy(update={"rule": evil}) if n == 0 else r for n, r in enumerate(case.rules))
    case = case.with_(name=evil * 30, settings=case.settings.model_copy(update={"base_currency": evil}), rules=rules)
    table = tuple(r.model_copy(update={"rule": evil}) if n == 0 else r for n, r in enumerate(plan.rules))
    rows = tuple(c.model_copy(update={"stage": evil}) if c.stage == "mine" else c for c in plan.capacity)
    content = book_bytes(case, plan.model_copy(update={"rules": table, "capacity": rows}))
    assert list(parts(content))
    assert records(content, "Rules")[0]["Rule"] == clean(evil)
    assert {r["Stage"] for r in records(content, "Capacity")} == {clean(evil), "separation"}
    assert len(charts(content)) == 4


def test_text_too_long_for_a_cell_is_cut_where_it_shows() -> None:
    case, plan = solved("plain")
    long = "\U0001f9f2" * 40_000
    case = case.with_(projects=tuple(p.model_copy(update={"note": long}) for p in case.projects))
    note = next(r["Note"] for r in records(book_bytes(case, plan), "Sources") if r["About"] == "project")
    assert note.endswith(" ... (cut)")
    assert len(note.encode("utf-16-le")) // 2 <= 32767


# -- bytes -------------------------------------------------------------------------------------------------------------


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    case, plan = solved("rich")
    (tmp_path / "case.json").write_text(case.model_dump_json())
    (tmp_path / "plan.json").write_text(plan.model_dump_json(by_alias=True))
    program = (
        "import sys; from pathlib import Path; from models.case import Case; from models.plan import Plan\n"
        "from optimizer.reports.plan_workbook import write_book; here = Path(sys.argv[1])\n"
        "case = Case.model_validate_json((here / 'case.json').read_text())\n"
        "plan = Plan.model_validate_json((here / 'plan.json').read_text())\n"
        "write_book(case, plan, here / 'plan.xlsx')"
    )
    root = Path(__file__).parents[3]
    env = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(root), "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, env=env, cwd=tmp_path)
    assert (tmp_path / "plan.xlsx").read_bytes() == book("rich")


def test_no_clock_in_the_file(tmp_path: Path) -> None:
    write_book(*solved("plain"), tmp_path / "plan.xlsx")
    assert openpyxl.load_workbook(tmp_path / "plan.xlsx").properties.created == datetime.datetime(2026, 1, 1)  # noqa: DTZ001
    with zipfile.ZipFile(tmp_path / "plan.xlsx") as archive:
        assert {i.date_time[0] for i in archive.infolist()} == {1980}


# -- LibreOffice -------------------------------------------------------------------------------------------------------

_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
"""Every sheet to a csv file of its own, cells as they are and not as they are shown."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, office_profile: Path) -> Path:
    """The hostile book as LibreOffice reads it: one ods, a csv a sheet, a pdf."""
    if SOFFICE is None:
        reason = "LibreOffice is not installed: what it makes of plan.xlsx is not compared"
        print(reason)  # noqa: T201
        pytest.skip(reason)
    folder = tmp_path_factory.mktemp("office")
    (folder / "plan.xlsx").write_bytes(book("hostile"))
    for kind in ("ods", _CSV, "pdf"):
        convert(kind, folder, folder / "plan.xlsx", profile=office_profile)
    return folder


def test_libreoffice_keeps_every_cell(office: Path) -> None:
    ours, theirs = sheets(book("hostile")), sheets_of(office / "plan.ods")
    assert list(ours) == list(theirs)
    compared = 0
    for title, rows in ours.items():
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                result = theirs[title][r][c] if r < len(theirs[title]) and c < len(theirs[title][r]) else ""
                if isinstance(value, float):
                    assert result == pytest.approx(value, rel=1e-14), (title, r, c)
                else:
                    assert _letters(result) == _letters(value), (title, r, c)
                compared += value != ""
    assert compared > 1000


def sheets_of(path: Path) -> dict[str, list[list[Any]]]:
    with CalamineWorkbook.from_path(str(path)) as opened:
        return {t: opened.get_sheet_by_name(t).to_python(skip_empty_area=False) for t in opened.sheet_names}


def _letters(value: Any) -> str:
    """Text without white space: ods has marks of its own for tabs and runs of spaces, which our reader passes over."""
    return "".join(str(value).split())


def test_libreoffice_writes_the_plan_s_numbers_as_csv(office: Path) -> None:
    _, plan = solved("hostile")
    with (office / "plan-Capacity.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    at = {re.sub(r"\s*\(.*", "", h, flags=re.DOTALL): n for n, h in enumerate(header)}
    for row, c in zip(rows, plan.capacity, strict=True):
        shown = [
            _number(row[at[h]]) for h in ("Demand outside China", "Existing", "Financed", "Share of demand met", "Gap")
        ]
        assert shown == pytest.approx([c.demand_t, c.existing_t, c.financed_t, c.coverage, c.gap_t], rel=1e-12)


def _number(text: str) -> float:
    return float(text.rstrip("%")) / (100 if text.endswith("%") else 1)


def test_libreoffice_prints_the_summary_on_one_page(office: Path) -> None:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("pdftotext is not installed: the pages are not counted")
    text = subprocess.run([reader, str(office / "plan.pdf"), "-"], check=True, capture_output=True).stdout.decode()
    pages = text.split("\f")
    assert "Financing plan: rich & hostile" in pages[0]
    assert "SHA-256" in pages[0]
    assert sum(re.search(r"^Summary$", page, re.MULTILINE) is not None for page in pages) == 1

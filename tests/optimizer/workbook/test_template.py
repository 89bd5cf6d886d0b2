"""Workbooks that we write are workbooks that we read: the template, and a case written back."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from support.books import write
from support.office import SOFFICE, convert
from support.repeatable import same_books

from models.case import Case
from models.columns import columns
from models.schema import SHEETS, Project, Settings
from optimizer.files import whole_file
from optimizer.workbook.read import read
from optimizer.workbook.start_here import TITLE
from optimizer.workbook.template import LISTS, MANUAL, write_case, write_template
from optimizer.workbook.template_examples import EXAMPLE, UNITS


def grid(*rows: dict[str | int, Any]) -> list[list[Any]]:
    """Rows of a sheet below the header that they need."""
    header = list(dict.fromkeys(key for row in rows for key in row))
    return [header, *([row.get(key) for key in header] for row in rows)]


def plant(name: str, country: str, stage: str, capacity: float, capex: float, **more: Any) -> dict[str | int, Any]:
    return {"id": name, "country": country, "stage": stage, "capacity_tpa": capacity, "capex_m": capex, **more}


AUD = {"currency": "AUD", "price_year": 2024, "secured_m": 12.5}
RIDGE = plant("ridge", "Australia", "mine", 4000, 333.3, **AUD, share_ndpr=0.21, private_share=0.35, ramp="40;70;100")
MILL = plant("mill", "US", "separation", 1900, 610.7, share_ndpr=0.2, requires="ridge|pit; pit", status="committed")
PIT = plant("pit", "VN", "mine", 900, 55, share_ndpr=0.2, excludes="ridge", group="g", ghg_t=7, port="Hue")
OLD = plant("old", "CA", "mine", 700, 90, status="underway", earliest_fid=2024, ghg_t=7)
LOANS = {
    "id": "loans",
    "donor": "US",
    "instrument": "loan",
    "cost_rate": 0.13,
    "limit_on": "face",
    2026: 500,
    2027: 700,
}
YEN = {"id": "yen", "donor": "JP", "instrument": "grant", "currency": "JPY", "money": "nominal", 2026: 31000}
BUYER = {"id": "buyer", "instrument": "offtake", "price_gap_per_t": 1500, "offtake_years": 6, "offtake_share": 0.5}
RICH = {
    "projects": grid(
        {**RIDGE, "ghg_t": 1234.5, "port": "Perth", "note": "=1+1", "earliest_fid": 2027, "esg_e": 61},
        {**MILL, "name": "-Mill", "ghg_t": 0.1, "note": "@home"},
        PIT,
        OLD,
    ),
    "programmes": grid(
        {**LOANS, "max_share": 0.6, "min_ticket_m": 5, "carry_over": "yes"},
        {**YEN, "countries": "AU; VN", "stages": "mine", "total_m": 90000},
        {**BUYER, "uncapped": "yes"},
    ),
    "outlays": grid({"id": "mill", "year_0": 200.7, "year_2": 410}),
    "demand": grid({"stage": "mine", 2026: 9000, 2035: 12000}, {"stage": "separation", "material": "ndpr", 2026: 300}),
    "existing": grid(
        {"country": "MY", "stage": "separation", "process": "sx", "share_ndpr": 0.2, 2030: 2500},
        {"country": "CN", "stage": "mine", "capacity_tpa": 210000},
    ),
    "rules": grid(
        {"rule": "clean", "measure": "ghg_t", "aggregate": "sum", "where": "country=VN|Australia; stage=mine",
         "year": 2030, "sense": "<=", "value": 1e6, "hard": "no", "penalty": 0.01},
        {"rule": "loans", "measure": "award", "aggregate": "share", "where": "programme.donor=US",
         "sense": "<=", "value": 0.9},
        {"rule": "leverage", "measure": "private", "aggregate": "ratio", "per": "public", "sense": ">=", "value": 0.01},
    ),
    "fx": [["currency", "per_base", "inflation"], ["AUD", 1.53, 0.027], ["JPY", 149.7, 0.012], ["USD", 1, 0.021]],
    "settings": [
        ["key", "value"],
        ["first_year", 2026],
        ["last_year", 2035],
        ["stage_weights", "mine=1; separation=2.5"],
        ["milestones", "2030; 2035"],
        ["excluded_countries", "none"],
        ["total_budget_m", "none"],
        ["discount_rate", 0.035],
    ],
}  # fmt: skip


def essence(case: Case) -> dict[str, Any]:
    """What a case says, without where it stood and what its money was written in."""
    own = {"currency": None, "price_year": None, "money": "real"}

    def bare(sheet: str, row: Any) -> Any:
        money = own if sheet in ("projects", "programmes") else {}
        return row.model_copy(update={"row": 0, **{k: v for k, v in money.items() if hasattr(row, k)}})

    rows = {name: [bare(name, row) for row in getattr(case, name, ())] for name in SHEETS}
    return {"settings": case.settings, **rows}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "new.xlsx"
    write_template(path)
    return path


# -- the template -----------------------------------------------------------------------------------------------


def test_check_accepts_the_template(template: Path) -> None:
    case = read(template)
    assert [p.id for p in case.projects] == ["EXAMPLE"]
    assert case.projects[0].status == "barred"
    assert case.projects[0] == EXAMPLE.model_copy(update={"row": 3})
    assert all(not getattr(case, name) for name in SHEETS if name not in ("projects", "columns"))
    assert case.settings == Settings(objective="capacity")
    examples = {"programmes!A3", "rules!A3", "scenarios!A3"}
    measure = f"projects!{case.layouts['projects'].letters['ghg_t']}1"
    assert {r.cell for r in case.notices} == {measure, "settings", TITLE, *examples}


def test_every_sheet_and_column_is_there_and_explained(template: Path) -> None:
    book = load_workbook(template)
    assert book.sheetnames == [TITLE, *SHEETS, "settings", MANUAL, LISTS]
    manual = {(row[0], row[1]): row for row in book[MANUAL].iter_rows(min_row=2, values_only=True)}
    for name, cls in SHEETS.items():
        header = {str(cell.value): cell for cell in book[name][1]}
        for column in columns(cls):
            assert manual[name, column.header][3] == column.doc
            if column.family is None:
                comment = header[column.field].comment.text
                assert column.doc in comment
                assert column.unit in comment
                assert ("Required" in comment) == column.required
    keys = {cell.value: cell for cell in book["settings"]["A"]}
    for column in columns(Settings):
        assert column.doc in keys[column.field].comment.text
        assert manual["settings", column.field][3] == column.doc


def test_drop_downs_come_from_the_workbook_itself(template: Path) -> None:
    book = load_workbook(template)

    def source(sheet: str, column: str) -> str:
        cell = next(c for c in book[sheet][1] if c.value == column)
        below = cell.offset(row=1).coordinate
        return next(v.formula1 for v in book[sheet].data_validations.dataValidation if below in v.sqref)

    assert source("projects", "status") == '"candidate,committed,underway,barred"'
    assert source("projects", "currency") == "fx!$A$2:$A$5000"
    assert source("projects", "requires") == "projects!$A$2:$A$5000"
    assert source("outlays", "id") == "projects!$A$2:$A$5000"
    assert source("projects", "private_share") == "0"
    assert [book[LISTS][f"A{r}"].value for r in (1, 2, 3, 4)] == ["stages", "mine", "separation", "magnet"]
    assert source("demand", "stage") == f"{LISTS}!$A$2:$A$4"
    assert source("projects", "country") == f"{LISTS}!$B$2:$B$6"
    assert source("existing", "country").startswith(f"{LISTS}!$C$2")


def test_the_template_is_the_same_bytes_every_time(template: Path, tmp_path: Path) -> None:
    write_template(tmp_path / "new.xlsx")
    assert (tmp_path / "new.xlsx").read_bytes() == template.read_bytes()


def test_the_template_says_how_to_start_and_what_its_numbers_are(template: Path) -> None:
    book = load_workbook(template)
    assert book.active.title == TITLE
    words = " ".join(str(cell.value) for row in book[TITLE].iter_rows() for cell in row if cell.value)
    assert all(f"{step}. " in words for step in range(1, 6))
    units = {str(head.value): unit.value for head, unit in zip(book["projects"][1], book["projects"][2], strict=True)}
    assert (units["id"], units["capacity_tpa"], units["private_share"], units["build_years"]) == (
        UNITS,
        "t/yr",
        "0 to 1",
        "years",
    )
    assert [book[name]["A3"].value for name in ("projects", "programmes", "rules", "scenarios")] == ["EXAMPLE"] * 4


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
def test_the_template_prints_on_a_handful_of_pages(template: Path, tmp_path: Path, office_profile: Path) -> None:
    convert("pdf", tmp_path, template, profile=office_profile)
    pages = (tmp_path / "new.pdf").read_bytes().count(b"/Type/Page\n") or (tmp_path / "new.pdf").read_bytes().count(
        b"/Type/Page/"
    )
    assert 0 < pages <= 30


def test_a_note_longer_than_a_cell_is_cut_and_says_so(tmp_path: Path) -> None:
    case = Case(name="long", projects=(EXAMPLE.model_copy(update={"note": "x" * 40_000}),), settings=Settings())
    write_case(case, tmp_path / "long.xlsx")
    note = read(tmp_path / "long.xlsx").projects[0].note
    assert len(note) <= 32_767
    assert note.endswith("(40,000 letters, cut)")


def fill(template: Path, path: Path) -> Path:
    """Type a small book into the template, as a person would."""
    book = load_workbook(template)
    rows: list[tuple[str, dict[str, Any]]] = [
        ("projects", {**plant("ridge", "Australia", "mine", 4000, 333.3, currency="AUD"), "requires": "pit|hill"}),
        ("projects", plant("pit", "VN", "mine", 900, 55, ramp="50; 100", private_share=0.25)),
        ("projects", plant("hill", "JP", "mine", 800, 75, status="committed")),
        ("programmes", {"id": "loans", "instrument": "loan", "cost_rate": 0.1, "2026": 100, "2027": 50}),
        ("demand", {"stage": "mine", "2026": 5000, "2040": 9000}),
        ("existing", {"country": "MY", "stage": "mine", "capacity_tpa": 100}),
        ("fx", {"currency": "AUD", "per_base": 1.53}),
        ("rules", {"rule": "R", "measure": "count", "aggregate": "sum", "sense": ">=", "value": 1}),
    ]
    for name, values in rows:
        sheet = book[name]
        row = max((cell.row for cell in sheet["A"] if cell.value is not None), default=1) + 1
        for cell in sheet[1]:
            if str(cell.value) in values:
                sheet.cell(row, cell.column).value = values[str(cell.value)]
    book["settings"]["B5"] = 2040
    book.save(path)
    return path


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
def test_the_filled_template_saved_by_libreoffice_reads_the_same(
    template: Path, tmp_path: Path, office_profile: Path
) -> None:
    filled = fill(template, tmp_path / "filled.xlsx")
    case = read(filled)
    assert [p.id for p in case.projects] == ["EXAMPLE", "hill", "pit", "ridge"]
    assert case.projects[3].capex_m == pytest.approx(333.3 / 1.53)
    for kind in ("ods", "xlsx"):
        convert(kind, tmp_path / kind, filled, profile=office_profile)
        assert essence(read(tmp_path / kind / f"filled.{kind}")) == essence(case)


# -- a case written back ------------------------------------------------------------------------------------------


def test_a_case_written_back_reads_to_the_same_case(tmp_path: Path) -> None:
    case = read(write(tmp_path / "rich.xlsx", RICH))
    assert {c.currency for c in case.conversions} == {"AUD", "JPY", "USD"}
    write_case(case, tmp_path / "again.xlsx")
    again = read(tmp_path / "again.xlsx")
    assert essence(again) == essence(case)
    assert again.conversions == ()
    assert again.provenance["total_budget_m"].startswith("settings!")


def test_text_stays_text(tmp_path: Path) -> None:
    case = read(write(tmp_path / "rich.xlsx", RICH))
    write_case(case, tmp_path / "again.xlsx")
    book = load_workbook(tmp_path / "again.xlsx")
    dangerous = [c for row in book["projects"].iter_rows() for c in row if str(c.value)[:1] in "=@" and c.value]
    assert sorted(c.value for c in dangerous) == ["=1+1", "@home"]
    assert {c.data_type for c in dangerous} == {"s"}


def test_a_budget_that_nobody_named_stays_unnamed(tmp_path: Path) -> None:
    case = read(write(tmp_path / "small.csv.d", {"projects": grid(PIT | {"excludes": None})}))
    write_case(case, tmp_path / "a.xlsx")
    again = read(tmp_path / "a.xlsx")
    assert again.provenance["total_budget_m"] == "default"
    assert again.settings == case.settings


NUMBERS = st.lists(st.floats(1e-3, 1e9), min_size=1, max_size=5)
NOTES = (
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=20)
    .map(str.strip)
    .filter(lambda text: text.casefold() not in ("true", "false"))
)
"""A note that is TRUE or FALSE is read as yes or no, as the same cell of a csv file is."""


@settings(same_books, max_examples=10)
@given(NUMBERS, NOTES)
def test_every_digit_and_letter_comes_back(numbers: list[float], note: str) -> None:
    projects = tuple(
        Project(**plant(f"p{n}", "US", "mine", 1, x), row=0, note=note, measures={"ghg_t": x / 3})
        for n, x in enumerate(numbers)
    )
    case = Case(name="digits", settings=Settings(objective="capacity"), projects=projects)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "digits.xlsx"
        write_case(case, path)
        assert essence(read(path)) == essence(case)


def test_a_name_too_long_for_a_cell_is_refused(tmp_path: Path) -> None:
    case = Case(name="long", settings=Settings(), projects=(EXAMPLE.model_copy(update={"group": "x" * 40_000}),))
    with pytest.raises(ValueError, match="40,000 characters is longer than a cell holds"):
        write_case(case, tmp_path / "long.xlsx")
    assert list(tmp_path.iterdir()) == []


# -- whole files --------------------------------------------------------------------------------------------------


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_text("before")
    with pytest.raises(FileNotFoundError), whole_file(path) as result:  # noqa: PT012 - it is the block that fails
        result.write_text("half")
        (tmp_path / "nowhere" / "x").touch()
    assert path.read_text() == "before"
    with whole_file(path) as result:
        result.write_text("whole")
    assert path.read_text() == "whole"
    assert [p.name for p in tmp_path.iterdir()] == ["book.xlsx"]


def test_a_place_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_template(tmp_path / "nowhere" / "new.xlsx")

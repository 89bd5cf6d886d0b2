"""Each fault at its cell, with the value, the rule and the cure; xlsx and csv alike."""

import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from support import books

from models.faults import Diagnostic, InvalidInput
from optimizer.workbook.overrides import Overrides
from optimizer.workbook.read import read

FORMS = ("book.xlsx", "book")


def faults_of(path: Path, sheets: books.Sheets, overrides: Overrides | None = None) -> tuple[Diagnostic, ...]:
    with pytest.raises(InvalidInput) as error:
        read(books.write(path, sheets), overrides or Overrides())
    return error.value.faults


class Spoil(NamedTuple):
    """One cell of the small workbook made wrong, and the fault that must be found there."""

    sheet: str
    address: str
    value: Any
    column: str
    message: str

    @property
    def place(self) -> str:
        """Where the fault is looked for; a setting without a key is met at its value."""
        keyless = (self.sheet, self.address, self.value) == ("settings", "A3", None)
        return "settings!B3" if keyless else f"{self.sheet}!{self.address}"


ROWS: list[tuple[str, str, Any, str, str]] = [
    # numbers
    ("projects", "F4", "12OO", "capex_m", '"12OO" is not a number; did you mean 1200?'),
    ("projects", "F4", "1,200", "capex_m", '"1,200" is not a number; did you mean 1200?'),
    ("projects", "F4", "1 200", "capex_m", '"1 200" is not a number; did you mean 1200?'),
    ("projects", "F4", "1\u00a0200", "capex_m", "did you mean 1200?"),
    ("projects", "F4", "1'200.5", "capex_m", "did you mean 1200.5?"),
    ("projects", "F4", "US$ 900m", "capex_m", "did you mean 900?"),
    ("projects", "F4", "n/a", "capex_m", '"n/a" is not a number; leave the cell empty where there is no number'),
    ("projects", "F4", "nan", "capex_m", '"nan" is not a number; leave the cell empty'),
    ("projects", "F4", "inf", "capex_m", '"inf" is not a number'),
    ("projects", "F4", "1e400", "capex_m", "inf is not a number"),
    ("projects", "F4", 1e16, "capex_m", "too large to be meant; mind the unit (millions of `currency`)"),
    ("projects", "F4", -5, "capex_m", "-5 is negative; give 0 or more"),
    ("projects", "F4", None, "capex_m", "capex_m is empty"),
    ("projects", "F4", True, "capex_m", "is not a number"),
    ("projects", "F4", "40%", "capex_m", '"40%" is a percentage where millions of `currency` belongs'),
    ("projects", "E4", -1, "capacity_tpa", "-1 is negative"),
    ("projects", "J4", "-3", "secured_m", "-3 is negative"),
    ("projects", "I4", 40, "private_share", "40 is more than 1; give a value from 0 to 1; did you mean 0.4?"),
    ("projects", "I4", "140%", "private_share", "1.4 is more than 1"),
    ("projects", "R4", 1.5, "share_ndpr", "1.5 is more than 1"),
    ("projects", "S4", 101, "esg_e", "101 is more than 100"),
    ("projects", "M4", 2.5, "build_years", "2.5 is not a whole number of years"),
    ("projects", "M4", 5000, "build_years", "5000 is more than 1000 years"),
    ("projects", "O4", 0, "life_years", "0 is less than 1"),
    ("projects", "T4", "12OO", "ghg_t", "did you mean 1200?"),  # a rule names it, so it must be a number
    ("demand", "C2", -4, "2028", "-4 is negative"),
    ("programmes", "K2", "1OO", "2026", "did you mean 100?"),
    ("programmes", "E2", -1.5, "cost_rate", "-1.5 is less than -1"),
    ("outlays", "B2", -1, "year_0", "-1 is negative"),
    ("existing", "E2", "230.000,5", "capacity_tpa", "did you mean 230000.5?"),
    ("rules", "G2", "hundred", "value", '"hundred" is not a number; type digits alone'),
    ("fx", "C2", 5, "inflation", "5 is more than 1"),
    ("projects", "F4", "(300)", "capex_m", "did you mean -300?"),
    ("projects", "F4", "１２００", "capex_m", "did you mean 1200?"),
    ("projects", "I4", 1.2, "private_share", "1.2 is more than 1; give a value from 0 to 1"),
    # years, ramps, lists, choices
    ("projects", "K4", "FY26", "earliest_fid", '"FY26" is not a year; did you mean 2026?'),
    ("projects", "K4", 46023, "earliest_fid", "did you mean 2026?"),
    ("projects", "N4", "40,70,100", "ramp", "did you mean 40; 70; 100?"),
    ("projects", "Q6", "Ridge, delta", "requires", "did you mean ridge; delta?"),
    ("projects", "Q6", "Ridge Mine", "requires", "did you mean ridge?"),
    ("projects", "K4", "2026-05-01", "earliest_fid", "is a date where a year belongs; did you mean 2026?"),
    ("projects", "K4", 26, "earliest_fid", "26 is not a year from 1950 to 2150; did you mean 2026?"),
    ("projects", "K4", 2026.5, "earliest_fid", "2026.5 is not a year"),
    ("projects", "H4", "June 2025", "price_year", "did you mean 2025?"),
    ("projects", "N4", "0.4; 0.7; 1", "ramp", "in per cent of nameplate; did you mean 40; 70; 100?"),
    ("projects", "N4", "40;;100", "ramp", "a step of the ramp is empty"),
    ("projects", "N4", "40; 7O", "ramp", '"7O" is not a number; did you mean 70?'),
    ("projects", "N4", "40; 170", "ramp", "run from 0 to 100"),
    ("projects", "P4", "commited", "status", "did you mean committed?"),
    ("projects", "Q5", "ridge|", "requires", "empty side of |"),
    ("programmes", "C2", "Loans", "instrument", "did you mean loan?"),
    ("programmes", "J2", "maybe", "carry_over", '"maybe" is neither yes nor no'),
    ("programmes", "H3", "AU, VN", "countries", "separated by semicolons; did you mean AU; VN?"),
    ("programmes", "H3", "AU; Vietnm", "countries", "did you mean VN (Vietnam)?"),
    ("rules", "C2", "avrage", "aggregate", "did you mean average?"),
    ("rules", "F2", ">", "sense", "did you mean >=?"),
    ("rules", "H2", "soft", "hard", "neither yes nor no"),
    # names
    ("projects", "C4", "Austrlia", "country", "did you mean AU (Australia)?"),
    ("projects", "C4", "China", "country", "CN is an excluded country"),
    ("projects", "D4", "mines", "stage", "did you mean mine?"),
    ("projects", "D4", None, "stage", "stage is empty"),
    ("projects", "G4", "EUR", "currency", "EUR has no rate to USD; give its rate in a sheet fx"),
    ("projects", "G4", "AUS", "currency", "AUS has no rate to USD; did you mean"),
    ("programmes", "D3", "YEN", "currency", "YEN has no rate to USD"),
    ("projects", "Q5", "rigde", "requires", "did you mean ridge?"),
    ("outlays", "A2", "delt", "id", "did you mean delta?"),
    ("fx", "A3", "AUD", "currency", '"AUD" is there already at fx!A2'),
    ("fx", "B2", 0, "per_base", "0 is not a rate"),
    ("rules", "A3", "ghg", "rule", '"ghg" is there already at rules!A2'),
    ("rules", "B2", "ghg", "measure", "did you mean ghg_t?"),
    ("rules", "D2", "contry=AU", "where", '"contry" is not a column; did you mean country?'),
    ("rules", "D2", "country", "where", "is not of the form column=value"),
    ("existing", "A2", "Chnia", "country", "did you mean CN (China)?"),
    # errors and formulas
    ("projects", "F4", books.Error(), "capex_m", "#DIV/0! is an error of the spreadsheet"),
    ("projects", "B4", books.Error("#REF!"), "name", "#REF! is an error of the spreadsheet"),
    ("projects", "T4", books.Error("#N/A"), "ghg_t", "#N/A is an error of the spreadsheet"),
    ("settings", "B2", books.Error("#NAME?"), "discount_rate", "#NAME? is an error of the spreadsheet"),
    # rows without a key
    ("projects", "F7", 5000, "capex_m", "5000 in a row without id (projects!A7): a total row?"),
    ("projects", "T9", 12.5, "ghg_t", "12.5 in a row without id (projects!A9): a total row?"),
    ("demand", "D5", 70000, "2035", "70000 in a row without stage (demand!A5)"),
    # headers
    ("projects", "I3", "privat_share", "private_share", "did you mean private_share?"),
    ("projects", "F3", "capex", "capex_m", "did you mean capex_m?"),
    ("projects", "F3", "Capex (US$m)", "capex_m", "did you mean capex_m?"),
    ("projects", "F3", "capital cost", "capex_m", "did you mean capex_m?"),
    ("projects", "E3", "Capacity (MT)", "capacity_tpa", "did you mean capacity_tpa?"),
    ("projects", "A3", "Project ID", "id", "did you mean id?"),
    ("projects", "R3", "share-ndpr", "share_ndpr", "did you mean share_ndpr?"),
    ("projects", "T3", "count", "count", "the name of a measure of its own"),
    ("projects", "T3", "id", "id", 'the header "id" is there already at projects!A3'),
    ("projects", "U3", "ghg T", "ghg_t", "is there already at projects!T3"),
    ("programmes", "K1", "FY2026", "2026", "did you mean 2026?"),
    ("programmes", "K1", "budget 2026", "2026", "did you mean 2026?"),
    ("outlays", "B1", "y0", "year_0", "did you mean year_0?"),
    # settings
    ("settings", "A2", "discount", "key", '"discount" is not a setting; did you mean discount_rate?'),
    ("settings", "A3", "discount_rate", "discount_rate", "discount_rate is there already at settings!A2"),
    ("settings", "A3", None, "key", "a value without a key"),
    ("settings", "B2", 5, "discount_rate", "did you mean 0.05?"),
    ("settings", "B3", "lots", "total_budget_m", '"lots" is not a number'),
    ("settings", "B3", -5, "total_budget_m", "-5 is negative"),
    ("settings", "B3", "unlimited", "total_budget_m", "did you mean none (no limit)?"),
    ("settings", "B3", "3,000", "total_budget_m", "did you mean 3000?"),
    ("settings", "B5", "mine: 2", "stage_weights", "write mine=1; separation=2"),
    ("settings", "B5", "mnie=2", "stage_weights", "did you mean mine?"),
]
CELLS = [Spoil(*row) for row in ROWS]


SECONDARY = {("fx", "A3"), ("projects", "T3"), ("settings", "A3")}
"""Cells whose fault leaves others without what they need: JPY without a rate, a rule without its measure."""


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("spoil", CELLS, ids=lambda s: f"{s.place} {s.value}")
def test_each_fault_at_its_cell_and_no_other(tmp_path: Path, form: str, spoil: Spoil) -> None:
    faults = faults_of(tmp_path / form, books.spoiled(spoil.sheet, spoil.address, spoil.value))
    here = [f for f in faults if f.cell == spoil.place]
    assert [f.column for f in here] == [spoil.column], faults
    assert spoil.message in here[0].message
    if spoil[:2] not in SECONDARY:
        assert {f.cell for f in faults} == {spoil.place}


@pytest.mark.parametrize("form", ["book.xlsx", "book.ods"])
@pytest.mark.parametrize(
    ("where", "value", "message"),
    [
        ("projects!F4", books.Formula("=450*2"), "a formula without a stored value"),
        ("projects!B4", books.Formula("=A4"), "recalculate and save it"),
        ("rules!G2", books.Formula("=50+50"), "a formula without a stored value"),
        ("projects!I3", books.Formula("=B1"), "a formula without a stored value"),
        ("projects!F4", datetime.date(2026, 5, 1), "a date where a number belongs"),
        ("projects!A4", datetime.date(2026, 3, 1), "a date where a name belongs"),
        ("projects!F4", books.Error("#VALUE!"), "#VALUE! is an error of the spreadsheet"),
    ],
)
def test_what_only_spreadsheets_hold(tmp_path: Path, form: str, where: str, value: Any, message: str) -> None:
    faults = faults_of(tmp_path / form, books.spoiled(*where.split("!"), value))
    here = [f for f in faults if f.cell == where]
    assert len(here) == 1
    assert message in here[0].message


@pytest.mark.parametrize("form", ["book.xlsx", "book.ods"])
@pytest.mark.parametrize("value", [datetime.date(2027, 5, 1), datetime.date(1905, 7, 19)])
def test_a_date_where_a_year_belongs_is_read_as_its_year(tmp_path: Path, form: str, value: datetime.date) -> None:
    case = read(books.write(tmp_path / form, books.spoiled("projects", "K4", value)))
    assert next(p for p in case.projects if p.id == "ridge").earliest_fid == 2027
    here = [n for n in case.notices if n.cell == "projects!K4"]
    assert [n.message for n in here] == ["a date where a year belongs: read as 2027"]


def test_stored_values_of_formulas_are_read(tmp_path: Path) -> None:
    sheets = books.spoiled("projects", "F4", books.Formula("=450*2", 900))
    for form in ("book.xlsx", "book.ods"):
        case = read(books.write(tmp_path / form, sheets))
        assert case.projects == read(books.write(tmp_path / "plain.xlsx", books.small())).projects


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("title", "ours"),
    [
        ("Programs", "programmes"),
        ("Project", "projects"),
        ("setting", "settings"),
        ("Rule", "rules"),
        ("demands", "demand"),
    ],
)
def test_a_near_miss_of_a_sheet(tmp_path: Path, form: str, title: str, ours: str) -> None:
    sheets = books.small()
    sheets[title] = sheets.pop(ours)
    faults = faults_of(tmp_path / form, sheets)
    assert [(f.cell, f"did you mean {ours}?" in f.message) for f in faults] == [(title, True)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("sheet", "column"), [("projects", "capex_m"), ("projects", "country"), ("rules", "value")])
def test_a_missing_required_column(tmp_path: Path, form: str, sheet: str, column: str) -> None:
    sheets = books.small()
    header = next(row for row in sheets[sheet] if column in row)
    index = header.index(column)
    for row in sheets[sheet]:
        del row[index : index + 1]
    faults = faults_of(tmp_path / form, sheets)
    assert [(f.column, f"{column} is missing" in f.message) for f in faults] == [(column, True)]
    assert faults[0].cell == f"{sheet}!{sheets[sheet].index(header) + 1}:{sheets[sheet].index(header) + 1}"


@pytest.mark.parametrize("form", FORMS)
def test_all_faults_of_all_sheets_in_one_pass(tmp_path: Path, form: str) -> None:
    sheets = books.small()
    sheets["projects"][3][5] = "12OO"
    sheets["projects"][4][16] = "nowhere"
    sheets["projects"][5][8] = 25
    sheets["programmes"][1][2] = "gift"
    sheets["rules"][1][3] = "contry=AU"
    sheets["fx"][2][1] = "x"
    sheets["settings"][1][1] = 3
    faults = faults_of(tmp_path / form, sheets)
    assert [f.cell for f in faults] == [
        "projects!F4", "projects!Q5", "projects!I6", "programmes!C2", "rules!D2", "fx!B3", "settings!B2",
    ]  # fmt: skip


def test_twins_and_doubles(tmp_path: Path) -> None:
    sheets = books.small()
    sheets["projects"].append(["RIDGE", *sheets["projects"][3][1:]])
    sheets["projects"].append(["forge", *sheets["projects"][5][1:]])
    faults = faults_of(tmp_path / "book.xlsx", sheets)
    assert [f.cell for f in faults] == ["projects!A7", "projects!A8"]
    assert "differs from ridge (projects!A4) by case alone" in faults[0].message
    assert "projects!A6" in faults[1].message


def test_a_blank_sheet_does_not_silence_the_checks(tmp_path: Path) -> None:
    sheets = books.spoiled("projects", "Q5", "nowhere")
    sheets["scenarios"] = [["", " "], [None]]
    assert [f.cell for f in faults_of(tmp_path / "book.xlsx", sheets)] == ["projects!Q5"]


@pytest.mark.parametrize(
    ("sheets", "cell", "message"),
    [
        ({"settings": [["key", "value"]]}, "projects", "the sheet projects is missing"),
        ({"projects": []}, "projects", "the sheet is empty"),
        ({"projects": [["a", "b"], [1, 2]]}, "projects", "none of the first 20 rows holds a cell id"),
    ],
)
def test_books_without_projects(tmp_path: Path, sheets: books.Sheets, cell: str, message: str) -> None:
    faults = faults_of(tmp_path / "book.xlsx", sheets)
    assert [f.cell for f in faults] == [cell]
    assert message in faults[0].message


@pytest.mark.parametrize(
    ("overrides", "cell", "column", "message"),
    [
        (Overrides({"total_budget_m": ("3,000", "--budget")}), "--budget", "total_budget_m", "did you mean 3000?"),
        (Overrides({"total_budget_m": ("-5", "--budget")}), "--budget", "total_budget_m", "-5 is negative"),
        (Overrides({"objective": ("covrage", "--objective")}), "--objective", "objective", "did you mean coverage?"),
        (Overrides({"discountrate": ("0.1", "--set")}), "--set", "key", "did you mean discount_rate?"),
        (Overrides({"first_year": ("soon", "--set")}), "--set", "first_year", "not a number"),
        (Overrides({"first_year": ("", "--set")}), "--set", "first_year", "has no value"),
        (Overrides(include=("rigde",)), "--include", "id", "did you mean ridge?"),
        (Overrides(exclude=("nobody",)), "--exclude", "id", '"nobody" is not the id of a project'),
        (Overrides(include=("ridge",), exclude=("RIDGE",)), "--include", "status", "both --include and --exclude"),
    ],
)
def test_faults_of_the_command_line(tmp_path: Path, overrides: Overrides, cell: str, column: str, message: str) -> None:
    faults = faults_of(tmp_path / "book.xlsx", books.small(), overrides)
    assert (faults[0].cell, faults[0].column) == (cell, column)
    assert message in faults[0].message
    assert {f.cell for f in faults} <= {"--include", "--exclude", cell}


def test_a_share_of_no_budget(tmp_path: Path) -> None:
    sheets = books.spoiled("settings", "B3", None)
    faults = faults_of(tmp_path / "book.xlsx", sheets, Overrides({"total_budget_m": ("80%", "--budget")}))
    assert [f.cell for f in faults] == ["--budget"]
    assert "the workbook has no total_budget_m" in faults[0].message.casefold()


def test_a_mapping_that_names_no_column(tmp_path: Path) -> None:
    sheets = books.small()
    sheets["columns"] = [["ours", "theirs"], ["capexm", "Kosten"], ["capex_m", "A"], ["secured_m", "a"]]
    faults = faults_of(tmp_path / "book.xlsx", sheets)
    assert [f.cell for f in faults] == ["columns!A2", "columns!B4"]


def test_a_total_row_under_its_own_name(tmp_path: Path) -> None:
    sheets = books.small()
    sheets["projects"].append(["Total", None, None, None, 27000, 1450])
    faults = faults_of(tmp_path / "book.xlsx", sheets)
    assert [f.cell for f in faults] == ["projects!C7", "projects!D7"]
    assert all("a total row? Delete it" in f.message for f in faults)


def test_a_known_currency_is_no_slip(tmp_path: Path) -> None:
    sheets = books.small()
    del sheets["fx"]
    sheets["programmes"][2][3] = None
    faults = faults_of(tmp_path / "book.xlsx", sheets)
    assert [(f.cell, f.message) for f in faults] == [
        ("projects!G4", "AUD has no rate to USD; give its rate in a sheet fx")
    ]

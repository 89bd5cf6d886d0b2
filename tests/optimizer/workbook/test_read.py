"""Sound workbooks: what is read, from which file, under which header, with which defaults."""

import datetime
import random
from pathlib import Path
from typing import Any

import pytest
from support import books

from models.case import Case
from models.faults import InvalidInput
from optimizer.workbook.overrides import Overrides
from optimizer.workbook.read import read

FORMS = ("book.xlsx", "book.ods", "book")


def case_of(tmp_path: Path, sheets: books.Sheets, form: str = "book.xlsx", overrides: Overrides | None = None) -> Case:
    return read(books.write(tmp_path / form, sheets), overrides or Overrides())


def messages_of(case: Case) -> list[str]:
    return [str(notice) for notice in case.notices]


def comparable(case: Case) -> dict[str, Any]:
    """What a case says, without the places where it was written."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: bare(v) for k, v in value.items() if k != "row"}
        return [bare(v) for v in value] if isinstance(value, list | tuple) else value

    rows: dict[str, Any] = bare(case.model_dump())
    return {k: v for k, v in rows.items() if k not in ("layouts", "setting_rows", "provenance", "notices")}


@pytest.mark.parametrize("form", FORMS)
def test_every_file_gives_the_same_case(tmp_path: Path, form: str) -> None:
    case = case_of(tmp_path, books.small(), form)
    assert comparable(case) == comparable(case_of(tmp_path, books.small(), "other.xlsx").with_(name="book"))
    assert case.name == "book"
    assert [p.id for p in case.projects] == ["delta", "forge", "ridge"]


@pytest.mark.parametrize("form", FORMS)
def test_cells_are_read_by_kind(tmp_path: Path, form: str) -> None:
    case = case_of(tmp_path, books.small(), form)
    delta, forge, ridge = case.projects
    assert (ridge.country, forge.country) == ("AU", "US")
    assert ridge.ramp == (40.0, 70.0, 100.0)
    assert delta.ramp == (100.0,)
    assert delta.requires == (("ridge",),)
    assert ridge.shares == {"NdPr": 0.2}
    assert ridge.measures == {"ghg_t": 12.5}
    assert ridge.texts == {"owner_kind": "listed"}
    assert (forge.status, ridge.status) == ("committed", "candidate")
    assert ridge.esg_e == 60
    assert ridge.esg_s is None
    line, window = case.programmes
    assert (window.carry_over, line.carry_over) == (True, False)
    assert line.countries == ("AU", "VN", "US")
    assert line.stages == ("mine", "separation", "magnet")
    assert case.settings.stage_weights == {"mine": 1.0, "magnet": 2.0}
    ghg = next(r for r in case.rules if r.rule == "ghg")
    assert ghg.picks.projects == (("country", ("au", "vn")), ("stage", ("mine",)))
    assert {r.rule: r.hard for r in case.rules} == {"capacity": False, "ghg": True}


@pytest.mark.parametrize("form", FORMS)
def test_addresses_are_those_of_the_file(tmp_path: Path, form: str) -> None:
    case = case_of(tmp_path, books.small(), form)
    ridge = case.projects[2]
    assert case.cell("projects", ridge.row, "capex_m") == "projects!F4"
    assert case.cell("projects", ridge.row, "share_NdPr") == "projects!R4"
    assert case.cell("programmes", case.programmes[0].row, "2027") == "programmes!L3"
    assert case.cell("outlays", 2, "year_0") == "outlays!B2"
    assert case.cell("projects", ridge.row, "esg_s") == "projects!4:4"
    assert case.setting_cell("last_year") == "settings!B4"


def test_order_of_rows_columns_and_sheets_changes_nothing(tmp_path: Path) -> None:
    before = comparable(case_of(tmp_path, books.small()))
    chance = random.Random(3)
    for number in range(5):
        sheets = books.small()
        for rows in sheets.values():
            start = next(i for i, row in enumerate(rows) if len(row) > 1)
            width = max(map(len, rows))
            columns = chance.sample(range(width), width)
            body = [[[*row, *[None] * width][c] for c in columns] for row in rows[start:]]
            rows[start:] = [body[0], *chance.sample(body[1:], len(body) - 1)]
        names = chance.sample(list(sheets), len(sheets))
        shuffled = case_of(tmp_path, {name: sheets[name] for name in names}, f"shuffled{number}.xlsx")
        assert comparable(shuffled.with_(name="book")) == before


def test_headers_forgive_case_and_spaces(tmp_path: Path) -> None:
    sheets = books.small()
    sheets["projects"][2] = [f" {str(h).upper().replace('_', ' ')}\u00a0" for h in sheets["projects"][2]]
    sheets[" Rules "] = sheets.pop("rules")
    case = case_of(tmp_path, sheets)
    assert comparable(case) == comparable(case_of(tmp_path, books.small(), "b.xlsx").with_(name="book"))
    assert case.layouts["rules"].title == " Rules "


@pytest.mark.parametrize(
    "year", [2028, 2028.0, "2028", " 2028 ", "2028.0", datetime.date(2028, 1, 1), datetime.date(1905, 7, 20)]
)
def test_a_year_column_in_any_type(tmp_path: Path, year: Any) -> None:
    case = case_of(tmp_path, books.spoiled("demand", "C1", year))
    assert case.demand[0].years == {2028: 30000.0, 2035: 40000.0}


def test_header_within_twenty_rows_only(tmp_path: Path) -> None:
    sheets = books.small()
    sheets["fx"] = [["as of June"]] * 19 + sheets["fx"]
    assert case_of(tmp_path, sheets).layouts["fx"].header_row == 20
    sheets["fx"].insert(0, ["one more"])
    with pytest.raises(InvalidInput, match="none of the first 20 rows holds a cell currency"):
        case_of(tmp_path, sheets, "late.xlsx")


def test_the_columns_sheet_maps_an_agencys_headers(tmp_path: Path) -> None:
    sheets = books.small()
    header = sheets["projects"][2]
    header[header.index("capex_m")] = "Invest. (Mio.)"
    header[header.index("id")] = "Kennung"
    header[header.index("ghg_t")] = "CO2"
    sheets["columns"] = [["ours", "theirs"], ["capex_m", "invest. (mio.)"], ["id", "KENNUNG"], ["ghg_t", "CO2"]]
    case = case_of(tmp_path, sheets)
    assert comparable(case) == comparable(case_of(tmp_path, books.small(), "b.xlsx").with_(name="book"))
    assert case.cell("projects", 4, "capex_m") == "projects!F4"


def test_minimal_book_and_derived_defaults(tmp_path: Path) -> None:
    sheets = {
        "projects": [
            ["id", "country", "stage", "capacity_tpa", "capex_m", "earliest_fid"],
            ["a", "AU", "mine", 1, 1, 2029],
        ]
    }
    case = case_of(tmp_path, sheets)
    s = case.settings
    assert (s.first_year, s.last_year, s.last_fid_year, s.price_year, s.objective_year) == (
        2029,
        2043,
        2043,
        2029,
        2043,
    )
    assert s.objective == "capacity"
    assert set(case.provenance.values()) == {"default"}
    assert any("objective is capacity" in text for text in messages_of(case))
    assert case.projects[0].build_years == 3


def test_horizon_follows_demand_and_programmes(tmp_path: Path) -> None:
    sheets = books.small()
    del sheets["settings"][3]
    case = case_of(tmp_path, sheets)
    assert (case.settings.first_year, case.settings.last_year) == (2026, 2035)
    sheets["projects"][3][10] = 2024
    sheets["projects"][3][15] = "underway"
    assert case_of(tmp_path, sheets, "b.xlsx").settings.first_year == 2026


def test_no_budget_and_a_budget_of_none_differ(tmp_path: Path) -> None:
    stated = case_of(tmp_path, books.spoiled("settings", "B3", "none"))
    assert stated.settings.total_budget_m is None
    assert stated.provenance["total_budget_m"] == "settings!B3"
    empty = case_of(tmp_path, books.spoiled("settings", "B3", None), "b.xlsx")
    assert empty.settings.total_budget_m is None
    assert empty.provenance["total_budget_m"] == "default"


@pytest.mark.parametrize(
    ("text", "millions"), [("3000", 3000), ("3bn", 3000), ("3.5 BN", 3500), ("250M", 250), ("80%", 800), ("none", None)]
)
def test_budget_of_the_command_line(tmp_path: Path, text: str, millions: float | None) -> None:
    case = case_of(tmp_path, books.small(), overrides=Overrides({"total_budget_m": (text, "--budget")}))
    assert case.settings.total_budget_m == millions
    assert case.provenance["total_budget_m"] == "--budget"
    assert case.provenance["discount_rate"] == "settings!B2"


def test_include_and_exclude(tmp_path: Path) -> None:
    case = case_of(tmp_path, books.small(), overrides=Overrides(include=("RIDGE",), exclude=("forge",)))
    assert {p.id: p.status for p in case.projects} == {"delta": "candidate", "forge": "barred", "ridge": "committed"}
    assert "--exclude  status  forge is committed in the workbook and barred in this run" in messages_of(case)


def test_legal_oddities_stay_legal(tmp_path: Path) -> None:
    sheets = books.small()
    sheets["existing"][1][4] = 0
    sheets["projects"][3][12:15] = [0, "40;70;100", 1]
    sheets["projects"][4][14] = 200
    sheets["outlays"][1] = ["delta", 0, 300, 0]
    sheets["scenarios"] = [["scenario", "parameter", "value"]]
    sheets["processes"] = []
    case = case_of(tmp_path, sheets)
    assert (case.projects[2].build_years, case.projects[2].life_years, case.projects[0].life_years) == (0, 1, 200)
    assert case.outlays[0].years == {0: 0.0, 1: 300.0, 2: 0.0}
    assert case.scenarios == ()
    assert "scenarios" in case.layouts


def test_ids_and_texts_of_any_cell(tmp_path: Path) -> None:
    sheets = books.small()
    sheets["projects"][3][0] = 12.0
    sheets["projects"][4][16] = 12
    sheets["projects"][3][20] = True
    sheets["projects"][4][20] = "=1+1"
    case = case_of(tmp_path, sheets)
    assert [p.id for p in case.projects] == ["12", "delta", "forge"]
    assert case.projects[1].requires == (("12",),)
    assert [p.texts["owner_kind"] for p in case.projects] == ["yes", "=1+1", "listed"]


def test_names_are_spelled_as_their_definition_spells_them(tmp_path: Path) -> None:
    sheets = books.small()
    sheets["projects"][3][3] = "MINE"
    sheets["existing"][2][1] = " Separation"
    sheets["rules"].append(["heavy", "Share_NDPR", "average", "STAGE=Mine", None, ">=", 0.1, None, None])
    case = case_of(tmp_path, sheets)
    assert {p.stage for p in case.projects} == {"mine", "separation", "magnet"}
    assert {e.stage for e in case.existing} == {"mine", "separation"}
    assert case.existing[1].shares == {"NdPr": 0.7}
    assert next(r for r in case.rules if r.rule == "heavy").measure == "share_NdPr"


def test_money_is_converted_once(tmp_path: Path) -> None:
    case = case_of(tmp_path, books.small())
    delta, forge, ridge = case.projects
    assert ridge.capex_m == pytest.approx(900 * 1.025 / 1.5)
    assert ridge.secured_m == pytest.approx(10 * 1.025 / 1.5)
    assert (delta.capex_m, forge.capex_m) == (300, 250)
    line, window = case.programmes
    assert line.envelopes == pytest.approx({2026: 600, 2027: 400 / 1.01})
    assert window.envelopes == pytest.approx({2026: 100, 2027: 100 / 1.02, 2028: 100 / 1.02**2})
    assert window.min_ticket_m == 10
    assert {(c.currency, c.price_year) for c in case.conversions} == {
        ("AUD", 2025), ("JPY", 2026), ("JPY", 2027), ("USD", 2027), ("USD", 2028),
    }  # fmt: skip
    assert case.conversions[0].reason == "1.5 AUD for 1 USD; prices of 2025 to 2026 at 2.5 % a year"


def test_what_is_reported_and_goes_on(tmp_path: Path) -> None:
    sheets = books.small()
    sheets["Notes"] = [["anything"]]
    sheets["Pivot"] = [[1]]
    sheets["rules"][0].append("basis of it")
    sheets["projects"].append(["", "only words, no id"])
    sheets["projects"][3][5] = "900"
    sheets["projects"][3][21:] = [7]
    sheets["projects"][4][8] = "50%"
    case = case_of(tmp_path, sheets)
    text = "\n".join(messages_of(case))
    assert "Notes  not read, since these are no input sheets: Notes, Pivot" in text
    assert "rules!J1  not columns of rules, so not read: basis of it" in text
    assert "projects!A7  id  a row without id that holds text only: not read" in text
    assert 'projects!F4  capex_m  "900" is a number stored as text; read as 900' in text
    assert "projects!V4  a value in a column without a header" in text
    assert 'projects!I5  private_share  "50%" is text; read as 0.5' in text
    assert "projects!T3  ghg_t  unknown column: kept as a measure" in text
    assert "projects!U3  owner_kind  unknown column: kept as a text" in text
    assert text.count("demand  missing years are interpolated") == 1


@pytest.mark.parametrize("form", ["book.xlsx", "book.ods"])
def test_hidden_rows_are_read_and_named_once(tmp_path: Path, form: str) -> None:
    write = books.write_ods if form.endswith("ods") else books.write_xlsx
    case = read(write(tmp_path / form, books.small(), hidden={"projects": [1, 4, 5]}))
    assert len(case.projects) == 3
    assert [n for n in messages_of(case) if "hidden" in n] == ["projects!4:5  hidden or filtered rows: included"]


def test_a_column_with_few_words_among_numbers_stays_text(tmp_path: Path) -> None:
    sheets = books.small()
    sheets["projects"][2].append("ref")
    for row, ref in zip(sheets["projects"][3:], (12, "13a", 14), strict=True):
        row.append(ref)
    case = case_of(tmp_path, sheets)
    assert [p.texts["ref"] for p in case.projects] == ["13a", "14", "12"]
    assert any("projects!V3  ref" in n and "2 of its 3 cells are numbers" in n for n in messages_of(case))


@pytest.mark.parametrize("form", FORMS)
def test_a_rounding_residue_of_a_subtraction_is_zero(tmp_path: Path, form: str) -> None:
    case = case_of(tmp_path, books.spoiled("projects", "J4", 0.1 + 0.2 - 0.3), form)
    assert case.projects[2].secured_m == 0
    assert any(n.startswith("projects!J4  secured_m  5.55112e-17 is practically zero") for n in messages_of(case))


def test_a_merged_cell_is_reported(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "merged.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("projects")
        sheet.merge_range("A1:E1", "Candidates")
        for r, row in enumerate([["id", "country", "stage", "capacity_tpa", "capex_m", "private_share"],
                                 ["a", "AU", "mine", 1, 5], ["b", "AU", "mine", 1, 5]], 1):  # fmt: skip
            sheet.write_row(r, 0, row)
        sheet.merge_range("F3:F4", 0.4)
    case = read(path)
    assert [p.private_share for p in case.projects] == [0.4, 0.0]
    assert [n.cell for n in case.notices if "merged" in n.message] == ["projects!F3:F4"]


def test_rules_may_name_an_empty_column_and_spell_it_freely(tmp_path: Path) -> None:
    sheets = books.small()
    sheets["projects"][2].append("Lot")
    sheets["rules"][1][1] = "GHG t"
    sheets["rules"][1][3] = "lot=3; Owner Kind=listed"
    sheets["settings"][4][1] = "Mine=1; MAGNET=2"
    case = case_of(tmp_path, sheets)
    ghg = next(r for r in case.rules if r.rule == "ghg")
    assert ghg.measure == "ghg_t"
    assert ghg.picks.projects == (("lot", ("3",)), ("owner_kind", ("listed",)))
    assert case.settings.stage_weights == {"mine": 1.0, "magnet": 2.0}

"""Sheets and headers under other names than the contract's: read with a notice, or a fault; no input is left out."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from support import books

from models.faults import Diagnostic, InvalidInput
from optimizer.workbook.overrides import Overrides
from optimizer.workbook.read import read


def faults_of(path: Path, sheets: books.Sheets) -> tuple[Diagnostic, ...]:
    with pytest.raises(InvalidInput) as error:
        read(books.write(path, sheets))
    return error.value.faults


def renamed(ours: str, title: str) -> dict[str, list[list[Any]]]:
    sheets = books.small()
    sheets[title] = sheets.pop(ours)
    return sheets


TITLES = [
    ("rules", "ESG rules"), ("rules", "Copy of rules"), ("rules", "ESG-rules"), ("rules", "rules_old"),
    ("rules", "Financing rules"), ("rules", "rules ESG floor"), ("rules", "Rules (2)"), ("rules", "rulez"), ("rules", "Policy"),
    ("settings", "Copy of settings"), ("demand", "demand & supply"), ("demand", "Tabelle3"), ("fx", "Sheet7"),
    ("programmes", "Funding 2026"), ("existing", "World"), ("outlays", "Spend"),
]  # fmt: skip


@pytest.mark.parametrize("ending", [".xlsx", ".ods", ""])
@pytest.mark.parametrize(("ours", "title"), TITLES, ids=[title for _, title in TITLES])
def test_a_sheet_with_a_header_of_ours_is_no_other_sheet(tmp_path: Path, ours: str, title: str, ending: str) -> None:
    faults = faults_of(tmp_path / f"book{ending}", renamed(ours, title))
    assert [(f.cell, f"did you mean {ours}?" in f.message) for f in faults] == [(title, True)]


@pytest.mark.parametrize("ending", [".xlsx", ".ods", ""])
def test_a_second_sheet_with_a_header_of_ours(tmp_path: Path, ending: str) -> None:
    sheets = books.small()
    sheets["Rules (2)"] = sheets["rules"]
    faults = faults_of(tmp_path / f"book{ending}", sheets)
    assert [f.cell for f in faults] == ["Rules (2)"]
    assert "which the book has already (rules)" in faults[0].message
    sheets["settings"].append(["ignore_sheets", "rules (2)"])
    case = read(books.write(tmp_path / f"ignored{ending}", sheets))
    assert len(case.rules) == 2
    assert any("not read" in n.message and "Rules (2)" in n.message for n in case.notices)


def test_sheets_are_ignored_from_the_command_line(tmp_path: Path) -> None:
    path = books.write(tmp_path / "book.xlsx", renamed("rules", "ESG rules"))
    case = read(path, Overrides({"ignore_sheets": ("ESG rules; gone", "--set")}))
    assert case.rules == ()
    assert any('"gone"' in n.message for n in case.notices)


@pytest.mark.parametrize(
    ("ours", "title"),
    [("demand", "ｄｅｍａｎｄ"), ("rules", "Regeln"), ("projects", "プロジェクト"), ("settings", "設定")],
)
def test_full_width_and_translated_titles_are_read(tmp_path: Path, ours: str, title: str) -> None:
    plain = read(books.write(tmp_path / "book.xlsx", books.small()))
    case = read(
        books.write(
            tmp_path / "b" / "book.xlsx" if (tmp_path / "b").mkdir() is None else tmp_path, renamed(ours, title)
        )
    )
    assert case.projects == plain.projects
    assert (case.settings, case.rules, case.demand) == (plain.settings, plain.rules, plain.demand)


def test_notes_and_pivots_stay_notices(tmp_path: Path) -> None:
    sheets: dict[str, Any] = {
        **books.small(),
        "Notes": [["id", "what", "source"], ["ridge", "see the report", "web"]],
        "Pivot": [["country", "stage", "Sum of capex_m"], ["AU", "mine", 900]],
        "Contacts": [["id", "name", "type", "agency"], ["1", "A", "person", "DFC"]],
        "Legend": [["key", "value"], ["red", "late"]],
    }
    case = read(books.write(tmp_path / "book.xlsx", sheets))
    (notice,) = [n for n in case.notices if "not read" in n.message]
    assert notice.message.endswith("Notes, Pivot, Contacts, Legend")


# -- years ---------------------------------------------------------------------------------------------------------------

YEARS = [
    "2028", "CY2028", "Year 2028", "2028年", "２０２８", "Jahr 2028", 2028.0, datetime.date(2028, 4, 1), "cy 2028",
]  # fmt: skip
FISCAL = [
    ("FY28", 2028), ("FY2028", 2028), ("'28", 2028), ("28", 2028), ("Dec-28", 2028), ("2028年度", 2028), ("FY27/28", 2028),
    ("2027/28", 2028), ("2028E", 2028), ("31.12.2028", 2028), ("budget 2028", 2028), ("令和10年度", 2028), ("46753", 2028),
]  # fmt: skip


def with_header(value: Any) -> dict[str, list[list[Any]]]:
    return books.spoiled("demand", "C1", value)


@pytest.mark.parametrize("value", YEARS, ids=str)
def test_a_calendar_year_is_read(tmp_path: Path, value: Any) -> None:
    case = read(books.write(tmp_path / "book.xlsx", with_header(value)))
    assert [sorted(row.years) for row in case.demand] == [[2028, 2035]] * 2
    messages = [n for n in case.notices if "matched by meaning" in n.message]
    assert len(messages) == (str(value) not in ("2028", "2028.0"))


@pytest.mark.parametrize(("text", "year"), FISCAL, ids=[text for text, _ in FISCAL])
@pytest.mark.parametrize("sheet", ["demand", "programmes", "existing"])
def test_a_doubtful_year_is_a_fault(tmp_path: Path, text: str, year: int, sheet: str) -> None:
    sheets = books.small()
    header = {"demand": 2, "programmes": 12, "existing": 3}[sheet]
    sheets[sheet][0][header] = text
    place = f"{sheet}!{'ABCDEFGHIJKLM'[header]}1"
    faults = [f for f in faults_of(tmp_path / "book.xlsx", sheets) if f.cell == place]
    assert [f"did you mean {year}?" in f.message for f in faults] == [True]


def test_the_same_year_twice(tmp_path: Path) -> None:
    sheets = books.small()
    sheets["demand"][0][2:4] = [2028, "CY2028"]
    faults = faults_of(tmp_path / "book.xlsx", sheets)
    assert [f.cell for f in faults] == ["demand!D1"]
    assert "is there already at demand!C1" in faults[0].message


def test_calendar_years_of_outlays(tmp_path: Path) -> None:
    sheets = books.small()
    sheets["outlays"][0][3] = 2028
    faults = faults_of(tmp_path / "book.xlsx", sheets)
    assert faults[0].cell == "outlays!D1"
    assert "year_0, year_1" in faults[0].message


# -- headers -------------------------------------------------------------------------------------------------------------


def test_translated_headers_are_read_with_a_notice(tmp_path: Path) -> None:
    sheets = books.small()
    header = sheets["projects"][2]
    header[header.index("country")], header[header.index("capacity_tpa")] = "Land", "Kapazität (t/a)"
    header[header.index("build_years")], header[header.index("esg_e")] = "建設期間", "環境"
    case = read(books.write(tmp_path / "book.xlsx", sheets))
    plain = read(books.write(tmp_path / "plain.xlsx", books.small()))
    assert case.projects == plain.projects
    assert [n.cell for n in case.notices if "matched by meaning" in n.message] == ["projects!C3"]


def test_a_mapped_name_is_free_even_if_it_is_ours(tmp_path: Path) -> None:
    sheets = books.small()
    header = sheets["projects"][2]
    header[header.index("owner kind")] = "Group"
    sheets["columns"] = [["ours", "theirs"], ["agency_group", "Group"], ["esg_s", "Social"]]
    case = read(books.write(tmp_path / "book.xlsx", sheets))
    assert {p.id: (p.group, p.texts["agency_group"]) for p in case.projects}["ridge"] == (None, "listed")
    assert any(n.cell == "columns!B3" and "no sheet has the header social" in n.message for n in case.notices)


def test_no_header_points_to_the_row_and_the_cure(tmp_path: Path) -> None:
    sheets = books.small()
    sheets["projects"] = [["Candidates"], ["Mine", "Where", "Money"], ["Ridge", "AU", 900]]
    (fault,) = [f for f in faults_of(tmp_path / "book.xlsx", sheets) if f.column == "id"]
    assert "row 2 looks most like the header (Mine, Where, Money)" in fault.message
    assert "map it in a sheet `columns` (ours: id, theirs: Mine)" in fault.message


def test_a_header_without_its_key_still_shows_the_other_faults(tmp_path: Path) -> None:
    sheets = books.small()
    sheets["projects"][2][0] = "Lfd."
    faults = faults_of(tmp_path / "book.xlsx", sheets)
    assert ("projects!3:3", "id") in {(f.cell, f.column) for f in faults}


@pytest.mark.parametrize("below", [True, False])
def test_a_header_of_two_rows(tmp_path: Path, below: bool) -> None:
    sheets = books.small()
    header = sheets["projects"][2]
    place = header.index("esg_e")
    other: list[Any] = [None] * len(header)
    other[place], header[place] = "esg_e", None
    sheets["projects"].insert(3 if below else 2, other)
    row = 4 if below else 3
    faults = faults_of(tmp_path / "book.xlsx", sheets)
    assert [(f.cell, f"delete row {row}" in f.message) for f in faults] == [(f"projects!{row}:{row}", True)]


@pytest.mark.parametrize("word", ["Decommisioned", "uncommitted", "not committed", "unbarred", "feasibility"])
def test_no_status_is_proposed_for_its_opposite(tmp_path: Path, word: str) -> None:
    (fault,) = faults_of(tmp_path / "book.xlsx", books.spoiled("projects", "P4", word))
    assert (fault.cell, "did you mean" in fault.message) == ("projects!P4", False)


def test_states_in_a_column_of_countries(tmp_path: Path) -> None:
    sheets = books.small()
    sheets["existing"] += [["SA", "mine", "b", None, 1], ["QLD", "mine", "c", None, 1]]
    faults = {f.cell: f.message for f in faults_of(tmp_path / "book.xlsx", sheets)}
    assert "did you mean AU?" in faults["existing!A4"]
    assert set(faults) == {"existing!A4", "existing!A5"}


def test_the_case_is_the_same_under_another_country_name(tmp_path: Path) -> None:
    plain = read(books.write(tmp_path / "a.xlsx", books.small()))
    case = read(books.write(tmp_path / "b.xlsx", books.spoiled("existing", "A2", "China, mainland")))
    assert case.existing == plain.existing

"""Every fault of a workbook in one pass: a cell that cannot be read hides no other fault, and none is said twice."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import books

from models.faults import Diagnostic, InvalidInput
from optimizer.workbook.read import read

Sheets = dict[str, list[list[Any]]]


def faults_of(path: Path, sheets: books.Sheets) -> list[Diagnostic]:
    with pytest.raises(InvalidInput) as error:
        read(books.write(path, sheets))
    return list(error.value.faults)


def put(*cells: tuple[str, Any]) -> Sheets:
    """The small workbook with these cells changed."""
    sheets = books.small()
    for address, value in cells:
        sheet, _, cell = address.partition("!")
        changed = books.spoiled(sheet, cell, value)[sheet]
        row = int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) - 1
        sheets[sheet].extend([] for _ in range(len(sheets[sheet]), row + 1))
        for column, (old, new) in enumerate(zip(_pad(books.small()[sheet], row), _pad(changed, row), strict=False)):
            if old != new:
                sheets[sheet][row].extend([None] * (column + 1 - len(sheets[sheet][row])))
                sheets[sheet][row][column] = new
    return sheets


def _pad(rows: list[list[Any]], row: int) -> list[Any]:
    return (rows[row] if row < len(rows) else []) + [None] * 40


SEVERAL: dict[str, list[tuple[str, Any]]] = {
    "a project": [("projects!C4", "CN"), ("projects!D4", "mines"), ("projects!F4", "12OO"), ("projects!I4", 40)],
    "its links": [("projects!F5", "12OO"), ("projects!G5", "EUR"), ("projects!Q5", "rigde")],
    "its status": [("projects!C6", "XX"), ("projects!J6", -4), ("projects!P6", "comitted")],
    "a score and a window": [("projects!L6", 2020), ("projects!S6", "x")],
    "a rule": [("rules!B2", "ghgt"), ("rules!D2", "stage=mines"), ("rules!G2", "x")],
    "a rule's aggregate": [("rules!B2", "ghgt"), ("rules!C2", "mean")],
    "a programme": [("programmes!E2", -1), ("programmes!F2", "half"), ("programmes!I2", "seperation")],
    "a demand": [("demand!A2", "mines"), ("demand!C2", "x")],
    "what there is": [("existing!B2", "mines"), ("existing!E2", "x")],
    "every sheet": [
        ("projects!F4", "1,200"), ("projects!Q5", "nobody"), ("projects!L6", 2020), ("programmes!B3", "Jpaan"),
        ("outlays!A2", "delat"), ("demand!A2", "mines"), ("existing!E2", -1), ("rules!B2", "ghgt"), ("fx!B2", 0),
        ("settings!A3", "total_budget"),
    ],
}  # fmt: skip
"""Cells that each have a fault of their own."""


@pytest.mark.parametrize("ending", [".xlsx", "", ".ods"])
@pytest.mark.parametrize("cells", SEVERAL.values(), ids=SEVERAL.keys())
def test_all_faults_at_once_and_no_other(tmp_path: Path, cells: list[tuple[str, Any]], ending: str) -> None:
    faults = faults_of(tmp_path / f"book{ending}", put(*cells))
    assert {f.cell for f in faults} == {address for address, _ in cells}


def renamed(old: str, new: str) -> Callable[[Sheets], Sheets]:
    return lambda sheets: {new if name == old else name: rows for name, rows in sheets.items()}


def headed(sheet: str, row: int, old: str, new: str) -> Callable[[Sheets], Sheets]:
    def change(sheets: Sheets) -> Sheets:
        sheets[sheet][row - 1] = [new if cell == old else cell for cell in sheets[sheet][row - 1]]
        return sheets

    return change


UNREAD: dict[str, tuple[Callable[[Sheets], Sheets], str]] = {
    "programmes": (renamed("programmes", "Programs"), "Programs"),
    "fx": (renamed("fx", "FX rates"), "FX rates"),
    "exchange rates": (renamed("fx", "Exchange rates"), "Exchange rates"),
    "demand": (renamed("demand", "Demands"), "Demands"),
    "rules": (renamed("rules", "Policy rules"), "Policy rules"),
    "existing": (renamed("existing", "Existing capacity"), "Existing capacity"),
    "settings": (renamed("settings", "Setting"), "Setting"),
    "capex": (headed("projects", 3, "capex_m", "Capex (US$m)"), "projects!F3"),
    "capex, absent": (headed("projects", 3, "capex_m", "money"), "projects!3:3"),
    "window": (headed("projects", 3, "earliest_fid", "Earliest FID year"), "projects!K3"),
    "life": (headed("projects", 3, "life_years", "Life time"), "projects!O3"),
    "build": (headed("projects", 3, "build_years", "build time"), "projects!M3"),
    "capacity there is": (headed("existing", 1, "capacity_tpa", "Capacity"), "existing!E1"),
    "penalty": (headed("rules", 1, "penalty", "Penalties"), "rules!I1"),
    "limit": (headed("rules", 1, "value", "Limit"), "rules!G1"),
    "rate": (headed("fx", 1, "per_base", "Rate"), "fx!B1"),
    "outlays": (headed("outlays", 1, "year_0", "fid 0"), "outlays!B1"),
}


@pytest.mark.parametrize("ending", [".xlsx", ""])
@pytest.mark.parametrize(("change", "place"), UNREAD.values(), ids=UNREAD.keys())
def test_what_cannot_be_read_is_reported_once_beside_the_other_faults(
    tmp_path: Path, change: Callable[[Sheets], Sheets], place: str, ending: str
) -> None:
    alone = faults_of(tmp_path / f"alone{ending}", change(books.small()))
    assert [f.cell for f in alone] == [place]
    both = faults_of(tmp_path / f"both{ending}", change(put(("projects!D5", "sepration"), ("projects!Q6", "nobody"))))
    assert {f.cell for f in both} == {"projects!D5", "projects!Q6", place}


@pytest.mark.parametrize("ending", [".xlsx", "", ".ods"])
def test_what_is_nearly_ours_is_read_for_its_own_faults(tmp_path: Path, ending: str) -> None:
    sheets = put(("projects!A3", "Project ID"), ("projects!F4", "1,200"), ("programmes!E2", -1), ("settings!B2", 3))
    sheets["Programs"] = sheets.pop("programmes")
    sheets["settings"][1][0] = "discount"
    faults = faults_of(tmp_path / f"book{ending}", sheets)
    places = {"projects!A3", "projects!F4", "Programs", "Programs!E2", "settings!A2", "settings!B2"}
    assert {f.cell for f in faults} == places


def test_a_measure_without_any_number_is_missing_at_the_cells_that_a_rule_adds_up(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path / "book.xlsx", put(*((f"projects!T{row}", None) for row in (4, 5, 6))))
    assert (fault.cell, fault.column) == ("projects!T4", "ghg_t")


def test_a_list_with_commas_is_the_fault_and_not_each_stage(tmp_path: Path) -> None:
    sheets = books.small()
    sheets["settings"].append(["stages", "mine, separation, magnet"])
    (fault,) = faults_of(tmp_path / "book.xlsx", sheets)
    assert (fault.cell, "mine; separation; magnet" in fault.message) == ("settings!B6", True)


@pytest.mark.parametrize("ending", [".xlsx", "", ".ods"])
@pytest.mark.parametrize(
    ("row", "place", "words"),
    [
        (["", "Total", None, None, None, "4,500"], "projects!F7", "4,500 in a row without id"),
        ([None, None, None, None, None, books.Error("#REF!")], "projects!F7", "a total row?"),
        (["Source: company reports, 2025"], "projects!A7", "nothing in this row but"),
    ],
)
def test_lines_below_the_table_are_not_dropped_in_silence(
    tmp_path: Path, row: list[Any], place: str, words: str, ending: str
) -> None:
    sheets = books.small()
    sheets["projects"].append(row)
    (fault,) = faults_of(tmp_path / f"book{ending}", sheets)
    assert fault.cell == place
    assert words in fault.message


def test_further_columns_are_listed_in_one_notice_of_a_kind(tmp_path: Path) -> None:
    sheets = books.small()
    for name, value in (("jobs", 10), ("region", "north")):
        for number, row in enumerate(sheets["projects"][2:]):
            row.append(value if number else name)
    messages = [
        str(n) for n in read(books.write(tmp_path / "book.xlsx", sheets)).notices if "unknown columns" in n.message
    ]
    assert messages == [
        "projects!T3  unknown columns: kept as measures that rules can use: ghg_t, jobs",
        "projects!U3  unknown columns: kept as texts that `where` can use: owner_kind, region",
    ]

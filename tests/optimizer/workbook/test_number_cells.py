"""Numbers as texts: read where they have one meaning, else a fault that proposes the likely one."""

from pathlib import Path
from typing import Any

import pytest
from support import books

from models.columns import Column, columns
from models.faults import InvalidInput
from models.schema import Programme, Project
from optimizer.workbook.cell_parser import parse
from optimizer.workbook.cell_values import BadCell, Style
from optimizer.workbook.number_parser import LONGEST, proposed_number
from optimizer.workbook.read import read

PROJECT = {c.field: c for c in columns(Project)}
PROGRAMME = {c.field: c for c in columns(Programme)}


@pytest.mark.parametrize(
    ("text", "column", "meant"),
    [
        ("1.234,5", "capex_m", 1234.5),
        ("1,234.5", "capex_m", 1234.5),
        ("1.234.567", "capex_m", 1234567),
        ("1'234.5", "capex_m", 1234.5),
        ("1\u2019234", "capex_m", 1234),
        ("1\u202f234", "capex_m", 1234),
        ("1\u00a0234,5", "capex_m", 1234.5),
        ("1,00,000", "capex_m", 100000),
        ("12,34,567.5", "capex_m", 1234567.5),
        ("\uff11\uff12\uff0c\uff10\uff10\uff10", "capex_m", 12000),
        ("(300)", "capex_m", -300),
        ("\u2212300", "capex_m", -300),
        ("300-", "capex_m", -300),
        ("$1,200", "capex_m", 1200),
        ("\u20ac1.200,5", "capex_m", 1200.5),
        ("\uffe512,000", "capex_m", 12000),
        ("1.2bn", "capex_m", 1200),
        ("US$ 900m", "capex_m", 900),
        ("900 million", "capex_m", 900),
        ("450k", "capex_m", 0.45),
        ("3\u5104", "capex_m", 300),
        ("5000\u4e07", "capex_m", 50),
        ("3\u5104\u5186", "capex_m", 300),
        ("~300", "capex_m", 300),
        ("ca. 300", "capex_m", 300),
        ("12OO", "capex_m", 1200),
        ("20 kt", "capacity_tpa", 20000),
        ("2\u4e07t", "capacity_tpa", 20000),
        ("5,000 t/yr", "capacity_tpa", 5000),
        ("40 %", "private_share", 0.4),
        ("\uff14\uff10\uff05", "private_share", 0.4),
        # nothing is proposed where two things may be meant, or nothing is known
        ("3\u51045000\u4e07", "capex_m", None),
        ("300-400", "capex_m", None),
        ("<300", "capex_m", None),
        ("9 lots", "capex_m", None),
        ("20 kt", "capex_m", None),
        ("5 MT", "capacity_tpa", None),
        ("1.2.3", "capex_m", None),
    ],
)
def test_what_a_text_most_likely_means(text: str, column: str, meant: float | None) -> None:
    assert proposed_number(text, PROJECT[column]) == (None if meant is None else pytest.approx(meant, rel=1e-12))


@pytest.mark.parametrize("style", [Style(), Style(all_text=True), Style(all_text=True, decimal_comma=True)])
@pytest.mark.parametrize("text", ["1.200", "10.000", "-1.000"])
def test_a_point_before_three_digits_is_never_read_without_proof(text: str, style: Style) -> None:
    with pytest.raises(BadCell) as error:
        parse(Column("x", "number", "", "", False, (), None, (), None, None), text, style)
    assert f"did you mean {text.replace('.', '')}?" in str(error.value)


@pytest.mark.parametrize("text", ["0.400", "12.5", "12.3456", "1.0", "1234.567", "1.000e3"])
def test_decimals_with_one_meaning_are_read(text: str) -> None:
    assert parse(PROJECT["capacity_tpa"], text, Style(all_text=True)).value == float(text)


@pytest.mark.parametrize("form", ["book.xlsx", "book.ods"])
def test_thousands_as_text_in_a_spreadsheet(tmp_path: Path, form: str) -> None:
    with pytest.raises(InvalidInput) as error:
        read(books.write(tmp_path / form, books.spoiled("projects", "E4", "20.000")))
    assert [(f.cell, "20 in one country and 20000 in another" in f.message) for f in error.value.faults] == [
        ("projects!E4", True)
    ]


SEMICOLONS = {
    "demand": [["stage", "2026", "2035"], ["mine", "20.000", "24.000"]],
    "projects": [["id", "country", "stage", "capacity_tpa", "capex_m"], ["M1", "AU", "mine", "900", "300"]],
    "settings": [["key", "value"], ["total_budget_m", "3000"]],
}


def faults(folder: Path, sheets: dict[str, list[list[Any]]], delimiter: str) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as error:
        read(books.write_csv(folder, sheets, delimiter=delimiter))
    return [(f.cell, f.message) for f in error.value.faults]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_thousands_of_a_folder_without_any_decimal(tmp_path: Path, delimiter: str) -> None:
    here = faults(tmp_path / "book", SEMICOLONS, delimiter)
    assert [cell for cell, _ in here] == ["demand!B2", "demand!C2"]
    assert "did you mean 20000?" in here[0][1]


def test_a_point_typed_by_hand_does_not_prove_a_folder_of_semicolons(tmp_path: Path) -> None:
    sheets = {**SEMICOLONS, "settings": [["key", "value"], ["total_budget_m", "3.000"], ["discount_rate", "0.03"]]}
    assert [cell for cell, _ in faults(tmp_path / "book", sheets, ";")] == ["demand!B2", "demand!C2", "settings!B2"]


def test_a_decimal_comma_in_one_file_judges_the_others(tmp_path: Path) -> None:
    sheets = {**SEMICOLONS, "settings": [["key", "value"], ["total_budget_m", "3,500"], ["discount_rate", "0,03"]]}
    sheets["demand"] = [["stage", "2026", "2035"], ["mine", "20000", "24000"]]
    case = read(books.write_csv(tmp_path / "book", sheets, delimiter=";"))
    assert case.settings.total_budget_m == 3.5
    here = [n.message for n in case.notices if n.cell == "settings!B2"]
    assert here == ['"3,500" is read as 3.5, since the files write a decimal comma (0,03 at settings!B3)']


def test_a_decimal_point_proves_three_decimals_among_commas(tmp_path: Path) -> None:
    sheets = {**SEMICOLONS, "settings": [["key", "value"], ["total_budget_m", "3000.5"]]}
    case = read(books.write_csv(tmp_path / "book", sheets))
    assert case.demand[0].years == {2026: 20.0, 2035: 24.0}
    assert [n.cell for n in case.notices if "decimal point (3000.5 at settings!B2)" in n.message] == [
        "demand!B2", "demand!C2",
    ]  # fmt: skip


def test_files_that_contradict_each_other_prove_nothing(tmp_path: Path) -> None:
    sheets = {**SEMICOLONS, "settings": [["key", "value"], ["discount_rate", "0,03"]]}
    sheets["projects"] = [["id", "country", "stage", "capacity_tpa", "capex_m"], ["M1", "AU", "mine", "900", "300.5"]]
    assert [cell for cell, _ in faults(tmp_path / "book", sheets, ",")] == ["demand!B2", "demand!C2"]


def test_the_time_of_a_proposal_does_not_grow_with_the_text() -> None:
    """Longer texts than a number can have are not searched at all."""
    assert proposed_number("S" * (LONGEST + 1)) is None
    for text in ("S" * 10**6, "1" * 10**6, "(" * 10**6, "1,000" * 10**5, "1 " * 10**5):
        with pytest.raises(BadCell, match="characters long and not a number"):
            parse(PROJECT["capex_m"], text, Style())

"""The sheet `settings`: headers in three languages, keys with units, columns of units, and what stands beside them."""

from pathlib import Path
from typing import Any

import pytest
from support import books

from models.case import Case
from models.faults import InvalidInput
from optimizer.workbook.read import read

ROWS: list[list[Any]] = [["discount_rate", 0.03], ["total_budget_m", 1000], ["last_year", 2036]]


def case_of(tmp_path: Path, rows: list[list[Any]], form: str = "book.xlsx") -> Case:
    return read(books.write(tmp_path / form, {**books.small(), "settings": rows}))


def faults_of(tmp_path: Path, rows: list[list[Any]]) -> dict[str, str]:
    with pytest.raises(InvalidInput) as error:
        case_of(tmp_path, rows)
    return {f.cell: f.message for f in error.value.faults}


def told(case: Case, cell: str) -> str:
    return "; ".join(n.message for n in case.notices if n.cell == cell)


@pytest.mark.parametrize(
    "head", [("キー", "値"), ("設定項目", "設定値"), ("Schlüssel", "Wert"), ("Parameter", "Value"), ("Key", "Setting")]
)
def test_headers_in_other_words(tmp_path: Path, head: tuple[str, str]) -> None:
    settings = case_of(tmp_path, [list(head), *ROWS]).settings
    assert (settings.total_budget_m, settings.discount_rate, settings.last_year) == (1000, 0.03, 2036)


UNITS = [
    ("Total budget (USD bn)", 1, "each number times 1000, in USD"),
    ("total_budget_usd", 1e9, "each number divided by 1000000, in USD"),
    ("Gesamtbudget (Mio. USD)", 1000, "read as total_budget_m, in USD"),
    ("予算（百万ドル）", 1000, "is not a setting"),
]


@pytest.mark.parametrize(("key", "value", "message"), UNITS)
def test_units_of_keys_are_converted_or_refused(tmp_path: Path, key: str, value: float, message: str) -> None:
    rows = [["key", "value"], [key, value]]
    if "is not" in message:
        result = faults_of(tmp_path, rows)["settings!A2"]
        assert message in result
        assert "百万ドル" in result
        return
    case = case_of(tmp_path, rows)
    assert case.settings.total_budget_m == 1000
    assert message in told(case, "settings!A2")


def test_a_column_of_units_converts(tmp_path: Path) -> None:
    rows = [
        ["key", "value", "unit"],
        ["discount_rate", 3, "%"],
        ["total_budget_m", 1, "bn USD"],
        ["last_year", 2036, "-"],
    ]
    case = case_of(tmp_path, rows)
    assert (case.settings.discount_rate, case.settings.total_budget_m) == (0.03, 1000)
    assert "times 1000" in told(case, "settings!C3")


@pytest.mark.parametrize(
    ("rows", "cell", "message"),
    [
        ([["key", "value"], ["Total budget (JPY bn)", 150]], "settings!A2", "the unit is in JPY, and total_budget_m is in"),
        ([["key", "value"], ["total_budget_m (JPY bn)", 150]], "settings!A2", 'its unit "JPY bn" is unknown, ambiguous'),
        ([["key", "value", "unit"], ["total_budget_m", 1, "heaps"]], "settings!C2", 'its unit "heaps" is unknown'),
        ([["key", "value", "unit"], ["Budget (bn)", 1, "USD k"]], "settings!C2", "is not the unit of the key"),
        ([["key", "value"], ["discount_rate (%)", 0.03]], "settings!B2", "write 3 for 3 %"),
        ([["key", "value (USD bn)"], ["total_budget_m", 1]], "settings!B1", "write the unit into the key"),
        ([["key", "value"], ["Budget", 1000]], "settings!A2", "did you mean total_budget_m?"),
        ([["key", "value", "", "key", "value"], [*ROWS[0], "", *ROWS[1]]], "settings!D1", "a second table begins here"),
        ([["key", "value", "currency", "per_base"], [*ROWS[0], "AUD", 1.5]], "settings!C1", "a second table begins here"),
    ],
)  # fmt: skip
def test_what_is_not_certain_is_refused(tmp_path: Path, rows: list[list[Any]], cell: str, message: str) -> None:
    assert message in faults_of(tmp_path, rows)[cell]


def test_further_columns_and_section_rows_are_reported(tmp_path: Path) -> None:
    rows = [["key", "value", "high case"], ["MONEY", None, None], *[[*row, 7] for row in ROWS]]
    case = case_of(tmp_path, rows)
    assert case.settings.total_budget_m == 1000
    assert '"high case" is not read' in told(case, "settings!C3")
    assert "is not a setting and has no value" in told(case, "settings!A2")

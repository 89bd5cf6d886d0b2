"""Tables side by side, units in rows and titles, and total rows that are filled like the others."""

from pathlib import Path
from typing import Any

import pytest
from support import books

from models.case import Case
from models.faults import InvalidInput
from optimizer.workbook.read import read

DEMAND = books.small()["demand"]


def read_with(tmp_path: Path, **sheets: list[list[Any]]) -> Case:
    return read(books.write(tmp_path / "book.xlsx", {**books.small(), **sheets}))


def faults_of(tmp_path: Path, **sheets: list[list[Any]]) -> dict[str, str]:
    with pytest.raises(InvalidInput) as error:
        read_with(tmp_path, **sheets)
    return {f.cell: f.message for f in error.value.faults}


def beside(sheet: str, head: int, table: list[list[Any]], gap: int = 1) -> list[list[Any]]:
    """A sheet of the small book with another table to its right, header beside header."""
    rows = books.small()[sheet]
    width = max(map(len, rows))
    for number, cells in enumerate(table, head):
        rows += [[] for _ in range(number + 1 - len(rows))]
        rows[number] += [None] * (width + gap - len(rows[number])) + cells
    return rows


SECOND: list[tuple[tuple[str, int, int], list[list[Any]], str, str]] = [
    (("projects", 2, 1), [["id", "instrument", 2026], ["w2", "grant", 5]], "projects!W3", "columns W to Y"),
    (("projects", 2, 1), [["key", "value"], ["total_budget_m", 5]], "projects!W3", "columns W to X"),
    (("projects", 2, 1), [["currency", "per_base"], ["AUD", 1.6]], "projects!W3", "columns W to X"),
    (("demand", 0, 2), [["rule", "measure", "aggregate", "sense", "value"], ["r", "capex", "sum", "<=", 5]], "demand!G1", "G to K"),
    (("demand", 0, 0), [["stage", "material", 2028, 2035], ["magnet", None, 5, 6]], "demand!E1", "columns E to H"),
    (("existing", 0, 1), [["stage", 2030], ["mine", 5], ["magnet", 6], ["mine", 7]], "existing!G1", "columns G to H"),
]  # fmt: skip


@pytest.mark.parametrize(("place", "table", "cell", "columns"), SECOND)
def test_a_second_table_beside_the_first_is_one_fault(
    tmp_path: Path, place: tuple[str, int, int], table: list[list[Any]], cell: str, columns: str
) -> None:
    sheet, head, gap = place
    faults = faults_of(tmp_path, **{sheet: beside(sheet, head, table, gap)})
    assert list(faults) == [cell]
    assert columns in faults[cell]


def test_an_empty_column_within_a_table_does_no_harm(tmp_path: Path) -> None:
    rows = [[*row[:2], None, *row[2:]] for row in DEMAND]
    assert read_with(tmp_path, demand=rows).demand == read_with(tmp_path).demand


KT: list[list[Any]] = [["mine", None, 30, 40], ["separation", "NdPr", 4, 6]]


@pytest.mark.parametrize(
    ("rows", "first"),
    [([DEMAND[0], ["(unit)", None, "kt", "kt"], *KT], 3), ([[None, None, "(kt/yr)", "(kt/yr)"], DEMAND[0], *KT], 3)],
)
def test_a_row_of_units_converts_its_columns(tmp_path: Path, rows: list[list[Any]], first: int) -> None:
    case = read_with(tmp_path, demand=rows)
    assert [dict(r.years) for r in case.demand] == [{2028: 30000, 2035: 40000}, {2028: 4000, 2035: 6000}]
    assert [r.row for r in case.demand] == [first, first + 1]
    assert sum("times 1000" in n.message for n in case.notices if n.cell.startswith("demand!")) == 2


@pytest.mark.parametrize(
    "title", ["Demand in kt", "Demand (thousand tonnes)", "Unit: kt/yr", "単位：千トン", "Demand, kt"]
)
def test_a_title_with_another_unit_is_refused(tmp_path: Path, title: str) -> None:
    assert "write the unit into each header" in faults_of(tmp_path, demand=[[title], DEMAND[0], *KT])["demand!A1"]


@pytest.mark.parametrize(
    "title", ["Demand, t/yr", "Demand (as of June)", "Annex (b)", "Demand in 2030", "Demand by stage"]
)
def test_a_title_without_another_unit_does_no_harm(tmp_path: Path, title: str) -> None:
    plain, case = read_with(tmp_path), read_with(tmp_path, demand=[[title], *DEMAND])
    assert [r.years for r in case.demand] == [r.years for r in plain.demand]
    assert not [n for n in case.notices if n.cell == "demand!A1"]


TOTALS = [
    ("projects", ["TOTAL", "", "US", "mine", 27000, 1450], "projects!A7"),
    ("projects", ["t1", "Sum of all projects", "US", "mine", 27000, 1450], "projects!A7"),
    ("existing", ["ROW", "mine", "Subtotal", None, 240000], "existing!A4"),
    ("programmes", ["All programmes", "", "grant", *[None] * 7, 90100, 60100], "programmes!A4"),
]


@pytest.mark.parametrize(("sheet", "row", "cell"), TOTALS)
def test_a_filled_total_row_is_refused(tmp_path: Path, sheet: str, row: list[Any], cell: str) -> None:
    assert "looks like a total row: its" in faults_of(tmp_path, **{sheet: [*books.small()[sheet], row]})[cell]


def test_a_name_like_that_of_a_total_is_reported(tmp_path: Path) -> None:
    row = ["Total", "", "US", "mine", 1234, 77]
    case = read_with(tmp_path, projects=[*books.small()["projects"], row])
    assert len(case.projects) == 4
    assert any("looks like a total row and is read" in n.message for n in case.notices if n.cell == "projects!A7")


def test_an_unknown_unit_brings_no_faults_of_its_numbers(tmp_path: Path) -> None:
    sheets = books.small()
    sheets["projects"][2][5] = "Capex (JPY 100M)"
    for row in sheets["projects"][3:]:
        row[5] /= 100
    assert list(faults_of(tmp_path, projects=sheets["projects"])) == ["projects!F3"]


def test_a_missing_column_is_looked_for_among_the_others(tmp_path: Path) -> None:
    sheets = books.small()
    sheets["projects"][2][5] = "Initial capex"
    result = faults_of(tmp_path, projects=sheets["projects"])["projects!3:3"]
    assert 'is it "Initial capex" (projects!F3)?' in result


def with_units(*units: str | None) -> list[list[Any]]:
    return [[*row, unit] for row, unit in zip([DEMAND[0], *KT], ("unit", *units), strict=True)]


def test_a_column_of_units_converts_its_rows(tmp_path: Path) -> None:
    case = read_with(tmp_path, demand=with_units("kt", "kt"))
    assert [dict(r.years) for r in case.demand] == [{2028: 30000, 2035: 40000}, {2028: 4000, 2035: 6000}]
    assert sum("times 1000" in n.message for n in case.notices if n.cell == "demand!E2") == 2


@pytest.mark.parametrize("units", [("kt", "t"), ("kt", None)])
def test_rows_in_different_units_are_refused(tmp_path: Path, units: tuple[str | None, ...]) -> None:
    assert "convert the rows to one unit" in faults_of(tmp_path, demand=with_units(*units))["demand!E2"]


def test_a_column_of_our_units_changes_nothing(tmp_path: Path) -> None:
    rows = [[*row, unit] for row, unit in zip(DEMAND, ("unit", "t", "t/yr"), strict=True)]
    assert [r.years for r in read_with(tmp_path, demand=rows).demand] == [r.years for r in read_with(tmp_path).demand]


@pytest.mark.parametrize(
    "title",
    [
        "Amounts in thousands of USD",
        "Capacity in kt, money in USD m",
        "(US$ in thousands)",
        "All figures USD k unless stated",
        "ALL FIGURES IN US$ THOUSANDS OF 2026",
        "Amounts are kUSD (real)",
    ],
)
def test_titles_that_name_several_units_or_long_ones(tmp_path: Path, title: str) -> None:
    rows = [[title], *books.small()["projects"][1:]]
    assert "write the unit into each header" in faults_of(tmp_path, projects=rows)["projects!A1"]


@pytest.mark.parametrize("title", ["Angaben in T€", "Currency: AUD", "Project list, USD", "Einheit: Mio. EUR"])
def test_titles_with_a_currency_and_no_scale_are_reported(tmp_path: Path, title: str) -> None:
    case = read_with(tmp_path, projects=[[title], *books.small()["projects"][1:]])
    assert ["read in millions" in n.message for n in case.notices if n.cell == "projects!A1"] == [True]

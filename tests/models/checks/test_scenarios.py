"""Scenarios and risks that contradict themselves or change nothing, read from real cells."""

from pathlib import Path
from typing import Any

import pytest
from support import books

from models.case import Case
from models.faults import InvalidInput
from optimizer.workbook.read import read

SCENARIOS = ["scenario", "probability", "parameter", "where", "value", "from_year", "to_year"]
RISKS = ["where", "p_fail", "delay", "overrun", "overrun_sigma", "common", "source"]


def book(
    folder: Path,
    scenarios: list[list[Any]] | None = None,
    risks: list[list[Any]] | None = None,
    header: list[str] | None = None,
) -> Case:
    """A case of two plants and two programmes with these rows of scenarios and risks."""
    sheets: dict[str, list[list[Any]]] = {
        "projects": [
            ["id", "country", "stage", "sponsor", "capacity_tpa", "capex_m", "status"],
            ["a", "US", "mine", "Ada", 100, 50, "candidate"],
            ["b", "VN", "magnet", None, 40, 80, "underway"],
        ],
        "programmes": [["id", "instrument", "donor", "total_m", 2026], ["jp", "loan", "JP", None, 100], ["us", "grant", "US", 9, None]],
        "demand": [["stage", 2026, 2030], ["mine", 100, 100]],
        "existing": [["country", "stage", "name", "capacity_tpa"], ["AU", "mine", "Weld", 20]],
    }  # fmt: skip
    if scenarios is not None:
        sheets["scenarios"] = [SCENARIOS, *scenarios]
    if risks is not None:
        sheets["risks"] = [header or RISKS, *risks]
    return read(books.write(folder / "book.xlsx", sheets))


def faults(folder: Path, *rows: list[Any], risks: bool = False) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as error:
        book(folder, None if risks else list(rows), list(rows) if risks else None)
    return [(f.cell, f.message) for f in error.value.faults]


def warnings(case: Case, column: str | None) -> list[tuple[str, str]]:
    return [(n.cell, n.message) for n in case.notices if n.column == column]


def test_rows_are_read_in_the_order_of_the_sheet(tmp_path: Path) -> None:
    case = book(
        tmp_path,
        [
            ["war", None, "fails", "country=Vietnam", 1, 2027, None],
            ["slump", 0.25, "demand", "stage=mine", 0.8, 2027, 2029],
            ["slump", 0.25, "budget", "programme.donor=JP", 0, None, None],
            ["slump", None, "existing", "name=weld", 0.5, None, None],
            ["slump", None, "capex", "", 1.2, None, None],
        ],
        [["stage=mine", 0.1, "1:35; 0:65", 1.1, 0.2, "sponsor", "a study"], [None, 0.02, None, None, None, None, None]],
    )
    assert [(r.scenario, r.parameter, r.picks.projects) for r in case.scenarios] == [
        ("war", "fails", (("country", ("vn",)),)),
        ("slump", "demand", (("stage", ("mine",)),)),
        ("slump", "budget", (("donor", ("jp",)),)),
        ("slump", "existing", (("name", ("weld",)),)),
        ("slump", "capex", ()),
    ]
    assert [(r.p_fail, r.delay, r.common) for r in case.risks] == [
        (0.1, ((1, 35.0), (0, 65.0)), "sponsor"),
        (0.02, (), "project"),
    ]
    (messages,) = (m for c, m in warnings(case, None) if c == "scenarios")
    assert "2 scenarios; the remaining probability of 0.75 is that of `as planned`" in messages
    assert "`solve` plans for the workbook as planned (risk none)" in messages
    assert case.settings.contingency_m is None


@pytest.mark.parametrize(
    ("row", "cell", "words"),
    [
        (["As planned", None, "demand", "", 0.8], "scenarios!A2", "choose another name"),
        (["s", None, "delay_years", "", 1.5], "scenarios!E2", "not a whole number of years"),
        (["s", None, "delay_years", "", -1], "scenarios!E2", "not a whole number of years"),
        (["s", None, "fails", "", 0.5], "scenarios!E2", "write 1, not 0.5"),
        (["s", None, "fails", "", 1, 2027, 2028], "scenarios!G2", "leave the cell empty"),
        (["s", None, "demand", "", 0], "scenarios!E2", "above 0"),
        (["s", None, "capex", "", -0.3], "scenarios!E2", "a factor of 0 or more"),
        (["s", None, "capacity", "", 0.5, 2030, 2027], "scenarios!G2", "before from_year"),
        (["s", 1.5, "capacity", "", 0.5], "scenarios!B2", "more than 1"),
        (["s", None, "capacity", "stag=mine", 0.5], "scenarios!D2", "did you mean stage?"),
        (["s", None, "demand", "country=US", 0.5], "scenarios!D2", "is not a column"),
        (["s", None, "budget", "donor=US", 0.5], "scenarios!D2", "us has no envelope"),
        (["s", None, "prise", "", 0.5], "scenarios!C2", "did you mean price?"),
        (["s", None, "capacity", "", None], "scenarios!E2", "value is empty"),
    ],
)
def test_a_faulty_row_is_named_at_its_cell(tmp_path: Path, row: list[Any], cell: str, words: str) -> None:
    ((where, message),) = faults(tmp_path, row)
    assert where == cell
    assert words in message


def test_a_scenario_has_one_probability_and_all_have_one_at_most(tmp_path: Path) -> None:
    first, second = ["s", 0.5, "demand", "", 0.8], ["s", 0.6, "existing", "", 0.8]
    assert [c for c, _ in faults(tmp_path, first, second)] == ["scenarios!B3"]
    ((cell, message),) = faults(tmp_path, first, ["t", 0.6, "existing", "", 0.8])
    assert cell == "scenarios!B3"
    assert "add up to 1.1" in message
    book(tmp_path, [["s", 0.1, "demand", "", 0.8], ["t", 0.2, "demand", "", 0.9], ["u", 0.7, "demand", "", 0.7]])


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (["s", None, "price", "material=ndpr", 0.6], "parameter", "a price changes nothing"),
        (["s", None, "fails", "country=JP", 1], "where", '"country=JP" picks no project'),
        (["s", None, "demand", "stage=magnet", 0.6], "where", "picks no row of `demand`"),
        (["s", None, "budget", "donor=JP", 0.5, 2027], "value", "no money in these years"),
        (["s", None, "capacity", "", 0.5, 2045], "from_year", "after the last year 2030"),
        (["s", None, "capacity", "", 0.5, None, 2020], "to_year", "before the first year 2026"),
    ],
)
def test_a_row_without_effect_is_warned(tmp_path: Path, row: list[Any], column: str, words: str) -> None:
    messages = warnings(book(tmp_path, [row]), column)
    assert [words in message for _, message in messages] == [True]


@pytest.mark.parametrize(
    ("row", "cell", "words"),
    [
        (["", 40], "risks!B2", "did you mean 0.4?"),
        (["", 0.1, "0:50; 1:40"], "risks!C2", "add up to 90"),
        (["", 0.1, "0:0.5; 1:0.5"], "risks!C2", "write per cent"),
        (["", 0.1, "0:50; 0:50"], "risks!C2", "given twice"),
        (["", 0.1, "late"], "risks!C2", "0:25; 1:35; 2:25; 3:15"),
        (["", 0.1, 0.0174], "risks!C2", "format the cell as text"),
        (["", 0.1, None, 0], "risks!D2", "write 1.2 for 20 % more"),
        (["", 0.1, None, 1.2, 0.1, "owner"], "risks!F2", "is not one of project, sponsor"),
        (["programme.donor=US", 0.1], "risks!A2", "is not a column"),
    ],
)
def test_a_faulty_risk_is_named_at_its_cell(tmp_path: Path, row: list[Any], cell: str, words: str) -> None:
    ((where, message),) = faults(tmp_path, row, risks=True)
    assert where == cell
    assert words in message


def test_a_risk_that_no_project_takes_is_warned(tmp_path: Path) -> None:
    messages = warnings(book(tmp_path, None, [["", 0.1], ["stage=mine", 0.2], ["country=JP", 0.2]]), "where")
    assert [m.split(":")[0] for _, m in messages] == [
        "earlier rows take all the projects it picks",
        '"country=JP" picks no project',
    ]


def test_risks_need_no_column_but_one_of_theirs(tmp_path: Path) -> None:
    case = book(tmp_path, None, [[0.3], ["  "]], header=["p_fail"])
    assert [(r.where, r.p_fail) for r in case.risks] == [("", 0.3)]
    case = book(tmp_path, None, [[0.3, "x"], [None, "only words"]], header=["p_fail", "source"])
    assert [(r.where, r.p_fail) for r in case.risks] == [("", 0.3)]

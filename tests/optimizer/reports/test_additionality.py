"""What reports say of projects that go ahead without support: terminal, page, workbook, gaps, comparison."""

import io
from pathlib import Path

import openpyxl
import pytest
from support.books import write
from support.cases import book, plant
from support.commandline import mine2magnet
from support.tables import Book, case, sheets

from models.case import Case
from models.gaps import gaps
from models.plan import Plan
from optimizer.analysis.risk import solve
from optimizer.plan_folder.compare import Run, compare
from optimizer.reports.additionality import additionality
from optimizer.reports.case_summary import modelled
from optimizer.reports.compare.text import heads
from optimizer.reports.gaps.formats import FORMATS
from optimizer.reports.plan_page import page_text
from optimizer.reports.plan_workbook import book_bytes
from optimizer.workbook.read import read


def world() -> Book:
    """a is financed although it comes in 2028, c comes in 2027 and is left out."""
    projects = [
        plant("a", 50, 10, unaided_fid=2028, status="committed"),
        plant("b", 40, 10),
        plant("c", 5, 90, unaided_fid=2027),
    ]
    return book(projects, 20, objective="coverage", demand=[{"stage": "mine", 2026: 100}], last_year=2029)


@pytest.fixture(scope="module")
def solved() -> tuple[Case, Plan]:
    mine = case(world())
    return mine, solve(mine, gap=0)


def test_the_sentences_name_money_tonnes_and_projects(solved: tuple[Case, Plan]) -> None:
    first, second = additionality(*solved)
    assert first == (
        "Deadweight: 5 M USD of the budget cost supports output that would have come anyway by 2029 (100 t of mine; a)."
    )
    assert second == "Goes ahead without support: c in 2027."
    assert "2 that go ahead without support" in " ".join(modelled(solved[0]))


def test_books_without_the_column_say_nothing() -> None:
    mine = case(book([plant("a", 50, 10)]))
    assert additionality(mine, solve(mine)) == []


def test_page_and_workbook_show_it(solved: tuple[Case, Plan]) -> None:
    page = page_text(*solved)
    assert "supports output that would have come anyway by 2029" in page
    assert "it goes ahead without support in 2027" in page
    result = openpyxl.load_workbook(io.BytesIO(book_bytes(*solved)), read_only=True)
    rows = {name: list(result[name].iter_rows(values_only=True)) for name in ("Plan", "Capacity")}
    deadweight = rows["Plan"][0].index("Deadweight\n(t)")
    assert [r[deadweight] for r in rows["Plan"][1:3]] == [100, None]
    unaided = rows["Capacity"][0].index("Without support\n(t/yr)")
    assert [r[unaided] for r in rows["Capacity"][1:5]] == [0, 5, 5, 5]


def test_gaps_and_comparison_show_it(solved: tuple[Case, Plan]) -> None:
    mine, plan = solved
    text = FORMATS["csv"](mine, gaps(mine, plan)).decode()
    assert text.splitlines()[0].endswith(",unaided_t")
    compared = compare(Run("one", mine, plan), Run("two", mine, plan))
    assert compared.plans[0].deadweight_m == 5
    assert all("deadweight 5 M" in line for line in heads(compared))


def test_the_column_is_read_with_its_cell(tmp_path: Path) -> None:
    path = write(tmp_path / "book.xlsx", sheets(world()))
    assert {p.id: p.unaided_fid for p in read(path).projects} == {"a": 2028, "b": None, "c": 2027}


def test_explain_says_when_a_financed_project_would_come_by_itself(tmp_path: Path) -> None:
    path = write(tmp_path / "book.xlsx", sheets(world()))
    output = mine2magnet("explain", path, "a", cwd=tmp_path, check=0).stdout
    assert "Without support it would go ahead in 2028" in output

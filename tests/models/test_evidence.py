"""How old the numbers are: dates of rows against the setting, one warning for all, and what the reports say."""

import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from support.books import write
from support.cases import book, grant, plant
from support.tables import case, sheets

from models import checks
from models.case import Case
from models.evidence import is_stale, oldest_fresh
from models.faults import InvalidInput
from models.schema import Settings
from optimizer.analysis.risk import solve
from optimizer.reports.data_confidence import sureness
from optimizer.reports.plan_workbook import write_book
from optimizer.reports.tables.sources import source_table
from optimizer.workbook.date_cells import CURE
from optimizer.workbook.overrides import Overrides
from optimizer.workbook.read import read

DAY = datetime.date


def aged(**settings: Any) -> Case:
    """18 months before 2026: July 2024. Of the projects one is old and one is of that very day; the grant is older."""
    projects = [
        plant("a", 50, 10, as_of=DAY(2024, 6, 30)),
        plant("b", 40, 10, as_of=DAY(2024, 7, 1)),
        plant("c", 40, 10),
    ]
    return case(book(projects, None, programmes=[grant(uncapped="yes", as_of=DAY(2012, 5, 1))], **settings))


@pytest.mark.parametrize(
    ("today", "months", "first"),
    [
        (None, 18, DAY(2024, 7, 1)),
        (DAY(2026, 3, 31), 1, DAY(2026, 2, 28)),
        (DAY(2024, 2, 29), 12, DAY(2023, 2, 28)),
        (DAY(2026, 3, 31), 0, DAY(2026, 3, 31)),
        (DAY(2026, 1, 1), 12 * 3000, DAY.min),
    ],
)
def test_age_is_counted_back_from_today(today: DAY | None, months: int, first: DAY) -> None:
    assert oldest_fresh(Settings(price_year=2026, today=today, stale_after_months=months)) == first


def test_all_old_rows_are_one_warning_at_the_oldest() -> None:
    mine = aged()
    assert [p.id for p in mine.projects if is_stale(mine, p)] == ["a"]
    faults, warnings = checks.check(mine)
    (warning,) = [w for w in warnings if w.column == "as_of"]
    assert not faults
    assert "1 of 2 dated rows of projects and 1 of 1 dated rows of programmes" in warning.message
    assert "the oldest is of 2012-05-01" in warning.message
    assert not [w for w in checks.check(aged(stale_after_months=400))[1] if w.column == "as_of"]


def test_reports_date_their_sources_and_call_no_word_a_probability(tmp_path: Path) -> None:
    mine = aged()
    plan = solve(mine)
    assert "not a probability; it decides nothing" in sureness(mine, plan)
    assert "1 of 2 dated rows is older than 18 months" in sureness(mine, plan)
    table = source_table(mine, plan)
    at = [c.label for c in table.columns].index("as of")
    assert {r[1]: r[at] for r in table.rows} == {
        "a": "2024-06-30, old",
        "b": "2024-07-01",
        "c": "",
        "aid": "2012-05-01, old",
    }
    write_book(mine, plan, tmp_path / "plan.xlsx")
    head, *rows = openpyxl.load_workbook(tmp_path / "plan.xlsx")["Sources"].iter_rows(values_only=True)
    cells = {r[head.index("Id")]: (r[head.index("As of")], r[head.index("Old")]) for r in rows}
    assert cells["a"] == ("2024-06-30", "yes")
    assert cells["b"] == ("2024-07-01", "no")
    assert cells["aid"] == ("2012-05-01", "yes")


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (datetime.datetime(2025, 11, 15), DAY(2025, 11, 15)),  # noqa: DTZ001 - a cell has no time zone
        ("2025-11-15", DAY(2025, 11, 15)),
        ("2025-11", DAY(2025, 11, 1)),
        ("Nov 2025", DAY(2025, 11, 1)),
        ("15 November 2025", DAY(2025, 11, 15)),
        (2025, DAY(2025, 1, 1)),
        (None, None),
    ],
)
def test_dates_are_read_as_people_write_them(tmp_path: Path, cell: Any, day: DAY | None) -> None:
    content = sheets(book([plant("a", 50, 10, as_of="?")]))
    content["projects"][1][content["projects"][0].index("as_of")] = cell
    assert read(write(tmp_path / "book.xlsx", content)).projects[0].as_of == day


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("03/04/2025", "does not tell day from month"),
        ("15/11/2025", "did you mean 2025-11-15?"),
        ("2025-02-30", "no day of the calendar"),
        ("last year", CURE),
        (45976, "did you mean 2025-11-15?"),
        ("0001-01-01", "not a date from 1950"),
    ],
)
def test_what_has_two_meanings_or_none_is_a_fault_with_its_cure(tmp_path: Path, cell: Any, says: str) -> None:
    content = sheets(book([plant("a", 50, 10, as_of="?")]))
    content["projects"][1][content["projects"][0].index("as_of")] = cell
    with pytest.raises(InvalidInput) as refused:
        read(write(tmp_path / "book.xlsx", content))
    assert says in refused.value.faults[0].message


def test_today_is_a_setting_and_an_option(tmp_path: Path) -> None:
    path = write(tmp_path / "book.xlsx", sheets(book([plant("a", 50, 10, as_of="2025-06")], today="2026-03-31")))
    assert read(path).settings.today == DAY(2026, 3, 31)
    later = Overrides(settings={"today": ("2027-01-01", "--set")})
    assert any("older than 18 months on 2027-01-01" in n.message for n in read(path, overrides=later).notices)

"""Solves with different numbers of threads in one process: each is done, whichever came before."""

from pathlib import Path

import pytest
from support import books

from optimizer import read, solve

SHEETS: books.Sheets = {
    "projects": [
        ["id", "country", "stage", "capacity_tpa", "capex_m", "private_share"],
        ["ridge", "US", "mine", 300, 100, 0.5],
        ["creek", "AU", "mine", 200, 80, 0.5],
    ],
    "programmes": [["id", "instrument", "max_share", "2026"], ["aid", "grant", 0.6, 50]],
    "demand": [["stage", "2026", "2030"], ["mine", 500, 600]],
}


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return books.write(tmp_path / "small.xlsx", SHEETS)


@pytest.mark.parametrize("order", [(1, 2, 1), (2, 1, 2)])
def test_any_number_of_threads_gives_the_plan(book: Path, order: tuple[int, ...]) -> None:
    case = read(book)
    for threads in order:
        assert [p.id for p in solve(case, threads=threads).projects] == ["ridge"]

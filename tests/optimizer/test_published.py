"""Published multi-period capital budgeting: outlays over ten years, no carry-over, nothing spent in some years."""

from pathlib import Path

import pytest
from books import write_xlsx

from optimizer.solve import solve
from optimizer.workbook import read

PROFITS = (100, 600, 1200, 2400, 500, 2000)
OUTLAYS = (
    (8, 12, 13, 64, 22, 41),
    (8, 12, 13, 75, 22, 41),
    (3, 6, 4, 18, 6, 4),
    (5, 10, 8, 32, 6, 12),
    (5, 13, 8, 42, 6, 20),
    (5, 13, 8, 48, 6, 20),
    (0, 0, 0, 0, 8, 0),
    (3, 0, 4, 0, 8, 0),
    (3, 2, 4, 0, 8, 4),
    (3, 2, 4, 8, 8, 4),
)
BUDGETS = (80, 96, 20, 36, 44, 48, 10, 18, 22, 24)
OPTIMUM = 3800
"""C. C. Petersen (1967), Computational experience with variants of the Balas algorithm applied to the selection of R&D
projects, Management Science 13(9), problem 1; the optimum as in Beasley's OR-Library, mknap1."""


def petersen(path: Path) -> Path:
    """The problem as a workbook: a project's profit is its capacity, delivered at once; all decisions in 2026."""
    years = list(range(2026, 2036))
    names = [f"r{k}" for k in range(len(PROFITS))]
    projects = [["id", "country", "stage", "capacity_tpa", "capex_m", "build_years", "latest_fid"]]
    outlays: list[list[object]] = [["id", *(f"year_{k}" for k in range(10))]]
    for n, name in enumerate(names):
        spent = [row[n] for row in OUTLAYS]
        projects.append([name, "US", "mine", PROFITS[n], sum(spent), 0, 2026])
        outlays.append([name, *spent])
    sheets = {
        "projects": projects,
        "outlays": outlays,
        "programmes": [["id", "instrument", *years], ["budget", "grant", *BUDGETS]],
        "settings": [
            ["key", "value"],
            ["first_year", 2026],
            ["last_year", 2035],
            ["objective", "capacity"],
            ["budget_basis", "outlay"],
        ],
    }
    write_xlsx(path, sheets)
    return path


def test_petersen_1967_gives_its_published_optimum_with_the_bound(tmp_path: Path) -> None:
    plan = solve(read(petersen(tmp_path / "petersen.xlsx")), gap=0.0)
    assert plan.objective.value == pytest.approx(OPTIMUM, abs=1e-6)
    assert plan.objective.bound == pytest.approx(OPTIMUM, abs=1e-6)
    assert plan.status == "optimal"


def test_a_year_without_money_lets_no_project_through_that_spends_in_it(tmp_path: Path) -> None:
    book = petersen(tmp_path / "petersen.xlsx")
    case = read(book)
    (programme,) = case.programmes
    shut = programme.model_copy(update={"envelopes": {**programme.envelopes, 2032: 0.0}})
    chosen = {p.id for p in solve(case.with_(programmes=(shut,)), gap=0.0).projects}
    assert "r4" not in chosen, "only r4 spends in the seventh year"
    assert chosen

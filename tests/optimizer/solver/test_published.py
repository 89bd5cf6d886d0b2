"""Published multi-period capital budgeting: outlays over two to thirty years, no carry-over, nothing in some years.

The problems are in `published/`, in the format of Beasley's OR-Library: how many, then for each projects, years and the
published optimum, the present values, the outlays year by year, the budgets.

- lorie_savage: J. H. Lorie and L. J. Savage (1955), Three problems in rationing capital, Journal of Business 28(4), the
  nine investments; solved in H. M. Weingartner (1963), Mathematical Programming and the Analysis of Capital Budgeting
  Problems (70.27 where projects may be split, 70 where not).
- petersen: C. C. Petersen (1967), Computational experience with variants of the Balas algorithm applied to the selection
  of R&D projects, Management Science 13(9), problems 1 to 7 (OR-Library mknap1).
- weingartner: H. M. Weingartner and D. N. Ness (1967), Methods for the solution of the multidimensional 0/1 knapsack
  problem, Operations Research 15(1), problems 1 to 8 (OR-Library mknap2).
- senju_toyoda: S. Senju and Y. Toyoda (1968), An approach to linear programming with 0-1 variables, Management Science
  15(4), problems 1 and 2 (OR-Library mknap2).
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import highspy
import pytest
from support.books import write_xlsx

from models.plan import Plan
from optimizer.analysis.risk import solve
from optimizer.workbook.read import read

FOLDER = Path(__file__).parent / "published"
FIRST = 2026


@dataclass(frozen=True)
class Problem:
    """Present values, outlays `[year][project]`, budgets of the years, and the published optimum."""

    name: str
    values: Sequence[float]
    outlays: Sequence[Sequence[float]]
    budgets: Sequence[float]
    optimum: float = 0.0


def published() -> Iterator[Problem]:
    for path in sorted(FOLDER.glob("*.txt")):
        numbers = map(float, path.read_text().split())
        for k in range(1, int(next(numbers)) + 1):
            projects, years, optimum = int(next(numbers)), int(next(numbers)), next(numbers)
            values = [next(numbers) for _ in range(projects)]
            outlays = [[next(numbers) for _ in range(projects)] for _ in range(years)]
            yield Problem(f"{path.stem}-{k}", values, outlays, [next(numbers) for _ in range(years)], optimum)
        assert next(numbers, None) is None, f"{path.name} has more numbers than its problems"


PROBLEMS = {p.name: p for p in published()}


def bare(p: Problem, *, carried: bool = False, split: bool = False) -> float:
    """The optimum by the solver alone, from the numbers of the problem."""
    h = highspy.Highs()
    h.silent()
    h.setOptionValue("mip_rel_gap", 0.0)
    x = [h.addVariable(0, 1) if split else h.addBinary() for _ in p.values]
    rows, budgets = p.outlays, p.budgets
    if carried:
        rows = list(accumulate(rows, lambda a, b: [m + n for m, n in zip(a, b, strict=True)]))
        budgets = list(accumulate(budgets))
    for row, budget in zip(rows, budgets, strict=True):
        if any(row):
            h.addConstr(h.qsum(a * v for a, v in zip(row, x, strict=True) if a) <= budget)
    h.maximize(h.qsum(c * v for c, v in zip(p.values, x, strict=True)))
    return float(h.getObjectiveValue())


def workbook(path: Path, p: Problem, *, programme: dict[str, object] | None = None, private: float = 0.0) -> Path:
    """The problem as a workbook: the present value is the capacity, delivered at once; all decisions in the first year.
    Years without an outlay or a budget are empty cells."""
    given = {"instrument": "grant", **(programme or {})}
    scale = 1 - private if given.get("limit_on") == "face" else (1 - private) * float(str(given.get("cost_rate", 1)))
    years = range(len(p.budgets))
    projects: list[list[object]] = [
        ["id", "country", "stage", "capacity_tpa", "capex_m", "private_share", "build_years", "life_years"]
    ]
    outlays: list[list[object]] = [["id", *(f"year_{k}" for k in years)]]
    for n, value in enumerate(p.values):
        spent = [row[n] for row in p.outlays]
        projects.append([f"r{n:03}", "US", "mine", value, sum(spent), private, 0, len(years) + 1])
        outlays.append([f"r{n:03}", *(m or None for m in spent)])
    envelopes = [m * scale or None for m in p.budgets]
    sheets = {
        "projects": projects,
        "outlays": outlays,
        "programmes": [["id", *given, *(FIRST + k for k in years)], ["budget", *given.values(), *envelopes]],
        "settings": [
            ["key", "value"],
            ["first_year", FIRST],
            ["last_year", FIRST + len(years) - 1],
            ["last_fid_year", FIRST],
            ["objective", "capacity"],
            ["budget_basis", "outlay"],
        ],
    }
    write_xlsx(path, sheets)
    return path


def assert_proved(plan: Plan, optimum: float) -> None:
    assert plan.objective.value == pytest.approx(optimum, rel=0, abs=1e-6)
    assert plan.objective.bound == pytest.approx(optimum, rel=0, abs=1e-6)
    assert plan.objective.gap == 0
    assert plan.status == "optimal"
    assert plan.audit is not None
    assert plan.audit.passed


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_published_problem_gives_its_optimum_with_the_bound(name: str, tmp_path: Path) -> None:
    p = PROBLEMS[name]
    assert bare(p) == pytest.approx(p.optimum, rel=0, abs=1e-6)
    assert_proved(solve(read(workbook(tmp_path / "book.xlsx", p)), gap=0.0), p.optimum)


def test_the_nine_investments_are_those_that_weingartner_solved() -> None:
    assert bare(PROBLEMS["lorie_savage-1"], split=True) == pytest.approx(70.27, abs=0.005)


@pytest.mark.parametrize(
    "programme",
    [
        {"instrument": "loan", "cost_rate": 0.25},
        {"instrument": "loan", "cost_rate": 0.1, "limit_on": "face"},
        {"instrument": "guarantee", "cost_rate": 0.05, "limit_on": "cost", "max_share": 0.5},
    ],
    ids=["cost of loans", "face of loans", "cost of guarantees"],
)
@pytest.mark.parametrize("name", ["petersen-2", "petersen-7", "weingartner-1"])
def test_the_optimum_is_the_same_whatever_the_instrument(
    name: str, programme: dict[str, object], tmp_path: Path
) -> None:
    book = workbook(tmp_path / "book.xlsx", PROBLEMS[name], programme=programme, private=0.5)
    assert_proved(solve(read(book), gap=0.0), PROBLEMS[name].optimum)


@pytest.mark.parametrize("carried", [False, True])
def test_thirty_years_with_empty_years_and_empty_budgets(carried: bool, tmp_path: Path) -> None:
    rng = random.Random(30 + carried)
    outlays = [[rng.choice((0, 0, rng.randint(1, 60))) for _ in range(25)] for _ in range(30)]
    for row in outlays[7:30:9]:
        row[:] = [0] * 25
    values = [sum(row[n] for row in outlays) * rng.randint(8, 12) / 10 for n in range(25)]
    budgets = [round(sum(row) * rng.choice((0.4, 0.5, 0.6))) for row in outlays]
    budgets[3] = 0
    p = Problem("thirty years", values, outlays, budgets)
    book = workbook(tmp_path / "book.xlsx", p, programme={"carry_over": "yes" if carried else "no"})
    optimum = bare(p, carried=carried)
    assert 0 < optimum < sum(values)
    assert_proved(solve(read(book), gap=0.0), optimum)


def test_a_year_without_money_lets_no_project_through_that_spends_in_it(tmp_path: Path) -> None:
    case = read(workbook(tmp_path / "petersen.xlsx", PROBLEMS["petersen-1"]))
    (programme,) = case.programmes
    shut = programme.model_copy(update={"envelopes": {**programme.envelopes, 2032: 0.0}})
    chosen = {p.id for p in solve(case.with_(programmes=(shut,)), gap=0.0).projects}
    assert "r004" not in chosen, "only the fifth project spends in the seventh year"
    assert chosen

"""`requested_m`: an amount asked for stands for the private share that it leaves."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from support import books as workbooks
from support.checkbook import at, book, cells, project
from support.oracle_rules import needed
from support.repeatable import same_books
from support.strategies import books
from support.tables import Book, case

from models.audit.projects import need as audited_need
from models.checks import check
from models.schema import Project
from models.sets import private_share
from models.terms import need
from optimizer.analysis.risk import solve
from optimizer.errors import Infeasible
from optimizer.workbook.read import read


def asking(row: dict[Any, Any]) -> dict[Any, Any]:
    """A project's row with the amount that its private share leaves open in place of the share."""
    rest = {key: value for key, value in row.items() if key != "private_share"}
    open_ = row["capex_m"] * (1 - row.get("private_share", 0)) - row.get("secured_m", 0)
    return rest | {"requested_m": max(0, open_)}


def value(given_book: Book) -> float | None:
    try:
        plan = solve(case(given_book), gap=0)
    except Infeasible:
        return None
    return plan.objective.value - plan.objective.penalty


@settings(same_books, max_examples=4, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(books())
def test_an_amount_asked_for_gives_the_plan_of_its_private_share(given_book: Book) -> None:
    asked = {**given_book, "projects": [asking(row) for row in given_book["projects"]]}
    assert value(asked) == pytest.approx(value(given_book), abs=1e-6)


@pytest.mark.parametrize(
    ("given_row", "needed_m", "share"),
    [
        ({"capex_m": 80, "requested_m": 20}, 20, 0.75),
        ({"capex_m": 80, "requested_m": 20, "secured_m": 20}, 20, 0.5),
        ({"capex_m": 80, "requested_m": 90, "secured_m": 20}, 60, 0),
        ({"capex_m": 80, "requested_m": 20, "secured_m": 100}, 0, 0),
        ({"capex_m": 80, "requested_m": 0}, 0, 1),
    ],
)
def test_need_in_program_audit_and_oracle(given_row: dict[str, Any], needed_m: float, share: float) -> None:
    row = Project(row=0, **project("a", **given_row))
    assert (need(row), float(audited_need(row)), needed(row)) == (needed_m, needed_m, needed_m)
    assert private_share(row) == share


def test_it_converts_as_capital_cost_and_is_read_as_a_share_by_rules(tmp_path: Path) -> None:
    sheets = workbooks.small()
    sheets["projects"][2][8] = "requested_m"
    for row in sheets["projects"][3:]:
        row[8] = row[5] / 4
    rows = {p.id: p for p in read(workbooks.write(tmp_path / "book.xlsx", sheets)).projects}
    ridge = rows["ridge"]
    assert ridge.requested_m == pytest.approx(ridge.capex_m / 4)
    assert ridge.private_share == pytest.approx(1 - (ridge.secured_m + need(ridge)) / ridge.capex_m)
    assert rows["delta"].private_share == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("share", "places"), [(0.75, []), (0.753, []), (0.74, [at("projects", 2, "requested_m")]), (None, [])]
)
def test_both_in_a_row_must_agree(share: float | None, places: list[str]) -> None:
    more = {} if share is None else {"private_share": share}
    faults, _ = check(book(projects=[project("a", capex_m=80, requested_m=20, **more)]))
    assert cells(faults) == places


def test_an_amount_beyond_the_capital_cost_is_cut_and_reported() -> None:
    faults, warnings = check(book(projects=[project("a", capex_m=80, requested_m=100)]))
    assert faults == []
    assert [w.cell for w in warnings if "asks for more" in w.message] == [at("projects", 2, "requested_m")]

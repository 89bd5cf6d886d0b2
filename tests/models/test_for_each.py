"""Rules that hold for every value of a column by itself."""

from pathlib import Path
from typing import Any

import pytest
from support import books
from support.cases import book, grant, plant, rule
from support.tables import case, sheets

from models.faults import InvalidInput
from models.for_each import expanded
from optimizer.analysis.risk import solve
from optimizer.workbook.read import read

PLANTS = [
    plant("a", 100, 10, country="AU"),
    plant("b", 90, 10, country="AU"),
    plant("c", 80, 10, country="US"),
    plant("d", 70, 10, country="CN", status="barred"),
]


def capped(**more: Any) -> Any:
    return book(PLANTS, rules=[rule("count", "sum", "<=", 1, for_each="country") | more])


def test_one_rule_a_value_of_the_candidates() -> None:
    world = expanded(case(capped()))
    assert [r.rule for r in world.rules] == ["floor, AU", "floor, US"]
    assert {p.id for p in solve(world, gap=0).projects} == {"a", "c"}


def test_where_narrows_the_values() -> None:
    world = expanded(case(capped(where="country=US")))
    assert [r.rule for r in world.rules] == ["floor, US"]
    assert len(solve(world, gap=0).projects) == 3


def test_each_donor_by_itself() -> None:
    # Each of two treasuries gives 10 M at most: two plants of 10 M.
    programmes = [grant("x", donor="US", total_m=100), grant("y", donor="JP", total_m=100)]
    world = book(PLANTS, None, programmes=programmes, rules=[rule("award", "sum", "<=", 10, for_each="donor")])
    plan = solve(expanded(case(world)), gap=0)
    assert len(plan.projects) == 2
    assert [r.rule for r in plan.rules] == ["floor, JP", "floor, US"]


def test_read_from_a_file(tmp_path: Path) -> None:
    world = read(books.write(tmp_path / "each.xlsx", sheets(capped())))
    assert [(r.rule, r.for_each) for r in world.rules] == [("floor, AU", None), ("floor, US", None)]


def test_donors_do_not_tell_projects_apart(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(books.write(tmp_path / "each.xlsx", sheets(capped(for_each="donor"))))
    assert [
        fault.message for fault in caught.value.faults if "count is not paid by donors: choose award" in fault.message
    ]


def test_an_unknown_column_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        read(books.write(tmp_path / "each.xlsx", sheets(capped(for_each="contry"))))
    assert any("did you mean country" in fault.message for fault in caught.value.faults)

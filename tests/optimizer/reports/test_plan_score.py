"""The plan score in words."""

import pytest
from support.cases import book, plant
from support.tables import case

from optimizer.analysis.risk import solve
from optimizer.reports.plan_score import score

DEMAND = [{"stage": "mine", "weight": 0.5, 2026: 100}, {"stage": "mine", "material": "dy", 2026: 10}]


@pytest.mark.parametrize(("objective", "told"), [("coverage", True), ("bottleneck", False)])
def test_the_weights_that_the_workbook_gives_stand_with_the_score(objective: str, told: bool) -> None:
    """The row without a weight has that of its stage over the two rows of the stage."""
    world = case(book([plant("a", 50, 10, share_dy=0.1)], 10, objective=objective, demand=DEMAND))
    message = score(world, solve(world, gap=0))
    assert message.startswith("plan score 50.0 of 100 points")
    assert message.endswith(", weights of the demand: mines 0.5, mines (Dy) 0.5") is told


def test_a_book_without_weights_says_nothing_of_them() -> None:
    world = case(book([plant("a", 50, 10)], 10, objective="coverage", demand=[{"stage": "mine", 2026: 100}]))
    assert score(world, solve(world, gap=0)) == "plan score 50.0 of 100 points, 0 without the plan"

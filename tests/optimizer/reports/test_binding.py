"""What binds, and what stays unspent and why."""

import pytest
from support.cases import book, plant
from support.tables import case

from optimizer.reports.binding import lines
from optimizer.solver.solve import solve


@pytest.mark.parametrize(
    ("costs", "budget", "told"),
    [
        ((60, 60), 60, "Unspent: nothing of 60 M."),
        ((60, 60), 130, "Unspent: 10 of 130 M; every candidate is financed."),
        ((60, 60), 70, "Unspent: 10 of 70 M; the outbid project needs more than is left, the nearest 50 M more (b in 2026)."),
    ],
)  # fmt: skip
def test_what_is_unspent_and_why(costs: tuple[float, float], budget: float, told: str) -> None:
    drawn = case(book([plant("a", 100, costs[0]), plant("b", 90, costs[1])], budget))
    assert lines(drawn, solve(drawn, gap=0))[1] == told


def test_what_binds_is_named() -> None:
    drawn = case(book([plant("a", 100, 60), plant("b", 90, 60)], 60))
    assert lines(drawn, solve(drawn, gap=0))[0] == "Binding: total budget."
    ample = case(book([plant("a", 100, 60)], 100))
    assert lines(ample, solve(ample, gap=0))[0] == "Binding: no envelope and no rule."

"""What binds, and what stays unspent and why."""

import pytest
from support.cases import book, plant, rule
from support.tables import case

from optimizer.analysis.risk import solve
from optimizer.reports.binding import lines
from optimizer.reports.rule_sentences import not_met, requirement


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


def test_a_binding_rule_is_named_in_words() -> None:
    drawn = case(book([plant("a", 100, 60), plant("b", 90, 60)], 500, rules=[rule("count", "sum", "<=", 1)]))
    assert lines(drawn, solve(drawn, gap=0))[0] == "Binding: rule floor (at most 1 project)."


def test_a_soft_rule_that_is_not_met_is_named_in_words_with_its_price() -> None:
    cap = rule("count", "sum", "<=", 1, hard="no", penalty=5)
    drawn = case(book([plant("a", 100, 60), plant("b", 90, 60)], 500, rules=[cap]))
    assert not_met(drawn, solve(drawn, gap=0)) == ["Rule floor (at most 1 project): 2 (not met, which costs 5 t/yr)."]


def test_a_column_of_the_workbook_in_a_rule_is_told_in_words() -> None:
    world = case(book([plant("a", 100, 60)], 500, rules=[rule("capacity_tpa", "each", ">=", 50)]))
    assert requirement(world, world.rules[0]) == "Capacity of each project at least 50 t/yr"

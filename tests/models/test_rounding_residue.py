"""Comparisons at the edge of a number's precision: program, plan and audit say the same."""

import pytest
from support.cases import book, grant, plant, rule
from support.tables import case

from optimizer.analysis.risk import solve


@pytest.mark.parametrize("scale", [1e-4, 0.01, 1, 1000])
def test_a_cap_on_joint_projects_holds_for_money_of_any_size(scale: float) -> None:
    """Two of three plants need both donors; only one may have them. The American 150 pay for half of each plant."""
    plants = [plant(name, tonnes, 100 * scale) for name, tonnes in (("a", 10), ("b", 20), ("c", 30))]
    donors = [grant("us", total_m=250 * scale, max_share=0.5), grant("jp", donor="JP", total_m=150 * scale)]
    rules = [rule("joint", "sum", "<=", 1, weight="count")]
    plan = solve(case(book(plants, None, programmes=donors, rules=rules)), gap=0.0)
    assert {p.id for p in plan.projects} == {"b", "c"}
    assert plan.rules[0].value == 1


def test_a_share_of_no_private_money_is_a_share_of_nothing() -> None:
    """All capital cost is public: what is left of it is a rounding residue, and no private money."""
    plants = [plant("a", 10, 69.8, secured_m=5.2), plant("b", 20, 42.9, country="JP")]
    rules = [rule("private", "share", "<=", 0.2, where="country=US")]
    plan = solve(case(book(plants, None, programmes=[grant("us", total_m=500)], rules=rules)), gap=0.0)
    assert len(plan.projects) == 2
    assert sum(p.private_m for p in plan.projects) == pytest.approx(0, abs=1e-9)
    assert plan.rules[0].value is None
    assert plan.rules[0].holds

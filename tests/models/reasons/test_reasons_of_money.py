"""Why projects that must pay at their prices are left out: the linear program of what is unspent, in both readers."""

import random
from decimal import Decimal
from math import inf
from typing import Any

import highspy
import numpy as np
import pytest
from support.cases import book, grant, plant
from support.oracle_money import AwardRow, _minimize
from support.tables import Book, case

from models import checks
from models.audit import audit
from models.audit.largest_part import most
from models.market_rows import market_rows
from models.plan import NotFinanced
from models.reasons.small_lp import largest
from models.sets import Sets
from optimizer.analysis.infeasibility import repairs
from optimizer.analysis.risk import solve


@pytest.mark.parametrize("seed", range(12))
def test_both_programs_equal_a_solver(seed: int) -> None:
    draw = random.Random(seed)
    columns, count = draw.randint(1, 5), draw.randint(1, 6)
    costs = [draw.choice((0.0, 1.0, 2.5)) for _ in range(columns)]
    rows = [[draw.choice((-1.0, 0.0, 0.5, 1.0, 3.0)) for _ in range(columns)] for _ in range(count)]
    limits = [draw.choice((0.0, 1.0, 7.0)) for _ in range(count)]
    rows += [[float(n == k) for k in range(columns)] for n in range(columns)]
    limits += [10.0] * columns
    spans = [(0.0, highspy.kHighsInf)] * columns
    solved = _minimize(
        -np.array(costs), spans, [AwardRow("", dict(enumerate(r)), high=b) for r, b in zip(rows, limits, strict=True)]
    )
    assert solved is not None
    assert largest(costs, rows, limits) == pytest.approx(-solved[0], abs=1e-9)
    exact = most(
        {f"x{n}": Decimal(c) for n, c in enumerate(costs)},
        [({f"x{n}": Decimal(a) for n, a in enumerate(r)}, Decimal(b)) for r, b in zip(rows, limits, strict=True)],
    )
    assert float(exact or 0) == pytest.approx(-solved[0], abs=1e-9)


def test_without_a_limit_the_value_has_none() -> None:
    assert largest([1.0], [[-1.0]], [0.0]) == inf
    assert most({"x": Decimal(1)}, [({"x": Decimal(-1)}, Decimal(0))]) is None


def mines(*names: str, **more: Any) -> Book:
    """1 M t a year each for two years at a price of 100, for 100 M at 10 %: 13.2231 M are missing of the first, 10 M are needed."""
    each = {"build_years": 1, "life_years": 2, "private_share": 0.9, "opex_per_t": 50.0}
    projects = [plant(name, 1e6 - 1e5 * n, 100.0, **each) for n, name in enumerate(names)]
    return book(projects, None, **({"prices": [{"material": "mine", 2026: 100.0}], "hurdle_rate": 0.1} | more))


def reason(world: Book, project: str) -> NotFinanced:
    plan = solve(case(world), gap=0)
    assert plan.audit is not None
    assert plan.audit.passed
    row = next(row for row in plan.not_financed if row.id == project)
    # The auditor says the same of the row, and something else of a wrong one.
    assert audit(case(world), plan).passed
    return row


def test_money_that_meets_the_need_and_not_the_gap_goes_to_others() -> None:
    # 25 M: 13.2231 M for a leave 11.7769 M, more than the 10 M that b needs and less than the 21.9 M it lacks.
    row = reason(mines("a", "b", programmes=[grant(total_m=25.0)]), "b")
    assert row.reason == "outbid"
    assert "11.8 M of the 21.9 M" in row.detail


def test_money_of_the_case_that_never_closes_the_gap_is_too_small() -> None:
    row = reason(mines("a", programmes=[grant(total_m=12.0)]), "a")
    assert row.reason == "programmes closed in its years or too small"


def test_soft_debt_counts_by_its_worth() -> None:
    # A loan of up to 60 M is worth 1 - 0.5/1.21 - 0.5/1.331 = 0.2111 each: 12.67 M, less than is missing.
    loan = {"id": "l", "instrument": "loan", "rate": 0.0, "tenor_years": 3, "cost_rate": 0.1, "total_face_m": 60.0}
    row = reason(mines("a", programmes=[loan]), "a")
    assert row.reason == "programmes closed in its years or too small"
    assert solve(case(mines("a", programmes=[loan | {"total_face_m": 70.0}])), gap=0).projects


def test_a_committed_project_that_cannot_pay_is_reported_before_anything_is_solved() -> None:
    world = mines("a", programmes=[grant(total_m=1000.0)])
    world["projects"][0] |= {"status": "committed", "opex_per_t": 120.0}
    report = repairs(case(world), together=False)
    assert any("does not pay at these prices" in message.message for message in report.reasons)
    assert any(repair.changes[0].restriction.kind == "committed" for repair in report.repairs)


def test_a_full_contract_that_leaves_no_room_is_warned() -> None:
    contract = {"id": "f", "instrument": "offtake", "price_gap_per_t": 5.0, "offtake_years": 2, "offtake_share": 1}
    _, warnings = checks.check(case(mines("a", programmes=[contract | {"total_face_m": 100.0}])))
    assert any(w.column == "max_share" and "needs max_share below 1" in w.message for w in warnings)


def test_clearing_prices_do_not_depend_on_the_budget() -> None:
    rows = [market_rows(Sets(case(mines("a", "b", programmes=[grant(total_m=m)])))) for m in (1.0, 500.0)]
    assert [r.clears_at for r in rows[0]] == [r.clears_at for r in rows[1]]


def test_columns_without_prices_change_no_plan() -> None:
    # Costs without a hurdle rate, terms without viability, a limit that never binds: the same plan to the last digit.
    plain = book(
        [plant("a", 100, 90.0), plant("b", 80, 60.0)], None, programmes=[grant("x", total_m=70), grant("y", total_m=50)]
    )
    more = {**plain, "settings": [*plain["settings"], {"key": "max_programmes", "value": 2}]}
    more["projects"] = [row | {"opex_per_t": 5.0, "payable": 0.9, "byproduct_per_t": 1.0} for row in plain["projects"]]
    more["programmes"] = [row | {"rate": 0.03, "tenor_years": 9} for row in plain["programmes"]]
    plans = [solve(case(one), gap=0).model_dump(exclude={"manifest", "audit"}) for one in (plain, more)]
    assert plans[0] == plans[1]

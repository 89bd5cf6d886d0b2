"""Few hands in one project: the limit on its programmes, and the fewest awards as the last step of the tie-break.

Random books with such limits are held against brute force in test_against_brute_force, their awards counted.
"""

from typing import Any

import pytest
from support.cases import book, grant, plant
from support.tables import Book, case

from models import checks
from models.audit import audit
from models.plan import Plan
from optimizer.analysis.frontier import explore
from optimizer.analysis.infeasibility import repairs
from optimizer.analysis.risk import solve


def hands(plan: Plan) -> dict[str, list[str]]:
    return {p.id: [a.programme for a in p.awards] for p in plan.projects}


def three(**more: Any) -> Book:
    """A need of 100 M, and programmes of 60, 50 and 45 M; the smaller two together do not pay it."""
    programmes = [grant("x", total_m=60), grant("y", total_m=50), grant("z", total_m=45)]
    return book([plant("a", 100, 100, **more)], None, programmes=programmes)


def test_a_project_keeps_to_its_limit() -> None:
    assert len(hands(solve(case(three(max_programmes=2)), gap=0))["a"]) == 2
    assert solve(case(three(max_programmes=1)), gap=0).projects == ()


def test_the_setting_is_the_default_of_the_column() -> None:
    world = three() | {"settings": [*three()["settings"], {"key": "max_programmes", "value": 1}]}
    assert solve(case(world), gap=0).projects == ()
    own = three(max_programmes=2) | {"settings": world["settings"]}
    assert len(hands(solve(case(own), gap=0))["a"]) == 2


def test_the_reason_says_that_so_few_programmes_are_too_small() -> None:
    (row,) = solve(case(three(max_programmes=1)), gap=0).not_financed
    assert row.reason == "programmes closed in its years or too small"
    assert "60" in row.detail


def test_the_auditor_counts_the_programmes() -> None:
    plan = solve(case(three(max_programmes=2)), gap=0)
    assert audit(case(three(max_programmes=2)), plan).passed
    lines = audit(case(three(max_programmes=1)), plan).checks
    assert any(line.startswith("FAILED programmes of a project: a is supported by 2") for line in lines)


@pytest.mark.parametrize("own", [True, False])
def test_a_book_that_fails_by_it_is_repaired_by_letting_it_go(own: bool) -> None:
    more = {"max_programmes": 1} if own else {}
    world = three(status="committed", **more)
    if not own:
        world["settings"] = [*world["settings"], {"key": "max_programmes", "value": 1}]
    report = repairs(case(world), together=False)
    expected = (
        "let any number of programmes support a" if own else "leave the setting max_programmes empty, for no limit"
    )
    (repair,) = (repair for repair in report.repairs if repair.sentence == expected)
    assert repair.changes[0].cells


def test_a_limit_below_what_the_need_takes_is_warned() -> None:
    world = three(max_programmes=1)
    world["programmes"] = [row | {"max_share": 0.6} for row in world["programmes"]]
    _, warnings = checks.check(case(world))
    assert any(w.column == "max_programmes" and "1 programme can give at most 60" in w.message for w in warnings)


def test_of_awards_at_one_cost_the_fewest_are_made() -> None:
    # 40 M each for a and b, of two programmes of 40 M: by one each, not by both.
    programmes = [grant("x", total_m=40), grant("y", total_m=40)]
    plan = solve(case(book([plant("a", 100, 40), plant("b", 90, 40)], None, programmes=programmes)), gap=0)
    assert sorted(map(len, hands(plan).values())) == [1, 1]
    assert plan.tie_break == "proved"


def test_cost_and_face_come_before_fewer_awards() -> None:
    # 60 M of the cheap loan and 40 M of the dear one cost 14 M; 100 M of the dear one alone 20 M.
    cheap = {"id": "c", "instrument": "loan", "cost_rate": 0.1, "max_share": 0.6, "total_face_m": 200}
    dear = {"id": "d", "instrument": "loan", "cost_rate": 0.2, "total_face_m": 200}
    plan = solve(case(book([plant("a", 100, 100)], 50, programmes=[cheap, dear])), gap=0)
    assert hands(plan) == {"a": ["c", "d"]}
    one = solve(case(book([plant("a", 100, 100, max_programmes=1)], 50, programmes=[cheap, dear])), gap=0)
    assert hands(one) == {"a": ["d"]}


def test_awards_are_whole_cents() -> None:
    programmes = [grant("x", max_share=1 / 3, total_m=100), grant("y", total_m=100)]
    plan = solve(case(book([plant("a", 100, 10 / 3)], None, programmes=programmes)), gap=0)
    faces = [a.face_m for p in plan.projects for a in p.awards]
    assert faces == [round(face, 8) for face in faces]


def test_more_money_lets_one_programme_pay_where_its_envelope_was_too_small() -> None:
    # One programme may support a: 60 M do not pay its 100 M, with five thirds of the money one does.
    frontier = explore(case(three(max_programmes=1)), from_m=100.0, to_m=400.0, time_limit=60.0)
    assert [point.value for point in frontier.points] == [0.0, 100.0]
    assert frontier.points[-1].budget_m == pytest.approx(155 * 100 / 60, abs=0.02)
    for box in frontier.boxes:
        best = 100.0 if box.from_m > 258.33 else 0.0
        assert box.low is None or box.low <= best + 1e-6
        assert box.high is None or box.high >= best - 1e-6

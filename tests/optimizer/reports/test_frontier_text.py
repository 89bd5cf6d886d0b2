"""What a frontier says in words, and its plans."""

from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest
from support.staircase import broad
from support.tables import case

from optimizer.analysis.executor import Pool
from optimizer.analysis.frontier import ExplorationOptions, explore
from optimizer.analysis.frontier.box_search import BoxSearch
from optimizer.analysis.frontier.certified import Box, Known
from optimizer.analysis.frontier.points import confirmed
from optimizer.analysis.journal import Journal
from optimizer.errors import AuditFailed, Infeasible
from optimizer.reports.frontier.sentences import (
    described,
    gains,
    plateaus,
    proof,
    rise,
    round_step,
    sentences,
    step_name,
    stretches,
    what_is_gained,
)
from optimizer.reports.frontier.text import chart
from optimizer.reports.frontier.workbook import book_bytes
from optimizer.reports.language import spoken


def test_words_tell_who_comes_in_and_where_money_buys_nothing() -> None:
    book = case(broad(6))
    f = explore(book, time_limit=3600.0)
    told = stretches(book, f)
    assert [s.before.budget_m for s in told[1:]] == [s.after.budget_m for s in told[:-1]]
    for s in told:
        gained = set(s.after.projects) - set(s.before.projects)
        assert set(s.comes) == gained
        assert s.gains
    for box in plateaus(f):
        assert box.high is not None
        assert box.low is not None
        assert box.high - box.low <= f.tolerance * (1 + 1e-9)
    message = " ".join(sentences(book, f))
    assert f"Above {f.points[-1].budget_m:g} M more money gains nothing" in message
    own = f.at(300.0)
    assert own is not None
    assert f"The workbook's own 300 M buys {100 * own.value:.1f} points, and no plan more than" in message


def test_money_is_counted_in_a_round_step_of_the_book_s_own_and_no_width_is_divided_by() -> None:
    book = case(broad(6))
    f = explore(book, time_limit=3600.0)
    assert round_step(replace(f, boxes=(Box(0.0, 1_262.0, 0.1, 0.1, "value"),))) == 100.0
    assert round_step(replace(f, boxes=(Box(0.0, 150_000.0, 0.1, 0.1, "value"),))) == 10_000.0
    yen = book.with_(settings=book.settings.model_copy(update={"base_currency": "JPY"}))
    assert step_name(yen, 10_000.0) == "10 bn JPY"
    assert what_is_gained(book, 100.0).endswith("per 100 M USD")
    first, last = f.points[0], f.points[-1]
    assert gains(book, first, replace(last, budget_m=first.budget_m), 100.0) == {}
    one = gains(book, first, last, 100.0)
    ten = gains(book, first, last, 1_000.0)
    assert ten == {name: pytest.approx(10 * value) for name, value in one.items()}


def test_a_rise_names_its_unit_once_in_every_language() -> None:
    f = explore(case(broad(2)), time_limit=3600.0)
    assert rise(f, 0.305, 0.421) == "30.5 -> 42.1 points"
    with spoken("de"):
        assert rise(f, 0.305, 0.421) == "30,5 -> 42,1 Punkte"
    with spoken("ja"):
        assert rise(f, 0.305, 0.421) == "30.5 → 42.1ポイント"


def test_a_stretch_is_told_by_stage_with_who_comes_and_leaves() -> None:
    book = case(broad(6))
    f = explore(book, time_limit=3600.0)
    s = stretches(book, f)[0]
    message = described(book, s)
    assert message.startswith(f"{s.before.budget_m:g} M -> {s.after.budget_m:g} M: ")
    assert all(stage in message for stage in ("mines", "separation", "magnets"))
    assert all(name in message for name in (*s.comes, *s.leaves))
    assert "+" in message
    assert f.tolerance == pytest.approx(1e-4), "a small case is looked at closely"


def test_a_frontier_that_is_not_closed_says_how_much_is() -> None:
    boxes = (Box(10, 40, 0.1, 0.1, "value"), Box(40, 50, 0.1, 0.3, "open"))
    f = replace(explore(case(broad(4))), boxes=boxes, tolerance=0.01, least_m=5.0)
    message = proof(f)
    assert "over 75 % of the range no plan is more than 1 point better; tallest box 20 points" in message
    assert "from 40 M to 50 M" in message


def test_values_never_fall_and_costs_are_those_of_the_plans() -> None:
    book = case(broad(9))
    f = explore(book, time_limit=3600.0)
    assert [p.value for p in f.points] == sorted(p.value for p in f.points)
    needs = {p.id: p.capex_m * (1 - p.private_share) for p in book.projects}
    for point in f.points:
        assert abs(point.cost_m - sum(needs[i] for i in point.projects)) < 1e-9
        assert abs(point.budget_m - point.cost_m) < 1e-9


def test_the_workbook_holds_the_exact_numbers_of_points_boxes_and_steps() -> None:
    book = case(broad(6))
    f = explore(book, time_limit=3600.0)
    data = book_bytes(book, f)
    assert data == book_bytes(book, f)
    sheets = openpyxl.load_workbook(BytesIO(data))
    assert sheets.sheetnames == ["Summary", "Plans", "Next money", "Proof", "Steps"]

    def rows(name: str) -> list[tuple[object, ...]]:
        return [r for r in sheets[name].iter_rows(min_row=5, values_only=True) if isinstance(r[0], int | float)]

    assert [(r[0], r[5]) for r in rows("Plans")] == [(p.budget_m, "; ".join(p.projects) or None) for p in f.points]
    assert [r[:4] for r in rows("Proof")] == [
        pytest.approx((b.from_m, b.to_m, 100 * b.low, 100 * b.high)) for b in f.boxes
    ]
    assert len(rows("Steps")) == len(f.steps)


def test_the_chart_in_letters_fits_its_width_and_rises() -> None:
    f = explore(case(broad(6)))
    drawn = chart(f, width=60, ascii_only=True)
    assert max(map(len, drawn)) <= 60
    filled = [line.count("#") for line in drawn[:12]]
    assert filled == sorted(filled)
    assert filled[-1] > filled[0]


def test_an_end_below_the_least_feasible_budget_names_it() -> None:
    book = case(broad(4))
    forced = tuple(p.model_copy(update={"status": "committed"}) for p in book.projects)
    whole = sum(p.capex_m * (1 - p.private_share) for p in forced)
    with pytest.raises(Infeasible, match=f"{whole:,.2f} M"):
        explore(book.with_(projects=forced), to_m=whole - 10)
    f = explore(book.with_(projects=forced), from_m=whole - 10, to_m=whole + 10)
    assert f.boxes[0].low is None
    assert [p.budget_m for p in f.points] == [whole]
    assert f.steps[0].budget_m == whole


def test_boxes_follow_from_plans_ceilings_floors_and_tangents() -> None:
    known = Known(tolerance=0.1, money_tolerance=0.01)
    known.plans += [(10.0, 1.0, 0), (30.0, 3.0, 1)]
    known.ceilings.append((40.0, 3.05))
    known.floors.append((1.1, 29.995))
    known.tangents.append((10.0, 1.02, 0.0))
    boxes = known.boxes(10.0, 40.0)
    assert [(b.from_m, b.to_m, b.low, b.closed_by) for b in boxes] == [(10, 30, 1.0, "value"), (30, 40, 3.0, "value")]
    assert boxes[0].high == pytest.approx(1.02)
    known.tangents.clear()
    boxes = known.boxes(10.0, 40.0)
    assert [(b.from_m, b.to_m, b.high) for b in boxes] == [(10, 29.995, 1.1), (29.995, 30, 3.05), (30, 40, 3.05)]
    assert all(b.closed_by != "open" for b in boxes)
    assert [(s.budget_m, s.low, s.high) for s in known.steps(boxes)] == [(30, 1.0, 3.0)]


def test_a_rise_is_a_step_only_where_what_lies_below_is_known() -> None:
    known = Known(tolerance=0.1, money_tolerance=0.01)
    below = Box(10, 29.995, 1.0, 3.0, "open")
    narrow = Box(29.995, 30, 1.0, 3.05, "money")
    after = Box(30, 40, 3.0, 3.05, "value")
    assert known.steps([below, narrow, after]) == [], "the value may have risen before"
    assert len(known.steps([replace(below, high=1.1, closed_by="money"), narrow, after])) == 1
    unknown = Box(10, 30, None, None, "open")
    assert known.steps([unknown, after]) == []
    assert len(known.steps([replace(unknown, closed_by="money"), after])) == 1


def test_the_least_money_found_at_the_beginning_proves_nothing_below_it() -> None:
    with Pool() as pool:
        search = BoxSearch(case(broad(4)), ExplorationOptions(), Journal(), pool)
        question = search.money(0.5, 100.0, 200.0)
        search.learn(question, {"floor": 100.0, "plan": None})
        assert search.known.floors == []
        search.learn(question, {"floor": 100.5, "plan": None})
        assert search.known.floors == [(0.5, 100.5)]


def test_a_plan_that_contradicts_a_proof_is_not_shown() -> None:
    f = explore(case(broad(4)), tolerance=0.01)
    last = f.points[-1]
    answer = {"plan": last.plan.model_dump(mode="json", by_alias=True)}
    known = Known(tolerance=0.01, money_tolerance=0.01)
    known.plans.append((last.budget_m, last.value, 0))
    confirmed(known, [answer])
    known.ceilings.append((last.budget_m, last.value))
    confirmed(known, [answer])
    known.floors.append((last.value - 0.01, last.budget_m + 1))
    with pytest.raises(AuditFailed, match="though at most"):
        confirmed(known, [answer])

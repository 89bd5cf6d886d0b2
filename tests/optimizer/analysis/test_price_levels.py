"""`explore --against price`: the price level as an axis, proved between the levels where a higher price never hurts."""

from collections.abc import Sequence
from typing import Any

import pytest
from support.cases import book, grant, plant
from support.tables import Book, case

from models.case import Case
from optimizer.analysis.frontier import explore, trade_off
from optimizer.analysis.frontier.certified import TradeOff
from optimizer.analysis.risk import solve
from optimizer.errors import Refusal
from optimizer.reports.frontier.tables import trade_off as grids


def mines(**more: Any) -> Book:
    """Two mines of 1 M t a year; at 100 per t one lacks 13 M, the other 48 M."""
    each = {"build_years": 1, "life_years": 2, "private_share": 0.9}
    projects = [plant("a", 1e6, 100.0, **each, opex_per_t=50.0), plant("b", 1e6, 100.0, **each, opex_per_t=70.0)]
    programmes = [grant(total_m=80.0)]
    prices = [{"material": "mine", 2026: 100.0}]
    return book(projects, None, **({"programmes": programmes, "prices": prices, "hurdle_rate": 0.1} | more))


def at(world: Case, level: float, money: float) -> float:
    """The best value at a price level and a budget, solved by itself."""
    paths = tuple(
        row.model_copy(update={"years": {y: v * level for y, v in row.years.items()}}) for row in world.prices
    )
    purses = tuple(g.model_copy(update={"total_m": money}) for g in world.programmes)
    return solve(world.with_(prices=paths, programmes=purses), gap=0).objective.value


def test_between_two_price_levels_the_best_value_lies_in_its_box() -> None:
    world = case(mines())
    frontier = explore(world, against="price", from_m=10.0, to_m=80.0, time_limit=60.0)
    assert frontier.trade_off is not None
    boxes = trade_off.price_boxes(world, frontier.trade_off)
    levels = frontier.trade_off.values
    assert len(boxes) == (len(levels) - 1) * trade_off.COLUMNS
    assert levels == tuple(sorted({*levels, *trade_off.LEVELS}))
    for box in boxes[:: len(levels)]:
        middle = at(world, (box.from_level + box.to_level) / 2, box.budget_m)
        assert box.low is None or box.low <= middle + 1e-6 * max(1.0, middle)
        assert box.high is None or middle <= box.high + 1e-6 * max(1.0, middle)
    assert [grid.name for grid in grids(world, frontier)] == ["Trade-off", "Price levels"]


def test_levels_are_added_where_the_value_jumps() -> None:
    steps = (0.83, 1.21)  # multiples of the path at which the value rises by 1

    def ask(variants: Sequence[trade_off.Variant]) -> TradeOff:
        cells = [[(float(sum(v.value >= s for s in steps)),) * 2] for v in variants]
        asked.append(len(variants))
        return TradeOff(trade_off.PRICE, tuple(v.value for v in variants), (30.0,), tuple(map(tuple, cells)))

    asked: list[int] = []
    world = case(mines())
    table = trade_off.refined(world, ask(trade_off.variants(world, "price").of), ask, 0.5)
    tall = [box for box in trade_off.price_boxes(world, table) if (box.high or 0) - (box.low or 0) > 0.5]
    assert [box.from_level < step <= box.to_level for box, step in zip(tall, steps, strict=True)] == [True, True]
    assert all(box.to_level - box.from_level <= trade_off.NARROWEST for box in tall)
    assert asked[0] == 7
    assert sum(asked[1:]) < 12


def test_a_table_that_proves_nothing_between_levels_stays_as_it_is() -> None:
    world = case(mines(programmes=[{"id": "e", "instrument": "equity", "rate": 0.02, "total_m": 50.0}]))
    table = TradeOff(trade_off.PRICE, (0.5, 1.0), (30.0,), (((0.0, 0.0),), ((5.0, 5.0),)))
    assert trade_off.refined(world, table, lambda _: pytest.fail("nothing is asked"), 0.1) is table


def test_nothing_is_proved_between_levels_where_support_is_worth_less_at_higher_prices() -> None:
    stake = {"id": "e", "instrument": "equity", "rate": 0.02, "total_m": 50.0}
    assert not trade_off.rises_with_price(case(mines(programmes=[grant(total_m=80.0), stake])))
    assert trade_off.rises_with_price(case(mines()))


def test_a_book_without_prices_has_no_price_level() -> None:
    with pytest.raises(Refusal, match="has no prices"):
        explore(case(book([plant("a", 100, 10)], 20)), against="price")

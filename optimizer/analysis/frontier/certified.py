"""A certified frontier: bounds on the best value at every amount of money, and the boxes that follow from them.

V(b) never falls and is a step function. Boxes are half-open, `[from, to)`, and tile the range. `low` is the value of a
verified plan that costs at most `from`; `high` follows from proofs that hold in the whole box:

- ceilings: V(b) <= bound for all b up to a budget (a value solve there);
- floors: V(b) < value for all b below an amount (a money solve: the least money for that value);
- tangents of the relaxation, whose best value is concave in the money.
"""

import itertools
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from models.plan import Plan

ClosedBy = Literal["value", "money", "open"]
NEVER = float("-inf")
SAME = 1e-9


@dataclass(frozen=True)
class Point:
    """A verified plan on the frontier. `budget_m` is its place: the least money of its selection on the axis."""

    budget_m: float
    value: float
    """Objective less penalties of soft rules."""
    bound: float
    """Proved bound: no plan at the same place has a larger value."""
    plan: Plan

    @property
    def cost_m(self) -> float:
        """Budget cost of its awards; without programmes what its projects cost alone."""
        awards = [a.cost_m for p in self.plan.projects for a in p.awards]
        return float(sum(awards)) if awards else float(sum(p.alone_m for p in self.plan.projects))

    @property
    def projects(self) -> tuple[str, ...]:
        return tuple(p.id for p in self.plan.projects)


@dataclass(frozen=True)
class Box:
    """`low <= V(b) <= high` for every b in `[from_m, to_m)`. None: no plan is feasible, or there is no bound."""

    from_m: float
    to_m: float
    low: float | None
    high: float | None
    closed_by: ClosedBy

    @property
    def height(self) -> float:
        """Distance between the bounds; infinite if one is missing."""
        if self.low is None:
            return 0.0 if self.high is None else float("inf")
        return float("inf") if self.high is None else self.high - self.low

    @property
    def width(self) -> float:
        return self.to_m - self.from_m


@dataclass(frozen=True)
class FrontierStep:
    """The best value rises from `low` to `high` at this amount of money."""

    budget_m: float
    low: float | None
    high: float


@dataclass(frozen=True)
class TradeOff:
    """A two-way table of solved points: money by the value of a rule, or by price level. Between the points nothing is
    proved, but for price levels where `trade_off.price_boxes` says so."""

    rule: str
    values: tuple[float, ...]
    budgets_m: tuple[float, ...]
    cells: tuple[tuple[tuple[float | None, float | None], ...], ...]
    """cells[rule value][budget] = (value, bound)."""


@dataclass(frozen=True)
class Frontier:
    """The result of an exploration."""

    axis: str
    base_m: float | None
    objective: str
    points: tuple[Point, ...]
    boxes: tuple[Box, ...]
    steps: tuple[FrontierStep, ...]
    tolerance: float
    money_tolerance: float
    solves: int = 0
    trade_off: TradeOff | None = None
    least_m: float = 0.0
    """Proved: no plan costs less than this."""
    unit: str = "points"
    """Unit in which the values are shown; a score of 1 is 100 points."""

    @property
    def from_m(self) -> float:
        return self.boxes[0].from_m

    @property
    def to_m(self) -> float:
        return self.boxes[-1].to_m

    @property
    def status(self) -> Literal["optimal", "feasible"]:
        """optimal: every box is closed within the tolerances."""
        return "feasible" if any(b.closed_by == "open" for b in self.boxes) else "optimal"

    @property
    def tallest(self) -> Box | None:
        """The tallest open box; None if all are closed."""
        still_open = [b for b in self.boxes if b.closed_by == "open"]
        return max(still_open, key=lambda b: (b.height, b.width), default=None)

    def at(self, money_m: float) -> Point | None:
        """The best known plan within this amount of money."""
        affordable = [p for p in self.points if p.budget_m <= money_m]
        return affordable[-1] if affordable else None


def as_json(f: Frontier) -> dict[str, Any]:
    """frontier.json, plain values."""
    tallest = f.tallest
    content: dict[str, Any] = {
        "schema": "mine2magnet.frontier/1",
        "axis": f.axis,
        "points": [
            {
                "budget_m": p.budget_m,
                "value": p.value,
                "bound": p.bound,
                "cost_m": p.cost_m,
                "projects": list(p.projects),
            }
            for p in f.points
        ],
        "boxes": [
            {"from_m": b.from_m, "to_m": b.to_m, "low": b.low, "high": b.high, "closed_by": b.closed_by}
            for b in f.boxes
        ],
        "steps": [{"budget_m": s.budget_m, "from": s.low, "to": s.high} for s in f.steps],
        "tolerance": f.tolerance,
        "money_tolerance": f.money_tolerance,
        "status": f.status,
        "tallest_box": None
        if tallest is None
        else {"from_m": tallest.from_m, "to_m": tallest.to_m, "height": _finite(tallest)},
        "objective": f.objective,
        "base_m": f.base_m,
        "least_m": f.least_m,
        "solves": f.solves,
    }
    if f.trade_off is not None:
        content["against"] = {
            "rule": f.trade_off.rule,
            "note": "solved points: nothing is proved between them",
            "cells": [
                {"rule_value": v, "budget_m": b, "value": value, "bound": bound}
                for v, row in zip(f.trade_off.values, f.trade_off.cells, strict=True)
                for b, (value, bound) in zip(f.trade_off.budgets_m, row, strict=True)
            ],
        }
    return content


def _finite(box: Box) -> float | None:
    return box.height if box.height < float("inf") else None


# -- what is known -----------------------------------------------------------------------------------------------------


@dataclass
class Known:
    """All proved results so far, in the order in which they were found."""

    tolerance: float
    money_tolerance: float
    plans: list[tuple[float, float, int]] = field(default_factory=list)
    """(place, value, number of the plan)."""
    ceilings: list[tuple[float, float]] = field(default_factory=list)
    """(budget, bound): V(b) <= bound for b <= budget."""
    floors: list[tuple[float, float]] = field(default_factory=list)
    """(value, money): V(b) < value for b < money; value None-like NEVER: nothing is feasible below it."""
    tangents: list[tuple[float, float, float]] = field(default_factory=list)
    """(budget, value, slope): V(b) <= value + slope * (b - budget) for all b."""

    def best_at(self, money_m: float) -> tuple[float, int] | None:
        """Value and number of the best plan that costs at most this much."""
        affordable = [(value, -number) for place, value, number in self.plans if place <= money_m]
        if not affordable:
            return None
        value, number = max(affordable)
        return value, -number

    def high_below(self, to_m: float, *, closed: bool = False) -> tuple[float | None, ClosedBy]:
        """The least proved bound on V(b) for b < to_m (closed: b <= to_m) and what proved it. A value of NEVER: nothing
        is feasible there."""
        best, by = float("inf"), "open"
        for budget, bound in self.ceilings:
            if budget >= to_m and bound < best:
                best, by = bound, "value"
        for budget, value, slope in self.tangents:
            if (bound := value + slope * (to_m - budget)) < best:
                best, by = bound, "value"
        for value, money in self.floors:
            if (money > to_m or (money == to_m and not closed)) and value < best:
                best, by = value, "money"
        return (None if best == float("inf") else best), by  # type: ignore[return-value]

    def boxes(self, from_m: float, to_m: float, *, fine: bool = False) -> list[Box]:
        """Boxes that tile `[from_m, to_m)`, neighbours joined where nothing is lost. The last also holds at its end.

        `fine`: open boxes are cut where tangents touch too, so that less of them is open."""
        cuts = {
            from_m,
            to_m,
            *(p for p, _, _ in self.plans),
            *(b for b, _ in self.ceilings),
            *(m for _, m in self.floors),
        }
        if fine:
            cuts |= {b for b, _, _ in self.tangents}
        edges = sorted(c for c in cuts if from_m <= c <= to_m)
        lows = self._lows(edges)
        boxes: list[Box] = []
        for a, b, low in zip(edges, edges[1:], lows, strict=False):
            box = self._box(a, b, low, closed=b == to_m)
            if boxes and (joined := self._joined(boxes[-1], box)) is not None:
                boxes[-1] = joined
            else:
                boxes.append(box)
        return boxes

    def _lows(self, edges: Sequence[float]) -> list[float | None]:
        places = sorted(self.plans)
        best, running = NEVER, []
        for _, value, _ in places:
            best = max(best, value)
            running.append(best)
        starts = [p for p, _, _ in places]
        return [running[n - 1] if (n := bisect_right(starts, e)) else None for e in edges]

    def _box(self, a: float, b: float, low: float | None, *, closed: bool) -> Box:
        high, by = self.high_below(b, closed=closed)
        if high == NEVER:
            return Box(a, b, None, None, "money") if low is None else Box(a, b, low, low, "money")
        if high is not None and low is not None:
            high = max(high, low)
        return Box(a, b, low, high, self._closed(a, b, low, high, by))

    def _closed(self, a: float, b: float, low: float | None, high: float | None, by: ClosedBy) -> ClosedBy:
        if low is not None and high is not None and high - low <= self.tolerance * (1 + 1e-9):
            return by
        return "money" if b - a <= self.money_tolerance * (1 + 1e-9) else "open"

    def _joined(self, first: Box, then: Box) -> Box | None:
        """One box for two neighbours with the same low, if it is as closed as they are."""
        if first.low != then.low or (first.closed_by == "open") != (then.closed_by == "open"):
            return None
        if first.closed_by == "open" and first.high != then.high:
            return None
        if (first.high is None) != (then.high is None):
            return None
        high = None if first.high is None or then.high is None else max(first.high, then.high)
        closed = first.closed_by != "open" and high is not None and first.low is not None
        if closed and high - first.low > self.tolerance * (1 + 1e-9):  # type: ignore[operator]
            return None
        by = then.closed_by if high == then.high else first.closed_by
        return Box(first.from_m, then.to_m, first.low, high, by)

    def steps(self, boxes: Sequence[Box]) -> list[FrontierStep]:
        """Where the value certainly jumps: more than the boxes on either side leave open, or within a narrow box after a
        closed one."""
        steps = []
        below: Box | None = None
        for before, box in itertools.pairwise(boxes):
            narrow = before.width <= self.money_tolerance * (1 + 1e-9)
            below = below if narrow else before
            if box.low is None or (before.low is not None and box.low <= before.low + SAME):
                continue
            known = below is None or below.closed_by != "open" or _is_above(box, below)
            if _is_above(box, before) or (narrow and known):
                steps.append(FrontierStep(box.from_m, before.low, box.low))
        return steps


def _is_above(box: Box, before: Box) -> bool:
    """Whether every value in a box is certainly above those of the one before it; any plan is above none."""
    if before.low is None and before.high is None and before.closed_by != "open":
        return True
    return before.high is not None and box.low is not None and box.low > before.high + SAME


def rising(plans: Iterable[tuple[float, float, int]]) -> list[tuple[float, float, int]]:
    """The plans that no cheaper one matches, by place."""
    best: list[tuple[float, float, int]] = []
    for place, value, number in sorted(plans, key=lambda p: (p[0], -p[1], p[2])):
        if not best or value > best[-1][1] + SAME:
            best.append((place, value, number))
    return best

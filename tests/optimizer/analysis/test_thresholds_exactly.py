"""Least changes against an exact search: without programmes the slack of every selection is concave in a cell between
its breaks, so that a grid, the concavity and bisection find the nearest value with which a project can come in.

Written from the mathematics alone. MINE2MAGNET_EXAMPLES sets how many random books are looked at.
"""

import math
import random
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from support.oracle import SelectionTable, best
from support.oracle_rules import barred, data, picked
from support.repeatable import examples
from support.strategies import small_book
from support.tables import case

from models import checks
from models.case import Case
from models.schema import Project
from optimizer.analysis.explain import explain
from optimizer.analysis.explain.explanation import Change
from optimizer.analysis.risk import solve
from optimizer.errors import Infeasible
from optimizer.workbook.read import read

MANY = examples(0.3)
FEW_SELECTIONS = 120
POINTS = 9


def net(drawn: Case) -> float | None:
    best_value = best(drawn)
    return best_value.net if best_value.feasible else None


def having(drawn: Case, project: Project, **changes: object) -> Case:
    other = project.model_copy(update=changes)
    return drawn.model_copy(update={"projects": tuple(other if p.id == project.id else p for p in drawn.projects)})


class Cell:
    """One cell of a project: how far every selection with the project is from breaking something, or being too poor."""

    def __init__(self, drawn: Case, project: Project, column: str, target: float, tolerance: float) -> None:
        self.drawn, self.project, self.column = drawn, project, column
        self.target, self.tolerance = target, tolerance
        self.now = float(getattr(project, column))
        ends = {"private_share": (0.0, 1.0), "capex_m": (self.now / 100, 10 * self.now)}
        self.ends = ends.get(column, (self.now / 100, 10 * self.now) if column == "capacity_tpa" else (0.0, 100.0))

    def at(self, value: float) -> Project:
        return self.project.model_copy(update={self.column: value})

    def slack(self, value: float, chosen: np.ndarray) -> np.ndarray:
        world = SelectionTable(having(self.drawn, self.at(value), status="committed"))
        slack, penalty = np.full(len(chosen), np.inf), np.zeros(len(chosen))
        limit = self.drawn.settings.total_budget_m
        if limit is not None:
            slack = np.minimum(slack, limit - world.costs(chosen) + self.tolerance * max(1.0, limit))
        for row in world.rules:
            missing = row.missing(row.fixed(chosen))
            if row.rule.hard:
                slack = np.minimum(slack, row.tolerance / 1e-6 * self.tolerance - missing)
            else:
                penalty += (row.rule.penalty or 0.0) * np.maximum(missing, 0.0)
        value_less = world.values(chosen)[0] - penalty - self.target
        return np.minimum(slack, value_less + self.tolerance * max(1.0, abs(self.target)))

    def least(self) -> float:
        """The least change that is enough; infinite where none is."""
        nearest = math.inf
        for end in self.ends:
            stops = sorted({self.now, end, *self._breaks(end)}, key=lambda v: abs(v - self.now))
            for near, far in pairwise(stops):
                result = None if barred(self.drawn, self.at((near + far) / 2)) else self._in_piece(near, far)
                if result is not None:
                    nearest = min(nearest, abs(result - self.now))
                    break
        return nearest

    def _breaks(self, end: float) -> Iterator[float]:
        p, (low, high) = self.project, self.ends
        result = [1 - p.secured_m / p.capex_m] if self.column == "private_share" else []
        if self.column == "capex_m" and p.private_share < 1:
            result.append(p.secured_m / (1 - p.private_share))
        for rule in self.drawn.rules:
            if rule.aggregate == "each" and picked(rule, p):
                a, b = (data(self.drawn, self.at(v), rule.measure) for v in self.ends)
                if a is not None and b is not None and a != b:
                    result.append(low + (rule.value - a) / (b - a) * (high - low))
        return (v for v in result if min(self.now, end) < v < max(self.now, end))

    def _in_piece(self, near: float, far: float) -> float | None:
        world = SelectionTable(having(self.drawn, self.at((near + far) / 2), status="committed"))
        chosen = world.selections()
        chosen = chosen[world.allowed(chosen)]
        values = np.linspace(near, far, POINTS)
        values[[0, -1]] += (far - near) * 1e-9 * np.array([1, -1])
        table = np.array([self.slack(v, chosen) for v in values])
        result = [self._first(values, table[:, k], chosen[k : k + 1]) for k in _promising(table)]
        return min((v for v in result if v is not None), key=lambda v: abs(v - near), default=None)

    def _first(self, values: np.ndarray, slack: np.ndarray, one: np.ndarray) -> float | None:
        """The first value at which one selection stands: its peak by thirds, then the way up to it by halves."""
        if slack[0] >= 0:
            return float(values[0])
        at = int(np.argmax(slack >= 0)) if (slack >= 0).any() else int(slack.argmax())
        peak, left = float(values[at]), float(values[max(0, at - 1)])
        if slack[at] < 0:
            a, b = left, float(values[min(len(values) - 1, at + 1)])
            for _ in range(60):
                x, y = a + (b - a) / 3, b - (b - a) / 3
                a, b = (x, b) if self.slack(x, one)[0] < self.slack(y, one)[0] else (a, y)
            peak = (a + b) / 2
            if self.slack(peak, one)[0] < 0:
                return None
        for _ in range(40):
            middle = (left + peak) / 2
            left, peak = (left, middle) if self.slack(middle, one)[0] >= 0 else (middle, peak)
        return peak


def _promising(table: np.ndarray) -> list[int]:
    """Selections that stand somewhere, or whose concave slack could reach 0 between the points."""
    best_at = table.argmax(axis=0)
    keep = []
    for k, n in enumerate(best_at):
        column = table[:, k]
        steps = [abs(column[m + 1] - column[m]) for m in range(max(0, n - 2), min(len(column) - 1, n + 2))]
        if np.isfinite(column).all() and column[n] + max(steps) >= 0:
            keep.append(k)
    return keep


@cache
def books() -> list[Case]:
    """Random books; drawn when a test asks, since a worker that runs none needs none."""
    return list(_drawn())


def _drawn() -> Iterator[Case]:
    """The first feasible random books of few selections; rules that read a status or a group say other things of a
    project that is forced in."""
    result, seed = 0, 70_000
    while result < MANY:
        seed += 1
        drawn = case(small_book(random.Random(seed), money=False))
        reads = any(name in r.where for r in drawn.rules for name in ("status", "group"))
        few = len(SelectionTable(drawn).selections()) <= FEW_SELECTIONS
        if reads or not few or not drawn.rules or checks.check(drawn)[0] or not best(drawn).feasible:
            continue
        result += 1
        yield drawn


@pytest.mark.parametrize("number", range(MANY))
def test_least_changes_are_the_least(number: int) -> None:
    drawn = books()[number]
    explanation = explain(drawn, solve(drawn, gap=0))
    for story in (s for s in explanation.projects if not s.financed):
        project = next(p for p in drawn.projects if p.id == story.id)
        target = net(having(drawn, project, status="barred"))
        assert target is not None
        for change in story.changes:
            if change.column not in ("earliest_fid", "latest_fid"):
                is_the_least(drawn, project, change, target)
        for column, why in story.unchanged.items():
            if why == "no value of it is enough":
                assert Cell(drawn, project, column, target, 0.0).least() == math.inf, (story.id, column)


def is_the_least(drawn: Case, project: Project, change: Change, target: float) -> None:
    loose, strict = (Cell(drawn, project, change.column, target, t).least() for t in (3e-6, 0.0))
    slack = 1e-5 * max(1e-3, change.change, abs(change.now or 0.0) / 100)
    assert loose - slack <= change.change <= strict + slack, (project.id, change)
    for value in (change.needed, change.stated):
        at = having(drawn, project, **{change.column: value}, status="committed")
        attained = None if barred(drawn, project.model_copy(update={change.column: value})) else net(at)
        assert attained is not None, (project.id, change, value)
        assert attained >= target - 2e-6 * max(1.0, abs(target)), (project.id, change, value)


def test_a_printed_number_that_goes_too_far_has_more_digits() -> None:
    """9.997 M pay for a capital cost of 99.97 M or less, of which a floor leaves 99.96 or more: not 99.9 is said but 99.97."""
    rows = [
        {"id": "a", "country": "US", "stage": "mine", "capacity_tpa": 30, "capex_m": 120, "private_share": 0.9},
        {"id": "b", "country": "US", "stage": "mine", "capacity_tpa": 20, "capex_m": 99.97, "private_share": 0.95},
    ]
    rules = [{"rule": "floor", "measure": "capex", "aggregate": "each", "sense": ">=", "value": 99.96}]
    given = {"first_year": 2026, "last_year": 2032, "objective": "capacity", "total_budget_m": 9.997}
    drawn = case({"settings": [{"key": k, "value": v} for k, v in given.items()], "projects": rows, "rules": rules})
    try:
        story = next(s for s in explain(drawn, solve(drawn, gap=0)).projects if s.id == "a")
    except Infeasible:
        pytest.fail("a book that b alone satisfies")
    cost = next(c for c in story.changes if c.column == "capex_m")
    assert cost.needed == pytest.approx(99.97, rel=1e-6)
    assert cost.stated == pytest.approx(99.97, rel=1e-9)


def test_a_chain_counts_its_processes_in_parts_of_what_they_can_have() -> None:
    """100 M pay for the four that are in the plan; maple and mesa come in only at the cost of what they displace."""
    drawn = read(Path(__file__).parents[3] / "inputs" / "gallium.xlsx")
    plan = solve(drawn, gap=0)
    target = plan.objective.value - plan.objective.penalty
    for story in (s for s in explain(drawn, plan).projects if not s.financed):
        project = next(p for p in drawn.projects if p.id == story.id)
        money = [c for c in story.changes if c.column in ("capex_m", "private_share")]
        assert money, story.id
        for change in money:
            assert value_with(drawn, project, change.column, change.needed) >= target - 1e-6
            less = (change.now or 0.0) + 0.995 * (change.needed - (change.now or 0.0))
            assert value_with(drawn, project, change.column, less) < target - 1e-6


def value_with(drawn: Case, project: Project, column: str, value: float) -> float:
    """The best value with the project, by another solve."""
    try:
        plan = solve(having(drawn, project, **{column: value}, status="committed"), gap=0)
    except Infeasible:
        return -math.inf
    return plan.objective.value - plan.objective.penalty

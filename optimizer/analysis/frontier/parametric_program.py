"""A program along the axis, loaded into an engine and its relaxation into another, and the search for the best plan
between two amounts of money: where the relaxation leaves doubt first (`optimizer.solver.core_problem`), then as a whole."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any

import numpy as np

from models.program import Program
from optimizer.analysis.frontier.budget_axis import Along
from optimizer.analysis.frontier.tuning import (
    ALONE_FROM,
    CORE_FACTOR,
    CORE_NODES,
    CORE_SHARE,
    FIRST_FACTOR,
    NEAR,
    NEIGHBOURHOOD_SHARE,
    PATIENCE,
    PLACE_SECONDS,
    RUNG,
)
from optimizer.analysis.processes import STOP
from optimizer.solver import incumbent, tuning
from optimizer.solver.core_problem import by_doubt, settled
from optimizer.solver.highs import Engine
from optimizer.solver.neighbourhood_search import improve
from optimizer.solver.results import Limits, Relaxed, SolveResult
from optimizer.solver.standard_form import Columns, Vector

Chosen = Mapping[str, int]
"""Project -> decision year."""


PROVED = 1e-7
"""Added to every bound on a value, as a part of max(1, |bound|): what the solver's own tolerances may leave out."""


@dataclass(frozen=True)
class Loaded:
    """A program along the axis in an engine, and its relaxation in another."""

    program: Program
    along: Along
    threads: int
    seed: int

    @cached_property
    def engine(self) -> Engine:
        return Engine(self.along.matrix, threads=self.threads, seed=self.seed)

    @cached_property
    def relaxation(self) -> Engine:
        return Engine(self.along.matrix, threads=self.threads, seed=self.seed, relaxed=True)

    @cached_property
    def payment(self) -> Engine:
        """A second engine of the relaxation, for the money of selections, so that the first keeps its basis."""
        return Engine(self.along.matrix, threads=self.threads, seed=self.seed, relaxed=True)

    @cached_property
    def integers(self) -> Columns:
        """Columns of the decisions and of all other binary variables."""
        return np.flatnonzero(self.along.matrix.integer)

    @cached_property
    def decisions(self) -> incumbent.Decisions:
        return incumbent.decisions(self.program, self.along.matrix)

    def money_between(self, engine: Engine, low: float, high: float) -> None:
        engine.limit_columns(np.array([self.along.column]), np.array([low]), np.array([high]))

    def vector(self, chosen: Chosen) -> Vector:
        """A starting point for the solver from a selection."""
        return incumbent.start(self.program, self.along.matrix, chosen)

    def chosen(self, x: Vector) -> dict[str, int]:
        """Project -> decision year, of a solution."""
        return incumbent.selection(self.program, self.along.matrix, x)

    def relaxed(self, low: float, high: float, seconds: float) -> Relaxed | None:
        """The best value of the relaxation between two amounts of money."""
        self.money_between(self.relaxation, low, high)
        return self.relaxation.relax(self.along.matrix.objectives[0], seconds, STOP)

    def least_money(self, chosen: Chosen) -> float | None:
        """The least money that pays for a selection, by the relaxation with it held; None where nothing does."""
        self.payment.forget()
        self.payment.hold_columns(self.integers, np.nan_to_num(self.vector(chosen)))
        relaxed = self.payment.relax(self.along.money, PLACE_SECONDS)
        return None if relaxed is None else relaxed.objective

    def bounded(self, budget: float | None, relaxed: Relaxed) -> dict[str, Any]:
        """Bounds of the relaxation on the best value: at this budget, and by its tangent at every other."""
        slope = max(0.0, -float(relaxed.reduced_costs[self.along.column])) if budget is not None else 0.0
        return {
            "budget": budget,
            "bound": up(-relaxed.objective),
            "tangent": [up(-relaxed.objective), round(slope, 12)],
        }


def search(
    loaded: Loaded,
    between: tuple[float, float],
    *,
    tolerance: float,
    start: Mapping[str, Any] | None,
    relaxed: Relaxed | None,
    end: float,
) -> tuple[SolveResult, float]:
    """The best selection between two amounts of money, and a bound on its value. `start`: value and selection of a plan
    that is known; `end`: the clock's time by which to be ready."""
    engine, goal = loaded.engine, loaded.along.matrix.objectives[0]
    engine.release()
    loaded.money_between(engine, *between)
    first = None if start is None else loaded.vector(start["chosen"])
    best: SolveResult | None = None
    if relaxed is not None and len(loaded.integers) >= ALONE_FROM:
        best = _guided(loaded, relaxed, first, tolerance, end)
        if best.x is not None and best.objective <= relaxed.objective + tolerance + PROVED:
            return best, -relaxed.objective
        if best.x is not None:
            first = best.x
            _settle(loaded, relaxed, best.objective)
    size = max(abs(relaxed.objective) if relaxed is not None else 0.0, abs(start["value"]) if start else 0.0, 1e-6)
    whole = engine.minimize(goal, Limits(tolerance / size / 2, left(end)), start=first, stop=STOP)
    if best is None or best.x is None:
        return whole, inf if whole.status == "infeasible" else -whole.bound
    better = whole if whole.objective <= best.objective else best
    return better, -min(whole.bound, better.objective)


def climb(
    loaded: Loaded, budget: float, *, tolerance: float, start: Mapping[str, Any] | None, end: float
) -> SolveResult | None:
    """A start at a budget for which no good plan is known: the core problem at a little less money."""
    top = loaded.relaxed(budget, budget, left(end)) if len(loaded.integers) >= ALONE_FROM else None
    if top is None or (start is not None and -top.objective - start["value"] <= NEAR * tolerance):
        return None
    relaxed = loaded.relaxed(RUNG * budget, RUNG * budget, left(end))
    if relaxed is None or left(end) <= 0:
        return None
    loaded.engine.release()
    loaded.money_between(loaded.engine, RUNG * budget, RUNG * budget)
    known = None if start is None else loaded.vector(start["chosen"])
    return _core(loaded, relaxed, known, tolerance, left(end))


def _guided(loaded: Loaded, relaxed: Relaxed, start: Vector | None, tolerance: float, end: float) -> SolveResult:
    """The best plan of the core and, if that is not good enough, of neighbourhood search; see `optimizer.solver.core_problem`."""
    core = _core(loaded, relaxed, start, tolerance, CORE_SHARE * left(end))
    order, doubts = by_doubt(loaded.along.matrix, relaxed, loaded.decisions.columns)
    return improve(
        loaded.engine,
        loaded.along.matrix.objectives[0],
        core,
        Limits(1e-4, NEIGHBOURHOOD_SHARE * left(end), target=relaxed.objective + tolerance),
        decisions=loaded.decisions,
        order=order,
        doubts=doubts,
        stop=STOP,
        patience=PATIENCE,
    )


def _core(loaded: Loaded, relaxed: Relaxed, start: Vector | None, tolerance: float, seconds: float) -> SolveResult:
    """The best plan of the core: it decides what costs least to change, and that in which the neighbour's plan differs from
    the relaxation."""
    engine, at, goal = loaded.engine, loaded.integers, loaded.along.matrix.objectives[0]
    order, doubts = by_doubt(loaded.along.matrix, relaxed, at)
    free = order[: max(tuning.LEAST_CORE, (FIRST_FACTOR if start is None else CORE_FACTOR) * doubts)]
    if start is not None:
        free = np.union1d(free, at[np.abs(np.nan_to_num(start[at]) - np.round(relaxed.x[at])) > 0.5])
    limits = Limits(1e-4, seconds, CORE_NODES, relaxed.objective + tolerance, rins=False)
    with engine.holding(np.setdiff1d(at, free), np.round(relaxed.x)):
        return engine.minimize(goal, limits, start=start, stop=STOP)


def _settle(loaded: Loaded, relaxed: Relaxed, best: float) -> None:
    """Fix the decisions that no plan better than `best` can change."""
    slack = best - relaxed.objective + PROVED * max(1.0, abs(best))
    dear = settled(loaded.along.matrix, relaxed, loaded.integers, slack)
    loaded.engine.hold_columns(dear, np.round(relaxed.x))


def left(end: float) -> float:
    """Seconds until a time of the monotonic clock."""
    return max(0.0, end - time.monotonic())


def up(bound: float) -> float:
    """A bound on a value, widened for the solver's tolerances."""
    return float(round(bound + PROVED * max(1.0, abs(bound)), 10))

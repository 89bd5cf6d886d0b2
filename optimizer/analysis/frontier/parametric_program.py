"""A program along the axis, loaded into an engine and its relaxation into another, and the search for the best plan
between two amounts of money: where the relaxation leaves doubt first (`optimizer.solver.core_problem`), then as a whole."""

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
    LONGEST_PATIENCE,
    NEAR,
    NEIGHBOURHOOD_SHARE,
    PATIENCE,
    PLACE_SECONDS,
    RUNG,
    SLOW_FROM,
)
from optimizer.analysis.processes import STOP
from optimizer.solver import incumbent, tuning
from optimizer.solver.core_problem import by_doubt, settled
from optimizer.solver.deadline import Deadline
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


@dataclass(frozen=True)
class Precision:
    """How closely the best value of a budget is looked for."""

    tolerance: float
    """Distance from its bound within which a plan is good enough."""
    enough: float = -inf
    """A bound that ends the search: no value above it is possible."""
    nodes: int | None = None
    """Branch-and-bound nodes; None: no limit."""


def search(
    loaded: Loaded,
    between: tuple[float, float],
    precision: Precision,
    *,
    start: Mapping[str, Any] | None,
    relaxed: Relaxed | None,
    end: Deadline,
) -> tuple[SolveResult, float]:
    """The best selection between two amounts of money, and a bound on its value. `start`: value and selection of a known plan."""
    loaded.engine.release()
    loaded.money_between(loaded.engine, *between)
    first = None if start is None else loaded.vector(start["chosen"])
    if relaxed is None or len(loaded.integers) < ALONE_FROM:
        whole = _whole(loaded, precision, first, end)
        return whole, inf if whole.status == "infeasible" else -whole.bound
    return _guided(loaded, precision, first, relaxed, end)


def _guided(
    loaded: Loaded, precision: Precision, start: Vector | None, relaxed: Relaxed, end: Deadline
) -> tuple[SolveResult, float]:
    """The core first, then the whole program and neighbourhood search, until a plan or a bound is good enough. In a program
    whose root takes long, neighbourhood search comes before the whole program; see `optimizer.solver.core_problem`."""
    best, bound = _core(loaded, relaxed, start, precision.tolerance, CORE_SHARE * end.left), -relaxed.objective
    slow = len(loaded.integers) >= SLOW_FROM
    if slow:
        best = _improved(loaded, relaxed, best, bound - precision.tolerance, end)
    if _is_done(best, bound, precision):
        return best, bound
    if best.x is not None:
        _settle(loaded, relaxed, best.objective)
    whole = _whole(loaded, precision, start if best.x is None else best.x, end)
    if best.x is None and (whole.status == "infeasible" or whole.x is None):
        return whole, inf if whole.status == "infeasible" else -whole.bound
    best = whole if whole.objective <= best.objective else best
    bound = -min(whole.bound, best.objective)
    if slow or _is_done(best, bound, precision):
        return best, bound
    return _improved(loaded, relaxed, best, bound - precision.tolerance, end), bound


def _is_done(best: SolveResult, bound: float, precision: Precision) -> bool:
    """Whether a plan is near enough to its bound, or the bound low enough."""
    return best.x is not None and (
        best.objective <= -bound + precision.tolerance + PROVED or up(bound) <= precision.enough
    )


def _whole(loaded: Loaded, precision: Precision, start: Vector | None, end: Deadline) -> SolveResult:
    """The search of the whole program; from a known plan and for some nodes only, it is for the bound."""
    limits = Limits(
        0.0,
        end.left,
        precision.nodes,
        enough=-precision.enough,
        absolute=precision.tolerance,
        sub_searches=precision.nodes is None or start is None,
    )
    return loaded.engine.minimize(loaded.along.matrix.objectives[0], limits, start=start, stop=STOP)


def climb(
    loaded: Loaded, budget: float, *, tolerance: float, start: Mapping[str, Any] | None, end: Deadline
) -> SolveResult | None:
    """A start at a budget for which no good plan is known: the core problem at a little less money."""
    top = loaded.relaxed(budget, budget, end.left) if len(loaded.integers) >= ALONE_FROM else None
    if top is None or (start is not None and -top.objective - start["value"] <= NEAR * tolerance):
        return None
    relaxed = loaded.relaxed(RUNG * budget, RUNG * budget, end.left)
    if relaxed is None or end.is_over:
        return None
    loaded.engine.release()
    loaded.money_between(loaded.engine, RUNG * budget, RUNG * budget)
    known = None if start is None else loaded.vector(start["chosen"])
    return _core(loaded, relaxed, known, tolerance, end.left)


def _improved(loaded: Loaded, relaxed: Relaxed, best: SolveResult, enough: float, end: Deadline) -> SolveResult:
    """A better plan by neighbourhood search, until its value is `enough`."""
    order, doubts = by_doubt(loaded.along.matrix, relaxed, loaded.decisions.columns)
    return improve(
        loaded.engine,
        loaded.along.matrix.objectives[0],
        best,
        Limits(1e-4, NEIGHBOURHOOD_SHARE * end.left, target=-enough),
        decisions=loaded.decisions,
        order=order,
        doubts=doubts,
        stop=STOP,
        patience=min(LONGEST_PATIENCE, PATIENCE * loaded.along.matrix.shape[1]),
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


def up(bound: float) -> float:
    """A bound on a value, widened for the solver's tolerances."""
    return float(round(bound + PROVED * max(1.0, abs(bound)), 10))

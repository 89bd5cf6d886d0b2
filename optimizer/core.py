"""LP-guided core solve: the relaxation says where the doubt is, the program decides only there, and the bound stays a proof.

1. Decisions that a row alone rules out are held (`optimizer.propagate`).
2. The root relaxation gives a bound U and, from reduced costs and duals, what it costs at least to change each decision.
3. The program over the decisions that cost least to change, all others held at their relaxed value, gives a plan L, and
   exchanges among these decisions better it (`optimizer.exchange`).
4. Where (U - L) / |L| is within the gap, U is the proof. Otherwise every decision that costs more than U - L to change is
   held: no plan better than L differs there (reduced cost fixing: Nemhauser & Wolsey 1988, II.4.1), and the search goes
   on from L. Cf. core problems for knapsacks: Balas & Zemel (1980), Pisinger (1995).
"""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from optimizer.exchange import improve
from optimizer.highs import Engine
from optimizer.matrix import Columns, Matrix, Objective, Vector
from optimizer.outcomes import Limits, Outcome, Progress, Relaxed
from optimizer.propagate import propagate
from optimizer.selections import Decisions

FRACTION = 1e-6
CORE_FACTOR = 3
"""Decisions of the core for each that the relaxation leaves between yes and no."""
LEAST_CORE = 60
CORE_NODES = 1
"""Branch-and-bound nodes of the core: exchanges find better plans sooner."""
PATIENCE, LEAST_PATIENCE = 3, 5000
"""Exchanges end after so many times the iterations of the core without a better plan, and not before so many."""
CORE_SHARE = 0.75
"""Part of the time after which core and exchanges hand over to the whole program; the core has half of it."""
SAFETY = 1e-9


Watch = tuple[Callable[[Progress], None] | None, threading.Event | None]


def solve_core(
    engine: Engine, decisions: Decisions, goal: Objective, limits: Limits, *, watch: Watch, start: Vector | None
) -> Outcome:
    """Solves for a goal by its core first, then as a whole. Bounds are valid for the whole program.

    Afterwards the engine holds only decisions that no plan as good as the outcome needs.
    """
    began = time.monotonic()
    _rule_out(engine)
    relaxed = engine.relaxation().relax(goal, limits.seconds, watch[1])
    if relaxed is None:
        return engine.minimise(goal, limits, start=start, progress=watch[0], stop=watch[1])
    found = _guided(engine, goal, relaxed, decisions, limits, watch=watch, start=start)
    best = found.least if found.x is not None else np.inf
    if found.x is not None and best <= _good_enough(relaxed.least, limits.gap):
        return _with(found, "optimal", relaxed.least)
    fixed = _by_reduced_cost(engine, relaxed, best)
    rest = replace(limits, seconds=max(0.0, began + limits.seconds - time.monotonic()))
    start = found.x if found.x is not None else start
    whole = engine.minimise(goal, rest, start=start, progress=watch[0], stop=watch[1])
    return _joined(whole, found, relaxed.least, fixed)


def _guided(
    engine: Engine,
    goal: Objective,
    relaxed: Relaxed,
    decisions: Decisions,
    limits: Limits,
    *,
    watch: Watch,
    start: Vector | None,
) -> Outcome:
    """The best plan of the core and of exchanges, until it is good enough or their time is up."""
    began = time.monotonic()
    seconds = CORE_SHARE * limits.seconds
    columns = decisions.columns
    order, doubts = by_doubt(engine.matrix, relaxed, columns[engine.lower[columns] < engine.upper[columns]])
    size = max(LEAST_CORE, CORE_FACTOR * doubts)
    target = _good_enough(relaxed.least, limits.gap)
    asked = Limits(limits.gap / 4, seconds / 2, CORE_NODES, target, rins=False)

    def tell(least: float) -> None:
        if watch[0] is not None:
            sense = goal.goal.sense
            watch[0](Progress(goal.goal.name, least * sense, relaxed.least * sense, time.monotonic() - began))

    with engine.holding(order[size:], np.round(relaxed.x)):
        core = engine.minimise(goal, asked, start=start, stop=watch[1])
    patience = max(LEAST_PATIENCE, PATIENCE * core.iterations)
    if start is not None:
        core = min(core, _known(engine, goal, columns, start, asked), key=lambda found: found.least)
    if core.x is None:  # nothing fits beside what is held: the first node of the whole program may have a plan
        core = engine.minimise(goal, asked, stop=watch[1])
    if core.x is None:
        return core
    tell(core.least)
    left = replace(asked, seconds=max(0.0, began + seconds - time.monotonic()))
    return improve(
        engine,
        goal,
        core,
        left,
        decisions=decisions,
        order=order,
        doubts=doubts,
        stop=watch[1],
        patience=patience,
        tell=tell,
    )


def _known(engine: Engine, goal: Objective, columns: Columns, start: Vector, asked: Limits) -> Outcome:
    """The best with the decisions of a start, as far as the engine's bounds leave them; nothing where they do not hold."""
    held = start.copy()
    held[columns] = np.clip(np.round(np.nan_to_num(start[columns])), engine.lower[columns], engine.upper[columns])
    with engine.holding(columns, held):
        return engine.minimise(goal, asked)


def by_doubt(matrix: Matrix, relaxed: Relaxed, columns: Columns) -> tuple[Columns, int]:
    """Columns in the order of what it costs to change them, those that the relaxation leaves between yes and no first;
    and how many these are."""
    cost = changes(matrix, relaxed)[columns]
    return columns[np.argsort(cost, kind="stable")], int((cost < 0).sum())


def settled(matrix: Matrix, relaxed: Relaxed, columns: Columns, slack: float) -> Columns:
    """Columns that no plan changes which costs at most `slack` more than the relaxation (reduced cost fixing)."""
    return columns[changes(matrix, relaxed)[columns] > slack]


def changes(matrix: Matrix, relaxed: Relaxed) -> Vector:
    """What it costs at least, by the relaxation, to change each column from 0 to 1 or from 1 to 0.

    That is its reduced cost; but a column at 1 in a row "at most one of these" has often none, as the row's dual bears it:
    to change it is to choose another of the row, at that one's reduced cost, or none of them, at the row's dual.
    """
    cost = np.abs(relaxed.reduced_costs)
    rows, columns = _at_most_one(matrix)
    other = np.abs(relaxed.duals)
    at_zero = relaxed.x[columns] < 0.5
    np.minimum.at(other, rows[at_zero], cost[columns[at_zero]])
    chosen = relaxed.x[columns] > 1 - FRACTION
    np.maximum.at(cost, columns[chosen], other[rows[chosen]])
    # What lies between comes first: with ample money more columns cost nothing than a core holds.
    cost[matrix.integer & (np.abs(relaxed.x - np.round(relaxed.x)) > FRACTION)] = -1.0
    return cost


def _at_most_one(matrix: Matrix) -> tuple[Columns, Columns]:
    """Rows and columns of the entries of all rows that allow one of their decisions at most."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.starts))
    foreign = ~matrix.integer[matrix.indices] | (matrix.values != 1)
    packing = (matrix.row_upper == 1) & (np.bincount(rows[foreign], minlength=matrix.shape[0]) == 0)
    entries = packing[rows]
    return rows[entries], matrix.indices[entries].astype(np.int64)


def _good_enough(root: float, gap: float) -> float:
    """The largest value, as minimised, that the root bound proves within the gap."""
    return root / (1 + gap) if root < 0 else root / (1 - min(gap, 0.5))


def _rule_out(engine: Engine) -> None:
    """Holds the decisions that a row alone leaves no choice."""
    lower, upper = propagate(engine.matrix, engine.lower, engine.upper, engine.row_limits)
    columns = np.flatnonzero((lower > engine.lower) | (upper < engine.upper))
    engine.limit_columns(columns, lower[columns], upper[columns])


def _by_reduced_cost(engine: Engine, relaxed: Relaxed, best: float) -> bool:
    """Holds what no plan better than `best` (or within the tie-break's tolerance of it) can change."""
    if not np.isfinite(best):
        return False
    integer = np.flatnonzero(engine.matrix.integer & (engine.lower < engine.upper))
    slack = best - relaxed.least + 1e-6 * max(1.0, abs(best)) + SAFETY
    columns = settled(engine.matrix, relaxed, integer, slack)
    at = np.round(relaxed.x[columns])
    engine.limit_columns(columns, at, at)
    return len(columns) > 0


def _joined(whole: Outcome, found: Outcome, root: float, fixed: bool) -> Outcome:
    """The better plan of the two searches, with the bound of both."""
    if whole.status == "infeasible":
        # With decisions held: nothing better than the core's plan. Without: no plan at all.
        return _with(found, "optimal", found.least) if fixed and found.x is not None else whole
    best = whole if whole.least <= found.least else found
    bound = max(root, min(whole.bound, best.least))
    return _with(best, whole.status, bound)


def _with(outcome: Outcome, status: str, bound: float) -> Outcome:
    return Outcome(status, outcome.x, outcome.least, min(bound, outcome.least), outcome.nodes)  # type: ignore[arg-type]

"""LP-guided core solve: the relaxation says where the doubt is, the program decides only there, and the bound stays a proof.

1. The root relaxation gives a bound U and reduced costs.
2. The program over the decisions of least |reduced cost|, all others held at their relaxed value, gives a plan L; the
   core is doubled while L is not good enough and time allows.
3. Where (U - L) / |L| is within the gap, U is the proof. Otherwise every decision whose reduced cost exceeds U - L is
   held: no plan better than L differs there (reduced cost fixing: Nemhauser & Wolsey 1988, II.4.1), and the search goes
   on from L. Cf. core problems for knapsacks: Balas & Zemel (1980), Pisinger (1995).
"""

import threading
import time
from collections.abc import Callable

import numpy as np

from optimizer.highs import Columns, Engine, Limits, Outcome, Progress, Relaxed
from optimizer.matrix import Objective, Vector

FRACTION = 1e-6
CORE_FACTOR = 3
LEAST_CORE = 60
CORE_SHARE = 0.4
"""Part of the time after which the core hands over to the whole program."""
LARGEST_CORE = 0.5
"""Part of all decisions beyond which a core is no smaller problem than the whole."""
SAFETY = 1e-9


Watch = tuple[Callable[[Progress], None] | None, threading.Event | None]


def solve_core(
    engine: Engine, relaxation: Engine, goal: Objective, limits: Limits, *, watch: Watch, start: Vector | None
) -> Outcome:
    """Solves for a goal by its core first, then as a whole. Bounds are valid for the whole program.

    Afterwards the engine holds only decisions that no plan as good as the outcome needs.
    """
    end = time.monotonic() + limits.seconds
    relaxed = relaxation.relax(goal, limits.seconds, watch[1])
    if relaxed is None:
        return engine.minimise(goal, limits, start=start, progress=watch[0], stop=watch[1])
    integer = np.flatnonzero(engine.matrix.integer & (engine.lower < engine.upper))
    found = _grow(engine, goal, relaxed, integer, limits, watch=watch, start=start)
    best = found.least if found.x is not None else np.inf
    if found.x is not None and best - relaxed.least <= limits.gap * max(abs(best), 1e-9):
        return _with(found, "optimal", relaxed.least)
    fixed = _by_reduced_cost(engine, relaxed, integer, best)
    rest = Limits(limits.gap, max(0.0, end - time.monotonic()))
    start = found.x if found.x is not None else start
    whole = engine.minimise(goal, rest, start=start, progress=watch[0], stop=watch[1])
    return _joined(whole, found, relaxed.least, fixed)


def _grow(
    engine: Engine,
    goal: Objective,
    relaxed: Relaxed,
    integer: Columns,
    limits: Limits,
    *,
    watch: Watch,
    start: Vector | None,
) -> Outcome:
    """The best plan of the largest core tried: each holds twice the decisions of the one before and begins at its plan."""
    end = time.monotonic() + CORE_SHARE * limits.seconds
    doubtful = _doubtful(relaxed.x[integer])
    order = integer[np.argsort(np.abs(relaxed.reduced_costs[integer]), kind="stable")]
    size = max(LEAST_CORE, CORE_FACTOR * doubtful)
    best = Outcome("nothing found", None, np.inf, np.inf)
    while True:
        engine.hold_columns(order[size:], np.round(relaxed.x))
        seconds = max(0.0, end - time.monotonic())
        asked = Limits(limits.gap / 4, seconds, target=_good_enough(relaxed.least, limits.gap))
        found = engine.minimise(goal, asked, start=start, progress=watch[0], stop=watch[1])
        engine.free_columns(integer)
        if found.x is not None and found.least < best.least:
            best, start = found, found.x
        within = best.least <= _good_enough(relaxed.least, limits.gap)
        size *= 2
        stopped = watch[1] is not None and watch[1].is_set()
        if within or stopped or size >= LARGEST_CORE * len(integer) or time.monotonic() >= end:
            return best


def _doubtful(values: Vector) -> int:
    """Decisions that the relaxation leaves between yes and no."""
    return int(((values > FRACTION) & (values < 1 - FRACTION)).sum())


def _good_enough(root: float, gap: float) -> float:
    """The largest value, as minimised, that the root bound proves within the gap."""
    return root / (1 + gap) if root < 0 else root / (1 - min(gap, 0.5))


def _by_reduced_cost(engine: Engine, relaxed: Relaxed, integer: Columns, best: float) -> bool:
    """Holds what no plan better than `best` (or within the tie-break's tolerance of it) can change."""
    if not np.isfinite(best):
        return False
    slack = best - relaxed.least + 1e-6 * max(1.0, abs(best)) + SAFETY
    values = relaxed.x[integer]
    settled = (np.abs(relaxed.reduced_costs[integer]) > slack) & (np.minimum(values, 1 - values) <= FRACTION)
    engine.hold_columns(integer[settled], np.round(relaxed.x))
    return bool(settled.any())


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

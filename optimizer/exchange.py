"""Exchanges: a few decisions in doubt are taken again at a time, all others stay as in the best plan.

Large neighbourhood search (Shaw 1998) with the program itself as the judge of each neighbourhood. Draws come from the
seed, and neighbourhoods end by nodes: the same search gives the same plans, however fast the machine.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from optimizer.highs import Columns, Engine, Limits, Outcome
from optimizer.matrix import Objective

FREE = 120
"""Decisions of the first neighbourhood."""
NODES = 300
"""Branch-and-bound nodes of one neighbourhood."""
PATIENCE = 150
"""Neighbourhoods without a better plan after which no more are tried."""
LARGER, SMALLER = 1.1, 0.9
"""How the next neighbourhood differs in size: larger where the last was searched through without a better plan."""
LEAST_GAIN = 1e-7


def improve(
    engine: Engine,
    goal: Objective,
    best: Outcome,
    order: Columns,
    limits: Limits,
    *,
    doubtful: int,
    stop: threading.Event | None,
    seed: int = 0,
    patience: int = PATIENCE,
    tell: Callable[[float], None] = lambda _: None,
) -> Outcome:
    """A plan at least as good as `best`, from exchanges among decisions; `tell` hears of each better one.

    `order`: every decision that may change, the most doubtful first; exchanges begin among the first `doubtful` and take
    in twice as many whenever these hold nothing better. Ends at the target of the limits, at their time, or after
    `patience` tries without a better plan. Its bound means nothing.
    """
    end = time.monotonic() + limits.seconds
    integer = np.flatnonzero(engine.matrix.integer)
    draw = np.random.default_rng(seed)
    size, idle, pool = float(FREE), 0, doubtful
    while best.x is not None and best.least > limits.target and idle < patience:
        left = end - time.monotonic()
        if left <= 0 or (stop is not None and stop.is_set()):
            break
        free = draw.choice(order[:pool], size=min(round(size), len(order[:pool])), replace=False)
        engine.hold_columns(np.setdiff1d(integer, free), np.round(best.x))
        asked = replace(limits, gap=LEAST_GAIN, seconds=left, nodes=NODES, sub_searches=False)
        found = engine.minimise(goal, asked, start=best.x, stop=stop)
        engine.free_columns(integer)
        better = found.x is not None and found.least < best.least - LEAST_GAIN * abs(best.least)
        idle = 0 if better else idle + 1
        if found.status != "optimal":
            size = max(size * SMALLER, FREE / 2)
        elif not better:
            size = size * LARGER
        if better:
            best = found
            tell(best.least)
        if found.status == "optimal" and len(free) >= pool:
            pool *= 2
        if found.status == "optimal" and len(free) == len(order):
            break  # nothing was held that an exchange could change
    return best

"""Neighbourhood search: a few decisions are solved again at a time, all others stay as in the best plan.

Adaptive large neighbourhood search (Shaw 1998; Ropke & Pisinger 2006), with the program itself solved over each
neighbourhood. Draws come from the seed, neighbourhoods end by a number of nodes, and kinds are weighted by their gain per
simplex iteration, so that the plans do not depend on the speed of the machine.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from optimizer.solver import tuning
from optimizer.solver.deadline import Deadline
from optimizer.solver.highs import Engine
from optimizer.solver.incumbent import Decisions
from optimizer.solver.results import Limits, SolveResult
from optimizer.solver.standard_form import Columns, Objective, Vector

Draw = np.random.Generator
Distance = Callable[[Decisions, Columns, int, Draw], Vector]
"""(decisions, positions of those in the best plan, size, draw) -> distance of each decision; below 0: always in."""


def _years(decisions: Decisions, _chosen: Columns, _size: int, draw: Draw) -> Vector:
    """The decisions of a drawn year, then those of the years next to it, which the same envelopes pay for."""
    year = draw.choice(np.unique(decisions.years))
    near: Vector = np.abs(decisions.years - year) + draw.random(len(decisions.years))
    return near


def _projects(decisions: Decisions, chosen: Columns, size: int, draw: Draw) -> Vector:
    """Every year of a few financed projects, and random other decisions."""
    financed = decisions.projects[chosen]
    again = draw.choice(financed, size=min(len(financed), max(2, size // tuning.DECISIONS_PER_PROJECT)), replace=False)
    return np.where(np.isin(decisions.projects, again), -1.0, draw.random(len(decisions.years)))


@dataclass
class _Kind:
    """A kind of neighbourhood: the size of the next one, and the gain per work of the last ones."""

    distance: Distance
    size: float = tuning.FIRST_SIZE
    rate: float | None = None

    def learn(self, gained: float, result: SolveResult) -> None:
        rate = gained / (result.iterations + tuning.TRY_COST)
        self.rate = rate if self.rate is None else tuning.MEMORY * self.rate + (1 - tuning.MEMORY) * rate
        if result.status != "optimal":
            self.size = max(self.size * tuning.SMALLER, tuning.LEAST_SIZE)
        elif not gained:
            self.size *= tuning.LARGER


def improve(
    engine: Engine,
    goal: Objective,
    best: SolveResult,
    limits: Limits,
    *,
    decisions: Decisions,
    order: Columns,
    doubts: int,
    stop: threading.Event | None,
    patience: float = np.inf,
    effort: float = np.inf,
    tell: Callable[[float], None] = lambda _: None,
) -> SolveResult:
    """Improve `best` by neighbourhood search over the decisions; `tell` is called with each better objective.

    `order`: columns of all decisions that may change, the most doubtful first. The first neighbourhoods lie among
    `tuning.POOL_WIDTH` of them for each of `doubts`; the pool doubles whenever it holds nothing better. The search ends at
    the target of the limits, at their time, after `patience` simplex iterations without a better plan, or after `effort`
    in all. The result carries no bound.
    """
    end = Deadline.after(limits.seconds)
    rank = _ranks(decisions, order, engine.matrix.shape[1])
    draw = np.random.default_rng(engine.seed)
    kinds, pool = [_Kind(_years), _Kind(_projects)], max(tuning.FIRST_SIZE, tuning.POOL_WIDTH * doubts)
    idle = spent = 0
    while best.x is not None and best.objective > limits.target and idle < patience and spent < effort:
        left = end.left
        if left <= 0 or (stop is not None and stop.is_set()):
            break
        kind = _drawn(kinds, draw)
        free = decisions.columns[_nearest(kind, decisions, best.x, rank, pool=pool, draw=draw)]
        search_limits = replace(
            limits, gap=tuning.LEAST_GAIN, seconds=left, nodes=tuning.NEIGHBOURHOOD_NODES, sub_searches=False
        )
        with engine.holding(np.setdiff1d(decisions.columns, free), np.round(best.x)):
            result = engine.minimize(goal, search_limits, start=best.x, stop=stop)
        gained = best.objective - result.objective if result.x is not None else 0.0
        better = gained > tuning.LEAST_GAIN * abs(best.objective)
        kind.learn(gained if better else 0.0, result)
        idle, spent = 0 if better else idle + result.iterations, spent + result.iterations
        if better:
            best = result
            tell(best.objective)
        if result.status == "optimal" and len(free) >= pool:
            pool *= 2
        if result.status == "optimal" and len(free) >= len(order):
            break  # the neighbourhood held every decision
    return best


def _drawn(kinds: list[_Kind], draw: Draw) -> _Kind:
    """The kind to try: each once, then preferably those with most gain per work."""
    for kind in kinds:
        if kind.rate is None:
            return kind
    rates = np.array([max(kind.rate or 0.0, 1e-12) for kind in kinds])
    chances = tuning.EVEN_SHARE / len(kinds) + (1 - tuning.EVEN_SHARE) * rates / rates.sum()
    return kinds[draw.choice(len(kinds), p=chances)]


def _ranks(decisions: Decisions, order: Columns, columns: int) -> Vector:
    """Rank of each decision, 0 for the most doubtful; infinite for those that may not change."""
    rank = np.full(columns, np.inf)
    rank[order] = np.arange(len(order))
    return rank[decisions.columns]


def _nearest(kind: _Kind, decisions: Decisions, x: Vector, rank: Vector, *, pool: int, draw: Draw) -> Columns:
    """Positions of the decisions of a neighbourhood."""
    chosen, size = np.flatnonzero(x[decisions.columns] > 0.5), round(kind.size)
    distance = kind.distance(decisions, chosen, size, draw)
    able = np.flatnonzero((rank < pool) | ((distance < 0) & np.isfinite(rank)))
    return able[np.argsort(distance[able], kind="stable")][:size]

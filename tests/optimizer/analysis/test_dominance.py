"""Sets that are left out as dominated are never the only worst ones."""

import itertools
import random

import numpy as np
from support.repeatable import EXAMPLES

from optimizer.analysis.stress.dominance import undominated


def test_the_worst_of_all_sets_is_among_those_that_are_left() -> None:
    kept = total = 0
    for seed in range(4 * EXAMPLES):
        r = random.Random(seed)
        groups, size = r.randint(1, 7), r.randint(1, 4)
        harm = np.array([[float(r.randint(0, 3)) for _ in range(2)] for _ in range(groups)])
        limits, weights = [r.uniform(1, 6) for _ in range(2)], [r.uniform(0.5, 2) for _ in range(2)]

        def lost(
            places: tuple[int, ...], h: np.ndarray = harm, at: list[float] = limits, w: list[float] = weights
        ) -> float:  # type: ignore[type-arg]
            return float(np.minimum(h[list(places)].sum(axis=0), at) @ w)

        everything = list(itertools.combinations(range(groups), min(size, groups)))
        left = undominated(harm, min(size, groups), len(everything))
        assert left is not None
        assert len(set(left)) == len(left)
        assert set(left) <= set(everything)
        assert max(map(lost, left)) == max(map(lost, everything)), seed
        kept, total = kept + len(left), total + len(everything)
    assert kept < total


def test_too_many_sets_are_none() -> None:
    harm = np.eye(5)
    assert undominated(harm, 2, 9) is None
    assert undominated(harm, 2, 10) == list(itertools.combinations(range(5), 2))

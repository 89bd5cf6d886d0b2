"""Sets of groups that can be the worst to fail: those that no other set of the same size dominates.

If group `i` takes away at least as much of everything as group `j`, and losing more never helps, then a set with `j` and without
`i` is no worse than the same set with `i` in place of `j`. Such sets are left out; among equal groups the first dominates.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def undominated(harm: Floats, size: int, most: int) -> list[tuple[int, ...]] | None:
    """Sets of `size` groups, as places in `harm` [group, what is lost]; None where there are more than `most`.

    >>> undominated(np.array([[3.0, 0.0], [2.0, 0.0], [0.0, 1.0]]), 2, 10)
    [(0, 2), (0, 1)]
    """
    front: list[tuple[int, ...]] = []
    for places in _sets(_above(harm), size):
        if len(front) == most:
            return None
        front.append(places)
    return front


def _above(harm: Floats) -> Bools:
    """[i, j]: whether i takes away at least as much of everything as j; of equals the first."""
    covers = (harm[:, None, :] >= harm[None, :, :]).all(axis=2)
    first = np.arange(len(harm))[:, None] < np.arange(len(harm))[None, :]
    return np.asarray(covers & (~covers.T | first))


def _sets(above: Bools, size: int) -> Iterator[tuple[int, ...]]:
    """Sets that hold with each group all that are above it."""
    order = sorted(range(len(above)), key=lambda i: (int(above[:, i].sum()), i))  # those above come first

    def go_on(left: list[int], chosen: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if len(chosen) == size:
            yield tuple(sorted(chosen))
        elif len(chosen) + len(left) >= size:
            first, *rest = left
            yield from go_on(rest, (*chosen, first))
            yield from go_on([i for i in rest if not above[first, i]], chosen)

    yield from go_on(order, ())

"""Draws of scenarios and project risks: one stream of random numbers, the same on every machine.

For each draw one uniform for the scenario, in the order of the sheet with `as planned` last; then for each row of
`risks`, each unit sorted as text, three uniforms: fails, delay, overrun. Generator: PCG64 (O'Neill 2014) of numpy.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from models.risks import RiskUnit
from models.scenarios import Named

SMALLEST = 2.0**-53
"""The least uniform above 0; the normal quantile of 0 does not exist."""
PER_UNIT = 3


@dataclass(frozen=True)
class Sample:
    """Draws: place of the scenario [n]; failed, years of delay and factor on capital cost [n, unit]."""

    scenario: npt.NDArray[np.int64]
    failed: npt.NDArray[np.bool_]
    delay: npt.NDArray[np.int64]
    overrun: npt.NDArray[np.float64]


def sample(
    units: Sequence[RiskUnit],
    scenarios: Sequence[Named],
    n: int,
    *,
    seed: int = 0,
    skip: int = 0,
    overruns: bool = True,
) -> Sample:
    """Draws skip + 1 to skip + n of the stream. `scenarios`: those with probability, `as planned` last.

    `overruns`: whether the factors on capital cost are worked out, which takes most of the time; else they stay 1.
    """
    width = 1 + PER_UNIT * len(units)
    bits = np.random.PCG64(seed)
    bits.advance(skip * width)
    u = np.random.Generator(bits).random((n, width))
    failed = np.zeros((n, len(units)), dtype=bool)
    delay = np.zeros((n, len(units)), dtype=np.int64)
    overrun = np.ones((n, len(units)))
    for place, unit in enumerate(units):
        fails, late, over = (u[:, 1 + PER_UNIT * place + k] for k in range(PER_UNIT))
        failed[:, place] = fails < unit.risk.p_fail
        if unit.risk.delay:
            years = np.array([y for y, _ in unit.risk.delay], dtype=np.int64)
            delay[:, place] = years[inverse([share / 100 for _, share in unit.risk.delay], late)]
        if overruns:
            overrun[:, place] = _overruns(unit.risk.overrun, unit.risk.overrun_sigma, over)
    return Sample(inverse([s.probability for s in scenarios], u[:, 0]), failed, delay, overrun)


def inverse(shares: Sequence[float], u: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The first value whose cumulated share exceeds u.

    >>> inverse([0.25, 0.75], np.array([0.0, 0.2499, 0.25, 0.9999]))
    array([0, 0, 1, 1])
    """
    places = np.searchsorted(np.cumsum(shares), u, side="right")
    return np.minimum(places, max(len(shares) - 1, 0)).astype(np.int64)


def _overruns(median: float, sigma: float, u: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Lognormal factors by the inverse of the normal distribution, one by one because vector libraries round differently."""
    if sigma == 0:
        return np.full(len(u), median)
    quantile = NormalDist().inv_cdf
    return np.array([median * math.exp(sigma * quantile(max(x, SMALLEST))) for x in u.tolist()])

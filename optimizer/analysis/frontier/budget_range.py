"""The range of an exploration: its tolerances, its end, and its first budgets."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import ceil, floor, log10

from numpy import interp

from models.case import Case
from models.schema import OBJECTIVE_UNITS

SMALL = 60
"""Decisions up to which every step of a frontier is found within seconds."""
FEW = 300
"""Decisions up to which least-money solves close boxes quickest from the start."""
FINE, MEDIUM, COARSE = 1e-4, 5e-3, 1e-2
"""Default tolerances of small, medium and large cases: of a score; of tonnes as a part of the most there is."""
LEVEL = 0.4
"""Weight of money in the distance between two budgets; value has the rest."""


def decisions(case: Case) -> int:
    """Projects to decide on, times the years in which that can be."""
    settings = case.settings
    years = settings.last_fid_year - settings.first_year + 1
    return years * sum(p.status in ("candidate", "committed") for p in case.projects)


def is_large(case: Case) -> bool:
    """Whether a case has so many decisions that no budget is solved further than its boxes need."""
    return decisions(case) > FEW


def default_tolerance(case: Case, best: float) -> float:
    """One point in a hundred of a score of coverages, of smaller cases half a point, of small ones a hundredth of a
    point; of tonnes as much of `best`, the most there is, to one digit."""
    count = decisions(case)
    part = FINE if count <= SMALL else MEDIUM if count <= FEW else COARSE
    if OBJECTIVE_UNITS[case.settings.objective] == "points" or best <= 0:
        return part
    unit = 10.0 ** floor(log10(part * best))
    return round(part * best / unit) * unit


def round_up(money_m: float) -> float:
    """A little more than an amount, as the end of a range in which more money buys nothing.

    >>> round_up(1234.5), round_up(0.0)
    (1260.0, 1.0)
    """
    step = 10.0 ** floor(log10(max(money_m, 1.0)) - 1) / 5 if money_m > 0 else 1.0
    return ceil((money_m * 1.01) / step) * step if money_m > 0 else 1.0


def along_curve(amounts: Sequence[float], values: Sequence[float], count: int, least_rise: float) -> list[float]:
    """Amounts between the ends of a rising curve, evenly along its length, so that they are close where it is steep.

    `least_rise`: a rise that counts as much as the whole range of money.

    >>> [round(a) for a in along_curve([0.0, 100.0, 1000.0], [0.0, 1.0, 1.0], 3, 0.1)]
    [39, 78, 375]
    """
    wide, rise = amounts[-1] - amounts[0], max(values[-1] - values[0], least_rise)
    parts = [
        LEVEL * (b - a) / wide + (1 - LEVEL) * max(0.0, v - u) / rise
        for (a, b), (u, v) in zip(pairwise(amounts), pairwise(values), strict=True)
    ]
    length = [0.0, *accumulate(parts)]
    return [float(interp(length[-1] * n / (count + 1), length, amounts)) for n in range(1, count + 1)]

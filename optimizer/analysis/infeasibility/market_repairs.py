"""The least change of a market input that decides whether projects pay: operating cost, hurdle rate, or price of a material.

The worth of equity and the cost of a price floor change with the price, so that no limit of a row says how far it must move:
the case is built again at each value that is tried. Found by bisection, rounded outward to the printed digit, and solved on
both sides of it.
"""

import math
from collections.abc import Callable

from optimizer.analysis.infeasibility import descriptions
from optimizer.analysis.infeasibility.elastic_program import Elastic, State
from optimizer.analysis.infeasibility.report import Repaired, Restriction
from optimizer.analysis.infeasibility.restrictions import furthest, limit_now
from optimizer.analysis.infeasibility.single_repairs import FINEST, NEARLY, change, stepped

Does = Callable[[float], bool]
"""Whether a change of this size makes the case feasible."""
HALVINGS = 40
"""Most values that are tried before the digits, because each needs its own program."""


class NotEnough(Exception):
    """Raised when no value in the range of a cell, or none that can be printed, makes the case feasible."""


def least_market_change(elastic: Elastic, r: Restriction, state: State) -> Repaired:
    """The least change of a cell of the market with which, the others as in `state`, a plan is possible.

    Raises NotEnough, QuestionTimedOut and OutOfTime.
    """
    factor = descriptions.factor(elastic.sets, r)
    old = round((limit_now(elastic.sets, r) or 0.0) / factor, 10)
    way = 1.0 if r.kind == "price" else -1.0
    most = abs(furthest(r) - old)

    def does(by: float) -> bool:
        return elastic.possible({**state, r: max(0.0, old + way * by) * factor})

    if most <= 0 or not does(most):
        raise NotEnough
    least = _bisected(most, old, does)
    digit = third_digit(least, old)
    step = stepped(math.ceil(least / digit - NEARLY), lambda n: does(n * digit), lambda n: n > 0)
    if step is None:
        raise NotEnough
    return change(elastic.sets, r, old, round(max(0.0, old + way * step * digit), 10), digit)


def third_digit(by: float, old: float) -> float:
    """The third significant digit of a change, and no finer than the solver tells two values apart.

    >>> third_digit(1234.0, 20_300.0), third_digit(0.1234, 1.0)
    (10.0, 0.001)
    """
    finest = math.ceil(math.log10(FINEST * max(abs(old), by)))
    return float(10.0 ** max(math.floor(math.log10(by)) - 2, finest))


def _bisected(most: float, old: float, does: Does) -> float:
    """Bisect to a change that is enough, within one printed digit of a change that is not."""
    bad, good = 0.0, most
    for _ in range(HALVINGS):
        if good - bad <= third_digit(good, old):
            break
        middle = (bad + good) / 2
        if does(middle):
            good = middle
        else:
            bad = middle
    return good

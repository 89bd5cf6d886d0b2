"""The largest part of a need that awards can bring: a linear program of a dozen columns in exact decimals.

The simplex method with a dictionary of basic variables (Chvátal, Linear Programming, 1983, ch. 2 and 3): each is a constant
plus a sum over the others. The point 0 is feasible, so that no first phase is needed. By Bland's rule the variable of
smallest name that improves enters, and the smallest of those that limit it leaves.
"""

from decimal import Decimal

from models.audit.exact import ZERO

Sum = dict[str, Decimal]
"""Variable -> coefficient."""
NOTHING = Decimal("1e-30")
"""A coefficient up to this is the rounding of earlier steps."""


def most(objective: Sum, limits: list[tuple[Sum, Decimal]]) -> Decimal | None:
    """The largest value of a sum of variables, none below 0, each of the sums in `limits` within its limit (0 or more).

    None if it is unbounded.
    """
    basic = {f"~{n:03d}": (limit, {x: -a for x, a in of.items() if a}) for n, (of, limit) in enumerate(limits)}
    value, gains = ZERO, dict(objective)
    while helpful := sorted(x for x, gain in gains.items() if gain > NOTHING):
        enter = helpful[0]
        room = [(basic[b][0] / -of[enter], b) for b, (_, of) in basic.items() if of.get(enter, ZERO) < -NOTHING]
        if not room:
            return None
        least = min(amount for amount, _ in room)
        leave = min(b for amount, b in room if amount == least)
        constant, terms = _solved(basic.pop(leave), leave, enter)
        basic = {b: _replaced(row, enter, constant, terms) for b, row in basic.items()}
        basic[enter] = constant, terms
        value, gains = _replaced((value, gains), enter, constant, terms)
    return value


def _solved(row: tuple[Decimal, Sum], leave: str, enter: str) -> tuple[Decimal, Sum]:
    """`leave = constant + terms` solved for `enter`."""
    constant, terms = row
    factor = -terms[enter]
    rest = {x: a / factor for x, a in terms.items() if x != enter}
    return constant / factor, rest | {leave: Decimal(-1) / factor}


def _replaced(row: tuple[Decimal, Sum], enter: str, constant: Decimal, terms: Sum) -> tuple[Decimal, Sum]:
    """A row with a variable replaced by its expression."""
    own, coefficients = row
    factor = coefficients.get(enter, ZERO)
    if not factor:
        return row
    summed = {x: a for x, a in coefficients.items() if x != enter}
    for x, a in terms.items():
        summed[x] = summed.get(x, ZERO) + factor * a
    return own + factor * constant, summed

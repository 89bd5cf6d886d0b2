"""The least change of one restriction: found exactly, rounded outward to the printed digit, and confirmed on both sides."""

import math
from collections.abc import Callable

from models.sets import Sets
from models.text import Text
from optimizer.analysis.infeasibility import descriptions
from optimizer.analysis.infeasibility.elastic_program import Elastic, QuestionTimedOut, State
from optimizer.analysis.infeasibility.report import MONEY, RULES, Repaired, Restriction
from optimizer.analysis.infeasibility.restrictions import limit_now, rule_of

FINEST = 1e-5
"""Least printed digit, as a part of the limit: ten times what any solver or auditor calls equal."""
COARSEST = {True: 0.1, False: 1.0}
"""Largest printed digit: a tenth of a million for money, one unit for rules."""
MOST_STEPS = 20
"""Number of digits outward that are tried if the first does not suffice."""
NEARLY = 1e-6
"""Distance from a digit, as a part of it, within which a number counts as that digit."""


def printed_digit(change: float, limit: float, *, money: bool) -> float:
    """The third significant digit of a change, within reason.

    >>> printed_digit(14.21, 100, money=True), printed_digit(6.0, 70, money=False), printed_digit(0.0312, 0.3, money=False)
    (0.1, 0.01, 0.0001)
    """
    finest = math.ceil(math.log10(FINEST * max(1.0, abs(limit))) - NEARLY)
    third = math.floor(math.log10(change)) - 2 if change > 0 else finest
    return float(min(10.0 ** max(third, finest), COARSEST[money]))


def least_change(elastic: Elastic, r: Restriction, state: State) -> Repaired:
    """The least change of a restriction with which, the others as in `state`, a plan is possible.

    Without the restriction one must be possible, with it as it stands not. Raises OutOfTime.
    """
    old = limit_now(elastic.sets, r)
    limit = elastic.least_limit(r, state) if r.kind in (*MONEY, *RULES) and old is not None else None
    if old is None or limit is None:
        return change(elastic.sets, r, None, None, None)
    factor = descriptions.factor(elastic.sets, r)
    old, limit = round(old / factor, 10), limit / factor
    digit = printed_digit(abs(limit - old), max(abs(old), abs(limit)), money=r.kind in MONEY)
    try:
        return change(elastic.sets, r, old, _tried(elastic, r, state, (old, limit, digit, factor)), digit)
    except QuestionTimedOut:
        raise QuestionTimedOut(limit=limit * factor) from None


def enough(elastic: Elastic, r: Restriction, limit: float) -> Repaired:
    """A change to a limit with which a plan is known to be possible, rounded outward; it may be more than the least."""
    factor = descriptions.factor(elastic.sets, r)
    old, limit = round((limit_now(elastic.sets, r) or 0.0) / factor, 10), limit / factor
    out = 1.0 if r.kind in MONEY or rule_of(elastic.case, r).sense == "<=" else -1.0
    digit = printed_digit(abs(limit - old), max(abs(old), abs(limit)), money=r.kind in MONEY)
    origin = old if r.kind in MONEY else 0.0
    new = round(origin + out * math.ceil((limit - origin) * out / digit - NEARLY) * digit, 10)
    sufficient = change(elastic.sets, r, old, new, digit)
    sentence = Text("{change} (sufficient; a smaller change may be too)", change=sufficient.sentence)
    return sufficient.model_copy(update={"least": False, "sentence": sentence})


def _tried(elastic: Elastic, r: Restriction, state: State, numbers: tuple[float, float, float, float]) -> float | None:
    """The nearest number on the grid of printed digits with which a plan is possible, by re-solve on both sides."""
    old, limit, digit, factor = numbers
    out = 1.0 if r.kind in MONEY or rule_of(elastic.case, r).sense == "<=" else -1.0
    origin = old if r.kind in MONEY else 0.0
    step = math.ceil((limit - origin) * out / digit - NEARLY)

    def at(n: int) -> float:
        return round(origin + out * n * digit, 10)

    def does(n: int) -> bool:
        return elastic.possible({**state, r: at(n) * factor})

    value = stepped(step, does, lambda n: (at(n) - old) * out > 0)
    return None if value is None else at(value)


def stepped(step: int, does: Callable[[int], bool], is_change: Callable[[int], bool]) -> int | None:
    """The nearest step that does, looked for outward from `step` on, then back; None where none of `MOST_STEPS` does."""
    first = next((n for n in range(step, step + MOST_STEPS) if does(n)), None)
    while first is not None and is_change(first - 1) and does(first - 1):
        first -= 1
    return first


def change(sets: Sets, r: Restriction, old: float | None, new: float | None, digit: float | None) -> Repaired:
    """A change with its words and cells; the numbers as in the cell."""
    if new is None:
        return Repaired(
            restriction=r, cells=descriptions.cells(sets, r), sentence=descriptions.order(sets, r, None, None)
        )
    factor = descriptions.factor(sets, r)
    return Repaired(
        restriction=r, old=old, new=new, by=round(abs(new - (old or 0.0)), 10), digit=digit, factor=factor,
        unit=descriptions.unit(sets, r), cells=descriptions.cells(sets, r, new * factor), sentence=descriptions.order(sets, r, old, new),
    )  # fmt: skip

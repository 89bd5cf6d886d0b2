"""A minimal part of a selection that cannot be paid for, by the deletion filter.

A cut against this part refuses every selection that contains it. Chinneck (2008), Feasibility and Infeasibility in
Optimization, chapter 6.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from models.constraints.rules import of_awards
from models.sets import Sets
from optimizer.solver import tuning
from optimizer.solver.allocation import can_be_paid, can_ever_be_paid
from optimizer.solver.deadline import Deadline

Start = tuple[str, int]
"""Project and decision year."""


@dataclass(frozen=True)
class UnpayablePart:
    """Decisions such that no selection can contain one for each of their projects."""

    starts: tuple[Start, ...]
    projects: int


def unpayable_part(sets: Sets, chosen: Mapping[str, int], until: Deadline) -> UnpayablePart | None:
    """A part of the selection that no awards pay for, in any years or in these, and of which any less can be paid for.

    None where it is not the money alone that refuses the selection: more projects may then help. Of a selection of many
    projects it is the whole. `until`: when the search for a smaller part ends.
    """
    if of_awards(sets):
        return None

    def ever(part: Iterable[str]) -> bool:
        return can_ever_be_paid(sets, frozenset(part), until.left) is not False

    def now(part: Iterable[str]) -> bool:
        return can_be_paid(sets, {i: chosen[i] for i in part}, until.left) is not False

    if not ever(chosen):
        part = _smallest(chosen, ever, until)
        return UnpayablePart(tuple((i, t) for i in part for t in sets.windows[i]), len(part))
    if not now(chosen):
        part = _smallest(chosen, now, until)
        return UnpayablePart(tuple((i, chosen[i]) for i in part), len(part))
    return None


def _smallest(chosen: Iterable[str], is_paid: Callable[[Iterable[str]], bool], until: Deadline) -> list[str]:
    """The projects without those whose removal leaves the rest unpayable."""
    part = sorted(chosen)
    for project in list(part) if len(part) <= tuning.FILTERED_UP_TO else ():
        if until.is_over:
            break
        rest = [i for i in part if i != project]
        if not is_paid(rest):
            part = rest
    return part

"""The declaration that every objective makes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.schema import Project
from models.sets import DemandKey, Sets

if TYPE_CHECKING:
    from models.program import Program
    from models.reasons.gain import Gains

Covered = Mapping[tuple[DemandKey, int], Any]
"""Coverage by demand row and year, of those with demand: numbers, or variables of a program."""
Financed = Mapping[tuple[str, int], float]
"""Capacity that a plan adds, by stage and year, less what would be built without support, t/yr."""
Gain = Callable[["Gains", Sequence[Project], int], float]


@dataclass(frozen=True)
class ObjectiveKind:
    """One objective, as the setting `objective` names it.

    An objective is one file of `models.objectives`, one line of `OBJECTIVES` there, and its name and unit in
    `models.objective_names`. The auditor states its value a second time in `models.audit.score`;
    tests/test_contributing.py names what is missing.
    """

    name: str
    terms: Callable[["Program"], list[Any]]
    """The expressions to maximize, in lexicographic order."""
    value: Callable[[Sets, Covered, Financed], float]
    """The value of a plan, without the penalty of soft rules."""
    gain: Gain | None
    """By how much the value of a plan rises when projects are added in a year; None if finding out takes another
    solve, as for the objectives of a chain."""
    most: Callable[[Sets], float]
    """Upper bound on the value of any plan, from the data alone."""


def full_score(_sets: Sets) -> float:
    """Upper bound of a plan score: all demand is covered."""
    return 1.0

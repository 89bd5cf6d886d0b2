r"""Magnets: tonnes of magnets that the chain delivers over the horizon, each grade up to its demand.

$$V = \sum_{k \in magnets} \sum_t demand_{k,t}\, delivered_{k,t}$$

Years are not discounted. Magnets are the demand rows of the stage `magnet`, or of the last stage if none has that name.
"""

from math import fsum
from typing import TYPE_CHECKING, Any

from models.network import Network
from models.objectives.objective import Covered, Financed, ObjectiveKind
from models.sets import Sets

if TYPE_CHECKING:
    from models.program import Program


def tonnes(sets: Sets, covered: Covered) -> Any:
    """Tonnes of magnets in `covered`, which holds a number or a variable for each demand row and year with demand."""
    magnets = set(Network(sets).magnets)
    return sum(sets.demand[k, y] * part for (k, y), part in covered.items() if k in magnets)


def terms(program: "Program") -> list[Any]:
    """Tonnes of magnets that the chain delivers."""
    return [tonnes(program.sets, program.delivered)]


def value(sets: Sets, covered: Covered, _financed: Financed) -> float:
    """Tonnes of magnets of a plan; `covered` is the part of each demand that the chain delivers."""
    return float(tonnes(sets, covered))


def most(sets: Sets) -> float:
    """Upper bound: all demand of every stage, t."""
    return fsum(sets.demand.values())


MAGNETS = ObjectiveKind("magnets", terms, value, gain=None, most=most)

r"""Magnets: tonnes of magnets delivered over the horizon, each grade up to its demand.

$$V = \sum_{k \in magnets} \sum_t demand_{k,t}\, delivered_{k,t}$$

not discounted. Magnets are the demand rows of the stage `magnet`; where no stage has that name, of the last stage.
"""

from math import fsum
from typing import TYPE_CHECKING, Any

from models.network import Network
from models.objectives.objective import Covered, Financed, ObjectiveKind
from models.sets import Sets

if TYPE_CHECKING:
    from models.program import Program


def tonnes(sets: Sets, covered: Covered) -> Any:
    """Tonnes of coverages, given as numbers or variables for the pairs with demand."""
    magnets = set(Network(sets).magnets)
    return sum(sets.demand[k, y] * part for (k, y), part in covered.items() if k in magnets)


def terms(program: "Program") -> list[Any]:
    """Tonnes of magnets."""
    return [tonnes(program.sets, program.delivered)]


def value(sets: Sets, covered: Covered, _financed: Financed) -> float:
    """Tonnes of a plan; `covered` is what the chain delivers."""
    return float(tonnes(sets, covered))


def most(sets: Sets) -> float:
    """All demand of every stage, t."""
    return fsum(sets.demand.values())


MAGNETS = ObjectiveKind("magnets", terms, value, gain=None, most=most)

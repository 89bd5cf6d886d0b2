r"""Magnets: tonnes of magnets delivered over the horizon, each grade up to its demand.

$$V = \sum_{k \in magnets} \sum_t demand_{k,t}\, delivered_{k,t}$$

not discounted. Magnets are the demand rows of the stage `magnet`; where no stage has that name, of the last stage.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from models.network import Network
from models.sets import DemandKey, Sets

if TYPE_CHECKING:
    from models.program import Program

Covered = Mapping[tuple[DemandKey, int], Any]


def tonnes(sets: Sets, covered: Covered) -> Any:
    """Tonnes of coverages, given as numbers or variables for the pairs with demand."""
    magnets = set(Network(sets).magnets)
    return sum(sets.demand[k, y] * part for (k, y), part in covered.items() if k in magnets)


def objective_terms(program: "Program") -> list[Any]:
    """The expressions to make largest, one after the other."""
    return [tonnes(program.sets, program.delivered)]


def value(sets: Sets, covered: Covered, _financed: Mapping[tuple[str, int], float]) -> float:
    """Tonnes of a plan; `covered` is what the chain delivers."""
    return float(tonnes(sets, covered))

r"""Plan score: the weighted, discounted mean of coverages.

$$V = \frac{\sum_k w_k \sum_t d_t \min(1, capacity_{k,t} / demand_{k,t})}{\sum_k w_k \sum_t d_t} \qquad
\text{over pairs with demand} > 0$$

with $w_k$ the stage's weight over its number of demand rows. A mean of coverages, not of material.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from models.sets import DemandKey, Sets

if TYPE_CHECKING:
    from models.program import Program

Covered = Mapping[tuple[DemandKey, int], Any]


def score(sets: Sets, covered: Covered) -> Any:
    """Plan score of coverages, given as numbers or variables for the pairs with demand."""
    weights = {(k, y): sets.weight[k] * sets.discount[y] for k, y in covered}
    total = sum(weights.values())
    return sum(w / total * covered[pair] for pair, w in weights.items()) if total else 0.0


def objective_terms(program: "Program") -> list[Any]:
    """The expressions to make largest, one after the other."""
    return [score(program.sets, program.coverage)]


def value(
    sets: Sets, covered: Mapping[tuple[DemandKey, int], float], _financed: Mapping[tuple[str, int], float]
) -> float:
    """Plan score of a plan."""
    return float(score(sets, covered))

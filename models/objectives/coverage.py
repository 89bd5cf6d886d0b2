r"""Plan score: the weighted, discounted mean of coverages.

$$V = \frac{\sum_k w_k \sum_t d_t \min(1, capacity_{k,t} / demand_{k,t})}{\sum_k w_k \sum_t d_t} \qquad
\text{over pairs with demand} > 0$$

with $w_k$ the row's `weight`, or its stage's weight over the number of demand rows of the stage. A mean of coverages, not of material.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from models.sets import DemandKey, Sets

if TYPE_CHECKING:
    from models.program import Program

Covered = Mapping[tuple[DemandKey, int], Any]


def score(sets: Sets, covered: Covered, row_weights: Mapping[DemandKey, float] | None = None) -> Any:
    """Plan score of coverages, given as numbers or variables for the pairs with demand.

    `row_weights`: weights of the demand rows, those of the workbook unless given.
    """
    of_row = sets.weight if row_weights is None else row_weights
    weights = {(k, y): of_row[k] * sets.discount[y] for k, y in covered}
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

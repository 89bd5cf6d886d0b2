r"""Coverage: the plan score, a weighted and discounted mean of the coverage of every demand row and year.

$$V = \frac{\sum_k w_k \sum_t d_t \min(1, capacity_{k,t} / demand_{k,t})}{\sum_k w_k \sum_t d_t} \qquad
\text{over pairs with demand} > 0$$

$w_k$ is the row's `weight`; where it is empty, the weight of its stage divided by the number of demand rows of the stage. The
score averages coverages, not tonnes: a surplus in one row never makes up for a gap in another.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from models.objectives.objective import Covered, Financed, ObjectiveKind, full_score
from models.schema import Project
from models.sets import DemandKey, Sets

if TYPE_CHECKING:
    from models.program import Program
    from models.reasons.gain import Gains


def score(sets: Sets, covered: Covered, row_weights: Mapping[DemandKey, float] | None = None) -> Any:
    """Plan score of `covered`, which holds a number or a variable for each demand row and year with demand.

    `row_weights`: weights of the demand rows (default: those of the workbook).
    """
    of_row = sets.weight if row_weights is None else row_weights
    weights = {(k, y): of_row[k] * sets.discount[y] for k, y in covered}
    total = sum(weights.values())
    return sum(w / total * covered[pair] for pair, w in weights.items()) if total else 0.0


def terms(program: "Program") -> list[Any]:
    """The plan score."""
    return [score(program.sets, program.coverage)]


def value(sets: Sets, covered: Covered, _financed: Financed) -> float:
    """Plan score, 0 to 1."""
    return float(score(sets, covered))


def gain(plan: "Gains", projects: Sequence[Project], year: int) -> float:
    """The gain of projects in the score; they count only for demand that is not covered yet."""
    parts = plan.covered_parts(projects, year)
    return sum(plan.score_weight[pair] * part for pair, part in parts.items())


COVERAGE = ObjectiveKind("coverage", terms, value, gain, most=full_score)

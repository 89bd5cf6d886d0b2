r"""Delivered: the plan score of what the chain from ore to magnet delivers.

$$V = \frac{\sum_k w_k \sum_t d_t\, delivered_{k,t}}{\sum_k w_k \sum_t d_t}$$

The formula is that of `coverage` with $delivered$, the part of demand that is delivered, in place of capacity over demand.
"""

from typing import TYPE_CHECKING, Any

from models.objectives.coverage import score, value
from models.objectives.objective import ObjectiveKind, full_score

if TYPE_CHECKING:
    from models.program import Program


def terms(program: "Program") -> list[Any]:
    """The delivered score."""
    return [score(program.sets, program.delivered)]


DELIVERED = ObjectiveKind("delivered", terms, value, gain=None, most=full_score)

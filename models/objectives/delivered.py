r"""Delivered score: the weighted, discounted mean of the coverages that the chain delivers.

$$V = \frac{\sum_k w_k \sum_t d_t\, delivered_{k,t}}{\sum_k w_k \sum_t d_t}$$

As `coverage`, with $delivered$ in place of nameplate capacity over demand.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from models.objectives.coverage import score
from models.sets import DemandKey, Sets

if TYPE_CHECKING:
    from models.program import Program


def maximise(program: "Program") -> list[Any]:
    """The expressions to make largest, one after the other."""
    return [score(program.sets, program.delivered)]


def value(
    sets: Sets, covered: Mapping[tuple[DemandKey, int], float], _financed: Mapping[tuple[str, int], float]
) -> float:
    """Score of a plan; `covered` is what the chain delivers."""
    return float(score(sets, covered))

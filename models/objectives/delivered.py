r"""Delivered score: the weighted, discounted mean of the coverages that the chain delivers.

$$V = \frac{\sum_k w_k \sum_t d_t\, delivered_{k,t}}{\sum_k w_k \sum_t d_t}$$

As `coverage`, with $delivered$ in place of nameplate capacity over demand.
"""

from typing import TYPE_CHECKING, Any

from models.objectives.coverage import score, value

if TYPE_CHECKING:
    from models.program import Program

__all__ = ["objective_terms", "value"]
"""A plan's value is worked out as for coverage, of what the chain delivers."""


def objective_terms(program: "Program") -> list[Any]:
    """The expressions to make largest, one after the other."""
    return [score(program.sets, program.delivered)]

r"""Financed capacity in one year, over the stages: $\sum_s w_s\, financed_s$ in `objective_year`, in weighted t/yr."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from models.linear import financed_capacity
from models.sets import DemandKey, Sets

if TYPE_CHECKING:
    from models.program import Program


def stages(sets: Sets) -> list[tuple[str, float]]:
    """Stages with their weights, 1 where not named."""
    return [(s, sets.case.settings.stage_weights.get(s, 1.0)) for s in sets.case.settings.stages]


def objective_terms(program: "Program") -> list[Any]:
    """The expressions to make largest, one after the other."""
    year = program.sets.case.settings.objective_year
    d = program.decision
    return [sum(w * financed_capacity(d, DemandKey(s, None), year) for s, w in stages(program.sets))]


def value(
    sets: Sets, _covered: Mapping[tuple[DemandKey, int], float], financed: Mapping[tuple[str, int], float]
) -> float:
    """Weighted capacity of a plan; `financed[stage, year]` in t/yr."""
    year = sets.case.settings.objective_year
    return float(sum(w * financed[s, year] for s, w in stages(sets)))

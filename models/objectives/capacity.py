r"""Capacity: what the plan adds in the `objective_year`, $\sum_s w_s\, added_s$ over the stages, in weighted t/yr.

What the financed projects would deliver without support (`models.unaided`) is subtracted, because the plan does not add it.
"""

from collections.abc import Sequence
from math import fsum
from typing import TYPE_CHECKING, Any

from models.linear import added_capacity
from models.objectives.objective import Covered, Financed, ObjectiveKind
from models.schema import Project
from models.sets import DemandKey, Sets
from models.terms import output

if TYPE_CHECKING:
    from models.program import Program
    from models.reasons.gain import Gains


def stages(sets: Sets) -> list[tuple[str, float]]:
    """Stages with their weights; the weight is 1 where the setting does not name the stage."""
    return [(s, sets.case.settings.stage_weights.get(s, 1.0)) for s in sets.case.settings.stages]


def terms(program: "Program") -> list[Any]:
    """Weighted capacity that the decisions add."""
    year = program.sets.case.settings.objective_year
    decision = program.decision
    return [sum(w * added_capacity(decision, DemandKey(s, None), year) for s, w in stages(program.sets))]


def value(sets: Sets, _covered: Covered, added: Financed) -> float:
    """Weighted capacity that a plan adds."""
    year = sets.case.settings.objective_year
    return float(sum(w * added[s, year] for s, w in stages(sets)))


def gain(plan: "Gains", projects: Sequence[Project], year: int) -> float:
    """Weighted capacity that the projects add."""
    weights, at = dict(stages(plan.sets)), plan.sets.case.settings.objective_year
    return sum(weights.get(p.stage, 0.0) * output(p) * plan.net_share(p, year, at) for p in projects)


def most(sets: Sets) -> float:
    """Upper bound: all projects together, each decided in its best year and counted at nameplate or more."""
    weights, at = sets.case.settings.stage_weights, sets.case.settings.objective_year
    shares = {i: max((sets.delivery_share(sets.by_id[i], u, at) for u in window), default=0.0)
              for i, window in sets.windows.items()}  # fmt: skip
    return fsum(
        weights.get(p.stage, 1.0) * p.capacity_tpa * max(1.0, shares.get(p.id, 0.0)) for p in sets.case.projects
    )


CAPACITY = ObjectiveKind("capacity", terms, value, gain, most)

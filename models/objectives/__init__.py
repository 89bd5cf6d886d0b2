"""The objectives that can be maximized, one file each: the expression in the program and the value of a plan."""

from models.objectives.bottleneck import BOTTLENECK
from models.objectives.capacity import CAPACITY
from models.objectives.coverage import COVERAGE
from models.objectives.delivered import DELIVERED
from models.objectives.magnets import MAGNETS
from models.objectives.objective import ObjectiveKind
from models.sets import Sets

OBJECTIVES: dict[str, ObjectiveKind] = {o.name: o for o in (COVERAGE, CAPACITY, BOTTLENECK, DELIVERED, MAGNETS)}
"""Value of the setting `objective` -> its objective."""


def objective_of(sets: Sets) -> ObjectiveKind:
    """The objective of a case."""
    return OBJECTIVES[sets.case.settings.objective]

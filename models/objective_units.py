"""The unit of an objective's value as a workbook sets it."""

from models.objective_names import OBJECTIVE_UNITS
from models.settings import Settings

WEIGHTED = "weighted tonnes"
"""Unit of capacity whose stages count differently: no sum of tonnes a year."""


def objective_unit(settings: Settings) -> str:
    """Unit in which values of the objective are shown.

    >>> objective_unit(Settings(objective="capacity"))
    't/yr'
    >>> objective_unit(Settings(objective="capacity", stage_weights={"mine": 2.0}))
    'weighted tonnes'
    """
    if settings.objective == "capacity" and any(weight != 1 for weight in settings.stage_weights.values()):
        return WEIGHTED
    return OBJECTIVE_UNITS[settings.objective]

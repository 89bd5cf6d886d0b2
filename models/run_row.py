"""A row of the runs of a chain."""

from models.frozen import Frozen


class RunRow(Frozen):
    """Tonnes that a process of the chain runs by one of its recipes in one year."""

    process: str
    recipe: str | None
    year: int
    run_t: float
    """Tonnes a year that the recipe runs."""
    used_t: float
    """Capacity that the run takes: run times `capacity_use`."""

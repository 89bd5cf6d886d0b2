"""What can be made largest, one file each: the expression of the program and the number of a plan."""

from types import ModuleType

from models.objectives import bottleneck, capacity, coverage, delivered, magnets

OBJECTIVES: dict[str, ModuleType] = {
    "coverage": coverage,
    "capacity": capacity,
    "bottleneck": bottleneck,
    "delivered": delivered,
    "magnets": magnets,
}
"""Name in the `objective` setting -> its module, with `objective_terms(program)` and `value(sets, covered, financed)`."""

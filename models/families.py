"""The constraint families: each file of `models.constraints` that declares one, in the order in which they are built."""

from importlib import import_module
from pkgutil import iter_modules

from models import constraints
from models.family import Family

FIRST = (
    "selection", "precedence", "financing", "viability", "tickets", "max_programmes", "budgets", "joint", "rules", "capacity",
    "coverage", "chain",
)  # fmt: skip
"""These are built first, in this order; other families follow in the order of their names."""


def _declared() -> dict[str, Family]:
    """The constant `SPONSOR_YEARS` of the file `sponsor_years.py`, for each file that has one."""
    names = [module.name for module in iter_modules(constraints.__path__)]
    ordered = [*FIRST, *sorted({*names}.difference(FIRST))]
    constants = {name: getattr(import_module(f"{constraints.__name__}.{name}"), name.upper(), None) for name in ordered}
    return {name: family for name, family in constants.items() if isinstance(family, Family)}


FAMILIES: dict[str, Family] = _declared()
"""Name of a family -> its declaration. The order is fixed, so that equal cases give equal programs."""

"""The demand rows of a headline: for every stage the one that matters most for magnets."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol, TypeVar


class DemandRow(Protocol):
    """A demand row in one year, in any table."""

    @property
    def stage(self) -> str: ...
    @property
    def material(self) -> str | None: ...
    @property
    def demand_t(self) -> float: ...


Row = TypeVar("Row", bound=DemandRow)


def headline_rows(rows: Iterable[Row]) -> list[Row]:
    """The rows of each stage for its most demanded material, if rows of the stage name materials.

    Tonnes of all rare earths together would count lanthanum and cerium, which magnets do not need. Without materials the rows
    of the stage's own product count, and without those the rows of every material.
    """
    given = list(rows)
    own_product = {row.stage for row in given if row.material is None}
    main = _main_materials(given)
    return [row for row in given if row.stage not in own_product or row.material == main.get(row.stage)]


def _main_materials(rows: Iterable[DemandRow]) -> dict[str, str]:
    """Stage -> its material with the largest demand, the first by name among equals; none where nothing is demanded."""
    demand: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows:
        if row.material is not None and row.demand_t > 0:
            demand[row.stage][row.material] += row.demand_t
    return {stage: min(of, key=lambda name: (-of[name], name)) for stage, of in demand.items()}

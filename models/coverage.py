"""Coverage and gap of a demand: the one place where capacity meets demand in the tables of plans and reports.

The auditor (`models.audit.capacity`) states the same again, by itself.
"""

from models import sums
from models.plan import CapacityRow
from models.sets import DemandKey


def coverage(capacity: float, demand: float) -> float:
    """Share of a demand that capacity meets, min(1, capacity / demand); 1 if nothing is demanded.

    >>> coverage(30.0, 40.0), coverage(50.0, 40.0), coverage(0.0, 0.0)
    (0.75, 1.0, 1.0)
    """
    return min(1.0, capacity / demand) if demand > 0 else 1.0


def capacity_row(
    key: DemandKey, year: int, *, existing: float, underway: float, financed: float, demand: float
) -> CapacityRow:
    """A row of the `capacity` table: tonnes a year of each kind, without rounding residue, coverage and missing tonnes."""
    existing, underway, financed = sums.clean(existing), sums.clean(underway), sums.clean(financed)
    demand, capacity = sums.clean(demand), existing + underway + financed
    gap = sums.excess(demand, capacity)
    return CapacityRow(
        stage=key.stage,
        material=key.material,
        year=year,
        existing_t=existing,
        underway_t=underway,
        financed_t=financed,
        demand_t=demand,
        coverage=capacity / demand if gap else 1.0,
        gap_t=gap,
    )

"""Coverage and gap of a demand, for all tables of plans and reports.

The auditor computes both again on its own (`models.audit.capacity`).
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
    key: DemandKey,
    year: int,
    *,
    existing: float,
    underway: float,
    financed: float,
    demand: float,
    unaided: float | None = None,
    counterfactual: float | None = None,
) -> CapacityRow:
    """A row of the `capacity` table: tonnes a year of each kind, without rounding residue, coverage and missing tonnes.

    `unaided`: capacity of projects that go ahead without support and are not financed; `counterfactual`: what those
    financed would deliver without support; None where no project of the case goes ahead without it.
    """
    existing, underway, financed = sums.clean(existing), sums.clean(underway), sums.clean(financed)
    unaided = None if unaided is None else sums.clean(unaided)
    demand, capacity = sums.clean(demand), existing + underway + financed + (unaided or 0.0)
    gap = sums.excess(demand, capacity)
    return CapacityRow(
        stage=key.stage,
        material=key.material,
        year=year,
        existing_t=existing,
        underway_t=underway,
        financed_t=financed,
        unaided_t=unaided,
        counterfactual_t=None if counterfactual is None else sums.clean(counterfactual),
        demand_t=demand,
        coverage=capacity / demand if gap else 1.0,
        gap_t=gap,
    )

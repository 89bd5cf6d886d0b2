"""One demand row in one year: demand outside China, what covers it, what is missing."""

from collections.abc import Iterator

from pydantic import Field

from models.frozen import Frozen
from models.gaps.delivered import delivered_shares
from models.gaps.keys import report_keys
from models.gaps.today import china_share
from models.plan import Plan
from models.sets import DemandKey, Sets


class GapRow(Frozen):
    """A row of `mine2magnet.gaps/1`. Tonnes a year."""

    stage: str
    material: str | None
    """None: the stage's own product."""
    year: int
    demand_t: float
    """Demand outside China."""
    existing_t: float
    """Capacity there is already in countries that count."""
    underway_t: float
    """Capacity of projects that are already financed."""
    financed_t: float
    """Capacity that the plan finances; 0 without a plan."""
    covered_t: float
    """The part of the demand that capacity outside China meets: min(demand, capacity)."""
    gap_t: float
    """What is missing: max(0, demand - capacity)."""
    coverage: float
    """min(1, capacity / demand); 1 where nothing is demanded."""
    china_share: float | None
    """China's part of all existing capacity, in the first year that the rows name; None where there is none."""

    delivered: float | None = Field(None, exclude=True)
    """Part of the demand that the plan's chain delivers with feed from outside China; None, and left out, without one."""

    @property
    def delivered_t(self) -> float | None:
        """Of the demand, what the chain delivers."""
        return None if self.delivered is None else self.delivered * self.demand_t

    @property
    def key(self) -> DemandKey:
        return DemandKey(self.stage, self.material)

    @property
    def capacity_t(self) -> float:
        return self.existing_t + self.underway_t + self.financed_t

    @property
    def coverage_without_plan(self) -> float:
        """Coverage by existing and underway capacity alone."""
        return 1.0 if self.demand_t <= 0 else min(1.0, (self.existing_t + self.underway_t) / self.demand_t)


def gap_rows(sets: Sets, plan: Plan | None) -> tuple[GapRow, ...]:
    """Every demand row and year of the horizon, along the chain."""
    shares = {key: china_share(sets, key) for key in report_keys(sets)}
    return tuple(_planned(plan, shares) if plan is not None else _baseline(sets, shares))


def _planned(plan: Plan, shares: dict[DemandKey, float | None]) -> Iterator[GapRow]:
    delivered = delivered_shares(plan)
    for row in plan.capacity:
        key = DemandKey(row.stage, row.material)
        capacity = row.existing_t + row.underway_t + row.financed_t
        yield GapRow(
            **row.model_dump(),
            covered_t=min(row.demand_t, capacity),
            china_share=shares[key],
            delivered=delivered.get((key, row.year)),
        )


def _baseline(sets: Sets, shares: dict[DemandKey, float | None]) -> Iterator[GapRow]:
    for key, share in shares.items():
        for year in sets.years:
            existing, underway = sets.existing_of(key, year), sets.underway_of(key, year)
            capacity, demand = existing + underway, sets.demand.get((key, year), 0.0)
            yield GapRow(
                stage=key.stage,
                material=key.material,
                year=year,
                demand_t=demand,
                existing_t=existing,
                underway_t=underway,
                financed_t=0.0,
                covered_t=min(demand, capacity),
                gap_t=max(0.0, demand - capacity),
                coverage=min(1.0, capacity / demand) if demand > 0 else 1.0,
                china_share=share,
            )

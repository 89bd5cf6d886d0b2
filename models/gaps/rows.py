"""One demand row in one year: demand outside China, the capacity that covers it, and the gap."""

from collections.abc import Iterable, Iterator

from pydantic import Field

from models.coverage import capacity_row, coverage
from models.frozen import Frozen
from models.gaps.delivered import delivered_shares
from models.gaps.keys import report_keys
from models.gaps.today import china_share
from models.plan import CapacityRow, Plan
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
    """Existing capacity in countries that count."""
    underway_t: float
    """Capacity of projects that are already financed."""
    financed_t: float
    """Capacity that the plan finances; 0 without a plan."""
    unaided_t: float | None = None
    """Capacity of projects that go ahead without support and are not financed; None if the case has none."""
    counterfactual_t: float | None = Field(None, exclude=True)
    """Output that the financed projects would deliver without support."""
    covered_t: float
    """Demand that capacity outside China meets: min(demand, capacity)."""
    gap_t: float
    """Missing tonnes: max(0, demand - capacity)."""
    coverage: float
    """min(1, capacity / demand); 1 without demand."""
    china_share: float | None
    """China's share of all existing capacity, in the first year that the rows name; None without existing capacity."""

    delivered: float | None = Field(None, exclude=True)
    """Part of the demand that the plan's chain delivers with feed from outside China; None, and left out, without one."""

    @property
    def delivered_t(self) -> float | None:
        """Demand that the chain delivers."""
        return None if self.delivered is None else self.delivered * self.demand_t

    @property
    def key(self) -> DemandKey:
        return DemandKey(self.stage, self.material)

    @property
    def capacity_t(self) -> float:
        return self.existing_t + self.underway_t + self.financed_t + (self.unaided_t or 0.0)

    @property
    def coverage_without_plan(self) -> float:
        """Coverage by what exists, is underway and goes ahead without support."""
        unaided = (self.unaided_t or 0.0) + (self.counterfactual_t or 0.0)
        return coverage(self.existing_t + self.underway_t + unaided, self.demand_t)


def gap_rows(sets: Sets, plan: Plan | None) -> tuple[GapRow, ...]:
    """Every demand row and year of the horizon, along the chain."""
    shares = {key: china_share(sets, key) for key in report_keys(sets)}
    delivered = delivered_shares(plan) if plan is not None else {}
    rows = plan.capacity if plan is not None else _baseline(sets, shares)
    return tuple(
        _gap_row(row, shares[key], delivered.get((key, row.year)))
        for row in rows
        for key in [DemandKey(row.stage, row.material)]
    )


def _gap_row(row: CapacityRow, china: float | None, delivered: float | None) -> GapRow:
    return GapRow(
        **row.model_dump(), covered_t=min(row.demand_t, row.capacity_t), china_share=china, delivered=delivered
    )


def _baseline(sets: Sets, keys: Iterable[DemandKey]) -> Iterator[CapacityRow]:
    """The capacity table without a plan: existing and underway capacity against demand."""
    for key in keys:
        for year in sets.years:
            yield capacity_row(
                key,
                year,
                existing=sets.existing_of(key, year),
                underway=sets.underway_of(key, year),
                financed=0.0,
                unaided=sets.unaided_of(key, year) if sets.unaided_fids else None,
                demand=sets.demand.get((key, year), 0.0),
            )

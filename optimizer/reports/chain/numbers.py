"""The numbers of the chain's reports: demand rows with what is built and what is delivered, processes with their feed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from models.case import Case
from models.gaps.delivered import delivered_shares
from models.network import Network
from models.plan import CapacityRow, Plan, ProcessRow
from models.sets import DemandKey, Sets
from optimizer.reports.formatting import demand_name

_ROUNDING_RESIDUE = 1e-9
"""Idle capacity below this part of a process is a rounding error of the solver."""


@dataclass(frozen=True)
class Link:
    """A demand row of the chain in one year, or all grades of a stage together. Tonnes a year."""

    stage: str
    material: str | None
    year: int
    demand_t: float
    nameplate_t: float
    """Capacity outside China: existing, underway and financed."""
    nameplate: float
    """Part of the demand that nameplate capacity could cover."""
    delivered_t: float
    """The part of the demand that the chain delivers with feed from outside China."""
    delivered: float
    """Part of the demand."""
    without: float | None
    """Part that is delivered without the plan; None if it was not computed."""

    @property
    def name(self) -> str:
        """The demand row for people."""
        return demand_name(self.stage, self.material)

    @property
    def gap_t(self) -> float:
        """Tonnes that are not delivered."""
        return max(0.0, self.demand_t - self.delivered_t) if self.delivered < 1 - 1e-12 else 0.0


def links(plan: Plan) -> list[Link]:
    """Every demand row and year, in the order of the plan; empty without a chain."""
    if not plan.processes:
        return []
    shares = delivered_shares(plan)
    before = {(row.stage, row.material, row.year): row.coverage for row in plan.worth.without} if plan.worth else {}

    def link(row: CapacityRow) -> Link:
        share = shares[DemandKey(row.stage, row.material), row.year]
        return Link(
            stage=row.stage,
            material=row.material,
            year=row.year,
            demand_t=row.demand_t,
            nameplate_t=row.capacity_t,
            nameplate=row.coverage,
            delivered_t=share * row.demand_t,
            delivered=share,
            without=before.get((row.stage, row.material, row.year)),
        )

    return [link(row) for row in plan.capacity]


def by_stage(case: Case, rows: Sequence[Link]) -> list[Link]:
    """Rows with the grades of one stage taken together: those that all leave the chain (net demand)."""
    basis = Network(Sets(case)).basis
    of: dict[tuple[str, int], list[Link]] = defaultdict(list)
    for row in rows:
        of[row.stage, row.year].append(row)
    links: list[Link] = []
    for row in rows:
        alike = of[row.stage, row.year]
        if len(alike) == 1 or any(basis.get(DemandKey(r.stage, r.material)) != "net" for r in alike):
            links.append(row)
        elif row is alike[0]:
            links.append(_sum(alike))
    return links


def _sum(rows: Sequence[Link]) -> Link:
    """Grades of one stage and year as one row: no grade covers another's demand."""
    demand = fsum(r.demand_t for r in rows)
    delivered = fsum(r.delivered_t for r in rows)
    nameplate = fsum(r.nameplate * r.demand_t for r in rows)
    before = [r.without * r.demand_t for r in rows if r.without is not None]
    known = len(before) == len(rows)
    first = rows[0]
    return Link(
        stage=first.stage,
        material=None,
        year=first.year,
        demand_t=demand,
        nameplate_t=fsum(r.nameplate_t for r in rows),
        nameplate=nameplate / demand if demand > 0 else 1.0,
        delivered_t=delivered,
        delivered=delivered / demand if demand > 0 else 1.0,
        without=(fsum(before) / demand if demand > 0 else 1.0) if known else None,
    )


def nameplate(row: ProcessRow) -> float:
    """Capacity of a process outside China, t/yr."""
    return row.capacity_t


def unfed(row: ProcessRow) -> float:
    """Capacity that the chain outside China does not feed or cannot place, t/yr."""
    idle = nameplate(row) - row.used_t
    return idle if idle > _ROUNDING_RESIDUE * nameplate(row) else 0.0


def sources(case: Case) -> set[str]:
    """Processes that take in nothing: mines. What they do not sell outside China is not short of feed."""
    using = {row.process for row in case.processes if row.tonnes_per_tonne < 0}
    return {row.process for row in case.processes} - using


def in_chain_order(case: Case, rows: Iterable[ProcessRow]) -> list[ProcessRow]:
    """Processes along the chain, within a stage by name."""
    order = {stage: n for n, stage in enumerate(case.settings.stages)}
    return sorted(rows, key=lambda r: (order.get(r.stage, len(order)), r.stage, r.process, r.year))


def final_name(case: Case) -> str:
    """The stage whose product leaves the chain, as the workbook names it."""
    keys = Network(Sets(case)).magnets
    return keys[0].stage if keys else case.settings.stages[-1]

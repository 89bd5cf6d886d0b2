"""Existing, underway and financed capacity by stage and year, and the `capacity` table."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from models.audit.exact import ONE, ZERO, Finding, equal, exact
from models.audit.ledger import Ledger
from models.audit.projects import along
from models.audit.tables import Cells, compare, label
from models.schema import Demand, Existing, Project


@dataclass(frozen=True)
class Need:
    """One demand row (or, without a demand sheet, one stage) and the capacity that counts for it."""

    ledger: Ledger
    stage: str
    material: str | None
    demand: Demand | None

    def demanded(self, year: int) -> Decimal:
        return ZERO if self.demand is None else along(self.demand.years, year)

    @cached_property
    def _existing(self) -> list[Existing]:
        excluded = self.ledger.case.settings.excluded_countries
        rows = [row for row in self.ledger.case.existing if row.stage == self.stage and row.country not in excluded]
        return [row for row in rows if row.material is None or row.material == self.material]

    def existing(self, year: int) -> Decimal:
        """Existing capacity outside the excluded countries; a row of another material counts for nothing here."""
        known, key = self.ledger.standing, (self.stage, self.material, year)
        if key not in known:
            known[key] = sum((self._share(row) * plant_capacity(row, year) for row in self._existing), ZERO)
        return known[key]

    def underway(self, year: int) -> Decimal:
        return sum((part * output[year] for part, output in self._underway), ZERO)

    def financed(self, year: int) -> Decimal:
        return sum((part * output[year] for part, output in self._financed), ZERO)

    def unaided(self, year: int, *, with_plan: bool = True) -> Decimal:
        """Capacity that comes without support; with the plan only that of projects that it does not finance."""
        return sum((part * path[year] for name, part, path in self._paths
                    if not (with_plan and name in self.ledger.financed)), ZERO)  # fmt: skip

    def capacity(self, year: int) -> Decimal:
        """All capacity outside the excluded countries, with the plan."""
        return self.existing(year) + self.underway(year) + self.financed(year) + self.unaided(year)

    @cached_property
    def _paths(self) -> list[tuple[str, Decimal, dict[int, Decimal]]]:
        of_stage = [p for name in self.ledger.paths if (p := self.ledger.projects[name]).stage == self.stage]
        return [(p.id, self._share(p), self.ledger.paths[p.id]) for p in of_stage]

    @cached_property
    def _underway(self) -> list[tuple[Decimal, dict[int, Decimal]]]:
        return self._outputs(self.ledger.underway)

    @cached_property
    def _financed(self) -> list[tuple[Decimal, dict[int, Decimal]]]:
        return self._outputs(name for name in self.ledger.financed if name not in self.ledger.underway)

    def _outputs(self, names: Iterable[str]) -> list[tuple[Decimal, dict[int, Decimal]]]:
        """Part that is the material, and output by year, of those projects that are of the stage."""
        projects = (self.ledger.projects[name] for name in names)
        parts = ((self._share(p), self.ledger.output[p.id]) for p in projects if p.stage == self.stage)
        return [(part, output) for part, output in parts if part]

    def _share(self, row: Project | Existing) -> Decimal:
        """Part of a plant's capacity that is the material; all of it for the stage's own product."""
        if self.material is None or getattr(row, "material", None) == self.material:
            return ONE
        return exact(row.shares.get(self.material, 0.0))


def plant_capacity(row: Existing, year: int) -> Decimal:
    """Tonnes of an existing plant that are free to serve demand outside China."""
    capacity = along(row.years, year) if row.years else exact(row.capacity_tpa or 0.0)
    return capacity * exact(row.allied_share)


def needs(ledger: Ledger) -> list[Need]:
    """One for each demand row; without a demand sheet one for each stage."""
    if ledger.case.demand:
        return [Need(ledger, row.stage, row.material, row) for row in ledger.case.demand]
    return [Need(ledger, stage, None, None) for stage in ledger.case.settings.stages]


def covered(capacity: Decimal, demand: Decimal) -> Decimal:
    """min(1, capacity / demand); 1 where nothing is demanded."""
    return min(ONE, capacity / demand) if demand > 0 else ONE


def table(ledger: Ledger) -> Iterator[Finding]:
    """Every number of the `capacity` table."""
    expected: dict[tuple[str, str | None, int], Cells] = {}
    missing: dict[tuple[str, str | None, int], tuple[Decimal, Decimal]] = {}
    for item in needs(ledger):
        for year in ledger.years:
            capacity, demand = item.capacity(year), item.demanded(year)
            expected[item.stage, item.material, year] = {
                "existing_t": item.existing(year),
                "underway_t": item.underway(year),
                "financed_t": item.financed(year),
                "unaided_t": item.unaided(year) if ledger.unaided else None,
                "counterfactual_t": item.unaided(year, with_plan=False) - item.unaided(year)
                if ledger.unaided
                else None,
                "demand_t": demand,
                "coverage": covered(capacity, demand),
            }
            missing[item.stage, item.material, year] = (max(ZERO, demand - capacity), demand)
    stated = [((row.stage, row.material, row.year), row) for row in ledger.plan.capacity]
    yield from compare("capacity", stated, expected)
    for key, row in stated:
        if key in missing:
            # A difference of two large numbers: its tolerance is a part of the larger one.
            gap, demand = missing[key]
            yield equal(row.gap_t, gap, f"capacity, {label(key)}: gap_t", [demand])

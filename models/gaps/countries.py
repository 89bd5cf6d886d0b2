"""Capacity outside China by country: existing, underway, financed and unaided tonnes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from models.frozen import Frozen
from models.gaps.keys import report_keys
from models.plan import Plan
from models.sets import DemandKey, Sets
from models.terms import existing_share, existing_tonnes, fid_of_underway, material_share, output, ramp_share


class CountryRow(Frozen):
    """One country's capacity for one demand row in one year, t/yr; only countries that count."""

    stage: str
    material: str | None
    year: int
    country: str
    existing_t: float
    underway_t: float
    financed_t: float
    unaided_t: float = 0.0
    """Capacity of projects that go ahead without support and are not financed."""

    @property
    def key(self) -> DemandKey:
        return DemandKey(self.stage, self.material)

    @property
    def capacity_t(self) -> float:
        return self.existing_t + self.underway_t + self.financed_t + self.unaided_t


def country_rows(sets: Sets, plan: Plan | None, years: Iterable[int]) -> tuple[CountryRow, ...]:
    """Countries with capacity, the largest first, for every demand row and each of the years."""
    return tuple(row for year in years for key in report_keys(sets) for row in _of(sets, plan, key, year))


def _of(sets: Sets, plan: Plan | None, key: DemandKey, year: int) -> Iterator[CountryRow]:
    tonnes: dict[str, list[float]] = defaultdict(lambda: [0.0] * 4)
    for country, kind, t in (
        *_existing(sets, key, year),
        *_underway(sets, key, year),
        *_financed(sets, plan, key, year),
        *_unaided(sets, plan, key, year),
    ):
        tonnes[country][kind] += t
    for country, kinds in sorted(tonnes.items(), key=lambda item: (-sum(item[1]), item[0])):
        if any(kinds):
            existing, underway, financed, unaided = kinds
            yield CountryRow(
                stage=key.stage,
                material=key.material,
                year=year,
                country=country,
                existing_t=existing,
                underway_t=underway,
                financed_t=financed,
                unaided_t=unaided,
            )


def _existing(sets: Sets, key: DemandKey, year: int) -> Iterator[tuple[str, int, float]]:
    for row in sets.case.existing:
        if row.stage == key.stage and sets.counts(row):
            yield row.country, 0, existing_tonnes(row, year) * existing_share(row, key.material)


def _underway(sets: Sets, key: DemandKey, year: int) -> Iterator[tuple[str, int, float]]:
    first = sets.case.settings.first_year
    for p in sets.underway:
        if p.stage == key.stage:
            share = material_share(p, key.material) * ramp_share(p, year - fid_of_underway(p, first))
            yield p.country, 1, output(p) * share


def _financed(sets: Sets, plan: Plan | None, key: DemandKey, year: int) -> Iterator[tuple[str, int, float]]:
    for chosen in plan.projects if plan is not None else ():
        p = sets.by_id[chosen.id]
        if p.stage == key.stage:
            yield p.country, 2, output(p) * material_share(p, key.material) * ramp_share(p, year - chosen.fid_year)


def _unaided(sets: Sets, plan: Plan | None, key: DemandKey, year: int) -> Iterator[tuple[str, int, float]]:
    financed = {chosen.id for chosen in plan.projects} if plan is not None else set()
    for i in sets.unaided_fids:
        p = sets.by_id[i]
        if p.stage == key.stage and i not in financed:
            yield p.country, 3, output(p) * material_share(p, key.material) * sets.unaided_share(p, year)

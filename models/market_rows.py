"""The numbers of viability of every project that states its operating cost, financed or not.

Sources of the method: `models.viability` and `models.market`.
"""

from dataclasses import dataclass

from models import viability
from models.market import NoPrice, has_viability
from models.plan import Financed, Plan
from models.schema import Project
from models.sets import Sets
from models.terms import interpolate, most_support


@dataclass(frozen=True)
class MarketRow:
    """One project at the prices of the case, decided in the year of the plan, or in the year of its least gap. Millions."""

    project: Project
    financed: Financed | None
    """Its row of the plan; None if it is left out."""
    year: int
    bankable_m: float
    """The most capital that its cash serves at the hurdle rate."""
    gap_m: float
    npv_m: float
    """Net present value at the hurdle rate without new support."""
    clears_at: float | None
    """Multiple of the price path at which the gap closes; None if the project earns nothing at any price."""
    material: str | None
    """The price path that earns it most."""
    price: float
    """Expected price of that material in its first year of delivery, base currency per tonne."""
    worth_m: float
    """Grant equivalent of its support; for a project that is left out the most that its programmes could give."""

    @property
    def clears_at_price(self) -> float | None:
        """The price of its main material at which the gap closes, base currency per tonne, in the first year of delivery."""
        return None if self.clears_at is None or not self.price else self.clears_at * self.price

    @property
    def pays(self) -> bool:
        """Whether the project needs no support at these prices."""
        return self.gap_m <= 0


def market_rows(sets: Sets, plan: Plan | None = None) -> tuple[MarketRow, ...]:
    """Every project under viability that is not underway, by clearing price, the lowest first; empty without prices.

    Projects without a year of decision or without a price are left out. Without a plan none is financed.
    """
    financed = {row.id: row for row in plan.projects} if plan is not None else {}
    rows = []
    for p in sets.case.projects:
        if p.status == "underway" or not has_viability(sets.case, p):
            continue
        try:
            row = _row(sets, p, financed.get(p.id))
        except NoPrice:
            continue
        rows += [row] if row is not None else []
    return tuple(sorted(rows, key=lambda r: (r.clears_at is None, r.clears_at or 0.0, r.project.id)))


def _row(sets: Sets, p: Project, financed: Financed | None) -> MarketRow | None:
    case = sets.case
    gaps = {u: viability.gap(case, p, u) for u in sets.window(p)}
    if financed is None and not gaps:
        return None
    year = financed.fid_year if financed is not None else min(gaps, key=lambda u: (gaps[u], u))
    material = viability.main_material(case, p)
    path = next((row.years for row in case.prices if row.material == material), {})
    return MarketRow(
        project=p,
        financed=financed,
        year=year,
        bankable_m=viability.bankable(case, p, year),
        gap_m=viability.gap(case, p, year),
        npv_m=viability.npv_unaided(case, p, year),
        clears_at=viability.clears_at(case, p, year),
        material=material,
        price=interpolate(path, year + p.build_years),
        worth_m=_worth(sets, p, financed, year),
    )


def _worth(sets: Sets, p: Project, financed: Financed | None, year: int) -> float:
    if financed is not None and financed.worth_m is not None:
        return financed.worth_m
    if not sets.has_programmes:
        return most_support(p)
    return sets.viability.most_worth(p, year) if p.id in sets.eligible else 0.0

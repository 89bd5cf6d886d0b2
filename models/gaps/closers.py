"""Gaps that stay open, and the projects left out that would close them, with their public cost.

The projects are listed by public support per tonne, the cheapest first. This order is indicative and not optimal: only the program
considers every rule and budget.
"""

from collections.abc import Iterable

from models.frozen import Frozen
from models.gaps.closing import is_open
from models.gaps.rows import GapRow
from models.instruments import cost_rate
from models.plan import Plan
from models.schema import Project
from models.sets import DemandKey, Sets
from models.terms import award_cap, material_share, need, output, ramp_share


class Closer(Frozen):
    """A project left out that could deliver in the year, decided at its best time."""

    id: str
    tonnes: float
    """Delivered in the year of the gap, t/yr."""
    so_far_t: float
    """Tonnes of this project and of those before it."""
    need_m: float
    """Public support that it needs, millions."""
    so_far_m: float
    """Support of this project and of those before it."""
    least_cost_m: float | None
    """Budget cost of that support at the cheapest eligible programmes, if those had the money; None if they may not give
    enough."""
    also_needs: tuple[str, ...]
    """Projects that must be financed with it and are not; their support is not counted here."""
    reason: str
    """Why it was left out; empty without a plan."""


class OpenGap(Frozen):
    """A demand row with a gap in the year."""

    stage: str
    material: str | None
    year: int
    demand_t: float
    gap_t: float
    closers: tuple[Closer, ...]
    """The cheapest per tonne first."""
    barred: int
    """Further projects that could deliver but are barred, fail a rule or are off the country list."""

    @property
    def key(self) -> DemandKey:
        return DemandKey(self.stage, self.material)

    @property
    def enough(self) -> int | None:
        """Number of closers, taken in order, that close the gap; None if all of them do not."""
        return next((n for n, c in enumerate(self.closers, 1) if c.so_far_t >= self.gap_t - 1e-6), None)

    @property
    def still_t(self) -> float:
        """Gap left by all closers together, t/yr."""
        return max(0.0, self.gap_t - (self.closers[-1].so_far_t if self.closers else 0.0))


def open_gaps(sets: Sets, plan: Plan | None, rows: Iterable[GapRow], year: int) -> tuple[OpenGap, ...]:
    """Every demand row with a gap in a year, in the order of the chain."""
    return tuple(_open(sets, plan, row) for row in rows if row.year == year and is_open(row))


def _open(sets: Sets, plan: Plan | None, row: GapRow) -> OpenGap:
    financed = {chosen.id for chosen in plan.projects} if plan is not None else set()
    able = [
        (p, tonnes)
        for p in sets.case.projects
        if p.stage == row.stage and p.status != "underway" and p.id not in financed
        if (tonnes := best_delivery(sets, p, row.key, row.year)) > 0
    ]
    free = sorted((pair for pair in able if pair[0].id not in sets.barred), key=lambda x: (need(x[0]) / x[1], x[0].id))
    return OpenGap(
        stage=row.stage,
        material=row.material,
        year=row.year,
        demand_t=row.demand_t,
        gap_t=row.gap_t,
        closers=_closers(sets, plan, free, financed),
        barred=len(able) - len(free),
    )


def best_delivery(sets: Sets, p: Project, key: DemandKey, year: int) -> float:
    """Most tonnes a year that financing a project can add to a demand row in a year, over its decision years, beyond what it
    delivers without support."""
    anyway = sets.unaided_share(p, year)
    share = max((ramp_share(p, year - t) - anyway for t in sets.window(p)), default=0.0)
    return output(p) * material_share(p, key.material) * share


def _closers(
    sets: Sets, plan: Plan | None, able: list[tuple[Project, float]], financed: set[str]
) -> tuple[Closer, ...]:
    reasons = {row.id: row.reason for row in plan.not_financed} if plan is not None else {}
    standing = financed | {p.id for p in sets.underway} | sets.unaided_fids.keys()
    closers: list[Closer] = []
    tonnes = money = 0.0
    for p, t in able:
        tonnes, money = tonnes + t, money + need(p)
        closers.append(
            Closer(
                id=p.id,
                tonnes=t,
                so_far_t=tonnes,
                need_m=need(p),
                so_far_m=money,
                least_cost_m=least_cost(sets, p),
                also_needs=companions(p, standing),
                reason=reasons.get(p.id, ""),
            )
        )
    return tuple(closers)


def companions(p: Project, standing: set[str]) -> tuple[str, ...]:
    """Projects that a project requires or is decided with, and that are not financed: `a`, or `a or b`."""
    clauses = (*p.requires, *((j,) for j in p.together))
    return tuple(dict.fromkeys(" or ".join(any_of) for any_of in clauses if not standing.intersection(any_of)))


def least_cost(sets: Sets, p: Project) -> float | None:
    """Least budget cost of a project's need: filled from the eligible programme of the lowest rate on.

    Without programmes the need itself. A lower bound, because envelopes and minimum tickets are ignored.
    """
    if not sets.has_programmes:
        return need(p)
    years = sets.windows.get(p.id, range(0))
    offers = sorted(
        (min((cost_rate(g, p, t, sets.case) for t in years), default=1.0), award_cap(p, g))
        for g in sets.eligible.get(p.id, ())
    )
    left, cost = need(p), 0.0
    for rate, cap in offers:
        part = min(left, cap)
        left, cost = left - part, cost + rate * part
    return cost if left <= 1e-9 else None

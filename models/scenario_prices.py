"""Prices in a scenario: the price paths, the years in which projects stand idle at them, and payments of price floors.

A row of the parameter `price` is a factor on a price path, after interpolation, in the years in which it acts. It does not
change `price_gap_per_t`, the gap that a planner expects. Floors are valued by Black (1976), as when they are sized.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from models.case import Case
from models.instruments.offtake import contained, contract_years, payoffs
from models.market import MILLION, has_viability, priced_shares, unit_revenue
from models.scenarios import acts, picks
from models.schema import Price, Programme, Project, Scenario
from models.terms import award_cap, interpolate

ROUNDING = 1e-9
"""Part of the operating cost by which revenue may be below it before a project is idle."""


def price_rows(rows: Iterable[Scenario]) -> tuple[Scenario, ...]:
    """The rows of a scenario that change prices."""
    return tuple(r for r in rows if r.parameter == "price")


def reads_prices(case: Case) -> bool:
    """Whether a change of prices can change anything: some project must be viable, or a programme gives price floors."""
    viable = any(has_viability(case, p) for p in case.projects if p.status != "underway")
    return bool(case.prices) and (viable or any(p.strike_per_t is not None for p in case.programmes))


def prices_idle(case: Case) -> bool:
    """Whether some project can be idle at the prices of a scenario: it has price rows, and some project must be viable."""
    return bool(price_rows(case.scenarios)) and any(has_viability(case, p) for p in case.projects)


def timely(rows: Iterable[Scenario], project: Project, fid: int) -> tuple[Scenario, ...]:
    """Price rows that can change the gap of a project: those that act by the first year of its output as decided."""
    return tuple(r for r in rows if r.from_year is None or r.from_year <= fid + project.build_years)


def repriced(case: Case, rows: Sequence[Scenario]) -> Case:
    """The case at the prices of a scenario; the case itself if no row changes them.

    >>> path = Price(row=0, material="ndpr", years={2030: 100.0})
    >>> fall = Scenario(row=0, scenario="s", parameter="price", value=0.5, from_year=2032, to_year=2033)
    >>> [interpolate(_path(path, [fall]), y) for y in (2030, 2031, 2032, 2033, 2034)]
    [100.0, 100.0, 50.0, 50.0, 100.0]
    """
    if not rows:
        return case
    prices = (p.model_copy(update={"years": _path(p, [r for r in rows if picks(r, p)])})
              for p in case.prices)  # fmt: skip
    return case.model_copy(update={"prices": tuple(prices)})


def _path(price: Price, rows: Sequence[Scenario]) -> dict[int, float]:
    """Year -> price. It is flat outside these years, because no row begins or ends there."""
    if not rows or not price.years:
        return price.years
    edges = {*price.years}
    edges |= {y for r in rows if r.from_year is not None for y in (r.from_year - 1, r.from_year)}
    edges |= {y for r in rows if r.to_year is not None for y in (r.to_year, r.to_year + 1)}
    return {y: interpolate(price.years, y) * _factor(rows, y) for y in range(min(edges), max(edges) + 1)}


def _factor(rows: Iterable[Scenario], year: int) -> float:
    product = 1.0
    for value in sorted(r.value for r in rows if acts(r, year)):
        product *= value
    return product


# -- projects that idle ----------------------------------------------------------------------------------------------


def unprofitable_years(case: Case, project: Project, rows: Sequence[Scenario]) -> frozenset[int]:
    """Years of the horizon in which prices are changed and a tonne then earns less than it costs.

    `rows`: the price rows of a scenario. Empty for a project that need not be viable.
    """
    if not rows or not has_viability(case, project):
        return frozenset()
    names, at, s = priced_shares(case, project), repriced(case, rows), case.settings
    price_rows = [r for r in rows if any(p.material in names and picks(r, p) for p in case.prices)]
    least = (project.opex_per_t or 0.0) * (1 - ROUNDING)
    years = (y for y in range(s.first_year, s.last_year + 1) if any(acts(r, y) for r in price_rows))
    return frozenset(y for y in years if unit_revenue(at, project, y) < least)


def protected_years(programmes: Iterable[Programme], project: Project, fid: int) -> frozenset[int]:
    """Years in which an offtake contract of one of these programmes runs for a project decided in `fid`."""
    contracts = (p for p in programmes if p.instrument == "offtake")
    return frozenset(y for p in contracts for y in contract_years(p, project, fid))


# -- price floors ----------------------------------------------------------------------------------------------------


class Floor(NamedTuple):
    """A price floor that was awarded: to a project decided in `fid`, with its face value in millions."""

    programme: Programme
    face: float
    project: Project
    fid: int


def top_up(case: Case, at: Case, floor: Floor, shares: Mapping[int, float]) -> float:
    """Payment of a floor over its contract, millions at the decision (`money_discount_rate`).

    `at`: the case at the prices of the scenario. `shares`: year -> part of nameplate that the project delivers in it. A face
    value below the largest buys the same part of the contract.
    """
    programme, face, project, fid = floor
    cap = award_cap(project, programme)
    if programme.strike_per_t is None or cap <= 0:
        return 0.0
    sold = 1.0 if programme.offtake_share is None else programme.offtake_share
    tonnes = sold * project.capacity_tpa * contained(programme, project) / MILLION
    growth = 1 + case.settings.money_discount_rate
    paid = sum(
        tonnes * share * payoffs(programme, project, y, at)[0] * growth ** -(y - fid)
        for y, share in shares.items()
        if share
    )
    return face / cap * paid

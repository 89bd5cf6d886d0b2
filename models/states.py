"""States: groups of scenarios that are told apart at the review, so that later decisions may differ between them.

Scenarios belong to one state if their combined factors of demand, existing capacity, prices and envelopes are equal in every
year of the horizon (prices: also after it). A state is fully known in the review year. Changes of projects only (delay,
capacity, capital cost, private share, failure) tell no states apart: they become known only when a project starts, and a
decision that uses them would assume clairvoyance (endogenous uncertainty, Goel & Grossmann 2004).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from models.case import Case
from models.scenarios import AS_PLANNED, Named, Realization, scenarios
from models.schema import Scenario
from models.sets import Sets
from models.settings import Settings

PLAN = "plan"
"""The one state of a plan without a review."""
SAME = 12
"""Decimals to which two combined factors must agree."""


@dataclass(frozen=True)
class State:
    """Scenarios that cannot be told apart at the review. `rows`: those of the first of them; empty for the state as planned."""

    name: str
    scenarios: tuple[str, ...]
    rows: tuple[Scenario, ...] = ()

    @property
    def is_planned(self) -> bool:
        """Whether demand, existing capacity, prices and envelopes are as planned."""
        return not self.rows


def review_year(settings: Settings) -> int | None:
    """Year from which decisions differ by state; None without a review or without modelled scenarios."""
    year = settings.review_year
    if year is None or settings.risk in ("none", "failures") or year > min(settings.last_fid_year, settings.last_year):
        return None
    return year


def realization(case: Case, scenario: Named) -> Realization:
    """The realization of a scenario; decisions after the review, if there is one, are taken when it is known."""
    return Realization(scenario.name, scenario.rows, known_from=review_year(case.settings))


def states(case: Case) -> tuple[State, ...]:
    """The states of a case, the state as planned first. Without a review it is the only one."""
    every = scenarios(case.scenarios)
    if review_year(case.settings) is None:
        return (State(PLAN, tuple(s.name for s in every)),)
    sets = Sets(case)
    planned = _factors(sets, ())
    groups: dict[tuple[float, ...], list[Named]] = {planned: []}
    for s in every:
        groups.setdefault(_factors(sets, s.rows), []).append(s)
    return tuple(_state(of_one, is_planned=known == planned) for known, of_one in groups.items())


def state_known_by(case: Case, rows: tuple[Scenario, ...]) -> State | None:
    """The state of a case that some rows of a scenario belong to; None if there is none."""
    sets = Sets(case)
    known = _factors(sets, rows)
    return next((s for s in states(case) if _factors(sets, s.rows) == known), None)


def states_of(case: Case, names: Iterable[str]) -> tuple[State, ...]:
    """The state as planned, then those of the given scenarios."""
    named = set(names)
    planned, *others = states(case)
    return (planned, *(s for s in others if named & {*s.scenarios}))


def _state(of_one: list[Named], *, is_planned: bool) -> State:
    names = tuple(s.name for s in of_one)
    if is_planned:
        return State(AS_PLANNED, names)
    return State(", ".join(names), names, of_one[0].rows)


def state_of(states_: Iterable[State]) -> dict[str, str]:
    """Scenario -> name of its state."""
    return {scenario: s.name for s in states_ for scenario in s.scenarios}


def _factors(sets: Sets, rows: tuple[Scenario, ...]) -> tuple[float, ...]:
    """All combined factors, in a fixed order."""
    return tuple(round(x, SAME) for x in _composed(sets, Realization(rows=rows)))


def _composed(sets: Sets, of: Realization) -> Iterator[float]:
    case, years = sets.case, sets.years
    for y in years:
        yield from (of.demand_factor(row, y) for row in case.demand)
        yield from (of.existing_factor(row, y) for row in case.existing)
        yield from (of.envelope_factor(fund, y) for fund in sets.funds if fund.envelopes is not None)
    for y in _years_of_prices(case):
        yield from (of.price_factor(row, y) for row in case.prices)


def _years_of_prices(case: Case) -> list[int]:
    """The horizon, and the years after it in which a change of prices begins or has ended."""
    s = case.settings
    rows = [r for r in case.scenarios if r.parameter == "price"]
    edges = {r.from_year for r in rows if r.from_year is not None}
    edges |= {r.to_year + 1 for r in rows if r.to_year is not None}
    return [*range(s.first_year, s.last_year + 1), *sorted(y for y in edges if y > s.last_year), s.last_year + 1000]

"""Years in which projects that are not decided yet would stand idle at the prices of a scenario, always or unless an offtake
contract keeps them running."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from models.market import has_viability
from models.scenario_prices import price_rows, protected_years, unprofitable_years
from models.scenarios import Realization
from models.sets import Sets

Key = tuple[str, int]
"""Candidate and decision year."""


@dataclass(frozen=True)
class Idle:
    """Years of the horizon in which prices leave a tonne of a decision less than it costs."""

    years: frozenset[int] = frozenset()
    """Years in which it is idle, because no offtake contract that it could be awarded is in force."""
    guarded: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """The other years, each with the programmes whose offtake contract would keep it running."""


def idle_decisions(sets: Sets, realization: Realization, starts: Iterable[Key]) -> dict[Key, Idle]:
    """Decision -> the years in which it does not run without a contract, if there are any. Decisions that know the scenario
    run."""
    return dict(_idle(sets, realization, starts))


def idle_years(idle: Mapping[Key, Idle]) -> dict[Key, frozenset[int]]:
    """Decision -> the years in which it is idle whatever it is awarded, if there are any."""
    return {key: of_one.years for key, of_one in idle.items() if of_one.years}


def _idle(sets: Sets, realization: Realization, starts: Iterable[Key]) -> Iterator[tuple[Key, Idle]]:
    rows, known = price_rows(realization.rows), {}
    for i, u in starts if rows else ():
        project = sets.by_id[i]
        if realization.knows(u) or not has_viability(sets.case, project):
            continue
        if i not in known:
            known[i] = unprofitable_years(sets.case, project, rows)
        if known[i]:
            contracts = {p.id: protected_years([p], project, u) for p in sets.eligible[i]}
            by_year = {y: tuple(p for p, years in contracts.items() if y in years) for y in sorted(known[i])}
            yield (
                (i, u),
                Idle(frozenset(y for y, p in by_year.items() if not p), {y: p for y, p in by_year.items() if p}),
            )

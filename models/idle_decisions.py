"""Projects that are not decided yet at the prices of a scenario: the years in which no award could keep them running."""

from collections.abc import Iterable, Iterator

from models.case import Case
from models.market import has_viability
from models.scenario_prices import price_rows, protected_years, unprofitable_years
from models.scenarios import Realization, named
from models.sets import Sets

Key = tuple[str, int]
"""Candidate and decision year."""


def idle_decisions(sets: Sets, realization: Realization, starts: Iterable[Key]) -> dict[Key, frozenset[int]]:
    """Decision -> years of the horizon in which it cannot run, as a tonne earns less than it costs and no offtake that it could
    be awarded runs. Decisions that know the scenario run."""
    return {
        key: years - protected
        for key, years, protected in _unprofitable(sets, realization, starts)
        if years - protected
    }


def decided_by_awards(case: Case) -> str | None:
    """A candidate whose awards decide in some scenario whether it runs; None where there is none."""
    sets = Sets(case)
    starts = [(i.id, u) for i in sets.candidates for u in sets.windows[i.id]]
    for name, rows in named(case.scenarios).items():
        for (i, _), years, protected in _unprofitable(sets, Realization(name, rows), starts):
            if years & protected:
                return i
    return None


def _unprofitable(
    sets: Sets, realization: Realization, starts: Iterable[Key]
) -> Iterator[tuple[Key, frozenset[int], frozenset[int]]]:
    """Decision, the years in which a tonne earns less than it costs, and those of every offtake that it could be awarded."""
    rows, known = price_rows(realization.rows), {}
    for i, u in starts if rows else ():
        project = sets.by_id[i]
        if realization.knows(u) or not has_viability(sets.case, project):
            continue
        if i not in known:
            known[i] = unprofitable_years(sets.case, project, rows)
        if known[i]:
            yield (i, u), known[i], protected_years(sets.eligible[i], project, u)

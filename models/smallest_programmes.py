r"""How many of its smallest programmes a project can have, where few programmes must pay for it.

A project that K programmes may support, and that asks for d, cannot afford many small programmes among the K. Let $k_p$ be
the most that programme p can bring, and S a set of programmes none of which can bring more than any outside it. The most
programmes of S among K that reach d is the largest r for which the r largest of S and the K - r largest of the others bring d:

$$r(S) = \max \{ r \le K : top_r(S) + top_{K-r}(\bar S) \ge d \}$$

A programme with r({p}) = 0 cannot support the project at all; where even the K largest do not reach d, the project cannot be
decided. Both need and gap are such a d, the gap by worth instead of face value. These are cover inequalities of a knapsack with
a cardinality constraint (Wolsey 1975; Bienstock 1996): without them the relaxation takes a little of every programme.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models.award_limits import most_award
from models.schema import Project
from models.sets import Sets
from models.terms import need

TOLERATED = 4e-6
"""Part of max(1, what is asked for) by which each of the programmes, and what is asked for, may miss its limit. Limits may be
missed by 1e-6, and the money of a fund is counted 2e-6 too high already (`models.award_limits`)."""


@dataclass(frozen=True)
class SmallestProgrammes:
    """Some of the smallest programmes of a project."""

    sizes: Mapping[str, float]
    """Programme -> the most face value that it can give the project, millions."""
    most: int
    """At most so many of them can support the project together; -1 where it cannot be decided at all (`sizes` is empty then)."""


def smallest_programmes(sets: Sets, project: Project, year: int) -> list[SmallestProgrammes]:
    """Consequences of a limit on programmes for a project that is decided in one year."""
    limit = sets.most_programmes(project)
    if limit is None:
        return []
    face = {p.id: most_award(sets, sets.fund_of[p.id], p, project, year) for p in sets.eligible[project.id]}
    asks = [(face, need(project)), *_worth(sets, project, year, face)]
    return [
        SmallestProgrammes({p: face[p] for p in programmes}, most)
        for brings, required in asks
        for programmes, most in limited_sets(brings, required, limit)
    ]


def _worth(
    sets: Sets, project: Project, year: int, face: Mapping[str, float]
) -> Iterator[tuple[dict[str, float], float]]:
    """The most that each programme can pay towards the gap of a project, and the gap, if it does not follow from the need."""
    viability = sets.viability
    if not viability.binds(project) or not viability.gap_binds(project, year):
        return
    offers = zip(sets.eligible[project.id], viability.offers(project, year), strict=True)
    yield {p.id: offer.worth * min(face[p.id], offer.most) for p, offer in offers}, viability.gaps[project.id, year]


def limited_sets(brings: Mapping[str, float], required: float, limit: int) -> Iterator[tuple[tuple[str, ...], int]]:
    """Sets of the smallest programmes with the most of each that can be among `limit` programmes which pay what is needed.

    Only sets whose limit does not follow from `limit` itself, the largest set for each most; one empty set with the most -1
    where no `limit` programmes bring enough.

    >>> list(limited_sets({"a": 10, "b": 20, "c": 70, "d": 80}, 100, 2))
    [(('a',), 0), (('a', 'b', 'c'), 1)]
    >>> list(limited_sets({"a": 10, "b": 20}, 100, 2))
    [((), -1)]
    """
    enough = required - TOLERATED * (limit + 1) * max(1.0, required)
    order = sorted(brings, key=lambda p: (brings[p], p))
    sizes = [brings[p] for p in order]
    if sum(sizes[-limit:]) < enough:
        yield (), -1
        return
    largest: dict[int, int] = {}
    for count in range(1, len(order) + 1):
        largest[_most_of(sizes[:count], sizes[count:], enough, limit)] = count
    for most, count in sorted(largest.items()):
        if most < min(limit, count):
            yield tuple(order[:count]), most


def _most_of(small: list[float], others: list[float], enough: float, limit: int) -> int:
    """The most of the small that can be among `limit` which pay enough; both lists ascend. 0 where none can."""
    for most in range(min(limit, len(small)), 0, -1):
        rest = limit - most
        if sum(small[-most:]) + (sum(others[-rest:]) if rest else 0.0) >= enough:
            return most
    return 0

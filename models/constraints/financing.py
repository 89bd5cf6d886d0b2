r"""Financing: the public support of a project lies between its need and the cost that is not secured yet.

For one project, with $room_i = \max(0, capex_i - secured_i)$ and $k_{i,p} = \min(max\_share_p\, capex_i, max\_ticket_p)$:

$$need_i\, start_{i,t} \le \sum_p award_{i,p,t} \le room_i\, start_{i,t}, \qquad award_{i,p,t} \le k_{i,p}\, start_{i,t}$$

For a class c of projects that its programmes $P_c$ treat alike, $award_{c,p,t} = \sum_{i \in c} award_{i,p,t}$ is enough.
The projection of the rows above on these sums is, for every $S \subseteq P_c$:

$$\sum_{p \in S} award_{c,p,t} \le \sum_{i \in c} \min(room_i, \sum_{p \in S} k_{i,p})\, start_{i,t}$$
$$\sum_{p \in S} award_{c,p,t} \ge \sum_{i \in c} \max(0, need_i - \sum_{p \notin S} k_{i,p})\, start_{i,t}$$

This follows from Hoffman's circulation theorem: projects are sinks with [need, room], programmes are sources, and arcs carry
0 to k. For a class of one project the rows are the first ones, because only subsets of one programme and of all can bind.

>>> from models.examples import show
>>> show("award_cap", "mill,.*2026")
award[mill,loans,2026] - 120.0*start[mill,2026]  <=  0
award[mill,stakes,2026] - 60.0*start[mill,2026]  <=  0
>>> show("need", "mill,.*2026")
award[mill,loans,2026] + award[mill,stakes,2026] - 100.0*start[mill,2026]  >=  0
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, Any

import pyomo.core as pyo

from models.decision import FundingClass
from models.family import Family
from models.terms import award_cap, most_support, need

if TYPE_CHECKING:
    from models.program import Program

Subset = tuple[str, ...]
"""Ids of some programmes of a class."""
Bounds = dict[str, float]
"""Project -> what its decision adds to a row, millions; projects that add nothing are absent."""
MOST_SUBSETS = 2000
"""Subsets that are examined before a class is split."""
RATIO = 12
"""Decimals to which two ratios of bounds must agree."""
FEW_ALIKE = 4
"""Number of members with one ratio up to which each is in the rows by itself."""


class TooManySubsets(Exception):
    """A class would need too many rows."""


def constrain(program: "Program") -> None:
    """Upper and lower rows of every class and year; nothing without programmes."""
    if not program.sets.has_programmes:
        return
    most_of = {c.name: most(c) for c in program.classes}
    least_of = {c.name: least(c) for c in program.classes}
    years = {c.name: program.years_of(c) for c in program.classes}
    decided = _decided(program, {name: [*most_of[name].values(), *least_of[name].values()] for name in most_of})

    def over(name: str, subset: Subset, t: int, bounds: Bounds) -> Any:
        """Awards of the subset, less what the projects decided in t allow or need."""
        given = sum(program.decision.award[name, p, t] for p in subset)
        return given - sum(b * x for i, b in bounds.items() if (x := decided.get((i, t))) is not None)

    caps = [(c, s, t) for c, rows in most_of.items() for s in rows for t in years[c]]
    needs = [(c, s, t) for c, rows in least_of.items() for s in rows for t in years[c]]
    program.add("award_cap", caps, lambda _, c, s, t: over(c, s, t, most_of[c][s]) <= 0)
    program.add("need", needs, lambda _, c, s, t: over(c, s, t, least_of[c][s]) >= 0)


def _decided(program: "Program", rows: dict[str, list[Bounds]]) -> dict[tuple[str, int], Any]:
    """(project, year) -> the term for this decision, and for those of the members like it, in the rows of a class.

    Members whose bounds have the same ratio in all rows of their class share $weighed_{i,t} = \\sum_j (b_j / b_i) start_{j,t}$,
    named by the first of them: each decision is then in one row of its class instead of in all of them.
    """
    start, model = program.decision.start, program.model
    terms: dict[tuple[str, int], Any] = {}
    weighed: dict[tuple[str, int], list[Any]] = {}
    for c in program.classes:
        for like in _alike(c, rows[c.name]):
            first, size = like[0]
            if len(like) <= FEW_ALIKE:
                terms |= {(i, t): start[i, t] for i, _ in like for t in program.years_of(c) if (i, t) in start}
                continue
            for t in program.years_of(c):
                weighed[first, t] = [b / size * start[i, t] for i, b in like if (i, t) in start]
    model.weighed = pyo.Var(sorted(weighed), domain=pyo.NonNegativeReals)
    program.add("weighing", sorted(weighed), lambda m, i, t: m.weighed[i, t] - sum(weighed[i, t]) == 0)
    return terms | dict(model.weighed)


def _alike(c: FundingClass, rows: list[Bounds]) -> list[list[tuple[str, float]]]:
    """Groups of members whose bounds have the same ratio in all rows of the class, each with its largest bound."""
    if c.is_single:
        return [[(c.members[0].id, 1.0)]]
    together: dict[Any, list[tuple[str, float]]] = defaultdict(list)
    for i in c.members:
        bounds = [b.get(i.id, 0.0) for b in rows]
        size = max(bounds, default=0.0)
        together[tuple(round(b / size, RATIO) for b in bounds) if size else i.id].append((i.id, size or 1.0))
    return list(together.values())


def most(c: FundingClass) -> dict[Subset, Bounds]:
    """Upper bounds of the subsets whose row can bind.

    These are the single programmes, all programmes, and the subsets that exceed the room of some members but not of all
    (if tickets cap single projects); every other row follows from them. Raises TooManySubsets.
    """
    caps, ids = _caps(c), [p.id for p in c.programmes]
    bounds: dict[Subset, Bounds] = {(p,): {i.id: min(most_support(i), caps[i.id][p]) for i in c.members} for p in ids}

    seen = count()

    def grow(subset: Subset, given: Bounds, rest: int) -> None:
        _spend(seen)
        exceed = [given[i.id] > most_support(i) for i in c.members]
        if any(exceed) and (not all(exceed) or len(subset) == len(ids)):
            bounds[subset] = {i.id: min(most_support(i), given[i.id]) for i in c.members}
        if not all(exceed):
            for n in range(rest, len(ids)):
                grow((*subset, ids[n]), {i: g + caps[i][ids[n]] for i, g in given.items()}, n + 1)

    if not c.is_single:
        grow((), {i.id: 0.0 for i in c.members}, 0)
    if len(ids) > 1 and any(sum(caps[i.id].values()) > most_support(i) for i in c.members):
        bounds[tuple(ids)] = {i.id: min(most_support(i), sum(caps[i.id].values())) for i in c.members}
    return bounds


def least(c: FundingClass) -> dict[Subset, Bounds]:
    """Lower bounds of the subsets whose row can bind: without them the other programmes cannot meet every need.

    Raises TooManySubsets.
    """
    caps, ids = _caps(c), [p.id for p in c.programmes]
    bounds: dict[Subset, Bounds] = {}
    seen = count()

    def grow(outside: Subset, short: Bounds, rest: int) -> None:
        _spend(seen)
        if not short:
            return
        bounds[tuple(p for p in ids if p not in outside)] = short
        for n in range(rest, len(ids) if not c.is_single else 0):
            left = {i: b - caps[i][ids[n]] for i, b in short.items()}
            grow((*outside, ids[n]), {i: b for i, b in left.items() if b > 0}, n + 1)

    grow((), {i.id: need(i) for i in c.members if need(i) > 0}, 0)
    return bounds


def _spend(seen: Iterator[int]) -> None:
    if next(seen) > MOST_SUBSETS:
        raise TooManySubsets


def _caps(c: FundingClass) -> dict[str, Bounds]:
    return {i.id: {p.id: award_cap(i, p) for p in c.programmes} for i in c.members}


FINANCING = Family(
    "financing", constrain, modelled="money", checks=("programmes",), audits=("support", "awards", "project money"),
    repairs=("committed", "total", "envelope"),
)  # fmt: skip

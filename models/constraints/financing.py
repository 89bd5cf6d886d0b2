r"""Financing: public support between what a project cannot do without and what it costs.

For one project, with $k_{i,p} = \min(max\_share_p\, capex_i, max\_ticket_p)$:

$$need_i\, start_{i,t} \le \sum_p award_{i,p,t} \le capex_i\, start_{i,t}, \qquad award_{i,p,t} \le k_{i,p}\, start_{i,t}$$

For a class c of projects that its programmes $P_c$ treat alike, $award_{c,p,t} = \sum_{i \in c} award_{i,p,t}$ is enough.
The projection of the rows above on these sums is, for every $S \subseteq P_c$:

$$\sum_{p \in S} award_{c,p,t} \le \sum_{i \in c} \min(capex_i, \sum_{p \in S} k_{i,p})\, start_{i,t}$$
$$\sum_{p \in S} award_{c,p,t} \ge \sum_{i \in c} \max(0, need_i - \sum_{p \notin S} k_{i,p})\, start_{i,t}$$

(Hoffman's circulation theorem: projects are sinks with [need, capex], programmes sources, cells hold 0 to k.) A class of
one project gives back the first rows, as only S of one programme and S of all can bind. One form serves both.

>>> from models.examples import show
>>> show("award_cap", "mill,.*2026")
award[mill,loans,2026] - 120.0*start[mill,2026]  <=  0
award[mill,stakes,2026] - 60.0*start[mill,2026]  <=  0
>>> show("need", "mill,.*2026")
award[mill,loans,2026] + award[mill,stakes,2026] - 100.0*start[mill,2026]  >=  0
"""

from itertools import combinations
from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo

from models.decision import FundingClass
from models.schema import Programme, Project
from models.sets import award_cap, need

if TYPE_CHECKING:
    from models.program import Program

Subset = tuple[str, ...]


def constrain(program: "Program") -> None:
    """Upper and lower rows of every class and year; nothing without programmes."""
    if not program.sets.has_programmes:
        return
    cells = [(c, t) for c in program.classes for t in program.years_of(c)]
    upper = {(c.name, s, t): c for c, t in cells for s in upper_subsets(c)}
    lower = {(c.name, s, t): c for c, t in cells for s in lower_subsets(c)}
    program.add(
        "award_cap",
        list(upper),
        lambda _, name, s, t: _row(program, upper[name, s, t], s, t, _most) <= 0,
    )
    program.add(
        "need",
        list(lower),
        lambda _, name, s, t: _row(program, lower[name, s, t], s, t, _least) >= 0,
    )


def _row(program: "Program", c: FundingClass, subset: str, t: int, bound: Any) -> Any:
    """Awards of the subset less what the projects decided in t allow or need."""
    names = subset.split(";") if subset else []
    award = program.decision.award
    inside = [p for p in c.programmes if p.id in names]
    given = sum(award[c.name, p, t] for p in names if (c.name, p, t) in award)
    start = program.decision.start
    return given - sum(b * start[i.id, t] for i in c.members if (i.id, t) in start and (b := bound(c, i, inside)))


def _most(_: FundingClass, i: Project, inside: list[Programme]) -> float:
    return min(i.capex_m, sum(award_cap(i, p) for p in inside))


def _least(c: FundingClass, i: Project, inside: list[Programme]) -> float:
    outside = sum(award_cap(i, p) for p in c.programmes if p not in inside)
    return max(0.0, need(i) - outside)


def upper_subsets(c: FundingClass) -> list[str]:
    """Subsets whose upper row can bind: one programme and all; every subset where tickets cap single projects."""
    if c.is_single or not _has_ticket(c):
        singles = [p.id for p in c.programmes]
        return singles + ([";".join(singles)] if len(singles) > 1 and _capex_binds(c) else [])
    return _subsets(c)


def lower_subsets(c: FundingClass) -> list[str]:
    """Subsets whose lower row can bind: all programmes; every subset in a class of several projects."""
    everything = ";".join(p.id for p in c.programmes)
    if c.is_single:
        return [everything]
    return [s for s in _subsets(c) if any(_least(c, i, [p for p in c.programmes if p.id in s.split(";")]) for i in c.members)]


def _subsets(c: FundingClass) -> list[str]:
    ids = [p.id for p in c.programmes]
    return [";".join(s) for n in range(1, len(ids) + 1) for s in combinations(ids, n)]


def _has_ticket(c: FundingClass) -> bool:
    return any(award_cap(i, p) < p.max_share * i.capex_m for i in c.members for p in c.programmes)


def _capex_binds(c: FundingClass) -> bool:
    return any(sum(award_cap(i, p) for p in c.programmes) > i.capex_m for i in c.members)

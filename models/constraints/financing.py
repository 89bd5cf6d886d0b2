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

from models.decision import FundingClass
from models.sets import award_cap, need

if TYPE_CHECKING:
    from models.program import Program

Subset = tuple[str, ...]
"""Ids of some programmes of a class."""
Bounds = dict[str, float]
"""Project -> what its decision adds to a row, millions; projects that add nothing are absent."""


def constrain(program: "Program") -> None:
    """Upper and lower rows of every class and year; nothing without programmes."""
    if not program.sets.has_programmes:
        return
    upper = {(c.name, s): bounds for c in program.classes for s, bounds in most(c).items()}
    lower = {(c.name, s): bounds for c in program.classes for s, bounds in least(c).items()}
    years = {c.name: program.years_of(c) for c in program.classes}

    def over(name: str, subset: Subset, t: int, bounds: Bounds) -> Any:
        """Awards of the subset less what the projects decided in t allow or need."""
        award, start = program.decision.award, program.decision.start
        given = sum(award[name, p, t] for p in subset)
        return given - sum(b * start[i, t] for i, b in bounds.items() if (i, t) in start)

    program.add(
        "award_cap", [(c, s, t) for c, s in upper for t in years[c]], lambda _, c, s, t: over(c, s, t, upper[c, s]) <= 0
    )
    program.add(
        "need", [(c, s, t) for c, s in lower for t in years[c]], lambda _, c, s, t: over(c, s, t, lower[c, s]) >= 0
    )


def most(c: FundingClass) -> dict[Subset, Bounds]:
    """Upper bounds of the subsets whose row can bind: one programme and all; every one where tickets cap projects."""
    caps = _caps(c)
    ids = tuple(p.id for p in c.programmes)
    every = _subsets(c) if not c.is_single and _has_ticket(c) else [(p,) for p in ids]
    if len(ids) > 1 and ids not in every and any(sum(caps[i.id].values()) > i.capex_m for i in c.members):
        every.append(ids)
    return {s: {i.id: min(i.capex_m, sum(caps[i.id][p] for p in s)) for i in c.members} for s in every}


def least(c: FundingClass) -> dict[Subset, Bounds]:
    """Lower bounds of the subsets whose row can bind: all programmes; every one in a class of several projects."""
    caps = _caps(c)
    all_of_them = tuple(p.id for p in c.programmes)
    # Nothing can carry what all programmes together cannot give: the row of the empty subset.
    every = [all_of_them] if c.is_single else [(), *_subsets(c)]
    found = {}
    for subset in every:
        outside = [p for p in all_of_them if p not in subset]
        bounds = {i.id: need(i) - sum(caps[i.id][p] for p in outside) for i in c.members}
        found[subset] = {i: b for i, b in bounds.items() if b > 0}
    return {s: bounds for s, bounds in found.items() if bounds}


def _caps(c: FundingClass) -> dict[str, dict[str, float]]:
    return {i.id: {p.id: award_cap(i, p) for p in c.programmes} for i in c.members}


def _subsets(c: FundingClass) -> list[Subset]:
    ids = [p.id for p in c.programmes]
    return [s for n in range(1, len(ids) + 1) for s in combinations(ids, n)]


def _has_ticket(c: FundingClass) -> bool:
    return any(award_cap(i, p) < p.max_share * i.capex_m for i in c.members for p in c.programmes)

r"""Max programmes: limit on the number of programmes that support one project, and the count of awards for the tie-break.

With $supports_{i,p}$ = 1 where programme p gives project i an award, in whichever year it is decided, and $k_{i,p,t}$ the
most that p can give to i in year t (by share, ticket and room; where the money of the case is never eased in the loaded
program also by the limits of its fund, `models.award_limits`):

$$\sum_t award_{i,p,t} / k_{i,p,t} \le supports_{i,p} \le \sum_t start_{i,t}, \qquad
\sum_p supports_{i,p} \le max\_programmes_i \sum_t start_{i,t}$$

There is one binary per project and programme, not per year, because a project is decided once. A project with no more
eligible programmes than its limit needs no rows. Where the money of the case is never eased, further rows tighten the
relaxation:

$$\sum_{p \in S} award_{i,p,t} / k_{i,p,t} \le r_{i,t}(S)\, start_{i,t}$$

for sets S of the smallest programmes, of which no more than r(S) can be among those that pay (`models.smallest_programmes`).
The last step of the tie-break counts awards by the same binaries for every project of a selection
(`models.program.ProgramOptions.count_awards`); there a lower bound is the number of its largest programmes that are needed to
pay for a project.

>>> from models.examples import show
>>> show("max_programmes", max_programmes=1)
supports[mill,loans] + supports[mill,stakes] - (start[mill,2026] + start[mill,2027])  <=  0
"""

from typing import TYPE_CHECKING, Any

import pyomo.core as pyo

from models.award_limits import most_award
from models.family import Family
from models.schema import Programme, Project
from models.sets import Sets
from models.smallest_programmes import SmallestProgrammes, smallest_programmes
from models.terms import award_cap, most_support, need

if TYPE_CHECKING:
    from models.program import Program

LEAST = 1e-4
"""Least value, millions, that is used for the largest award, so that coefficients stay small."""
ROUNDING = 1e-9
"""Part of a need by which the largest awards may fall short and still count as paying it."""


def is_limited(sets: Sets, project: Project) -> bool:
    """Whether more programmes may finance a project than may support it."""
    most = sets.most_programmes(project)
    return most is not None and most < len(sets.eligible[project.id])


def constrain(program: "Program") -> None:
    """Binaries and rows of every limited project; of every project if awards are counted."""
    sets, decision = program.sets, program.decision
    counted = [
        sets.by_id[c.name]
        for c in program.classes
        if c.is_single
        and c.name in decision.starts_of
        and (program.options.count_awards or is_limited(sets, sets.by_id[c.name]))
    ]
    pairs = [(i.id, p.id) for i in counted for p in sets.eligible[i.id]] if sets.has_programmes else []
    if not pairs:
        return
    program.model.supports = pyo.Var(pairs, domain=pyo.Binary)
    programme = decision.programme_of

    def most(project: Project, p: Programme, year: int) -> float:
        if program.options.money_stands:
            return most_award(sets, sets.fund_of[p.id], p, project, year)
        return min(award_cap(project, p), most_support(project))

    def used(i: str, p: str) -> Any:
        """Part of the largest award that is given."""
        parts = ((decision.award[i, p, s.year], most(s.project, programme[p], s.year)) for s in decision.starts_of[i])
        return sum(a / max(limit, LEAST) for a, limit in parts)

    def hands(i: str) -> Any:
        return sum(program.model.supports[i, p.id] for p in sets.eligible[i])

    def taken(i: str) -> Any:
        return sum(s.x for s in decision.starts_of[i])

    program.add("support_cap", pairs, lambda m, i, p: used(i, p) - m.supports[i, p] <= 0)
    program.add("support_start", pairs, lambda m, i, p: m.supports[i, p] - taken(i) <= 0)
    limited = [(i.id,) for i in counted if is_limited(sets, i)]
    limit = {i.id: sets.most_programmes(i) for i in counted}
    program.add("max_programmes", limited, lambda _, i: hands(i) - limit[i] * taken(i) <= 0)
    if program.options.money_stands and not program.options.count_awards:
        _limit_smallest(program, [sets.by_id[i] for (i,) in limited])
    least = {i.id: least_hands(sets, i) for i in counted}
    several = [(i.id,) for i in counted if program.options.count_awards and least[i.id]]
    program.add("least_hands", several, lambda _, i: hands(i) - least[i] * taken(i) >= 0)


def _limit_smallest(program: "Program", limited: list[Project]) -> None:
    """Limit how many of the smallest programmes of a project can be among the few that pay for it."""
    decision, parts = program.decision, dict[tuple[str, int, int], SmallestProgrammes]()
    for project in limited:
        for start in decision.starts_of[project.id]:
            smallest = smallest_programmes(program.sets, project, start.year)
            parts |= {(project.id, start.year, n): part for n, part in enumerate(smallest)}

    def row(_: Any, i: str, t: int, n: int) -> Any:
        part = parts[i, t, n]
        used = sum(decision.award[i, p, t] / max(size, LEAST) for p, size in part.sizes.items())
        return used - part.most * decision.start[i, t] <= 0

    program.add("smallest_programmes", sorted(parts), row)


def least_hands(sets: Sets, project: Project) -> int:
    """Least number of programmes whose largest awards together pay the need of a project; all of them if they cannot."""
    required = need(project) * (1 - ROUNDING)
    caps = sorted((award_cap(project, p) for p in sets.eligible[project.id]), reverse=True)
    paid, hands = 0.0, 0
    while paid < required and hands < len(caps):
        paid, hands = paid + caps[hands], hands + 1
    return hands


MAX_PROGRAMMES = Family(
    "max_programmes", constrain, apart=is_limited, modelled="money", checks=("programmes",), audits=("programmes of a project",),
    setting="max_programmes", repairs=("max_programmes", "setting", "committed", "total", "envelope"),
)  # fmt: skip

r"""Joint finance: a project counts when programmes of two donors each give at least a part of its capital cost.

$$\sum_{p \in d, t} award_{i,p,t} \ge \sigma\, capex_i\, gives_{i,d} \qquad
\sum_{p \in d, t} award_{i,p,t} \le (\sigma - \epsilon)\, capex_i \sum_t start_{i,t} + (1 - \sigma + \epsilon)\, capex_i\, gives_{i,d}$$
$$2 \sum_t joint_{i,t} \le \sum_d gives_{i,d} \qquad gives_{i,d} + gives_{i,e} - 1 \le \sum_t joint_{i,t} \qquad joint_{i,t} \le start_{i,t}$$

with $\sigma$ = `joint_min_share`: both directions, so that neither a floor nor a cap on joint projects can be evaded.
The year is that of the decision, as a rule may count decisions up to some year.

>>> from models.examples import show
>>> show("joint_two", "mill")
2*(joint[mill,2026] + joint[mill,2027]) - (gives[mill,JP] + gives[mill,US])  <=  0
"""

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING

import pyomo.environ as pyo

from models.decision import Linear

if TYPE_CHECKING:
    from models.program import Program

MARGIN = 1e-6
"""A donor below the share stays below it by this part of capex, so that the auditor's comparison is not a coin toss."""


def is_wanted(program: "Program") -> bool:
    """Whether any rule counts joint projects."""
    return any("joint" in (r.measure, r.per) for r in program.sets.case.rules)


def donors_of(program: "Program", project: str) -> list[str]:
    """Donors whose programmes may finance a project."""
    return sorted({p.donor for p in program.sets.eligible[project] if p.donor})


def declare(program: "Program") -> dict[tuple[str, int], Linear]:
    """The binaries of every project that two donors may finance."""
    if not is_wanted(program):
        return {}
    donors = {i: donors_of(program, i) for i in program.decision_ids()}
    projects = [i for i, names in donors.items() if len(names) > 1]
    starts = [(i, s.year) for i in projects for s in program.decision.starts_of[i]]
    program.model.joint = pyo.Var(starts, domain=pyo.Binary)
    program.model.gives = pyo.Var([(i, n) for i in projects for n in donors[i]], domain=pyo.Binary)
    return dict(program.model.joint)


def constrain(program: "Program") -> None:
    """Rows that tie the binaries to the awards."""
    d = program.decision
    if not d.joint:
        return
    pairs = sorted(program.model.gives)
    share = d.sets.case.settings.joint_min_share

    def given(i: str, donor: str) -> Linear:
        return sum(a for (c, p, _), a in d.award.items() if c == i and d.programme_of[p].donor == donor)

    def capex(i: str) -> float:
        return d.sets.by_id[i].capex_m

    def taken(i: str, of: Mapping[tuple[str, int], Linear]) -> Linear:
        return sum(of[i, s.year] for s in d.starts_of[i])

    below = share - MARGIN
    program.add("joint_gives", pairs, lambda m, i, n: given(i, n) - share * capex(i) * m.gives[i, n] >= 0)
    program.add(
        "joint_gives_not",
        pairs,
        lambda m, i, n: given(i, n) - capex(i) * (below * taken(i, d.start) + (1 - below) * m.gives[i, n]) <= 0,
    )
    names = {i: donors_of(program, i) for i in sorted({i for i, _ in d.joint})}
    program.add(
        "joint_two",
        [(i,) for i in names],
        lambda m, i: 2 * taken(i, d.joint) - sum(m.gives[i, n] for n in names[i]) <= 0,
    )
    program.add(
        "joint_must",
        [(i, a, b) for i in names for a, b in combinations(names[i], 2)],
        lambda m, i, a, b: m.gives[i, a] + m.gives[i, b] - taken(i, d.joint) <= 1,
    )
    program.add("joint_year", sorted(d.joint), lambda _, i, t: d.joint[i, t] - d.start[i, t] <= 0)

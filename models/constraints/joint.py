r"""Joint finance: a project counts when programmes of two donors each give at least a part of its capital cost.

$$\sum_{p \in d, t} award_{i,p,t} \ge least_i\, gives_{i,d} \qquad
\sum_{p \in d, t} award_{i,p,t} \le (least_i - \epsilon_i) \sum_t start_{i,t} + (capex_i - least_i + \epsilon_i)\, gives_{i,d}$$
$$2 \sum_t joint_{i,t} \le \sum_d gives_{i,d} \qquad gives_{i,d} + gives_{i,e} - 1 \le \sum_t joint_{i,t} \qquad joint_{i,t} \le start_{i,t}$$

with $least_i$ = `joint_min_share` of $capex_i$. The rows work in both directions, so that neither a floor nor a cap on joint
projects can be evaded. The year is that of the decision, because a rule may count decisions up to a year.

>>> from models.examples import show
>>> show("joint_two", "mill")
2*(joint[mill,2026] + joint[mill,2027]) - (gives[mill,JP] + gives[mill,US])  <=  0
"""

from collections.abc import Mapping
from itertools import combinations
from typing import TYPE_CHECKING

import pyomo.core as pyo

from models.decision import Linear
from models.family import Family
from models.measures import matches
from models.schema import Project
from models.sets import Sets

if TYPE_CHECKING:
    from models.program import Program

MARGIN, LEAST_MARGIN = 1e-6, 4e-6
"""A donor that does not count stays below the share by this part of capex, and by at least so many millions, so that
rounding cannot decide the auditor's comparison."""


def donors_of(sets: Sets, project: str) -> list[str]:
    """Donors whose programmes may finance a project."""
    return sorted({p.donor for p in sets.eligible[project] if p.donor})


def may_count(sets: Sets, project: Project) -> bool:
    """Whether two donors may finance the project and a rule on joint projects counts it: only then it needs binaries.

    The denominator of a share counts all projects, whatever its `where` picks.
    """
    rules = (r for r in sets.case.rules if "joint" in (r.measure, r.per))
    counted = any(r.aggregate == "share" or matches(r.picks, project) for r in rules)
    return counted and len(donors_of(sets, project.id)) > 1


def declare(program: "Program") -> dict[tuple[str, int], Linear]:
    """The binaries of every project that a rule may count."""
    sets = program.sets
    projects = [i for i in program.decision_ids() if may_count(sets, sets.by_id[i])]
    if not projects:
        return {}
    starts = [(i, s.year) for i in projects for s in program.decision.starts_of[i]]
    program.model.joint = pyo.Var(starts, domain=pyo.Binary)
    program.model.gives = pyo.Var([(i, n) for i in projects for n in donors_of(sets, i)], domain=pyo.Binary)
    return dict(program.model.joint)


def constrain(program: "Program") -> None:
    """Rows that tie the binaries to the awards."""
    decision = program.decision
    if not decision.joint:
        return
    pairs = sorted(program.model.gives)
    share = decision.sets.case.settings.joint_min_share

    def given(i: str, donor: str) -> Linear:
        return sum(a for (c, p, _), a in decision.award.items() if c == i and decision.programme_of[p].donor == donor)

    def capex(i: str) -> float:
        return decision.sets.by_id[i].capex_m

    def margin(i: str) -> float:
        return max(MARGIN * capex(i), LEAST_MARGIN)

    def most(i: str, donor: str) -> Linear:
        """Upper limit on what a donor gives: all of capex if it counts, otherwise less than its share."""
        below = share * capex(i) - margin(i)
        return below * taken(i, decision.start) + (capex(i) - below) * program.model.gives[i, donor]

    def taken(i: str, of: Mapping[tuple[str, int], Linear]) -> Linear:
        return sum(of[i, s.year] for s in decision.starts_of[i])

    program.add("joint_gives", pairs, lambda m, i, n: given(i, n) - share * capex(i) * m.gives[i, n] >= 0)
    program.add("joint_gives_not", pairs, lambda _, i, n: given(i, n) - most(i, n) <= 0)
    names = {i: donors_of(decision.sets, i) for i in sorted({i for i, _ in decision.joint})}
    program.add(
        "joint_two",
        [(i,) for i in names],
        lambda m, i: 2 * taken(i, decision.joint) - sum(m.gives[i, n] for n in names[i]) <= 0,
    )
    program.add(
        "joint_must",
        [(i, a, b) for i in names for a, b in combinations(names[i], 2)],
        lambda m, i, a, b: m.gives[i, a] + m.gives[i, b] - taken(i, decision.joint) <= 1,
    )
    program.add("joint_year", sorted(decision.joint), lambda _, i, t: decision.joint[i, t] - decision.start[i, t] <= 0)


JOINT = Family(
    "joint", constrain, apart=may_count, modelled="rules", checks=("rules",), audits=("rules", "rules table"),
    repairs=("rule",),
)  # fmt: skip

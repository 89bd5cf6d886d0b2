r"""Precedence: projects that must come before, with or instead of others.

$$\sum_{u \le t} start_{i,u} \le \sum_{j \in alternatives} \sum_{u \le t} start_{j,u} \quad \forall t \qquad
start_{i,t} = start_{j,t} \qquad \sum_t start_{i,t} + \sum_t start_{j,t} \le 1 \qquad \sum_{i \in group} \sum_t start_{i,t} \le 1$$

A project that goes ahead without support meets a requirement from its `unaided_fid` on, whether or not it is financed before.

An underway project counts as financed from the start: it meets requirements, takes the place of its group and excludes what
it names; `together` with it sets no condition.

>>> from models.examples import show
>>> show("requires", "Mill")
start[mill,2026] - start[ridge,2026]  <=  0
start[mill,2026] + start[mill,2027] - (start[ridge,2026] + start[ridge,2027])  <=  0
"""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pyomo.core as pyo

from models.family import Family

if TYPE_CHECKING:
    from models.program import Program


def constrain(program: "Program") -> None:
    """Rows of all four kinds."""
    requires(program)
    together(program)
    excludes(program)
    groups(program)


def _until(program: "Program", i: str, year: int) -> Any:
    return sum(s.x for s in program.decision.starts_of.get(i, ()) if s.year <= year)


def _taken(program: "Program", i: str) -> Any:
    return sum(s.x for s in program.decision.starts_of.get(i, ()))


def requires(program: "Program") -> None:
    """A row for each requirement of a project and each year of its window in which nothing meets it unfinanced."""
    by_clause = {
        (i.id, n, s.year): alternatives
        for i in program.sets.candidates
        for n, alternatives in enumerate(i.requires)
        for s in program.decision.starts_of.get(i.id, ())
        if not any(program.sets.stands_unfinanced(j, s.year) for j in alternatives)
    }

    def row(_: pyo.Block, i: str, n: int, t: int) -> object:
        return _until(program, i, t) - sum(_until(program, j, t) for j in by_clause[i, n, t]) <= 0

    program.add("requires", list(by_clause), row)


def together(program: "Program") -> None:
    """One row per pair and year in which one of them can be decided; the partner of a barred project cannot be decided."""
    underway = {p.id for p in program.sets.underway}
    every = {(i.id, j) for i in program.sets.case.projects for j in i.together}
    pairs = {tuple(sorted(p)) for p in every if underway.isdisjoint(p)}
    start = program.decision.start
    rows = sorted({(i, j, t) for i, j in pairs for t in program.sets.years if (i, t) in start or (j, t) in start})

    def row(_: pyo.Block, i: str, j: str, t: int) -> object:
        return start.get((i, t), 0) - start.get((j, t), 0) == 0

    program.add("together", rows, row)


def excludes(program: "Program") -> None:
    """One row per pair; a candidate that an underway project excludes cannot be taken."""
    underway = {p.id for p in program.sets.underway}
    every = [(i.id, j) for i in (*program.sets.candidates, *program.sets.underway) for j in i.excludes]
    pairs = sorted({tuple(sorted(p)) for p in every if not underway.issuperset(p)})

    def row(_: pyo.Block, i: str, j: str) -> object:
        taken = sum(_taken(program, k) for k in (i, j) if k not in underway)
        limit = 0 if underway & {i, j} else 1
        return pyo.Constraint.Feasible if isinstance(taken, int) else taken <= limit

    program.add("excludes", pairs, row)


def groups(program: "Program") -> None:
    """One row per group: one of its members, none where one is underway."""
    members: dict[str, list[str]] = defaultdict(list)
    for i in program.sets.candidates:
        if i.group:
            members[i.group].append(i.id)
    full = {p.group for p in program.sets.underway}

    def row(_: pyo.Block, g: str) -> object:
        taken = sum(_taken(program, i) for i in members[g])
        return pyo.Constraint.Feasible if isinstance(taken, int) else taken <= (0 if g in full else 1)

    program.add("group", [(g,) for g in sorted(members)], row)


PRECEDENCE = Family(
    "precedence", constrain, modelled="projects", checks=("precedence",),
    audits=("requires", "together", "excludes", "groups"), repairs=("requires", "together", "excludes", "group"),
)  # fmt: skip

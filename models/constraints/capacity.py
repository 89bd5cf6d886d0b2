r"""Capacity through vintages: what is decided becomes output that ramps up, holds and ends.

$$vintage_{n,u} = \sum_{i \in n} output_i\, share_{i,m}\, start_{i,u-build_i}, \qquad
capacity_{k,y} = existing_{k,y} + underway_{k,y} + \sum_{n \in k} \sum_u ramp_n(y-u)\, vintage_{n,u}$$

A node n holds the projects of one demand row k that ramp alike, so that each decision stands in one row only, however
long it delivers. Vintages are in units of the demand row's largest demand.

>>> from models.examples import show
>>> show("vintages", "mine")
vintage[mine,'100',25,2027] - 0.4*start[ridge,2026]  ==  0
vintage[mine,'100',25,2028] - 0.4*start[ridge,2027]  ==  0
"""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pyomo.environ as pyo

from models.schema import Project
from models.sets import DemandKey, material_share, output

if TYPE_CHECKING:
    from models.decision import Start
    from models.program import Program

Node = tuple[str, str, int]
"""Demand row, ramp and life in words."""


def node_of(key: DemandKey, project: Project) -> Node:
    """Projects that ramp and live alike share a node."""
    return str(key), ";".join(f"{r:g}" for r in project.ramp), project.life_years


def unit(program: "Program", key: DemandKey) -> float:
    """Scale of a demand row's vintages, t/yr."""
    return max((program.sets.demand[key, y] for y in program.sets.years), default=0.0) or 1.0


def constrain(program: "Program") -> None:
    """A row a node and year; leaves `program.capacity[k, y]`, in units of the demand row's largest demand."""
    sources: dict[tuple[Any, ...], list[tuple[float, Start]]] = defaultdict(list)
    nodes: dict[DemandKey, dict[Node, Project]] = {}
    for key in program.sets.demands:
        nodes[key] = {}
        for s in program.decision.starts_by_stage.get(key.stage, ()):
            tonnes = output(s.project) * material_share(s.project, key.material)
            if tonnes:
                node = node_of(key, s.project)
                nodes[key].setdefault(node, s.project)
                sources[*node, s.year + s.project.build_years].append((tonnes / unit(program, key), s))
    index = sorted(k for k in sources if k[-1] <= program.sets.years[-1])
    program.model.vintage = pyo.Var(index, domain=pyo.NonNegativeReals)

    def vintage(m: pyo.Block, *n: Any) -> object:
        return m.vintage[n] - sum(part * s.x for part, s in sources[n]) == 0

    program.add("vintages", index, vintage)
    program.capacity = {
        (key, y): _capacity(program, key, nodes[key], index, y)
        for key in program.sets.demands
        for y in program.sets.years
    }


def _capacity(program: "Program", key: DemandKey, nodes: dict[Node, Project], index: list[Any], year: int) -> Any:
    sets = program.sets
    standing = (sets.existing[key, year] + sets.underway_capacity[key, year]) / unit(program, key)
    return standing + sum(
        share * program.model.vintage[v]
        for v in index
        if v[:-1] in nodes and (share := _ramp(nodes[v[:-1]], year - v[-1]))
    )


def _ramp(project: Project, since_output: int) -> float:
    """Ramp of a node, counted from its first year of output."""
    if since_output < 0 or since_output >= project.life_years:
        return 0.0
    return project.ramp[min(since_output, len(project.ramp) - 1)] / 100

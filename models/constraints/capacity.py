r"""Capacity by vintage: a decision becomes output that ramps up, holds and ends.

$$vintage_{n,u} = \sum_{i \in n} output_i\, share_{i,m}\, start_{i,u-build_i}, \qquad
capacity_{k,y} = existing_{k,y} + underway_{k,y} + \sum_{n \in k} \sum_u ramp_n(y-u)\, vintage_{n,u}$$

A node n holds the projects of one demand row k that share ramp and life, so that each decision is in one row only, however
long it delivers. Vintages are in units of the demand row's largest demand.

A project that goes ahead without support (`models.unaided`) stands in the vintage of its `unaided_fid` with
$1 - \sum_u start_{i,u}$: it delivers from then on unless it is financed before.

If the objective counts what the chain delivers, a node holds the projects of one process instead: plants of a process share
its recipes, so their sum is exact, and the number of nodes does not depend on the number of projects.

>>> from models.examples import show
>>> show("vintages", "mine")
vintage[mine,'100',25,2027] - 0.4*start[ridge,2026]  ==  0
vintage[mine,'100',25,2028] - 0.4*start[ridge,2027]  ==  0
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pyomo.core as pyo

from models.family import Family
from models.network import delivers
from models.schema import Project
from models.sets import DemandKey
from models.terms import material_share, output

if TYPE_CHECKING:
    from models.decision import Start
    from models.program import Program

Node = tuple[str, str, int]
"""Demand row or process, with ramp and life as text."""
Member = tuple[float, "Start"]
"""Output at full ramp, in units of its group, and the decision."""


def node_of(group: DemandKey | str, project: Project) -> Node:
    """Name of the node that the project shares with others of the same ramp and life."""
    return str(group), ";".join(f"{r:g}" for r in project.ramp), project.life_years


def unit(program: "Program", key: DemandKey) -> float:
    """Scale of a demand row's vintages, t/yr."""
    return max((program.sets.demand[key, y] for y in program.sets.years), default=0.0) or 1.0


def constrain(program: "Program") -> None:
    """One row per node and year; leaves `program.capacity[k, y]` in units of the demand row's largest demand, or, where the
    chain's deliveries count, `program.nameplate[g, y]` in units of `program.sizes[g, y]`."""
    if delivers(program.sets):
        _of_processes(program)
        return
    sets = program.sets
    members = {key: list(_producers(program, key)) for key in sets.demands}
    standing = {
        (key, y): (sets.existing[key, y] + sets.underway_capacity[key, y]) / unit(program, key)
        for key in sets.demands
        for y in sets.years
    }
    program.capacity = _through_vintages(program, members, standing)


def _producers(program: "Program", key: DemandKey) -> Iterable[Member]:
    size = unit(program, key)
    going_ahead = (s for s in program.decision.unaided_starts if s.project.stage == key.stage)
    for s in (*program.decision.starts_by_stage.get(key.stage, ()), *going_ahead):
        tonnes = output(s.project) * material_share(s.project, key.material)
        if tonnes:
            yield min(tonnes / size, _enough(s.project)), s


def _enough(project: Project) -> float:
    """Output, in units of the largest demand, above which a project covers all demand in every year that it delivers.

    More adds nothing, so that a plant far larger than the demand does not give the solver an extreme coefficient.
    """
    steps = [step for step in project.ramp[: project.life_years] if step > 0]
    return 100 / min(steps) if steps else 1.0


def _of_processes(program: "Program") -> None:
    network, years = program.network, program.sets.years
    plants: dict[str, list[Member]] = {g: [] for g in network.stage_of}
    for s in (*program.decision.starts, *program.decision.unaided_starts):
        process = network.process_of(s.project)
        if process is not None and output(s.project):
            plants[process].append((output(s.project), s))
    standing = {(g, y): network.existing[g, y] + network.underway[g, y] for g in network.stage_of for y in years}
    sizes = {g: _size(plants[g], [standing[g, y] for y in years]) for g in network.stage_of}
    members = {g: [(tonnes / sizes[g], s) for tonnes, s in plants[g]] for g in network.stage_of}
    scaled = {(g, y): stands / (sizes[g] or 1.0) for (g, y), stands in standing.items()}
    program.sizes = {(g, y): sizes[g] for g, y in standing}
    program.nameplate = _through_vintages(program, members, scaled)


def _size(plants: list[Member], standing: list[float]) -> float:
    """Largest capacity that a process can have: what exists and every candidate, t/yr."""
    return max(standing, default=0.0) + sum({s.project.id: tonnes for tonnes, s in plants}.values())


def _through_vintages(
    program: "Program", members: dict[Any, list[Member]], standing: dict[tuple[Any, int], float]
) -> dict[tuple[Any, int], Any]:
    """Capacity of each group and year: what exists, and the ramps of what is decided."""
    sources: dict[tuple[Any, ...], list[Member]] = defaultdict(list)
    nodes: dict[Any, dict[Node, Project]] = {group: {} for group in members}
    for group, decided in members.items():
        for part, s in decided:
            node = node_of(group, s.project)
            nodes[group].setdefault(node, s.project)
            sources[*node, s.year + s.project.build_years].append((part, s))
    index = sorted(k for k in sources if k[-1] <= program.sets.years[-1])
    program.model.vintage = pyo.Var(index, domain=pyo.NonNegativeReals)

    def vintage(m: pyo.Block, *n: Any) -> object:
        return m.vintage[n] - sum(part * s.x for part, s in sources[n]) == 0

    program.add("vintages", index, vintage)
    return {(group, y): stands + _ramped(program, nodes[group], index, y) for (group, y), stands in standing.items()}


def _ramped(program: "Program", nodes: dict[Node, Project], index: list[Any], year: int) -> Any:
    return sum(
        share * program.model.vintage[v]
        for v in index
        if v[:-1] in nodes and (share := _ramp(nodes[v[:-1]], year - v[-1]))
    )


def _ramp(project: Project, since_output: int) -> float:
    """Ramp of a node, counted from its first year of output."""
    if since_output < 0 or since_output >= project.life_years:
        return 0.0
    return project.ramp[min(since_output, len(project.ramp) - 1)] / 100


CAPACITY = Family(
    "capacity", constrain, forbids=False, modelled="demand", checks=("coverage",), audits=("capacity table",),
)  # fmt: skip

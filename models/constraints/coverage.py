r"""Coverage: the part of each demand that capacity outside China covers.

$$coverage_{k,y}\, demand_{k,y} \le capacity_{k,y}, \qquad 0 \le coverage_{k,y} \le 1 \qquad \text{where } demand_{k,y} > 0$$

>>> from models.examples import show
>>> show("covered", "mine,None,2027")
coverage[mine,None,2027] - (0.1 + vintage[mine,'100',25,2027])  <=  0
"""

from typing import TYPE_CHECKING

import pyomo.core as pyo

from models.constraints.capacity import unit
from models.family import Family
from models.network import delivers

if TYPE_CHECKING:
    from models.program import Program


def constrain(program: "Program") -> None:
    """One row per demand row and year with demand; none if the chain's deliveries count instead."""
    if delivers(program.sets):
        return
    pairs = [(key, y) for key in program.sets.demands for y in program.sets.years if program.sets.demand[key, y] > 0]
    index = [(k.stage, k.material, y) for k, y in pairs]
    program.model.coverage = pyo.Var(index, bounds=(0, 1))
    program.coverage = {(k, y): program.model.coverage[k.stage, k.material, y] for k, y in pairs}
    demand = {(k.stage, k.material, y): (k, program.sets.demand[k, y] / unit(program, k)) for k, y in pairs}

    def covered(m: pyo.Block, s: str, material: str | None, y: int) -> object:
        key, part = demand[s, material, y]
        return m.coverage[s, material, y] - (program.capacity[key, y] / part) <= 0

    program.add("covered", index, covered)


COVERAGE = Family(
    "coverage", constrain, forbids=False, modelled="demand", checks=("coverage",), audits=("capacity table", "objective"),
)  # fmt: skip

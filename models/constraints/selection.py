r"""Selection: a project is decided once, in one year of its window, or not at all.

$$\sum_t start_{i,t} \le 1, \qquad \sum_t start_{i,t} = 1 \text{ for committed projects}$$

>>> from models.examples import show
>>> show("selection", "Ridge")
start[ridge,2026] + start[ridge,2027]  <=  1
"""

from typing import TYPE_CHECKING

import pyomo.core as pyo

from models.family import Family

if TYPE_CHECKING:
    from models.program import Program


def constrain(program: "Program") -> None:
    """One row per project that can be decided; barred and underway projects have none."""
    starts = program.decision.starts_of

    def once(_: pyo.Block, i: str) -> object:
        taken = sum(s.x for s in starts[i])
        return taken == 1 if program.sets.by_id[i].status == "committed" else taken <= 1

    program.add("selection", [(i,) for i in sorted(starts)], once)


SELECTION = Family(
    "selection", constrain, modelled="projects", checks=("windows",), audits=("names", "windows", "statuses"),
    repairs=("committed", "barred", "country"),
)  # fmt: skip

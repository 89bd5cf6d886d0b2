r"""Minimum tickets: a programme gives nothing, or at least its smallest award.

$$min\_ticket_p\, backed_{i,p,t} \le award_{i,p,t} \le k_{i,p}\, backed_{i,p,t}, \qquad backed_{i,p,t} \le start_{i,t}$$

>>> from models.examples import show
>>> show("ticket_least", "Mill")
award[mill,loans,2026] - 50.0*backed[mill,loans,2026]  >=  0
award[mill,loans,2027] - 50.0*backed[mill,loans,2027]  >=  0
"""

from typing import TYPE_CHECKING

import pyomo.environ as pyo

from models.sets import award_cap

if TYPE_CHECKING:
    from models.program import Program


def constrain(program: "Program") -> None:
    """Rows of every award of a single project whose programme has a minimum ticket; classes leave them out."""
    d = program.decision
    cells = sorted(k for k in d.award if d.class_of[k[0]].is_single and d.programme_of[k[1]].min_ticket_m)
    if not cells:
        return
    model = program.model
    model.backed = pyo.Var(cells, domain=pyo.Binary)
    ticket = {p: d.programme_of[p].min_ticket_m for _, p, _ in cells}

    def most(_: pyo.Block, i: str, p: str, t: int) -> object:
        return d.award[i, p, t] - award_cap(d.sets.by_id[i], d.programme_of[p]) * model.backed[i, p, t] <= 0

    program.add("ticket_least", cells, lambda m, i, p, t: d.award[i, p, t] - ticket[p] * m.backed[i, p, t] >= 0)
    program.add("ticket_most", cells, most)
    program.add("ticket_backed", cells, lambda m, i, p, t: m.backed[i, p, t] - d.start[i, t] <= 0)

r"""Tickets: a programme gives a project nothing, or at least its minimum ticket.

$$min\_ticket_p\, backed_{i,p,t} \le award_{i,p,t} \le k_{i,p}\, backed_{i,p,t}, \qquad backed_{i,p,t} \le start_{i,t}$$

>>> from models.examples import show
>>> show("ticket_least", "Mill")
award[mill,loans,2026] - 50.0*backed[mill,loans,2026]  >=  0
award[mill,loans,2027] - 50.0*backed[mill,loans,2027]  >=  0
"""

from typing import TYPE_CHECKING

import pyomo.core as pyo

from models.constraints.rules import of_awards
from models.family import Family
from models.schema import Project
from models.sets import Sets
from models.terms import award_cap

if TYPE_CHECKING:
    from models.program import Program


FEW_AWARDS = 1000
"""Number of possible awards (project, programme, year) up to which every project with a minimum ticket has its own rows."""


def keeps_ticket(sets: Sets, project: Project) -> bool:
    """Whether a project whose awards have a minimum ticket must have its own rows.

    In small cases it always has, so that the tie-break is exact. In larger cases classes leave tickets out, which can only
    raise the bound, because the awards of the final selection respect them. But if a rule on awards is soft, a ticket can
    cost points and not only rule a selection out.
    """
    if not any(p.min_ticket_m for p in sets.eligible[project.id]):
        return False
    return any(not r.hard for r in of_awards(sets)) or _possible_awards(sets) <= FEW_AWARDS


def _possible_awards(sets: Sets) -> int:
    return sum(len(sets.eligible[i.id]) * len(sets.windows[i.id]) for i in sets.candidates)


def constrain(program: "Program") -> None:
    """Rows of every award of a single project whose programme has a minimum ticket; classes leave them out."""
    decision = program.decision
    cells = sorted(
        k for k in decision.award if decision.class_of[k[0]].is_single and decision.programme_of[k[1]].min_ticket_m
    )
    if not cells:
        return
    model = program.model
    model.backed = pyo.Var(cells, domain=pyo.Binary)
    ticket = {p: decision.programme_of[p].min_ticket_m for _, p, _ in cells}

    def most(_: pyo.Block, i: str, p: str, t: int) -> object:
        return (
            decision.award[i, p, t]
            - award_cap(decision.sets.by_id[i], decision.programme_of[p]) * model.backed[i, p, t]
            <= 0
        )

    program.add("ticket_least", cells, lambda m, i, p, t: decision.award[i, p, t] - ticket[p] * m.backed[i, p, t] >= 0)
    program.add("ticket_most", cells, most)
    program.add("ticket_backed", cells, lambda m, i, p, t: m.backed[i, p, t] - decision.start[i, t] <= 0)


TICKETS = Family(
    "tickets", constrain, apart=keeps_ticket, modelled="money", checks=("programmes",), audits=("least tickets",),
    repairs=("committed", "total", "envelope"),
)  # fmt: skip

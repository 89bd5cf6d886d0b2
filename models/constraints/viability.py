r"""Viability: support is worth at least the gap that the market leaves (`models.viability`).

$$\sum_p worth_{i,p,u}\, award_{i,p,u} \ge gap_{i,u}\, start_{i,u}, \qquad
\sum_{p\ equity} \frac{award_{i,p,u}}{stake_{i,p,u}} \le start_{i,u}$$

with $stake_{i,p,u} = PV_r(cash)/\varphi_r$, the capital for which the whole of the project's cash is sold; where it is not above
0 no stake is sold. Rows that follow from the need of a project are left out. Without programmes a project costs
max(need, gap), and cannot be decided in a year in which that is more than it has room for. Viability gap funding:
Government of India, Scheme for Financial Support to Public Private Partnerships in Infrastructure (2006).

>>> from models.examples import show
>>> show("viability", "2026", objective="viability")
award[mill,aid,2026] - 140.0*start[mill,2026]  >=  0
"""

from typing import TYPE_CHECKING, Any

from models.family import Family
from models.schema import Programme, Project
from models.sets import Sets

if TYPE_CHECKING:
    from models.program import Program


def constrain(program: "Program") -> None:
    """Rows of every project and year that need them; without programmes the years that are shut."""
    viability, by_id, start = program.sets.viability, program.sets.by_id, program.decision.start
    if not program.sets.has_programmes:
        shut = [(i, u) for i, u in start if not viability.can_pay(by_id[i], u)]
        program.add("unaffordable_gap", shut, lambda _, i, u: start[i, u] <= 0)
        return
    pairs = [(i.id, u) for i in viability.projects if viability.binds(i) for u in program.sets.windows[i.id]]
    pairs = [(i, u) for i, u in pairs if (i, u) in start]
    awards = {(i, u): _awards(program, by_id[i], u) for i, u in pairs}

    def close_gap(_: Any, i: str, u: int) -> Any:
        value = sum(viability.worth(p, by_id[i], u) * a for p, a in awards[i, u])
        return value - viability.gaps[i, u] * start[i, u] >= 0

    def sell_once(_: Any, i: str, u: int) -> Any:
        return sum(a / s for p, a in awards[i, u] if (s := stakes[i, p.id, u]) > 0) - start[i, u] <= 0

    def not_sold(_: Any, i: str, n: str, u: int) -> Any:
        return next(a for p, a in awards[i, u] if p.id == n) <= 0

    stakes = {(i, p.id, u): -1.0 if (s := viability.stake(p, by_id[i], u)) is None else s
              for i, u in pairs for p, _ in awards[i, u]}  # fmt: skip
    sold = sorted({(i, u) for (i, _, u), s in stakes.items() if s > 0})
    unsold = [(i, p.id, u) for i, u in pairs for p, _ in awards[i, u]
              if p.instrument == "equity" and stakes[i, p.id, u] <= 0]  # fmt: skip
    program.add("viability", [pair for pair in pairs if viability.gaps[pair] > 0], close_gap)
    program.add("stake", sold, sell_once)
    program.add("no_stake", unsold, not_sold)


def _awards(program: "Program", project: Project, year: int) -> list[tuple[Programme, Any]]:
    """The award variables of a project in a class of its own, with their programmes."""
    award = program.decision.award
    return [(p, award[project.id, p.id, year]) for p in program.sets.eligible[project.id]]


def apart(sets: Sets, project: Project) -> bool:
    """Whether the rows read the awards of a project by themselves."""
    return sets.has_programmes and sets.viability.binds(project)


VIABILITY = Family(
    "viability",
    constrain,
    apart=apart,
    modelled="viability",
    checks=("prices",),
    audits=("viability",),
    repairs=("committed", "total", "envelope", "total_budget"),
)

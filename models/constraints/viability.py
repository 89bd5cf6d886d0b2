r"""Viability: the support of a project is worth at least the gap that the market leaves (`models.viability`).

$$\sum_p worth_{i,p,u}\, award_{i,p,u} \ge gap_{i,u}\, start_{i,u}, \qquad
\sum_{p\ equity} \frac{award_{i,p,u}}{stake_{i,p,u}} \le start_{i,u}$$

with $stake_{i,p,u} = PV_r(cash)/\varphi_r$, the capital for which all cash of the project is sold; no stake is sold if it is 0 or
less. Rows that follow from the limits of need, share and ticket are left out, and a year in which no support could close the
gap is removed from the window. Without programmes a project costs max(need, gap), and cannot be decided in a year in which
that exceeds its room. Viability gap funding: Government of India, Scheme for Financial Support to Public Private
Partnerships in Infrastructure (2006).

>>> from models.examples import show
>>> show("viability", "2026", objective="viability")
award[mill,aid,2026] - 140.0*start[mill,2026]  >=  0
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from models.family import Family
from models.market import has_viability
from models.schema import Programme, Project
from models.sets import Sets
from models.viability import AwardTerms

if TYPE_CHECKING:
    from models.program import Program


def constrain(program: "Program") -> None:
    """Remove the years in which nothing can pay the gap, and add the rows of every project and year that needs them."""
    viability, by_id, start = program.sets.viability, program.sets.by_id, program.decision.start
    shut = [(i, u) for i, u in start if not viability.can_pay(by_id[i], u)]
    program.add("unaffordable_gap", shut, lambda _, i, u: start[i, u] <= 0)
    if not program.sets.has_programmes:
        return
    bound = {i.id for i in viability.projects if viability.binds(i)}
    pairs = [(i, u) for i, u in start if i in bound and viability.can_pay(by_id[i], u)]
    program.add("viability", [(i, u) for i, u in pairs if viability.gap_binds(by_id[i], u)], _closes(program))
    _limit_stakes(program, [(i, u) for i, u in pairs if viability.stake_binds(by_id[i], u)])


def _closes(program: "Program") -> Callable[..., Any]:
    viability, by_id, start = program.sets.viability, program.sets.by_id, program.decision.start

    def close_gap(_: Any, i: str, u: int) -> Any:
        value = sum(terms.worth * a for _, a, terms in _awards(program, by_id[i], u))
        return value - viability.gaps[i, u] * start[i, u] >= 0

    return close_gap


def _limit_stakes(program: "Program", pairs: list[tuple[str, int]]) -> None:
    """At most all of a project is sold, and nothing if its cash is worth nothing at the return that is asked."""
    by_id, start = program.sets.by_id, program.decision.start
    stakes = {
        (i, u): [(p.id, a, t.stake) for p, a, t in _awards(program, by_id[i], u) if t.stake is not None]
        for i, u in pairs
    }  # fmt: skip
    sold = [pair for pair, given in stakes.items() if any(s > 0 for _, _, s in given)]
    unsold = {(i, p, u): a for (i, u), given in stakes.items() for p, a, s in given if s <= 0}
    program.add("stake", sold, lambda _, i, u: sum(a / s for _, a, s in stakes[i, u] if s > 0) - start[i, u] <= 0)
    program.add("no_stake", sorted(unsold), lambda _, i, p, u: unsold[i, p, u] <= 0)


def _awards(program: "Program", project: Project, year: int) -> list[tuple[Programme, Any, AwardTerms]]:
    """The award variables of a project that is a class by itself, each with its programme and the most that it could give."""
    award, offers = program.decision.award, program.sets.viability.offers(project, year)
    programmes = program.sets.eligible[project.id]
    return [(p, award[project.id, p.id, year], terms) for p, terms in zip(programmes, offers, strict=True)]


def apart(sets: Sets, project: Project) -> bool:
    """Whether the rows read the awards of this project separately."""
    if not sets.has_programmes:
        return False
    s = sets.case.settings
    calls = s.contingency_m is not None or any(r.parameter == "price" for r in sets.case.scenarios)
    return sets.viability.binds(project) or (s.risk != "none" and calls and has_viability(sets.case, project))


VIABILITY = Family(
    "viability",
    constrain,
    apart=apart,
    modelled="viability",
    checks=("prices",),
    audits=("viability",),
    repairs=("opex", "hurdle_rate", "price", "committed", "total", "envelope", "total_budget"),
)

"""Which projects can have their awards decided as one sum.

Projects with the same eligible programmes form a class (rows: `models.constraints.financing`) unless something treats
its members apart: a rule on joint projects, an offtake whose cost is the project's own, an award-type rule whose `where` picks only some
of them, or, on the outlay basis, another spending profile. A class is used where it gives fewer rows than its members
would. That is exact, but for minimum tickets: the rows of a class leave them out, which can only raise the bound; the
awards of the selection found keep them, and where none can, the plain form decides (`optimizer.solver.lexicographic`). Small books
keep such projects apart, so that their tie-break is exact too.
"""

from collections import defaultdict
from math import inf
from typing import Any

from models.constraints import joint
from models.constraints.financing import TooManySubsets, least, most
from models.decision import FundingClass
from models.measures import matches
from models.schema import AWARD_MEASURES, Programme, Project, Rule
from models.sets import Sets, award_cap

FEW_AWARDS = 1000
"""Possible awards up to which projects with a minimum ticket are kept apart."""


def funding_classes(sets: Sets) -> tuple[FundingClass, ...]:
    """The partition with the fewest rows, in canonical order."""
    rules = [r for r in sets.case.rules if r.aggregate != "each" and {r.measure, r.per} & set(AWARD_MEASURES)]
    # With soft rules on awards a ticket can cost points, not only rule a selection out.
    tickets = any(not r.hard for r in rules) or _awards(sets) <= FEW_AWARDS
    together: dict[Any, list[Project]] = defaultdict(list)
    for i in sets.candidates:
        alone = joint.may_count(sets, i) or any(_treats_apart(p, tickets=tickets) for p in sets.eligible[i.id])
        together[i.id if alone else _key(sets, i, rules)].append(i)
    found = [c for members in together.values() for c in _split(sets, tuple(members))]
    return tuple(sorted(found, key=lambda c: c.name))


def _awards(sets: Sets) -> int:
    """Possible awards: a project, a programme and a year."""
    return sum(len(sets.eligible[i.id]) * len(sets.windows[i.id]) for i in sets.candidates)


def _treats_apart(programme: Programme, *, tickets: bool) -> bool:
    if tickets and programme.min_ticket_m:
        return True
    return programme.instrument == "offtake" and programme.price_gap_per_t is not None


def _key(sets: Sets, project: Project, rules: list[Rule]) -> tuple[Any, ...]:
    """What the members of a class must share. Projects that a ticket caps are kept from those it does not, so that
    few subsets of programmes bind for some members only."""
    programmes = sets.eligible[project.id]
    return (
        tuple(p.id for p in programmes),
        tuple(award_cap(project, p) < p.max_share * project.capex_m for p in programmes),
        tuple(matches(r.picks, project) for r in rules),
        _profile(sets, project),
    )


def _profile(sets: Sets, project: Project) -> tuple[float, ...]:
    return sets.profile[project.id] if sets.case.settings.budget_basis == "outlay" else (1.0,)


def _split(sets: Sets, members: tuple[Project, ...]) -> list[FundingClass]:
    """One class, or its members one by one where that gives no more rows."""
    whole = _class(sets, f"class of {members[0].id}", members)
    if len(members) > 1 and whole.programmes and _rows(whole) < len(members) * (len(whole.programmes) + 2):
        return [whole]
    return [_class(sets, i.id, (i,)) for i in members]


def _rows(c: FundingClass) -> float:
    """Rows of a class in a year."""
    try:
        return len(most(c)) + len(least(c))
    except TooManySubsets:
        return inf


def _class(sets: Sets, name: str, members: tuple[Project, ...]) -> FundingClass:
    return FundingClass(name, members, sets.eligible[members[0].id], _profile(sets, members[0]))


def leaves_out_tickets(classes: tuple[FundingClass, ...]) -> bool:
    """Whether a class of several projects leaves out a minimum ticket."""
    return any(p.min_ticket_m for c in classes if not c.is_single for p in c.programmes)

"""Which projects can have their awards decided as one sum, exactly.

Projects with the same eligible programmes form a class (rows: `models.constraints.financing`) unless something treats
its members apart: a minimum ticket, `joint`, an offtake whose cost is the project's own, an award-type rule whose
`where` picks only some of them, or, on the outlay basis, another spending profile. Those keep awards of their own. A
class is used where it gives fewer rows than its members would.
"""

from collections import defaultdict
from typing import Any

from models.decision import FundingClass
from models.measures import matches
from models.schema import AWARD_MEASURES, Programme, Project, Rule
from models.sets import Sets

MOST_PROGRAMMES = 6
"""A class has a row for every subset of its programmes; beyond this many the plain form is smaller."""


def funding_classes(sets: Sets) -> tuple[FundingClass, ...]:
    """The partition with the fewest rows, in canonical order."""
    rules = [r for r in sets.case.rules if r.aggregate != "each" and {r.measure, r.per} & set(AWARD_MEASURES)]
    joint = any("joint" in (r.measure, r.per) for r in rules)
    together: dict[Any, list[Project]] = defaultdict(list)
    for i in sets.candidates:
        alone = joint or any(_treats_apart(p) for p in sets.eligible[i.id])
        together[i.id if alone else _key(sets, i, rules)].append(i)
    found = [c for members in together.values() for c in _split(sets, tuple(members))]
    return tuple(sorted(found, key=lambda c: c.name))


def _treats_apart(programme: Programme) -> bool:
    return bool(programme.min_ticket_m) or (programme.instrument == "offtake" and programme.price_gap_per_t is not None)


def _key(sets: Sets, project: Project, rules: list[Rule]) -> tuple[Any, ...]:
    return (
        tuple(p.id for p in sets.eligible[project.id]),
        tuple(matches(r.picks, project) for r in rules),
        _profile(sets, project),
    )


def _profile(sets: Sets, project: Project) -> tuple[float, ...]:
    return sets.profile[project.id] if sets.case.settings.budget_basis == "outlay" else (1.0,)


def _split(sets: Sets, members: tuple[Project, ...]) -> list[FundingClass]:
    """One class, or its members one by one where that gives no more rows."""
    programmes = sets.eligible[members[0].id]
    if not _pays(len(members), len(programmes)):
        return [_class(sets, i.id, (i,)) for i in members]
    return [_class(sets, f"class of {members[0].id}", members)]


def _class(sets: Sets, name: str, members: tuple[Project, ...]) -> FundingClass:
    return FundingClass(name, members, sets.eligible[members[0].id], _profile(sets, members[0]))


def _pays(members: int, programmes: int) -> bool:
    """Whether a class has fewer rows and columns a year than its members: 2^(P+1) + P against (2 P + 2) each."""
    return members > 1 and 0 < programmes <= MOST_PROGRAMMES and 2 ** (programmes + 1) + programmes < members * (
        2 * programmes + 2
    )

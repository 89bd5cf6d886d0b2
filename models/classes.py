"""Funding classes: projects whose awards can be decided as one sum.

Projects with the same eligible programmes form a class (rows: `models.constraints.financing`) unless an instrument, a family
or a measure tells its members apart. Each declares that itself: `Instrument.rate_varies_by_project`, `Family.apart` and
`Family.class_key`, `Measure.apart` and `Measure.class_key`. A class is used if it gives fewer rows than its members would.

This is exact except for minimum tickets, which the rows of a class leave out. That can only raise the bound: the awards of the
final selection respect tickets, and if no awards can, the plain form decides (`optimizer.solver.lexicographic`).
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from math import inf

from models.constraints.budgets import spending_profile
from models.constraints.financing import TooManySubsets, least, most
from models.decision import FundingClass
from models.families import FAMILIES
from models.instruments import cost_rate, instrument_of
from models.schema import Project
from models.sets import Sets
from models.terms import award_cap

RATE_ROUNDING = 1e-12
"""Relative difference up to which two cost rates are the same number."""


def funding_classes(sets: Sets) -> tuple[FundingClass, ...]:
    """The partition with the fewest rows, in canonical order."""
    together: dict[Hashable, list[Project]] = defaultdict(list)
    for i in sets.candidates:
        together[i.id if _is_apart(sets, i) else _key(sets, i)].append(i)
    classed = [c for members in together.values() for c in _split(sets, tuple(members))]
    classes = tuple(sorted(classed, key=lambda c: c.name))
    check_rates(sets, classes)
    return classes


def _is_apart(sets: Sets, project: Project) -> bool:
    """Whether an instrument or a constraint family reads the awards of this project separately."""
    if any(instrument_of(p).rate_varies_by_project(p) for p in sets.eligible[project.id]):
        return True
    return any(family.apart(sets, project) for family in FAMILIES.values())


def _key(sets: Sets, project: Project) -> Hashable:
    """Key that the members of a class must share. Projects that a ticket caps are kept apart from those that it does not cap,
    so that few subsets of programmes bind for some members only."""
    programmes = sets.eligible[project.id]
    return (
        tuple(p.id for p in programmes),
        tuple(award_cap(project, p) < p.max_share * project.capex_m for p in programmes),
        tuple(family.class_key(sets, project) for family in FAMILIES.values()),
    )


def check_rates(sets: Sets, classes: Iterable[FundingClass]) -> None:
    """Asserts that a programme has one cost rate for all members of a class.

    Raises ValueError naming the instrument that must declare `rate_varies_by_project`.
    """
    for c in classes:
        years = sorted({t for i in c.members for t in sets.windows[i.id]})
        for p in c.programmes if not c.is_single else ():
            for t in {*years[:1], *years[-1:]}:
                rates = {cost_rate(p, i, t, sets.case) for i in c.members}
                if max(rates) - min(rates) > RATE_ROUNDING * max(1.0, *map(abs, rates)):
                    raise ValueError(
                        f"instrument {p.instrument}: its cost rate differs between projects of class {c.name}; "
                        "it has to declare rate_varies_by_project"
                    )


def _split(sets: Sets, members: tuple[Project, ...]) -> list[FundingClass]:
    """One class, or its members one by one if that gives no more rows."""
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
    return FundingClass(name, members, sets.eligible[members[0].id], spending_profile(sets, members[0]))


def leaves_out_tickets(classes: tuple[FundingClass, ...]) -> bool:
    """Whether a class of several projects leaves out a minimum ticket."""
    return any(p.min_ticket_m for c in classes if not c.is_single for p in c.programmes)

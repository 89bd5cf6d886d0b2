"""Links between projects: `requires`, `together`, `excludes` and `group`."""

from collections.abc import Iterable

import numpy as np
from support.oracle_rules import unaided_year
from support.selections import NEVER, Selections
from support.worlds import World, book, plant

from models.schema import Project

# b (100 t) requires a (10 t); 60 M pays for one of them only, so a alone.
WORLD = World(
    "requires",
    book([plant("a", 10, 60), plant("b", 100, 60, requires="a")], 60),
    10,
    {"a": 2026},
    "precedence",
)


def allows(chosen: Selections) -> np.ndarray:
    """Selections in which every link holds."""
    projects = chosen.case.projects
    ok = requirements(chosen)
    for i, j in _pairs(projects, "together"):
        if not (chosen.is_underway(i) or chosen.is_underway(j)):
            ok &= chosen.year(i) == chosen.year(j)
    for i, j in _pairs(projects, "excludes"):
        both_given = chosen.is_underway(i) and chosen.is_underway(j)
        ok &= (chosen.year(i) == NEVER) | (chosen.year(j) == NEVER) | both_given
    for name in {p.group for p in projects if p.group}:
        members = [p.id for p in projects if p.group == name]
        taken = sum((chosen.year(i) < NEVER).astype(int) for i in members if not chosen.is_underway(i))
        ok &= taken <= (0 if any(map(chosen.is_underway, members)) else 1)
    return ok


def requirements(chosen: Selections) -> np.ndarray:
    """Selections in which what a project requires is decided no later, or goes ahead without support by then."""
    there = {}
    for p in chosen.case.projects:
        alone = unaided_year(chosen.case, p)
        there[p.id] = np.minimum(chosen.year(p.id), NEVER if alone is None else float(alone))
    ok = np.ones(chosen.count, dtype=bool)
    for p in chosen.free:
        for alternatives in p.requires:
            met = np.min([there.get(j, chosen.year(j)) for j in alternatives], axis=0)
            ok &= (chosen.year(p.id) >= met) | (chosen.year(p.id) == NEVER)
    return ok


def _pairs(projects: Iterable[Project], column: str) -> set[tuple[str, str]]:
    return {(p.id, other) for p in projects for other in getattr(p, column)}

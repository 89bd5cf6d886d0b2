"""Decisions, as variables of the program or as numbers of a plan.

Every expression of `models.linear` is written once over a `Decision`: with variables it gives a row of the program,
with numbers the figure of the plan.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from models.schema import Programme, Project
from models.sets import Sets

Linear = Any
"""A number, or a Pyomo expression linear in the decisions."""


@dataclass(frozen=True)
class FundingClass:
    """Projects whose awards are decided as one sum, because the same programmes treat them alike.

    A class of one project is the plain form. See `models.constraints.financing` for the rows of larger classes.
    """

    name: str
    members: tuple[Project, ...]
    programmes: tuple[Programme, ...]
    profile: tuple[float, ...]
    """Part of an award that is spent k years after the decision (one value of 1 on the commitment basis)."""

    @property
    def is_single(self) -> bool:
        return len(self.members) == 1


class Running(NamedTuple):
    """Whether a project that is decided runs in a scenario."""

    on: Linear
    """1 if the project continues, 0 if it stops for good."""
    guarded: Mapping[int, Linear] = {}
    """Years in which it runs under another condition than `on`, with that condition."""


class Start(NamedTuple):
    """One possible (or taken) decision: project, year and its variable or 1."""

    project: Project
    year: int
    x: Linear
    running: Running | None = None
    """None if the project runs whenever it is decided."""

    def runs(self, year: int) -> Linear:
        """Factor on the output of a year: 1 if the project is decided and runs, else 0."""
        return self.x if self.running is None else self.running.guarded.get(year, self.running.on)


@dataclass(frozen=True)
class Decision:
    """`start[i,t]`, `award[c,p,t]` and `joint[i,t]`, with the classes that the awards belong to. Absent keys are 0."""

    sets: Sets
    classes: tuple[FundingClass, ...]
    start: Mapping[tuple[str, int], Linear]
    award: Mapping[tuple[str, str, int], Linear]
    joint: Mapping[tuple[str, int], Linear] = field(default_factory=dict)
    running: Mapping[tuple[str, int], Running] = field(default_factory=dict)
    """Decisions whose project may stop or stand idle in a scenario. It does not go ahead without support then."""

    @cached_property
    def starts(self) -> tuple[Start, ...]:
        """All decisions in canonical order: project, then year."""
        by_id = self.sets.by_id
        return tuple(Start(by_id[i], t, self.start[i, t], self.running.get((i, t))) for i, t in sorted(self.start))

    @cached_property
    def starts_of(self) -> dict[str, tuple[Start, ...]]:
        """Project id -> its decisions by year."""
        starts: dict[str, list[Start]] = defaultdict(list)
        for s in self.starts:
            starts[s.project.id].append(s)
        return {i: tuple(s) for i, s in starts.items()}

    @cached_property
    def unaided_starts(self) -> tuple[Start, ...]:
        """Projects that go ahead without support, each with its year; `x` is 1 less its own decisions, so 1 unless financed."""
        by_id = self.sets.by_id
        starts = self.starts_of
        taken = {i: sum(s.x for s in starts.get(i, ())) for i in self.sets.unaided_fids}
        return tuple(Start(by_id[i], year, 1.0 - taken[i]) for i, year in self.sets.unaided_fids.items())

    @cached_property
    def starts_by_stage(self) -> dict[str, tuple[Start, ...]]:
        starts: dict[str, list[Start]] = defaultdict(list)
        for s in self.starts:
            starts[s.project.stage].append(s)
        return {i: tuple(s) for i, s in starts.items()}

    @cached_property
    def class_of(self) -> dict[str, FundingClass]:
        return {c.name: c for c in self.classes}

    @cached_property
    def programme_of(self) -> dict[str, Programme]:
        return {p.id: p for p in self.sets.case.programmes}


def single_classes(sets: Sets) -> tuple[FundingClass, ...]:
    """The plain form: every candidate is a class by itself."""
    outlay = sets.case.settings.budget_basis == "outlay"
    return tuple(
        FundingClass(i.id, (i,), sets.eligible[i.id], sets.profile[i.id] if outlay else (1.0,)) for i in sets.candidates
    )

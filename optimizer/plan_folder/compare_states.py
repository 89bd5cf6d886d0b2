"""Comparison of the decisions after a review, for each group of scenarios that no plan tells apart."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from models.case import Case
from models.frozen import Frozen
from models.plan import Award, Financed, Plan
from models.risk_plan import StateAward, StatePlanned
from models.scenarios import AS_PLANNED, scenarios
from models.states import review_year

CENT = 0.005
"""Least change of money that is listed, millions."""
Move = Literal["in", "out", "moved", "money"]


class Taken(NamedTuple):
    """The decision of one plan about a project. Money in millions."""

    fid_year: int
    public_m: float
    faces: Mapping[str, float]
    """Programme -> face value, to the hundredth of a million."""

    @classmethod
    def of(cls, row: Financed | StatePlanned) -> "Taken":
        """A project of a plan, or of a state's plan."""
        return cls(row.fid_year, row.public_m, _faces(row.awards or ()))


def _faces(awards: Sequence[Award | StateAward]) -> dict[str, float]:
    faces: dict[str, float] = {}
    for award in awards:
        faces[award.programme] = faces.get(award.programme, 0.0) + award.face_m
    return {p: round(face, 2) for p, face in sorted(faces.items()) if face > CENT}


def move(old: Taken | None, new: Taken | None) -> Move | None:
    """Kind of difference between a plan and the first plan; None if both decide the same."""
    if old is None or new is None:
        return "out" if old else "in" if new else None
    if old.fid_year != new.fid_year:
        return "moved"
    return "money" if old.faces != new.faces or abs(old.public_m - new.public_m) > CENT else None


class StateChange(Frozen):
    """A project that one of the plans treats differently from the first plan where these scenarios come."""

    scenarios: tuple[str, ...]
    """Scenarios that belong to one state in every plan."""
    id: str
    fid_years: tuple[int | None, ...]
    """Decision year in each plan; None: left out, or the workbook of the plan has no such scenario."""
    public_m: tuple[float | None, ...]
    moves: tuple[Move | None, ...]


Whole = Mapping[str, Taken]
"""Project -> its decision, for all projects that a plan decides in a state."""


def state_changes(runs: Sequence[tuple[Case, Plan]]) -> Iterator[StateChange]:
    """Every state but that of the book as planned, in the order of the scenarios; nothing where no plan has a review."""
    of_plans = [_by_scenario(case, plan) for case, plan in runs]
    if not any(_has_review(case, plan) for case, plan in runs):
        return
    groups: dict[tuple[str | None, ...], list[str]] = {}
    for name in dict.fromkeys(name for of_one in of_plans for name in of_one):
        groups.setdefault(tuple(of_one[name][0] if name in of_one else None for of_one in of_plans), []).append(name)
    for states, names in groups.items():
        if {*states} - {AS_PLANNED, None}:
            yield from _changes(
                tuple(names), [of_one[names[0]][1] if names[0] in of_one else None for of_one in of_plans]
            )


def _changes(names: tuple[str, ...], plans: Sequence[Whole | None]) -> Iterator[StateChange]:
    for i in sorted({i for whole in plans if whole for i in whole}):
        rows = [None if whole is None else whole.get(i) for whole in plans]
        known = [plans[0] is not None and whole is not None for whole in plans]
        moves = tuple(move(rows[0], row) if both else None for row, both in zip(rows, known, strict=True))
        if any(moves):
            yield StateChange(
                scenarios=names, id=i, moves=moves, fid_years=tuple(r and r.fid_year for r in rows),
                public_m=tuple(r and r.public_m for r in rows),
            )  # fmt: skip


def _has_review(case: Case, plan: Plan) -> bool:
    return plan.risk is not None and review_year(case.settings) is not None


def _by_scenario(case: Case, plan: Plan) -> dict[str, tuple[str, Whole]]:
    """Scenario -> its state, and all that the plan decides in it. A plan without a review decides the same in every one, and is
    of the state as planned."""
    planned = {row.id: Taken.of(row) for row in plan.projects}
    if plan.risk is None or not _has_review(case, plan):
        return {s.name: (AS_PLANNED, planned) for s in scenarios(case.scenarios)}
    return {
        name: (state.state, {row.id: Taken.of(row) for row in state.projects})
        for state in plan.risk.states
        for name in state.scenarios
    }

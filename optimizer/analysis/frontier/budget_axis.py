"""The budget axis of an exploration: the amount of money along it is one more column of the program.

`total` moves `total_budget_m`. `all` scales every envelope and total by one factor, and PROGRAMME the limits of that
programme (of its whole fund where programmes share one): there the axis is the money that these limits hold, the sum of
a fund's year envelopes, or its total where it has none. `total_budget_m` is scaled with `all` but not added: it limits
the same money once more.

Each moving row `A x <= limit` becomes `A x - (limit / base) * money <= 0`, so that one loaded program answers both
questions: the best value at an amount of money, and the least money for a value. Balances of carry-over keep their two
sides: unused money is carried, so that more money is never worse.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import fsum

import numpy as np

from models.case import Case
from models.nearest import did_you_mean, nearest
from models.program import Goal, Program
from models.schema import Programme
from models.sets import Fund, Sets
from optimizer.errors import Refusal
from optimizer.solver.standard_form import Matrix, Objective, Vector

TOTAL, ALL = "total", "all"
Row = tuple[object, ...]


@dataclass(frozen=True)
class Axis:
    """`name`: total, all or the id of a programme. `base_m`: the workbook's own amount on this axis; None for no limit."""

    name: str
    case: Case
    base_m: float | None

    @classmethod
    def of(cls, case: Case, over: str | None = None) -> "Axis":
        """The axis asked for, by default `all` where there are programmes, else `total`. Raises Refusal."""
        name = over or (ALL if case.programmes else TOTAL)
        if name == TOTAL:
            return cls(TOTAL, case, case.settings.total_budget_m)
        funds = _funds(case, name)
        base = fsum(_held(fund) for fund in funds)
        if name == ALL and not any(_is_limited(f) for f in funds):
            base = case.settings.total_budget_m or 0.0
        if base <= 0:
            raise Refusal("usage", f"--over {name}: there is no money to scale; use --over total")
        ids = {p.id.casefold(): p.id for p in case.programmes}
        return cls(name if name == ALL else ids[name.casefold()], case, base)

    @property
    def words(self) -> str:
        """The axis in a sentence."""
        if self.name == TOTAL:
            return "the total budget"
        return "the money of all programmes" if self.name == ALL else f"the money of {self.name}"

    @property
    def most_m(self) -> float:
        """An amount that no plan can use up, unless an envelope is thousands of times smaller than the rest."""
        return 1e3 * max(self.base_m or 0.0, fsum(p.capex_m for p in self.case.projects), 1.0)

    @property
    def loaded(self) -> Case:
        """The case to build the program of: with a total budget where that is what moves."""
        return self.at(self.most_m) if self.name == TOTAL else self.case

    def at(self, money_m: float) -> Case:
        """The case with this amount of money on the axis."""
        settings = self.case.settings
        if self.name == TOTAL:
            return self.case.with_(settings=settings.model_copy(update={"total_budget_m": money_m}))
        factor = money_m / (self.base_m or 1.0)
        moved = {p.id for fund in _funds(self.case, self.name) for p in fund.programmes}
        programmes = tuple(_scaled(p, factor) if p.id in moved else p for p in self.case.programmes)
        total = settings.total_budget_m
        if self.name == ALL and total is not None:
            settings = settings.model_copy(update={"total_budget_m": total * factor})
        return self.case.with_(programmes=programmes, settings=settings)

    def limits(self, sets: Sets) -> Iterator[tuple[Row, float]]:
        """The rows that move, with their limits in the loaded case."""
        total = sets.case.settings.total_budget_m
        if self.name in (TOTAL, ALL) and total is not None:
            yield ("total_budget",), total
        if self.name == TOTAL:
            return
        for fund in _funds(self.case, self.name):
            kind = "carry_over" if fund.carry_over else "envelope"
            yield from (((kind, fund.name, t), limit) for t, limit in (fund.envelopes or {}).items())
            if fund.total is not None:
                yield ("total", fund.name), fund.total
            if fund.total_face is not None:
                yield ("total_face", fund.name), fund.total_face


def _funds(case: Case, name: str) -> tuple[Fund, ...]:
    funds = Sets(case).funds
    if name == ALL:
        return funds
    named = tuple(f for f in funds if any(p.id.casefold() == name.casefold() for p in f.programmes))
    if not named:
        known = [TOTAL, ALL, *(p.id for p in case.programmes)]
        cure = did_you_mean(nearest(name, known))
        raise Refusal("usage", f"--over {name}: there is no such programme{cure}")
    return named


def _is_limited(fund: Fund) -> bool:
    return fund.envelopes is not None or fund.total is not None or fund.total_face is not None


def _held(fund: Fund) -> float:
    """Money of a fund: its envelopes, else its total, else its face total."""
    if fund.envelopes is not None:
        return fsum(fund.envelopes.values())
    return fund.total if fund.total is not None else fund.total_face or 0.0


def _scaled(p: Programme, factor: float) -> Programme:
    totals = {"total_m": p.total_m, "total_face_m": p.total_face_m}
    changes = {name: limit * factor for name, limit in totals.items() if limit is not None}
    return p.model_copy(update={**changes, "envelopes": {t: limit * factor for t, limit in p.envelopes.items()}})


# -- the program along the axis ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Along:
    """A matrix with the money as its last column."""

    matrix: Matrix
    money: Objective
    """Objective: the money of the axis, minimized."""

    @property
    def column(self) -> int:
        return self.matrix.shape[1] - 1


def along(program: Program, matrix: Matrix, axis: Axis) -> Along:
    """The matrix of a program of `axis.loaded` with the money of the axis as a decision."""
    rows, columns = matrix.shape
    share = np.zeros(rows)
    lower, upper = matrix.row_lower.copy(), matrix.row_upper.copy()
    base = axis.most_m if axis.name == TOTAL else axis.base_m or 1.0
    for key, limit in axis.limits(program.sets):
        if key not in program.rows or (row := matrix.row(program.rows[key])) is None:
            continue
        part = limit * matrix.row_scale[row]
        share[row] = part / base
        lower[row], upper[row] = _without(lower[row], part), _without(upper[row], part)
    moving = np.flatnonzero(share)
    at = matrix.starts[moving + 1]
    extended = replace(
        matrix,
        objectives=tuple(replace(o, costs=np.append(o.costs, 0.0)) for o in matrix.objectives),
        starts=(matrix.starts + np.concatenate(([0], np.cumsum(share != 0)))).astype(np.int32),
        indices=np.insert(matrix.indices, at, columns).astype(np.int32),
        values=np.insert(matrix.values, at, -share[moving]),
        row_lower=lower,
        row_upper=upper,
        lower=np.append(matrix.lower, 0.0),
        upper=np.append(matrix.upper, axis.most_m),
        integer=np.append(matrix.integer, False),
    )
    costs: Vector = np.zeros(columns + 1)
    costs[-1] = 1.0
    return Along(extended, Objective(Goal("least money", 1, None), costs, 0.0))


def _without(bound: float, part: float) -> float:
    """A row's bound less the moving part; a rounding residue becomes 0."""
    left = bound - part
    return 0.0 if abs(left) <= 1e-12 * abs(part) else left


def needs(case: Case, chosen: Mapping[str, int]) -> float:
    """Public money of a selection without programmes: of each project its need, or the gap of its decision year."""
    sets = Sets(case)
    return fsum(sets.viability.cost_alone(sets.by_id[i], t) for i, t in sorted(chosen.items()))

r"""Failures: the worst failure of exactly n groups of projects, with the case as planned.

$$\min \sum_{k,y} w_{k,y}\, c_{k,y} - \sum_r penalty_r\, s_r, \qquad \sum_g fails_g = n, \qquad
c_{k,y} = \min(1, ratio_{k,y}(fails)), \quad s_r = \max(0, missed_r(fails))$$

The variables $fails_g$ choose the groups. `ratio` and `missed` are linear in them. A minimum or maximum takes a binary if
failures can move it to either side; otherwise it is linear. For the objective `bottleneck` the least mean coverage of a
demand row takes the place of the sum.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyomo.core as pyo

from models.decision import Decision
from models.program import Goal, Program
from models.sets import Sets


@dataclass(frozen=True)
class Affine:
    """A number that is linear in the failures: `base + sum of per[g] * fails[g]`."""

    base: float
    per: Mapping[str, float]

    def range(self, count: int) -> tuple[float, float]:
        """Least and largest value when `count` groups fail."""
        ordered = sorted(self.per.values())
        low = sum(x for x in ordered[:count] if x < 0)
        high = sum(x for x in ordered[::-1][:count] if x > 0)
        return self.base + low, self.base + high

    def over(self, fails: Mapping[str, Any]) -> Any:
        """The expression over variables `fails`."""
        return self.base + sum(x * fails[g] for g, x in self.per.items() if x)


@dataclass(frozen=True)
class Failing:
    """What failures do to a plan.

    `parts`: weights and ratios, as one list if their sum counts, or as one list per demand row if the least of them counts.
    `missed`: shortfall of each soft rule, with its penalty. `linear`: the objective, if it has no ratios.
    """

    groups: Sequence[str]
    parts: Sequence[Sequence[tuple[float, Affine]]]
    missed: Sequence[tuple[float, Affine]]
    linear: Affine


def worst_program(sets: Sets, failing: Failing, count: int) -> Program:
    """The program of the worst failure of exactly `count` groups; its goal is the value that is left."""
    model = pyo.ConcreteModel()
    model.nothing = pyo.Var(bounds=(0, 0))
    model.fails = pyo.Var(list(failing.groups), domain=pyo.Binary)
    fails = {g: model.fails[g] for g in failing.groups}
    program = Program(sets, (), model, Decision(sets, (), {}, {}))
    program.add("so_many", [()], lambda _: sum(fails.values()) == count)
    cells = {(n, m): cell for n, part in enumerate(failing.parts) for m, (_, cell) in enumerate(part)}
    covered = _least_of_one(program, cells, fails, count)
    sums = [sum(w * covered[n, m] for m, (w, _) in enumerate(part)) for n, part in enumerate(failing.parts)]
    value = failing.linear.over(fails) + (_least(program, sums) if len(sums) > 1 else sum(sums))
    lost = _most_of_nothing(program, dict(enumerate(x for _, x in failing.missed)), fails, count)
    value -= sum(price * lost[n] for n, (price, _) in enumerate(failing.missed))
    program.goals = (Goal("what is left", 1, value),)
    return program


def _least_of_one(
    program: Program, cells: Mapping[Any, Affine], fails: Mapping[str, Any], count: int
) -> dict[Any, Any]:
    """min(1, ratio) of each cell, from above."""
    spans = {key: cell.range(count) for key, cell in cells.items()}
    open_ = [key for key, (low, high) in spans.items() if low < 1 < high]
    model = program.model
    model.covered, model.short = pyo.Var(open_), pyo.Var(open_, domain=pyo.Binary)

    def by_ratio(m: Any, *key: int) -> Any:
        room = spans[key][1] - 1
        return m.covered[key] - cells[key].over(fails) + room * (1 - m.short[key]) >= 0

    def by_one(m: Any, *key: int) -> Any:
        return m.covered[key] + (1 - spans[key][0]) * m.short[key] >= 1

    program.add("by_ratio", open_, by_ratio)
    program.add("by_one", open_, by_one)
    covered = {key: cells[key].over(fails) if spans[key][1] <= 1 else 1.0 for key in cells}
    return covered | {key: model.covered[key] for key in open_}


def _most_of_nothing(
    program: Program, missed: Mapping[int, Affine], fails: Mapping[str, Any], count: int
) -> dict[int, Any]:
    """max(0, missed) of each soft rule, from below."""
    spans = {n: x.range(count) for n, x in missed.items()}
    open_ = [n for n, (low, high) in spans.items() if low < 0 < high]
    model = program.model
    model.lacks, model.broken = pyo.Var(open_), pyo.Var(open_, domain=pyo.Binary)
    program.add("by_rule", [(n,) for n in open_],
                lambda m, n: m.lacks[n] - missed[n].over(fails) + spans[n][0] * (1 - m.broken[n]) <= 0)  # fmt: skip
    program.add("by_nothing", [(n,) for n in open_], lambda m, n: m.lacks[n] - spans[n][1] * m.broken[n] <= 0)
    lacks = {n: missed[n].over(fails) if spans[n][0] >= 0 else 0.0 for n in missed}
    return lacks | {n: model.lacks[n] for n in open_}


def _least(program: Program, sums: Sequence[Any]) -> Any:
    """The least of several means between 0 and 1: a binary picks the one that counts."""
    model, index = program.model, range(len(sums))
    model.level, model.picked = pyo.Var(bounds=(0, 1)), pyo.Var(index, domain=pyo.Binary)
    program.add("one_picked", [()], lambda m: sum(m.picked.values()) == 1)
    program.add("picked_level", [(n,) for n in index], lambda m, n: m.level - sums[n] + (1 - m.picked[n]) >= 0)
    return model.level

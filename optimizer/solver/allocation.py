"""The awards of a given selection: least budget cost, then least face value, then fewest awards."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

import numpy as np

from models.constraints import held_rules
from models.formulation import build, risk_program
from models.program import Program, ProgramOptions
from models.risk import RiskMeasure
from models.sets import Sets
from optimizer.solver import tuning
from optimizer.solver.deadline import Deadline
from optimizer.solver.highs import Engine
from optimizer.solver.no_solution import InfeasibleProgram
from optimizer.solver.results import Limits
from optimizer.solver.standard_form import Columns, Matrix, Objective, Vector, compile_program
from optimizer.solver.tolerance import HOLD, TOLERANCE

CENT = 8
"""Decimals of a million that make a cent."""
NONE = np.array([], dtype=np.int64)
NO_END = Deadline(np.inf)
COUNTED = 1e-3
"""Tolerance in the comparison of two counts of awards, which are whole numbers."""
FEWEST = "fewest awards"
"""Name of the goal that counts awards."""


NO_MONEY = ("selection", "precedence", "joint", "rules", "capacity", "coverage", "chain")
"""Families that limit neither the awards of a project nor the money of programmes."""


class NoAwards(Exception):
    """It is proved that no awards can pay for this selection. The search continues without it."""


class AwardsNotFound(NoAwards):
    """No awards were found in time; whether some can pay for this selection is not known."""


Awards = dict[tuple[str, str, int], float]
"""(project, programme, year) -> face value, millions."""


Supports = Collection[tuple[str, str]]
"""(project, programme) of the programmes that support projects."""


@dataclass(frozen=True)
class Allocation:
    """The awards of a selection. `fewest`: whether it is proved that no fewer awards do as well."""

    awards: Awards
    fewest: bool
    states: Mapping[str, Awards] = field(default_factory=dict)
    """State -> its awards, after a review."""


def least_awards(sets: Sets, chosen: Mapping[str, int], seconds: float = tuning.ALLOCATION_SECONDS) -> Awards:
    """Awards of a selection within every limit: least penalties, then budget cost, then face value, in whole cents.

    Solved on the plain form with every decision fixed, which is small and exact whatever form found the selection. Limits
    are kept as stated; only if that is impossible they are missed by the auditor's tolerance. A goal that is not proved least
    within `seconds` keeps its best value found. Raises NoAwards if the selection cannot be paid for, AwardsNotFound if that is
    not known in time.
    """
    return allocate(sets, chosen, seconds).awards


def fewest_awards(sets: Sets, chosen: Mapping[str, int], seconds: float = tuning.ALLOCATION_SECONDS) -> Allocation:
    """The awards of `least_awards` that are fewest, at its penalty, budget cost and face value within 5e-7.

    This is the last step of the tie-break. With the programmes fixed, cost and face value are minimized once more, so that no
    part of the 5e-7 is given up without need. Raises as `least_awards`.
    """
    return allocate(sets, chosen, seconds, count_awards=True)


def allocate_under_risk(
    sets: Sets, risk: RiskMeasure, chosen: Mapping[str, Mapping[str, int]], seconds: float
) -> Allocation:
    """The awards of a selection in every state, with equal awards before the review: best for the measure of risk, then least in
    the order of the tie-break. `chosen`: state -> selection. Raises as `least_awards`.

    Awards are not counted; they are known to be the fewest if no project has more than one.
    """
    if not sets.has_programmes or not any(chosen.values()):
        return Allocation({}, fewest=True, states={name: {} for name in chosen})
    paid = _allocated(
        lambda tolerance: risk_program(sets, risk, by_state=chosen, overdraft=tolerance),
        seconds,
        (None,),
    )
    return replace(paid, fewest=all(map(_one_each, (paid.awards, *paid.states.values()))))


def _one_each(awards: Awards) -> bool:
    """Whether no project has more than one award."""
    return len({i for i, _, _ in awards}) == len(awards)


def allocate(
    sets: Sets,
    chosen: Mapping[str, int],
    seconds: float,
    *,
    count_awards: bool = False,
    counted_for: float = np.inf,
    pattern: Supports | None = None,
) -> Allocation:
    """`least_awards`, or `fewest_awards` if awards are counted: for at most `counted_for` seconds from now on.

    `pattern`: for projects with a limit on their programmes, the programmes that the search gave each. They are tried first,
    which saves a search. Raises as `least_awards`.
    """
    if not sets.has_programmes or not chosen:
        return Allocation({}, fewest=True)
    count_end = Deadline.after(counted_for)
    return _allocated(
        lambda tolerance: _program(sets, chosen, tolerance, count_awards=count_awards),
        seconds,
        (None,) if pattern is None else (pattern, None),
        count_end,
    )


def _allocated(
    build_: Callable[[float], Program],
    seconds: float,
    patterns: Iterable[Supports | None],
    count_end: Deadline = NO_END,
) -> Allocation:
    """The awards of a program with its decisions fixed. `build_`: the program for a tolerance; `seconds`: of the searches, to
    build the first program apart; `count_end`: the end of the search for the fewest."""
    built = cache(build_)
    end: Deadline | None = None
    for known in patterns:
        for tolerance in (0.0, TOLERANCE):  # use the auditor's tolerance only if the limits cannot be kept
            program = built(tolerance)
            end = Deadline.after(seconds) if end is None else end
            try:
                return _Allocator.of(program, tolerance, end, known, count_end).run()
            except AwardsNotFound:
                raise
            except (NoAwards, InfeasibleProgram):
                continue
    raise NoAwards


def _program(sets: Sets, chosen: Mapping[str, int], tolerance: float, *, count_awards: bool) -> Program:
    """The plain form with every decision fixed. Rules that must hold in scenarios do not depend on awards."""
    return build(
        sets,
        fixed=chosen,
        options=ProgramOptions(
            count_awards=count_awards,
            money_stands=True,
            overdraft=tolerance,
            by_scenario=held_rules.names(sets.case),
        ),
    )


def can_be_paid(sets: Sets, chosen: Mapping[str, int], seconds: float) -> bool | None:
    """Whether awards within the auditor's tolerance can pay for these decisions, whatever rules ask of the selection.

    Fewer decisions never need more money, except for rules about awards, which are left out here. None: not known in time.
    """
    program = build(
        sets, fixed=chosen, options=ProgramOptions(without=NO_MONEY, money_stands=True, overdraft=TOLERANCE)
    )
    try:
        matrix = compile_program(program)
    except InfeasibleProgram:
        return False
    result = Engine(matrix).minimize(matrix.objective("least budget cost"), Limits(0.0, seconds))
    return result.x is not None if result.x is not None or result.status == "infeasible" else None


def can_ever_be_paid(sets: Sets, projects: Collection[str], seconds: float) -> bool | None:
    """Whether these projects can be paid for together in any decision years, if they could be split over the years; False is
    proved by a linear program. Rules are left out as in `can_be_paid`."""
    alone = {"status": "committed", "requires": (), "together": (), "excludes": (), "group": None}
    rows = tuple(p.model_copy(update=alone) for p in sets.case.projects if p.id in projects)
    without = tuple(name for name in NO_MONEY if name != "selection")
    program = build(
        Sets(sets.case.model_copy(update={"projects": rows})),
        options=ProgramOptions(without=without, money_stands=True, overdraft=TOLERANCE),
    )
    try:
        matrix = compile_program(program)
    except InfeasibleProgram:
        return False
    empty = Engine(matrix, relaxed=True).is_empty(matrix.objective("least budget cost"), seconds)
    return False if empty else None


@dataclass
class _Allocator:
    """The awards of one loaded program; `end`: of the search."""

    program: Program
    matrix: Matrix
    engine: Engine
    end: Deadline
    pattern: Supports | None
    count_end: Deadline = NO_END
    """The end of the search for the fewest awards."""
    reached: list[tuple[Objective, float]] = field(default_factory=list)
    """The goals of money and their values."""

    @classmethod
    def of(
        cls, program: Program, tolerance: float, end: Deadline, pattern: Supports | None, count_end: Deadline = NO_END
    ) -> "_Allocator":
        """Compiles and loads the program. Raises InfeasibleProgram."""
        matrix = compile_program(program, tolerance=tolerance)
        return cls(program, matrix, Engine(matrix), end, pattern, count_end)

    def run(self) -> Allocation:
        with self.engine.holding(*self._held(self.pattern)):
            x = self._least_money()
        proved = True
        if x is not None and self._counts:
            x, proved = (x, _one_each(self._awards(x, self.program))) if self.count_end.is_over else self._fewest(x)
        if x is None:
            return Allocation({}, fewest=True)
        states = {name: self._awards(x, p) for name, p in self.program.states.items()}
        return Allocation(self._awards(x, self.program), proved, states)

    def _awards(self, x: Vector, program: Program) -> Awards:
        faces = {key: self._cents(x, v) for key, v in program.decision.award.items()}
        return {key: face for key, face in faces.items() if face}

    @cached_property
    def _goals(self) -> list[Objective]:
        """The goals that awards change: penalties of soft rules, after a review in the values of all states; the values of
        scenarios if awards decide them; budget cost; face value."""
        least = ("least budget cost", "least face value")
        first = bool(self.program.penalties) or self.program.awards_decide
        values = first and (bool(self.program.states) or self.program.awards_decide)
        return [
            o
            for n, o in enumerate(self.matrix.objectives)
            if o.goal.name.startswith(least) or (o.goal.sense < 0 and values) or (n == 0 and first)
        ]

    @property
    def _counts(self) -> bool:
        return self._number.goal.name == FEWEST

    def _held(self, pattern: Supports | None) -> tuple[Columns, Vector]:
        """Columns that are fixed while money is minimized: those that only count awards at 1, limited ones at a pattern."""
        values = np.ones(self.matrix.shape[1])
        if self.program.model.component("supports") is None:
            return NONE, values
        limited = {key[1] for key in self.program.rows if key[0] == "max_programmes"}
        held = []
        for (i, p), v in self.program.model.supports.items():
            if i not in limited or pattern is not None:
                column = self.matrix.column(v)
                held.append(column)
                values[column] = float(i not in limited or (i, p) in (pattern or ()))
        return np.array(held, dtype=np.int64), values

    def _least_money(self) -> Vector | None:
        """The goals one after the other, each held for the next; then the budget cost again, so that the slack with which it
        was held is not used up. Raises NoAwards and AwardsNotFound."""
        self.reached.clear()
        x = None
        again = [o for o in self._goals if o.goal.name.startswith("least budget cost")]
        for n, goal in enumerate((*self._goals, *again)):
            # With states, solving the first goal again takes four times as long from a start as without one.
            start = None if self.program.states and n >= len(self._goals) else x
            result = self.engine.minimize(goal, Limits(0.0, self._left()), start=start)
            if result.x is None:
                if x is None:
                    raise NoAwards if result.status == "infeasible" else AwardsNotFound
                break
            x = result.x
            self.reached.append((goal, result.objective))
            self.engine.hold(goal, result.objective + tuning.ALLOCATION_SLACK * max(1.0, abs(result.objective)))
        return x

    def _fewest(self, x: Vector) -> tuple[Vector, bool]:
        """The fewest awards at the money reached, and whether that is proved; x where none fewer are found."""
        self.engine.let_go()
        for goal, least in self.reached:
            self.engine.hold(goal, least + HOLD * max(1.0, abs(least)))
        columns = np.array([self.matrix.column(v) for v in self.program.model.supports.values()], dtype=np.int64)
        if len(columns) <= tuning.COUNTED_WHOLE:
            start = self._counted(x)
            # Awards are whole numbers: two counts less than one apart are the same.
            enough = (1 - COUNTED) / max(1.0, float(start[columns].sum()))
            limits = Limits(enough, self._count_left(), tuning.AWARD_NODES)
            result = self.engine.minimize(self._number, limits, start=start)
            fewest, proved = result.x, result.objective - result.bound < 1 - COUNTED / 2
        else:
            fewest, proved = self._fewer(x), False
        self.engine.let_go()
        if fewest is None:
            return x, False
        self.end = self.end.not_before(tuning.AWARD_SECONDS)
        try:
            with self.engine.holding(columns, np.round(fewest)):
                best = self._least_money()
        except NoAwards:  # fewer awards only within the solver's tolerance, not exactly
            return x, False
        return fewest if best is None else best, proved

    def _fewer(self, x: Vector) -> Vector:
        """Fewer awards at the money reached, by neighbourhood search: a few projects at a time, those with the most awards
        first, may be supported by any programme, the others by those that support them now."""
        supports = {pair: self.matrix.column(v) for pair, v in self.program.model.supports.items()}
        fewest, first = self._counted(x), 0
        for _ in range(tuning.AWARD_NEIGHBOURHOODS if len(supports) <= tuning.COUNTED_UP_TO else 0):
            giving = {pair for pair, column in supports.items() if fewest[column] > 0.5}
            awards = Counter(i for i, _ in giving)
            projects = sorted(awards, key=lambda i: (-awards[i], i))
            free = {*(projects + projects)[first : first + tuning.AWARD_PROJECTS]}
            closed = [column for pair, column in supports.items() if pair not in giving and pair[0] not in free]
            if self.count_end.is_over:
                break
            with self.engine.holding(np.array(closed, dtype=np.int64), np.zeros(self.matrix.shape[1])):
                result = self.engine.minimize(self._number, Limits(0.0, self._count_left(), 1), start=fewest)
            if result.x is not None and self._number.value(counted := self._counted(result.x)) < self._number.value(
                fewest
            ):
                fewest = counted
            first = (first + tuning.AWARD_PROJECTS) % len(projects)
        return fewest

    @property
    def _number(self) -> Objective:
        return self.matrix.objectives[-1]

    def _counted(self, x: Vector) -> Vector:
        """x with every programme counted that gives half a cent or more."""
        giving = self._giving(x)
        counted = x.copy()
        for pair, v in self.program.model.supports.items():
            counted[self.matrix.column(v)] = float(pair in giving)
        return counted

    def _giving(self, x: Vector) -> set[tuple[str, str]]:
        """(project, programme) of the awards of half a cent or more."""
        return {(i, p) for (i, p, _), v in self.program.decision.award.items() if self._cents(x, v)}

    def _cents(self, x: Vector, variable: object) -> float:
        return max(0.0, round(float(x[self.matrix.column(variable)]), CENT))

    def _left(self) -> float:
        return self.end.left

    def _count_left(self) -> float:
        return min(self.end.left, self.count_end.left)

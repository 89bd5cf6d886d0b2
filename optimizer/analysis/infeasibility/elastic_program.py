"""The elastic program of a case: loaded once, with every restriction movable or removable.

Money and links are rows whose limits move. Rules are rows of their own at the requested value: an average, a share or a ratio
moves by its true value, `N - value * D >= 0`, not by the shortfall of its row. A restriction that bars a project fixes its
decisions at 0. Infeasibility in linear programs: Chinneck, Feasibility and Infeasibility in Optimization (2008).
"""

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.case import Case
from models.constraints.rules import row as rule_row
from models.families import FAMILIES
from models.formulation import build
from models.measures import data_measure
from models.program import Goal, Program, ProgramOptions
from models.schema import Rule
from models.sets import Sets
from optimizer.analysis.infeasibility.report import MARKET, Restriction
from optimizer.analysis.infeasibility.restrictions import (
    furthest,
    liftable,
    lifted,
    limit_now,
    meets,
    moved_by,
    reasons_barred,
    restrictions,
    rule_of,
    with_market,
)
from optimizer.analysis.infeasibility.rule_fraction import Fraction, enough
from optimizer.solver.deadline import Deadline
from optimizer.solver.highs import Engine
from optimizer.solver.results import Limits, SolveResult
from optimizer.solver.standard_form import Matrix, Objective, Vector, compile_program
from optimizer.solver.tolerance import TOLERANCE

State = Mapping[Restriction, float | None]
"""Restriction -> its limit in place of the case's; None: removed. Others are unchanged."""

_ROWS = {"envelope": ("envelope", "carry_over"), "total": ("total",), "total_face": ("total_face",)}
_ROWS_OF_GAPS = ("viability", "stake", "no_stake", "unaffordable_gap")
INF = float("inf")
ONE_QUESTION = 1 / 24
"""Part of the time that one question may take; at least a second."""
PRICING = 6
"""Factor on this time for the least move of a restriction, which needs a proof."""


class OutOfTime(Exception):
    """Raised when the search for repairs has run out of time or was stopped."""


class QuestionTimedOut(Exception):
    """One question takes too long; it stays unanswered and the search goes on. `x`: a solution, if one was found; `limit`: a
    limit of the restriction that makes the case feasible, if one is known."""

    def __init__(self, x: Vector | None = None, limit: float | None = None) -> None:
        self.x = x
        self.limit = limit
        super().__init__("takes too long")


@dataclass
class Elastic:
    """The loaded model. Not thread-safe."""

    sets: Sets
    """The sets of the unchanged case."""
    seconds: float
    threads: int = 1
    seed: int = 0
    stop: threading.Event | None = None
    patience: float = INF
    """Seconds that a proof of how far a restriction must move may take at most."""
    tolerance: float = TOLERANCE
    """Part of its base by which a limit may be missed."""

    def __post_init__(self) -> None:
        self._end = Deadline.after(self.seconds)
        self._latest: Vector | None = None  # where it still holds the next question is answered at once

    @property
    def case(self) -> Case:
        return self.sets.case

    @property
    def left(self) -> float:
        """Seconds left."""
        return self._end.left

    @cached_property
    def restrictions(self) -> tuple[Restriction, ...]:
        """Every restriction that the model contains and that can be relaxed."""
        bars = {r for reasons in self.bars.values() for r in reasons}
        every = restrictions(self.sets)
        stands = set() if self.sets.has_programmes else {r for r in every if r.kind in MARKET}
        return tuple(r for r in every if r in self.fractions or r in bars | stands or self._rows(r))

    # -- the model ---------------------------------------------------------------------------------------------------

    @cached_property
    def program(self) -> Program:
        """The program in which barred projects have decisions too, without its rules; their sums are its last goals."""
        program = build(Sets(lifted(self.case)), options=ProgramOptions(without=("rules",)))
        goals = [
            Goal(f"{rule.rule} at {value}", 1, rule_row(program.decision, rule.model_copy(update={"value": value}))[0])
            for rule in self.rules.values()
            for value in (0.0, 1.0)
        ]
        program.goals = (*program.goals, *goals)
        return program

    @cached_property
    def rules(self) -> dict[Restriction, Rule]:
        """Hard rules, except those of the aggregate `each`."""
        rules = (r for r in self.case.rules if r.hard and r.aggregate != "each")
        return {Restriction(kind="rule", subject=r.rule): r for r in rules}

    @cached_property
    def matrix(self) -> Matrix:
        return compile_program(self.program, tolerance=self.tolerance)

    @cached_property
    def engine(self) -> Engine:
        return Engine(self.matrix, threads=self.threads, seed=self.seed)

    @cached_property
    def relaxation(self) -> Engine:
        """The relaxation, which answers at once if even it is infeasible."""
        return Engine(self.matrix, threads=self.threads, seed=self.seed, relaxed=True)

    @cached_property
    def fractions(self) -> dict[Restriction, Fraction]:
        """Rule -> N and D: of the goals at the values 0 and 1 the first is N, their difference D."""
        fractions, goals = {}, self.matrix.objectives[-2 * len(self.rules) :] if self.rules else ()
        for n, (r, rule) in enumerate(self.rules.items()):
            at_0, at_1 = goals[2 * n], goals[2 * n + 1]
            if rule.aggregate == "sum":
                below = Objective(at_0.goal, np.zeros_like(at_0.costs), 1.0)
            else:
                below = Objective(at_0.goal, at_0.costs - at_1.costs, at_0.offset - at_1.offset)
            fractions[r] = Fraction(at_0, below)
        return fractions

    @cached_property
    def bars(self) -> dict[str, tuple[Restriction, ...]]:
        """Project -> everything that bars it, for projects that could be candidates otherwise."""
        reasons_of = {p.id: reasons_barred(self.case, p) for p in self.case.projects if liftable(self.case, p)}
        return {i: reasons for i, reasons in reasons_of.items() if reasons}

    @cached_property
    def _columns(self) -> dict[str, np.ndarray]:
        """Barred project -> columns of its decisions."""
        starts = self.program.decision.start
        return {
            i: np.array([self.matrix.column(v) for (j, _), v in starts.items() if j == i], dtype=np.int64)
            for i in self.bars
        }

    @cached_property
    def _links(self) -> dict[Restriction, list[int]]:
        """The rows of each link that has one a year."""
        by_id = self.program.sets.by_id
        rows: dict[Restriction, list[int]] = {}
        for key, constraint in self.program.rows.items():
            row = self.matrix.row(constraint)
            if key[0] == "requires" and row is not None:
                r = Restriction(kind="requires", subject=key[1], others=by_id[key[1]].requires[key[2]])
                rows.setdefault(r, []).append(row)
            elif key[0] == "together" and row is not None:
                r = Restriction(kind="together", subject=key[1], others=(key[2],))
                rows.setdefault(r, []).append(row)
        return rows

    def _rows(self, r: Restriction) -> list[int]:
        """Rows of the model that express a restriction of money or of links."""
        match r.kind:
            case "requires" | "together":
                return self._links.get(r, [])
            case "envelope":
                keys: list[tuple[object, ...]] = [(name, r.subject, r.year) for name in _ROWS["envelope"]]
            case "total" | "total_face" | "group":
                keys = [(r.kind, r.subject)]
            case "total_budget":
                keys = [("total_budget",)]
            case "committed":
                keys = [("selection", r.subject)]
            case "max_programmes":
                keys = [(r.kind, r.subject)]
            case "setting":
                keys = list(self._rows_of_setting(r.subject))
            case "excludes":
                keys = [("excludes", r.subject, *r.others)]
            case "opex" | "hurdle_rate" | "price":
                keys = [(name, p.id, *rest) for p in moved_by(self.sets, r) for name, *rest in self._gap_rows[p.id]]
            case "rule" | "each" | "barred" | "country":
                return []  # fixed or closed in `_apply`, not rows of the model
            case _:
                raise NotImplementedError(f"optimizer/analysis/infeasibility/elastic_program.py: {r.kind}")
        constraints = [self.program.rows[key] for key in keys if key in self.program.rows]
        return [row for c in constraints if (row := self.matrix.row(c)) is not None]

    @cached_property
    def _gap_rows(self) -> Mapping[str, list[tuple[object, ...]]]:
        """Project -> its rows of viability, each as name and what follows the project."""
        rows: dict[str, list[tuple[object, ...]]] = defaultdict(list)
        for name, *index in self.program.rows:
            if name in _ROWS_OF_GAPS:
                rows[str(index[0])].append((name, *index[1:]))
        return rows

    def _rows_of_setting(self, setting: str) -> Iterator[tuple[object, ...]]:
        """Rows of the families that read a setting; not those of a project whose own column states the limit."""
        names = {family.name for family in FAMILIES.values() if family.setting == setting}
        for name, *index in self.program.rows:
            project = self.program.sets.by_id.get(str(index[0])) if index else None
            if name in names and getattr(project, setting, None) is None:
                yield (name, *index)

    # -- questions ---------------------------------------------------------------------------------------------------

    def possible(self, state: State) -> bool:
        """Whether any plan is feasible in this state. Raises QuestionTimedOut and OutOfTime."""
        market = {r: furthest(r) if v is None else v for r, v in state.items() if self._is_built(r, v)}
        if market:
            rest = {r: v for r, v in state.items() if r not in market}
            return self._with_market(market).possible(rest)
        return self.conceivable(state) and self.best(state, self.nothing()).x is not None

    def _is_built(self, r: Restriction, value: float | None) -> bool:
        """Whether a restriction of the market needs its own program: at another value, or without rows to relax."""
        return r.kind in MARKET and (value is not None or not self.sets.has_programmes)

    def _with_market(self, market: Mapping[Restriction, float]) -> "Elastic":
        """The model of the case with other operating costs, hurdle rates or prices."""
        self._check_time()
        case = self.case
        for r, value in market.items():
            case = with_market(case, r, value)
        return self.of_other(Sets(case))

    def of_other(self, sets: Sets, tolerance: float | None = None) -> "Elastic":
        """The model of another case, in the time that is left of this one's. `tolerance`: in place of its own."""
        same = self.tolerance if tolerance is None else tolerance
        return Elastic(sets, self.left, self.threads, self.seed, self.stop, tolerance=same)

    def conceivable(self, state: State) -> bool:
        """Whether the relaxation, with projects financed in part, is feasible in this state. Raises OutOfTime."""
        if any(self._is_built(r, v) for r, v in state.items()):
            return True  # which asking tells
        self._check_time()
        self._apply(state, self.relaxation)
        return not self.relaxation.is_empty(self.nothing(), self.left)

    def nothing(self) -> Objective:
        """A zero objective, for questions of feasibility."""
        return Objective(self.matrix.objectives[0].goal, np.zeros(self.matrix.shape[1]), 0.0)

    def best(self, state: State, objective: Objective, times: float = 1.0) -> SolveResult:
        """The minimum of an objective in this state, in `times` the time of one question.

        Raises QuestionTimedOut if it is not proved in that time, and OutOfTime.
        """
        self._check_time()
        self._apply(state, self.engine)
        seconds = min(self.left, max(1.0, times * ONE_QUESTION * self.seconds), self.patience if times > 1 else INF)
        outcome = self.engine.minimize(objective, Limits(0.0, seconds), start=self._latest, stop=self.stop)
        if outcome.status in ("nothing found", "feasible"):
            if outcome.x is None:
                self._check_time()
            raise QuestionTimedOut(outcome.x)
        self._latest = outcome.x if outcome.x is not None else self._latest
        return outcome

    def _check_time(self) -> None:
        if self.left <= 0 or (self.stop is not None and self.stop.is_set()):
            raise OutOfTime

    def least_limit(self, r: Restriction, state: State) -> float | None:
        """The limit of a restriction with which, the others as in `state`, a plan is just possible.

        Without r a plan must be possible, and with it as it stands not. None: no limit will do, only letting it go.
        Raises QuestionTimedOut, with a limit that is enough where one is known, and OutOfTime.
        """
        if r.kind == "each":
            return self._least_floor(r, state)
        if r.kind == "rule":
            return self._least_value(r, state)
        (row,) = self._rows(r)
        activity = self._activity(row)
        limit = float(self.matrix.row_upper[row] / self.matrix.row_scale[row])
        now = limit_now(self.sets, r) or 0.0
        try:
            outcome = self.best({**state, r: None}, activity, PRICING)
        except QuestionTimedOut as late:
            if late.x is None:
                raise
            used = float(activity.costs @ late.x)
            raise QuestionTimedOut(limit=now + max(0.0, used - limit)) from None
        return None if outcome.x is None else now + max(0.0, outcome.objective - limit)

    def _activity(self, row: int) -> Objective:
        """Value of the left-hand side of a row, in its own unit."""
        costs = np.zeros(self.matrix.shape[1])
        span = slice(self.matrix.starts[row], self.matrix.starts[row + 1])
        np.add.at(costs, self.matrix.indices[span], self.matrix.values[span] / self.matrix.row_scale[row])
        return Objective(self.matrix.objectives[0].goal, costs, 0.0)

    def _least_value(self, r: Restriction, state: State) -> float | None:
        """The nearest value of a rule's sum over another, by the method of Dinkelbach (1967), Management Science 13."""
        rule, fraction = self.rules[r], self.fractions[r]
        sense = -1.0 if rule.sense == ">=" else 1.0
        value, let_go = rule.value, {**state, r: None}
        for _ in range(50):
            try:
                outcome = self.best(let_go, fraction.at(value, sense), PRICING)
            except QuestionTimedOut as late:
                raise QuestionTimedOut(limit=enough(fraction, late.x, None if value == rule.value else value)) from None
            if outcome.x is None:
                return None
            above, below = fraction.of(outcome.x)
            if below <= 1e-9:
                return None
            moved = above / below
            if value != rule.value and sense * (value - moved) <= 1e-9 * max(1.0, abs(value)):
                break
            value = moved
        return value

    def _least_floor(self, r: Restriction, state: State) -> float | None:
        """The nearest threshold of an `each` rule: one of the values of the candidates that it bars."""
        rule = rule_of(self.case, r)
        values = {
            v
            for i, reasons in self.bars.items()
            if r in reasons and (v := data_measure(self.case, self.sets.by_id[i], rule.measure)) is not None
        }
        steps = sorted(values, reverse=rule.sense == ">=")
        low, high = 0, len(steps)
        while low < high:  # the first threshold with which a plan is possible, because more candidates never hurt
            middle = (low + high) // 2
            if self.possible({**state, r: steps[middle]}):
                high = middle
            else:
                low = middle + 1
        return steps[low] if low < len(steps) else None

    # -- a state -----------------------------------------------------------------------------------------------------

    def _apply(self, state: State, engine: Engine) -> None:
        engine.release()
        for r, limit in state.items():
            for row in self._rows(r):
                self._move(r, row, limit, engine)
        for r, rule in self.rules.items():
            value = state.get(r, rule.value)
            if value is not None:
                sense = -1.0 if rule.sense == ">=" else 1.0
                engine.hold(self.fractions[r].at(value, sense), 0.0)
        for columns in self._closed(state):
            engine.limit_columns(columns, np.zeros(len(columns)), np.zeros(len(columns)))

    def _move(self, r: Restriction, row: int, limit: float | None, engine: Engine) -> None:
        scale = self.matrix.row_scale[row]
        upper, lower = self.matrix.row_upper[row] / scale, self.matrix.row_lower[row] / scale
        if r.kind == "committed":
            engine.limit_row(row, -np.inf, upper)
        elif limit is None:
            engine.limit_row(row, -np.inf, np.inf)
        else:
            more = limit - (limit_now(self.sets, r) or 0.0)
            engine.limit_row(row, lower + more, upper + more)

    def _closed(self, state: State) -> Iterator[np.ndarray]:
        for i, reasons in self.bars.items():
            if len(self._columns[i]) and any(self._bars(i, r, state) for r in reasons):
                yield self._columns[i]

    def _bars(self, i: str, r: Restriction, state: State) -> bool:
        if r not in state:
            return True
        limit = state[r]
        if r.kind != "each" or limit is None:
            return False
        return not meets(self.case, self.sets.by_id[i], rule_of(self.case, r), limit)

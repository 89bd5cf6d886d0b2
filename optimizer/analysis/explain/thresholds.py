"""The least change of one cell that lets a project into a plan at least as good as the best without it.

It is solved exactly, with the cell as a variable of the program (`optimizer.analysis.explain.parametric`). Entry is not monotone in
the data, so that bisection would not find it: a larger plant can be too large for every programme.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from models.case import Case
from models.classes import funding_classes
from models.decision import FundingClass, single_classes
from models.formulation import build
from models.numbers import every_digit
from models.program import Program
from models.schema import Project
from models.sets import Sets
from optimizer.analysis.explain.explanation import Change
from optimizer.analysis.explain.parameters import Datum, Piece, data_of, pieces, with_project
from optimizer.analysis.explain.parametric import NotLinear, Variation, line, own_columns
from optimizer.analysis.explain.probes import Probes
from optimizer.analysis.explain.rounding import MONEY, TIMES, Stating, outward, unit_of
from optimizer.solver.allocation import NoAwards
from optimizer.solver.extended_form import Extended
from optimizer.solver.highs import Engine
from optimizer.solver.incumbent import selection
from optimizer.solver.lexicographic import Options
from optimizer.solver.no_solution import InfeasibleProgram, NoSolutionFound
from optimizer.solver.results import Limits, SolveResult
from optimizer.solver.standard_form import Columns, Matrix, Objective, Vector, compile_program

TOLERANCE = 1e-9
"""Tolerance of the target value, as a part of max(1, |value|)."""
SAME = 1e-7
"""Distance between the number found and the number printed, as a part of it, that is the solver's rounding."""
SEARCH_SHARE = 0.6
"""Part of the time for the least change itself; the rest narrows a change that is not proved least."""
LEAST_SECONDS = 1.0
"""Least seconds of every piece."""
CHEAPER = ("capex_m", "private_share", "requested_m")
"""Cells whose change lets the project take less money."""
CONFIRMED = 2e-6
"""The same when the changed case is worked out again with its awards to the cent."""
NOT_SETTLED = "not settled by the search; --time-limit allows a longer one"
FIXED_NODES = 1
"""Branch-and-bound nodes of the search for a change at a fixed effort."""
NOTHING = 0.01
"""Part of the range of a cell up to which it says nothing that so much is not enough."""


class _Unsettled(NoSolutionFound):
    """Time ended before any change was found that is enough; none below `floor` is."""

    def __init__(self, floor: float) -> None:
        self.floor = floor
        super().__init__()


class _Unconfirmed(Exception):
    """The changed case does not confirm the value of the program."""


@dataclass(frozen=True)
class Entry:
    """Changes that let a project that is left out enter the plan. `target`: value less penalty that must be reached."""

    case: Case
    project: Project
    target: float
    options: Options
    stop: threading.Event | None = None
    plan: Mapping[str, int] = field(default_factory=dict)
    """Project -> decision year of the plan: with the project beside it where that costs little, a start."""
    plain: bool = False
    """Whether each project has its own awards: exact for minimum tickets, and slower."""

    open_decisions: frozenset[tuple[str, int]] | None = None
    """Decisions (project, year) that may differ from the plan: one search of few nodes among them, which finds changes that are
    enough and proves nothing; None: all, with proof."""

    def changes(self) -> tuple[list[Change], dict[str, str]]:
        """The least change of every cell that can let it in; for the others a reason."""
        changes: list[Change] = []
        lacking: dict[str, str] = {}
        for datum in data_of(self.case, self.project):
            change = self._answered(datum, lacking)
            if change is not None:
                changes.append(change)
        year = self._other_year(lacking)
        return changes + ([year] if year else []), lacking

    def _answered(self, datum: Datum, lacking: dict[str, str]) -> Change | None:
        try:
            change = self.least(datum)
        except (NotLinear, InfeasibleProgram, ValueError) as why:
            lacking[datum.column] = str(why) if isinstance(why, NotLinear) else "another cell of it is empty"
        except _Unsettled as end:
            lacking[datum.column] = unsettled(datum, end.floor, self.case.settings.base_currency)
        except (NoSolutionFound, NoAwards):
            lacking[datum.column] = NOT_SETTLED
        else:
            if change is None:
                lacking[datum.column] = "no value of it is enough"
            return change
        return None

    # -- the program -------------------------------------------------------------------------------------------

    @cached_property
    def open_case(self) -> Case:
        """The case in which the project may be decided in any year. Who is barred stays so, without the `each` rules."""
        barred = Sets(self.case).barred
        others = (p.model_copy(update={"status": "barred"}) if p.id in barred else p for p in self.case.projects)
        projects = tuple(_opened(self.project) if p.id == self.project.id else p for p in others)
        rules = tuple(r for r in self.case.rules if r.aggregate != "each")
        return self.case.model_copy(update={"projects": projects, "rules": rules})

    @cached_property
    def program(self) -> Program:
        sets = Sets(self.open_case)
        return build(sets, classes=single_classes(sets) if self.plain else _apart(sets, self.project.id))

    @cached_property
    def matrix(self) -> Matrix:
        return compile_program(self.program, tolerance=0.0)  # at a threshold a limit is just met

    @cached_property
    def window(self) -> frozenset[int]:
        """The decision years that the case allows."""
        return frozenset(Sets(self.case).window(self.project))

    def _base(self, years: frozenset[int]) -> Variation:
        """The program with the project decided in one of these years, at a value of at least the target."""
        extended = Extended.of(self.matrix)
        columns = own_columns(self.program, self.matrix, self.project.id)
        for key, column in columns.items():
            if key[0] == "start" and key[2] not in years:
                extended.upper[column] = 0.0
        row = self.program.rows.get(("selection", self.project.id))
        at = None if row is None else self.matrix.row(row)
        if at is None:
            raise NotLinear("its country is not among those that may be financed")
        extended.limit(at, 1.0, 1.0)
        target = self.target - TOLERANCE * max(1.0, abs(self.target))
        return Variation(extended, self.program, columns, extended.at_least(target), self.project.id)

    # -- one cell ----------------------------------------------------------------------------------------------

    def least(self, datum: Datum) -> Change | None:
        """The least change of a cell, in either direction; None where no value in its range is enough.

        Raises NotLinear, NoSolutionFound.
        """
        if datum.column == "capacity_tpa" and self.program.sizes:
            raise NotLinear("in a chain it is not worked out what more of one plant delivers")
        if datum.column == "capex_m" and ("max_programmes", self.project.id) in self.program.rows:
            raise NotLinear("the most of each programme grows with it, and their number is limited")
        try:
            return self._least(datum)
        except (_Unconfirmed, NoAwards):
            if self.plain:  # a rule that multiplies the cell with itself, as an average of capital cost does
                raise NotLinear("not worked out: a limit does not change in proportion to it") from None
            return replace(self, plain=True).least(datum)

    def _least(self, datum: Datum) -> Change | None:
        best: Change | None = None
        open_from = float("inf")
        directions = (datum.helps, -datum.helps) if self.open_decisions is None else (datum.helps,)
        ways = {way: pieces(self.case, self.project, datum, way) for way in directions}
        waiting = sum(map(len, ways.values()))
        began = time.monotonic()
        end = began + SEARCH_SHARE * self.options.time_limit
        for direction, parts in ways.items():
            for n, (near, far) in enumerate(parts):
                room = float("inf") if best is None else best.change - abs(near - datum.now)
                if room <= 0:
                    break
                stop_at = near + direction * min(abs(far - near), room)
                now = time.monotonic()
                try:
                    change = self._in_piece(datum, (near, stop_at), now + (end - now) / (waiting - n))
                except _Unsettled as out:
                    open_from = min(open_from, out.floor)
                    continue
                if change is not None:
                    best = change if best is None or change.change < best.change else best
                    break
            waiting -= len(parts)
        if self.open_decisions is not None:
            return self._unproved(best)
        if best is None and open_from < float("inf"):
            best = self._at_the_end(datum, open_from, began + self.options.time_limit)
        if best is None:
            return None
        best = best.model_copy(update={"at_least": min(best.at_least, open_from)})
        return best if best.is_least else self._nearer(datum, best, began + self.options.time_limit)

    def _unproved(self, change: Change | None) -> Change:
        """A change that is enough, below which nothing is excluded. Raises _Unsettled if there is none."""
        if change is None:
            raise _Unsettled(0.0)
        return change.model_copy(update={"at_least": 0.0})

    def _probes(self, datum: Datum) -> Probes:
        return Probes(self.case, self.project, datum, self.target, self.options, self.stop, self.plan)

    def _at_the_end(self, datum: Datum, floor: float, until: float) -> Change:
        """The largest change the way that is expected to help, where it is enough. Raises _Unsettled."""
        if (far := self._probes(datum).at_the_end(datum.helps, (until + time.monotonic()) / 2)) is None:
            raise _Unsettled(floor)
        try:
            return self._stated_change(datum, far[0], floor, far[1])
        except (_Unconfirmed, NoAwards):
            raise _Unsettled(floor) from None

    def _nearer(self, datum: Datum, change: Change, until: float) -> Change:
        """A smaller change that is enough, where one is found by solving the changed case."""
        nearer = self._probes(datum).nearer(
            change.at_least, change.change, 1 if change.needed > datum.now else -1, until
        )
        if nearer is None:
            return change
        try:
            return self._stated_change(datum, nearer[0], change.at_least, nearer[1])
        except (_Unconfirmed, NoAwards):
            return change

    def _in_piece(self, datum: Datum, piece: Piece, end: float) -> Change | None:
        near, far = piece
        quarter = (far - near) / 4
        if not self._may_be_decided(datum.changed(self.project, near + 2 * quarter)):
            return None
        variation = self._base(self.window)
        points = [datum.changed(_opened(self.project), near + n * quarter) for n in (1, 2, 3)]
        steps = variation.vary(*line(self.open_case, points[0], points[1], points[2]))
        goal = variation.extended.objective("least change", dict.fromkeys(steps.values(), 1.0))
        start = self._beside(variation) if datum.column in CHEAPER else None
        outcome = self._solve(variation.extended, goal, end - time.monotonic(), start)
        floor = abs(near + min(max(outcome.bound, 0.0), 1.0) * (far - near) - datum.now)
        if outcome.status == "nothing found":
            raise _Unsettled(floor)
        if outcome.x is None:
            return None
        part = min(1.0, max(0.0, sum(float(outcome.x[c]) for c in steps.values())))
        needed = near + part * (far - near)
        return self._stated_change(datum, needed, floor, self._decided(outcome))

    def _stated_change(self, datum: Datum, needed: float, floor: float, chosen: dict[str, int]) -> Change:
        """The change as the planner would make it, confirmed by the audit of the plan that it makes possible."""
        stating = Stating(self.case, self.project, chosen, self._enough)
        stated = stating.stated(datum, needed)
        is_confirmed = stated != needed
        if self.open_decisions is not None or abs(stated - needed) <= SAME * max(1.0, abs(needed)):
            needed = stated
        if not (is_confirmed and needed == stated) and not stating.stands(datum.changed(self.project, needed)):
            raise _Unconfirmed
        factor = self._own_factor() if datum.column in MONEY else 1.0
        return Change(
            column=datum.column, now=datum.now, needed=needed, stated=stated,
            in_cell=None if factor == 1.0 else stating.stated(datum, needed, factor) / factor,
            at_least=min(floor, abs(needed - datum.now)), fid_year=chosen[self.project.id],
        )  # fmt: skip

    def _own_factor(self) -> float:
        """Money of the case = money in the project's cells * this."""
        s, p = self.case.settings, self.project
        key = (p.currency or s.base_currency, s.price_year if p.price_year is None else p.price_year)
        return next((c.factor for c in self.case.conversions if (c.currency, c.price_year) == key), 1.0)

    def _may_be_decided(self, project: Project) -> bool:
        return any(p.id == project.id for p in Sets(with_project(self.case, project)).candidates)

    def _beside(self, variation: Variation) -> Vector:
        """The plan with the project beside it: the engine finds its year and the rest."""
        x = np.full(len(variation.extended.lower), np.nan)
        for (i, t), variable in self.program.decision.start.items():
            if i != self.project.id:
                x[self.matrix.column(variable)] = float(self.plan.get(i) == t)
        return x

    def _solve(self, extended: Extended, goal: Objective, seconds: float, start: Vector | None = None) -> SolveResult:
        if self.stop is not None and self.stop.is_set():
            raise NoSolutionFound
        engine = Engine(extended.matrix(), threads=self.options.threads, seed=self.options.seed)
        limits = Limits(self.options.gap, max(LEAST_SECONDS, seconds))
        if self.open_decisions is None:
            return engine.minimize(goal, limits, start=start, stop=self.stop)
        columns, plan = self._closed_decisions(len(extended.lower))
        with engine.holding(columns, plan):
            limits = replace(limits, nodes=FIXED_NODES, sub_searches=False)
            result = engine.minimize(goal, limits, start=start, stop=self.stop)
        if result.x is None:
            return SolveResult("nothing found", None, np.inf, 0.0)
        return replace(result, bound=0.0)

    def _closed_decisions(self, size: int) -> tuple[Columns, Vector]:
        """The columns of the decisions that stay as in the plan, and the plan."""
        plan, columns = np.zeros(size), []
        for (i, t), variable in self.program.decision.start.items():
            column = self.matrix.column(variable)
            plan[column] = float(self.plan.get(i) == t)
            if i != self.project.id and (i, t) not in (self.open_decisions or ()):
                columns.append(column)
        return np.array(columns, dtype=np.int64), plan

    def _decided(self, outcome: SolveResult) -> dict[str, int]:
        """Project -> decision year."""
        assert outcome.x is not None
        return selection(self.program, self.matrix, outcome.x)

    @property
    def _enough(self) -> float:
        """The target, less what working it out again may miss it by."""
        return self.target - CONFIRMED * max(1.0, abs(self.target))

    # -- the decision year -------------------------------------------------------------------------------------

    def _other_year(self, lacking: dict[str, str]) -> Change | None:
        """The nearest decision year outside its window that is enough."""
        try:
            return self._nearest_year()
        except (NotLinear, InfeasibleProgram, ValueError):
            lacking["fid_year"] = "another cell of it stands in the way"
        except (NoSolutionFound, NoAwards, _Unconfirmed):
            lacking["fid_year"] = NOT_SETTLED
        return None

    def _nearest_year(self) -> Change | None:
        years = frozenset(Sets(self.open_case).window(_opened(self.project))) - self.window
        if not years or not self.window or not self._may_be_decided(self.project):
            return None
        first, last = min(self.window), max(self.window)
        away = {t: float(first - t if t < first else t - last) for t in years}
        base = self._base(years)
        goal = base.extended.objective(
            "nearest year", {base.columns["start", self.project.id, t]: n for t, n in away.items()}
        )
        outcome = self._solve(base.extended, goal, self.options.time_limit)
        if outcome.status == "nothing found":
            raise NoSolutionFound
        if outcome.x is None:
            return None
        year = max(years, key=lambda t: outcome.x[base.columns["start", self.project.id, t]])  # type: ignore[index]
        column, edge = ("earliest_fid", first) if year < first else ("latest_fid", last)
        stating = Stating(self.case, self.project, self._decided(outcome), self._enough)
        if not stating.stands(self.project.model_copy(update={column: year})):
            raise _Unconfirmed
        floor = min(max(outcome.bound, 0.0), away[year])
        return Change(column=column, now=edge, needed=year, stated=year, at_least=floor, fid_year=year)


def unsettled(datum: Datum, floor: float, money: str) -> str:
    """Why no change of a cell is given: the search did not settle it. `floor`: the change below which none is enough, as is proved;
    `money`: the base currency."""
    if floor <= NOTHING * abs(datum.high - datum.low):
        return NOT_SETTLED
    times = TIMES.get(datum.column, 1.0)
    proved = every_digit(next(outward(times * (datum.now + datum.helps * floor), up=datum.helps < 0)))
    unit = unit_of(datum.column, money)
    way = "up" if datum.helps > 0 else "down"
    return f"{way} to {proved}{unit} is proved not enough; beyond that, {NOT_SETTLED}"


def _opened(project: Project) -> Project:
    return project.model_copy(update={"earliest_fid": None, "latest_fid": None, "status": "candidate"})


def _apart(sets: Sets, project: str) -> tuple[FundingClass, ...]:
    """The classes of a case, with one project as a class by itself."""
    classes: list[FundingClass] = []
    for c in funding_classes(sets):
        members = tuple(i for i in c.members if i.id != project)
        if len(members) < len(c.members):
            classes += [FundingClass(project, (sets.by_id[project],), c.programmes, c.profile)]
        if members:
            classes.append(replace(c, members=members))
    return tuple(sorted(classes, key=lambda c: c.name))

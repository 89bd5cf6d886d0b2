"""The best plan of each scenario, and the projects that all of them finance, or none (`stress --replan`).

First the best plan of every scenario is searched; then it is proved which projects are in all or none of them.

A project is core where it is proved in every scenario that a plan without it falls short of the best by more than what
the search has left open, exterior where the same is proved of every plan with it, else borderline (Liesiö, Mild & Salo
2007, 2008). The proof is that the program with the project forced out (or in), and the value held at that level, has no
solution: asked of the relaxation first, then of the program itself.
"""

import math
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models.best_plan import FreeSets, best_plan_program, case_in, free_sets
from models.case import Case
from models.decision import FundingClass
from models.evaluation import Decided
from models.scenarios import Named, Realization
from models.sets import Sets
from models.states import review_year
from models.stress import CoreIndex, ScenarioResult
from optimizer.analysis.stress.evaluate import Evaluator
from optimizer.analysis.what_if import is_small
from optimizer.solver import incumbent
from optimizer.solver.deadline import Deadline
from optimizer.solver.highs import Engine
from optimizer.solver.lexicographic import Search, Solution
from optimizer.solver.no_solution import InfeasibleProgram, NoSolution
from optimizer.solver.options import Options
from optimizer.solver.plain_form import with_plain_form
from optimizer.solver.results import Limits
from optimizer.solver.standard_form import Columns, compile_program
from optimizer.solver.tolerance import HOLD

SEARCH_PART = 0.6
"""Part of the time that the searches for the best plans may take; the rest is for the proofs."""
LEAST_SECONDS = 0.5
"""Least seconds of one search or proof."""
MOST_COLUMNS = 500_000
"""Columns of all programs up to which they stay loaded for the proofs."""
IMPOSSIBLE = "no plan keeps the rules with the money that it leaves"
LATE = "not found in the time given"
OUTLAYS = "cuts of envelopes are not worked out on the outlay basis"
REVIEWED = (
    "what is decided after the review is sized at its prices and within its cut: solve with --set value_of_information=yes "
    "works that out"
)


Question = tuple[str, bool]
"""Whether any plan nearly as good as the best finances a project (True), or does without it (False)."""


@dataclass(frozen=True)
class BestInScenario:
    """The best plan of a scenario; the best value in it lies between `low` and `high`."""

    chosen: Mapping[str, int]
    low: float
    high: float


@dataclass
class Replan:
    """The best plans of the scenarios, and the proofs about the projects so far."""

    plan: Decided
    options: Options
    """`time_limit`: seconds for all scenarios together."""
    stop: threading.Event | None = None
    best: dict[str, BestInScenario] = field(default_factory=dict)
    without: dict[str, str] = field(default_factory=dict)
    """Scenario -> why its best plan is unknown."""
    planned_bound: float | None = None
    """Upper bound of every plan as planned, if the plan was proved on this very book."""

    def __post_init__(self) -> None:
        sets = Sets(self.plan.case)
        self.candidates = [i for i, window in sorted(sets.windows.items()) if window]
        self._proved: set[Question] = set()
        self._searches: list[tuple[Search, BestInScenario]] = []
        self._end = Deadline.after(self.options.time_limit)
        self._searched_until = self._end.part(SEARCH_PART)
        self._small = is_small(sets)

    @property
    def _stopped(self) -> bool:
        return self.stop is not None and self.stop.is_set()

    # -- one scenario ------------------------------------------------------------------------------------------------

    def add(self, scenario: Named, value: float, left: int) -> None:
        """Looks for the best plan of a scenario. `value`: of the plan under stress there. `left`: scenarios that are
        still to come, this one among them."""
        if self._stopped or self._end.is_over:
            self.without[scenario.name] = LATE
            return
        if self._is_sized_by_state(scenario):
            self.without[scenario.name] = REVIEWED
            return
        try:
            best = self._solved(scenario, value, self._searched_until.part(1 / left))
        except InfeasibleProgram:
            self.without[scenario.name] = IMPOSSIBLE
            return
        except NoSolution:
            self.without[scenario.name] = LATE
            return
        if best is None:
            self.without[scenario.name] = OUTLAYS

    def _is_sized_by_state(self, scenario: Named) -> bool:
        """Whether decisions after a review would be sized, or paid, in another way than as planned."""
        changed = {r.parameter for r in scenario.rows}
        return review_year(self.plan.case.settings) is not None and bool(changed & {"price", "budget"})

    def _solved(self, scenario: Named, value: float, until: Deadline) -> BestInScenario | None:
        """Raises NoSolution."""
        case, realization = self.plan.case, Realization(scenario.name, scenario.rows)
        planned = case_in(case, realization)
        if planned is not case and case.settings.budget_basis == "outlay":
            return None
        search, solution = self._searched(planned, realization, until)
        decided = Decided(case, solution.chosen, solution.awards)
        reached = Evaluator(decided).realize(realization).value
        better = reached > value + HOLD * max(1.0, abs(value))
        low = max(reached, value)
        high = max(float(solution.bound), low)
        if not scenario.rows and self.planned_bound is not None:
            high = max(low, min(high, self.planned_bound))
        cut = planned is not case
        best = BestInScenario(solution.chosen if better or cut else self.plan.chosen, low, high)
        self.best[scenario.name] = best
        self._searches.append((search, best))
        return best

    def _searched(self, planned: Case, realization: Realization, until: Deadline) -> tuple[Search, Solution]:
        at, sets = free_sets(self.plan.case, realization), Sets(planned)
        return with_plain_form(sets, until.left, lambda classes, left: self._run(sets, at, classes, left))

    def _run(self, sets: Sets, at: FreeSets, classes: tuple[FundingClass, ...], left: float) -> tuple[Search, Solution]:
        o = self.options
        program = best_plan_program(sets, at, classes)
        matrix = compile_program(program)
        seconds = max(LEAST_SECONDS, left)
        gap = 0.0 if self._small else o.gap
        search = Search(
            program, matrix, Engine(matrix, threads=o.threads, seed=o.seed), Options(gap, seconds, o.threads, o.seed),
            None, self.stop,
        )  # fmt: skip
        return search, search.run(incumbent.start(program, matrix, self.plan.chosen), tie_break=self._small)

    # -- proofs ------------------------------------------------------------------------------------------------------

    def prove(self) -> None:
        """Proves of what the best plans have in common as much as time allows: core and exterior projects.

        Call it once, after the last scenario. Nothing is proved where the best plan of a scenario is not known.
        """
        known = all(why == IMPOSSIBLE for why in self.without.values())
        columns = sum(search.matrix.shape[1] for search, _ in self._searches)
        if not known or columns > MOST_COLUMNS or not all(math.isfinite(best.high) for _, best in self._searches):
            return
        plans = [best.chosen.keys() for best in self.best.values()]
        questions = [(i, False) for i in self.candidates if all(i in chosen for chosen in plans)]
        questions += [(i, True) for i in self.candidates if not any(i in chosen for chosen in plans)]
        doubts: dict[Question, list[_Proof]] = {question: [] for question in questions}
        for proof in (_Proof(search, best, self.stop) for search, best in self._searches):
            for question in proof.doubts(questions, self._end):
                doubts[question].append(proof)
        order = sorted(doubts, key=lambda question: (len(doubts[question]), question))
        for n, question in enumerate(order):
            if self._settles(question, doubts[question], self._end.part(1 / (len(order) - n))):
                self._proved.add(question)

    def _settles(self, question: Question, proofs: Sequence["_Proof"], until: Deadline) -> bool:
        """Whether a question that the relaxations of some scenarios leave open is proved in each of them."""
        for n, proof in enumerate(proofs):
            left, seconds = self._end.left, max(LEAST_SECONDS, until.left / (len(proofs) - n))
            if self._stopped or left < LEAST_SECONDS or not proof.holds(question, min(left, seconds)):
                return False
        return True

    # -- results ---------------------------------------------------------------------------------------------

    def core(self, review_year: int | None = None) -> tuple[CoreIndex, ...]:
        """Every project that could be decided: in how many best plans it is, and what is proved of it."""
        if not self.best:
            return ()
        return tuple(self._index(i, review_year) for i in self.candidates)

    def with_best(self, result: ScenarioResult) -> ScenarioResult:
        """A scenario's row with the interval of its best plan, and the plan's regret."""
        best = self.best.get(result.scenario)
        if best is None:
            return result
        high = best.high if math.isfinite(best.high) else None
        return result.model_copy(update={
            "best_low": best.low, "best_high": high, "regret_low": best.low - result.value,
            "regret_high": None if high is None else high - result.value,
        })  # fmt: skip

    def _index(self, project: str, review_year: int | None) -> CoreIndex:
        names = tuple(name for name, best in self.best.items() if project in best.chosen)
        class_ = "borderline"
        if (project, False) in self._proved:
            class_ = "core"
        elif (project, True) in self._proved:
            class_ = "exterior"
        fid = self.plan.chosen.get(project)
        early = fid is not None and (review_year is None or fid < review_year)
        return CoreIndex.model_validate({
            "id": project, "index": len(names) / len(self.best), "class": class_, "financed": fid is not None,
            "no_regret": class_ == "core" and early, "scenarios": names,
        })  # fmt: skip


class _Proof:
    """Whether any plan of a scenario without (or with) a project reaches a value."""

    def __init__(self, search: Search, best: BestInScenario, stop: threading.Event | None) -> None:
        self.search, self.stop = search, stop
        goal = search.matrix.objectives[0]
        self._any = replace(goal, costs=np.zeros_like(goal.costs), offset=0.0)
        level = best.low - max(best.high - best.low, HOLD * max(1.0, abs(best.low)))
        search.engine.release()
        search.engine.hold(goal, -level)
        self._relaxed = search.engine.relaxation()

    def doubts(self, questions: Iterable[Question], until: Deadline) -> Iterator[Question]:
        """The questions that the relaxation leaves open, and all that were not asked in time."""
        for question in questions:
            late = until.is_over or (self.stop is not None and self.stop.is_set())
            if late or not self._with(self._relaxed, question, self._is_empty):
                yield question

    def _is_empty(self, engine: Engine) -> bool:
        return engine.is_empty(self._any, LEAST_SECONDS)

    def holds(self, question: Question, seconds: float) -> bool:
        """Whether the program itself proves it in time."""
        limits = Limits(float("inf"), seconds)

        def proved(engine: Engine) -> bool:
            return engine.minimize(self._any, limits, stop=self.stop).status == "infeasible"

        return self._with(self.search.engine, question, proved)

    def _with(self, engine: Engine, question: Question, ask: Callable[[Engine], bool]) -> bool:
        """Asks of an engine in which the project must (or must not) be financed."""
        project, included = question
        matrix, program = self.search.matrix, self.search.program
        if included:
            row = matrix.row(program.rows["selection", project])
            assert row is not None
            before = matrix.row_lower[row] / matrix.row_scale[row], matrix.row_upper[row] / matrix.row_scale[row]
            engine.limit_row(row, 1.0, before[1])
            answer = ask(engine)
            engine.limit_row(row, *before)
            return answer
        columns: Columns = np.array([matrix.column(s.x) for s in program.decision.starts_of[project]], dtype=np.int64)
        lower, upper = engine.lower[columns].copy(), engine.upper[columns].copy()
        engine.limit_columns(columns, np.zeros(len(columns)), np.zeros(len(columns)))
        answer = ask(engine)
        engine.limit_columns(columns, lower, upper)
        return answer


def named_first(named: Sequence[Named]) -> list[Named]:
    """The book as planned first: its best plan is known best."""
    return sorted(named, key=lambda s: bool(s.rows))

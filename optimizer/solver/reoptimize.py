"""One case that is loaded once and solved repeatedly with other limits, for what-if questions.

Explanations, repairs, alternatives and frontiers ask hundreds of such questions. They share the loaded model and start from
known plans.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from models.risk import RiskMeasure
from models.sets import Sets
from optimizer.solver import incumbent, tuning
from optimizer.solver.highs import Engine
from optimizer.solver.lexicographic import Options, Search, Solution, open_search
from optimizer.solver.near_answer import Aim
from optimizer.solver.results import Progress, Relaxed

Row = tuple[Any, ...]
"""Name and index of a row of the program: ("total_budget",), ("envelope", programme, year), ("rule", name)."""


@dataclass(frozen=True)
class Question:
    """Changes of a what-if question to the case.

    `include`: projects that must be financed. `exclude`: projects that must not. `at`: projects with their decision
    year given. `limits`: rows with other limits, (lower, upper), None for none, in the row's own unit. `sets`: of the
    case that has these limits, where they are limits of money: awards are worked out by it.
    """

    include: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    at: Mapping[str, int] = field(default_factory=dict)
    limits: Mapping[Row, tuple[float | None, float | None]] = field(default_factory=dict)
    sets: Sets | None = None


@dataclass
class Session:
    """The loaded model of a case. Not to be shared by threads."""

    search: Search
    _relaxation: Engine | None = None
    """The relaxation of the program, kept loaded: its last basis starts the next solve."""

    @classmethod
    def of(
        cls,
        sets: Sets,
        options: Options,
        progress: Callable[[Progress], None] | None = None,
        stop: threading.Event | None = None,
        risk: RiskMeasure | None = None,
    ) -> "Session":
        """Build and load the program; `risk`: a measure to maximize over scenarios. Raises NoSolution if no plan exists."""
        return cls(open_search(sets, options, progress, stop, risk=risk))

    @property
    def sets(self) -> Sets:
        return self.search.sets

    def ask(
        self,
        question: Question,
        *,
        start: Mapping[str, int] | None = None,
        gap: float | None = None,
        seconds: float | None = None,
        tie_break: bool = False,
    ) -> Solution:
        """The best selection under a question, from `start` (project -> year) where one is known.

        `gap` and `seconds` replace those of the session. The bound of the answer holds for the question. Raises NoSolution
        (its `infeasible` says whether proved) and NoAwards.
        """
        search = self.search
        search.engine.release()
        self._limit(question, search.engine)
        search.payer = question.sets
        options = search.options
        search_limits = replace(
            options,
            gap=options.gap if gap is None else gap,
            time_limit=options.time_limit if seconds is None else seconds,
        )
        return search.again(
            search_limits,
            None if start is None else incumbent.start(search.program, search.matrix, start),
            tie_break=tie_break,
        )

    def bounds(self, questions: Iterable[Question], seconds: float = tuning.BOUND_SECONDS) -> Iterator[float | None]:
        """Upper bounds on the value under each question, less penalties, by the relaxation; None where there is none in
        `seconds`, or where the relaxation has no solution."""
        for question in questions:
            result = self.relaxed(question, seconds)
            yield None if result is None else -result.objective

    def relaxed(self, question: Question, seconds: float = tuning.BOUND_SECONDS) -> Relaxed | None:
        """The relaxation under a question; None where it has no solution, or none in `seconds`."""
        search = self.search
        if self._relaxation is None:
            search.engine.release()
            self._relaxation = search.engine.relaxation()
        self._relaxation.release()
        self._limit(question, self._relaxation)
        return self._relaxation.relax(search.matrix.objectives[0], seconds, search.stop)

    def decided(self, relaxed: Relaxed) -> dict[tuple[str, int], float]:
        """(project, year) -> its value in a relaxation, between 0 and 1."""
        search = self.search
        return {key: float(relaxed.x[search.matrix.column(v)]) for key, v in search.program.decision.start.items()}

    def nearby(
        self, question: Question, start: Mapping[str, int], relaxed: Relaxed, *, aim: Aim, seconds: float
    ) -> Solution | None:
        """A selection under a question at a fixed effort, near `start`, with a bound on all of them; None if there seems to be
        none. `relaxed`: the relaxation under the question. Raises NoSolutionFound, with the bound."""
        search = self.search
        search.engine.release()
        self._limit(question, search.engine)
        search.payer = question.sets
        options = replace(search.options, time_limit=seconds)
        return search.near(incumbent.start(search.program, search.matrix, start), relaxed, options, aim)

    def _limit(self, question: Question, engine: Engine) -> None:
        rows = self.search.program.rows
        for name in sorted(question.include):
            self._limit_row(engine, rows[("selection", name)], (1.0, 1.0))
        for key, limits in question.limits.items():
            self._limit_row(engine, rows[key], limits)
        self._close(engine, self._starts(question.exclude))
        self._close(engine, ((i, t) for i, t in self._starts(question.at) if question.at[i] != t))

    def _limit_row(self, engine: Engine, constraint: Any, limits: tuple[float | None, float | None]) -> None:
        row = self.search.matrix.row(constraint)
        if row is None:
            raise KeyError(f"{constraint} is no row of the loaded model")
        lower, upper = limits
        engine.limit_row(row, -np.inf if lower is None else lower, np.inf if upper is None else upper)

    def _starts(self, projects: Iterable[str]) -> list[tuple[str, int]]:
        starts = self.search.program.decision.starts_of
        return [(i, s.year) for i in sorted(projects) for s in starts.get(i, ())]

    def _close(self, engine: Engine, starts: Iterable[tuple[str, int]]) -> None:
        start = self.search.program.decision.start
        columns = np.array([self.search.matrix.column(start[key]) for key in starts], dtype=np.int64)
        engine.limit_columns(columns, np.zeros(len(columns)), np.zeros(len(columns)))

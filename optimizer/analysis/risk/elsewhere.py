"""The best plan of each scenario, searched by worker processes or on a Dask cluster, and kept in a journal.

Each scenario is a task of its own (`optimizer.analysis.executor`). With a journal, every proved result is written to disk at
once, and a later run with the same workbook and options reads it instead of searching again.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf
from pathlib import Path

from models.case import Case
from models.risk import Outcome, risk_of
from models.sets import Sets
from optimizer.analysis.executor import Answer, Pool
from optimizer.analysis.journal import Journal
from optimizer.analysis.processes import STOP
from optimizer.analysis.risk.judge import Interval, results
from optimizer.analysis.risk.most_value import most_value
from optimizer.analysis.risk.search import BEST_GAP, BEST_SHARE, Watch, best_value
from optimizer.solver.deadline import Deadline
from optimizer.solver.lexicographic import Options, Solution

FAIR = 1.5
"""Multiple of its even share of the remaining time that a scenario may take while others wait."""
ROUNDING = 1e-9
CURE = "remove it, or name another file with --journal"


@dataclass(frozen=True)
class BestTask:
    """The best plan of one scenario."""

    case: bytes
    """case.json of the case."""
    scenario: str
    options: Options
    start: Solution | None
    seconds: float = inf

    def answered(self) -> Answer:
        """The interval that contains the best value of any plan in the scenario."""
        sets = Sets(Case.model_validate_json(self.case))
        outcome = next(w for w in risk_of(sets.case).outcomes if w.name == self.scenario)
        options = replace(self.options, time_limit=min(self.options.time_limit, self.seconds))
        low, high = best_value(sets, outcome, options, Watch(None, STOP), self.start)
        return {"low": low, "high": high}


@dataclass(frozen=True)
class Elsewhere:
    """Workers that search the best plans of scenarios, and the journal that keeps them.

    `workers`: processes of this machine. `scheduler`: address of a Dask scheduler to run on instead. `journal`: file that
    keeps every proved interval; intervals of the same case and options are read from it.
    """

    workers: int = 1
    scheduler: str | None = None
    journal: Path | None = None

    @property
    def is_asked(self) -> bool:
        """Whether workers, a scheduler or a journal are used instead of a search in this process."""
        return self.workers > 1 or self.scheduler is not None or self.journal is not None

    def best_values(self, sets: Sets, options: Options, watch: Watch, start: Solution | None) -> dict[str, Interval]:
        """As `optimizer.analysis.risk.search.best_values`. Raises Refusal for a journal of another run."""
        return _BestValues(self, sets, options, watch, start).intervals()


@dataclass
class _BestValues:
    elsewhere: Elsewhere
    sets: Sets
    options: Options
    watch: Watch
    start: Solution | None

    def __post_init__(self) -> None:
        self._end = Deadline.after(BEST_SHARE * self.options.time_limit)

    @cached_property
    def _case(self) -> bytes:
        return self.sets.case.model_dump_json().encode()

    @cached_property
    def _asked(self) -> Options:
        return replace(self.options, gap=min(self.options.gap, BEST_GAP))

    def intervals(self) -> dict[str, Interval]:
        outcomes = risk_of(self.sets.case).outcomes
        names = [w.name for w in outcomes]
        journal = Journal(self.elsewhere.journal, self._header(), resume=True, cure=CURE)
        try:
            known = {n: answer for n in names if (answer := journal.get(n)) is not None}
            known |= self._sought([n for n in names if n not in known], journal)
        finally:
            journal.close()
        return self._with_the_plan(outcomes, known)

    def _header(self) -> dict[str, object]:
        o = self._asked
        digest = hashlib.sha256(self._case).hexdigest()
        return {"case": digest, "gap": o.gap, "threads": o.threads, "seed": o.seed}

    def _sought(self, names: list[str], journal: Journal) -> dict[str, Answer]:
        tasks = [BestTask(self._case, n, self._asked, self.start) for n in names]
        answers: dict[str, Answer] = {}
        with Pool(self.elsewhere.workers, self.elsewhere.scheduler, self.watch.stop) as pool:
            for at, answer in pool.answers(tasks, lambda waiting: self._allotted(waiting, pool.width)):
                answers[names[at]] = answer
                if self._is_proved(answer):
                    journal.add(names[at], {"scenario": names[at]}, answer)
        return answers

    def _allotted(self, waiting: int, width: int) -> float:
        left = self._end.left
        return min(left, FAIR * left * width / max(1, waiting))

    def _is_proved(self, answer: Answer) -> bool:
        low, high = float(answer["low"]), float(answer["high"])
        return high - low <= self._asked.gap * abs(low) + ROUNDING

    def _with_the_plan(self, outcomes: Sequence[Outcome], known: Mapping[str, Answer]) -> dict[str, Interval]:
        """Raise the best values to those of the plan that each search began from."""
        own_results = () if self.start is None else results(self.start.decided(self.sets.case))
        reached = {r.scenario: r.value for r in own_results}
        intervals: dict[str, Interval] = {}
        for w in outcomes:
            answer = known.get(w.name) or {"low": -inf, "high": most_value(self.sets, [w])}
            low = max(float(answer["low"]), reached.get(w.name, -inf))
            intervals[w.name] = low, max(low, float(answer["high"]))
        return intervals

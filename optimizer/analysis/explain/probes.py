"""Narrows a change of one cell towards the present value, by solving the case with values between.

If the search for the least change ended before its proof, its change can be far from the least. Here the case itself is solved
with values between and the project forced in: a value with a good enough plan is a change that is enough. A value without one
proves nothing, because the time may have been too short.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from models.case import Case
from models.schema import Project
from models.sets import Sets
from optimizer.analysis.explain.parameters import Datum, with_project
from optimizer.analysis.what_if import Inquiry
from optimizer.solver.lexicographic import Options
from optimizer.solver.no_solution import NoSolution
from optimizer.solver.reoptimize import Question

MOST = 7
"""Number of values that are tried."""
NEAR = 0.02
"""Part of a change below which the interval is narrow enough."""
GAP_PART = 0.1
"""Part of the asked gap to which a value is solved: the value asked for lies within the gap itself."""


@dataclass(frozen=True)
class Probes:
    """Trials of one cell of one project. `enough`: value less penalty that a plan must have."""

    case: Case
    project: Project
    datum: Datum
    enough: float
    options: Options
    stop: threading.Event | None = None
    plan: Mapping[str, int] = field(default_factory=dict)

    def at_the_end(self, way: int, until: float) -> tuple[float, dict[str, int]] | None:
        """The largest change of the cell one way, with its plan, where that is found to be enough."""
        end = self.datum.high if way > 0 else self.datum.low
        left = until - time.monotonic()
        chosen = None if left <= 0 or end == self.datum.now else self._plan_at(end, left)
        return None if chosen is None else (end, chosen)

    def nearer(self, floor: float, change: float, way: int, until: float) -> tuple[float, dict[str, int]] | None:
        """The smallest change found between one that is proved not enough and one that is enough, with its plan; None
        where none was found. `way`: 1 for larger values of the cell, -1 for smaller. `until`: of the monotonic clock."""
        best: tuple[float, dict[str, int]] | None = None
        low, high = floor, change
        for tried in range(MOST):
            left = until - time.monotonic()
            if left <= 0 or high - low <= NEAR * high:
                break
            middle = (low + high) / 2
            chosen = self._plan_at(self.datum.now + way * middle, left / (MOST - tried))
            if chosen is None:
                low = middle
            else:
                high, best = middle, (self.datum.now + way * middle, chosen)
        return best

    def _plan_at(self, value: float, seconds: float) -> dict[str, int] | None:
        """A plan with the project that is good enough, found in the time given."""
        sets = Sets(with_project(self.case, self.datum.changed(self.project, value)))
        if not any(p.id == self.project.id and sets.windows[p.id] for p in sets.candidates):
            return None
        options = replace(self.options, gap=self.options.gap * GAP_PART, time_limit=seconds)
        question = Question(include=frozenset({self.project.id}))
        try:
            answer = Inquiry(sets, options, self.stop).ask(question, start=self.plan, tie_break=False)
        except (NoSolution, KeyError):
            return None
        return answer.chosen if answer is not None and answer.span.low >= self.enough else None

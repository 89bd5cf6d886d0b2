"""Reduces a portfolio to the fewest projects of its value, and works out its awards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models.classes import funding_classes
from models.decision import FundingClass, single_classes
from optimizer.analysis.what_if import Inquiry
from optimizer.solver.allocation import Awards, NoAwards, least_awards
from optimizer.solver.deadline import Deadline
from optimizer.solver.extended_form import Extended
from optimizer.solver.highs import Engine
from optimizer.solver.incumbent import start as start_from
from optimizer.solver.no_solution import NoSolutionFound
from optimizer.solver.results import Limits
from optimizer.solver.standard_form import Objective

LEAST_SECONDS = 2.0
"""Seconds that reducing a portfolio may always take, because its program is small."""
LOSS = 1e-7
"""A project is dropped where the value falls by less than this part of max(1, |value|)."""
WHOLE = 1 - 1e-6
"""Distance to the bound below which a count is proved."""
COST_GAP = 5e-4
"""Relative gap of the budget cost of a portfolio, except in small books: less than is shown of it."""


@dataclass
class ShareClock:
    """The remaining time, and the share of the current portfolio."""

    end: Deadline
    _share: Deadline = field(init=False)

    def __post_init__(self) -> None:
        self._share = self.end

    def begin(self, left: int) -> None:
        """Begins a portfolio of so many that are left."""
        self._share = self.end.part(1 / left)

    def seconds(self, part: float = 1.0) -> float:
        """Seconds of a part of what is left of the share."""
        return part * self._share.left

    def left(self) -> float:
        """Seconds of the whole."""
        return self.end.left


@dataclass
class Payments:
    """The awards of portfolios, each computed once."""

    inquiry: Inquiry
    _known: dict[frozenset[tuple[str, int]], tuple[Awards, float]] = field(default_factory=dict)

    def value(self, chosen: Mapping[str, int]) -> float | None:
        """Value of a portfolio; None if the programmes cannot pay for it within all limits, minimum tickets included."""
        try:
            return self._paid(chosen)[1]
        except NoAwards:
            return None

    def final(self, chosen: Mapping[str, int]) -> tuple[Awards, float]:
        """The awards of a portfolio and its value. Raises NoAwards.

        In small books they are the fewest. In larger ones that search takes longer than the portfolio itself, and no figure
        of the answer depends on it: value, cost and coverage are the same.
        """
        if self.inquiry.measure is None and self.inquiry.options.gap == 0:
            awards = self.inquiry.awards(chosen)
            return awards, self.inquiry.value(chosen, awards)
        return self._paid(chosen)

    def _paid(self, chosen: Mapping[str, int]) -> tuple[Awards, float]:
        inquiry, key = self.inquiry, frozenset(chosen.items())
        if key not in self._known:
            awards = least_awards(inquiry.sets, chosen) if inquiry.measure is None else inquiry.awards(chosen)
            self._known[key] = (awards, inquiry.value(chosen, awards))
        return self._known[key]


@dataclass
class FewestProjects:
    """Reduces a portfolio to the fewest projects of its value, so that none could be dropped without loss; then least cost,
    fewest changes of the plan's years, and earliest decisions."""

    payments: Payments
    clock: ShareClock
    plan: Mapping[str, int]
    chosen: Mapping[str, int]
    value: float

    def settled(self) -> dict[str, int]:
        """Project -> year. Raises NoSolutionFound where time ends first."""
        sets = self.inquiry.sets
        for classes in (funding_classes(sets), single_classes(sets)):
            lean = self._least(classes)
            reached = self.payments.value(lean)
            if reached is not None and reached >= self.value - 2 * LOSS * max(1.0, abs(self.value)):
                return lean
        return dict(self.chosen)

    @property
    def inquiry(self) -> Inquiry:
        return self.payments.inquiry

    def _least(self, classes: tuple[FundingClass, ...]) -> dict[str, int]:
        program, matrix = self.inquiry.compiled(classes)
        extended = Extended.of(matrix)
        columns = {key: matrix.column(v) for key, v in program.decision.start.items()}
        for (i, _), column in columns.items():
            extended.upper[column] = float(i in self.chosen)
        extended.at_least(self.value - LOSS * max(1.0, abs(self.value)))
        open_ = {key: c for key, c in columns.items() if key[0] in self.chosen}
        first = self.inquiry.sets.years[0]
        moves = {c: 1.0 for (i, t), c in open_.items() if self.plan.get(i, t) != t}
        years = {c: float(t - first) for (_, t), c in open_.items()}
        count = Limits(0.0, 0.0, absolute=WHOLE)
        goals = (
            (extended.objective("fewest projects", dict.fromkeys(open_.values(), 1.0)), count),
            (extended.padded(matrix.objective("least budget cost")), Limits(self._cost_gap, 0.0)),
            (extended.objective("fewest moves", moves), count),
            (extended.objective("earliest decisions", years), count),
        )
        x = self._solve(extended, goals, start_from(program, matrix, self.chosen))
        return {i: t for (i, t), c in columns.items() if x[c] > 0.5}

    @property
    def _cost_gap(self) -> float:
        return COST_GAP if self.inquiry.options.gap > 0 else 0.0

    def _solve(self, extended: Extended, goals: Sequence[tuple[Objective, Limits]], start: np.ndarray) -> np.ndarray:
        """The best solution for each goal in turn; the limits of a goal say how closely it is proved."""
        options, stop = self.inquiry.options, self.inquiry.stop
        engine = Engine(extended.matrix(), threads=options.threads, seed=options.seed)
        x = None
        for goal, precision in goals:
            limits = replace(precision, seconds=max(LEAST_SECONDS, self.clock.seconds()), sub_searches=False)
            outcome = engine.minimize(goal, limits, start=start if x is None else x, stop=stop)
            if outcome.x is None:
                break
            x = outcome.x
            engine.hold(goal, outcome.objective + LOSS * max(1.0, abs(outcome.objective)))
        if x is None:
            raise NoSolutionFound
        return x

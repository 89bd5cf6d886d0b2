"""A plan in many random draws: the stream is repeated, and every draw is valued in floating point.

Exact decimals would take minutes for ten thousand draws, and the error of doubles is far below the tolerance of the audit.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, combinations
from math import exp, inf
from statistics import NormalDist

from models.audit.drawn_world import DrawnWorld
from models.audit.ledger import Ledger
from models.audit.pcg import uniforms
from models.audit.stress_draws import LEAST, Stream, stream
from models.schema import Scenario

TOLERANCE = 1e-6
"""Part of max(1, contingency) by which calls may exceed it."""
MOST_CHOICES = 10
"""Called projects of which every choice of who goes on is tried."""
Range = tuple[float, float]
"""Numbers between which the value of a draw lies; the same where every choice of who goes on was tried."""


@dataclass(frozen=True)
class DrawOutcome:
    """One draw: place of its scenario, years of delay, factors on capital cost, and who fails."""

    scenario: int
    late: Mapping[str, int]
    overruns: Mapping[str, float]
    failed: frozenset[str]


@dataclass(frozen=True)
class DrawnPlan:
    """A plan in the draws of a stream. `decided_in`: scenario -> case and plan of its state, known from the year `known_from`."""

    ledger: Ledger
    named: Mapping[str, Sequence[Scenario]]
    seed: int
    decided_in: Callable[[str], Ledger]
    known_from: int | None

    @cached_property
    def _source(self) -> Stream:
        return stream(self.ledger.case, self.ledger.plan, self.named)

    @cached_property
    def _worlds(self) -> list[DrawnWorld]:
        return [DrawnWorld(self.decided_in(name), rows, self.known_from) for name, _, rows in self._source.scenarios]

    @property
    def limit(self) -> float | None:
        """The contingency, millions."""
        return self.ledger.case.settings.contingency_m

    def best(self, first: int, n: int) -> list[Range]:
        """Value of `n` draws from `first` on (the first of the stream is 1), with the best choice of who goes on."""
        return [self._best(draw) for draw in self._draws(first, n)]

    def greedy(self, first: int, n: int) -> list[float]:
        """Value of `n` draws where those go on first that lose most for a million of call, ties by id."""
        return [self._greedy(draw) for draw in self._draws(first, n)]

    # -- the stream ------------------------------------------------------------------------------------------------

    def _draws(self, first: int, n: int) -> Iterator[DrawOutcome]:
        source = self._source
        shares = list(accumulate(float(p) for _, p, _ in source.scenarios))
        delays = [[*accumulate(share / 100 for _, share in risk.delay)] for risk, _ in source.shared]
        width = 1 + 3 * len(source.shared)
        numbers = uniforms(self.seed, (first - 1) * width, n * width)
        for at in range(0, n * width, width):
            late: dict[str, int] = {}
            overruns: dict[str, float] = {}
            failed: set[str] = set()
            for k, (risk, ids) in enumerate(source.shared):
                fails, delay, over = numbers[at + 1 + 3 * k : at + 4 + 3 * k]
                if fails < risk.p_fail:
                    failed.update(ids)
                if risk.delay:
                    late.update(dict.fromkeys(ids, risk.delay[_place(delays[k], delay)][0]))
                if self.limit is not None:
                    z = NormalDist().inv_cdf(max(over, LEAST)) if risk.overrun_sigma else 0.0
                    overruns.update(dict.fromkeys(ids, risk.overrun * exp(risk.overrun_sigma * z)))
            yield DrawOutcome(_place(shares, numbers[at]), late, overruns, frozenset(failed))

    # -- who goes on -----------------------------------------------------------------------------------------------

    def _calls(self, draw: DrawOutcome) -> dict[str, float]:
        """Called project -> its call, where the contingency does not suffice for all of them."""
        if self.limit is None:
            return {}
        calls = self._worlds[draw.scenario].calls(draw.overruns, draw.failed)
        return {} if self._fits(sum(calls.values())) else calls

    def _fits(self, called: float) -> bool:
        limit = inf if self.limit is None else self.limit
        return called <= limit + TOLERANCE * max(1.0, limit)

    def _best(self, draw: DrawOutcome) -> Range:
        world, calls = self._worlds[draw.scenario], self._calls(draw)
        if not calls:
            value = world.value(draw.late, draw.failed)
            return value, value
        if len(calls) > MOST_CHOICES:
            return self._greedy(draw), world.value(draw.late, draw.failed)
        top = max(world.value(draw.late, draw.failed, stopped) for stopped in self._choices(calls))
        return top, top

    def _choices(self, calls: Mapping[str, float]) -> Iterator[frozenset[str]]:
        """Who may stop so that the calls of the others fit."""
        for n in range(len(calls) + 1):
            for stopped in combinations(calls, n):
                if self._fits(sum(call for i, call in calls.items() if i not in stopped)):
                    yield frozenset(stopped)

    def _greedy(self, draw: DrawOutcome) -> float:
        world, calls = self._worlds[draw.scenario], self._calls(draw)
        left = self.limit or 0.0
        stopped = set()
        for i in sorted(calls, key=lambda i: (-world.losses[i] / calls[i], i)):
            if calls[i] <= left + TOLERANCE * max(1.0, self.limit or 0.0):
                left -= calls[i]
            else:
                stopped.add(i)
        return world.value(draw.late, draw.failed, frozenset(stopped))


def _place(shares: Sequence[float], u: float) -> int:
    """The first place whose cumulated share exceeds u."""
    return next((n for n, share in enumerate(shares) if share > u), len(shares) - 1)

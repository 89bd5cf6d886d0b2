"""A plan in many random draws: the stream is repeated, and every draw is valued in floating point.

Exact decimals would take minutes for ten thousand draws, and the error of doubles is far below the tolerance of the audit.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, combinations
from math import exp, inf
from statistics import NormalDist
from typing import NamedTuple

from models.audit import score
from models.audit.drawn_chain import DrawnChain
from models.audit.drawn_rules import soft_on_deliveries
from models.audit.drawn_world import DrawnWorld
from models.audit.ledger import Ledger
from models.audit.pcg import rows_of_uniforms
from models.audit.stress_draws import LEAST, Stream, stream
from models.schema import CHAIN_OBJECTIVES, Risk, Rule, Scenario
from models.stress import DrawnFlows

TOLERANCE = 1e-6
"""Part of max(1, contingency) by which calls may exceed it."""
SAME_VALUE = 1e-6
"""Part of max(1, |value|) up to which two choices of who goes on are worth the same."""
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


class FlowsFound(NamedTuple):
    """The results of the flows of a draw."""

    value: float
    violation: float
    """Largest violation of a capacity or balance, as a part of its base."""
    excess: float
    """Calls above the contingency, millions."""
    needless: bool
    """Whether a project stops although every call is met."""


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

    def by_flows(self, first: int, n: int, flows: DrawnFlows) -> Iterator[FlowsFound]:
        """Each of `n` draws of a chain: its value by the flows that are handed over, and what these violate."""
        worlds = [DrawnChain(self.decided_in(name), rows, self.known_from, flows.ways)
                  for name, _, rows in self._source.scenarios]  # fmt: skip
        for place, draw in enumerate(self._draws(first, n), first - 1):
            world, stopped, runs = worlds[draw.scenario], flows.stopped[place], flows.runs[place]
            gone = draw.failed | stopped
            calls = world.calls(draw.overruns, draw.failed)
            met = sum(call for i, call in calls.items() if i not in stopped)
            excess = 0.0 if self.limit is None else met - self.limit
            everyone_may = self._fits(sum(calls.values())) and not self._soft
            yield FlowsFound(
                world.delivers(runs) - world.penalty(draw.late, gone), world.violation(draw.late, gone, runs), excess,
                needless=bool(stopped) and everyone_may,
            )  # fmt: skip

    def keep(self, rule: Rule, n: int, flows: DrawnFlows | None) -> list[bool]:
        """Whether a rule holds in each of the first `n` draws, with a best choice of who goes on. `flows`: of a chain, which say who
        stops. True where that is not known: more are called than every choice is tried of, or flows are not handed over."""
        return [self._keeps(rule, draw, k, flows) for k, draw in enumerate(self._draws(1, n))]

    def _keeps(self, rule: Rule, draw: DrawOutcome, place: int, flows: DrawnFlows | None) -> bool:
        world, calls = self._worlds[draw.scenario], self._calls(draw)
        if flows is not None:
            return world.rules.holds(rule, draw.late, draw.failed | flows.stopped[place])
        if not calls:
            return world.rules.holds(rule, draw.late, draw.failed)
        if len(calls) > MOST_CHOICES or score.name(self.ledger) in CHAIN_OBJECTIVES:
            return True
        values = {stopped: world.value(draw.late, draw.failed, stopped) for stopped in self._choices(calls)}
        top = max(values.values())
        best = [stopped for stopped, value in values.items() if value >= top - SAME_VALUE * max(1.0, abs(top))]
        return any(world.rules.holds(rule, draw.late, draw.failed | stopped) for stopped in best)

    # -- the stream ------------------------------------------------------------------------------------------------

    @cached_property
    def _present(self) -> frozenset[str]:
        """Projects that deliver in some scenario: no other draw changes a value."""
        ledgers = [self.decided_in(name) for name, _, _ in self._source.scenarios]
        return frozenset(i for at in ledgers for i in (*at.financed, *at.underway, *at.unaided))

    def _draws(self, first: int, n: int) -> Iterator[DrawOutcome]:
        """Draws of the stream, as far as they concern projects that deliver. Overruns are read where calls are limited."""
        shared, read = self._source.shared, 2 if self.limit is None else 3
        shares = list(accumulate(float(p) for _, p, _ in self._source.scenarios))
        units = [(k, _DrawnUnit.of(*unit)) for k, unit in enumerate(shared) if not self._present.isdisjoint(unit[1])]
        width, places = 1 + 3 * len(shared), (0, *(1 + 3 * k + m for k, _ in units for m in range(read)))
        for first_, *rest in rows_of_uniforms(self.seed, (first - 1) * width, width, places, n):
            late: dict[str, int] = {}
            overruns: dict[str, float] = {}
            failed: set[str] = set()
            for at, (_, unit) in enumerate(units):
                fails, delay, *over = rest[read * at : read * at + read]
                if fails < unit.p_fail:
                    failed.update(unit.ids)
                if unit.delays and (years := unit.delays[_place(unit.cumulated, delay)]):
                    late.update(dict.fromkeys(unit.ids, years))
                if over:
                    overruns.update(dict.fromkeys(unit.ids, unit.overrun(over[0])))
            yield DrawOutcome(_place(shares, first_), late, overruns, frozenset(failed))

    # -- who goes on -----------------------------------------------------------------------------------------------

    @cached_property
    def _soft(self) -> bool:
        """Whether a soft rule can gain where a called project stops whose call could be met."""
        return bool(soft_on_deliveries(self.ledger))

    def _calls(self, draw: DrawOutcome) -> dict[str, float]:
        """Called project -> its call, where some of them may stop."""
        if self.limit is None:
            return {}
        calls = self._worlds[draw.scenario].calls(draw.overruns, draw.failed)
        return calls if self._soft or not self._fits(sum(calls.values())) else {}

    def _fits(self, called: float) -> bool:
        limit = inf if self.limit is None else self.limit
        return called <= limit + TOLERANCE * max(1.0, limit)

    def _best(self, draw: DrawOutcome) -> Range:
        world, calls = self._worlds[draw.scenario], self._calls(draw)
        if not calls:
            value = world.value(draw.late, draw.failed)
            return value, value
        if len(calls) > MOST_CHOICES:
            most = world.objective if self._soft else world.value
            return self._greedy(draw), most(draw.late, draw.failed)
        top = max(world.value(draw.late, draw.failed, stopped) for stopped in self._choices(calls))
        return top, top

    def _choices(self, calls: Mapping[str, float]) -> Iterator[frozenset[str]]:
        """Sets of projects that may stop so that the calls of the others fit."""
        for n in range(len(calls) + 1):
            for stopped in combinations(calls, n):
                if self._fits(sum(call for i, call in calls.items() if i not in stopped)):
                    yield frozenset(stopped)

    def _greedy(self, draw: DrawOutcome) -> float:
        world, calls = self._worlds[draw.scenario], self._calls(draw)
        left = self.limit or 0.0
        stopped = set[str]()
        if self._fits(sum(calls.values())):
            return world.value(draw.late, draw.failed)
        for i in sorted(calls, key=lambda i: (-world.losses[i] / calls[i], i)):
            if calls[i] <= left + TOLERANCE * max(1.0, self.limit or 0.0):
                left -= calls[i]
            else:
                stopped.add(i)
        return world.value(draw.late, draw.failed, frozenset(stopped))


def _place(shares: Sequence[float], u: float) -> int:
    """The first place whose cumulated share exceeds u."""
    return min(bisect_right(shares, u), len(shares) - 1)


@dataclass(frozen=True)
class _DrawnUnit:
    """A unit that shares one draw, as plain numbers."""

    ids: tuple[str, ...]
    p_fail: float
    delays: tuple[int, ...]
    """Years."""
    cumulated: tuple[float, ...]
    """Probability of each delay or a shorter one."""
    median: float
    sigma: float

    @classmethod
    def of(cls, risk: Risk, ids: tuple[str, ...]) -> "_DrawnUnit":
        """The unit of a row of `risks`."""
        years, shares = tuple(y for y, _ in risk.delay), tuple(accumulate(share / 100 for _, share in risk.delay))
        return cls(ids, risk.p_fail, years, shares, risk.overrun, risk.overrun_sigma)

    def overrun(self, u: float) -> float:
        """The factor on capital cost at a uniform."""
        z = NormalDist().inv_cdf(max(u, LEAST)) if self.sigma else 0.0
        return self.median * exp(self.sigma * z)

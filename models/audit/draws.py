"""A plan in many random draws: the stream is repeated, and all draws are valued in floating point.

Exact decimals would take minutes for ten thousand draws, and the error of doubles is far below the tolerance of the audit.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, combinations
from math import exp, inf
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from models.audit import score
from models.audit.drawn_cases import Cases, Floats, Marks, Years
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
"""Difference, as a part of max(1, |value|), up to which two choices of the projects that go on count as equal."""
MOST_CHOICES = 10
"""Number of called projects up to which every choice of those that go on is tried."""
NOBODY: frozenset[str] = frozenset()
Range = tuple[float, float]
"""Lower and upper bound of the value of a draw; equal if every choice of the projects that go on was tried."""


@dataclass(frozen=True)
class DrawOutcome:
    """One draw: place of its scenario, years of delay, factors on capital cost, and who fails."""

    scenario: int
    late: Mapping[str, int]
    overruns: Mapping[str, float]
    failed: frozenset[str]


@dataclass(frozen=True)
class DrawTable:
    """Consecutive draws of a stream, as arrays by draw: place of the scenario, years of delay, factors on capital cost (where calls are
    limited), and who fails."""

    scenario: Years
    late: Mapping[str, Years]
    overruns: Mapping[str, Floats]
    failed: Mapping[str, Marks]

    def one(self, n: int) -> DrawOutcome:
        """A draw by itself."""
        late = {i: int(years[n]) for i, years in self.late.items() if years[n]}
        overruns = {i: float(factor[n]) for i, factor in self.overruns.items()}
        return DrawOutcome(
            int(self.scenario[n]), late, overruns, frozenset(i for i, out in self.failed.items() if out[n])
        )

    def of(self, places: Years) -> Cases:
        """The draws at these places, in which nobody stops."""
        late = {i: years[places] for i, years in self.late.items()}
        failed = {i: out[places] for i, out in self.failed.items()}
        return Cases(len(places), late, failed)


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
        """Value of `n` draws from `first` on (the first of the stream is 1), with the best choice of the projects that go on."""
        draws = self._draws(first, n)
        every = self._values(draws, {})
        ranges = [(value, value) for value in every.tolist()]
        for place, calls in self._unmet(draws).items():
            ranges[place] = self._best(draws, place, calls)
        return ranges

    def greedy(self, first: int, n: int) -> list[float]:
        """Value of `n` draws where those go on first that lose most for a million of call, ties by id."""
        draws = self._draws(first, n)
        stopped = {place: self._stopped(draws, place, calls) for place, calls in self._unmet(draws).items()}
        return [float(value) for value in self._values(draws, stopped)]

    def by_flows(self, first: int, n: int, flows: DrawnFlows) -> Iterator[FlowsFound]:
        """Each of `n` draws of a chain: its value by the flows that are handed over, and what these violate."""
        worlds = [DrawnChain(self.decided_in(name), rows, self.known_from, flows.ways)
                  for name, _, rows in self._source.scenarios]  # fmt: skip
        draws = self._draws(first, n)
        for place in range(n):
            draw, stopped, runs = draws.one(place), flows.stopped[first - 1 + place], flows.runs[first - 1 + place]
            world, cases = worlds[draw.scenario], _stopping(draws.of(np.array([place])), [stopped])
            calls = world.calls(draw.overruns, draw.failed)
            met = sum(call for i, call in calls.items() if i not in stopped)
            excess = 0.0 if self.limit is None else met - self.limit
            everyone_may = self._fits(sum(calls.values())) and not self._soft
            yield FlowsFound(
                world.delivers(runs) - float(world.penalty(cases)[0]),
                world.violation(draw.late, draw.failed | stopped, runs), excess,
                needless=bool(stopped) and everyone_may,
            )  # fmt: skip

    def keep(self, rule: Rule, n: int, flows: DrawnFlows | None) -> list[bool]:
        """Whether a rule holds in each of the first `n` draws, with a best choice of who goes on. `flows`: of a chain, which say who
        stops. True where that is not known: more are called than every choice is tried of, or flows are not handed over."""
        draws = self._draws(1, n)
        stopped = {} if flows is None else dict(enumerate(flows.stopped[:n]))
        holds = np.zeros(n, dtype=np.bool_)
        for at, world, cases in self._by_world(draws, stopped):
            holds[at] = world.rules.holds(rule, cases)
        for place, calls in self._unmet(draws).items() if flows is None else ():
            holds[place] = self._keeps(rule, draws, place, calls)
        return [bool(kept) for kept in holds]

    def _keeps(self, rule: Rule, draws: DrawTable, place: int, calls: Mapping[str, float]) -> bool:
        """Whether a rule holds in a draw with one of the best choices of who goes on."""
        if len(calls) > MOST_CHOICES or score.name(self.ledger) in CHAIN_OBJECTIVES:
            return True
        world, cases = self._choosing(draws, place, [*self._choices(calls)])
        values = world.values(cases)
        best = values >= values.max() - SAME_VALUE * max(1.0, abs(values.max()))
        return bool((best & world.rules.holds(rule, cases)).any())

    # -- the stream ------------------------------------------------------------------------------------------------

    @cached_property
    def _present(self) -> frozenset[str]:
        """Projects that deliver in some scenario: no other draw changes a value."""
        ledgers = [self.decided_in(name) for name, _, _ in self._source.scenarios]
        return frozenset(i for at in ledgers for i in (*at.financed, *at.underway, *at.unaided))

    def _draws(self, first: int, n: int) -> DrawTable:
        """Draws of the stream, as far as they concern projects that deliver. Overruns are read where calls are limited."""
        shared, read = self._source.shared, 2 if self.limit is None else 3
        units = [(k, _DrawnUnit.of(*unit)) for k, unit in enumerate(shared) if not self._present.isdisjoint(unit[1])]
        width, places = 1 + 3 * len(shared), (0, *(1 + 3 * k + m for k, _ in units for m in range(read)))
        uniforms = rows_of_uniforms(self.seed, (first - 1) * width, width, places, n)
        late: dict[str, Years] = {}
        overruns: dict[str, Floats] = {}
        failed: dict[str, Marks] = {}
        for at, (_, unit) in enumerate(units):
            fails, delay, *over = uniforms[:, 1 + read * at : 1 + read * (at + 1)].T
            failed |= dict.fromkeys(unit.ids, fails < unit.p_fail)
            if unit.delays:
                late |= dict.fromkeys(unit.ids, np.array(unit.delays)[_places(unit.cumulated, delay)])
            if over:
                overruns |= dict.fromkeys(unit.ids, np.array([unit.overrun(u) for u in over[0].tolist()]))
        shares = tuple(accumulate(float(p) for _, p, _ in self._source.scenarios))
        return DrawTable(_places(shares, uniforms[:, 0]), late, overruns, failed)

    def _values(self, draws: DrawTable, stopped: Mapping[int, frozenset[str]]) -> Floats:
        """Value of each draw. `stopped`: place of a draw -> projects that stop in it."""
        values = np.zeros(len(draws.scenario))
        for at, world, cases in self._by_world(draws, stopped):
            values[at] = world.values(cases)
        return values

    def _by_world(
        self, draws: DrawTable, stopped: Mapping[int, frozenset[str]]
    ) -> Iterator[tuple[Years, DrawnWorld, Cases]]:
        """The places of the draws of each scenario, the plan in it, and the draws as cases."""
        for n, world in enumerate(self._worlds):
            at = np.flatnonzero(draws.scenario == n)
            out = [stopped.get(place, NOBODY) for place in at.tolist()] if stopped else []
            yield at, world, _stopping(draws.of(at), out)

    # -- who goes on -----------------------------------------------------------------------------------------------

    @cached_property
    def _soft(self) -> bool:
        """Whether a soft rule can gain where a called project stops whose call could be met."""
        return bool(soft_on_deliveries(self.ledger))

    def _unmet(self, draws: DrawTable) -> dict[int, dict[str, float]]:
        """Place of a draw in which some called projects may stop -> called project -> its call."""
        if self.limit is None:
            return {}
        called = {}
        for place in range(len(draws.scenario)):
            draw = draws.one(place)
            calls = self._worlds[draw.scenario].calls(draw.overruns, draw.failed)
            if calls and (self._soft or not self._fits(sum(calls.values()))):
                called[place] = calls
        return called

    def _fits(self, called: float) -> bool:
        limit = inf if self.limit is None else self.limit
        return called <= limit + TOLERANCE * max(1.0, limit)

    def _best(self, draws: DrawTable, place: int, calls: Mapping[str, float]) -> Range:
        """The range of a draw in which some of the called projects may stop."""
        if len(calls) > MOST_CHOICES:
            world, cases = self._choosing(draws, place, [NOBODY, self._stopped(draws, place, calls)])
            values = world.values(cases)
            return float(values[1]), float((world.objective(cases) if self._soft else values)[0])
        world, cases = self._choosing(draws, place, [*self._choices(calls)])
        top = float(world.values(cases).max())
        return top, top

    def _choosing(self, draws: DrawTable, place: int, choices: Sequence[frozenset[str]]) -> tuple[DrawnWorld, Cases]:
        """The plan in the scenario of a draw, and the draw with each of these sets of projects that stop."""
        cases = draws.of(np.full(len(choices), place))
        return self._worlds[int(draws.scenario[place])], _stopping(cases, choices)

    def _choices(self, calls: Mapping[str, float]) -> Iterator[frozenset[str]]:
        """Sets of projects that may stop so that the calls of the others fit."""
        for n in range(len(calls) + 1):
            for stopped in combinations(calls, n):
                if self._fits(sum(call for i, call in calls.items() if i not in stopped)):
                    yield frozenset(stopped)

    def _stopped(self, draws: DrawTable, place: int, calls: Mapping[str, float]) -> frozenset[str]:
        """The projects that stop if those go on first that lose most for a million of call, ties by id."""
        if self._fits(sum(calls.values())):
            return NOBODY
        losses, left, stopped = self._worlds[int(draws.scenario[place])].losses, self.limit or 0.0, set[str]()
        for i in sorted(calls, key=lambda i: (-losses[i] / calls[i], i)):
            if calls[i] <= left + TOLERANCE * max(1.0, self.limit or 0.0):
                left -= calls[i]
            else:
                stopped.add(i)
        return frozenset(stopped)


def _stopping(cases: Cases, stopped: Sequence[frozenset[str]]) -> Cases:
    """The cases with the projects that stop in each; none stop if `stopped` is empty."""
    ids = frozenset[str]().union(*stopped)
    return replace(cases, stopped={i: np.array([i in out for out in stopped]) for i in ids}) if ids else cases


def _places(shares: Sequence[float], uniforms: Floats) -> Years:
    """The first place whose cumulated share exceeds each uniform."""
    return np.minimum(np.searchsorted(shares, uniforms, side="right"), len(shares) - 1)


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

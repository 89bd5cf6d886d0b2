"""Brute force for small cases: every way to give each candidate a decision year or none.

Written from the mathematics alone; nothing here is taken from the program, so that both can only agree by being right.
The choice of years is enumerated, the money of each choice is arithmetic without programmes and a small linear
program with them (`oracle_money`). Deliveries, measures and rules are in `oracle_rules`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from support import oracle_market as market
from support.family_files import FOUND
from support.oracle_chain import ChainTable
from support.oracle_money import Awards
from support.oracle_rules import (
    LinearRule,
    barred,
    delivered,
    interpolated,
    needed,
    rule_row,
    unaided_year,
    window,
)
from support.selections import NEVER, Selections

from models.case import Case
from models.schema import Project

TIE = 4e-7
"""Just inside the 5e-7 that the tie-break may give up of the best value."""


@dataclass(frozen=True)
class Best:
    """What the best plans of a case attain; the later fields break ties among plans of (nearly) the best value."""

    feasible: bool
    value: float = 0.0
    """Objective without penalties, of one best selection."""
    net: float = 0.0
    """Objective less penalties: what is maximized."""
    second: float = 0.0
    """`bottleneck`: best coverage at the best z; otherwise 0."""
    cost: float = 0.0
    face: float = 0.0
    fid_sum: float = 0.0
    selections: tuple[dict[str, int], ...] = ()
    """Every selection (project -> decision year) of the best net value."""


@dataclass(frozen=True)
class Verdict:
    """What a given selection with given awards amounts to."""

    violations: tuple[str, ...]
    value: float
    penalty: float
    second: float
    cost: float
    face: float
    fid_sum: float

    @property
    def net(self) -> float:
        return self.value - self.penalty


@dataclass(frozen=True)
class SelectionTable:
    """A case as tables over (free project, choice): choice 0 is not to finance, choice c the window's c-th year."""

    case: Case

    @cached_property
    def years(self) -> range:
        return range(self.case.settings.first_year, self.case.settings.last_year + 1)

    @cached_property
    def free(self) -> tuple[Project, ...]:
        """Projects that are decided."""
        decided = (p for p in self.case.projects if p.status in ("candidate", "committed"))
        return tuple(p for p in decided if not barred(self.case, p))

    @cached_property
    def underway(self) -> tuple[Project, ...]:
        return tuple(p for p in self.case.projects if p.status == "underway")

    @cached_property
    def windows(self) -> tuple[tuple[float, ...], ...]:
        return tuple((NEVER, *window(self.case, p)) for p in self.free)

    @cached_property
    def rules(self) -> tuple[LinearRule, ...]:
        return tuple(rule_row(self.case, self.free, self.windows, rule) for rule in self.case.rules)

    def selections(self) -> np.ndarray:
        """Every combination of choices, one a row."""
        if not self.free:
            return np.zeros((1, 0), dtype=int)
        return np.array(list(product(*(range(len(w)) for w in self.windows))), dtype=int)

    def fid(self, chosen: np.ndarray) -> np.ndarray:
        """Decision years, NEVER where not financed."""
        table = [np.asarray(w, dtype=float)[chosen[:, i]] for i, w in enumerate(self.windows)]
        return np.stack(table, axis=1) if table else np.zeros((len(chosen), 0))

    # -- status and families that read decisions alone ---------------------------------------------------------

    def allowed(self, chosen: np.ndarray) -> np.ndarray:
        """Selections that keep statuses, and that the families of `support/families` allow."""
        fid = self.fid(chosen)
        years = {p.id: fid[:, i] for i, p in enumerate(self.free)}
        years |= {p.id: np.full(len(chosen), -NEVER) for p in self.underway}
        selections = Selections(self.case, len(chosen), self.free, years)
        ok = np.ones(len(chosen), dtype=bool)
        for p in self.free:
            if p.status == "committed":
                ok &= years[p.id] < NEVER
        for family in FOUND:
            ok &= family.allows(selections)
        return ok

    # -- objectives --------------------------------------------------------------------------------------------

    @cached_property
    def objective(self) -> str:
        name = self.case.settings.objective
        return "capacity" if name == "coverage" and not self.case.demand else name

    def values(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Objective of every selection without penalties, and what breaks its ties (bottleneck: coverage)."""
        if self.objective == "capacity":
            return self._financed_capacity(chosen), np.zeros(len(chosen))
        if self.objective in ("delivered", "magnets"):
            return self._delivered(chosen), np.zeros(len(chosen))
        means, weights, discounted = self._coverages(chosen)
        coverage = (
            means @ (weights * discounted) / (weights @ discounted) if (weights @ discounted) else means.sum(1) * 0
        )
        if self.objective == "coverage":
            return coverage, np.zeros(len(chosen))
        return means[:, discounted > 0].min(axis=1), coverage

    def _delivered(self, chosen: np.ndarray) -> np.ndarray:
        chain, names = ChainTable(self.case), [p.id for p in self.free]
        return np.array([chain.value(dict(zip(names, fid, strict=True))) for fid in self.fid(chosen)])

    def _financed_capacity(self, chosen: np.ndarray) -> np.ndarray:
        settings = self.case.settings
        total = np.zeros(len(chosen))
        for i, p in enumerate(self.free):
            weight = settings.stage_weights.get(p.stage, 1.0)
            anyway = self._anyway(p, settings.objective_year)
            tonnes = [weight * (delivered(p, t, settings.objective_year) - anyway) for t in self.windows[i]]
            total += np.asarray([0.0, *tonnes[1:]])[chosen[:, i]]
        return total

    def _anyway(self, p: Project, year: int) -> float:
        """Tonnes that a project delivers in a year without support."""
        fid = unaided_year(self.case, p)
        return 0.0 if fid is None else delivered(p, fid, year)

    def _coverages(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Discounted mean coverage of each demand row, the row's weight, and the sum of discounts of its years."""
        settings = self.case.settings
        means, weights, discounted = [], [], []
        for row in self.case.demand:
            siblings = sum(other.stage == row.stage for other in self.case.demand)
            own = None if self.objective == "bottleneck" else row.weight
            weights.append(settings.stage_weights.get(row.stage, 1.0) / siblings if own is None else own)
            covered, discounts = np.zeros(len(chosen)), 0.0
            for year in self.years:
                demand = interpolated(row.years, year)
                if demand > 0:
                    factor = (1 + settings.discount_rate) ** -(year - settings.first_year)
                    covered += factor * np.minimum(1.0, self._capacity(chosen, row.stage, row.material, year) / demand)
                    discounts += factor
            means.append(covered / discounts if discounts else covered)
            discounted.append(discounts)
        return np.stack(means, axis=1), np.asarray(weights), np.asarray(discounted)

    def _capacity(self, chosen: np.ndarray, stage: str, material: str | None, year: int) -> np.ndarray:
        base = 0.0
        for e in self.case.existing:
            if e.stage == stage and e.country not in self.case.settings.excluded_countries:
                share = float(e.material == material) if e.material or not material else e.shares.get(material, 0.0)
                tonnes = e.capacity_tpa if e.capacity_tpa is not None else interpolated(e.years, year)
                base += tonnes * share * e.allied_share
        for p in self.underway:
            if p.stage == stage:
                fid = self.case.settings.first_year if p.earliest_fid is None else p.earliest_fid
                base += delivered(p, fid, year) * (p.shares.get(material, 0.0) if material else 1.0)
        free = {p.id for p in self.free}
        for p in self.case.projects:
            if p.stage == stage and p.id not in free:
                base += self._anyway(p, year) * (p.shares.get(material, 0.0) if material else 1.0)
        total = np.full(len(chosen), base)
        for i, p in enumerate(self.free):
            if p.stage == stage:
                share = p.shares.get(material, 0.0) if material else 1.0
                tonnes = [self._anyway(p, year), *(delivered(p, t, year) for t in self.windows[i][1:])]
                total += np.asarray([t * share for t in tonnes])[chosen[:, i]]
        return total

    # -- money and rules without awards --------------------------------------------------------------------------

    @property
    def has_soft_awards(self) -> bool:
        return any(row.needs_awards and not row.rule.hard for row in self.rules)

    def need(self, p: Project) -> float:
        return needed(p)

    def costs(self, chosen: np.ndarray) -> np.ndarray:
        """Public money of a selection when there is no programme: the needs."""
        total = np.zeros(len(chosen))
        for i, p in enumerate(self.free):
            years = self.windows[i]
            by_choice = [0.0, *(self.cost(p, int(fid)) for fid in years[1:])]
            total += np.asarray(by_choice)[chosen[:, i]]
        return total

    def cost(self, p: Project, fid: int) -> float:
        """Without programmes: need or gap, a grant; out of reach where there is no room for it."""
        gap = market.gap(self.case, p, fid)
        return np.inf if gap > market.room(p) * (1 + 1e-9) else max(self.need(p), gap)

    def affordable(self, chosen: np.ndarray) -> np.ndarray:
        limit = self.case.settings.total_budget_m
        if limit is None and not self.case.programmes:
            return np.isfinite(self.costs(chosen))
        if limit is None or self.case.programmes:
            return np.ones(len(chosen), dtype=bool)
        return self.costs(chosen) <= limit + 1e-6 * max(1.0, limit)

    def screened(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Selections that keep the rules which need no awards, and the penalties of those."""
        ok, penalty = np.ones(len(chosen), dtype=bool), np.zeros(len(chosen))
        for row in self.rules:
            if row.needs_awards:
                continue
            missing = row.missing(row.fixed(chosen))
            if row.rule.hard:
                ok &= missing <= row.tolerance
            else:
                penalty += (row.rule.penalty or 0.0) * np.maximum(missing, 0.0)
        return ok, penalty

    def named(self, choice: np.ndarray) -> dict[str, int]:
        return {p.id: int(self.windows[i][choice[i]]) for i, p in enumerate(self.free) if choice[i]}

    def choice(self, selection: Mapping[str, int]) -> np.ndarray:
        """A selection by name as a row of choices; an error where a year lies outside the project's window."""
        unknown = set(selection) - {p.id for p in self.free}
        if unknown:
            raise ValueError(f"not free to be financed: {sorted(unknown)}")
        return np.array([[w.index(selection.get(p.id, NEVER)) for p, w in zip(self.free, self.windows, strict=True)]])


def best(case: Case) -> Best:
    """The best plan of a small case, by looking at every selection."""
    world = SelectionTable(case)
    chosen = world.selections()
    chosen = chosen[world.allowed(chosen) & world.affordable(chosen)]
    ok, penalty = world.screened(chosen)
    chosen, penalty = chosen[ok], penalty[ok]
    value, second = world.values(chosen)
    order = np.argsort(-(value - penalty), kind="stable")
    table = [_Line(world, chosen[n], value[n], second[n], value[n] - penalty[n]) for n in order]
    net = -np.inf
    for line in table:  # the upper bound falls, so the search can end
        if line.upper <= net:
            break
        extra = line.money.least_penalty()
        if extra is not None:
            net = max(net, line.upper - extra)
    return Best(feasible=False) if net == -np.inf else _break_ties(table, float(net))


@dataclass(frozen=True)
class _Line:
    """One selection: its value, and the most that value less penalty can be."""

    world: SelectionTable
    choice: np.ndarray
    value: float
    second: float
    upper: float

    @cached_property
    def money(self) -> Any:
        return Awards(self.world, self.choice) if self.world.case.programmes else _Needs(self.world, self.choice)

    @cached_property
    def fid_sum(self) -> float:
        return float(sum(self.world.named(self.choice).values()))


@dataclass(frozen=True)
class _Needs:
    """The money of a selection without programmes: nothing is left to choose."""

    world: SelectionTable
    choice: np.ndarray

    def least_penalty(self) -> float:
        return 0.0

    def least_cost(self, penalty: float) -> float:  # noqa: ARG002 - the awards' interface
        return float(self.world.costs(self.choice[None])[0])

    def least_face(self, penalty: float, cost: float) -> float:  # noqa: ARG002 - the awards' interface
        return self.least_cost(penalty)


def _break_ties(table: list[_Line], net: float) -> Best:
    exact = list(_above(table, net, 1e-9))
    second = max(line.second for line in exact)
    # Where awards move the penalty, cost falls with every bit of value given up: compare at the best value itself.
    slack = 0.0 if table[0].world.has_soft_awards else TIE * max(1.0, abs(net))
    near = exact if second else list(_above(table, net, slack + 1e-9))
    near = [line for line in near if line.second >= second - 1e-9]
    costs = {n: line.money.least_cost(line.upper - net + slack + 1e-9) for n, line in enumerate(near)}
    cost = min(costs.values())
    tied = [line for n, line in enumerate(near) if costs[n] <= cost + 1e-7 * max(1.0, cost)]
    faces = {n: line.money.least_face(line.upper - net + slack + 1e-9, cost) for n, line in enumerate(tied)}
    face = min(faces.values())
    fid_sum = min(line.fid_sum for n, line in enumerate(tied) if faces[n] <= face + 1e-7 * max(1.0, face))
    selections = tuple(line.world.named(line.choice) for line in exact)
    return Best(True, float(exact[0].value), net, float(second), cost, face, fid_sum, selections)


def _above(table: list[_Line], net: float, slack: float) -> Iterable[_Line]:
    """Lines whose value less least penalty comes within `slack` of `net`."""
    for line in table:
        if line.upper < net - slack:
            return
        extra = line.money.least_penalty()
        if extra is not None and line.upper - extra >= net - slack:
            yield line


def judge(case: Case, selection: Mapping[str, int], awards: Mapping[tuple[str, str], float]) -> Verdict:
    """Recompute a plan: every condition that it breaks, its value, penalty, budget cost and face value."""
    world = SelectionTable(case)
    chosen = world.choice(selection)
    broken = []
    if not world.allowed(chosen)[0]:
        broken.append("status or precedence")
    if not world.affordable(chosen)[0]:
        broken.append("total budget")
    ok, penalty = world.screened(chosen)
    if not ok[0]:
        broken.append("a rule on data or deliveries")
    value, second = world.values(chosen)
    cost = face = float(world.costs(chosen)[0])
    extra = 0.0
    if case.programmes:
        money = Awards(world, chosen[0])
        more, extra = money.judge(awards)
        broken += more
        cost, face = money.cost_of(awards), sum(awards.values())
    elif awards:
        broken.append("awards without programmes")
    fid_sum = float(sum(selection.values()))
    return Verdict(tuple(broken), float(value[0]), float(penalty[0]) + extra, float(second[0]), cost, face, fid_sum)

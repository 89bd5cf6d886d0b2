"""Random small books of every kind with scenarios, and the best plan of each by brute force over selections.

A scenario is made into a book of its own, in which projects deliver later, less or nothing, and demand and existing capacity are
written with their factors; `support.oracle.SelectionTable` values every selection in it. Awards change no outcome here: they are worked
out once for each selection.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from support import oracle_stress, risk_books
from support.oracle import SelectionTable
from support.oracle_money import Awards
from support.strategies import small_book
from support.strategies_unaided import unaided
from support.tables import case as case_of

from models.case import Case
from models.scenario_sets import delivers_in
from models.schema import AWARD_MEASURES, Demand, Existing, Project, Rule, Scenario, Where

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
HOLDS = ("", "always", "0.6", "0.3")


def book(seed: int) -> Case:
    """Any small book, some with calls against a contingency, some with a review, with two or three scenarios."""
    r = random.Random(seed * 7 + 1)
    drawn = small_book(random.Random(seed), money=seed % 2 == 0)
    case = case_of(unaided(r, drawn) if r.random() < 0.3 else drawn)
    reviewed = seed % 4 == 1
    calls = not reviewed and r.random() < 0.5 and not any(p.unaided_fid for p in case.projects)
    return _uncertain(case, r, reviewed=reviewed, calls=calls)


def everything(seed: int) -> Case:
    """Any small book with programmes and a review, most with calls against a contingency; no soft rules on awards."""
    r = random.Random(seed * 11 + 3)
    drawn = small_book(random.Random(seed), money=True)
    case = case_of(unaided(r, drawn) if r.random() < 0.4 else drawn)
    displaces = any(p.unaided_fid for p in case.projects) and case.settings.objective == "capacity"
    calls = r.random() < 0.6 and not displaces
    rules = tuple(q for q in case.rules if q.hard or not {q.measure, q.per} & {*AWARD_MEASURES})
    return _uncertain(case.with_(rules=rules), r, reviewed=True, calls=calls)


def _uncertain(case: Case, r: random.Random, *, reviewed: bool, calls: bool) -> Case:
    """The book with scenarios, and with settings and rules that read them."""
    s = case.settings
    settings = s.model_copy(update={
        "risk": r.choice(("expected", "worst", "regret") if reviewed else ("expected", "cvar", "worst", "regret")),
        "alpha": r.choice((0.0, 0.5, 0.8)), "aversion": r.choice((0.4, 1.0)),
        "contingency_m": float(r.choice((0, 5, 15, 30))) if calls else None,
        "review_year": r.randint(s.first_year, s.last_fid_year) if reviewed else None,
    })  # fmt: skip
    holds = HOLDS[:2] if reviewed else HOLDS
    rules = tuple(
        _held(q, r, holds) for q in case.rules if not {q.measure, q.per} & {*AWARD_MEASURES} or not delivers_in(q)
    )
    return case.with_(rules=rules, scenarios=tuple(_scenarios(case, r, calls=calls)), settings=settings)


def _held(rule: Rule, r: random.Random, holds: tuple[str, ...]) -> Rule:
    return rule.model_copy(update={"holds": r.choice(holds)}) if rule.hard and delivers_in(rule) else rule


def _scenarios(case: Case, r: random.Random, *, calls: bool) -> Iterator[Scenario]:
    values = {
        "demand": (0.6, 1.3), "existing": (0.0, 0.5), "capacity": (0.5, 1.2), "delay_years": (1.0, 2.0), "fails": (1.0,),
        "capex": (1.2, 1.5), "private_share": (0.5, 0.0),
    }  # fmt: skip
    names = [*values][:5] + (["capex", "capex", "private_share"] if calls else [])
    for n in range(r.choice((2, 3))):
        probability = r.choice((None, 0.1, 0.2, 0.3))
        for k in range(r.choice((1, 2, 3))):
            parameter, of = r.choice(names), r.choice(case.projects)
            column = r.choice(("stage", "id")) if parameter not in ("demand", "existing") else "stage"
            value, everywhere = getattr(of, column), parameter != "fails" and r.random() < 0.4
            where = {} if everywhere else {
                "where": f"{column}={value}", "picks": Where(projects=((column, (value.casefold(),)),)),
            }  # fmt: skip
            yield Scenario(
                row=10 * n + k, scenario=f"s{n}", probability=None if k else probability, parameter=parameter,
                value=r.choice(values[parameter]), **where,
            )  # fmt: skip


def in_scenario(case: Case, rows: list[Scenario], stopped: tuple[str, ...] = ()) -> Case:
    """The book of a scenario, in which some projects have stopped."""
    first = case.settings.first_year

    def project(p: Project) -> Project:
        out = p.id in stopped or any(q.parameter == "fails" and oracle_stress.picks(q, p) for q in rows)
        late = sum(int(q.value) for q in rows if q.parameter == "delay_years" and oracle_stress.picks(q, p))
        begun = p.status == "underway" and (first if p.earliest_fid is None else p.earliest_fid) + p.build_years < first
        share = 0.0 if out else p.allied_share * oracle_stress.product(rows, "capacity", p, first)
        return p.model_copy(update={"allied_share": share, "build_years": p.build_years + (0 if begun else late)})

    def demand(demand_row: Demand) -> Demand:
        factor = oracle_stress.product(rows, "demand", demand_row, first)
        return demand_row.model_copy(update={"years": {y: v * factor for y, v in demand_row.years.items()}})

    def existing(e: Existing) -> Existing:
        return e.model_copy(update={"allied_share": e.allied_share * oracle_stress.product(rows, "existing", e, first)})

    return case.model_copy(update={
        "projects": tuple(map(project, case.projects)), "demand": tuple(map(demand, case.demand)),
        "existing": tuple(map(existing, case.existing)),
    })  # fmt: skip


@dataclass(frozen=True)
class Oracle:
    """Every selection of a book in each of its scenarios."""

    case: Case
    _paid: dict[int, float | None] = field(default_factory=dict)

    @cached_property
    def held(self) -> tuple[Rule, ...]:
        """Rules that scenarios have to keep."""
        return tuple(q for q in self.case.rules if q.hard and delivers_in(q) and q.holds)

    @cached_property
    def planned(self) -> Case:
        """The book without them."""
        return self.case.with_(rules=tuple(q for q in self.case.rules if q not in self.held))

    @cached_property
    def world(self) -> SelectionTable:
        return SelectionTable(self.planned)

    @cached_property
    def selections(self) -> Any:
        chosen = self.world.selections()
        return chosen[self.world.allowed(chosen) & self.world.affordable(chosen)]

    @cached_property
    def rows(self) -> dict[str, list[Scenario]]:
        return {w: [q for q in self.case.scenarios if q.scenario == w] for w in risk_books.probabilities(self.case)}

    # -- one scenario --------------------------------------------------------------------------------------------

    @cached_property
    def outcomes(self) -> dict[str, tuple[Floats, dict[str, Bools]]]:
        """Scenario -> value of each selection, and which of them keep each held rule."""
        return {w: self._outcome(rows) for w, rows in self.rows.items()}

    def _outcome(self, rows: list[Scenario]) -> tuple[Floats, dict[str, Bools]]:
        calls = self._calls(rows)
        value = np.full(len(self.selections), -np.inf)
        kept = {q.rule: np.zeros(len(self.selections), dtype=bool) for q in self.held}
        for stopped in oracle_stress.subsets(sorted(calls)):
            at = in_scenario(self.planned, rows, stopped)
            world = SelectionTable(at)
            reached = world.values(self.selections)[0] - world.screened(self.selections)[1]
            better = self._may_stop(calls, stopped) & (reached > value + 5e-7)
            value = np.where(better, reached, value)
            for name, keeps in self._keeps(at).items():
                kept[name] = np.where(better, keeps, kept[name])
        return value, kept

    def _calls(self, rows: list[Scenario]) -> dict[str, float]:
        limit, free = self.case.settings.contingency_m, self.world.free
        year = self.case.settings.first_year
        owed = {p.id: oracle_stress.need_call(rows, p, year) for p in free} if limit is not None else {}
        return {i: call for i, call in owed.items() if call > 1e-12}

    def _may_stop(self, calls: dict[str, float], stopped: tuple[str, ...]) -> Bools:
        financed = {p.id: self.selections[:, n] > 0 for n, p in enumerate(self.world.free)}
        met = sum((c * financed[i] for i, c in calls.items() if i not in stopped), np.zeros(len(self.selections)))
        fits = (
            met <= np.inf
            if self.case.settings.contingency_m is None
            else met <= self.case.settings.contingency_m + 1e-9
        )
        return np.asarray(np.logical_and.reduce([fits, *(financed[i] for i in stopped)]))

    def _keeps(self, at: Case) -> dict[str, Bools]:
        each = tuple(q for q in self.case.rules if q.aggregate == "each")
        held = SelectionTable(at.with_(rules=(*self.held, *each))).rules if self.held else ()
        result = {q.rule.rule: q.missing(q.fixed(self.selections)) <= q.tolerance for q in held}
        return {q.rule: result[q.rule] for q in self.held}

    # -- the measure ---------------------------------------------------------------------------------------------

    def best(self) -> float | None:
        """The largest measure of risk; None where no plan keeps all rules."""
        kept = self._kept_as_planned & self._always & self._often
        values = [{w: float(result[n]) for w, (result, _) in self.outcomes.items()} for n in range(len(kept))]
        most = {w: self._alone(w) for w in self.rows} if self.case.settings.risk == "regret" else {}
        scored = sorted(
            ((risk_books.measure(self.case, values[n], most), n) for n in np.flatnonzero(kept)), reverse=True
        )
        top = -np.inf
        for value, n in scored:
            if value <= top:
                break
            if (lost := self._penalty(int(n))) is not None:
                top = max(top, value - lost)
        return None if top == -np.inf else float(top)

    @cached_property
    def _chances(self) -> dict[str, float]:
        return risk_books.probabilities(self.case)

    def _held_in(self, scenario: str) -> Bools:
        """Selections that keep in a scenario the rules which hold in every one."""
        always = [self.outcomes[scenario][1][q.rule] for q in self.held if q.holds == "always"]
        return np.logical_and.reduce([np.ones(len(self.selections), dtype=bool), *always])

    @property
    def _always(self) -> Bools:
        return np.asarray(np.logical_and.reduce([self._held_in(w) for w in self.rows]))

    @property
    def _often(self) -> Bools:
        result = np.ones(len(self.selections), dtype=bool)
        for q in self.held:
            if q.holds != "always":
                chance = sum(self._chances[w] * kept[q.rule] for w, (_, kept) in self.outcomes.items())
                result &= chance >= float(q.holds) - 1e-9
        return result

    def _alone(self, scenario: str) -> float:
        """The most that a selection reaches in a scenario where it is the only one."""
        value, top = self.outcomes[scenario][0], -np.inf
        for n in np.flatnonzero(self._kept_as_planned & self._held_in(scenario)):
            if value[n] > top and (lost := self._penalty(int(n))) is not None:
                top = max(top, value[n] - lost)
        return float(top)

    @cached_property
    def _kept_as_planned(self) -> Bools:
        return np.asarray(self.world.screened(self.selections)[0])

    def _penalty(self, n: int) -> float | None:
        """What soft rules on awards cost a selection at least; None where no awards pay for it."""
        if not self.case.programmes:
            return 0.0
        if n not in self._paid:
            self._paid[n] = Awards(self.world, self.selections[n]).least_penalty()
        return self._paid[n]

    # -- decisions by state --------------------------------------------------------------------------------------

    def best_by_state(self) -> float | None:
        """As `best`, where later decisions differ by what is known of demand and existing capacity at the review; of measures
        that are made of what each state reaches by itself."""
        states: dict[Any, list[str]] = {self._known([]): []}
        for w, rows in self.rows.items():
            states.setdefault(self._known(rows), []).append(w)
        decided = SelectionTable(self.case.with_(rules=tuple(q for q in self.case.rules if not delivers_in(q))))
        later = np.asarray(decided.screened(self.selections)[0]) & self._payable
        planned = self._kept_as_planned & self._payable
        allowed = [planned if known == self._known([]) else later for known in states]
        top = max((self._policy(first, [*states.values()], allowed) for first in self._firsts), default=-np.inf)
        return None if top == -np.inf else float(top)

    def _known(self, rows: list[Scenario]) -> tuple[tuple[float, ...], ...]:
        year = self.case.settings.first_year
        return tuple(
            tuple(round(oracle_stress.product(rows, name, row, year), 9) for row in sheet)
            for name, sheet in (("demand", self.case.demand), ("existing", self.case.existing))
        )

    @cached_property
    def _early(self) -> list[tuple[int, ...]]:
        """The decisions of each selection before the review."""
        year = self.case.settings.review_year or 0
        return [
            tuple(int(c) if c and self.world.windows[i][c] < year else 0 for i, c in enumerate(row))
            for row in self.selections
        ]

    @property
    def _firsts(self) -> list[tuple[int, ...]]:
        """What can be decided before the review so that some plan keeps the rules as planned."""
        kept = self._kept_as_planned & self._payable
        return sorted({e for e, may in zip(self._early, kept, strict=True) if may})

    @cached_property
    def _payable(self) -> Bools:
        """Selections that some awards pay for; that those before the review are the same in all states is not asked."""
        return np.array([self._penalty(n) is not None for n in range(len(self.selections))], dtype=bool)

    def _policy(self, first: tuple[int, ...], states: list[list[str]], allowed: list[Bools]) -> float:
        """The largest measure with these decisions before the review."""
        mine = np.array([e == first for e in self._early])
        parts = [self._of_state(names, mine & kept) for names, kept in zip(states, allowed, strict=True)]
        return sum(parts) if self.case.settings.risk == "expected" else min(parts)

    def _of_state(self, names: list[str], allowed: Bools) -> float:
        """What the best later decisions of a state add to the mean, or leave in its worst scenario."""
        may = np.logical_and.reduce([allowed, *(self._held_in(w) for w in names)])
        if not may.any():
            return -np.inf
        values = {w: self.outcomes[w][0][may] for w in names}
        if self.case.settings.risk == "expected":
            return float(max(sum((self._chances[w] * v for w, v in values.items()), np.zeros(may.sum()))))
        less = {w: self._best_of_state[w] if self.case.settings.risk == "regret" else 0.0 for w in names}
        return float(max(np.min([v - less[w] for w, v in values.items()], axis=0))) if names else np.inf

    @cached_property
    def _best_of_state(self) -> dict[str, float]:
        """Scenario -> the most that any policy reaches there where it is the only one."""
        firsts = set(self._firsts)
        begun = np.array([e in firsts for e in self._early]) & self._payable
        decided = SelectionTable(self.case.with_(rules=tuple(q for q in self.case.rules if not delivers_in(q))))
        later = np.asarray(decided.screened(self.selections)[0])
        planned = self._known([])
        result = {}
        for w, rows in self.rows.items():
            may = begun & self._held_in(w) & (self._kept_as_planned if self._known(rows) == planned else later)
            result[w] = float(max(self.outcomes[w][0][may], default=-np.inf))
        return result

"""Random small books with prices, support of several kinds and a limit on calls, and the best plan of each by brute force: every
selection, every set of price floors that are awarded, everybody who may go on, with a linear program for the awards."""

import itertools
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from support import oracle_market, oracle_stress, risk_books, stress_books
from support.oracle_rules import cap

from models.case import Case
from models.schema import Price, Programme, Project, Scenario

Chosen = dict[str, int]
FLOOR = "floor"
"""The programme of price floors."""
LEAST = 1e-5
"""Millions of the least award that is one."""


def book(seed: int, risk: str, *, contingency: bool, **settings: object) -> Case:
    """At most two candidates that must be viable; grants, a floor and a loan; a fall of prices in one or two scenarios."""
    r = random.Random(seed + 9500)
    case = risk_books.book(seed, risk, contingency=contingency, **settings)
    prices = tuple(Price(row=n, material=s, years={2026: 1e5, 2031: 0.8e5}) for n, s in enumerate(stress_books.STAGES))
    free = [_viable(p, r) for p in case.projects if p.status == "candidate"][:2]
    projects = (*free, *(p for p in case.projects if p.status == "underway"))
    need = sum(p.capex_m for p in free)
    years = range(stress_books.FIRST, stress_books.LAST + 1)
    programmes = (
        Programme(row=1, id="g", instrument="grant", envelopes={y: round(need * r.uniform(0.1, 0.5), 1) for y in years}),
        Programme(
            row=2, id=FLOOR, instrument="offtake", strike_per_t=r.choice((0.7e5, 0.9e5)), offtake_years=r.choice((3, 9)),
            offtake_share=r.choice((None, 0.5)), max_share=0.5, min_ticket_m=r.choice((None, None, 3.0)),
            envelopes={y: round(need * r.uniform(0.0, 0.3), 1) for y in years},
        ),
        Programme(
            row=3, id="loan", instrument="loan", rate=0.03, tenor_years=12, max_share=0.4, cost_rate=0.2,
            envelopes={y: round(need * r.uniform(0.0, 0.1), 1) for y in years},
        ),
    )  # fmt: skip
    falls = tuple(
        Scenario(row=90 + n, scenario=f"s{n}", parameter="price", value=r.choice((0.5, 0.7)), from_year=r.choice((None, 2028)))
        for n in range(r.choice((1, 2)))
    )  # fmt: skip
    changes = {"hurdle_rate": 0.1, "total_budget_m": None, **settings}
    return case.with_(
        prices=prices, projects=tuple(sorted(projects, key=lambda p: p.id)), programmes=programmes,
        scenarios=(*(x for x in case.scenarios if x.scenario != "s2" or not contingency), *falls),
        settings=case.settings.model_copy(update=changes),
    )  # fmt: skip


def _viable(project: Project, r: random.Random) -> Project:
    unaided = project.unaided_fid if r.random() < 0.5 else None
    return project.model_copy(update={"opex_per_t": r.choice((0.3e5, 0.5e5, 0.65e5)), "unaided_fid": unaided})


def selections(case: Case) -> Iterator[Chosen]:
    """Every selection, whatever it costs."""
    free = [p for p in case.projects if p.status == "candidate"]
    windows = [(None, *range(risk_books.FIRST, risk_books.FIRST + risk_books.YEARS)) for _ in free]
    for years in itertools.product(*windows):
        yield {p.id: y for p, y in zip(free, years, strict=True) if y is not None}


def best(case: Case) -> float:
    """The largest measure."""
    top = best_of(case, lambda _: True)
    assert top is not None
    return top


def best_of(case: Case, wanted: Callable[[Chosen], bool]) -> float | None:
    """The largest measure of some selections: choices in the order of what they are worth, until awards pay for one; None where
    they pay for none."""
    result = sorted((c for c in _choices(case) if wanted(c.chosen)), key=lambda c: -c.value)
    return next((c.value for c in result if _Awards(case, c).can_pay()), None)


@dataclass(frozen=True)
class PricedChoice:
    """What is decided, who has a floor, and who goes on in each scenario."""

    chosen: Chosen
    floors: tuple[str, ...]
    kept: tuple[tuple[str, tuple[str, ...]], ...]
    value: float


def rows_of(case: Case) -> dict[str, list[Scenario]]:
    """Scenario -> its rows; nothing as planned."""
    return {w: [r for r in case.scenarios if r.scenario == w] for w in risk_books.probabilities(case)}


def _choices(case: Case) -> Iterator[PricedChoice]:
    rows = rows_of(case)
    for chosen in selections(case):
        for floors in oracle_stress.subsets(sorted(chosen)):
            awards = {(i, FLOOR, chosen[i]): 1.0 for i in floors}
            of_scenario = [[(w, *one) for one in _kept(case, chosen, awards, own)] for w, own in rows.items()]
            for combination in itertools.product(*of_scenario):
                values = {w: value for w, _, value in combination}
                kept = tuple((w, who) for w, who, _ in combination)
                yield PricedChoice(chosen, floors, kept, risk_books.measure(case, values, {}))


def _kept(case: Case, chosen: Chosen, awards: Any, rows: list[Scenario]) -> list[tuple[tuple[str, ...], float]]:
    """Who may go on, and the value; where no limit is set, or nothing is called, everybody does."""
    may_stop = sorted(
        i for i, t in chosen.items() if case.settings.contingency_m is not None and _calls(case, i, t, rows)
    )
    result = []
    for stopped in oracle_stress.subsets(may_stop):
        value = oracle_stress.state(case, chosen, awards, rows, stopped, 0.0).value
        result.append((tuple(i for i in sorted(chosen) if i not in stopped), value))
    return result


def _calls(case: Case, project: str, fid: int, rows: list[Scenario]) -> bool:
    owed, gap, worth = terms(case, oracle_stress.one(case, project), fid, rows)
    planned = terms(case, oracle_stress.one(case, project), fid, [])
    return owed > 0 or gap > planned[1] + 1e-9 or any(worth[p] < planned[2][p] - 1e-12 for p in worth)


def terms(case: Case, project: Project, fid: int, rows: list[Scenario]) -> tuple[float, float, dict[str, float]]:
    """What a project owes for its need, what its awards must bring, and what a unit of each award brings, in a scenario."""
    rate, first = oracle_market.hurdle(case, project) or 0.0, fid + project.build_years
    at = oracle_stress.repriced(case, [r for r in rows if r.parameter != "price" or (r.from_year or first) <= first])
    capex = project.capex_m * oracle_stress.product(rows, "capex", project, fid)
    earned = oracle_market.pv_cash(at, project, fid, rate) / oracle_market.phi(case, project, rate)
    worth = {p.id: oracle_market.worth(at, p, project, fid) for p in case.programmes}
    return oracle_stress.need_call(rows, project, fid), max(0.0, capex - project.secured_m - earned), worth


class _Awards:
    """The linear program of the awards of a choice: faces, then the call of each project and scenario."""

    def __init__(self, case: Case, choice: PricedChoice) -> None:
        self.case, self.choice = case, choice
        self.cells = [(i, p.id) for i in sorted(choice.chosen) for p in case.programmes]
        self.calls = [(w, i) for w, who in choice.kept for i in who]
        self.upper: list[np.ndarray] = []
        self.limits: list[float] = []

    def can_pay(self) -> bool:
        if not self.cells:
            return True
        for i in self.choice.chosen:
            self._project(oracle_stress.one(self.case, i))
        self._money()
        self._contingency()
        bounds = [self._bounds(*cell) for cell in self.cells] + [(0, None)] * len(self.calls)
        from scipy.optimize import linprog  # here: it loads more than most tests need

        solution = linprog(np.zeros(len(bounds)), np.array(self.upper), np.array(self.limits), bounds=bounds)
        return bool(solution.status == 0)

    def _bounds(self, i: str, p: str) -> tuple[float, float]:
        project, programme = oracle_stress.one(self.case, i), next(x for x in self.case.programmes if x.id == p)
        most = cap(programme, project)
        if p != FLOOR:
            return 0.0, most
        return (max(LEAST, programme.min_ticket_m or 0.0), most) if i in self.choice.floors else (0.0, 0.0)

    def _row(self, terms_: dict[Any, float], limit: float) -> None:
        row = np.zeros(len(self.cells) + len(self.calls))
        for key, x in terms_.items():
            row[self.cells.index(key) if key in self.cells else len(self.cells) + self.calls.index(key)] += x
        self.upper.append(row)
        self.limits.append(limit)

    def _project(self, p: Project) -> None:
        fid, names = self.choice.chosen[p.id], [g.id for g in self.case.programmes]
        _, gap, worth = terms(self.case, p, fid, [])
        need = oracle_stress.need(p.capex_m, p.private_share, p.secured_m)
        self._row({(p.id, n): -1.0 for n in names}, -need)
        self._row({(p.id, n): 1.0 for n in names}, max(0.0, p.capex_m - p.secured_m))
        self._row({(p.id, n): -worth[n] for n in names}, -gap)

    def _money(self) -> None:
        for g in self.case.programmes:
            for year, money in g.envelopes.items():
                here = [oracle_stress.one(self.case, i) for i, t in self.choice.chosen.items() if t == year]
                self._row({(p.id, g.id): self._rate(g, p, year) for p in here}, money)
        if (total := self.case.settings.total_budget_m) is not None:
            every = [(oracle_stress.one(self.case, i), t) for i, t in self.choice.chosen.items()]
            costs = {(p.id, g.id): self._rate(g, p, t) for p, t in every for g in self.case.programmes}
            self._row(costs, total)

    def _rate(self, g: Programme, p: Project, fid: int) -> float:
        if g.id != FLOOR:
            return 1.0 if g.instrument == "grant" else g.cost_rate or 0.0
        return max(0.0, oracle_market.contract_cost(self.case, g, p, fid)) / cap(g, p)

    def _contingency(self) -> None:
        limit, rows = self.case.settings.contingency_m, rows_of(self.case)
        if limit is None:
            return
        for w, who in self.choice.kept:
            for i in who:
                owed, gap, worth = terms(self.case, oracle_stress.one(self.case, i), self.choice.chosen[i], rows[w])
                self._row({(w, i): -1.0}, -owed)
                self._row({(w, i): -1.0, **{(i, p): -x for p, x in worth.items()}}, -gap)
            for i in self.choice.chosen.keys() - set(who):  # nobody stops who is called for nothing
                owed, gap, worth = terms(self.case, oracle_stress.one(self.case, i), self.choice.chosen[i], rows[w])
                if owed <= 0:
                    self._row({(i, p): x for p, x in worth.items()}, gap - 1e-5)
            self._row({(w, i): 1.0 for i in who}, limit)

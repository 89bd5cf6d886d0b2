"""Reasons of random small books, checked by other means: awards by a linear program (scipy), values and rules by
assembling the plan with the project in it. MINE2MAGNET_EXAMPLES sets how many books are looked at."""

import random
from collections import Counter
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest
from support.oracle_rules import cap, cost_rate
from support.repeatable import examples
from support.strategies import small_book
from support.tables import case

from models import checks
from models.case import Case
from models.plan import NotFinanced, Plan
from models.plan_assembly import decided, objective_value, rule_row
from models.schema import AWARD_MEASURES, Project
from models.sets import Sets, is_eligible, need
from optimizer.analysis.risk import solve
from optimizer.errors import Infeasible

MANY = examples(1.5)
GAIN = 5e-7


@cache
def books() -> list[tuple[Case, Plan]]:
    """The first books that can be solved; drawn when a test asks, since a worker that runs none needs none."""
    return list(_drawn())


def _drawn() -> Iterator[tuple[Case, Plan]]:
    result, seed = 0, 300
    while result < MANY:
        seed += 1
        drawn = case(small_book(random.Random(seed)))
        if checks.check(drawn)[0]:
            continue
        try:
            plan = solve(drawn, gap=0)
        except Infeasible:
            continue
        result += 1
        yield drawn, plan


@pytest.mark.parametrize("number", range(MANY))
def test_reasons_hold(number: int) -> None:
    drawn, plan = books()[number]
    for row in plan.not_financed:
        Added(drawn, plan, row).holds()


def test_the_books_have_reasons_to_look_at() -> None:
    counts = Counter(row.reason for _, plan in books() for row in plan.not_financed)
    assert counts["adds nothing"] > 0
    assert counts["programmes closed in its years or too small"] > 0
    assert counts["not worked out"] <= sum(counts.values()) / 10


class Added:
    """One project that is left out, beside the plan."""

    def __init__(self, drawn: Case, plan: Plan, row: NotFinanced) -> None:
        self.drawn, self.plan, self.row, self.sets = drawn, plan, row, Sets(drawn)
        self.project: Project = self.sets.by_id[row.id]
        self.chosen = {p.id: p.fid_year for p in plan.projects}
        self.awards = {(p.id, a.programme, a.year): a.face_m for p in plan.projects for a in p.awards}

    def holds(self) -> None:
        if self.project.together or any(self.project.id in p.together for p in self.drawn.projects):
            return  # partners come too
        years = list(self.sets.windows.get(self.project.id, ()))
        match self.row.reason:
            case "outbid":
                assert self.row.year in years
                assert self.gain(self.row.year) > GAIN
                assert self.payable(self.row.year, self.awards) is not True
                assert self.payable(self.row.year, {}) is not False
            case "programmes closed in its years or too small":
                assert not any(self.payable(t, {}) is True for t in self.following(years))
            case "adds nothing":
                assert all(self.gain(t) <= GAIN + 1e-9 for t in self.following(years) if self.payable(t, {}) is True)
            case "rule leaves no room":
                useful = [t for t in self.following(years) if self.payable(t, {}) is True and self.gain(t) > GAIN]
                assert all(self.breaks(t) for t in useful)
            case "nothing is financed that it could follow":
                assert not self.following(years)

    def following(self, years: list[int]) -> list[int]:
        ready = {u.id for u in self.sets.underway}
        by = {t: ready | {i for i, u in self.chosen.items() if u <= t} for t in years}
        return [t for t in years if all(by[t] & set(clause) for clause in self.project.requires)]

    def gain(self, year: int) -> float:
        with_it = decided(self.sets, {**self.chosen, self.project.id: year}, {})
        return objective_value(with_it) - objective_value(decided(self.sets, self.chosen, {}))

    def breaks(self, year: int) -> bool:
        rule = next(r for r in self.drawn.rules if r.rule == self.row.rule)
        if not rule.hard or {rule.measure, rule.per} & set(AWARD_MEASURES):
            return True  # rests on penalties or awards: the audit's own arithmetic is tested elsewhere
        return not rule_row(decided(self.sets, {**self.chosen, self.project.id: year}, self.awards), rule).holds

    def payable(self, year: int, awards: dict[tuple[str, str, int], float]) -> bool | None:
        """Whether awards exist beside those given, by a linear program; None where minimum tickets may forbid them."""
        wanted = need(self.project)
        if wanted <= 0:
            return True
        programmes = [g for g in self.drawn.programmes if is_eligible(self.project, g)]
        total = self.drawn.settings.total_budget_m
        if not self.drawn.programmes:
            spent = sum(need(self.sets.by_id[i]) for i in self.chosen) if awards is self.awards else 0.0
            return total is None or wanted <= total - spent + 1e-9
        rows, limits = self.rows(programmes, year, awards)
        most = [(0.0, cap(g, self.project)) for g in programmes]
        from scipy.optimize import linprog  # here: it loads more than most tests need

        solution = linprog([-1.0] * len(most), A_ub=rows or None, b_ub=limits or None, bounds=most)
        enough = bool(solution.status == 0 and -solution.fun >= wanted - 1e-7)
        return None if enough and any(g.min_ticket_m for g in programmes) else enough

    def rows(
        self, programmes: list[object], year: int, awards: dict[tuple[str, str, int], float]
    ) -> tuple[list[list[float]], list[float]]:
        rows: list[list[float]] = []
        limits: list[float] = []
        rate = {
            (g.id, p.id): cost_rate(self.drawn, g, p, self.drawn.settings.first_year)
            for g in self.drawn.programmes
            for p in self.drawn.projects
        }
        if self.drawn.settings.total_budget_m is not None:
            rows.append([rate[g.id, self.project.id] for g in programmes])
            spent = sum(rate[p, i] * face for (i, p, _), face in awards.items())
            limits.append(self.drawn.settings.total_budget_m - spent)
        for fund in self.sets.funds:
            members = {g.id for g in fund.programmes}
            unit = {k: 1.0 if fund.on_face else v for k, v in rate.items()}
            mine = [unit[g.id, self.project.id] if g.id in members else 0.0 for g in programmes]
            given = {k: unit[k[1], k[0]] * face for k, face in awards.items() if k[1] in members}
            if fund.total is not None:
                rows.append(mine)
                limits.append(fund.total - sum(given.values()))
            if fund.total_face is not None:
                rows.append([1.0 if g.id in members else 0.0 for g in programmes])
                limits.append(fund.total_face - sum(f for k, f in awards.items() if k[1] in members))
            if fund.envelopes is not None:
                charge = np.zeros(len(self.sets.years))
                for (i, _, t), amount in given.items():
                    charge += amount * self.profile(i, t)
                left = np.array([fund.envelopes[t] for t in self.sets.years]) - charge
                own = self.profile(self.project.id, year)
                if fund.carry_over:
                    left, own = np.cumsum(left), np.cumsum(own)
                rows += [[m * float(part) for m in mine] for part in own]
                limits += left.tolist()
        return rows, [max(0.0, x) for x in limits]

    def profile(self, project: str, year: int) -> np.ndarray:
        result = np.zeros(len(self.sets.years))
        parts = self.sets.profile[project] if self.drawn.settings.budget_basis == "outlay" else (1.0,)
        for k, part in enumerate(parts):
            if year + k <= self.sets.years[-1]:
                result[year + k - self.sets.years[0]] += part
        return result

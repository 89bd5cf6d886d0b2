"""Random books in which some selection meets or misses a limit by almost nothing, and their best plan in exact decimals.

Budgets that are rounded sums of needs are common: the set that was summed then misses the budget by a part of 1e-9 to
1e-6 of it. Small enough to look at every selection; the limits are read as the auditor reads them, as exact decimals.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations

from support.tables import Book, case, settings

from models.case import Case
from models.schema import Programme, Project, Rule

TOLERANCE = Fraction(1, 10**6)
KINDS = ("money", "programmes", "two programmes", "average", "share", "ratio", "count", "sum")
Picked = Sequence[Project]


@dataclass(frozen=True)
class ValueRange:
    """The best value with every limit kept exactly, and with every limit missed by at most the auditor's tolerance.
    None: no selection is allowed."""

    strict: float | None
    tolerant: float | None


@cache
def exact(number: float) -> Fraction:
    """The decimal number that is printed for this float."""
    return Fraction(repr(number))


# -- books ------------------------------------------------------------------------------------------------------------


def near_tie(seed: int) -> Book:
    """A book of 4 to 9 projects with a near tie of a drawn kind."""
    draw = random.Random(seed)
    kind = draw.choice(KINDS)
    projects = [project_row(draw, n, money_style(draw)) for n in range(draw.randint(4, 9))]
    book: Book = {"projects": projects, "settings": settings(first_year=2026, last_year=2030, last_fid_year=2026)}
    if draw.random() < 0.4:
        book["demand"] = [{"stage": "mine", 2026: draw.randint(5, 60) * 1000}]
    _programmes(book, draw, kind) if "programmes" in kind else _rules(book, draw, kind)
    return book


def wide(seed: int) -> Book:
    """A book whose numbers span up to fifteen orders of magnitude: money, tonnes, a measure, or all of them."""
    draw = random.Random(seed)
    columns = draw.choice((("capex_m",), ("capacity_tpa",), ("risk",), ("capex_m", "capacity_tpa", "risk")))
    projects = [project_row(draw, n, lambda x: x) for n in range(draw.randint(3, 7))]
    for row in projects:
        for column in columns:
            row[column] = float(f"{10 ** draw.uniform(-6, 9):.3g}") * (
                -1 if column == "risk" and draw.random() < 0.3 else 1
            )
    book: Book = {"projects": projects, "settings": settings(first_year=2026, last_year=2030, last_fid_year=2026)}
    kind = draw.choice(
        ("money", "programmes", "two programmes", "average", "share", "ratio", "sum", "nothing above zero")
    )
    if draw.random() < 0.6:
        tonnes = sum(exact(float(p["capacity_tpa"])) for p in draw.sample(projects, 2))
        book["demand"] = [{"stage": "mine", 2026: float(tonnes)}]
    if kind == "nothing above zero":
        _budget(book, "none")
        book["rules"] = [{"rule": "near", "measure": "risk", "aggregate": "sum", "sense": "<=", "value": 0.0}]
    else:
        _programmes(book, draw, kind) if "programmes" in kind else _rules(book, draw, kind)
    return book


def money_style(draw: random.Random) -> Callable[[float], float]:
    """How money is written: whole or tenths of millions, cents, or converted from another currency."""
    rate = round(draw.uniform(0.7, 160), draw.choice((2, 3, 4)))
    return draw.choice(
        (
            lambda x: float(round(x)), lambda x: round(x, 1), lambda x: round(x, 4), lambda x: round(x, 8),
            lambda x: round(x * rate) / rate, lambda x: x,
        )
    )  # fmt: skip


def project_row(draw: random.Random, n: int, money: Callable[[float], float]) -> dict[object, object]:
    return {
        "id": f"P{n}", "country": draw.choice(("US", "JP")), "stage": "mine", "build_years": draw.choice((0, 1)),
        "capacity_tpa": float(draw.randint(10, 2000) * 10), "capex_m": max(0.5, money(10 ** draw.uniform(0, 3))),
        "private_share": draw.choice((0, 0, 0.3, 0.45)), "risk": round(draw.uniform(5, 95), draw.choice((0, 2, 6))),
    }  # fmt: skip


def near(draw: random.Random, number: Fraction) -> float:
    """A limit that the number just misses or just keeps, or the number as a planner rounds it."""
    if draw.random() < 0.5:
        return float(number * (1 + Fraction(draw.choice((-1, -1, -1, 1)) * 10 ** draw.uniform(-9.5, -6))))
    return round(float(number), draw.choice((2, 3, 4, 5, 6, 7, 8)))


def _subset(draw: random.Random, world: Case) -> list[Project]:
    size = draw.randint(1, len(world.projects) - 1)
    return draw.sample(world.projects, size)


def _budget(book: Book, total: object) -> None:
    book["settings"] = [*book["settings"], {"key": "total_budget_m", "value": total}]


def _programmes(book: Book, draw: random.Random, kind: str) -> None:
    world = case(book)
    picked = _subset(draw, world)
    if kind == "programmes":  # each project has one programme
        rates = {c: draw.choice((1, 0.1, 0.123, 0.35)) for c in ("US", "JP")}
        on = {c: draw.choice(("cost", "face")) for c in rates}
        book["programmes"] = [
            {
                "id": f"fund {c}", "instrument": draw.choice(("grant", "loan", "guarantee")), "countries": c,
                "cost_rate": rates[c], "limit_on": on[c],
                "total_m": near(draw, sum((need(p) for p in picked if p.country == c), Fraction(0))
                                 * (exact(rates[c]) if on[c] == "cost" else 1)) or 1.0,
            }
            for c in rates
        ]  # fmt: skip
        _budget(book, "none")
        return
    share = draw.choice((0.5, 0.6, 0.8))
    whole = sum((need(p) for p in picked), Fraction(0))
    first = round(float(whole) * draw.uniform(0.4, 0.7), 3)
    rest = max(0.001, near(draw, whole - exact(first)))
    book["programmes"] = [
        {"id": name, "instrument": "grant", "max_share": share, "total_m": total, "uncapped": None}
        for name, total in (("fund a", first), ("fund b", rest))
    ]
    _budget(book, "none")


def _rules(book: Book, draw: random.Random, kind: str) -> None:
    world = case(book)
    picked, sense = _subset(draw, world), draw.choice((">=", "<="))
    every = sum((need(p) for p in world.projects), Fraction(0))
    spent = sum((need(p) for p in picked), Fraction(0))
    if kind == "money":
        _budget(book, near(draw, spent) or 1.0)
        return
    _budget(book, round(float(every) * draw.uniform(0.4, 1.0), 3))
    book["rules"] = [near_rule(draw, picked, kind, sense)]


def near_rule(draw: random.Random, picked: Picked, kind: str, sense: str) -> dict[object, object]:
    """A rule that these projects just keep or just miss."""
    capex = sum((exact(p.capex_m) for p in picked), Fraction(0))
    risk = sum((exact(p.capex_m) * exact(p.measures["risk"]) for p in picked), Fraction(0))
    tonnes = sum((exact(p.capacity_tpa) for p in picked), Fraction(0))
    inside = sum((exact(p.capex_m) for p in picked if p.country == "US"), Fraction(0))
    row: dict[object, object] = {"rule": "near", "sense": sense, "aggregate": kind}
    return (
        row
        | {
            "average": {"measure": "risk", "value": near(draw, risk / capex)},
            "share": {"measure": "capex", "where": "country=US", "value": near(draw, inside / capex)},
            "ratio": {"measure": "risk", "per": "capacity_tpa", "value": near(draw, _sum(picked, "risk") / tonnes)},
            "count": {
                "measure": "count",
                "aggregate": "sum",
                "value": float(len(picked)) + draw.choice((0, -1e-8, 1e-8)),
            },
            "sum": {"measure": "risk", "aggregate": "sum", "value": near(draw, _sum(picked, "risk"))},
        }[kind]
    )


def _sum(picked: Picked, column: str) -> Fraction:
    return sum((exact(p.measures[column]) for p in picked), Fraction(0))


# -- the best plan ----------------------------------------------------------------------------------------------------


def need(p: Project) -> Fraction:
    return _need(p.capex_m, p.private_share)


@cache
def _need(capex: float, private: float) -> Fraction:
    return exact(capex) * (1 - exact(private))


def best(world: Case) -> ValueRange:
    """The best value of every selection that is allowed."""
    result: dict[bool, float | None] = {True: None, False: None}
    for size in range(len(world.projects) + 1):
        for picked in combinations(world.projects, size):
            rows = [*_money_rows(world, picked), *rule_rows(world, picked)]
            for strict, tolerance in ((False, TOLERANCE), (True, Fraction(0))):
                if not all(holds(row, tolerance) for row in rows):
                    break
                reached, before = _value(world, picked), result[strict]
                result[strict] = reached if before is None else max(before, reached)
    return ValueRange(result[True], result[False])


def _value(world: Case, picked: Picked) -> float:
    if not world.demand:
        return float(sum(p.capacity_tpa for p in picked))
    demand, years = exact(world.demand[0].years[2026]), range(2026, 2031)
    parts = [
        min(
            Fraction(1), sum((exact(p.capacity_tpa) for p in picked if y - 2026 >= p.build_years), Fraction(0)) / demand
        )
        for y in years
    ]
    return float(sum(parts, Fraction(0)) / len(years))


Row = tuple[Fraction, Fraction, Fraction]
"""`left <= right`, and what the tolerance is measured in."""


def holds(row: Row, tolerance: Fraction) -> bool:
    left, right, base = row
    return left <= right + tolerance * max(Fraction(1), base)


def _money_rows(world: Case, picked: Picked) -> Iterator[Row]:
    budget = world.settings.total_budget_m
    if not world.programmes:
        cost = sum((need(p) for p in picked), Fraction(0))
        if budget is not None:
            yield cost, exact(budget), max(cost, exact(budget))
    elif any(g.countries for g in world.programmes):
        for g in world.programmes:
            yield _within(g, [p for p in picked if p.country in g.countries])
    else:
        yield from _shared(world.programmes, picked)


def _within(g: Programme, picked: Picked) -> Row:
    rate = exact(g.cost_rate or 0.0) if g.limit_on == "cost" else Fraction(1)
    spent, limit = sum((need(p) for p in picked), Fraction(0)) * rate, exact(g.total_m or 0.0)
    return spent, limit, max(spent, limit)


def _shared(programmes: Sequence[Programme], picked: Picked) -> Iterator[Row]:
    """Supply and demand (Gale 1957): what each set of programmes alone must bear is at most what it has."""
    for size in range(1, len(programmes) + 1):
        for able in combinations(programmes, size):
            others = [g for g in programmes if g not in able]
            caps = {p.id: sum((exact(g.max_share) * exact(p.capex_m) for g in others), Fraction(0)) for p in picked}
            must = sum((max(Fraction(0), need(p) - caps[p.id]) for p in picked), Fraction(0))
            has = sum((exact(g.total_m or 0.0) for g in able), Fraction(0))
            yield must, has, max(must, has)
    for p in picked:
        yield need(p), sum((exact(g.max_share) * exact(p.capex_m) for g in programmes), Fraction(0)), exact(p.capex_m)


def rule_rows(world: Case, picked: Picked) -> Iterator[Row]:
    for rule in world.rules:
        terms, right = _terms(rule, picked)
        left = sum(terms, Fraction(0))
        base = max([abs(exact(rule.value)), *map(abs, terms)])
        yield (left, right, base) if rule.sense == "<=" else (right, left, base)


def _terms(rule: Rule, picked: Picked) -> tuple[list[Fraction], Fraction]:
    value = exact(rule.value)
    if rule.aggregate == "sum":
        return [Fraction(1) if rule.measure == "count" else exact(p.measures["risk"]) for p in picked], value
    if rule.aggregate == "average":
        return [exact(p.capex_m) * (exact(p.measures["risk"]) - value) for p in picked], Fraction(0)
    if rule.aggregate == "share":
        return [exact(p.capex_m) * ((p.country == "US") - value) for p in picked], Fraction(0)
    return [exact(p.measures["risk"]) - value * exact(p.capacity_tpa) for p in picked], Fraction(0)


# -- the verdict ------------------------------------------------------------------------------------------------------


def faults(span: ValueRange, value: float | None, bound: float | None, slack: float = 6e-7) -> list[str]:
    """What is wrong with an answer (value and bound None: proved infeasible), given the best plan."""
    if value is None or bound is None:
        return [] if span.strict is None else [f"said to be infeasible, {span.strict} is possible"]
    if span.tolerant is None:
        return [f"{value} where no selection is allowed"]
    result = []
    strict = -1.0 if span.strict is None else span.strict
    if value < strict - slack * max(1.0, abs(strict)):
        result.append(f"value {value} below the optimum {strict}")
    if bound < strict - 1e-9 * max(1.0, abs(strict)):
        result.append(f"bound {bound} below the optimum {strict}")
    if value > span.tolerant + 1e-9 * max(1.0, abs(span.tolerant)):
        result.append(f"value {value} above {span.tolerant}, the best within the tolerance")
    return result

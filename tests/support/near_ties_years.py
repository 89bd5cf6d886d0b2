"""Near ties of money over several years: carry-over, outlays, currencies, totals, and rules beside them.

As `support.near_ties`, with decision years: every selection and every choice of years is looked at in exact decimals.
Where each project has one programme its award is its need, and running sums say whether the envelopes bear it. Where
programmes share projects the awards are a flow from envelopes to needs (Ford & Fulkerson 1956), worked out in fractions.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate, product
from typing import Any

from support.near_ties import (
    TOLERANCE,
    Row,
    ValueRange,
    exact,
    holds,
    money_style,
    near,
    near_rule,
    need,
    project_row,
    rule_rows,
)
from support.tables import Book, case, settings

from models.case import Case
from models.money import Exchange
from models.schema import Fx, Programme, Project

FIRST, LAST = 2026, 2030
RULES = ("average", "share", "ratio", "count", "sum")
Years = Mapping[str, int]
"""Project -> decision year of those that are financed."""


# -- books ------------------------------------------------------------------------------------------------------------


def near_tie_over_years(seed: int) -> Book:
    """A book of 3 to 5 projects whose money over the years a drawn selection just keeps or just misses."""
    draw = random.Random(seed)
    style, last = money_style(draw), FIRST + draw.choice((1, 2))
    projects = [_project(draw, n, style, last) for n in range(draw.randint(3, 5))]
    further = {"budget_basis": "outlay"} if draw.random() < 0.25 else {}
    book: Book = {
        "projects": projects,
        "settings": settings(first_year=FIRST, last_year=LAST, last_fid_year=last, **further),
    }
    if draw.random() < 0.6:
        _currencies(draw, book)
    if draw.random() < 0.6:
        book["demand"] = [{"stage": "mine", FIRST: draw.randint(5, 60) * 1000}]
    world = converted(book)
    years = _picked(draw, world, last)
    shared = not further and draw.random() < 0.35
    book["programmes"] = _shared(draw, world, years) if shared else _own(draw, world, years, _exchange(book))
    total = _total_budget(draw, world, years) if not shared and draw.random() < 0.4 else "none"
    book["settings"] += settings(total_budget_m=total)
    if draw.random() < 0.5:
        chosen = [p for p in world.projects if p.id in years]
        book["rules"] = [near_rule(draw, chosen, draw.choice(RULES), draw.choice((">=", "<=")))]
    return book


def converted(book: Book) -> Case:
    """The case of a book with its money in the base currency at the prices of its price year."""
    world = case(book)
    exchange = _exchange(book)
    return world.model_copy(
        update={
            "projects": tuple(exchange.project(p) for p in world.projects),
            "programmes": tuple(exchange.programme(g) for g in world.programmes),
            "fx": _fx(book),
            "conversions": exchange.conversions(),
        }
    )


def _exchange(book: Book) -> Exchange:
    return Exchange.of("USD", FIRST, _fx(book))


def _fx(book: Book) -> tuple[Fx, ...]:
    return tuple(Fx(row=n, **row) for n, row in enumerate(book.get("fx", []), 2))


def _project(draw: random.Random, n: int, style: Callable[[float], float], last: int) -> dict[object, object]:
    row = project_row(draw, n, style) | {"build_years": draw.choice((0, 1, 2))}
    if draw.random() < 0.3:
        row["earliest_fid"] = draw.randint(FIRST, last)
    return row


def _currencies(draw: random.Random, book: Book) -> None:
    """Japanese (or all) money in yen, of another price year now and then."""
    inflation = draw.choice((0.0, 0.02, 0.013))
    book["fx"] = [
        {"currency": "JPY", "per_base": round(draw.uniform(90, 160), draw.choice((0, 2))), "inflation": inflation}
    ]
    everywhere = draw.random() < 0.3
    for row in book["projects"]:
        if everywhere or row["country"] == "JP":
            row |= {"currency": "JPY", "capex_m": float(round(row["capex_m"] * 120, draw.choice((0, 1, 2))))}
            if draw.random() < 0.3:
                row["price_year"] = 2024


def _picked(draw: random.Random, world: Case, last: int) -> dict[str, int]:
    chosen = draw.sample(world.projects, draw.randint(2, len(world.projects)))
    return {p.id: draw.randint(p.earliest_fid or FIRST, last) for p in chosen}


def _own(draw: random.Random, world: Case, years: Years, exchange: Exchange) -> list[dict[object, object]]:
    """A programme for each country, so that each project has one."""
    rows = []
    for country in sorted({p.country for p in world.projects}):
        row = _row(draw, f"fund {country}") | {"countries": country}
        row |= {"instrument": draw.choice(("grant", "loan")), "cost_rate": draw.choice((1, 1, 0.1, 0.123))}
        row["limit_on"] = draw.choice(("cost", "face"))
        if "JPY" in exchange.rates and country == "JP":
            row |= {"currency": "JPY", "money": draw.choice(("real", "nominal"))}
        rate = exact(float(str(row["cost_rate"]))) if row["limit_on"] == "cost" else Fraction(1)
        mine = [p for p in world.projects if p.country == country]
        charges = _charges(world, mine, years, rate)
        rows.append(row | _limits(draw, charges, _factor(row, exchange)))
    return rows


def _factor(row: Mapping[object, object], exchange: Exchange) -> Callable[[int], Fraction]:
    """Year -> value in the case for one in a cell of that year."""
    currency, nominal = str(row.get("currency", "USD")), row.get("money") == "nominal"
    return lambda year: exact(exchange.factor(currency, year if nominal else FIRST))


def _shared(draw: random.Random, world: Case, years: Years) -> list[dict[object, object]]:
    """Two programmes of which each pays a part of any project; at cost rate 1."""
    share = draw.choice((0.5, 0.6, 0.8))
    charges, part = _charges(world, world.projects, years, Fraction(1)), Fraction(draw.choice((30, 45, 50)), 100)
    rows = []
    for name, portion in (("fund a", part), ("fund b", 1 - part)):
        row = _row(draw, name) | {"instrument": "grant", "max_share": share}
        rows.append(row | _limits(draw, {t: v * portion for t, v in charges.items()}, lambda _: Fraction(1)))
    return rows


def _row(draw: random.Random, name: str) -> dict[object, object]:
    return {"id": name, "carry_over": draw.choice(("yes", "yes", "no"))}


def _limits(
    draw: random.Random, charges: Mapping[int, Fraction], factor: Callable[[int], Fraction]
) -> dict[object, object]:
    """Envelopes that the charges just keep or just miss: running sums of them, or each; or only a total."""
    if draw.random() < 0.2:
        return {"total_m": max(0.01, near(draw, sum(charges.values(), Fraction(0)) / factor(FIRST)))}
    limits: dict[object, object] = {}
    kept = Fraction(0)
    for year in range(FIRST, LAST + 1):
        kept += charges.get(year, Fraction(0)) / factor(year)
        if draw.random() < 0.3:  # money comes late: the next year's envelope has to bear both
            limits[year] = 0.0
            continue
        limits[year] = max(0.0, near(draw, kept)) if kept else draw.choice((0.0, 0.0, 1.0))
        kept = Fraction(0)
    if draw.random() < 0.3:
        limits["total_m"] = max(0.01, near(draw, sum(charges.values(), Fraction(0)) / factor(FIRST)))
    return limits


def _total_budget(draw: random.Random, world: Case, years: Years) -> float:
    """Near the needs of the selection, whatever the cost rates are."""
    spent = sum((need(p) for p in world.projects if p.id in years), Fraction(0))
    return max(0.01, near(draw, spent * Fraction(draw.choice((1, 1, 1, 10, 12)), 10)))


# -- the best plan ----------------------------------------------------------------------------------------------------


def best_over_years(world: Case) -> ValueRange:
    """The best value of all selections and decision years that are allowed."""
    options = [(None, *range(p.earliest_fid or FIRST, world.settings.last_fid_year + 1)) for p in world.projects]
    result: dict[bool, float | None] = {True: None, False: None}
    plans = [
        {p.id: t for p, t in zip(world.projects, choice, strict=True) if t is not None} for choice in product(*options)
    ]
    valued = sorted(((_value(world, years), n) for n, years in enumerate(plans)), key=lambda pair: (-pair[0], pair[1]))
    for value, n in valued:
        if not _allowed(world, plans[n], TOLERANCE):
            continue
        if result[True] is None:
            result[True] = float(value)
        if _allowed(world, plans[n], Fraction(0)):
            return ValueRange(float(value), result[True])
    return ValueRange(None, result[True])


def _value(world: Case, years: Years) -> Fraction:
    delivered = {
        y: sum(
            (exact(p.capacity_tpa) for p in world.projects if p.id in years and y >= years[p.id] + p.build_years),
            Fraction(0),
        )
        for y in range(FIRST, LAST + 1)
    }
    if not world.demand:
        return delivered[LAST]
    demand = exact(world.demand[0].years[FIRST])
    return sum((min(Fraction(1), tonnes / demand) for tonnes in delivered.values()), Fraction(0)) / len(delivered)


def _allowed(world: Case, years: Years, tolerance: Fraction) -> bool:
    picked = [p for p in world.projects if p.id in years]
    return all(holds(row, tolerance) for row in rule_rows(world, picked)) and _affordable(
        world, picked, years, tolerance
    )


def _affordable(world: Case, picked: Sequence[Project], years: Years, tolerance: Fraction) -> bool:
    if any(g.countries for g in world.programmes):
        return all(holds(row, tolerance) for row in _own_rows(world, picked, years))
    return _flow_reaches(world, picked, years, tolerance)


def _charges(world: Case, projects: Sequence[Project], years: Years, rate: Fraction) -> dict[int, Fraction]:
    """Year -> what the needs of the selection charge to envelopes in it."""
    charges: dict[int, Fraction] = {}
    for p in projects:
        if p.id in years:
            spread = 1 if world.settings.budget_basis == "commitment" else max(p.build_years, 1)
            for k in range(spread):
                year = years[p.id] + k
                charges[year] = charges.get(year, Fraction(0)) + need(p) * rate / spread
    return charges


def _own_rows(world: Case, picked: Sequence[Project], years: Years) -> Iterator[Row]:
    cost = Fraction(0)
    for g in world.programmes:
        mine = [p for p in picked if p.country in g.countries]
        rate = exact(1.0 if g.cost_rate is None else g.cost_rate)
        needs = sum((need(p) for p in mine), Fraction(0))
        cost += needs * rate
        charged = rate if g.limit_on == "cost" else Fraction(1)
        if g.total_m is not None:
            yield needs * charged, exact(g.total_m), exact(g.total_m)
        yield from _envelope_rows(g, _charges(world, mine, years, charged))
    if world.settings.total_budget_m is not None:
        yield cost, exact(world.settings.total_budget_m), exact(world.settings.total_budget_m)


def _envelope_rows(g: Programme, charges: Mapping[int, Fraction]) -> Iterator[Row]:
    """Each year's; with carry-over running sums, whose tolerance is that of all years so far together."""
    if not g.envelopes:
        return
    given = [exact(g.envelopes.get(t, 0.0)) for t in range(FIRST, LAST + 1)]
    spent = [charges.get(t, Fraction(0)) for t in range(FIRST, LAST + 1)]
    if not g.carry_over:
        yield from ((s, e, max(s, e)) for s, e in zip(spent, given, strict=True))
        return
    have = list(accumulate(given))
    room = list(accumulate(max(Fraction(1), h) for h in have))
    yield from zip(accumulate(spent), have, room, strict=True)


def _flow_reaches(world: Case, picked: Sequence[Project], years: Years, tolerance: Fraction) -> bool:
    """Whether the envelopes of all programmes can pay every need."""

    def wider(limit: Fraction, size: Fraction | None = None) -> Fraction:
        return limit + tolerance * max(Fraction(1), limit if size is None else size)

    arcs: dict[Any, dict[Any, Fraction]] = {}
    wanted = Fraction(0)
    for p in picked:
        least = max(Fraction(0), need(p) - tolerance * max(Fraction(1), exact(p.capex_m)))
        arcs.setdefault(p.id, {})["needs"] = least
        wanted += least
    everything = wanted + 1
    for g in world.programmes:
        arcs.setdefault("money", {})[g.id] = everything if g.total_m is None else wider(exact(g.total_m))
        before = Fraction(0)
        for t in range(FIRST, LAST + 1):
            given = exact(g.envelopes.get(t, 0.0)) if g.envelopes else everything
            before = before + given if g.carry_over else given
            arcs.setdefault(g.id, {})[g.id, t] = wider(given, before)
            node = arcs.setdefault((g.id, t), {})
            if g.carry_over and t < LAST:
                node[g.id, t + 1] = everything
            for p in picked:
                if years[p.id] == t:
                    node[p.id] = wider(exact(g.max_share) * exact(p.capex_m))
    return _largest_flow(arcs, "money", "needs") >= wanted


def _largest_flow(arcs: dict[Any, dict[Any, Fraction]], source: Any, sink: Any) -> Fraction:
    """By shortest augmenting paths (Edmonds & Karp 1972); `arcs` become the residual network."""
    flow = Fraction(0)
    while path := _path(arcs, source, sink):
        pushed = min(arcs[a][b] for a, b in path)
        for a, b in path:
            arcs[a][b] -= pushed
            back = arcs.setdefault(b, {})
            back[a] = back.get(a, Fraction(0)) + pushed
        flow += pushed
    return flow


def _path(arcs: Mapping[Any, Mapping[Any, Fraction]], source: Any, sink: Any) -> list[tuple[Any, Any]]:
    came: dict[Any, Any] = {source: None}
    waiting = [source]
    for node in waiting:
        for other, room in arcs.get(node, {}).items():
            if room > 0 and other not in came:
                came[other] = node
                waiting.append(other)
    if sink not in came:
        return []
    path, node = [], sink
    while came[node] is not None:
        path.append((came[node], node))
        node = came[node]
    return path

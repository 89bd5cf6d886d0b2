"""Viability for people: which projects pay at the prices of the book, what support closes, and the cost curve.

The cost curve orders the projects of a stage by the multiple of the price path at which each of them needs no support, as
wide as what they make: a supply curve of incentive prices (Tilton & Guzman, Mineral Economics and Policy, 2016, ch. 3).
"""

from collections.abc import Sequence
from itertools import groupby
from math import fsum
from typing import Any

import altair as alt

from models.case import Case
from models.market_rows import MarketRow, market_rows
from models.plan import Plan
from models.sets import Sets
from models.terms import output
from optimizer.reports.formatting import count, money, number, percent, shorten, stage_name
from optimizer.reports.html.charts import EXISTING, FINANCED, INK, MISSING, Figure, colours, values
from optimizer.reports.report_table import Grid, capital, columns

HIGHEST = 4.0
"""Multiple of the price path up to which the cost curve is drawn; what clears above it is cut there and said in the table."""
FATES = {"financed": FINANCED, "left out": EXISTING}
NAMED = 0.05
"""Part of a stage's width from which a project is named in the chart."""


def rows_of(case: Case, plan: Plan) -> tuple[MarketRow, ...]:
    """Every project that states its cost, by clearing price."""
    return market_rows(Sets(case), plan) if case.prices else ()


def sentences(rows: Sequence[MarketRow]) -> list[str]:
    """How many pay by themselves, and what support closes; nothing without viability."""
    if not rows:
        return []
    pay = [r for r in rows if r.pays]
    financed = [r for r in rows if r.financed is not None]
    gaps = [r for r in financed if not r.pays]
    pays = "pays" if len(pay) == 1 else "pay"
    said = [f"At these prices {len(pay)} of {count(len(rows), 'project')} with a stated cost {pays} without support"]
    if gaps:
        closed = money(fsum(r.gap_m for r in gaps))
        worth = money(fsum(r.worth_m for r in gaps))
        lack = "lacks" if len(gaps) == 1 else "lack"
        said.append(f"{len(gaps)} of the {len(financed)} financed {lack} {closed}, closed by support worth {worth}")
    free = [r for r in financed if r.pays and r.worth_m > 0]
    if free:
        given = money(fsum(r.worth_m for r in free))
        receive = "receives" if len(free) == 1 else "receive"
        said.append(f"{len(free)} financed would pay without support and {receive} support worth {given}")
    return ["; ".join(said) + "."]


# -- tables ------------------------------------------------------------------------------------------------------------


def viability_table(case: Case, plan: Plan, rows: Sequence[MarketRow]) -> Grid:
    """One line a project, by clearing price."""
    currency = case.settings.base_currency
    why: dict[str, str] = {row.id: row.reason for row in plan.not_financed}
    heads = columns(
        "project",
        ("id", "id"),
        "stage",
        "what becomes of it",
        ("decided", "year"),
        (f"capital asked for, M {currency}", "number"),
        (f"bankable at these prices, M {currency}", "number"),
        (f"gap, M {currency}", "number"),
        (f"value without support, M {currency}", "number"),
        (f"support is worth, M {currency}", "number"),
        ("clears at, of the price path", "part"),
        "main material",
        (f"its price, {currency} per t", "number"),
        (f"clears at, {currency} per t", "number"),
    )
    note = (
        "Cash at nameplate over the whole life, at the hurdle rate. Bankable: the most capital that it serves. Of projects "
        "left out: the year of least gap, and the most that support could be worth. Prices are those of the first year of "
        "delivery."
    )
    return Grid("viability", "Viability at these prices", heads, tuple(_line(r, why) for r in rows), note)


def _line(r: MarketRow, why: dict[str, str]) -> tuple[object, ...]:
    p = r.project
    fate = "financed" if r.financed is not None else why.get(p.id, "left out")
    return (
        p.name or p.id, p.id, stage_name(p.stage), fate, r.year, p.capex_m - p.secured_m, r.bankable_m, r.gap_m, r.npv_m,
        r.worth_m, r.clears_at, r.material, r.price or None, r.clears_at_price,
    )  # fmt: skip


def award_table(case: Case, plan: Plan) -> Grid:
    """What each award is worth to its project, and what the budget expects to earn by it."""
    currency = case.settings.base_currency
    instrument = {p.id: p.instrument for p in case.programmes}
    rows = tuple(
        (f.id, a.programme, instrument[a.programme], a.face_m, a.cost_m, a.worth_m, a.expected_receipt_m)
        for f in plan.projects
        for a in f.awards
        if a.worth_m is not None or a.expected_receipt_m
    )
    heads = columns(
        ("project", "id"),
        ("programme", "id"),
        "instrument",
        (f"face value, M {currency}", "number"),
        (f"budget cost, M {currency}", "number"),
        (f"worth to the project, M {currency}", "amount"),
        (f"expected receipt, M {currency}", "amount"),
    )
    note = (
        "Worth: the grant that would do as much for the project. A price floor pays the strike on all contained metal and "
        "the buyer pays only the payable part of the price: it does not guarantee the strike. Expected receipts are reported "
        "and pay for nothing."
    )
    return Grid("worth", "What each award is worth", heads, rows, note, "No award has a stated worth.")


# -- the cost curve ----------------------------------------------------------------------------------------------------


def curve_figures(rows: Sequence[MarketRow], order: Sequence[str]) -> list[Figure]:
    """One cost curve a stage, along the chain."""
    place = {stage: n for n, stage in enumerate(order)}
    drawn = [r for r in rows if r.clears_at is not None and output(r.project) > 0]
    by_stage = groupby(
        sorted(drawn, key=lambda r: (place.get(r.project.stage, len(place)), r.project.stage)),
        lambda r: r.project.stage,
    )
    return [_curve(n, stage, list(of)) for n, (stage, of) in enumerate(by_stage, 1)]


def _curve(n: int, stage: str, rows: list[MarketRow]) -> Figure:
    rows = sorted(rows, key=lambda r: (r.clears_at or 0.0, r.project.id))
    bars, left = [], 0.0
    for r in rows:
        bars.append(_bar(r, left))
        left += output(r.project)
    for bar in bars:
        bar["name"] = bar["id"] if bar["to"] - bar["from"] >= NAMED * left else ""
    title = f"{capital(stage_name(stage))}: price at which each project needs no support"
    pays = fsum(output(r.project) for r in rows if r.pays)
    words = (
        f"{number(pays)} of {number(left)} t/yr need no support at these prices; as wide as the output outside China."
    )
    return Figure(f"curve-{n}", title, words, _drawn(bars), _curve_table(n, title, rows))


def _bar(r: MarketRow, left: float) -> dict[str, Any]:
    clears = r.clears_at or 0.0
    fate = "financed" if r.financed is not None else "left out"
    words = f"{r.project.id}, {fate}: clears at {percent(clears)} % of the price path, {number(output(r.project))} t/yr"
    top = min(max(clears, 0.0), HIGHEST)
    return {
        "id": shorten(r.project.id, 18), "from": left, "to": left + output(r.project), "top": top, "zero": 0.0, "fate": fate,
        "middle": left + output(r.project) / 2, "words": words,
    }  # fmt: skip


def _drawn(bars: list[dict[str, Any]]) -> Any:
    highest = max([1.2, *(1.1 * bar["top"] for bar in bars)])
    across = alt.X("from:Q", title="output outside China, t/yr", axis=alt.Axis(tickCount=6, format=",~f"))
    up = alt.Y("top:Q", title="of the price path", axis=alt.Axis(format="%", tickCount=5)).scale(domain=[0, highest])
    used = {fate: colour for fate, colour in FATES.items() if any(bar["fate"] == fate for bar in bars)}
    base = alt.Chart(values(bars))
    rects = base.mark_rect(stroke="white", strokeWidth=0.7).encode(
        x=across, x2="to:Q", y=up, y2="zero:Q", color=colours("fate", used), description=alt.Description("words:N")
    )
    names = base.mark_text(dy=-6, fontSize=10, color=INK).encode(x="middle:Q", y="top:Q", text="name:N")
    line = alt.Chart(values([{"path": 1.0, "says": "price path"}])).mark_rule(
        color=MISSING, strokeWidth=1.6, strokeDash=[5, 3]
    )
    return (rects + names + line.encode(y="path:Q")).properties(width=960, height=240)


def _curve_table(n: int, title: str, rows: Sequence[MarketRow]) -> Grid:
    heads = columns(
        ("project", "id"), "what becomes of it", ("output, t/yr", "number"), ("clears at, of the price path", "part")
    )
    lines = tuple(
        (r.project.id, "financed" if r.financed is not None else "left out", output(r.project), r.clears_at)
        for r in rows
    )
    return Grid(f"curve-{n}", title, heads, lines)

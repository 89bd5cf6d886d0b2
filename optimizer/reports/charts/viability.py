"""The cost curve: the projects of a stage by the multiple of the price path at which each of them needs no support.

A bar is as wide as what its project makes: a supply curve of incentive prices (Tilton & Guzman, Mineral Economics and
Policy, 2016, ch. 3).
"""

from collections.abc import Sequence
from itertools import groupby
from math import fsum
from typing import Any

import altair as alt

from models.market_rows import MarketRow
from models.terms import output
from optimizer.reports.formatting import number, percent, shorten, stage_name
from optimizer.reports.html.charts import EXISTING, FINANCED, INK, MISSING, Figure, colours, values
from optimizer.reports.language import N_, tr
from optimizer.reports.report_table import Grid, capital, columns

HIGHEST = 4.0
"""Multiple of the price path up to which the cost curve is drawn; what clears above it is cut there and said in the table."""
FATES = {N_("financed"): FINANCED, N_("left out"): EXISTING}
NAMED = 0.05
"""Part of a stage's width from which a project is named in the chart."""


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
    title = tr("{stage}: price at which each project needs no support", stage=capital(stage_name(stage)))
    pays = fsum(output(r.project) for r in rows if r.pays)
    words = tr(
        "{pays} of {left} t/yr need no support at these prices; as wide as the output outside China.",
        pays=number(pays),
        left=number(left),
    )
    return Figure(f"curve-{n}", title, words, _drawn(bars), _curve_table(n, title, rows))


def _bar(r: MarketRow, left: float) -> dict[str, Any]:
    clears = r.clears_at or 0.0
    fate = tr("financed") if r.financed is not None else tr("left out")
    words = tr(
        "{id}, {fate}: clears at {clears} % of the price path, {output} t/yr",
        id=r.project.id,
        fate=fate,
        clears=percent(clears),
        output=number(output(r.project)),
    )
    top = min(max(clears, 0.0), HIGHEST)
    return {
        "id": shorten(r.project.id, 18), "from": left, "to": left + output(r.project), "top": top, "zero": 0.0, "fate": fate,
        "middle": left + output(r.project) / 2, "words": words,
    }  # fmt: skip


def _drawn(bars: list[dict[str, Any]]) -> Any:
    highest = max([1.2, *(1.1 * bar["top"] for bar in bars)])
    across = alt.X("from:Q", title=tr("output outside China, t/yr"), axis=alt.Axis(tickCount=6, format=",~f"))
    up = alt.Y("top:Q", title=tr("of the price path"), axis=alt.Axis(format="%", tickCount=5)).scale(
        domain=[0, highest]
    )
    used = {tr(fate): tone for fate, tone in FATES.items() if any(bar["fate"] == tr(fate) for bar in bars)}
    base = alt.Chart(values(bars))
    rects = base.mark_rect(stroke="white", strokeWidth=0.7).encode(
        x=across,
        x2=alt.X2("to:Q"),
        y=up,
        y2=alt.Y2("zero:Q"),
        color=colours("fate", used),
        description=alt.Description("words:N"),
    )
    names = base.mark_text(dy=-6, fontSize=10, color=INK).encode(
        x=alt.X("middle:Q"), y=alt.Y("top:Q"), text=alt.Text("name:N")
    )
    line = alt.Chart(values([{"path": 1.0, "says": tr("price path")}])).mark_rule(
        color=MISSING, strokeWidth=1.6, strokeDash=[5, 3]
    )
    return (rects + names + line.encode(y=alt.Y("path:Q"))).properties(width=960, height=240)


def _curve_table(n: int, title: str, rows: Sequence[MarketRow]) -> Grid:
    heads = columns(
        ("project", "id"), "what becomes of it", ("output, t/yr", "number"), ("clears at, of the price path", "part")
    )
    lines = tuple(
        (r.project.id, tr("financed") if r.financed is not None else tr("left out"), output(r.project), r.clears_at)
        for r in rows
    )
    return Grid(f"curve-{n}", title, heads, lines)

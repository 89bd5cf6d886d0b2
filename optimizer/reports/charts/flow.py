"""Charts of the chain: built and delivered shares from stage to stage, and the fed part of each process."""

from collections.abc import Sequence
from math import fsum
from typing import Any

import altair as alt

from models.case import Case
from models.milestones import middle
from models.plan import Plan, ProcessRow
from optimizer.reports.chain import has_chain
from optimizer.reports.chain.numbers import Link, by_stage, in_chain_order, links, nameplate, unfed
from optimizer.reports.chain.sankey_links import Ribbon, ribbons
from optimizer.reports.chain.tables import funnel_table, process_table
from optimizer.reports.formatting import clauses, listed, number, percent, share, shorten
from optimizer.reports.html.charts import (
    AFTER_NUMBER,
    FINANCED,
    INK,
    MUTED,
    SERIES,
    Figure,
    Size,
    colours,
    numbered,
    values,
    year_axis,
)
from optimizer.reports.language import spaced, tr
from optimizer.reports.report_table import Grid, capital, columns

DELIVERED, IDLE = FINANCED, "#d97a1f"
_WIDE = 0.56
"""Part of a column that its bar takes; the rest is the band to the next one."""
_HEIGHT = 280
_POINTS = 12
"""Steps of a ribbon's curve."""
_MOST = 24
"""Processes in the picture, the largest unfed first; the table has all."""


def chain_figures(case: Case, plan: Plan) -> list[Figure]:
    """The pictures of a chain at the middle milestone; none without one."""
    if not has_chain(plan):
        return []
    year = middle(case, plan)
    rows = in_picture([row for row in by_stage(case, links(plan)) if row.year == year])
    return [*delivered_figure(case, plan), flow_figure(case, plan, rows, year), *fed_figure(case, plan, year)]


# -- over time -------------------------------------------------------------------------------------------------------


def delivered_figure(case: Case, plan: Plan) -> list[Figure]:
    """One line per stage: the share of demand that is delivered, and dashed what nameplate capacity could cover."""
    rows = [row for row in by_stage(case, links(plan)) if row.demand_t > 0]
    names = list(dict.fromkeys(row.name for row in rows))[: len(SERIES)]
    points = [point for row in rows if row.name in names for point in _points(row.name, row)]
    if not points:
        return []
    lines = {tr("delivered"): [1, 0], tr("nameplate"): [4, 3]}
    dash = (
        alt.StrokeDash("which:N", title=None, sort=None, legend=alt.Legend(symbolType="stroke"))
        .scale(domain=list(lines), range=list(lines.values()))
    )  # fmt: skip
    up = alt.Y("share:Q", title=tr("share of demand"), axis=alt.Axis(format="%", tickCount=5)).scale(domain=[0, 1])
    tones = colours("row", dict(zip(names, SERIES, strict=False)))

    def chart(size: Size) -> Any:
        return (
            alt.Chart(values(points))
            .mark_line(strokeWidth=2.2)
            .encode(
                x=year_axis(), y=up, color=tones.legend(columns=1 if size.is_narrow else 4, symbolType="stroke"),
                strokeDash=dash, description=alt.Description("words:N"),
            )
            .properties(height=240)
        )  # fmt: skip

    title = tr("Share of demand outside China: delivered, and what nameplate capacity could cover")
    years = sorted({row.year for row in rows})
    last = [row for row in rows if row.year == years[-1]]
    words = clauses(
        tr(
            "{name} {delivered} % of {nameplate} %",
            name=r.name,
            delivered=percent(r.delivered),
            nameplate=percent(r.nameplate),
        )
        for r in last
    )
    cells = tuple((r.name, r.year, r.nameplate, r.delivered) for r in rows)
    heads = columns("stage", ("year", "year"), ("nameplate", "share"), ("delivered", "share"))
    caption = tr("Delivered of nameplate in {year}: {words}.", year=years[-1], words=words)
    return [Figure("delivered", title, caption, chart, Grid("delivered", title, heads, cells))]


def _points(name: str, row: Link) -> list[dict[str, Any]]:
    return [
        {
            "row": name,
            "year": str(row.year),
            "which": which,
            "share": share,
            "words": tr(
                "{name}, {year}, {which}: {share} % of demand",
                name=name,
                year=row.year,
                which=which,
                share=percent(share),
            ),
        }
        for which, share in ((tr("delivered"), row.delivered), (tr("nameplate"), row.nameplate))
    ]


def in_picture(rows: Sequence[Link]) -> list[Link]:
    """Rows along the chain, within a stage the largest demand last, beside the stage that it feeds."""
    stages = list(dict.fromkeys(row.stage for row in rows))
    return sorted(rows, key=lambda row: (stages.index(row.stage), row.demand_t))


# -- the flow --------------------------------------------------------------------------------------------------------


def flow_figure(case: Case, plan: Plan, rows: Sequence[Link], year: int) -> Figure:
    """One bar per demand row, as high as its share of demand: delivered in full, built in dashes; ribbons show what feeds
    what, as thick as the part of the demand that goes in and comes out."""
    names = [capital(row.name) for row in rows]
    bars = [_bar(n, names[n], row) for n, row in enumerate(rows)]
    ribbon_rows = ribbons(case, plan, rows, year)
    axis = alt.Axis(format="%", tickCount=5, title=tr("share of demand outside China"))
    along = alt.X("x:Q", axis=None).scale(domain=[-0.1, len(rows) - 1 + _WIDE + 0.1], nice=False)
    band = (
        alt.Chart(values(bands(rows, ribbon_rows)))
        .mark_area(color=DELIVERED, fillOpacity=0.26, line=False)
        .encode(
            x=along,
            y=alt.Y("y:Q", axis=axis, stack=None).scale(domain=[0, 1]),
            y2=alt.Y2("y2:Q"),
            detail=alt.Detail("band:N"),
        )
    )
    built, delivered = (
        alt.Chart(values(bars))
        .mark_rect(**look)
        .encode(
            x=along, x2=alt.X2("x2:Q"), y=alt.Y(f"{which}:Q"), y2=alt.Y2Datum(0), description=alt.Description("words:N")
        )
        for which, look in (("built", _DASHED), ("delivered", {"color": DELIVERED}))
    )
    chart = alt.layer(band, delivered, built, *_labels(bars), width=960, height=_HEIGHT)
    title = tr("From stage to stage in {year}: what is delivered with feed from outside China", year=year)
    note = tr("Dashed: what nameplate capacity could cover. Ribbons: what feeds what.")
    return Figure("flow", title, spaced(_in_words(rows), note), chart, funnel_table(case, plan, year))


_DASHED: dict[str, Any] = {"fillOpacity": 0, "stroke": MUTED, "strokeWidth": 1.6, "strokeDash": [4, 3]}


def _bar(place: int, name: str, row: Link) -> dict[str, Any]:
    words = tr(
        "{name}: nameplate {nameplate} %, delivered {delivered} % of {demand} t/yr",
        name=name,
        nameplate=percent(row.nameplate),
        delivered=percent(row.delivered),
        demand=number(row.demand_t),
    )
    return {
        "x": place,
        "x2": place + _WIDE,
        "mid": place + _WIDE / 2,
        "name": name.split(" "),
        "built": row.nameplate,
        "delivered": row.delivered,
        "top": max(row.nameplate, row.delivered),
        "label": share(row.delivered),
        "words": words,
    }


def bands(rows: Sequence[Link], ribbon_rows: Sequence[Ribbon]) -> list[dict[str, Any]]:
    """The ribbons between the bars, stacked from the ground on both sides and never higher than the bars."""
    out = _thickness(rows, [(r.source, r.used_t) for r in ribbon_rows])
    into = _thickness(rows, [(r.target, r.made_t) for r in ribbon_rows])
    points = []
    for n, (ribbon, (a, a2), (b, b2)) in enumerate(zip(ribbon_rows, out, into, strict=True)):
        first, last = ribbon.source + _WIDE, float(ribbon.target)
        for k in range(_POINTS + 1):
            part = k / _POINTS
            bend = part * part * (3 - 2 * part)  # smoothstep
            points.append({
                "band": n, "x": first + (last - first) * part, "y": a + (b - a) * bend, "y2": a2 + (b2 - a2) * bend
            })  # fmt: skip
    return points


def _thickness(rows: Sequence[Link], ends: Sequence[tuple[int, float]]) -> list[tuple[float, float]]:
    """Upper and lower edge of each ribbon at its bar, in parts of the bar's demand."""
    spans, top = [], [0.0] * len(rows)
    whole = [fsum(tonnes for place, tonnes in ends if place == n) for n in range(len(rows))]
    for place, tonnes in ends:
        row = rows[place]
        thick = tonnes * min(1.0 / row.demand_t, row.delivered / whole[place]) if row.demand_t > 0 else 0.0
        spans.append((top[place] + thick, top[place]))
        top[place] += thick
    return spans


def _labels(bars: list[dict[str, Any]]) -> list[Any]:
    base = alt.Chart(values(bars)).encode(x=alt.X("mid:Q"))
    shares = base.mark_text(dy=-7, fontWeight=600, color=INK).encode(y=alt.Y("top:Q"), text=alt.Text("label:N"))
    names = base.mark_text(baseline="top", dy=8, color=MUTED, lineHeight=12).encode(
        y=alt.YDatum(0), text=alt.Text("name:N")
    )
    return [shares, names]


def _in_words(rows: Sequence[Link]) -> str:
    caption = listed(
        tr(
            "{name} {delivered} % (nameplate {nameplate} %)",
            name=r.name,
            delivered=percent(r.delivered),
            nameplate=percent(r.nameplate),
        )
        for r in rows
    )
    return tr("Delivered share of demand: {caption}.", caption=caption)


# -- what is fed -----------------------------------------------------------------------------------------------------


def fed_figure(case: Case, plan: Plan, year: int) -> list[Figure]:
    """One bar per process: the part of its capacity that is fed from outside China."""
    rows = [row for row in in_chain_order(case, plan.processes) if row.year == year and nameplate(row) > 0]
    if not rows:
        return []
    most = {r.process for r in sorted(rows, key=lambda r: -unfed(r))[:_MOST]}
    shown = [r for r in rows if r.process in most]

    def chart(size: Size) -> Any:
        names = alt.Axis(labelExpr=AFTER_NUMBER, ticks=False, domain=False, labelPadding=8, title=None)
        across = alt.Axis(format="%", tickCount=5, title=tr("part of nameplate capacity"))
        parts = [part for n, row in enumerate(shown) for part in _parts(n, row, size.letters)]
        return (
            alt.Chart(values(parts))
            .mark_bar(size=12)
            .encode(
                x=alt.X("share:Q", axis=across).scale(domain=[0, 1]),
                y=alt.Y("process:N", axis=names, sort=None),
                color=colours("part", {tr("fed from outside China"): DELIVERED, tr("on Chinese feed or idle"): IDLE}),
                order=alt.Order("first:Q"),
                description=alt.Description("words:N"),
            )
            .properties(height=19 * len(shown))
        )

    title = tr("Processes in {year}: the part of nameplate capacity that is fed", year=year)
    idle = sorted((r for r in rows if unfed(r) > 0.005 * nameplate(r)), key=lambda r: -unfed(r))[:5]
    words = listed(
        tr(
            "{process} {share} % of {nameplate} t/yr",
            process=r.process,
            share=percent(1 - r.used_t / nameplate(r)),
            nameplate=number(nameplate(r)),
        )
        for r in idle
    )
    caption = (
        tr("Most on Chinese feed or idle: {words}.", words=words)
        if words
        else tr("Every process is fed from outside China.")
    )
    return [Figure("fed", title, caption, chart, process_table(case, plan, year))]


def _parts(place: int, row: ProcessRow, letters: int) -> list[dict[str, Any]]:
    fed = min(1.0, row.used_t / nameplate(row))
    label = tr("{name}, {nameplate} t/yr", name=shorten(row.process, letters), nameplate=number(nameplate(row)))
    return [
        {
            "process": numbered(place, label),
            "part": part,
            "first": n,
            "share": share,
            "words": tr(
                "{process}: {part} {amount} t/yr", process=row.process, part=part, amount=number(share * nameplate(row))
            ),
        }
        for n, (part, share) in enumerate(
            ((tr("fed from outside China"), fed), (tr("on Chinese feed or idle"), 1 - fed))
        )
    ]

"""The charts of a plan under stress: fans of coverage, tornado, scenarios by milestones, exceedance."""

from collections.abc import Iterator
from typing import Any

import altair as alt

from models.case import Case
from models.stress import Stress
from optimizer.reports.closed_words import scenario_name
from optimizer.reports.formatting import demand_name, whole
from optimizer.reports.html.charts import (
    AFTER_NUMBER,
    FINANCED,
    INK,
    MISSING,
    Figure,
    Size,
    numbered,
    values,
    year_axis,
)
from optimizer.reports.language import tr
from optimizer.reports.report_table import Grid, columns
from optimizer.reports.stress.tables import coverage_table, milestones, tornado_table
from optimizer.reports.stress.wording import StressWording

MOST_BARS, MOST_ROWS = 15, 30
SEEN = 1e-6
"""Smallest change, as a part of the value, that gets a bar."""
HEAT, ON_HEAT = ("#e8a0a7", "#f5efe0", "#a9c8f0"), "#20262e"
"""Light tones from no demand met to all, and a dark one for the numbers on them; both suit paper and a dark screen."""


def figures(case: Case, stress: Stress) -> list[Figure]:
    """Every chart that has data: the whole plan first, then each demand row."""
    wording = StressWording(case, stress)
    return [*_heat(wording), *_tornado(wording), *_exceedance(wording), *_fans(wording)]


def _fans(wording: StressWording) -> Iterator[Figure]:
    """Coverage of each demand row by year: planned, median, and the band that contains nine draws in ten."""
    draws = wording.stress.draws
    if draws is None:
        return
    for n, (stage, material) in enumerate(dict.fromkeys((c.stage, c.material) for c in draws.coverage)):
        name = demand_name(stage, material)
        rows = [c for c in draws.coverage if (c.stage, c.material) == (stage, material)]
        data = [{"year": c.year, "low": c.p05, "mid": c.p50, "high": c.p95, "planned": c.planned} for c in rows]
        base = alt.Chart(values(data)).encode(x=year_axis())
        axis = alt.Axis(format="%", title=tr("demand met"))
        band = base.mark_area(color=FINANCED, opacity=0.25).encode(
            y=alt.Y("low:Q", axis=axis).scale(domain=[0, 1]), y2=alt.Y2("high:Q")
        )
        middle = base.mark_line(color=FINANCED).encode(y=alt.Y("mid:Q", axis=axis).scale(domain=[0, 1]))
        planned = base.mark_line(color=INK, strokeDash=[5, 3]).encode(y=alt.Y("planned:Q", axis=axis))
        table = Grid(
            f"Fan {n}", name,
            columns(("year", "year"), ("planned", "share"), ("5 %", "share"), ("50 %", "share"), ("95 %", "share")),
            tuple((c.year, c.planned, c.p05, c.p50, c.p95) for c in rows),
        )  # fmt: skip
        words = tr("Band: nine draws in ten; line: the median; dashed: as planned. {n} draws.", n=whole(draws.n))
        chart = alt.layer(band, middle, planned, width=290, height=150)
        yield Figure(f"stress-fan-{n}", tr("Demand met over the draws: {name}", name=name), words, chart, table)


def _exceedance(wording: StressWording) -> Iterator[Figure]:
    """Probability that the value of the plan is at least a given amount."""
    draws = wording.stress.draws
    if draws is None:
        return
    data = [{"value": wording.amount(v), "part": 1 - n / 100} for n, v in enumerate(draws.quantiles)]
    title = tr("value, {unit}", unit=tr(wording.unit))
    line = (
        alt.Chart(values(data))
        .mark_line(color=FINANCED)
        .encode(
            x=alt.X("value:Q", title=title).scale(zero=False),
            y=alt.Y("part:Q", axis=alt.Axis(format="%", title=tr("draws that reach it"))),
        )
    )
    planned = alt.Chart(values([{"value": wording.amount(draws.planned)}])).mark_rule(color=INK, strokeDash=[5, 3])
    table = Grid(
        "Exceedance", tr("Value reached"), columns(("draws that reach it", "part"), (title, "exact")),
        tuple((1 - n / 100, wording.amount(draws.quantiles[n])) for n in range(0, 101, 5)),
    )  # fmt: skip
    words = tr("How many draws reach at least a value; dashed: as planned.")

    def sized(size: Size) -> Any:
        return alt.layer(line, planned.encode(x=alt.X("value:Q")), height=200 if size.is_narrow else 240)

    yield Figure("stress-exceedance", tr("How often a value is reached"), words, sized, table)


def _tornado(wording: StressWording) -> Iterator[Figure]:
    value = wording.stress.planned
    least = SEEN * max(1.0, abs(value))
    bars = [t for t in wording.stress.tornado if max(abs(t.low - value), abs(t.high - value)) > least][:MOST_BARS]
    if not bars:
        return
    planned = wording.amount(value)
    data = [
        {"label": numbered(n, t.parameter), "from": planned, "to": wording.amount(reached), "end": end}
        for n, t in enumerate(bars)
        for end, reached in ((tr("at the low"), t.low), (tr("at the high"), t.high))
    ]

    def label(size: Size) -> Any:
        axis = alt.Axis(labelExpr=AFTER_NUMBER, labelLimit=110 if size.is_narrow else 330)
        return alt.Y("label:N", title=None, axis=axis)

    chart = (
        alt.Chart(values(data))
        .mark_bar(height=11)
        .encode(
            x=alt.X("from:Q", title=tr("value, {unit}", unit=tr(wording.unit))).scale(zero=False),
            x2=alt.X2("to:Q"),
            color=alt.Color("end:N", title=None).scale(
                domain=[tr("at the low"), tr("at the high")], range=[FINANCED, MISSING]
            ),
        )
    )

    def sized(size: Size) -> Any:
        return chart.encode(y=label(size)).properties(height=24 * len(bars))

    words = tr(
        "The value of the plan with one parameter at its low and at its high, all else as planned; "
        "widest first. Parameters that leave it unchanged are in the table alone."
    )
    yield Figure("stress-tornado", tr("One thing at a time"), words, sized, tornado_table(wording))


def _heat(wording: StressWording) -> Iterator[Figure]:
    """Scenarios by milestones, the worst scenario first: for each stage its own product, if its demand is stated."""
    rows = sorted(wording.stress.scenarios, key=lambda s: (s.value, s.scenario))[:MOST_ROWS]
    if not rows:
        return
    years = milestones(wording.case)
    whole = {c.stage for s in rows for c in s.coverage if c.material is None}
    data = [
        {
            "label": numbered(n, scenario_name(s.scenario)),
            "column": f"{demand_name(c.stage, c.material)} {c.year}",
            "part": c.coverage,
        }
        for n, s in enumerate(rows)
        for c in s.coverage
        if c.year in years and (c.material is None or c.stage not in whole)
    ]
    base = alt.Chart(values(data)).encode(
        x=alt.X("column:N", title=None, sort=None, axis=alt.Axis(labelAngle=-40, orient="top")),
        y=alt.Y("label:N", title=None, axis=alt.Axis(labelExpr=AFTER_NUMBER)),
    )
    cells = base.mark_rect().encode(
        color=alt.Color("part:Q", title=tr("demand met"), legend=alt.Legend(format="%")).scale(
            domain=[0, 0.5, 1], range=list(HEAT)
        )
    )
    text = base.mark_text(fontSize=10, color=ON_HEAT).encode(text=alt.Text("part:Q", format=".0%"))
    words = tr(
        "Part of the demand outside China that is met at the milestones in each scenario, the worst scenario first."
    )
    chart = alt.layer(cells, text, width=alt.Step(46), height=alt.Step(20))
    yield Figure("stress-heat", tr("Demand met, scenario by milestone"), words, chart, coverage_table(wording))

"""Demand and capacity over time: the share of demand met, and capacity and gap by year."""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import Any

import altair as alt

from models.gaps import GapRow
from models.headline import headline_rows
from optimizer.reports.formatting import clauses, demand_name, number, percent
from optimizer.reports.html.charts import (
    EXISTING,
    FINANCED,
    INK,
    MISSING,
    SERIES,
    UNAIDED,
    UNDERWAY,
    Figure,
    Size,
    colours,
    values,
    year_axis,
)
from optimizer.reports.language import N_, tr
from optimizer.reports.report_table import Grid, Heading, columns

MOST_CHARTS = 12
"""Demand rows with a chart of their own, the largest gaps first; the table has them all."""
_GAP = N_("missing")
PARTS = {N_("existing"): EXISTING, N_("underway"): UNDERWAY, N_("financed by the plan"): FINANCED, _GAP: MISSING}
"""Parts of a year's bar, from the bottom up."""
PARTS_UNAIDED = {
    "existing": EXISTING, "underway": UNDERWAY, N_("without support"): UNAIDED, "financed by the plan": FINANCED,
    _GAP: MISSING,
}  # fmt: skip
"""The same if a project goes ahead without support."""
_DASHES = {N_("without the plan"): [4, 3], N_("with the plan"): [1, 0]}


def gap_figures(rows: Sequence[GapRow]) -> list[Figure]:
    """Coverage over time, then one chart for each of the demand rows with the largest gaps, along the chain."""
    by_key = {key: list(of) for key, of in groupby(rows, key=lambda row: row.key)}
    largest = sorted(by_key, key=lambda key: -max(r.gap_t / max(r.demand_t, 1.0) for r in by_key[key]))[:MOST_CHARTS]
    shown = [of for key, of in by_key.items() if key in largest]
    return [*coverage_over_time(rows), *(capacity_figure(n, of) for n, of in enumerate(shown, 1))]


def name_of(row: GapRow) -> str:
    """A demand row for people: `mines`, `separation, ndpr`."""
    return demand_name(row.stage, row.material)


# -- the share that is met -------------------------------------------------------------------------------------------


def coverage_over_time(rows: Sequence[GapRow]) -> list[Figure]:
    """One line per stage, without and with the plan; none where nothing is demanded."""
    demanded = [row for row in headline_rows(rows) if row.demand_t > 0]
    names = list(dict.fromkeys(map(name_of, demanded)))[: len(SERIES)]
    charted = [row for row in demanded if name_of(row) in names]
    if not charted:
        return []
    planned = any(row.financed_t for row in charted)
    dashes = {tr(which): dash for which, dash in _DASHES.items()} if planned else {tr("without the plan"): [1, 0]}
    points = [point for row in charted for point in _points(row) if point["which"] in dashes]

    def chart(size: Size) -> Any:
        across = 1 if size.is_narrow else 4 if len(names) > 4 else 0
        base = alt.Chart(values(points)).encode(
            x=year_axis(),
            y=alt.Y("met:Q", title=tr("demand met"), axis=alt.Axis(format="%", tickCount=5)).scale(domain=[0, 1]),
            color=colours("row", dict(zip(names, SERIES, strict=False))).legend(columns=across),
            strokeDash=_dash(dashes, across) if planned else alt.StrokeDashValue([1, 0]),
            description=alt.Description("words:N"),
        )
        dots = base.mark_circle(size=20, opacity=1).encode(strokeDash=alt.StrokeDashValue([1, 0]))
        return alt.layer(base.mark_line(strokeWidth=2.2), dots, height=240)

    title = _title(planned)
    return [Figure("coverage", title, _met_in_words(charted, planned), chart, _met_table(charted, planned))]


def _title(planned: bool) -> str:
    if planned:
        return tr("Share of demand outside China that is met, without and with the plan")
    return tr("Share of demand outside China that is met")


def _points(row: GapRow) -> list[dict[str, Any]]:
    shares = {tr("without the plan"): row.coverage_without_plan, tr("with the plan"): row.coverage}
    return [
        {
            "row": name_of(row),
            "year": str(row.year),
            "met": share,
            "which": which,
            "words": tr(
                "{name}, {year}, {which}: {share} % of demand met",
                name=name_of(row),
                year=row.year,
                which=which,
                share=percent(share),
            ),
        }
        for which, share in shares.items()
    ]


def _met_table(rows: Sequence[GapRow], planned: bool) -> Grid:
    heads = (tr("met without the plan"), tr("met with the plan")) if planned else (tr("met"),)
    cells = tuple(
        (name_of(r), r.year, *((r.coverage_without_plan, r.coverage) if planned else (r.coverage,))) for r in rows
    )
    shares: tuple[Heading, ...] = tuple((head, "share") for head in heads)
    return Grid(
        "coverage", tr("Share of demand outside China that is met"), columns("stage", ("year", "year"), *shares), cells
    )


def _dash(dashes: dict[str, list[int]], across: int) -> Any:
    legend = alt.Legend(symbolType="stroke", symbolSize=400, columns=across)
    scale = alt.Scale(domain=list(dashes), range=list(dashes.values()))
    return alt.StrokeDash("which:N", title=None, sort=None, legend=legend, scale=scale)


def _met_in_words(rows: Sequence[GapRow], planned: bool) -> str:
    last = [row for row in rows if row.year == rows[-1].year]
    return tr("In {year}: {phrases}.", year=last[0].year, phrases=clauses(_met_phrase(r, planned) for r in last))


def _met_phrase(row: GapRow, planned: bool) -> str:
    name, without = name_of(row), percent(row.coverage_without_plan)
    if not planned:
        return tr("{name} {share} %", name=name, share=without)
    return tr(
        "{name} {without} % without and {share} % with the plan",
        name=name,
        without=without,
        share=percent(row.coverage),
    )


# -- what is there and what is missing -------------------------------------------------------------------------------


def capacity_figure(place: int, of: Sequence[GapRow]) -> Figure:
    """Capacity outside China year by year, stacked, with the demand as a line; what is missing is shaded."""
    bars = alt.Chart(values([part for row in of for part in _stack(row)])).mark_bar(width=alt.RelativeBandSize(0.82))
    stacked = bars.encode(
        x=year_axis(),
        y=alt.Y("low:Q", axis=alt.Axis(title=tr("t/yr"), format=",~f", tickCount=5)),
        y2=alt.Y2("high:Q"),
        color=colours("part", {tr(part): tone for part, tone in _parts(of[0]).items()}),
        opacity=alt.OpacityValue(1, condition={"test": "datum.open", "value": 0.35}),
        description=alt.Description("words:N"),
    )
    line = [_demand_line(of)] if any(row.demand_t for row in of) else []
    name = name_of(of[0])
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
    return Figure(
        name=f"capacity-{place:02d}-{slug}".rstrip("-"),
        title=name[:1].upper() + name[1:],
        description=_capacity_in_words(of),
        chart=alt.layer(stacked, *line, width=290, height=170) if line else stacked.properties(width=290, height=170),
        table=_capacity_table(name, of),
        note=tr("t/yr outside China; line: demand"),
        key_outside=True,
    )


def _parts(row: GapRow) -> dict[str, str]:
    return PARTS if row.unaided_t is None else PARTS_UNAIDED


def _stack(row: GapRow) -> list[dict[str, Any]]:
    """The parts of one year's bar, where there is any."""
    segments, low = [], 0.0
    unaided = () if row.unaided_t is None else (row.unaided_t,)
    every = (row.existing_t, row.underway_t, *unaided, row.financed_t, row.gap_t)
    for part, tonnes in zip(_parts(row), every, strict=True):
        if tonnes > 0:
            words = tr("{year}, {part}: {tonnes} t/yr", year=row.year, part=tr(part), tonnes=number(tonnes))
            of_part = {"year": str(row.year), "part": tr(part), "open": part == _GAP, "words": words}
            segments.append({**of_part, "low": low, "high": low + tonnes})
        low += tonnes
    return segments


def _demand_line(of: Sequence[GapRow]) -> Any:
    points = [
        {
            "year": str(r.year),
            "t": r.demand_t,
            "words": tr("{year}, demand: {demand} t/yr", year=r.year, demand=number(r.demand_t)),
        }
        for r in of
    ]
    line = alt.Chart(values(points)).mark_tick(thickness=2, color=INK, opacity=1, width=alt.RelativeBandSize(1))
    return line.encode(x=year_axis(), y=alt.Y("t:Q"), description=alt.Description("words:N"))


def _capacity_table(name: str, of: Sequence[GapRow]) -> Grid:
    unaided = of[0].unaided_t is not None
    heads = columns(
        ("year", "year"), ("demand", "number", "t/yr"), ("existing", "number", "t/yr"), ("underway", "number", "t/yr"),
        ("financed", "number", "t/yr"), *((("without support", "number", "t/yr"),) if unaided else ()),
        ("covered", "number", "t/yr"), ("gap", "number", "t/yr"), ("met", "share"),
    )  # fmt: skip
    cells = tuple(
        (
            r.year, r.demand_t, r.existing_t, r.underway_t, r.financed_t, *((r.unaided_t,) if unaided else ()),
            r.covered_t, r.gap_t, r.coverage,
        )
        for r in of
    )  # fmt: skip
    return Grid(
        name,
        tr("Capacity outside China: {name}", name=name),
        heads,
        cells,
    )


def _capacity_in_words(of: Sequence[GapRow]) -> str:
    last = of[-1]
    if not any(row.demand_t for row in of):
        return tr(
            "{year}: {capacity} t/yr outside China; there is no demand.",
            year=last.year,
            capacity=number(last.capacity_t),
        )
    missing = tr("{gap} t/yr missing", gap=number(last.gap_t)) if last.gap_t else tr("nothing missing")
    return tr(
        "{year}: {capacity} t/yr outside China for a demand of {demand}; {missing}.",
        year=last.year,
        capacity=number(last.capacity_t),
        demand=number(last.demand_t),
        missing=missing,
    )

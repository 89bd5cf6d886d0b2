"""The charts of a gap report and of a plan: what each shows, from numbers that stand in a table beside it."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby
from math import fsum
from typing import Any

import altair as alt

from models.case import Case
from models.countries import english
from models.gaps import GapRow
from models.plan import Financed, Plan
from models.schema import Project
from optimizer.page.charts import EXISTING, FINANCED, INK, MISSING, SERIES, UNDERWAY, Figure, rows
from optimizer.reports.summary import commitments
from optimizer.reports.timeline import state
from optimizer.reports.words import demand_name, money, number, percent, shorten

MOST_CHARTS = 12
"""Demand rows with a chart of their own, the largest gaps first; the table has them all."""
MOST_BARS = 40
"""Projects of the timeline, those with most public money first; the table has them all."""
MOST_PROGRAMMES = 30
"""Programmes of the money chart, the largest first; the sum and the table have them all."""
PAYERS = {"public": FINANCED, "private, backed by guarantee or offtake": SERIES[1], "private": EXISTING}
"""Who carries the capital cost, and the colour of it."""
_AFTER_NUMBER = "slice(datum.label, 4)"
"""A label without the number that keeps equal names apart and in order."""


def gap_figures(gap_rows: Sequence[GapRow]) -> list[Figure]:
    """Coverage over time, then one chart for each of the demand rows with the largest gaps, along the chain."""
    keys = [key for key, _ in groupby(gap_rows, key=lambda row: row.key)]
    by_key = {key: [row for row in gap_rows if row.key == key] for key in keys}
    largest = sorted(keys, key=lambda key: -max(r.gap_t / max(r.demand_t, 1.0) for r in by_key[key]))[:MOST_CHARTS]
    shown = [key for key in keys if key in largest]
    return [*coverage_over_time(gap_rows), *(capacity_figure(n, by_key[key]) for n, key in enumerate(shown, 1))]


def plan_figures(case: Case, plan: Plan) -> list[Figure]:
    """What a plan does, when, with whose money and where; empty where it finances nothing."""
    if not plan.projects:
        return []
    return [timeline_figure(case, plan), money_figure(case, plan), country_figure(case, plan)]


# -- capacity --------------------------------------------------------------------------------------------------------


def coverage_over_time(gap_rows: Sequence[GapRow]) -> list[Figure]:
    """One line a stage, without and with the plan: own product first, else every material; none where nothing is
    demanded."""
    wanted = [row for row in headline_rows(gap_rows) if row.demand_t > 0]
    names = list(dict.fromkeys(demand_name(row.stage, row.material) for row in wanted))[: len(SERIES)]
    planned = any(row.financed_t for row in wanted)
    values = [
        {"row": demand_name(r.stage, r.material), "year": str(r.year), "coverage": share, "which": which,
         "words": f"{demand_name(r.stage, r.material)}, {r.year}, {which}: {percent(share)} % of demand met"}
        for r in wanted
        for which, share in (("without the plan", r.coverage_without_plan), ("with the plan", r.coverage))[: 2 if planned else 1]
        if demand_name(r.stage, r.material) in names
    ]  # fmt: skip
    if not values:
        return []
    base = alt.Chart(rows(values)).encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        y=alt.Y("coverage:Q", title="demand outside China met", axis=alt.Axis(format="%", tickCount=5)).scale(domain=[0, 1]),
        color=alt.Color("row:N", title=None, sort=None).scale(domain=names, range=list(SERIES[: len(names)])),
        strokeDash=alt.StrokeDash("which:N", title=None, sort=None, legend=alt.Legend(symbolType="stroke", symbolSize=400)).scale(
            domain=["without the plan", "with the plan"][: 2 if planned else 1], range=[[4, 3], [1, 0]][: 2 if planned else 1]
        ),
        description="words:N",
    )  # fmt: skip
    dots = base.mark_circle(size=16, opacity=1).encode(strokeDash=alt.value([1, 0]))
    chart = (base.mark_line(strokeWidth=2.2) + dots).properties(width=600, height=170)
    title = "Share of demand outside China that is met" + (
        ", without and with the plan" if planned else ", as things stand"
    )
    last = [row for row in wanted if row.year == max(r.year for r in wanted)]
    words = "; ".join(
        f"{demand_name(r.stage, r.material)} {percent(r.coverage_without_plan)} %"
        + (f" without and {percent(r.coverage)} % with the plan" if planned else "")
        for r in last
    )
    return [Figure("coverage", title, f"In {last[0].year}: {words}.", chart)]


def headline_rows(gap_rows: Iterable[GapRow]) -> list[GapRow]:
    """Rows of each stage's own product; of its materials where the product itself is not demanded."""
    given = list(gap_rows)
    own = {row.stage for row in given if row.material is None}
    return [row for row in given if row.material is None or row.stage not in own]


_PARTS = (("existing", EXISTING), ("underway", UNDERWAY), ("financed by the plan", FINANCED), ("missing", MISSING))


def capacity_figure(number_: int, of: Sequence[GapRow]) -> Figure:
    """Capacity outside China year by year, stacked, under the demand; what is missing is shaded."""
    name = demand_name(of[0].stage, of[0].material)
    values = [part for row in of for part in _stack(row)]
    x = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True))
    bars = alt.Chart(rows(values)).mark_bar(width=alt.RelativeBandSize(0.82)).encode(
        x=x,
        y=alt.Y("low:Q", axis=alt.Axis(title="t/yr", format=",~f", tickCount=5)),
        y2="high:Q",
        color=alt.Color("part:N", title=None, sort=None).scale(domain=[p for p, _ in _PARTS], range=[c for _, c in _PARTS]),
        opacity=alt.condition("datum.part == 'missing'", alt.value(0.35), alt.value(1)),
        description="words:N",
    )  # fmt: skip
    demand = [
        {"year": str(r.year), "t": r.demand_t, "words": f"{r.year}, demand: {number(r.demand_t)} t/yr"} for r in of
    ]
    line = alt.Chart(rows(demand)).mark_tick(thickness=2, color=INK, opacity=1, width=alt.RelativeBandSize(1)).encode(
        x=x, y="t:Q", description="words:N"
    )  # fmt: skip
    layers = bars + line if any(r.demand_t for r in of) else bars
    chart = layers.properties(width=290, height=170)
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
    return Figure(
        f"capacity-{number_:02d}-{slug}", _sentence_case(name), _words(of), chart, "outside China; line: demand"
    )


def _stack(row: GapRow) -> list[dict[str, Any]]:
    """The parts of one year's bar, from the ground up, where there is any."""
    made, low = [], 0.0
    for (part, _), tonnes in zip(_PARTS, (row.existing_t, row.underway_t, row.financed_t, row.gap_t), strict=True):
        if tonnes > 0:
            words = f"{row.year}, {part}: {number(tonnes)} t/yr"
            made.append({"year": str(row.year), "part": part, "low": low, "high": low + tonnes, "words": words})
        low += tonnes
    return made


def _words(of: Sequence[GapRow]) -> str:
    first, last = of[0], of[-1]
    if not any(row.demand_t for row in of):
        return f"Capacity outside China grows from {number(first.capacity_t)} t/yr in {first.year} to {number(last.capacity_t)} in {last.year}."
    return (
        f"Demand grows from {number(first.demand_t)} t/yr in {first.year} to {number(last.demand_t)} in {last.year}; capacity "
        f"outside China from {number(first.capacity_t)} to {number(last.capacity_t)}; missing in {last.year}: {number(last.gap_t)} t/yr."
    )


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


# -- the plan --------------------------------------------------------------------------------------------------------

_PHASES = (("build", "#8894a3", 7), ("ramp", "#4f9ad8", 11), ("full", "#1f5bb8", 15))
"""Phase of a project, its colour and the height of its bar: each can be told without the other."""
PHASE_WORDS = {"build": "build", "ramp": "ramp-up", "full": "full output"}


def timeline_projects(case: Case, plan: Plan) -> list[tuple[Project, Financed]]:
    """The financed projects by decision year, then along the chain; of many those with most support."""
    projects = {p.id: p for p in case.projects}
    order = {stage: n for n, stage in enumerate(case.settings.stages)}
    most = sorted(plan.projects, key=lambda f: (-(f.public_m + f.contingent_m), f.id))[:MOST_BARS]
    pairs = [(projects[f.id], f) for f in most]
    return sorted(pairs, key=lambda x: (x[1].fid_year, order.get(x[0].stage, len(order)), x[0].id))


def segments(project: Project, fid_year: int, years: range) -> list[tuple[str, int, int]]:
    """Phases of a project in a horizon: name, first year, last year.

    >>> p = Project(row=0, id="a", country="US", stage="mine", capacity_tpa=1, capex_m=1, build_years=2, ramp=(40, 100))
    >>> segments(p, 2027, range(2026, 2033))
    [('build', 2027, 2028), ('ramp', 2029, 2029), ('full', 2030, 2032)]
    """
    phases = [(state(project, year - fid_year), year) for year in years]
    runs = [(phase, [year for _, year in run]) for phase, run in groupby(phases, key=lambda x: x[0])]
    return [(phase, run[0], run[-1]) for phase, run in runs if phase is not None]


def timeline_figure(case: Case, plan: Plan) -> Figure:
    """A bar a project: building, ramping up, full output."""
    years = range(case.settings.first_year, case.settings.last_year + 1)
    shown = timeline_projects(case, plan)
    values = []
    for n, (project, financed) in enumerate(shown):
        label = f"{n:03d} {shorten(project.name or project.id, 44)}, {project.country}"
        values += [
            {"project": label, "from": first, "to": last + 1, "phase": PHASE_WORDS[phase],
             "words": f"{project.name or project.id}, {PHASE_WORDS[phase]}: {first} to {last}"}
            for phase, first, last in segments(project, financed.fid_year, years)
        ]  # fmt: skip
    words = [PHASE_WORDS[phase] for phase, _, _ in _PHASES]
    layers = [_phase_layer(values, PHASE_WORDS[phase], size, words, years) for phase, _, size in _PHASES]
    chart = alt.layer(*layers).properties(width=600, height=21 * len(shown))
    count = len(plan.projects)
    title = "Timeline of the financed projects" + (
        f": the {len(shown)} of {count} with most support" if len(shown) < count else ""
    )
    starts = Counter(f.fid_year for f in plan.projects)
    words_ = ", ".join(f"{n} in {year}" for year, n in sorted(starts.items()))
    return Figure("timeline", title, f"Investment decisions: {words_}.", chart)


def _phase_layer(values: list[dict[str, Any]], phase: str, size: int, phases: list[str], years: range) -> Any:
    axis = alt.Axis(format="d", values=list(years), labelOverlap=True, title=None, orient="top")
    return alt.Chart(rows([v for v in values if v["phase"] == phase])).mark_bar(size=size).encode(
        x=alt.X("from:Q", axis=axis).scale(domain=[years[0], years[-1] + 1], nice=False),
        x2="to:Q",
        y=alt.Y("project:N", title=None, axis=alt.Axis(labelExpr=_AFTER_NUMBER, ticks=False, domain=False, labelPadding=8)),
        color=alt.Color("phase:N", title=None, sort=None).scale(domain=phases, range=[c for _, c, _ in _PHASES]),
        description="words:N",
    )  # fmt: skip


def money_figure(case: Case, plan: Plan) -> Figure:
    """Support committed by programme and decision year, face value, with the sum of each year on top."""
    names = {p.id: p.name or p.id for p in case.programmes}
    faces: defaultdict[tuple[str, int], float] = defaultdict(float)
    for _, award in commitments(case, plan):
        faces[award.programme, award.year] += award.face_m
    total = {p: fsum(face for (q, _), face in faces.items() if q == p) for p in dict.fromkeys(p for p, _ in faces)}
    most = sorted(total, key=lambda p: (-total[p], p))[:MOST_PROGRAMMES]
    years = range(case.settings.first_year, max((y for _, y in faces), default=case.settings.first_year) + 1)
    sums = {("all programmes", y): fsum(face for (_, z), face in faces.items() if z == y) for y in years}
    label = {p: f"{n:03d} {shorten(names.get(p, 'public support'), 44)}" for n, p in enumerate(most, 1)}
    cells = {
        **{(f"000 {p}", y): m for (p, y), m in sums.items()},
        **{(label[p], y): m for (p, y), m in faces.items() if p in label},
    }
    values = [
        {"programme": p, "year": str(y), "m": m, "shown": number(m), "words": f"{y}, {p[4:]}: {money(m)}"}
        for (p, y), m in sorted(cells.items())
        if m > 0
    ]
    base = alt.Chart(rows(values)).encode(
        x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0, orient="top", domain=False, ticks=False)).scale(
            domain=[str(y) for y in years]
        ),
        y=alt.Y("programme:N", title=None, axis=alt.Axis(labelExpr=_AFTER_NUMBER, ticks=False, domain=False, labelPadding=8)),
        description="words:N",
    )  # fmt: skip
    tone = alt.Opacity("m:Q", legend=None).scale(range=[0.08, 0.55], type="sqrt")
    chart = base.mark_rect(color=FINANCED, cornerRadius=2).encode(opacity=tone) + base.mark_text(color=INK, fontSize=11).encode(
        text="shown:N"
    )  # fmt: skip
    largest = ", ".join(f"{names.get(p, 'public support')} {money(total[p])}" for p in most[:3])
    title = f"Support committed by programme and year of decision, face value in M {case.settings.base_currency}"
    return Figure("money", title, f"Largest: {largest}.", chart.properties(width=58 * len(years), height=alt.Step(24)))


def country_figure(case: Case, plan: Plan) -> Figure:
    """Capital cost of the financed projects by country and by who carries it."""
    country = {p.id: p.country for p in case.projects}
    sums: defaultdict[tuple[str, str], float] = defaultdict(float)
    for f in plan.projects:
        backed = min(f.contingent_m, f.private_m)
        for part, amount in zip(PAYERS, (f.public_m, backed, f.private_m - backed), strict=True):
            sums[country[f.id], part] += max(amount, 0.0)
    values = [
        {
            "country": english(c),
            "part": part,
            "order": list(PAYERS).index(part),
            "m": m,
            "words": f"{english(c)}, {part}: {money(m)}",
        }
        for (c, part), m in sorted(sums.items())
        if m > 0
    ]
    parts = [p for p in PAYERS if any(v["part"] == p for v in values)]
    chart = alt.Chart(rows(values)).mark_bar(size=18).encode(
        y=alt.Y("country:N", title=None, sort="-x"),
        x=alt.X("m:Q", title=f"M {case.settings.base_currency}", axis=alt.Axis(format=",~f", tickCount=6)),
        color=alt.Color("part:N", title=None, sort=None).scale(domain=parts, range=[PAYERS[p] for p in parts]),
        order="order:Q",
        description="words:N",
    ).properties(width=480, height=alt.Step(28))  # fmt: skip
    total = {c: fsum(m for (d, _), m in sums.items() if d == c) for c in dict.fromkeys(c for c, _ in sums)}
    words = ", ".join(f"{english(c)} {money(total[c])}" for c in sorted(total, key=lambda c: (-total[c], c)))
    return Figure("countries", "Capital cost of the financed projects, by country and payer", f"{words}.", chart)

"""The timeline: when each financed project is built, ramps up and runs in full, by stage, with its support."""

from collections import Counter
from itertools import groupby
from typing import Any, NamedTuple

import altair as alt

from models.case import Case
from models.plan import Financed, Plan
from models.schema import Project
from optimizer.reports.formatting import country_name, listed, number, shorten, stage_label, stage_name
from optimizer.reports.html.charts import AFTER_NUMBER, INK, SERIES, Figure, Size, colours, numbered, values
from optimizer.reports.language import N_, tr
from optimizer.reports.plan_summary import first_output, full_output
from optimizer.reports.report_table import Grid, columns
from optimizer.reports.tables.shared import money_unit
from optimizer.reports.timeline import state

MOST_BARS = 40
"""Projects of the chart, those with most support; the table of all projects has the others."""
_BESIDE = 0.13
"""Room for the support behind the last year, in parts of the horizon."""


class Phase(NamedTuple):
    """Height of the bar of each phase, because the colour shows the stage."""

    words: str
    height: int


PHASES = {"build": Phase(N_("build"), 4), "ramp": Phase(N_("ramp-up"), 9), "full": Phase(N_("full output"), 15)}
NOTE = N_("Thin: build. Half as high: ramp-up. High: full output. The number is the support, public and contingent.")


def in_order(case: Case, plan: Plan) -> list[tuple[Project, Financed]]:
    """The financed projects by decision year, then along the chain."""
    projects = {p.id: p for p in case.projects}
    order = {stage: n for n, stage in enumerate(case.settings.stages)}
    pairs = [(projects[f.id], f) for f in plan.projects]
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
    """One bar per project, from its decision to the end of the horizon."""
    years = range(case.settings.first_year, case.settings.last_year + 1)
    most = {f.id for f in sorted(plan.projects, key=lambda f: (-f.backing_m, f.id))[:MOST_BARS]}
    shown = [pair for pair in in_order(case, plan) if pair[1].id in most]
    tones = stage_colours(case, [project.stage for project, _ in shown])

    def chart(size: Size) -> Any:
        bars = [b for n, (project, f) in enumerate(shown) for b in _bars(n, project, f, years, size)]
        layers = [_layer([b for b in bars if b["phase"] == p.words], p, years, tones, size) for p in PHASES.values()]
        ends = [_end(n, project, f, years, size) for n, (project, f) in enumerate(shown)]
        return alt.layer(*layers, _amounts(ends), height=21 * len(shown))

    title = tr(
        "Timeline of the financed projects, with their support in {unit}",
        unit=money_unit(case),
    )
    if len(shown) < len(plan.projects):
        title = tr("{title}: the {n} of {all} with most support", title=title, n=len(shown), all=len(plan.projects))
    decided = Counter(f.fid_year for f in plan.projects)
    words = listed(tr("{n} in {year}", n=n, year=year) for year, n in sorted(decided.items()))
    table = _table(title, shown, money_unit(case))
    return Figure(
        "timeline", title, tr("Investment decisions: {words}. {note}", words=words, note=tr(NOTE)), chart, table
    )


def stage_colours(case: Case, stages: list[str]) -> dict[str, str]:
    """Colour of each stage that is there, along the chain; one beyond the list shares the last colour."""
    order = [*case.settings.stages, *sorted(set(stages) - set(case.settings.stages))]
    tones = {stage: SERIES[min(n, len(SERIES) - 1)] for n, stage in enumerate(order)}
    return {stage_name(stage): tone for stage, tone in tones.items() if stage in stages}


def _table(title: str, shown: list[tuple[Project, Financed]], unit: str) -> Grid:
    rows = tuple(
        (
            p.name or p.id,
            p.id,
            country_name(p.country),
            stage_label(p.stage),
            f.fid_year,
            *_outputs(p, f.fid_year),
            f.backing_m,
        )
        for p, f in shown
    )
    heads = columns(
        "project",
        ("id", "id"),
        "country",
        "stage",
        ("decision", "year"),
        ("first output", "year"),
        ("full output", "year"),
        ("support", "number", unit),
    )
    return Grid("timeline", title, heads, rows)


def _outputs(project: Project, fid_year: int) -> tuple[int | None, int | None]:
    return first_output(project, fid_year), full_output(project, fid_year)


def _label(place: int, project: Project, size: Size) -> str:
    return numbered(place, f"{shorten(project.name or project.id, size.letters)}, {project.country}")


def _bars(place: int, project: Project, financed: Financed, years: range, size: Size) -> list[dict[str, Any]]:
    name = project.name or project.id
    return [
        {
            "project": _label(place, project, size),
            "stage": stage_name(project.stage),
            "from": first,
            "to": last + 1,
            "phase": PHASES[phase].words,
            "words": tr(
                "{name}, {phase}: {first} to {last}", name=name, phase=tr(PHASES[phase].words), first=first, last=last
            ),
        }
        for phase, first, last in segments(project, financed.fid_year, years)
    ]


def _end(place: int, project: Project, financed: Financed, years: range, size: Size) -> dict[str, Any]:
    amount = financed.backing_m
    words = tr("{project}: support {amount} M", project=project.name or project.id, amount=number(amount))
    return {"project": _label(place, project, size), "at": years[-1] + 1, "m": number(amount), "words": words}


def _layer(bars: list[dict[str, Any]], phase: Phase, years: range, tones: dict[str, str], size: Size) -> Any:
    along = alt.Axis(
        format="d", values=list(years), labelOverlap=True, labelFlush=False, title=None, orient="top", grid=False
    )
    names = alt.Axis(labelExpr=AFTER_NUMBER, ticks=False, domain=False, labelPadding=8)
    end = years[-1] + 1 + max(1.0, len(years) * _BESIDE * (2.2 if size.is_narrow else 1))
    return (
        alt.Chart(values(bars))
        .mark_bar(size=phase.height)
        .encode(
            x=alt.X("from:Q", axis=along).scale(domain=[years[0], end], nice=False),
            x2=alt.X2("to:Q"),
            y=alt.Y("project:N", title=None, axis=names),
            color=colours("stage", tones),
            description=alt.Description("words:N"),
        )
    )


def _amounts(ends: list[dict[str, Any]]) -> Any:
    """The support of each project, behind its bar."""
    return (
        alt.Chart(values(ends))
        .mark_text(align="left", dx=6, fontSize=12, color=INK)
        .encode(x=alt.X("at:Q"), y=alt.Y("project:N"), text=alt.Text("m:N"), description=alt.Description("words:N"))
    )

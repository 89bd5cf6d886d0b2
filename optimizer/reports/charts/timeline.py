"""The timeline: when each financed project is built, ramps up and runs in full."""

from collections import Counter
from itertools import groupby
from typing import Any, NamedTuple

import altair as alt

from models.case import Case
from models.countries import english
from models.plan import Financed, Plan
from models.schema import Project
from optimizer.reports.formatting import shorten
from optimizer.reports.html.charts import AFTER_NUMBER, Figure, colours, numbered, values
from optimizer.reports.plan_summary import first_output, full_output
from optimizer.reports.report_table import Grid, columns
from optimizer.reports.timeline import state

MOST_BARS = 40
"""Projects of the chart, those with most support; the table of all projects has the others."""


class Phase(NamedTuple):
    """How a phase is shown: the height of its bar tells it without its colour."""

    words: str
    colour: str
    height: int


PHASES = {
    "build": Phase("build", "#8894a3", 7),
    "ramp": Phase("ramp-up", "#4f9ad8", 11),
    "full": Phase("full output", "#1f5bb8", 15),
}


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
    """A bar a project, from its decision to the end of the horizon."""
    years = range(case.settings.first_year, case.settings.last_year + 1)
    most = {f.id for f in sorted(plan.projects, key=lambda f: (-(f.public_m + f.contingent_m), f.id))[:MOST_BARS]}
    shown = [pair for pair in in_order(case, plan) if pair[1].id in most]
    bars = [bar for n, (project, financed) in enumerate(shown) for bar in _bars(n, project, financed, years)]
    layers = [_layer([b for b in bars if b["phase"] == phase.words], phase, years) for phase in PHASES.values()]
    title = "Timeline of the financed projects"
    if len(shown) < len(plan.projects):
        title += f": the {len(shown)} of {len(plan.projects)} with most support"
    decided = Counter(f.fid_year for f in plan.projects)
    words = ", ".join(f"{n} in {year}" for year, n in sorted(decided.items()))
    chart = alt.layer(*layers).properties(width=600, height=21 * len(shown))
    return Figure("timeline", title, f"Investment decisions: {words}.", chart, _table(title, shown))


def _table(title: str, shown: list[tuple[Project, Financed]]) -> Grid:
    rows = tuple(
        (p.name or p.id, p.id, english(p.country), p.stage, f.fid_year, *_outputs(p, f.fid_year)) for p, f in shown
    )
    heads = columns(
        "project",
        ("id", "id"),
        "country",
        "stage",
        ("decision", "year"),
        ("first output", "year"),
        ("full output", "year"),
    )
    return Grid("timeline", title, heads, rows)


def _outputs(project: Project, fid_year: int) -> tuple[int | None, int | None]:
    return first_output(project, fid_year), full_output(project, fid_year)


def _bars(place: int, project: Project, financed: Financed, years: range) -> list[dict[str, Any]]:
    name = project.name or project.id
    return [
        {
            "project": numbered(place, f"{shorten(name, 44)}, {project.country}"),
            "from": first,
            "to": last + 1,
            "phase": PHASES[phase].words,
            "words": f"{name}, {PHASES[phase].words}: {first} to {last}",
        }
        for phase, first, last in segments(project, financed.fid_year, years)
    ]


def _layer(bars: list[dict[str, Any]], phase: Phase, years: range) -> Any:
    along = alt.Axis(format="d", values=list(years), labelOverlap=True, labelFlush=False, title=None, orient="top")
    names = alt.Axis(labelExpr=AFTER_NUMBER, ticks=False, domain=False, labelPadding=8)
    return (
        alt.Chart(values(bars))
        .mark_bar(size=phase.height)
        .encode(
            x=alt.X("from:Q", axis=along).scale(domain=[years[0], years[-1] + 1], nice=False),
            x2=alt.X2("to:Q"),
            y=alt.Y("project:N", title=None, axis=names),
            color=colours("phase", {p.words: p.colour for p in PHASES.values()}),
            description=alt.Description("words:N"),
        )
    )

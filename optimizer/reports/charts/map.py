"""The map of projects by stage, capital cost and decision; for a chain also the flows between countries.

Shapes and centres of countries are those of countryinfo, which ship with it: nothing is fetched.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import pairwise
from math import fsum
from typing import Any, NamedTuple

import altair as alt
import pycountry
from countryinfo import CountryInfo

from models.case import Case
from models.plan import Plan
from models.schema import Project
from optimizer.reports.chain import has_chain
from optimizer.reports.charts.timeline import stage_colours
from optimizer.reports.formatting import country_name, listed, number, stage_name
from optimizer.reports.html.charts import LINE, MUTED, Figure, Size, colours, values
from optimizer.reports.language import N_, spaced, tr
from optimizer.reports.report_table import Grid, columns
from optimizer.reports.tables.shared import money_unit

FINANCED, UNDERWAY, LEFT_OUT = N_("financed"), N_("underway"), N_("left out")
NOTE = N_("Full: financed. Pale: underway. Ring: left out. The area is the capital cost.")
_FLOWS = N_("Lines: what each stage makes for the next, shared out by nameplate capacity.")
ANTARCTICA = "AQ"
LAND = "land"
"""Name of the shapes in the chart."""
ROTATED = [-165.0, 0.0, 0.0]
"""The map is cut in the Atlantic, because the partners lie around the Pacific."""
ASIDE = 2.2
"""Degrees of longitude between circles of one place."""
MOST_FLOWS = 30
"""Lines of the map, the largest first; the table has all."""
Plants = Mapping[tuple[str, str], Sequence[tuple[float, tuple[float, float]]]]
"""Stage and country -> nameplate capacity (t/yr) and place of each plant."""


class Circle(NamedTuple):
    """Projects of one place, stage and status. `cost_m`: their capital cost, millions."""

    stage: str
    status: str
    latitude: float
    longitude: float
    cost_m: float
    projects: tuple[str, ...]


class Route(NamedTuple):
    """Flow from the plants of one country and stage to those of the next stage in a country. `tonnes`: of their product."""

    stage: str
    origin: str
    to_stage: str
    destination: str
    tonnes: float


def map_figures(case: Case, plan: Plan) -> list[Figure]:
    """The map with the table behind it; none where no project has a place that is known."""
    shown = [p for p in case.projects if p.status != "barred" and place(p) is not None]
    if not shown:
        return []
    circles, plants = _circles(shown, plan), plants_of(case, {f.id for f in plan.projects})
    routes = routes_of(case, plants) if has_chain(plan) else []
    tones = stage_colours(case, [p.stage for p in shown])

    def chart(size: Size) -> Any:
        layers = [_land(), *_lines(plants, routes[:MOST_FLOWS]), *_marks(circles, tones, size)]
        projection = alt.Projection(type="naturalEarth1", rotate=ROTATED)
        return alt.layer(*layers, projection=projection, height=round(0.47 * size.width))

    counts = {s: sum(len(c.projects) for c in circles if c.status == s) for s in (FINANCED, UNDERWAY, LEFT_OUT)}
    words = listed(tr("{n} {status}", n=n, status=tr(status)) for status, n in counts.items() if n)
    title = tr("Map of the projects")
    note = spaced(tr(NOTE), tr(_FLOWS) if routes else "")
    table = _table(case, plan, shown, routes)
    return [
        Figure(
            "map",
            title,
            tr("Projects on the map: {words}.", words=words),
            chart,
            table,
            note,
            datasets={LAND: shapes()},
        )
    ]


# -- places ----------------------------------------------------------------------------------------------------------


def place(project: Project) -> tuple[float, float] | None:
    """Latitude and longitude: the project's own, else the centre of its country; None where neither is known."""
    if project.latitude is not None and project.longitude is not None:
        return project.latitude, project.longitude
    return centre(project.country)


@cache
def centre(country: str) -> tuple[float, float] | None:
    """Latitude and longitude of the centre of a country (ISO-2); None where it is not known."""
    if pycountry.countries.get(alpha_2=country) is None:
        return None
    latitude, longitude = CountryInfo(country).latlng()
    return float(latitude), float(longitude)


@cache
def shapes() -> tuple[dict[str, Any], ...]:
    """The countries as GeoJSON features, to a tenth of a degree. A few small ones have no shape."""
    codes = (c.alpha_2 for c in pycountry.countries if c.alpha_2 != ANTARCTICA)
    collections = (CountryInfo(code).geo_json() for code in codes)
    return tuple(_feature(feature["geometry"]) for c in collections if c for feature in c["features"])


def _feature(geometry: dict[str, Any]) -> dict[str, Any]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    wound = [[_wound(ring, clockwise=n == 0) for n, ring in enumerate(polygon)] for polygon in polygons]
    return {"type": "Feature", "geometry": {"type": "MultiPolygon", "coordinates": wound}}


def _wound(ring: Sequence[Sequence[float]], *, clockwise: bool) -> list[list[float]]:
    """A ring to a tenth of a degree, wound as d3-geo reads spheres: outer rings clockwise, holes the other way."""
    points = [[round(lon, 1), round(lat, 1)] for lon, lat in ring]
    twice_area = fsum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*points, points[0]]))
    return points[::-1] if (twice_area > 0) == clockwise else points


# -- what is shown ---------------------------------------------------------------------------------------------------


def _status(project: Project, financed: AbstractSet[str]) -> str:
    if project.status == "underway":
        return UNDERWAY
    return FINANCED if project.id in financed else LEFT_OUT


def _circles(shown: list[Project], plan: Plan) -> list[Circle]:
    """One circle for all projects of a place, stage and status, the largest first; side by side at one place."""
    financed = {f.id for f in plan.projects}
    groups: defaultdict[tuple[tuple[float, float], str, str], list[Project]] = defaultdict(list)
    for p in shown:
        if (where := place(p)) is not None:
            groups[(round(where[0], 1), round(where[1], 1)), p.stage, _status(p, financed)].append(p)
    at_place: defaultdict[tuple[float, float], int] = defaultdict(int)
    circles = []
    for (where, stage, status), projects in groups.items():
        longitude = where[1] + ASIDE * at_place[where]
        at_place[where] += 1
        cost = fsum(p.capex_m for p in projects)
        circles.append(Circle(stage, status, where[0], longitude, cost, tuple(p.id for p in projects)))
    return sorted(circles, key=lambda c: (-c.cost_m, c.projects))


def plants_of(case: Case, financed: AbstractSet[str]) -> Plants:
    """The plants of financed and underway projects whose place is known. `financed`: ids."""
    plants: defaultdict[tuple[str, str], list[tuple[float, tuple[float, float]]]] = defaultdict(list)
    for p in case.projects:
        built = _status(p, financed) != LEFT_OUT and p.status != "barred"
        if built and p.capacity_tpa > 0 and (where := place(p)) is not None:
            plants[p.stage, p.country].append((p.capacity_tpa, where))
    return plants


def routes_of(case: Case, plants: Plants) -> list[Route]:
    """Flows from the plants of one stage to those of the next, by country, the largest first.

    The book has no contracts: what a stage makes is taken to be shared out among the next in proportion to nameplate.
    """
    size = {key: fsum(t for t, _ in of) for key, of in plants.items()}
    stages = [s for s in case.settings.stages if any(stage == s for stage, _ in size)]
    routes = []
    for stage, to_stage in pairwise(stages):
        output = fsum(t for (s, _), t in size.items() if s == stage)
        routes += [
            Route(stage, a, to_stage, b, need * have / output)
            for (s, a), have in size.items()
            for (r, b), need in size.items()
            if s == stage and r == to_stage
        ]
    return sorted(routes, key=lambda r: (-r.tonnes, r))


def _middle(plants: Sequence[tuple[float, tuple[float, float]]]) -> tuple[float, float]:
    """The mean position of plants, weighted by capacity."""
    total = fsum(t for t, _ in plants)
    return fsum(t * w[0] for t, w in plants) / total, fsum(t * w[1] for t, w in plants) / total


# -- layers ----------------------------------------------------------------------------------------------------------


def _land() -> Any:
    named: Any = alt.NamedData  # altair leaves it without annotations
    return alt.Chart(named(name=LAND)).mark_geoshape(fill=LINE, stroke=None)


def _lines(plants: Plants, routes: list[Route]) -> list[Any]:
    """A line for each route; one that stays within a country is a point and is left to the table."""
    abroad = [r for r in routes if r.origin != r.destination]
    if not abroad:
        return []
    most, rows = max(r.tonnes for r in routes), []
    for r in abroad:
        start, end = _middle(plants[r.stage, r.origin]), _middle(plants[r.to_stage, r.destination])
        rows.append({"lat": start[0], "lon": start[1], "lat2": end[0], "lon2": end[1], "part": r.tonnes / most})
    return [
        alt.Chart(values(rows))
        .mark_rule(color=MUTED, opacity=0.55)
        .encode(
            latitude=alt.Latitude("lat:Q"), longitude=alt.Longitude("lon:Q"),
            latitude2=alt.Latitude2("lat2:Q"), longitude2=alt.Longitude2("lon2:Q"),
            strokeWidth=alt.StrokeWidth("part:Q", legend=None).scale(domain=[0, 1], range=[0.4, 5]),
        )
    ]  # fmt: skip


def _marks(circles: list[Circle], tones: dict[str, str], size: Size) -> list[Any]:
    """Rings below, then what is underway, then what is financed."""
    most = max((c.cost_m for c in circles), default=0.0) or 1.0
    largest = 150 if size.is_narrow else 700
    looks = {LEFT_OUT: (False, 0.8), UNDERWAY: (True, 0.4), FINANCED: (True, 0.8)}
    layers = []
    for status, (filled, opacity) in looks.items():
        rows = [_mark(c) for c in circles if c.status == status]
        if rows:
            layers.append(
                alt.Chart(values(rows))
                .mark_point(filled=filled, opacity=opacity, strokeWidth=1.4)
                .encode(
                    latitude=alt.Latitude("lat:Q"), longitude=alt.Longitude("lon:Q"),
                    color=colours("stage", tones).legend(columns=1 if size.is_narrow else 6, symbolType="circle"),
                    size=alt.Size("cost:Q", legend=None).scale(domain=[0, most], range=[12, largest]),
                    description=alt.Description("words:N"),
                )
            )  # fmt: skip
    return layers


def _mark(c: Circle) -> dict[str, Any]:
    words = tr(
        "{n} {status}, {stage}: {cost} M",
        n=len(c.projects),
        status=tr(c.status),
        stage=stage_name(c.stage),
        cost=number(c.cost_m),
    )
    return {"stage": stage_name(c.stage), "lat": c.latitude, "lon": c.longitude, "cost": c.cost_m, "words": words}


# -- the table -------------------------------------------------------------------------------------------------------


def _table(case: Case, plan: Plan, shown: list[Project], routes: list[Route]) -> Grid:
    financed = {f.id for f in plan.projects}
    rows = [
        (
            p.name or p.id,
            stage_name(p.stage),
            country_name(p.country),
            tr(_status(p, financed)),
            p.capex_m,
            p.capacity_tpa,
            *_where(p),
        )
        for p in shown
    ]
    rows += [_flow(r) for r in routes]
    heads = columns(
        "project or flow", "stage", "country", "status", ("capital cost", "amount", money_unit(case)),
        ("t/yr", "number"), ("latitude", "exact"), ("longitude", "exact"),
    )  # fmt: skip
    note = tr("A project without a place of its own stands at the centre of its country.")
    return Grid("Map", tr("Map of the projects"), heads, tuple(rows), note)


def _flow(r: Route) -> tuple[object, ...]:
    between = tr("{origin} to {destination}", origin=country_name(r.origin), destination=country_name(r.destination))
    stages = tr("{stage} for {next_stage}", stage=stage_name(r.stage), next_stage=stage_name(r.to_stage))
    return between, stages, "", tr("flow"), None, r.tonnes, None, None


def _where(project: Project) -> tuple[float, float] | tuple[None, None]:
    return place(project) or (None, None)

"""The map: places of projects, one circle a place, stage and status, and what goes from country to country."""

from itertools import pairwise

import pytest
from support.cases import book, plant
from support.tables import case

from models.schema import Project
from optimizer.analysis.risk import solve
from optimizer.reports.charts.map import map_figures, place, plants_of, routes_of, shapes
from optimizer.reports.html.charts import PAGE

PROJECTS = [
    plant("a", 100, 60, country="AU", latitude=-28.9, longitude=122.5),
    plant("b", 90, 60, country="AU", latitude=-28.9, longitude=122.5),
    plant("c", 50, 50, country="JP"),
    plant("d", 50, 50, country="JP", status="barred"),
    plant("e", 50, 20, country="JP", status="underway"),
]


def test_a_project_stands_where_it_says_or_at_the_centre_of_its_country() -> None:
    drawn = case(book([*PROJECTS, plant("f", 1, 1, country="US", latitude=40)]))
    where = {p.id: place(p) for p in drawn.projects}
    assert where["a"] == (-28.9, 122.5)
    assert where["c"] == (36.0, 138.0)
    assert where["f"] == place(drawn.projects[-1].model_copy(update={"latitude": None})), "half a place is none"
    assert place(Project(row=0, id="x", country="ROW", stage="mine", capacity_tpa=1, capex_m=1)) is None


def test_outer_rings_are_clockwise() -> None:
    """Else the drawing library fills all of the sphere but the country."""
    for feature in shapes():
        for polygon in feature["geometry"]["coordinates"]:
            ring = [*polygon[0], polygon[0][0]]
            assert sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring)) <= 0
    assert len(shapes()) > 150


def test_the_map_shows_every_project_that_is_not_barred() -> None:
    drawn = case(book(PROJECTS, 60))
    (figure,) = map_figures(drawn, solve(drawn, gap=0))
    assert figure.description == "Projects on the map: 1 financed, 1 underway, 2 left out."
    rows = {row[0]: (row[3], *row[-2:]) for row in figure.table.rows}
    assert rows == {
        "a": ("financed", -28.9, 122.5),
        "b": ("left out", -28.9, 122.5),
        "c": ("left out", 36.0, 138.0),
        "e": ("underway", 36.0, 138.0),
    }
    spec = figure.specification(titled=False, size=PAGE)
    points = [v for layer in spec["layer"][1:] for v in layer["data"]["values"]]
    assert sorted((v["lat"], v["lon"]) for v in points) == [
        (-28.9, 122.5),
        (-28.9, 124.7),
        (36.0, 138.0),
        (36.0, 140.2),
    ]


def test_a_stage_is_shared_out_among_the_next_by_nameplate() -> None:
    """Mines: 100 t in AU, 300 t in CA. Separation: 200 t in US, 40 t in JP. A quarter of each comes from AU."""
    rows = [plant("a", 100, 1, country="AU"), plant("b", 300, 1, country="CA"),
            plant("c", 200, 1, stage="separation"), plant("d", 40, 1, country="JP", stage="separation")]  # fmt: skip
    drawn = case(book([r | {"status": "underway"} for r in rows], objective="coverage"))
    routes = {(r.stage, r.origin, r.destination): r.tonnes for r in routes_of(drawn, plants_of(drawn, frozenset()))}
    assert routes == pytest.approx(
        {("mine", "CA", "US"): 150, ("mine", "AU", "US"): 50, ("mine", "CA", "JP"): 30, ("mine", "AU", "JP"): 10}
    )


def test_no_place_no_map() -> None:
    drawn = case(book([plant("a", 100, 60, country="ROW")], 60))
    assert map_figures(drawn, solve(drawn, gap=0)) == []

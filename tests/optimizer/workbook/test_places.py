"""Latitudes and longitudes as people write them, and half a place."""

from pathlib import Path

import pytest
from support import books as files
from support.cases import book, plant
from support.tables import sheets

from models.columns import columns
from models.schema import Project
from optimizer.workbook.cell_parser import parse
from optimizer.workbook.cell_values import BadCell, Style
from optimizer.workbook.read import read

LATITUDE, LONGITUDE = (next(c for c in columns(Project) if c.field == f) for f in ("latitude", "longitude"))


@pytest.mark.parametrize(
    ("written", "latitude"),
    [(-28.86, -28.86), ("-28.86", -28.86), ("−28,86", -28.86), ("28.86° S", -28.86), ("28°51'36\"S", -28.86),
     ("28° 51.6′ S", -28.86), ("35 N", 35.0), (0, 0.0)],
)  # fmt: skip
def test_a_latitude_is_read(written: object, latitude: float) -> None:
    assert parse(LATITUDE, written, Style()).value == pytest.approx(latitude, abs=1e-12)


@pytest.mark.parametrize("written", [133.2, "133.2 E", "-28 S", "28°75'S", "south", True, "28.86;122.5", float("nan")])
def test_what_is_no_latitude_is_refused_with_the_cure(written: object) -> None:
    with pytest.raises(BadCell, match="decimal degrees from -90 to 90, N positive and S negative"):
        parse(LATITUDE, written, Style())


def test_a_longitude_has_other_limits_and_sides() -> None:
    assert parse(LONGITUDE, "115.53 W", Style()).value == -115.53
    with pytest.raises(BadCell, match="E positive and W negative"):
        parse(LONGITUDE, "115.53 S", Style())


def test_half_a_place_is_warned(tmp_path: Path) -> None:
    files.write(tmp_path / "book.xlsx", sheets(book([plant("a", 100, 60, latitude=40.5), plant("b", 90, 60)], 60)))
    (warning,) = [w for w in read(tmp_path / "book.xlsx").notices if w.column == "latitude"]
    assert warning.message == "a has a latitude and no longitude: the map shows it at the centre of US; fill both"

"""Whatever a person may write is read back as it was written, from every kind of file."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import books

from models.schema import Project
from optimizer.workbook.read import read

WORDS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20).map(
    str.strip
)
NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9 _.-]{0,10}[A-Za-z0-9]", fullmatch=True).filter(
    lambda t: t.casefold() != "id"  # a header of its own
)


def decimals(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers of the fifteen digits that a spreadsheet keeps."""
    return st.floats(low, high, allow_subnormal=False).map(lambda x: float(f"{x:.12g}") if abs(x) > 1e-12 else 0.0)


AMOUNTS = st.one_of(st.integers(0, 10**6), decimals(0, 1e9))
SHARES = decimals(0, 1)


def texts() -> st.SearchStrategy[str | None]:
    """Texts that mean themselves: no numbers, booleans or error codes, and nothing that only spaces tell apart."""
    return st.one_of(st.none(), WORDS.filter(means_itself))


def means_itself(text: str) -> bool:
    booleans = ("true", "false")  # read as yes and no, as the same cell in csv and xlsx would be
    return any(c.isalpha() for c in text) and text.casefold() not in booleans and not text.startswith(("#", "Err:"))


@st.composite
def project_rows(draw: st.DrawFn) -> dict[str, Any]:
    first = draw(st.integers(2026, 2035))
    return {
        "name": draw(texts()),
        "sponsor": draw(texts()),
        "country": draw(st.sampled_from(["US", "JP", "AU", "CA", "VN"])),
        "stage": draw(st.sampled_from(["mine", "separation", "magnet"])),
        "capacity_tpa": draw(AMOUNTS),
        "capex_m": draw(AMOUNTS),
        "private_share": draw(st.one_of(st.none(), SHARES)),
        "share_ndpr": draw(st.one_of(st.none(), SHARES)),
        "earliest_fid": draw(st.one_of(st.none(), st.just(first))),
        "latest_fid": draw(st.one_of(st.none(), st.integers(first, 2040))),
        "build_years": draw(st.one_of(st.none(), st.integers(0, 12))),
        "ramp": draw(st.one_of(st.none(), st.sampled_from(["40;70;100", "50; 100"]))),
        "esg_e": draw(st.one_of(st.none(), decimals(0, 100))),
        "ghg_t": draw(st.one_of(st.none(), decimals(-1e6, 1e6))),
    }


def as_sheets(rows: dict[str, dict[str, Any]]) -> dict[str, list[list[Any]]]:
    header = list(next(iter(rows.values())))
    return {
        "projects": [["id", *header], *([i, *row.values()] for i, row in rows.items())],
        "settings": [["key", "value"], ["first_year", 2026], ["last_year", 2045]],
    }


def matches_what_was_written(project: Project, row: dict[str, Any]) -> None:
    defaults = {"name": "", "sponsor": "", "private_share": 0.0, "build_years": 3}
    for field, value in row.items():
        if field in ("ramp", "share_ndpr", "ghg_t"):
            continue
        wanted = defaults.get(field) if value is None else value
        assert getattr(project, field) == wanted, field
    assert project.shares.get("ndpr") == row["share_ndpr"]
    assert project.measures.get("ghg_t") == row["ghg_t"]
    assert project.ramp == (tuple(map(float, row["ramp"].split(";"))) if row["ramp"] else (100.0,))


@pytest.mark.parametrize("form", ["book.xlsx", "book.ods", "book"])
@settings(max_examples=25, deadline=None)
@given(rows=st.dictionaries(NAMES, project_rows(), min_size=1, max_size=6).filter(
    lambda columns: len({" ".join(k.split()).casefold() for k in columns}) == len(columns)))  # fmt: skip
def test_rows_come_back_as_written(form: str, rows: dict[str, dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        case = read(books.write(Path(folder) / form, as_sheets(rows)))
    by_id = {p.id: p for p in case.projects}
    assert by_id.keys() == {" ".join(i.split()) for i in rows}
    for i, row in rows.items():
        matches_what_was_written(by_id[" ".join(i.split())], row)

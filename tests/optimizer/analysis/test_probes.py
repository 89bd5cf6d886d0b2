"""Changes that are not proved the least: brought nearer by solving again, and said as what is known on both sides."""

import time

import pytest
from support.cases import book, plant
from support.tables import case

from models.case import Case
from models.schema import Project
from optimizer.analysis.explain.explanation import Change
from optimizer.analysis.explain.parameters import Datum, data_of
from optimizer.analysis.explain.probes import Probes
from optimizer.reports.answers.explanation_sentences import Words
from optimizer.solver.lexicographic import Options

# 100 M pay for a (100 t, 60 M). b (90 t, 80 M) comes in beside it from 40 M on: a change of 40 M is the least.
DRAWN = case(book([plant("a", 100, 60), plant("b", 90, 80)], 100))


def b_of(drawn: Case) -> tuple[Project, Datum]:
    project = next(p for p in drawn.projects if p.id == "b")
    return project, next(diagnostic for diagnostic in data_of(drawn, project) if diagnostic.column == "capex_m")


@pytest.mark.parametrize("floor", [0.0, 39.0])
def test_a_far_change_is_brought_near_the_least(floor: float) -> None:
    project, datum = b_of(DRAWN)
    probes = Probes(DRAWN, project, datum, enough=100.0, options=Options(gap=0.0), plan={"a": 2026})
    nearer = probes.nearer(floor, 75.0, -1, time.monotonic() + 600)
    assert nearer is not None
    value, chosen = nearer
    assert 39.0 <= value <= 40.0 + 1e-6
    assert chosen == {"a": 2026, "b": 2026}


def test_without_time_nothing_is_tried() -> None:
    project, datum = b_of(DRAWN)
    probes = Probes(DRAWN, project, datum, enough=100.0, options=Options(gap=0.0))
    assert probes.nearer(0.0, 75.0, -1, time.monotonic() - 1) is None


def sentence_of(column: str, now: float, needed: float, at_least: float) -> str:
    change = Change(column=column, now=now, needed=needed, stated=needed, at_least=at_least, fid_year=2026)
    return Words(DRAWN, "t/yr").change(change, b_of(DRAWN)[0])


def test_one_number_is_reported_only_of_what_is_proved_the_least() -> None:
    assert sentence_of("capex_m", 350, 266, 84) == "capital cost down to 266 M USD, from 350"
    assert sentence_of("capex_m", 350, 250, 40) == (
        "capital cost down to between 250 and 310 M USD, from 350: 250 is enough, more than 310 is not"
    )
    assert sentence_of("capacity_tpa", 200, 310, 50) == (
        "capacity up to between 250 and 310 t/yr, from 200: 310 is enough, less than 250 is not"
    )
    far = sentence_of("capex_m", 350, 14.2, 0)
    assert far == "capital cost down to 14.2 M USD is enough, from 350; a smaller change is not excluded"
    assert "least" not in far
    assert sentence_of("latest_fid", 2026, 2029, 3) == "decision in 2029, now latest 2026"
    assert (
        sentence_of("latest_fid", 2026, 2029, 1) == "decision in 2029, now latest 2026; a nearer year is not excluded"
    )

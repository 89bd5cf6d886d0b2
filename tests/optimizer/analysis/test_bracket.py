"""A bracket of what is proved on both sides of a threshold, where some questions end without a proof."""

import time

import pytest
from support.cases import book, plant
from support.tables import case

from optimizer.analysis.explain.bracket import ThresholdBracket
from optimizer.analysis.explain.explanation import Threshold
from optimizer.analysis.explain.parameters import Datum, data_of
from optimizer.analysis.explain.probes import Probes
from optimizer.analysis.explain.thresholds import NOT_SETTLED, unsettled
from optimizer.reports.answers.explanation_sentences import Words
from optimizer.solver.lexicographic import Options

# 100 M pay for a (100 t, 60 M). b (90 t, 80 M) comes in beside it from 40 M on.
DRAWN = case(book([plant("a", 100, 60), plant("b", 90, 80)], 100))


def narrowed(bracket: ThresholdBracket, enough_to: float, not_from: float, tries: int = 40) -> ThresholdBracket:
    """Values up to the first number are enough, from the second on they are not, between them no question ends."""

    def ask(value: float, _: int) -> int | None:
        return 2027 if value <= enough_to else None if value >= not_from else 0

    return bracket.narrow(ask, tries, lambda: False)


def test_without_open_values_the_two_ends_meet() -> None:
    bracket = ThresholdBracket(0.0, 100.0, enough=0.0, not_enough=1.0)
    enough, not_enough = narrowed(bracket, 31.4, 31.4).ends
    assert enough is not None
    assert not_enough is not None
    assert enough <= 31.4 <= not_enough
    assert not_enough - enough <= 0.01
    assert bracket.open is None


@pytest.mark.parametrize(("enough_to", "not_from"), [(20.0, 60.0), (49.0, 51.0), (5.0, 99.0)])
def test_both_sides_of_an_open_stretch_are_narrowed(enough_to: float, not_from: float) -> None:
    bracket = narrowed(ThresholdBracket(0.0, 100.0, enough=0.0, not_enough=1.0), enough_to, not_from)
    enough, not_enough = bracket.ends
    assert enough is not None
    assert not_enough is not None
    assert enough_to - 2 <= enough <= enough_to
    assert not_from <= not_enough <= not_from + 2
    assert (bracket.open is not None, bracket.year) == (True, 2027)


def test_an_end_that_is_open_leaves_the_other_side_to_say() -> None:
    leaves = narrowed(ThresholdBracket(0.0, 100.0, enough=0.0, open=(1.0, 1.0)), 70.0, 1000.0)
    assert leaves.not_enough is None
    assert 68.0 <= (leaves.ends[0] or 0) <= 70.0
    enters = narrowed(ThresholdBracket(0.0, 100.0, not_enough=1.0, open=(0.0, 0.0)), -1.0, 70.0)
    assert enters.enough is None
    assert 70.0 <= (enters.ends[1] or 0) <= 72.0


def sentence_of(*, enough: float | None, not_enough: float | None, financed: bool = True, settled: bool = True) -> str:
    year = None if enough is None else 2026
    t = Threshold(kind="support", now=40, enough=enough, not_enough=not_enough, is_settled=settled, fid_year=year)
    return Words(DRAWN, "t/yr").threshold(t, financed=financed)


def test_a_threshold_says_what_is_proved_and_what_is_open() -> None:
    stays = "support: it stays with a need of up to 50 M USD (now 40, decided in 2026)"
    assert sentence_of(enough=50, not_enough=50.1) == f"{stays}; with 50.1 it is in none"
    assert sentence_of(enough=50, not_enough=90, settled=False) == (
        f"{stays}; with 90 it is in none; what lies between was not settled by the search"
    )
    assert sentence_of(enough=50, not_enough=None) == f"{stays}; more is not excluded"
    assert sentence_of(enough=None, not_enough=30, financed=False) == (
        "support: with a need of 30 M USD (now 40) it is in no plan as good; whether less lets it in was not settled by the "
        "search"
    )


def test_a_cell_that_time_leaves_open_says_how_far_the_proof_reaches() -> None:
    cost, private = Datum("capex_m", 350.0, 3.5, 3500.0, -1), Datum("private_share", 0.1, 0.0, 1.0, 1)
    assert unsettled(cost, 0.0, "USD") == NOT_SETTLED
    assert unsettled(cost, 40.04, "USD") == f"down to 310 M USD is proved not enough; beyond that, {NOT_SETTLED}"
    assert unsettled(private, 0.2, "USD") == f"up to 30 % is proved not enough; beyond that, {NOT_SETTLED}"
    capacity, score = Datum("capacity_tpa", 90.0, 0.9, 900.0, 1), Datum("esg_e", 40.0, 0.0, 100.0, 1)
    assert unsettled(capacity, 30.0, "USD").startswith("up to 120 t/yr is proved not enough; ")
    assert unsettled(score, 20.0, "USD").startswith("up to 60 is proved not enough; ")


def test_the_largest_change_is_tried_where_no_smaller_one_was_found() -> None:
    project = next(p for p in DRAWN.projects if p.id == "b")
    datum = next(diagnostic for diagnostic in data_of(DRAWN, project) if diagnostic.column == "capex_m")
    probes = Probes(DRAWN, project, datum, enough=100.0, options=Options(gap=0.0), plan={"a": 2026})
    assert probes.at_the_end(-1, time.monotonic() + 600) == (datum.low, {"a": 2026, "b": 2026})
    assert probes.at_the_end(-1, time.monotonic() - 1) is None

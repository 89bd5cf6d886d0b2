"""The report of a stress: what its sentences claim, and its charts on a narrow screen."""

import re

import altair as alt
import pytest
from rich.console import Console
from support.cases import book, plant
from support.pages import small
from support.tables import case as tabled

from models.stress import CoreIndex, Lost, ScenarioResult, Stress
from optimizer.analysis.stress.built_in import with_texts
from optimizer.reports.closed_words import scenario_name
from optimizer.reports.html.charts import Figure, draw_for_page, values
from optimizer.reports.html.render import asset
from optimizer.reports.language import spoken
from optimizer.reports.report_table import Grid, columns
from optimizer.reports.stress.core import core_sentences
from optimizer.reports.stress.report import story
from optimizer.reports.stress.sentences import sentences
from optimizer.reports.stress.wording import StressWording


def replanned(regret: tuple[float, float], no_regret: bool = False) -> str:
    """What is said of a plan of 50 points whose best plan in one scenario is worth so much more, at least and at most."""
    low, high = regret
    result = ScenarioResult(
        scenario="late", probability=1.0, value=0.5, best_low=0.5 + low, best_high=0.5 + high, regret_low=low,
        regret_high=high, kept=("p1",), stopped=(), called_m=0.0, broken=(), coverage=(),
    )  # fmt: skip
    core = CoreIndex.model_validate(
        {
            "id": "p1",
            "index": 1.0,
            "class": "borderline",
            "scenarios": ("late",),
            "financed": True,
            "no_regret": no_regret,
        }
    )
    stress = Stress(
        objective="coverage", planned=0.5, contingency_m=None, built_in=False, scenarios=(result,), draws=None, lost=(),
        worst_sets=(), tornado=(), breaks=(), core=(core,),
    )  # fmt: skip
    return " ".join(core_sentences(StressWording(small(), stress)))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (0.5, "The one scenario is worth no less than the plan as planned: 50.0 points."),
        (0.4, 'In the one scenario, "late", it is 40.0 points instead of 50.0 points as planned.'),
    ],
)
def test_a_scenario_as_good_as_planned_is_not_told_as_the_worst(value: float, message: str) -> None:
    result = ScenarioResult(
        scenario="late", probability=1.0, value=value, kept=("p1",), stopped=(), called_m=0.0, broken=(), coverage=(),
    )  # fmt: skip
    stress = Stress(
        objective="coverage", planned=0.5, contingency_m=None, built_in=False, scenarios=(result,), draws=None, lost=(),
        worst_sets=(), tornado=(), breaks=(), core=(),
    )  # fmt: skip
    assert message in sentences(small(), stress)


def test_one_screen_holds_the_story_whatever_it_tells() -> None:
    scenarios = tuple(
        ScenarioResult(
            scenario=f"a scenario with a long name, number {n}", probability=0.1, value=0.5 - n / 100, kept=("p1",),
            stopped=(), called_m=100.0 + n, broken=("floor-of-magnets-in-2032", "share-of-one-country"), coverage=(),
        )
        for n in range(9)
    )  # fmt: skip
    lost = tuple(Lost(kind="project", name=f"p{n}", loss=0.1 - n / 1000) for n in range(5))
    stress = Stress(
        objective="coverage", planned=0.5, contingency_m=None, built_in=False, scenarios=scenarios, draws=None,
        lost=lost, worst_sets=(), tornado=(), breaks=(), core=(),
    )  # fmt: skip
    cut: list[bool] = []
    for width in (60, 80, 100):
        console = Console(width=width)
        lines = [line for part in story(small(), stress, width=width, rows=39) for line in console.render_lines(part)]
        assert len(lines) <= 39
        cut.append("more scenario" in "".join(segment.text for line in lines[-3:] for segment in line))
    assert any(cut), "the scenarios that do not fit are counted"


def test_one_project_is_told_in_the_singular() -> None:
    assert "1 of 1 projects of the plan is no-regret" in replanned((0.03, 0.04), no_regret=True)
    assert "1 of the 1 projects of the plan is in each of the 1 best plans" in replanned((0.03, 0.04))
    assert "found, but a plan without it may be as good" in replanned((0.03, 0.04))


def test_limits_that_read_alike_are_one_amount() -> None:
    assert "its best plan would reach 3.0 points more." in replanned((0.03, 0.03 + 2e-12))
    assert "its best plan would reach at least 3.0 points and at most 4.0 points more." in replanned((0.03, 0.04))


@pytest.mark.parametrize(("above", "per_cent"), [(2e-13, "0"), (0.001, "0.19")])
def test_rounding_residue_is_not_a_gap(above: float, per_cent: str) -> None:
    assert f"proved within {per_cent} % of the best possible" in replanned((0.03, 0.03 + above))


def test_a_narrow_chart_is_not_blown_up() -> None:
    """A chart keeps its own width where it is smaller than what wide charts need to stay readable."""
    chart = alt.Chart(values([{"a": "x", "b": 1}])).mark_bar().encode(x="a:N", y="b:Q").properties(width=90, height=60)
    table = Grid("t", "t", columns("a"), (("x",),))
    ((drawn,),) = draw_for_page([Figure("narrow", "Narrow", "One bar.", chart, table)])
    assert drawn.picture is not None
    width = re.search(r'<svg[^>]* width="(\d+)"', drawn.picture)
    assert width is not None
    assert int(width[1]) < 560
    assert f'style="--drawn:{width[1]}px"' in drawn.picture
    assert "min-width: min(560px, var(--drawn, 560px))" in asset("style.css")


def test_names_of_built_in_scenarios_are_translated_in_charts_and_from_files() -> None:
    case = tabled(book([plant("a", 30, 50)], 100))
    names = ("one year late", "US lost", "DFC lost", "war")
    rows = tuple(
        ScenarioResult(
            scenario=name, probability=0.0, value=0.4, kept=("a",), stopped=(), called_m=0.0, coverage=(), broken=()
        )
        for name in names
    )
    stress = Stress(
        objective="coverage", planned=0.5, contingency_m=None, built_in=True, scenarios=rows, draws=None, lost=(),
        worst_sets=(), breaks=(), tornado=(), core=(),
    )  # fmt: skip
    with spoken("ja"):
        message = [scenario_name(s.scenario) for s in with_texts(case, stress).scenarios]
    assert message == ["1年の遅延", "米国の喪失", "DFCの喪失", "war"]
    assert [s.scenario for s in with_texts(case, stress).scenarios] == list(names)

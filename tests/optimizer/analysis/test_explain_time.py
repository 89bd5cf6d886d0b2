"""The time for all questions about a plan: what is not asked keeps the plan's reason; small cases are not cut short."""

import io
import threading

import pytest
from rich.console import Console
from support.cases import book, plant
from support.tables import case

from models.case import Case
from models.plan import Plan
from optimizer.analysis.explain import Explanation, explain, tasks
from optimizer.analysis.explain.explanation import ProjectStory
from optimizer.analysis.known_answers import KnownPlan
from optimizer.analysis.risk import solve
from optimizer.analysis.what_if import Span, Swap
from optimizer.cli.console import Screen
from optimizer.cli.sharpening import sharpening
from optimizer.reports.answers import explanation_text
from optimizer.reports.table_text import height

# 60 M pay for a (100 t) or b (90 t); c is barred.
ROWS = [plant("a", 100, 60), plant("b", 90, 60), plant("c", 10, 5, status="barred", note="no permit")]


@pytest.fixture(scope="module")
def small() -> tuple[Case, Plan]:
    drawn = case(book(ROWS, 60))
    return drawn, solve(drawn, gap=0)


def test_a_small_case_is_explained_whole_whatever_the_time(small: tuple[Case, Plan]) -> None:
    answer = explain(*small, total_time=1e-9)
    assert answer.complete
    assert [s.asked for s in answer.projects] == [True, True, False]


def test_without_time_there_are_the_reasons_of_the_plan_and_the_bounds_of_the_relaxation(
    small: tuple[Case, Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "is_small", lambda *_: False)
    answer = explain(*small, total_time=1e-9)
    assert not answer.complete
    told = {s.id: (s.financed, s.asked, s.reason, s.verdict) for s in answer.projects}
    assert told == {
        "a": (True, False, "", "core"),
        "b": (False, False, "outbid", "exterior"),
        "c": (False, False, "barred", "exterior"),
    }


def test_what_is_known_comes_before_any_search_and_sharpens(
    small: tuple[Case, Plan], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With b in place of a the plan has 10 t less."""
    monkeypatch.setattr(tasks, "is_small", lambda *_: False)
    known: list[Explanation] = []
    screen, case = Screen(as_json=False, quiet=False), small[0]
    with sharpening(screen, threading.Event(), case) as (tell, partial):
        assert tell is not None
        assert partial is not None

        def both(explanation: Explanation) -> None:
            known.append(explanation)
            partial(explanation)

        answer = explain(*small, within=0.2, partial=both)
    first, last = known[0], known[-1]
    assert [s.asked for s in first.projects] == [False, False, False]
    assert not first.complete
    assert answer.complete
    assert [s.loss for s in last.projects] == [s.loss for s in answer.projects]
    a = {s.id: s for s in answer.projects}["a"]
    assert a.loss is not None
    assert a.loss.high == pytest.approx(10)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "known before any search:"
    assert "lost without it: 10" in [line for line in lines if line.startswith("  a,")][-1]


def test_a_barred_project_is_explained_without_a_search(small: tuple[Case, Plan]) -> None:
    asking = tasks.ExplainContext(*small, within=0.01, options=tasks.Options(gap=0.0), whole=False)
    barred = next(p for p in small[0].projects if p.id == "c")
    (task,) = asking.project_tasks(asking.first_answers([barred]))
    story = asking.reply(task).value
    assert (story.reason, story.detail, story.verdict) == ("barred", "no permit", "exterior")
    assert asking.inquiry._sessions == []


def test_what_is_proved_is_not_lost_when_a_later_search_ends_without_an_answer() -> None:
    unasked = ProjectStory(id="a", name="a", financed=True, verdict="borderline", asked=False)
    bounded = unasked.model_copy(update={"verdict": "core", "at_least": 3.0})
    rough = unasked.model_copy(update={"asked": True, "loss": Span(low=2.0, high=4.0)})
    assert bounded.sharpened(unasked) == bounded
    assert bounded.sharpened(rough).verdict == "core"
    assert rough.sharpened(unasked) == rough
    assert rough.sharpened(rough.model_copy(update={"loss": Span(low=1.0, high=4.0)})) == rough
    narrow = rough.model_copy(update={"loss": Span(low=3.0, high=3.5)})
    assert rough.sharpened(narrow) == narrow


def test_the_screen_of_a_large_plan_has_a_line_for_many_projects() -> None:
    """Where rows with names and all that moves would leave room for one or two projects, the tables are narrow."""
    rows = [
        plant(f"p{n:02d}", 40, 20) | {"name": f"Separation plant number {n} of the northern province"}
        for n in range(40)
    ]
    moved = Swap(enter=("p01", "p02"), leave=("p03", "p04"))
    stories = [
        ProjectStory(
            id=f"p{n:02d}", name="", financed=n < 20, fid_year=2026 if n < 20 else None, reason="" if n < 20 else "outbid",
            verdict="borderline", loss=Span(low=0.0, high=1.0 + n), swap=moved,
        )
        for n in range(40)
    ]  # fmt: skip
    world, known = case(book(rows, 60)), Span(low=100.0, high=101.0)
    told = Explanation(objective="capacity", unit="t/yr", best=known, within=0.01, projects=tuple(stories))
    parts = explanation_text.story(world, told, width=100, rows=39)
    assert height(parts, 100) <= 39
    console = Console(width=100, record=True, file=io.StringIO())
    for part in parts:
        console.print(part)
    lines = console.export_text().splitlines()
    assert sum(line.startswith("p") and "borderline" in line for line in lines) >= 20
    assert any("first 12 of 20" in line or "first 14 of 20" in line for line in lines)


def test_a_plan_that_one_question_finds_narrows_the_answer_of_another(small: tuple[Case, Plan]) -> None:
    """Without a, a plan of 0 t was found; b, found in another worker process, shows that no more than 10 t are lost."""
    context = tasks.ExplainContext(*small, within=0.01, options=tasks.Options(gap=0.01), whole=True)
    wide = ProjectStory(id="a", name="a", financed=True, verdict="borderline", loss=Span(low=5.0, high=100.0))
    assert context.value.with_known_plans(wide) == wide
    context.learn([KnownPlan({"b": 2026}, {}, 90.0), KnownPlan({"a": 2026}, {}, 100.0)])
    narrow = context.value.with_known_plans(wide)
    assert narrow.loss is not None
    assert (narrow.loss.low, narrow.loss.high) == (5.0, pytest.approx(10.0))
    assert narrow.swap.enter == ("b",)

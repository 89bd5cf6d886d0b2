"""The time for all questions about a plan: what is not asked keeps the plan's reason; small cases are not cut short."""

import threading

import pytest
from support.cases import book, plant
from support.tables import case

from models.case import Case
from models.plan import Plan
from optimizer.analysis.explain import Explanation, explain, tasks
from optimizer.analysis.explain.explanation import ProjectStory
from optimizer.analysis.risk import solve
from optimizer.analysis.what_if import Span
from optimizer.cli.console import Screen
from optimizer.cli.sharpening import sharpening

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

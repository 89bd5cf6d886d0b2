"""The time for all questions about a plan: what is not asked keeps the plan's reason; small cases are not cut short."""

import pytest
from support.cases import book, plant
from support.tables import case

from models.case import Case
from models.plan import Plan
from optimizer.analysis.explain import explain, tasks
from optimizer.solver.solve import solve

# 60 M pay for a (100 t) or b (90 t); c is barred.
ROWS = [plant("a", 100, 60), plant("b", 90, 60), plant("c", 10, 5, status="barred", note="no permit")]


@pytest.fixture(scope="module")
def small() -> tuple[Case, Plan]:
    drawn = case(book(ROWS, 60))
    return drawn, solve(drawn, gap=0)


def test_a_small_case_is_explained_whole_whatever_the_time(small: tuple[Case, Plan]) -> None:
    said = explain(*small, total_time=1e-9)
    assert said.complete
    assert [s.asked for s in said.projects] == [True, True, False]


def test_without_time_every_project_keeps_the_reason_of_the_plan(
    small: tuple[Case, Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "is_small", lambda _: False)
    said = explain(*small, total_time=1e-9)
    assert not said.complete
    told = {s.id: (s.financed, s.asked, s.reason, s.verdict) for s in said.projects}
    assert told == {
        "a": (True, False, "", "borderline"),
        "b": (False, False, "outbid", "borderline"),
        "c": (False, False, "barred", "exterior"),
    }


def test_a_barred_project_is_explained_without_a_search(small: tuple[Case, Plan]) -> None:
    asking = tasks.Asking(*small, within=0.01, options=tasks.Options(gap=0.0), whole=False)
    barred = next(p for p in small[0].projects if p.id == "c")
    (task,) = asking.tasks([barred])
    story = asking.reply(task).value
    assert (story.reason, story.detail, story.verdict) == ("barred", "no permit", "exterior")
    assert asking.inquiry._sessions == []

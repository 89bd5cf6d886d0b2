"""Plans and bounds that questions leave to later ones hold the truth; requirements make one question narrower than another."""

from math import inf

import pytest
from support.cases import book, plant
from support.oracle import best
from support.repeatable import examples
from support.solved_books import solved_books
from support.tables import case

from models.case import Case
from models.sets import Sets
from optimizer.analysis.explain import explain, run, tasks
from optimizer.analysis.known_answers import KnownAnswers, KnownPlan, needs_of
from optimizer.analysis.risk import solve
from optimizer.analysis.what_if import Inquiry, chosen_of, span_of, without
from optimizer.solver.options import Options
from optimizer.solver.reoptimize import Question

MANY = examples(0.25)
# The mill needs the mine, the works need the mill; 60 M pay for all three or for the large plant alone.
CHAIN = [
    plant("mine", 20, 10),
    plant("mill", 30, 20, requires="mine"),
    plant("works", 40, 30, requires="mill"),
    plant("large", 100, 60),
]


@pytest.mark.parametrize("width", [inf, 0.0])
@pytest.mark.parametrize("number", range(MANY))
def test_answers_at_a_fixed_effort_hold_what_brute_force_finds(number: int, width: float) -> None:
    """Of any width, where one node is searched, and of none, where every step is taken."""
    drawn, plan = solved_books(MANY)[number]
    inquiry = Inquiry(Sets(drawn), Options(gap=0.05))
    best_span = span_of(inquiry, plan)
    asked = 0
    for project in inquiry.sets.candidates:
        if not inquiry.can_decide(project.id) or project.status == "committed":
            continue
        financed = project.id in chosen_of(plan)
        question = without([project.id]) if financed else Question(include=frozenset([project.id]))
        answer = inquiry.near(question, chosen_of(plan), width, best_span)
        truth = _best(drawn, project.id, "barred" if financed else "committed")
        if answer is None:
            continue
        asked += 1
        assert truth is not None
        room = 3e-6 * max(1.0, abs(truth))
        assert answer.span.low <= truth + room
        assert answer.span.high >= truth - room
        assert (project.id in answer.chosen) != financed
        inquiry.ask(question, start=chosen_of(plan), tie_break=False)
        assert inquiry.known.bound(question) >= truth - room
        known = inquiry.known.best(question)
        assert known is not None
        assert known.value <= truth + room
    assert asked or not any(inquiry.can_decide(p.id) for p in inquiry.sets.candidates)


def test_every_step_is_taken_for_an_interval_that_is_narrow_enough() -> None:
    """Without the large plant the chain of three, 90 t, is the best plan. The root node proves it; the relaxation takes a part
    of the spare plant too, 94.5 t."""
    drawn = case(book([*CHAIN, plant("spare", 10, 11)], 65))
    inquiry = Inquiry(Sets(drawn), Options(gap=0.05))
    plan = solve(drawn, gap=0)
    question = without(["large"])
    answer = inquiry.near(question, {}, 0.0, span_of(inquiry, plan))
    assert answer is not None
    assert (answer.span.low, answer.span.high) == (pytest.approx(90), pytest.approx(90, abs=1e-4))
    assert inquiry.known.bound(question) == answer.span.high
    relaxed = inquiry.session.relaxed(question)
    assert relaxed is not None
    assert -relaxed.objective > 94


def test_a_bound_holds_for_the_questions_that_are_narrower() -> None:
    known = KnownAnswers.of(Sets(case(book(CHAIN, 60))))
    plan = KnownPlan({"large": 2026}, {}, 100.0)
    known.add(without(["works"]), plan, 107.0)
    known.add(without(["mill"]), plan, 103.0)
    known.add(Question(include=frozenset(["mine"])), KnownPlan({"mine": 2026}, {}, 20.0), 90.0)
    assert known.bound(without(["works"])) == 107
    assert known.bound(without(["mine"])) == 103  # without the mine there is no mill, and without the mill no works
    assert known.bound(Question(include=frozenset(["works"]))) == 90
    assert known.bound(Question(include=frozenset(["large"]))) == float("inf")
    assert known.bound(Question(limits={("total_budget",): (None, 99.0)})) == float("inf")


def test_of_two_projects_that_are_decided_together_one_is_asked() -> None:
    rows = [plant("mine", 20, 10, together="mill"), plant("mill", 30, 20), plant("works", 40, 30, requires="mill")]
    known = KnownAnswers.of(Sets(case(book(rows, 60))))
    known.add(without(["mine"]), KnownPlan({}, {}, 0.0), 10.0)
    assert known.has_asked(without(["mill"]))
    assert not known.has_asked(without(["works"]))
    assert not known.has_asked(Question(include=frozenset(["mill"])))


def test_a_known_plan_answers_the_questions_that_it_satisfies() -> None:
    known = KnownAnswers(needs={}, committed=frozenset(["fixed"]))
    known.add(Question(), KnownPlan({"fixed": 2026, "a": 2027}, {}, 2.0))
    known.add(without(["fixed"]), KnownPlan({"a": 2026}, {}, 3.0))
    with_a, value = Question(include=frozenset(["a"])), {"a": 3.0}
    assert known.best(with_a).value == 2  # type: ignore[union-attr]  # the better plan lacks the committed project
    assert known.best(without(["fixed"])).value == value["a"]  # type: ignore[union-attr]
    assert known.best(Question(at={"a": 2026})) is None
    assert known.best(Question(include=frozenset(["b"]))) is None


def test_a_requirement_that_something_else_can_meet_is_no_need() -> None:
    rows = [plant("a", 10, 5), plant("b", 10, 5), plant("c", 10, 5, requires="a|b"), plant("d", 10, 5, requires="a")]
    rows += [plant("e", 10, 5, together="d"), plant("u", 10, 5, status="underway"), plant("f", 10, 5, requires="u")]
    needs = needs_of(Sets(case(book(rows, 60))))
    assert needs["c"] == {"c"}
    assert needs["d"] == needs["e"] == {"a", "d", "e"}
    assert needs["f"] == {"f"}


def test_finer_questions_are_not_begun_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a share for them, every project has its first answer, and none says what would let it in."""
    drawn = case(book(CHAIN, 60))
    plan = solve(drawn, gap=0)
    monkeypatch.setattr(tasks, "is_small", lambda *_: False)
    monkeypatch.setattr(run, "FINER_SHARE", 0.0)
    asked: list[str] = []
    explanation = explain(drawn, plan, total_time=60.0, within=0.2, progress=lambda step: asked.append(step.what))
    assert all(s.asked or s.verdict != "borderline" for s in explanation.projects)
    assert not explanation.complete
    assert not any("what would let" in what for what in asked)


def _best(drawn: Case, project: str, status: str) -> float | None:
    projects = tuple(p.model_copy(update={"status": status}) if p.id == project else p for p in drawn.projects)
    best_value = best(drawn.model_copy(update={"projects": projects}))
    return best_value.net if best_value.feasible else None

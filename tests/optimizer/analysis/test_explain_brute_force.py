"""Explanations of small books against brute force: losses, verdicts, thresholds, steps, budgets, overrides.

MINE2MAGNET_EXAMPLES sets how many random books are explained; the draws are always the same.
"""

from collections.abc import Callable

import pytest
from support.oracle import best
from support.oracle_rules import barred
from support.repeatable import examples
from support.solved_books import solved_books

from models.case import Case
from models.plan import Plan
from models.schema import Project
from models.sets import Sets
from optimizer.analysis.explain import Explanation, explain, tasks
from optimizer.analysis.explain.binding_limits import questioned_limits
from optimizer.analysis.explain.budget_sensitivity import PARTS
from optimizer.analysis.explain.explanation import Change, ProjectStory
from optimizer.analysis.explain.first_answer import first_answers
from optimizer.analysis.what_if import Span
from optimizer.solver.options import Options

MANY = examples(0.25)
SCAN = 7
"""Values of a cell that are looked at on each side of the present one."""
each = pytest.mark.parametrize("number", range(MANY))


@each
def test_everything_said_of_a_book_is_what_brute_force_finds(number: int) -> None:
    drawn, plan = solved_books(MANY)[number]
    explanation = explain(drawn, plan)
    assert explanation.complete
    truth = net(drawn)
    holds(explanation.best, truth)
    for story in explanation.projects:
        project = next(p for p in drawn.projects if p.id == story.id)
        losses_hold(drawn, story, project, truth, explanation.within)
        if not story.financed:
            thresholds_hold(drawn, story, project)
    limits_hold(drawn, plan, explanation, truth)
    budgets_hold(drawn, explanation)
    overrides_hold(drawn, explanation, truth)


@each
def test_what_is_known_before_any_search_holds(number: int) -> None:
    drawn, plan = solved_books(MANY)[number]
    value = tasks.ExplainContext(drawn, plan, 0.01, Options(gap=0.0), whole=True).value
    projects = [p for p in drawn.projects if p.status != "underway"]
    truth = net(drawn)
    for story, project in zip(first_answers(value, projects), projects, strict=True):
        assert not story.asked
        other = net(with_project(drawn, project, status="barred" if story.financed else "committed"))
        if story.at_least is not None and other is not None:
            assert 0 < story.at_least <= truth - other + 1e-9 * max(1.0, abs(truth))
            if story.verdict in ("core", "exterior"):
                assert truth - other > 0.01 * abs(truth) - 1e-9


# -- losses --------------------------------------------------------------------------------------------------------


def losses_hold(drawn: Case, story: ProjectStory, project: Project, truth: float, within: float) -> None:
    if not story.asked:
        assert project.id not in {p.id for p in Sets(drawn).candidates} or not Sets(drawn).windows[project.id]
        return
    other = net(with_project(drawn, project, status="barred" if story.financed else "committed"))
    if other is None:
        assert story.loss is None
        assert story.verdict == ("core" if story.financed else "exterior")
        return
    assert story.loss is not None
    holds(story.loss, truth - other)
    clear = abs(truth - other - within * abs(truth)) > 1e-5 * max(1.0, abs(truth))
    if clear:
        settled = "core" if story.financed else "exterior"
        assert story.verdict == (settled if truth - other > within * max(abs(truth), 1e-9) else "borderline")


# -- thresholds ----------------------------------------------------------------------------------------------------


def thresholds_hold(drawn: Case, story: ProjectStory, project: Project) -> None:
    without = net(with_project(drawn, project, status="barred"))
    assert without is not None
    floor = without - 2e-9 * max(1.0, abs(without))
    for change in story.changes:
        if change.column in ("earliest_fid", "latest_fid"):
            year_holds(drawn, project, change, without)
            continue
        assert enters(drawn, project, change.column, change.needed, without - 2e-6 * max(1.0, abs(without)))
        assert change.at_least == pytest.approx(change.change, rel=1e-5, abs=1e-6)
        for value in smaller(change):
            assert not enters(drawn, project, change.column, value, floor), (change, value)
    for column, why in story.unchanged.items():
        if why == "no value of it is enough":
            for value in spread(getattr(project, column), column):
                assert not enters(drawn, project, column, value, floor), (column, value)


def enters(drawn: Case, project: Project, column: str, value: float, floor: float) -> bool:
    """Whether the best plan with the project attains `floor` once the cell holds this value."""
    changed = project.model_copy(update={column: value})
    if barred(drawn, changed):
        return False
    attained = net(with_project(drawn, changed, status="committed"))
    return attained is not None and attained >= floor


def smaller(change: Change) -> list[float]:
    """Values nearer to the present one than the change, on both sides."""
    assert change.now is not None
    least, most = spread(change.now, change.column)[::SCAN]
    parts = [(n + 0.5) / SCAN for n in range(SCAN)] + [1 - 1e-3]
    near = [change.now + sign * part * change.change for part in parts for sign in (-1, 1)]
    return [v for v in near if least <= v <= most]


def spread(now: float, column: str) -> list[float]:
    """Values over the range that is looked at."""
    low, high = {
        "private_share": (0.0, 1.0),
        "capex_m": (now / 100, 10 * now),
        "capacity_tpa": (now / 100, 10 * now),
    }.get(column, (0.0, 100.0))
    return [low + (high - low) * n / SCAN for n in range(SCAN + 1)]


def year_holds(drawn: Case, project: Project, change: Change, without: float) -> None:
    window = Sets(drawn).window(project)
    first, last = min(window), max(window)
    assert change.change == (first - change.needed if change.column == "earliest_fid" else change.needed - last)
    settings = drawn.settings
    for year in range(settings.first_year, min(settings.last_fid_year, settings.last_year) + 1):
        away = max(first - year, year - last)
        if 0 < away < change.change or year == change.needed:
            at = with_project(drawn, project, status="committed", earliest_fid=year, latest_fid=year)
            assert not barred(drawn, project)
            attained = net(at)
            assert (attained is not None and attained >= without - 2e-6 * max(1.0, abs(without))) == (
                year == change.needed
            )


# -- limits, budgets, overrides --------------------------------------------------------------------------------------


def limits_hold(drawn: Case, plan: Plan, explanation: Explanation, truth: float) -> None:
    """Those named are worth what is said; of those not named a step more is worth nothing."""
    named = {x.name for x in explanation.limits}
    for other in questioned_limits(drawn, plan, every=True):
        if other.name not in named:
            assert not other.is_tight
            eased = net(with_limit(drawn, other.name, other.kind, other.eased))
            assert eased is not None
            assert eased - truth <= 3e-6 * max(1.0, abs(truth)), other
    for limit in explanation.limits:
        eased = net(with_limit(drawn, limit.name, limit.kind, limit.eased))
        assert eased is not None
        holds(limit.worth, eased - truth)


def with_limit(drawn: Case, name: str, kind: str, value: float) -> Case:
    if kind == "rule":
        rules = tuple(r.model_copy(update={"value": value}) if r.rule == name else r for r in drawn.rules)
        return drawn.model_copy(update={"rules": rules})
    if name == "total budget":
        return drawn.model_copy(update={"settings": drawn.settings.model_copy(update={"total_budget_m": value})})
    fund = next(f for f in Sets(drawn).funds if name.startswith(f.name))
    rest = name.removeprefix(fund.name).strip()
    return change_programmes(drawn, lambda p: raised(p, rest, value) if p in fund.programmes else {})


def raised(p: object, rest: str, value: float) -> dict[str, object]:
    if rest == "in total":
        return {"total_m": value if p.total_m is not None else None}  # type: ignore[attr-defined]
    if rest == "in total, face value":
        return {"total_face_m": value if p.total_face_m is not None else None}  # type: ignore[attr-defined]
    envelopes = p.envelopes  # type: ignore[attr-defined]
    return {"envelopes": {**envelopes, int(rest): value} if envelopes else envelopes}


def change_programmes(drawn: Case, change: Callable[..., dict[str, object]]) -> Case:
    changed = tuple(p.model_copy(update=change(p)) for p in drawn.programmes)
    return drawn.model_copy(update={"programmes": changed})


def budgets_hold(drawn: Case, explanation: Explanation) -> None:
    assert [b.part for b in explanation.budgets] in ([], sorted((*PARTS, 1.0)))
    for at in explanation.budgets:
        part = at.part
        total = drawn.settings.total_budget_m
        settings = drawn.settings.model_copy(update={"total_budget_m": None if total is None else total * part})
        scaled = change_programmes(
            drawn.model_copy(update={"settings": settings}),
            lambda p, part=part: {
                "envelopes": {y: v * part for y, v in p.envelopes.items()},
                "total_m": None if p.total_m is None else p.total_m * part,
                "total_face_m": None if p.total_face_m is None else p.total_face_m * part,
            },
        )
        attained = net(scaled)
        assert (attained is None) == (at.value is None)
        if attained is not None and at.value is not None:
            holds(at.value, attained)
        assert all((s.id in at.projects) == (part in s.at_budgets) for s in explanation.projects)


def overrides_hold(drawn: Case, explanation: Explanation, truth: float) -> None:
    mine = [p for p in drawn.projects if p.status in ("committed", "barred")]
    assert [c.id for c in explanation.overrides.alone] == [p.id for p in mine]
    for cost, project in zip(explanation.overrides.alone, mine, strict=True):
        if cost.cost is not None:
            free = net(with_project(drawn, project, status="candidate"))
            assert free is not None
            holds(cost.cost, free - truth)
    if explanation.overrides.together is not None and all(c.cost is not None for c in explanation.overrides.alone):
        free_case = drawn
        for project in mine:
            free_case = with_project(free_case, project, status="candidate")
        free = net(free_case)
        assert free is not None
        holds(explanation.overrides.together, free - truth)


# -- words ---------------------------------------------------------------------------------------------------------


def net(drawn: Case) -> float | None:
    best_value = best(drawn)
    return best_value.net if best_value.feasible else None


def holds(span: Span, truth: float | None) -> None:
    """The interval holds the truth and is no wider than the tie-break's tolerance."""
    assert truth is not None
    slack = 3e-6 * max(1.0, abs(truth), abs(span.high))
    assert span.low - slack <= truth <= span.high + slack
    assert span.high - span.low <= slack


def with_project(drawn: Case, project: Project, **changes: object) -> Case:
    other = project.model_copy(update=changes)
    return drawn.model_copy(update={"projects": tuple(other if p.id == project.id else p for p in drawn.projects)})

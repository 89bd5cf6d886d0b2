"""Further questions to plans under risk, against every selection tried: losses, alternatives, budgets, aversion."""

import itertools

import pytest
from support import risk_books
from support.chains import gallium_case
from support.repeatable import EXAMPLES

from models.case import Case
from models.schema import Scenario
from optimizer.analysis.alternatives import alternatives
from optimizer.analysis.explain import explain
from optimizer.analysis.frontier import explore
from optimizer.analysis.risk import questions, solve
from optimizer.analysis.risk.questions import asked_measure
from optimizer.errors import Refusal
from optimizer.solver.second_opinion import contradictions, second_opinion

MANY = max(1, EXAMPLES // 12)
SEEDS = (7, 4, *range(10, 9 + MANY))
TIGHT = 1e-6
Tried = list[tuple[float, dict[str, int]]]
"""Measure of each selection."""


def tried(case: Case) -> Tried:
    result = [(risk_books.values(case, chosen), chosen) for chosen in risk_books.selections(case)]
    most = {w: max(values[w] for values, _ in result) for w in risk_books.probabilities(case)}
    return [(risk_books.measure(case, values, most), chosen) for values, chosen in result]


def best(every: Tried, project: str, *, financed: bool) -> float:
    return max(value for value, chosen in every if (project in chosen) is financed)


@pytest.mark.parametrize(
    ("risk", "contingency"), [("expected", True), ("cvar", False), ("worst", True), ("regret", False)]
)
def test_a_project_is_worth_what_every_selection_without_it_says(risk: str, contingency: bool) -> None:
    for seed in SEEDS[:MANY]:
        case = risk_books.book(seed, risk, contingency=contingency)
        every, plan = tried(case), solve(case, gap=0.0, time_limit=60)
        top = max(value for value, _ in every)
        for story in explain(case, plan, gap=0.0).projects:
            if not any((story.id in chosen) is not story.financed for _, chosen in every):
                assert story.loss is None, (seed, story.id)
                continue
            assert story.loss is not None, (seed, story.id)
            loss = top - best(every, story.id, financed=not story.financed)
            assert story.loss.low - TIGHT <= loss <= story.loss.high + TIGHT, (seed, story.id)
            assert story.loss.high - story.loss.low <= TIGHT


def test_alternatives_are_the_best_of_their_projects_and_none_is_missed() -> None:
    for seed, risk in zip(SEEDS, itertools.cycle(("cvar", "worst", "expected")), strict=False):
        case = risk_books.book(seed, risk, contingency=seed % 2 == 0)
        every, plan = tried(case), solve(case, gap=0.0, time_limit=60)
        own, floor = {p.id for p in plan.projects}, 0.5 * max(value for value, _ in every)
        answer = alternatives(case, plan, within=0.5, gap=0.0)
        for other in answer.portfolios:
            ids = {p.id for p in other.plan.projects}
            assert other.value == pytest.approx(max(v for v, c in every if c.keys() == ids), abs=TIGHT), seed
            assert other.value >= floor - TIGHT
            assert other.plan.risk is not None
            assert other.plan.audit is not None
            assert other.plan.audit.passed
        others = any(value >= floor + TIGHT and chosen.keys() != own for value, chosen in every)
        assert bool(answer.portfolios) or not others or _needless(every, own, floor), seed


def _needless(every: Tried, own: set[str], floor: float) -> bool:
    """Whether all other portfolios hold a project that adds nothing."""
    by_ids: dict[frozenset[str], float] = {}
    for value, chosen in every:
        by_ids[frozenset(chosen)] = max(value, by_ids.get(frozenset(chosen), value))
    near = {ids: value for ids, value in by_ids.items() if value >= floor + TIGHT and ids != own}
    return all(any(by_ids[ids - {i}] >= value - TIGHT for i in ids) for ids, value in near.items())


@pytest.mark.parametrize("risk", ["expected", "worst"])
def test_the_best_value_of_every_budget_lies_in_its_box(risk: str) -> None:
    for seed in SEEDS[:MANY]:
        case = risk_books.book(seed, risk, contingency=risk == "worst")
        frontier = explore(case, time_limit=60.0)
        assert frontier.status == "optimal"
        for n in range(9):
            budget = frontier.from_m + (frontier.to_m - frontier.from_m) * n / 8
            limited = case.with_(settings=case.settings.model_copy(update={"total_budget_m": budget + 1e-7}))
            top, _ = risk_books.best(limited)
            box = next((b for b in frontier.boxes if b.from_m <= budget < b.to_m), frontier.boxes[-1])
            assert box.low is not None
            assert box.high is not None
            assert box.low - TIGHT <= top <= box.high + TIGHT, (seed, budget)


def test_the_trade_off_against_aversion_is_the_best_of_every_selection() -> None:
    case = risk_books.book(7, "cvar", alpha=0.7)
    table = explore(case, against="aversion", time_limit=60.0).trade_off
    assert table is not None
    assert table.values == (0.0, 0.25, 0.5, 0.75, 1.0)
    for aversion, row in zip(table.values, table.cells, strict=True):
        for budget, (value, bound) in zip(table.budgets_m, row, strict=True):
            changed = {"total_budget_m": budget + 1e-7, "aversion": aversion}
            top, _ = risk_books.best(case.with_(settings=case.settings.model_copy(update=changed)))
            assert value is not None
            assert bound is not None
            assert value - TIGHT <= top <= bound + TIGHT, (aversion, budget)


def test_what_has_no_extensive_form_of_its_size_is_refused() -> None:
    for risk, settings in (("failures", {}), ("expected", {"draws": 20}), ("regret", {})):
        with pytest.raises(Refusal, match="not modelled under a measure of risk"):
            asked_measure(risk_books.book(2, risk, **settings), "a question")
    assert asked_measure(risk_books.book(2, "none"), "a question") is None


def test_a_chain_is_asked_only_where_its_flows_are_few(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = gallium_case()
    less = Scenario(row=2, scenario="less", probability=0.5, parameter="existing", value=0.5)
    chain = chain.with_(scenarios=(less,), settings=chain.settings.model_copy(update={"risk": "worst"}))
    assert asked_measure(chain, "a question") is not None
    monkeypatch.setattr(questions, "MOST_OF_A_CHAIN", 10)
    with pytest.raises(Refusal, match="of a chain of this size"):
        asked_measure(chain, "a question")


def test_a_second_solver_agrees_on_the_extensive_form() -> None:
    case = risk_books.book(4, "cvar", contingency=True)
    plan, measure = solve(case, gap=0.0, time_limit=60), asked_measure(case, "a second opinion")
    assert measure is not None
    opinion = second_opinion(case, gap=0.0, time_limit=60, program_of=measure.program, plan_of=measure.unaudited)
    assert opinion.value == pytest.approx(plan.objective.value, abs=TIGHT)
    assert contradictions(plan, opinion) == []

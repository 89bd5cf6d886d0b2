"""Plans over random draws: the L-shaped method against every selection tried on the draws themselves."""

from collections.abc import Callable

import numpy as np
import pytest
from support import risk_books, stress_books
from support.repeatable import EXAMPLES

from models.audit import audit
from models.case import Case
from models.evaluation import Decided
from models.programme import Programme
from models.risk import cvar, expected, risk_of
from models.scenarios import scenarios
from models.schema import Rule
from models.sets import Sets
from optimizer.analysis.risk import solve
from optimizer.analysis.risk.drawn import DrawnJudge
from optimizer.analysis.risk.l_shaped import best_over_outcomes
from optimizer.analysis.risk.outcomes import DrawnOutcomes, tail_weights
from optimizer.analysis.risk.search import Watch
from optimizer.analysis.risk.solve import _SearchResult
from optimizer.analysis.stress.draws import draw
from optimizer.analysis.stress.evaluate import Evaluator
from optimizer.solver import tuning
from optimizer.solver.deadline import Deadline
from optimizer.solver.lexicographic import Options, find

MANY = max(2, EXAMPLES // 6)
DRAWS = 40


def book(seed: int, risk: str) -> Case:
    case = risk_books.book(seed, risk, objective="coverage", draws=DRAWS)
    many = Rule(row=1, rule="many", measure="count", aggregate="sum", sense=">=", value=3.0, hard=False, penalty=0.01)
    return case.with_(risks=stress_books.risks(seed), rules=(*case.rules, many))


def weighed(*, hard: bool) -> Rule:
    """Capacity for a million of awards, at least 0: in every draw, or with a penalty."""
    return Rule(
        row=2, rule="weighed", measure="capacity", per="award", aggregate="ratio", sense=">=", value=0.0,
        hard=hard, penalty=None if hard else 0.01, holds="always" if hard else "",
    )  # fmt: skip


@pytest.mark.parametrize("risk", ["expected", "cvar", "worst"])
def test_value_and_bound_equal_those_of_every_selection_tried(risk: str) -> None:
    for seed in range(MANY):
        case = book(seed, risk)
        judge = DrawnJudge(case, DRAWS, 5)
        every = list(risk_books.selections(case))
        top = max(judge.value(Decided(case, chosen, {})) for chosen in every)
        sets = Sets(case)
        starts = [(i.id, t) for i in sets.candidates for t in sets.windows[i.id]]
        outcomes = DrawnOutcomes(sets, starts, DRAWS, 5)
        result = best_over_outcomes(sets, risk_of(case), outcomes, Options(0.0, 60), Watch(), every[-1])
        assert judge.value(Decided(case, result.chosen, {})) == pytest.approx(top, abs=1e-6), seed
        assert top - 1e-6 <= result.bound <= top + 1e-5, seed


def test_a_large_plan_over_draws_is_not_chosen_among_those_of_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    case = book(1, "expected")
    sets = Sets(case)
    starts = [(i.id, t) for i in sets.candidates for t in sets.windows[i.id]]
    outcomes = DrawnOutcomes(sets, starts, DRAWS, 5)
    ties, none = (
        (monkeypatch.setattr(tuning, "TIES_WITH_CUTS_UP_TO", most),
         best_over_outcomes(sets, risk_of(case), outcomes, Options(0.0, 60), Watch(), {}))[1]
        for most in (len(starts), len(starts) - 1)
    )  # fmt: skip
    assert (ties.tie_break, none.tie_break) == (True, False)
    assert none.proved
    assert none.bound == pytest.approx(ties.bound, abs=1e-6)


@pytest.mark.parametrize(
    ("rules", "counts"), [((), (2, 1)), ((weighed(hard=False),), (2, 2)), ((weighed(hard=True),), (2, 2))]
)
def test_a_plan_as_planned_that_is_the_result_has_the_fewest_awards(
    rules: tuple[Rule, ...], counts: tuple[int, int]
) -> None:
    """Not where its value in draws, or a rule that holds in them, depends on the awards: others could be worth less there."""
    base = book(2, "expected")
    shares = ((2, 0.5), (3, 0.35), (4, 0.3), (5, 0.2))
    most = base.settings.total_budget_m or 0.0
    programmes = (
        Programme(row=n, id=f"P{n}", instrument="grant", total_m=round(most * share, 1)) for n, share in shares
    )
    case = base.with_(programmes=tuple(programmes), rules=(*base.rules, *rules))
    sets, options = Sets(case), Options(0.0, 60)
    planned = find(sets, options, count_awards=False)
    plan = _SearchResult(
        sets, options, Deadline.after(60), DrawnJudge(case, DRAWS, 5), planned, planned, planned, Watch()
    ).audited()
    assert (len(planned.awards), sum(len(row.awards) for row in plan.projects)) == counts


def test_the_plan_reports_fresh_draws_and_the_auditor_repeats_all_of_them() -> None:
    case = book(1, "cvar")
    plan = solve(case, gap=0.0, time_limit=60, seed=5)
    assert plan.risk is not None
    drawn = plan.risk.draws
    assert drawn is not None
    assert (drawn.planned_for, drawn.first, drawn.seed) == (DRAWS, DRAWS + 1, 5)
    assert drawn.low <= drawn.mean <= drawn.high
    assert plan.risk.without is not None
    assert plan.risk.without.gain is not None
    assert plan.risk.without.gain.n == 10_000
    decisions = Decided(case, {p.id: p.fid_year for p in plan.projects}, {})
    assert plan.objective.value == pytest.approx(DrawnJudge(case, DRAWS, 5).value(decisions), abs=1e-9)
    assert all(r.probability == 0 for r in plan.risk.scenarios)
    for change in ({"value": plan.risk.value + 1e-4}, {"draws": drawn.model_copy(update={"mean": drawn.mean + 1e-4})}):
        forged = plan.model_copy(update={"risk": plan.risk.model_copy(update=change)})
        assert not audit(case, forged).passed, change


@pytest.mark.parametrize("risk", ["expected", "cvar", "worst"])
def test_the_gain_on_fresh_draws_is_that_of_the_same_draws_with_an_interval(risk: str) -> None:
    """Against a plan that finances nothing a plan is worth it; against itself it is worth nothing."""
    case = book(1, risk)
    judge = DrawnJudge(case, DRAWS, 5)
    ours, nothing = (Decided(case, chosen, {}) for chosen in (max(risk_books.selections(case), key=len), {}))
    gain, same = judge.gain(ours, nothing), judge.gain(ours, ours)
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)
    assert 0 < gain.low <= gain.value <= gain.high
    assert gain.of == ("mean" if risk == "worst" else "measure")
    each = [
        draw(Evaluator(decisions), scenarios(case.scenarios), 10_000, 5, DRAWS).result.value
        for decisions in (ours, nothing)
    ]
    means, tails = ([of([(1e-4, v) for v in values]) for values in each] for of in (expected, tail_of(case)))
    weight = case.settings.aversion if risk == "cvar" else 0.0
    assert gain.value == pytest.approx((1 - weight) * (means[0] - means[1]) + weight * (tails[0] - tails[1]), abs=1e-9)


def test_a_plan_for_named_scenarios_is_compared_on_draws_where_projects_have_risks() -> None:
    case = risk_books.book(1, "cvar").with_(risks=stress_books.risks(1))
    plan, without = solve(case, gap=0.0), solve(case.with_(risks=()), gap=0.0)
    assert plan.risk is not None
    assert plan.risk.without is not None
    assert plan.risk.without.gain is not None
    assert plan.risk.draws is None
    assert plan.projects == without.projects
    assert without.risk is not None
    assert without.risk.without is not None
    assert without.risk.without.gain is None


def tail_of(case: Case) -> Callable[[list[tuple[float, float]]], float]:
    return lambda values: cvar(values, case.settings.alpha)


def test_a_cut_lies_above_the_mean_wherever_it_was_made() -> None:
    """Any choice of outcomes that count by capacity gives a bound; the right one gives the mean itself."""
    case = book(3, "expected")
    sets = Sets(case)
    starts = [(i.id, t) for i in sets.candidates for t in sets.windows[i.id]]
    outcomes = DrawnOutcomes(sets, starts, DRAWS, 1)
    rng = np.random.default_rng(0)
    for _ in range(20):
        here, there = rng.random(len(starts)), rng.random(len(starts)) * rng.integers(0, 2, len(starts))
        constant, gradient = outcomes.cuts(outcomes.probability, outcomes.capacity(here) < outcomes.demand)
        mean = np.einsum("n,nky->ky", outcomes.probability, np.minimum(1.0, outcomes.capacity(there) / outcomes.demand))
        assert (constant + gradient @ there >= mean - 1e-12).all()
    capacity = outcomes.capacity(here)
    constant, gradient = outcomes.cuts(outcomes.probability, capacity < outcomes.demand)
    mean = np.einsum("n,nky->ky", outcomes.probability, np.minimum(1.0, capacity / outcomes.demand))
    assert constant + gradient @ here == pytest.approx(mean, abs=1e-12)


def test_tail_weights_are_those_of_the_worst_part() -> None:
    values, probability = np.array([3.0, 1.0, 2.0, 0.0]), np.array([0.25, 0.5, 0.25, 0.0])
    for alpha in (0.0, 0.4, 0.5, 0.7, 0.99):
        weights = tail_weights(values, probability, alpha)
        assert weights.sum() == pytest.approx(1.0)
        assert weights @ values == pytest.approx(cvar(list(zip(probability, values, strict=True)), alpha))
        assert weights[3] == 0.0

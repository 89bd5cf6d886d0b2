"""Plans under risk of books with prices: projects that must be viable, and falls of prices that idle them."""

import random

import pytest
from support import oracle_market, oracle_stress, risk_books, stress_books
from support.repeatable import EXAMPLES

from models.case import Case
from models.checks.risk import claims
from models.idle_decisions import decided_by_awards
from models.schema import Price, Programme, Project, Scenario
from optimizer.analysis.risk import solve

MANY = max(2, EXAMPLES // 6)
TIGHT = 1e-6


def book(seed: int, risk: str) -> Case:
    """A book without programmes whose candidates must be viable, with a fall of prices in its first scenario."""
    r, case = random.Random(seed + 9000), risk_books.book(seed, risk)
    prices = tuple(Price(row=n, material=s, years={2026: 1e5, 2031: 0.8e5}) for n, s in enumerate(stress_books.STAGES))
    projects = tuple(
        p.model_copy(update={"opex_per_t": r.choice((0.2e5, 0.5e5, 0.7e5)), "unaided_fid": None})
        if p.status == "candidate"
        else p
        for p in case.projects
    )
    fall = Scenario(row=90, scenario="s0", parameter="price", value=0.6, from_year=r.choice((None, 2028)))
    settings = case.settings.model_copy(update={"hurdle_rate": 0.1, "risk": risk})
    return case.with_(prices=prices, projects=projects, scenarios=(*case.scenarios, fall), settings=settings)


def cost(case: Case, project: Project, fid: int) -> float:
    """What a candidate costs the budget: its need, or what the market leaves missing."""
    rate = oracle_market.hurdle(case, project)
    need = oracle_stress.need(project.capex_m, project.private_share, project.secured_m)
    if rate is None:
        return need
    earned = oracle_market.pv_cash(case, project, fid, rate) / oracle_market.phi(case, project, rate)
    return max(need, project.capex_m - project.secured_m - earned)


def best(case: Case) -> float:
    """The largest measure of the selections that the total budget pays for."""
    whole = case.with_(settings=case.settings.model_copy(update={"total_budget_m": 1e9}))
    values = []
    for chosen in risk_books.selections(whole):
        costs = [cost(case, oracle_stress.one(case, i), t) for i, t in chosen.items()]
        rooms = [p.capex_m - p.secured_m for p in (oracle_stress.one(case, i) for i in chosen)]
        if sum(costs) <= (case.settings.total_budget_m or 0.0) + 1e-9 and all(
            c <= room + 1e-9 for c, room in zip(costs, rooms, strict=True)
        ):
            values.append(risk_books.measure(case, risk_books.values(case, chosen), {}))
    return max(values)


@pytest.mark.parametrize("risk", ["expected", "worst"])
def test_value_equals_that_of_every_selection_tried(risk: str) -> None:
    idle = 0
    for seed in range(MANY):
        case = book(seed, risk)
        plan = solve(case, gap=0.0, time_limit=60)
        assert plan.objective.value == pytest.approx(best(case), abs=TIGHT), seed
        rows = [r for r in case.scenarios if r.scenario == "s0"]
        idle += any(
            oracle_stress.idle(case, rows, {}, oracle_stress.one(case, p.id), p.fid_year, 2030) for p in plan.projects
        )
    assert risk == "worst" or idle, "no project idles: the test would prove nothing"


def test_after_a_review_each_state_is_sized_at_its_prices() -> None:
    """The audit works out gaps, costs and who idles of every state by itself."""
    for seed in range(MANY):
        case = book(seed, "expected")
        settings = case.settings.model_copy(update={"review_year": 2027})
        adapted = solve(case.with_(settings=settings), gap=0.0, time_limit=60)
        assert adapted.risk is not None
        assert "s0" in {s.state for s in adapted.risk.states}
        assert adapted.audit is not None
        assert adapted.audit.passed


def test_what_awards_would_decide_is_refused_by_name() -> None:
    falls = (r for seed in range(9) for r in (book(seed, "expected"),) if r.scenarios[-1].from_year is None)
    case = next(c for c in falls if any((p.opex_per_t or 0.0) > 0.6e5 for p in c.projects))
    floor = Programme(
        row=1, id="floor", instrument="offtake", strike_per_t=0.9e5, offtake_years=9, envelopes={2026: 50.0}
    )  # fmt: skip
    with_floor = case.with_(programmes=(floor,), settings=case.settings.model_copy(update={"contingency_m": 5.0}))
    said = dict(claims(with_floor))
    assert "unless it is awarded an offtake" in said["risk"]
    assert "not modelled together with viability" in said["contingency_m"]


@pytest.mark.parametrize("names", [("slump", "glut"), ("a", "b"), ("war", "peace"), ("one", "two"), ("low", "lower")])
def test_of_several_candidates_that_awards_decide_the_first_scenario_names_its_own(names: tuple[str, str]) -> None:
    """Whatever the order in which a set holds the names of scenarios."""
    floor = Programme(row=1, id="floor", instrument="offtake", strike_per_t=0.9e5, offtake_years=9)
    made = book(0, "expected")
    model = next(p for p in made.projects if p.status == "candidate")
    projects = tuple(model.model_copy(update={"id": s, "stage": s, "opex_per_t": 0.7e5}) for s in stress_books.STAGES)
    falls = tuple(
        Scenario(row=n, scenario=name, parameter="price", value=0.5, **stress_books.clause("material", stage))
        for n, (name, stage) in enumerate(zip(names, stress_books.STAGES, strict=True))
    )
    case = made.with_(projects=projects, programmes=(floor,))
    assert decided_by_awards(case.with_(scenarios=falls)) == stress_books.STAGES[0]
    assert decided_by_awards(case.with_(scenarios=falls[::-1])) == stress_books.STAGES[1]

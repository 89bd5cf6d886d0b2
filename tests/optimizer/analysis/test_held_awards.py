"""Rules that hold in scenarios and count awards, against every selection and every sum of awards that can matter."""

import random

import pytest
from support import oracle_stress, risk_books, stress_books
from support.repeatable import EXAMPLES

from models.case import Case
from models.schema import Demand, Programme, Project, Rule, Scenario
from models.settings import Settings
from optimizer.analysis.risk import solve
from optimizer.errors import Infeasible

TIGHT = 1e-6
YEAR = 2031
FEW = {False: (1, 2, 5), True: (3, 4)}
"""Books by whether calls are limited."""


def book(seed: int, *, calls: bool) -> Case:
    """One programme of grants, and bounds of its awards by what is delivered in scenarios: from above, from below."""
    r = random.Random(seed + 31)
    base = risk_books.book(seed, r.choice(("expected", "cvar", "worst")), contingency=calls, objective="coverage")
    free = [p for p in base.projects if p.status == "candidate"]
    tonnes = sum(oracle_stress.delivered(base, [], p, risk_books.FIRST, YEAR) for p in free)
    needs = sum(oracle_stress.need(p.capex_m, p.private_share, p.secured_m) for p in free)
    ratio = max(needs, 1.0) / max(tonnes, 1.0)
    shape = {"aggregate": "ratio", "year": YEAR, "sense": ">="}
    dear = Rule(row=8, rule="dear", measure="capacity", per="award", value=r.choice((0.5, 0.8)) / ratio,
                holds=r.choice(("always", "0.6", "0.3")), **shape)  # fmt: skip
    mean = Rule(row=9, rule="mean", measure="award", per="capacity", value=r.choice((0.6, 1.1)) * ratio,
                holds=r.choice(("always", "0.6", "0.3")), **shape)  # fmt: skip
    grants = Programme(row=2, id="aid", instrument="grant", uncapped=True)
    rules = r.choice(((dear,), (mean,), (dear, mean)))
    return base.with_(programmes=(grants,), rules=(*base.rules, *rules))


def top_of(case: Case) -> float | None:
    """The largest measure of any selection with some sum of awards that keeps the rules."""
    values = []
    for chosen in risk_books.selections(case):
        rows = {w: [q for q in case.scenarios if q.scenario == w] for w in risk_books.probabilities(case)}
        answers = {w: oracle_stress.answer(case, chosen, {}, of_one) for w, of_one in rows.items()}
        tonnes = {w: delivered(case, chosen, rows[w], a.stopped) for w, a in answers.items()}
        if any(is_kept(case, tonnes, money) for money in sums(case, chosen, tonnes)):
            values.append(risk_books.measure(case, {w: a.value for w, a in answers.items()}, {}))
    return max(values, default=None)


def delivered(case: Case, chosen: dict[str, int], rows: list[Scenario], stopped: tuple[str, ...]) -> float:
    """Tonnes of the projects that go on, in the year of the rules."""
    return sum(
        oracle_stress.delivered(case, rows, oracle_stress.one(case, i), fid, YEAR)
        for i, fid in chosen.items()
        if i not in stopped
    )


def sums(case: Case, chosen: dict[str, int], tonnes: dict[str, float]) -> list[float]:
    """Sums of awards at which a rule starts or ceases to hold, between need and capital cost, within the budget."""
    of = [oracle_stress.one(case, i) for i in chosen]
    least = sum(oracle_stress.need(p.capex_m, p.private_share, p.secured_m) for p in of)
    most = min(case.settings.total_budget_m or 0.0, sum(max(0.0, p.capex_m - p.secured_m) for p in of))
    ends = [t / r.value if r.measure == "capacity" else t * r.value for t in tonnes.values() for r in held(case)]
    return [least, most, *(e for e in ends if least <= e <= most)]


def held(case: Case) -> list[Rule]:
    return [r for r in case.rules if r.holds]


def is_kept(case: Case, tonnes: dict[str, float], money: float) -> bool:
    """Whether a sum of awards keeps every rule as its cell asks."""
    chances = risk_books.probabilities(case)
    for r in held(case):
        left = {w: t - r.value * money if r.measure == "capacity" else money - r.value * t for w, t in tonnes.items()}
        kept = [w for w in tonnes if left[w] >= -1e-7]
        if r.holds == "always" and len(kept) < len(tonnes):
            return False
        if r.holds != "always" and sum(chances[w] for w in kept) < float(r.holds) - 1e-9:
            return False
    return True


@pytest.mark.parametrize("calls", [False, True])
def test_value_equals_that_of_every_selection_and_sum_of_awards(calls: bool) -> None:
    for seed in FEW[calls] if EXAMPLES < 100 else range(EXAMPLES):
        case = book(seed, calls=calls)
        top = top_of(case)
        try:
            plan = solve(case, gap=0.0, time_limit=60)
        except Infeasible:
            assert top is None, seed
            continue
        assert plan.objective.value == pytest.approx(top, abs=TIGHT), seed
        assert plan.objective.bound >= plan.objective.value - TIGHT, seed
        assert plan.status == "optimal", seed


def two_plants(**settings: object) -> Case:
    """A mine of 100 t and a magnet plant of 150 t, each for 50 M of which half is needed; in the dear scenario each is called for
    5 M, of which there are 5 M. There 0.45 M are asked for each tonne that is delivered; awards above 50 M cost a point a million."""
    size = {"mine": 100.0, "magnet": 150.0}
    plants = tuple(
        Project(row=n, id=s, country="AU", stage=s, capacity_tpa=t, capex_m=50.0, private_share=0.5, build_years=0, latest_fid=2026)
        for n, (s, t) in enumerate(size.items())
    )  # fmt: skip
    mean = Rule(row=2, rule="mean", measure="award", per="capacity", aggregate="ratio", sense=">=", value=0.45, year=2028,
                holds="0.5")  # fmt: skip
    soft = Rule(row=3, rule="soft", measure="award", aggregate="sum", sense="<=", value=50.0, hard=False, penalty=0.01)
    base = {"first_year": 2026, "last_year": 2030, "risk": "expected", "contingency_m": 5.0, "stages": tuple(size),
            "stage_weights": {"magnet": 2.0}, "total_budget_m": 200.0}  # fmt: skip
    return Case(
        name="two plants", projects=plants, demand=tuple(Demand(row=n, stage=s, years={2026: 200.0}) for n, s in enumerate(size)),
        settings=Settings.model_validate(base | settings), rules=(mean, soft),
        programmes=(Programme(row=2, id="aid", instrument="grant", uncapped=True),),
        scenarios=(Scenario(row=2, scenario="dear", probability=0.5, parameter="capex", value=1.2),),
    )  # fmt: skip


@pytest.mark.parametrize(("budget", "value", "paid"), [(200.0, 7 / 12 - 0.175, 67.5), (60.0, 1 / 6, 45.0)])
def test_a_refuted_selection_is_kept_where_more_awards_keep_its_rule(budget: float, value: float, paid: float) -> None:
    """The magnet plant goes on, as it is worth more: 67.5 M are asked of both. As if the mine went on, 45 M would do, which the
    program finds first. Where the budget does not pay for 67.5 M, the mine alone keeps the rule."""
    plan = solve(two_plants(total_budget_m=budget), gap=0.0)
    assert (plan.status, plan.objective.value) == ("optimal", pytest.approx(value))
    assert sum(p.public_m for p in plan.projects) == pytest.approx(paid)


@pytest.mark.parametrize(("probability", "paid"), [(0.6, 48.0), (0.4, 40.0)])
def test_awards_are_those_at_which_a_soft_rule_costs_least_in_the_scenarios(probability: float, paid: float) -> None:
    """A bound from above costs a point for each million over 0.4 M a tonne, one from below as much for each million under it:
    the median of 40 M as planned and 48 M in the good scenario is best."""
    world = two_plants(contingency_m=None)
    good = Scenario(row=2, scenario="good", probability=probability, parameter="capacity", value=1.2)
    base = {
        "measure": "award",
        "per": "capacity",
        "aggregate": "ratio",
        "value": 0.4,
        "year": 2028,
        "hard": False,
        "penalty": 0.001,
    }
    rules = tuple(Rule(row=n, rule=f"r{n}", sense=sense, **base) for n, sense in enumerate((">=", "<=")))
    case = world.with_(projects=world.projects[:1], rules=rules, scenarios=(good,))
    plan = solve(case, gap=0.0)
    assert plan.status == "optimal"
    assert sum(p.public_m for p in plan.projects) == pytest.approx(paid, abs=1e-3)


def test_awards_that_a_soft_rule_weighs_can_make_the_projects_go_on_that_a_rule_needs() -> None:
    """Calls fit for one of two projects. The mine goes on, as the rule asks, only where its penalty outweighs the magnets: 0.25 of
    the value at 0.007 a million awarded to it."""
    case = mine_or_magnets()
    plan = solve(case, gap=0.0, time_limit=60)
    assert plan.objective.value == pytest.approx(0.25, abs=TIGHT)
    assert plan.status == "optimal"
    assert plan.risk is not None
    assert plan.risk.scenarios[0].stopped == ("magnets",)
    least = 0.25 / 0.007
    of_mine = next(p for p in plan.projects if p.id == "mine")
    assert least < of_mine.awards[0].face_m < least + 1e-3
    with pytest.raises(Infeasible):
        solve(case.with_(rules=case.rules[:1]), gap=0.0, time_limit=60)


def mine_or_magnets() -> Case:
    sizes = {"mine": 50.0, "magnets": 100.0}
    projects = tuple(
        Project(row=n, id=i, country="AU", stage=stage, capacity_tpa=sizes[i], capex_m=50.0, private_share=0.5,
                build_years=0, status="committed", earliest_fid=YEAR, latest_fid=YEAR)
        for n, (i, stage) in enumerate((("mine", "mine"), ("magnets", "magnet")))
    )  # fmt: skip
    of_mine = stress_books.clause("stage", "mine")
    return Case(
        name="mine or magnets", projects=projects,
        settings=Settings(first_year=YEAR, last_year=YEAR, last_fid_year=YEAR, price_year=YEAR, objective="coverage",
                          stages=("mine", "magnet"), countries=("AU",), contingency_m=5.0, risk="expected"),
        programmes=(Programme(row=1, id="aid", instrument="grant", total_m=200.0),),
        demand=tuple(Demand(row=n, stage=stage, years={YEAR: 100.0}) for n, stage in enumerate(("mine", "magnet"))),
        scenarios=(Scenario(row=1, scenario="dear", probability=1.0, parameter="capex", value=1.2),),
        rules=(
            Rule(row=1, rule="mined", measure="capacity", aggregate="sum", sense=">=", value=50.0, holds="always", **of_mine),
            Rule(row=2, rule="aided", measure="award", per="capacity", aggregate="ratio", sense="<=", value=1.0, hard=False,
                 penalty=0.007, **of_mine),
        ),
    )  # fmt: skip

"""Relations that plans under a measure of risk keep, whatever the book: splits, probabilities, levels, names, order."""

import itertools
import random

import pytest
from support import risk_books
from support.repeatable import EXAMPLES

from models.case import Case
from models.plan import Plan
from models.schema import Scenario
from optimizer.analysis.risk import solve

SEEDS = range(1, 1 + max(1, EXAMPLES // 12))
TIGHT = 1e-6
PROBABILITIES = (("s0", 0.2), ("s1", 0.3), ("s2", 0.1))


def solved(case: Case) -> Plan:
    return solve(case, gap=0.0, time_limit=60)


def value(case: Case) -> float:
    return solved(case).objective.value


def book(seed: int, risk: str, **more: object) -> Case:
    """Three scenarios that all have probability, and the book as planned."""
    case = risk_books.book(seed, risk, **more)  # type: ignore[arg-type]
    given = dict(PROBABILITIES)
    firsts = {row.scenario: row for row in reversed(case.scenarios)}
    rows = (row.model_copy(update={"probability": given[row.scenario] if row is firsts[row.scenario] else None})
            for row in case.scenarios)  # fmt: skip
    return case.with_(scenarios=tuple(rows))


def changed(case: Case, **settings: object) -> Case:
    return case.with_(settings=case.settings.model_copy(update=settings))


def renamed(rows: tuple[Scenario, ...], names: dict[str, str], part: float = 1.0) -> tuple[Scenario, ...]:
    return tuple(
        r.model_copy(update={
            "scenario": names.get(r.scenario, r.scenario),
            "probability": r.probability and r.probability * (part if r.scenario in names else 1.0),
        })
        for r in rows
    )  # fmt: skip


@pytest.mark.parametrize("risk", ["expected", "cvar", "worst", "regret"])
def test_a_scenario_split_in_two_changes_nothing(risk: str) -> None:
    for seed in SEEDS:
        case = book(seed, risk)
        own = tuple(r for r in case.scenarios if r.scenario == "s1")
        others = tuple(r for r in case.scenarios if r.scenario != "s1")
        halves = (*renamed(own, {"s1": "one"}, 0.5), *renamed(own, {"s1": "other"}, 0.5))
        whole, split = solved(case), solved(case.with_(scenarios=(*others, *halves)))
        assert split.objective.value == pytest.approx(whole.objective.value, abs=TIGHT), seed
        assert split.projects == whole.projects


@pytest.mark.parametrize("risk", ["expected", "cvar"])
def test_a_scenario_without_probability_changes_neither_mean_nor_tail(risk: str) -> None:
    for seed in SEEDS:
        case = book(seed, risk)
        ruin = Scenario(row=99, scenario="ruin", parameter="capacity", value=0.0)
        assert value(case.with_(scenarios=(*case.scenarios, ruin))) == pytest.approx(value(case), abs=TIGHT), seed


def test_cvar_reaches_from_the_mean_to_the_worst() -> None:
    for seed in SEEDS:
        case = book(seed, "cvar", aversion=1.0)
        mean, worst = (value(changed(case, risk=risk)) for risk in ("expected", "worst"))
        assert value(changed(case, alpha=0.0)) == pytest.approx(mean, abs=TIGHT), seed
        assert value(changed(case, alpha=0.9)) == pytest.approx(worst, abs=TIGHT), seed


def test_the_mean_falls_and_the_tail_rises_with_aversion() -> None:
    for seed in SEEDS:
        case = book(seed, "cvar", alpha=0.6)
        plans = [solved(changed(case, aversion=x)).risk for x in (0.0, 0.4, 1.0)]
        means, tails = ([getattr(r, name) for r in plans] for name in ("expected", "cvar"))
        assert means == sorted(means, reverse=True) or max(means) - min(means) <= TIGHT, (seed, means)
        assert tails == sorted(tails) or max(tails) - min(tails) <= TIGHT, (seed, tails)


def test_no_failure_is_the_plan_and_all_failures_leave_what_stands_without_it() -> None:
    for seed in SEEDS:
        case = risk_books.book(seed, "failures", failures=0)
        case = case.with_(rules=tuple(r for r in case.rules if r.sense == ">="))
        planned = solved(changed(case, risk="none")).objective
        assert value(case) == pytest.approx(planned.value - planned.penalty, abs=TIGHT), seed
        lost = solved(changed(case, failures=len(case.projects)))
        assert lost.objective.value == pytest.approx(lost.objective.baseline, abs=TIGHT), seed


@pytest.mark.parametrize("risk", ["expected", "cvar", "worst"])
def test_more_contingency_never_costs_anything(risk: str) -> None:
    for seed in SEEDS:
        case = book(seed, risk, contingency=True)
        values = [value(changed(case, contingency_m=limit)) for limit in (0.0, 10.0, 1000.0, None)]
        assert all(a <= b + TIGHT for a, b in itertools.pairwise(values)), (seed, values)
        assert values[-1] == pytest.approx(values[-2], abs=TIGHT)


@pytest.mark.parametrize("risk", ["cvar", "worst"])
def test_names_and_order_change_nothing(risk: str) -> None:
    for seed in SEEDS:
        case = book(seed, risk, contingency=seed % 2 == 0)
        shuffled = list(renamed(case.scenarios, {"s0": "zebra", "s2": "alpha"}))
        random.Random(seed).shuffle(shuffled)
        first = {row.scenario: row.probability for row in case.scenarios if row.probability}
        back = {"zebra": "s0", "alpha": "s2"}
        rows, seen = [], set[str]()
        for r in shuffled:
            stated = None if r.scenario in seen else first[back.get(r.scenario, r.scenario)]
            seen.add(r.scenario)
            rows.append(r.model_copy(update={"probability": stated}))
        other = case.with_(scenarios=tuple(rows), projects=tuple(reversed(case.projects)))
        ours, theirs = solved(case), solved(other)
        assert theirs.objective.value == pytest.approx(ours.objective.value, abs=TIGHT), seed
        years = [{p.id: p.fid_year for p in plan.projects} for plan in (ours, theirs)]
        assert years[0] == years[1], seed

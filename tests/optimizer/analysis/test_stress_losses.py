"""One lost, the worst set and what breaks a rule, each against trying everything."""

import itertools

import pytest
from support import stress_books

from models.scenarios import Realization
from models.schema import Scenario
from optimizer.analysis.stress.breaks import breaks
from optimizer.analysis.stress.built_in import built_in
from optimizer.analysis.stress.evaluate import Evaluator
from optimizer.analysis.stress.losses import Failures, groups, one_lost, worst_set
from optimizer.analysis.stress.tornado import tornado


def value_without(plan: Evaluator, ids: tuple[str, ...]) -> float:
    return plan.realize(Realization("failures", failed=frozenset(ids))).value


@pytest.mark.parametrize("seed", range(12))
def test_one_lost_equals_leaving_each_out(seed: int) -> None:
    plan = Evaluator(stress_books.book(seed))
    by_id = {p.id: p for p in plan.decisions.case.projects}
    for lost in one_lost(Failures(plan.arrays)):
        ids = {
            "project": lambda i, name=lost.name: i == name,
            "sponsor": lambda i, name=lost.name: by_id[i].sponsor == name,
            "country": lambda i, name=lost.name: by_id[i].country == name,
            "programme": lambda i, name=lost.name: any(k[0] == i and k[1] == name for k in plan.decisions.awards),
        }[lost.kind]
        gone = tuple(i for i in plan.decisions.chosen if ids(i))
        assert gone
        assert lost.loss == pytest.approx(plan.planned.value - value_without(plan, gone), abs=1e-9)


@pytest.mark.parametrize("by", ["project", "sponsor", "country"])
def test_the_worst_set_is_the_worst_of_all(by: str) -> None:
    for seed in range(8):
        plan = Evaluator(stress_books.book(seed))
        members = groups(plan.decisions, by)  # type: ignore[arg-type]
        for n in (1, 2, 9):
            result = worst_set(Failures(plan.arrays), n, by)  # type: ignore[arg-type]
            size = min(n, len(members))
            if not size:
                assert result is None
                continue
            sets = list(itertools.combinations(members, size))
            values = [value_without(plan, tuple(i for name in names for i in members[name])) for names in sets]
            assert result is not None
            assert result.proved
            assert (result.n, result.sets) == (size, len(sets))
            assert result.value == pytest.approx(min(values), abs=1e-9)


@pytest.mark.parametrize("objective", ["coverage", "bottleneck", "capacity"])
def test_the_program_of_the_worst_set_proves_what_enumeration_finds(objective: str) -> None:
    for seed in range(7):
        plan = Evaluator(stress_books.going_ahead(seed, objective=objective))
        failures = Failures(plan.arrays)
        for by, n in (("project", 2), ("sponsor", 1), ("project", 3)):
            listed, proved = worst_set(failures, n, by), worst_set(failures, n, by, most_sets=0)  # type: ignore[arg-type]
            if listed is None or proved is None:
                assert listed is proved
                continue
            assert (proved.method, proved.proved) == ("program", True), (seed, by, n)
            assert proved.value == pytest.approx(listed.value, abs=1e-7 * max(1.0, abs(listed.value))), (seed, by, n)
            assert proved.bound <= proved.value


def test_what_breaks_a_rule_is_confirmed_on_both_sides() -> None:
    seen = set()
    for seed in range(4):
        plan = Evaluator(stress_books.book(seed, contingency=True))
        for one in breaks(plan, Failures(plan.arrays)):
            if one.value is None or one.kind != "rule":
                continue
            seen.add(one.parameter)
            assert one.rule in _broken(plan, one.parameter, one.value, one.names)
            if one.holds_at is not None and one.parameter != "failures":
                assert one.holds_at < one.value
                assert one.rule not in _broken(plan, one.parameter, one.holds_at, ())
            if one.parameter == "failures" and one.value > 0:
                for fewer in itertools.combinations(plan.decisions.chosen, int(one.value) - 1):
                    assert one.rule not in _broken(plan, "failures", 0, fewer)
    assert seen == {"failures", "delay_years", "capex"}


def _broken(plan: Evaluator, parameter: str, value: float, names: tuple[str, ...]) -> tuple[str, ...]:
    if parameter == "failures":
        return plan.realize(Realization("failures", failed=frozenset(names))).valuation.broken
    row = Scenario.model_validate({"row": 0, "scenario": "s", "parameter": parameter, "value": value})
    return plan.realize(Realization("s", (row,))).valuation.broken


def test_a_tornado_has_the_plan_between_its_ends() -> None:
    for seed in range(6):
        plan = Evaluator(stress_books.book(seed))
        rows = stress_books.scenario(seed)
        bars = tornado(plan, rows)
        assert {b.parameter.split(",")[0] for b in bars} == {r.parameter for r in rows}
        for bar in bars:
            assert bar.at_low <= bar.at_high
            neutral = {"delay_years": 0.0, "fails": 0.0}.get(bar.parameter.split(",")[0], 1.0)
            assert bar.at_low <= neutral <= bar.at_high
            if bar.at_low == neutral:
                assert bar.low == plan.planned.value


def test_built_in_scenarios_are_stresses_and_lose_everybody_once() -> None:
    decisions = stress_books.book(3)
    rows = built_in(decisions)
    assert all(r.probability is None for r in rows)
    names = [r.scenario for r in rows]
    assert len(names) == len(set(names))
    programmes = {p for _, p, _ in decisions.awards}
    assert {f"{p} lost" for p in programmes} <= set(names)


@pytest.mark.parametrize(("seed", "contingency"), [(10, True), (21, False)])
def test_a_fall_of_prices_breaks_what_it_is_reported_to_break(seed: int, contingency: bool) -> None:
    plan = Evaluator(stress_books.priced_book(seed, contingency=contingency))
    result = [b for b in breaks(plan, Failures(plan.arrays)) if b.parameter == "price"]
    edges = [(b.rule, b.value, b.holds_at) for b in result if b.value is not None and b.holds_at is not None]
    assert edges
    for rule, value, holds_at in edges:
        assert 0 <= value < holds_at <= 1
        assert rule in _broken(plan, "price", value, ())
        assert rule not in _broken(plan, "price", holds_at, ())


def test_a_fall_of_prices_is_built_in_where_something_reads_prices() -> None:
    for decisions, there in ((stress_books.priced_book(1), True), (stress_books.book(1), False)):
        assert ("prices 40 % down" in {r.scenario for r in built_in(decisions)}) == there

"""The second reader of a stress: it confirms what is right, and every kind of wrong number fails it."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from support import stress_books
from support.chains import gallium_case
from support.stress_plans import plan_of

from models.audit import audit_stress, states
from models.audit.ledger import Ledger
from models.audit.pcg import rows_of_uniforms, uniforms
from models.audit.stress_scenario import StatedChoice, envelopes
from models.audit.troubled import Trouble
from models.case import Case
from models.evaluation import Decided
from models.plan import Plan
from models.scenarios import named
from models.schema import Programme, Scenario
from models.sets import Sets
from models.stress import Break, Evidence, ScenarioResult, Stress
from optimizer.analysis.stress import StressOptions
from optimizer.analysis.stress.run import StressRun


def trouble(seed: int) -> tuple[Scenario, ...]:
    """Two scenarios: one with probability that prices enter, one stress."""
    likely = [*stress_books.scenario(seed, 2), stress_books.price_row(seed)]
    return (
        *(r.model_copy(update={"scenario": "likely", "probability": 0.4}) for r in likely),
        *(r.model_copy(update={"scenario": "odd"}) for r in stress_books.scenario(seed + 50, 2)),
    )


def stressed(decisions: Decided, rows: tuple[Scenario, ...], seed: int) -> tuple[Case, Plan, Stress, Evidence]:
    case = decisions.case.with_(scenarios=rows, risks=stress_books.risks(seed))
    run = StressRun(
        case, plan_of(Decided(case, decisions.chosen, decisions.awards)), StressOptions(failures=1, draws=30, seed=seed)
    )
    return case, run.plan, run.stress(), run.evidence


def passes(result: tuple[Case, Plan, Stress, Evidence], wrong: Stress | None = None) -> bool:
    case, plan, stress, runs = result
    return audit_stress(case, plan, wrong or stress, case.scenarios, runs).passed


@pytest.mark.parametrize(("seed", "contingency"), [(0, False), (4, True)])
def test_what_is_right_passes_and_what_is_wrong_fails(seed: int, contingency: bool) -> None:
    decisions = stress_books.priced_book(seed, contingency=contingency)
    result = stressed(decisions, trouble(seed), seed)
    stress = result[2]
    assert stress.audit is not None
    assert stress.audit.passed
    assert stress.draws is not None
    first, *others = stress.scenarios
    wrongs = [{"value": first.value + 1e-3}, {"called_m": first.called_m + 1}, {"owed_m": first.owed_m + 1},
              {"probability": 0.5}, {"kept": (*first.kept, "nobody")}]  # fmt: skip
    for wrong in wrongs:
        changed: ScenarioResult = first.model_copy(update=wrong)
        assert not passes(result, stress.model_copy(update={"scenarios": (changed, *others)})), wrong
    for n, seen in enumerate(stress.draws.seen):
        changes: list[dict[str, Any]] = [{"value": seen.value - 1e-3}, {"scenario": "odd"}, {"late": {"p9": 1}}]
        for change in (*changes, {"draw": seen.draw + 1}) if n == 0 else changes[:1]:
            rest = [s for m, s in enumerate(stress.draws.seen) if m != n]
            draws = stress.draws.model_copy(update={"seen": (seen.model_copy(update=change), *rest)})
            expected = change == {"draw": seen.draw + 1}
            assert expected or not passes(result, stress.model_copy(update={"draws": draws})), change
    for n, lost in enumerate(stress.lost[::3]):
        some = [x for m, x in enumerate(stress.lost) if m != 3 * n]
        less = lost.model_copy(update={"loss": lost.loss + 1e-3})
        assert not passes(result, stress.model_copy(update={"lost": (less, *some)})), lost


def test_ends_of_the_tornado_and_sides_of_what_breaks_are_worked_out_again() -> None:
    seed, seen = 1, set[str]()
    result = stressed(stress_books.book(seed, contingency=True), trouble(seed), seed)
    stress = result[2]
    bar, *rest = stress.tornado
    for change in ("low", "high", "at_low", "at_high"):
        wrong = bar.model_copy(update={change: getattr(bar, change) + 1e-3})
        assert not passes(result, stress.model_copy(update={"tornado": (wrong, *rest)})), (bar, change)
    assert not passes(result, stress.model_copy(update={"tornado": tuple(rest)}))
    for n, one in enumerate(stress.breaks):
        if one.parameter in seen or one.value is None:
            continue
        seen.add(one.parameter)
        for forged in _wrong_sides(one):
            breaks = (*stress.breaks[:n], forged, *stress.breaks[n + 1 :])
            assert not passes(result, stress.model_copy(update={"breaks": breaks})), (one, forged)
    assert seen >= {"failures", "delay_years", "capex"}


def _wrong_sides(one: Break) -> Iterator[Break]:
    if one.value is None:
        return
    if one.holds_at is not None:
        yield one.model_copy(update={"value": one.holds_at, "names": one.names[1:]})
    if one.parameter != "failures":
        yield one.model_copy(update={"holds_at": one.value})
    elif one.value > 0:
        yield one.model_copy(update={"value": one.value + 1, "names": (*one.names, "nobody")})


def test_the_stream_is_that_of_the_library() -> None:
    for seed in (0, 7, 2**31 - 1):
        stream = np.random.Generator(np.random.PCG64(seed)).random(900)
        assert uniforms(seed, 0, 20) == stream[:20].tolist()
        assert uniforms(seed, 777, 20) == stream[777:797].tolist()
        for places in ((0,), (0, 3, 4), (2, 6)):
            rows = rows_of_uniforms(seed, 11, 7, places, 100).tolist()
            assert rows == stream[11:711].reshape(100, 7)[:, places].tolist()


def test_flows_of_a_chain_are_held_to_its_capacities_and_balances() -> None:
    case = gallium_case()
    sets = Sets(case)
    decisions = Decided(case, {p.id: sets.windows[p.id].start for p in sets.candidates if sets.windows[p.id]}, {})
    rows = (
        Scenario(row=1, scenario="less", probability=0.5, parameter="capacity", value=0.5),
        Scenario(row=2, scenario="less", parameter="demand", value=1.2),
    )
    result = stressed(decisions, rows, 0)
    case, plan, stress, runs = result
    assert passes(result)
    assert stress.draws is not None
    assert set(runs.draws) == {s.draw for s in stress.draws.seen}
    busiest = max(runs.scenarios["less"], key=lambda r: r.run_t)
    for change in ({"run_t": busiest.run_t * 1.1}, {"run_t": busiest.run_t * 0.9}, {"run_t": -1.0}):
        forged = tuple(r.model_copy(update=change) if r == busiest else r for r in runs.scenarios["less"])
        wrong = Evidence({**runs.scenarios, "less": forged}, runs.draws)
        assert not audit_stress(case, plan, stress, case.scenarios, wrong).passed, change
    assert not audit_stress(case, plan, stress, case.scenarios, Evidence({}, runs.draws)).passed
    assert set(named(case.scenarios)) == {"less"}


def test_a_fund_that_has_the_name_of_a_programme_is_not_taken_for_it() -> None:
    """The fund spends what its cut envelope does not have; the programme of the same name spends nothing."""
    result = stress_books.book(0)
    project = next(p for p in result.case.projects if p.status == "candidate")
    rich = {stress_books.FIRST: 100.0}
    programmes = (
        Programme(row=1, id="relief", instrument="grant", envelopes=rich),
        Programme(row=2, id="other", fund="relief", instrument="grant", envelopes={stress_books.FIRST: 50.0}),
    )
    case = result.case.with_(programmes=programmes)
    year = stress_books.FIRST
    plan = plan_of(Decided(case, {project.id: year}, {(project.id, "other", year): 40.0}))
    trouble = Trouble((Scenario(row=1, scenario="cut", parameter="budget", value=0.5),))
    result = list(envelopes(Ledger(case, plan), trouble, StatedChoice("cut", frozenset(), Decimal(0))))
    assert [f.sentence for f in result if not f.holds] == ["cut: relief lacks 15 M in 2026 for those that go on"]
    own = states.StateLedger(case, plan, Ledger(case, plan), year)
    kept = [f.sentence for f in states._envelopes(own, trouble, year) if not f.holds]
    assert kept == ["relief spends 15 M more than it has in 2026"]

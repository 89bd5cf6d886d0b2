"""A chain loaded once gives what a chain built anew gives, outcome by outcome."""

import itertools
import threading

import pytest
from support.commandline import ROOT

from models.evaluation import Decided, ScenarioSets
from models.plan_assembly import decided
from models.scenarios import Realization
from models.sets import Sets
from optimizer.analysis.stress.evaluate import Evaluator
from optimizer.analysis.stress.losses import Failures, worst_set
from optimizer.solver.chain_flows import covered_by_chain
from optimizer.workbook.read import read


@pytest.fixture(scope="module")
def plan() -> Evaluator:
    """Every candidate of a chain, decided as early as can be."""
    case = read(ROOT / "inputs" / "gallium.xlsx")
    case = case.with_(settings=case.settings.model_copy(update={"objective": "delivered"}))
    sets = Sets(case)
    return Evaluator(Decided(case, {p.id: sets.windows[p.id].start for p in sets.candidates if sets.windows[p.id]}, {}))


def test_a_loaded_chain_delivers_what_one_built_anew_does(plan: Evaluator) -> None:
    decisions, case = plan.decisions, plan.decisions.case
    assert decisions.chosen
    ids = tuple(decisions.chosen)
    values = Failures(plan.arrays).evaluate([(), *((i,) for i in ids)]).value
    for value, failed in zip(values, [(), *((i,) for i in ids)], strict=True):
        realization = Realization("failures", failed=frozenset(failed))
        result = plan.realize(realization)
        anew = covered_by_chain(decided(ScenarioSets(case, realization), decisions.chosen, {}))
        assert result.valuation.coverage == pytest.approx(anew, abs=1e-7)
        assert value == pytest.approx(result.value, abs=1e-7)
    assert min(values) < values[0]


def test_the_worst_set_of_a_chain_is_the_worst_of_all_or_bounded(plan: Evaluator) -> None:
    failures = Failures(plan.arrays)
    for n in (1, 2, 3):
        sets = list(itertools.combinations(sorted(plan.decisions.chosen), n))
        least = min(failures.evaluate(sets).value)
        result, bounded = worst_set(failures, n), worst_set(failures, n, most_sets=0)
        assert result is not None
        assert bounded is not None
        assert (result.proved, result.method, result.sets) == (True, "enumerated", len(sets))
        assert result.value == pytest.approx(least, abs=1e-9)
        assert bounded.bound <= least + 1e-9
        assert bounded.value >= least - 1e-9
        assert bounded.method == "partial"


def test_a_stop_leaves_the_worst_set_of_a_chain_bounded(plan: Evaluator) -> None:
    stop = threading.Event()
    stop.set()
    result = worst_set(Failures(plan.arrays), 2, stop=stop)
    assert result is not None
    assert result.method == "partial"
    assert result.bound <= result.value

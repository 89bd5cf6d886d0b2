"""A chain loaded once gives what a chain built anew gives, outcome by outcome."""

import pytest
from support.commandline import ROOT

from models.evaluation import Decided, ScenarioSets
from models.plan_assembly import decided
from models.scenarios import Realization
from models.sets import Sets
from optimizer.analysis.stress.evaluate import Evaluator
from optimizer.analysis.stress.losses import Failures
from optimizer.solver.chain_flows import covered_by_chain
from optimizer.workbook.read import read


def test_a_loaded_chain_delivers_what_one_built_anew_does() -> None:
    case = read(ROOT / "inputs" / "gallium.xlsx")
    case = case.with_(settings=case.settings.model_copy(update={"objective": "delivered"}))
    sets = Sets(case)
    decisions = Decided(case, {p.id: sets.windows[p.id].start for p in sets.candidates if sets.windows[p.id]}, {})
    plan = Evaluator(decisions)
    assert decisions.chosen
    ids = tuple(decisions.chosen)
    values = Failures(plan.arrays).evaluate([(), *((i,) for i in ids)]).value
    for value, failed in zip(values, [(), *((i,) for i in ids)], strict=True):
        realization = Realization("failures", failed=frozenset(failed))
        found = plan.realize(realization)
        anew = covered_by_chain(decided(ScenarioSets(case, realization), decisions.chosen, {}))
        assert found.valuation.coverage == pytest.approx(anew, abs=1e-7)
        assert value == pytest.approx(found.value, abs=1e-7)
    assert min(values) < values[0]

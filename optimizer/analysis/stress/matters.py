"""In which scenarios a project matters: what the plan loses there where it delivers nothing, and whose best plan has it."""

from collections.abc import Iterable

from models.case import Case
from models.evaluation import Decided
from models.plan import Plan
from models.scenarios import Realization, scenarios
from models.stress import CoreIndex, InScenario
from optimizer.analysis.stress.evaluate import Evaluator


def matters(case: Case, plan: Plan, project: str, core: Iterable[CoreIndex] = ()) -> tuple[InScenario, ...]:
    """Every scenario of the case, the largest loss first; empty where the case has none.

    `core`: what `stress --replan` found of this plan, where it was asked. A project that the plan does not finance loses
    nothing; an underway one does.
    """
    if not case.scenarios:
        return ()
    decisions = Decided.of(case, plan)
    evaluator = Evaluator(decisions)
    delivers = any(p.project.id == project for p in evaluator.arrays.plants)
    own = next((row for row in core if row.id == project), None)
    rows = []
    for s in scenarios(case.scenarios):
        loss = None
        if delivers:
            whole = evaluator.realize(Realization(s.name, s.rows))
            without = evaluator.realize(Realization(s.name, s.rows, failed=frozenset([project])))
            loss = whole.value - without.value
        in_best = None if own is None else s.name in own.scenarios
        rows.append(InScenario(scenario=s.name, probability=s.probability, loss=loss, in_best=in_best))
    return tuple(sorted(rows, key=lambda x: (-(x.loss or 0.0), x.scenario)))

"""Importance of a project in the scenarios: the loss if it delivers nothing, and the scenarios whose best plan has it."""

from collections.abc import Iterable
from dataclasses import replace

from models.case import Case
from models.evaluation import Decided
from models.plan import Plan
from models.scenarios import scenarios
from models.stress import CoreIndex, InScenario
from optimizer.analysis.stress.evaluate import Evaluator


def matters(case: Case, plan: Plan, project: str, core: Iterable[CoreIndex] = ()) -> tuple[InScenario, ...]:
    """Every scenario of the case, the largest loss first; empty where the case has none.

    `core`: what `stress --replan` found of this plan, where it was asked. A project that the plan does not finance loses
    nothing; an underway one does.
    """
    if not case.scenarios:
        return ()
    evaluator = Evaluator(Decided.of(case, plan))
    realized = [(s, *evaluator.in_scenario(s)) for s in scenarios(case.scenarios)]
    delivers = any(p.project.id == project for _, of_state, _ in realized for p in of_state.arrays.plants)
    of_best = next((row for row in core if row.id == project), None)
    rows = []
    for s, of_state, realization in realized:
        loss = None
        if delivers:
            without = of_state.realize(replace(realization, failed=frozenset([project])))
            loss = of_state.realize(realization).value - without.value
        in_best = None if of_best is None else s.name in of_best.scenarios
        rows.append(InScenario(scenario=s.name, probability=s.probability, loss=loss, in_best=in_best))
    return tuple(sorted(rows, key=lambda x: (-(x.loss or 0.0), x.scenario)))

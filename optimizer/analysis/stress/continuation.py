"""The projects that go on in a scenario in which not all can, by solving `models.constraints.continuation`."""

from dataclasses import replace

import numpy as np

from models.constraints.continuation import Choice
from models.constraints.rules import row
from models.evaluation import Decided, ScenarioSets, delivers_in
from models.formulation import continuation_program
from models.plan_assembly import decided
from models.schema import Rule
from optimizer.errors import ChoiceNotProved
from optimizer.solver.highs import Engine
from optimizer.solver.results import Limits
from optimizer.solver.standard_form import compile_program
from optimizer.solver.tolerance import HOLD

SECONDS = 60.0
"""Time limit of each goal."""


def kept(decisions: Decided, sets: ScenarioSets, choice: Choice) -> frozenset[str]:
    """The projects that stop: best value, then fewest projects, least called, and first ids.

    Raises ChoiceNotProved if the proof takes more than a minute.
    """
    decision = decided(sets, decisions.chosen, decisions.awards)
    program = continuation_program(decision, choice, _soft(decisions, sets, choice))
    matrix = compile_program(program)
    engine = Engine(matrix)
    x = None
    for goal in matrix.objectives:
        result = engine.minimize(goal, Limits(0.0, SECONDS), start=x)
        if result.status != "optimal" or result.x is None:
            if x is not None and goal.goal.name != "value":
                break
            raise ChoiceNotProved(f"{sets.realization.name}: who goes on was not proved within {SECONDS:g} s")
        x = result.x
        engine.hold(goal, result.objective + HOLD * max(1.0, abs(result.objective)))
    assert x is not None
    keep = program.model.keep
    return frozenset(i for i in choice.open if np.round(x[matrix.column(keep[i])]) == 0)


def _soft(decisions: Decided, sets: ScenarioSets, choice: Choice) -> dict[str, tuple[float, dict[str, float], float]]:
    """Soft rules on deliveries: by how much each is missed, what a project that stops adds, the penalty."""
    rules = [r for r in decisions.case.rules if not r.hard and r.penalty and delivers_in(r)]
    return {r.rule: _of_rule(decisions, sets, choice, r) for r in rules}


def _of_rule(
    decisions: Decided, sets: ScenarioSets, choice: Choice, rule: Rule
) -> tuple[float, dict[str, float], float]:
    missed = _missed(decisions, sets, rule)
    adds = {}
    for i in choice.open:
        stopped = replace(sets.realization, stopped=sets.realization.stopped | {i})
        adds[i] = _missed(decisions, ScenarioSets(sets.case, stopped), rule) - missed
    return missed, adds, rule.penalty or 0.0


def _missed(decisions: Decided, sets: ScenarioSets, rule: Rule) -> float:
    body, limit = row(decided(sets, decisions.chosen, decisions.awards), rule)
    return float(limit - body if rule.sense == ">=" else body - limit)

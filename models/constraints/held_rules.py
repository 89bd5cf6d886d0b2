r"""Held rules: rules that must hold in every scenario, or with a given probability. Draws that are written out are scenarios.

$$body_{r,w} \ge limit_r \quad \forall w \qquad \text{or} \qquad
body_{r,w} \ge limit_r - M_{r,w} (1 - kept_{r,w}), \quad \sum_w p_w\, kept_{r,w} \ge q_r - 10^{-9}$$

`M` is the most by which the row can be missed; an award is bounded by what its programme may give to the members of its class.
If capital calls are limited, the projects that go on are those of the highest value, whatever the rule asks. A selection under
which they break the rule is cut off when it is found (`models.constraints.refuted`, `optimizer.analysis.risk.search`).

Chance constraints: Charnes & Cooper (1959); over scenarios: Luedtke, Ahmed & Nemhauser (2010).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pyomo.core as pyo

from models.case import Case
from models.constraints import refuted
from models.constraints.missed_rows import combined, missed_by, most, span
from models.constraints.rules import rows
from models.decision import Decision
from models.rule_holds import held_rules, held_rules_count_awards, is_always, least_probability
from models.scenario_sets import delivers_in, weighs_awards
from models.scenarios import SURE
from models.states import state_of
from models.terms import award_cap

if TYPE_CHECKING:
    from models.program import Program
    from models.risk import RiskMeasure

NAME = "held_rule"


def constrain(
    program: "Program", risk: "RiskMeasure", decisions: Mapping[str, Decision], values: Mapping[str, Any]
) -> None:
    """Rows of every rule and outcome. `decisions`: outcome -> what is decided and delivered in it; `values`: outcome -> its value."""
    rules = {r.rule: r for r in held_rules(program.sets.case)}
    if not rules:
        return
    if held_rules_count_awards(program.sets.case):
        program.awards_decide = True
        bound_awards(program)
    chance = {w.name: w.probability for w in risk.likely}
    likely = chance if risk.asks_probability else {}
    required_in = {name: [w for w in decisions if is_always(r) or w in likely] for name, r in rules.items()}
    pairs = [(name, w) for name, of_one in required_in.items() for w in of_one]
    missing = {(name, w): missed_by(decisions[w], rules[name]) for name, w in pairs}
    some = [(name, w) for name, w in pairs if not is_always(rules[name])]
    program.model.kept_rule = pyo.Var(some, domain=pyo.Binary)
    kept = dict(program.model.kept_rule)

    def holds(_: pyo.Block, name: str, w: str) -> object:
        left, may_miss = missing[name, w], (name, w) in kept
        if isinstance(left, float):
            return True if left <= 0 else kept[name, w] <= 0 if may_miss else False
        if not may_miss:
            return left <= 0
        missed = most(left)
        assert missed is not None, f"rule {name} has no bound"
        return left - missed * (1 - kept[name, w]) <= 0

    program.add(NAME, pairs, holds)
    program.limits.add(NAME)
    cuts = [r for r in risk.refuted if (r.rule, r.outcome) in missing]
    refuted.constrain(program, cuts, _outcomes(program, risk, decisions, values) if cuts else {}, kept)
    least = {name: least_probability(rules[name].holds) or 0.0 for name, _ in some}
    program.add("rule_probability", [(name,) for name in least],
                lambda _, name: sum(chance[w] * kept[name, w] for w in required_in[name]) >= least[name] - SURE)  # fmt: skip


def _outcomes(
    program: "Program", risk: "RiskMeasure", decisions: Mapping[str, Decision], values: Mapping[str, Any]
) -> dict[str, refuted.OutcomeProgram]:
    """Outcome -> what it adds to the program."""
    state = state_of(risk.states)
    outcomes = {}
    for w in risk.outcomes:
        if w.name in decisions:
            base = program.states.get(state.get(w.name, ""), program)
            value = combined(values[w.name] + _penalty_of_decisions(base))
            outcomes[w.name] = refuted.OutcomeProgram(
                base,
                w.realization,
                decisions[w.name],
                value,
                None if weighs_awards(program.sets.case) else span(value)[0],
            )
    return outcomes


def _penalty_of_decisions(base: "Program") -> Any:
    """Points lost to soft rules that no scenario changes: the same whoever goes on."""
    soft = [r for r in rows(base.sets.case.rules) if not r.hard and r.penalty and not delivers_in(r)]
    return sum((r.penalty or 0.0) * base.model.shortfall[r.rule] for r in soft)


def bound_awards(program: "Program") -> None:
    """Set the upper bounds of awards that follow from the rows of financing, in every state; the rows of rules that may be missed
    need them."""
    for of_state in program.every_state:
        decision = of_state.decision
        for (name, p, t), award in decision.award.items():
            if getattr(award, "ub", 0.0) is None:
                members = [i for i in decision.class_of[name].members if t in of_state.sets.windows[i.id]]
                award.setub(sum(award_cap(i, decision.programme_of[p]) for i in members))


def names(case: Case) -> frozenset[str]:
    """Names of the rules that must hold in scenarios."""
    return frozenset(r.rule for r in held_rules(case))

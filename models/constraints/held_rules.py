r"""Held rules: rules that must hold in every scenario, or with a given probability. Draws that are written out are scenarios.

$$body_{r,w} \ge limit_r \quad \forall w \qquad \text{or} \qquad
body_{r,w} \ge limit_r - M_{r,w} (1 - kept_{r,w}), \quad \sum_w p_w\, kept_{r,w} \ge q_r - 10^{-9}$$

`M` is the most by which the row can be missed. Rules on awards, which have no bound, are refused (`models.checks.risk`). If capital
calls are limited, the projects that go on are those of the highest value, whatever the rule asks. A selection under which they
break the rule is cut off when it is found (`models.constraints.refuted`, `optimizer.analysis.risk.search`).

Chance constraints: Charnes & Cooper (1959); over scenarios: Luedtke, Ahmed & Nemhauser (2010).
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pyomo.core as pyo

from models.case import Case
from models.constraints import refuted
from models.constraints.rules import row
from models.decision import Decision
from models.rule_holds import held_rules, is_always, least_probability
from models.scenario_sets import delivers_in
from models.scenarios import SURE
from models.states import state_of

if TYPE_CHECKING:
    from models.program import Program
    from models.risk import RiskMeasure
    from models.schema import Rule

NAME = "held_rule"


def constrain(
    program: "Program", risk: "RiskMeasure", decisions: Mapping[str, Decision], values: Mapping[str, Any]
) -> None:
    """Rows of every rule and outcome. `decisions`: outcome -> what is decided and delivered in it; `values`: outcome -> its value."""
    rules = {r.rule: r for r in held_rules(program.sets.case)}
    if not rules:
        return
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
    fixed = all(r.hard or not r.penalty or delivers_in(r) for r in program.sets.case.rules)
    return {
        w.name: refuted.OutcomeProgram(
            program.states.get(state.get(w.name, ""), program), w.realization, decisions[w.name], values[w.name],
            span(values[w.name])[0] if fixed else None,
        )
        for w in risk.outcomes if w.name in decisions
    }  # fmt: skip


def missed_by(decision: Decision, rule: "Rule") -> Any:
    """By how much the row of a rule is missed; negative if there is slack."""
    body, limit = row(decision, rule)
    left = limit - body if rule.sense == ">=" else body - limit
    return float(left) if isinstance(left, int | float) else left


def names(case: Case) -> frozenset[str]:
    """Names of the rules that must hold in scenarios."""
    return frozenset(r.rule for r in held_rules(case))


def span(expression: Any) -> tuple[float | None, float | None]:
    """Least and largest value of an expression over the bounds of its variables; None for an end without a bound."""
    from pyomo.contrib.fbbt.fbbt import compute_bounds_on_expr  # noqa: PLC0415 - only plans under risk wait for it

    low, high = compute_bounds_on_expr(expression)
    return low, high


def most(expression: Any) -> float | None:
    """Largest value of an expression, not below 0; None if it has no bound."""
    _, high = span(expression)
    return None if high is None else max(0.0, high)

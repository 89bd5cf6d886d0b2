r"""Refuted selections: those under which a rule was found to be broken in a scenario, because the projects that go on are worth most.

A rule is kept there only if something else is decided, if those that went on call for more than the contingency, if awards
lower the calls of others so far that a choice that comes before theirs fits the contingency, if the rule counts awards and
others keep it (`paid`), or if soft rules count awards and others make a different choice worth more (`outweighed`):

$$\sum_{i \in K} u_i \ge (contingency + \epsilon)\,(kept_{r,w} - changed - better - wider - paid - outweighed), \qquad
u_i \le owed_{w,i} + M z_i, \quad u_i \le gap_{w,i} - \textstyle\sum_p worth_{w,i,p}\, award_{i,p} + M (1 - z_i)$$

$$V_w - least_w \ge (V_w(K) + \delta - least_w)\, better, \qquad V_w - least_w \ge (V_w(K) - least_w)\, wider, \qquad
\sum_i keep_{w,i} \ge (|K| + 1)\, wider$$

$$V_w \ge V_w(K) - \textstyle\sum_r penalty_r\, short_r + \delta - M (1 - outweighed), \qquad
short_r \le missed_r(K) + M y_r, \quad short_r \le M (1 - y_r)$$

Values are without the penalties that no scenario changes; in the last row V_w(K) is without any penalty. `K` are the projects that
went on, `u` is no more than what they call for, `short` no more than what soft rules would miss if they went on, `changed` counts
decisions, and offtake awards that keep projects running, which are others than those refuted. Of choices of equal value the one
with most projects comes first. If awards change neither a call nor a rule, only something else that is decided can help.

Cuts by the value of the inner choice: Ralphs & DeNegre (2009), A branch-and-cut algorithm for integer bilevel linear programs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyomo.core as pyo

from models.constraints.going_on import Call, decision_calls
from models.constraints.missed_rows import combined, missed_by, most, span
from models.decision import Decision, Linear, Running
from models.scenario_sets import counts_awards, soft_on_deliveries, weighs_awards
from models.terms import award_cap

if TYPE_CHECKING:
    from models.program import Program
    from models.risk import Refuted
    from models.scenarios import Realization
    from models.schema import Rule

LEAST_EXCESS = 1e-5
"""Part of max(1, contingency) by which calls must exceed it, so that some project surely stops."""
BETTER, ROUNDING = 1e-7, 1e-9
"""Parts of max(1, |value|): by which a value is surely larger, and up to which two values are equal."""
DECISIVE = 1e-6
"""Part of max(1, |value|) by which a choice is worth more whatever awards are rounded to."""
ALMOST = 1e-6
"""Part of max(1, |limit|) by which a rule may be missed."""
Keeps = Mapping[tuple[str, str], Any]
"""Rule and outcome -> 1 if the rule is kept; absent where it must be."""


@dataclass(frozen=True)
class OutcomeProgram:
    """What an outcome adds to the program: the state that decides, the change, the decisions that run, and their value."""

    base: "Program"
    realization: "Realization"
    decision: Decision
    value: Linear
    least: float | None
    """Lower bound of the value; None if it has none, or if awards change it other than through the projects that go on."""


def constrain(
    program: "Program", refuted: Sequence["Refuted"], outcomes: Mapping[str, OutcomeProgram], kept: Keeps
) -> None:
    """Adds a row for each refuted selection."""
    if not refuted:
        return
    model = program.model
    model.refuted_call, model.refuted_by_gap, model.refuted_calls = pyo.VarList(), pyo.VarList(), pyo.ConstraintList()
    model.preferred, model.preferred_choice = pyo.VarList(domain=pyo.Binary), pyo.ConstraintList()
    limit = program.sets.case.settings.contingency_m or 0.0
    least = limit + LEAST_EXCESS * max(1.0, limit)
    rules = {r.rule: r for r in program.sets.case.rules}

    def another(_: pyo.Block, n: int) -> object:
        of_one, at = refuted[n], outcomes[refuted[n].outcome]
        calls = decision_calls(at.base.sets, at.realization, dict.fromkeys(_keys(at.base, of_one), 1))
        holds = kept.get((of_one.rule, of_one.outcome), 1) - _changed(at.base, of_one)
        if any(call.worth is not None for call in calls.values()):
            holds -= _preferred(program, at, of_one)
        if program.awards_decide and counts_awards(rules[of_one.rule]):
            holds -= _kept_by_awards(program, at, of_one, rules[of_one.rule])
        if calls and weighs_awards(program.sets.case):
            holds -= _outweighed(program, at, of_one)
        called = _called(program, at.base, {key: call for key, call in calls.items() if key[0] in of_one.kept})
        if isinstance(called, int | float):
            return holds <= 0
        return called - least * holds >= 0

    program.add("refuted", [(n,) for n in range(len(refuted))], another)


def _keys(base: "Program", refuted: "Refuted") -> list[tuple[str, int]]:
    """The refuted decisions that the program has."""
    return [key for key in refuted.chosen.items() if key in base.decision.start]


def _preferred(program: "Program", at: OutcomeProgram, refuted: "Refuted") -> Any:
    """1 only if the projects that go on come before those refuted, by their value or their number."""
    if at.least is None:
        return 1
    model, size = program.model, max(1.0, abs(refuted.value))
    better, wider = model.preferred.add(), model.preferred.add()
    for choice, value in ((better, refuted.value + BETTER * size), (wider, refuted.value - ROUNDING * size)):
        model.preferred_choice.add(at.value - at.least - (value - at.least) * choice >= 0)
    start, running = at.base.decision.start, at.decision.running
    on = sum(running[key].on if key in running else start[key] for key in _keys(at.base, refuted))
    model.preferred_choice.add(on - (len(refuted.kept) + 1) * wider >= 0)
    return better + wider


def _kept_by_awards(program: "Program", at: OutcomeProgram, refuted: "Refuted", rule: "Rule") -> Any:
    """1 only if other awards of the same programmes keep the rule although the same projects go on."""
    model = program.model
    missed = missed_by(_refuted_decision(at, refuted), rule) - ALMOST * max(1.0, abs(rule.value))
    if isinstance(missed, float):
        return float(missed <= 0)
    kept, largest = model.preferred.add(), most(missed)
    assert largest is not None, f"rule {rule.rule} has no bound"
    model.preferred_choice.add(missed - largest * (1 - kept) <= 0)
    return kept


def _refuted_decision(at: OutcomeProgram, refuted: "Refuted") -> Decision:
    """The decisions of the program in the outcome if the refuted projects go on."""
    going_on = {*refuted.kept}
    runs = {key: at.base.decision.start[key] for key in _keys(at.base, refuted)}
    running = {
        key: Running(x if key[0] in going_on else 0.0, dict.fromkeys(refuted.idle.get(key[0], ()), 0.0))
        for key, x in runs.items()
    }
    return replace(at.decision, running=running)


def _outweighed(program: "Program", at: OutcomeProgram, refuted: "Refuted") -> Any:
    """1 only if the outcome is worth more than it would be, with the awards of the program, if the refuted projects went on."""
    decision, size = _refuted_decision(at, refuted), max(1.0, abs(refuted.delivered))
    soft = soft_on_deliveries(program.sets.case)
    lost = sum((r.penalty or 0.0) * _shortfall(program, missed_by(decision, r)) for r in soft)
    gain = combined(at.value + lost) - refuted.delivered - DECISIVE * size
    least = span(gain)[0]
    if least is None:
        return 1
    outweighed = program.model.preferred.add()
    program.model.preferred_choice.add(gain - min(0.0, least) * (1 - outweighed) >= 0)
    return outweighed


def _shortfall(program: "Program", missed: Any) -> Any:
    """No more than what a row misses, and than 0 if it misses nothing."""
    if isinstance(missed, float):
        return max(0.0, missed)
    least, largest = span(missed)
    assert least is not None, "awards have bounds"
    assert largest is not None, "awards have bounds"
    column, kept = program.model.refuted_call.add(), program.model.preferred.add()
    column.setlb(0)
    column.setub(max(0.0, largest))
    program.model.refuted_calls.add(column - missed + min(0.0, least) * kept <= 0)
    program.model.refuted_calls.add(column + max(0.0, largest) * kept <= max(0.0, largest))
    return column


def _changed(base: "Program", refuted: "Refuted") -> Any:
    """Number of decisions, and of offtake awards that keep projects running, that are others than those refuted."""
    start, chosen = base.decision.start, refuted.chosen
    left_out = sum(1 - start.get(key, 0) for key in chosen.items())  # a fixed selection has no others
    added = sum(x for (i, t), x in start.items() if chosen.get(i) != t)
    of_chosen = {(i, p, t): x for (i, p, t), x in base.backing.items() if chosen.get(i) == t}
    return left_out + added + sum(1 - x if cell in refuted.given else x for cell, x in of_chosen.items())


def _called(program: "Program", base: "Program", calls: Mapping[tuple[str, int], Call]) -> Any:
    """No more than what some decisions call for; a number if no awards change it."""
    return sum(call.owed if call.worth is None else _call(program, base, key, call) for key, call in calls.items())


def _call(program: "Program", base: "Program", key: tuple[str, int], call: Call) -> Any:
    """A column that is at most the larger of what follows from the need and what the awards leave missing."""
    (i, t), worth, model = key, call.worth or {}, program.model
    programmes, project = base.decision.programme_of, base.sets.by_id[i]
    brought = sum(w * base.decision.award[i, p, t] for p, w in worth.items() if w)
    most = sum(max(0.0, w) * award_cap(project, programmes[p]) for p, w in worth.items())
    column, by_gap = model.refuted_call.add(), model.refuted_by_gap.add()
    column.setlb(0)
    column.setub(max(call.owed, call.gap))
    by_gap.domain = pyo.Binary
    model.refuted_calls.add(column - max(0.0, call.gap - call.owed) * by_gap <= call.owed)
    room = max(0.0, call.owed - call.gap + most)
    model.refuted_calls.add(column + brought + room * by_gap <= call.gap + room)
    return column

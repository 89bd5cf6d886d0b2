r"""Going on: which projects continue in a scenario w, with capital calls within the contingency, and with an offtake contract
where they run only under one.

$$owed_{w,i,t}\, keep_{w,i,t} \le call_{w,i,t}, \qquad
gap_{w,i,t}\, keep_{w,i,t} - \textstyle\sum_p worth_{w,i,p,t}\, award_{i,p,t} \le call_{w,i,t}$$
$$\sum_{i,t} call_{w,i,t} \le contingency, \qquad keep_{w,i,t} \le start_{i,t}$$

In a year in which a tonne costs more than prices pay, a project runs only under an offtake contract that was awarded to it:

$$least_p\, backing_{i,p,t} \le award_{i,p,t} \le k_{i,p}\, backing_{i,p,t}, \qquad
run_{w,i,t,y} = \min(keep_{w,i,t},\ \max_{p \in S_y} backing_{i,p,t})$$

with $S_y$ the contracts that run in y. `owed` is the part of a call that follows from the need. If no award can change a
call (`models.calls`), the call is a number.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyomo.core as pyo

from models.calls import Claim, claim, priced_cases, worth_at
from models.decision import Linear, Running
from models.idle_decisions import Idle, idle_decisions
from models.scenario_sets import delivers_in
from models.sets import Sets
from models.states import state_of
from models.terms import award_cap

if TYPE_CHECKING:
    from models.program import Program
    from models.risk import Outcome, RiskMeasure
    from models.scenarios import Realization

Key = tuple[str, int]
"""Project and year of decision."""
LEAST_AWARD = 1e-5
"""Face value, millions, of the smallest offtake award that keeps a project running; far above the solver's tolerances."""
LEAST_MISSING = 2e-6
"""Least part of max(1, gap) that is missing when a project calls: twice the tolerance of a closed gap (`models.calls`)."""
ROUNDING = 1e-9
"""Part of a gap below which nothing counts as missing."""


@dataclass(frozen=True)
class Call:
    """The call of a decision in a scenario, as a function of its awards. Money in millions."""

    owed: float
    """Part of the call that follows from the need and does not depend on awards."""
    gap: float = 0.0
    """Grant equivalent that its awards must reach in the scenario; 0 if no award changes the call."""
    worth: Mapping[str, float] | None = None
    """Programme -> grant equivalent of a unit of its award in the scenario; None if no award changes the call."""
    most: float = 0.0
    """Upper bound of the call over all awards that the case as planned allows."""


def decision_calls(sets: Sets, realization: "Realization", starts: Mapping[Key, Any]) -> dict[Key, Call]:
    """Decision -> its call in a scenario, for decisions that can call for money. `sets`: those of the state that decides."""
    calls = {key: _call(sets, realization, key) for key in starts}
    return {key: call for key, call in calls.items() if call.most > 0}


def _call(sets: Sets, realization: "Realization", key: Key) -> Call:
    project, fid = sets.by_id[key[0]], key[1]
    if project.id in realization.failed:
        return Call(0.0)
    stated = claim(sets.case, project, fid, (), realization)
    stated = replace(stated, capex_m=stated.capex_m * realization.overruns.get(project.id, 1.0))
    if stated.bankable_m is None or not sets.has_programmes:
        return Call(stated.call(), most=stated.call())
    owed = Claim(stated.capex_m, stated.private_share, stated.secured_m, stated.need_m, None, 0.0).call()
    sized, at = priced_cases(sets.case, project, fid, realization)
    worth = {p.id: worth_at(sized, at, p, project, fid) for p in sets.eligible[project.id]}
    gap = max(0.0, stated.capex_m - stated.secured_m - stated.bankable_m)
    kept = [
        worth[p.id] / planned
        for p in sets.eligible[project.id]
        if (planned := sets.viability.worth(p, project, fid)) > 0
    ]
    missing = gap - min(kept, default=0.0) * sets.viability.gaps[key]
    if missing <= ROUNDING * max(1.0, gap):
        return Call(owed, most=owed)
    return Call(owed, gap, worth, max(owed, missing))


def awards_decide(sets: Sets, realization: "Realization", starts: Mapping[Key, Any]) -> bool:
    """Whether awards change, in some scenario, what a decision calls for within the contingency, or whether it runs."""
    if any(idle.guarded for idle in idle_decisions(sets, realization, starts).values()):
        return True
    if sets.case.settings.contingency_m is None:
        return False
    return any(call.worth is not None for call in decision_calls(sets, realization, starts).values())


def awards_count(program: "Program", risk: "RiskMeasure") -> bool:
    """Whether awards change the value of some outcome of a measure. `program`: the decisions of every state."""
    state = state_of(risk.states)
    for w in risk.outcomes:
        state_program = program.states.get(state.get(w.name, ""), program)
        if any(
            awards_decide(state_program.sets, r, state_program.decision.start)
            for r in [w.realization, *(r for _, r in w.mean)]
        ):
            return True
    return False


def running(base: "Program", block: Any, outcome: "Outcome", keep: Mapping[Key, Any]) -> dict[Key, Running]:
    """The decisions of a state whose projects may stop, or run only under a contract, in a scenario.

    `block` takes the columns and rows. `keep`: the columns of this scenario. Years in which a project stands idle whatever it
    is awarded are left out.
    """
    idle = idle_decisions(base.sets, outcome.realization, base.decision.start)
    guarded = {key: years for key, years in idle.items() if years.guarded}
    guard = _Guard(base, block)
    runs_of: dict[Key, Running] = {}
    for key in sorted({*keep, *guarded}):
        on = keep.get(key, base.decision.start[key])
        runs_of[key] = Running(on, guard.runs(key, on, guarded[key]) if key in guarded else {})
    return runs_of


# -- calls -----------------------------------------------------------------------------------------------------------


def keep(program: "Program", base: "Program", block: Any, outcome: "Outcome") -> dict[Key, Any]:
    """`keep` of the decisions with capital calls, if the contingency may not suffice for all of them."""
    limit, start = base.sets.case.settings.contingency_m, base.decision.start
    if limit is None:
        return {}
    calls = decision_calls(base.sets, outcome.realization, start)
    most: dict[str, float] = defaultdict(float)
    for (i, _), call in calls.items():
        most[i] = max(most[i], call.most)
    soft = any(not r.hard and delivers_in(r) for r in program.sets.case.rules)
    if not calls or (sum(most.values()) <= limit and not soft):
        return {}
    program.awards_decide = program.awards_decide or any(c.worth is not None for c in calls.values())
    block.keep = pyo.Var(list(calls), domain=pyo.Binary)
    block.goes_on = pyo.Constraint(list(calls), rule=lambda b, i, t: b.keep[i, t] <= start[i, t])
    if soft:
        _only_called_stop(base, block, {key: c for key, c in calls.items() if c.worth is not None and c.owed <= 0})
    called = _called(base, block, calls, block.keep)
    block.contingency = pyo.Constraint(expr=sum(called.values()) <= limit)
    program.rows["contingency", outcome.name] = block.contingency
    program.limits.add("contingency")
    return dict(block.keep)


def _called(base: "Program", block: Any, calls: Mapping[Key, Call], keep: Mapping[Key, Any]) -> dict[Key, Linear]:
    """The call of each decision: a number times `keep`, or its own column if awards change it."""
    open_ = {key: call for key, call in calls.items() if call.worth is not None}
    block.call = pyo.Var(list(open_), domain=pyo.NonNegativeReals)
    award = base.decision.award

    def missing(b: Any, i: str, t: int) -> Any:
        call = open_[i, t]
        brought = sum(w * award[i, p, t] for p, w in (call.worth or {}).items() if w)
        return call.gap * keep[i, t] - brought - b.call[i, t] <= 0

    owing = [key for key, call in open_.items() if call.owed > 0]
    block.call_of_gap = pyo.Constraint(list(open_), rule=missing)
    block.call_of_need = pyo.Constraint(owing, rule=lambda b, i, t: open_[i, t].owed * keep[i, t] - b.call[i, t] <= 0)
    return {key: block.call[key] if key in open_ else call.owed * keep[key] for key, call in calls.items()}


def _only_called_stop(base: "Program", block: Any, calls: Mapping[Key, Call]) -> None:
    """Keep projects running whose awards close their gap; otherwise stopping one could gain points of a soft rule."""
    start, award = base.decision.start, base.decision.award
    block.is_called = pyo.Var(list(calls), domain=pyo.Binary)

    def missing(b: Any, i: str, t: int) -> Any:
        call, programmes, project = calls[i, t], base.decision.programme_of, base.sets.by_id[i]
        worth = {p: w for p, w in (call.worth or {}).items() if w}
        most = sum(w * award_cap(project, programmes[p]) for p, w in worth.items())
        least = LEAST_MISSING * max(1.0, call.gap)
        brought = sum(w * award[i, p, t] for p, w in worth.items())
        return call.gap * start[i, t] - brought + (most + least) * (1 - b.is_called[i, t]) >= least

    block.called_by_awards = pyo.Constraint(list(calls), rule=missing)
    block.uncalled_goes_on = pyo.Constraint(
        list(calls), rule=lambda b, i, t: b.keep[i, t] - start[i, t] + b.is_called[i, t] >= 0
    )


# -- price floors ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Guard:
    """Columns that say whether an offtake contract keeps a project running."""

    base: "Program"
    block: Any

    def runs(self, key: Key, on: Linear, idle: Idle) -> dict[int, Linear]:
        """Year -> whether the project runs under one of the contracts that could be awarded to it."""
        known: dict[tuple[str, ...], Linear] = {}
        for names in idle.guarded.values():
            if names not in known:
                known[names] = self._under(key, on, names)
        return {year: known[names] for year, names in idle.guarded.items()}

    def _under(self, key: Key, on: Linear, names: tuple[str, ...]) -> Linear:
        """1 if the project goes on and one of these contracts was awarded."""
        backing = [self._backing(key, name) for name in names]
        if len(backing) == 1 and on is self.base.decision.start[key]:
            return backing[0]
        block = self.block
        if block.component("guarded") is None:
            block.guarded, block.guards = pyo.VarList(bounds=(0, 1)), pyo.ConstraintList()
        runs = block.guarded.add()
        block.guards.add(runs - on <= 0)
        block.guards.add(runs - sum(backing) <= 0)
        for one in backing:
            block.guards.add(runs - on - one >= -1)
        return runs

    def _backing(self, key: Key, name: str) -> Any:
        """1 if an offtake programme gives the project an award, else 0."""
        return backing(self.base, (key[0], name, key[1]))


def backing(base: "Program", cell: tuple[str, str, int]) -> Any:
    """The binary that is 1 if an award is given, with its rows; one per award and program. `cell`: project, programme, year."""
    if cell in base.backing:
        return base.backing[cell]
    model, decision = base.model, base.decision
    if model.component("backing") is None:
        model.backing, model.backs = pyo.VarList(domain=pyo.Binary), pyo.ConstraintList()
    x, (i, p, t) = model.backing.add(), cell
    project, programme = decision.sets.by_id[i], decision.programme_of[p]
    least = min(max(LEAST_AWARD, programme.min_ticket_m or 0.0), award_cap(project, programme))
    award = decision.award[cell]
    model.backs.add(award / least - x >= 0)
    model.backs.add(award - award_cap(project, programme) * x <= 0)
    model.backs.add(x - decision.start[i, t] <= 0)
    base.backing[cell] = x
    return x

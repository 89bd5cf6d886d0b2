r"""The best plan of one scenario: a program over all decisions, valued in that scenario.

$$\max V_w \quad \text{over start, award, keep}, \qquad keep_{i,u} \le start_{i,u}, \qquad
\sum_{i,u} call_{i,u,w}\, keep_{i,u} \le contingency$$

Money, windows and rules are those of the case as planned, with the envelopes that the scenario leaves. Deliveries, demand,
existing capacity and the penalties of soft rules on deliveries are those of the scenario. The call of a project is its
least, which no support could lower. The program is therefore a relaxation if awards decide what is called, or whether an
offtake keeps a project running when prices fall; its bound holds in any case.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import pyomo.core as pyo
from pyomo.common.gc_manager import PauseGC

from models.calls import claim, most_equivalent
from models.case import Case
from models.constraints import chain
from models.constraints.rules import row
from models.decision import Decision, FundingClass, Running
from models.families import FAMILIES
from models.formulation import cover, decision_program, tie_break
from models.idle_decisions import idle_decisions, idle_years
from models.network import delivers
from models.objectives import objective_of
from models.program import Goal, Program
from models.scenario_sets import ScenarioSets, delivers_in
from models.scenarios import Realization
from models.schema import Rule
from models.sets import Sets
from models.terms import output

OF_DELIVERIES = ("capacity", "coverage", "chain")
"""Families whose rows give the deliveries as planned; the scenario's rows replace them."""


@dataclass(frozen=True)
class FreeSets(ScenarioSets):
    """A case in one scenario, for projects that are not decided yet."""

    @cached_property
    def least_calls(self) -> dict[tuple[str, int], float]:
        """Candidate and decision year -> least capital call, millions; absent if the call may be 0."""
        calls = {}
        for i in self.candidates:
            for u in self.windows[i.id]:
                owed = claim(self.case, i, u, (), self.realization)
                if owed.bankable_m is not None:
                    most = most_equivalent(self, i, u, self.realization)
                    owed = replace(owed, support_m=most)
                if (call := owed.call()) > 0:
                    calls[i.id, u] = call
        return calls


def free_sets(case: Case, realization: Realization) -> FreeSets:
    """The sets of a scenario, with the years in which no support could keep a candidate running."""
    sets = Sets(case)
    starts = [(i.id, u) for i in sets.candidates for u in sets.windows[i.id]]
    return FreeSets(case, realization, idle_years(idle_decisions(sets, realization, starts)))


def case_in(case: Case, realization: Realization) -> Case:
    """The case with the envelopes that a scenario leaves."""
    fund_of = Sets(case).fund_of
    factors = {(f.name, t): realization.envelope_factor(f, t) for f in fund_of.values() for t in f.envelopes or {}}
    if all(x == 1.0 for x in factors.values()):
        return case
    programmes = tuple(
        p.model_copy(update={
            "envelopes": {t: x * factors.get((fund_of[p.id].name, t), 1.0) for t, x in p.envelopes.items()}
        })
        for p in case.programmes
    )  # fmt: skip
    return case.model_copy(update={"programmes": programmes})


def best_plan_program(planned: Sets, at: FreeSets, classes: tuple[FundingClass, ...]) -> Program:
    """The program of a scenario's best plan, in canonical order.

    `planned`: the case with the scenario's envelopes (`case_in`). `at`: the scenario. Goals: the value in the scenario,
    then the tie-break of every plan.
    """
    late = tuple(r for r in planned.case.rules if not r.hard and delivers_in(r))
    others = tuple(r for r in planned.case.rules if r not in late)
    sets = Sets(planned.case.model_copy(update={"rules": others}))
    with PauseGC():
        program = decision_program(sets, classes, [f for f in FAMILIES.values() if f.name not in OF_DELIVERIES])
        decision = program.decision
        kept = _keep(program, at)
        running = {key: Running(keep) for key, keep in kept.items()}
        outcome = Program(
            at, classes, program.model, Decision(at, classes, decision.start, decision.award, decision.joint, running)
        )
        _deliver(outcome)
        terms = objective_of(at).terms(outcome)[0]
        lost = sum(points * program.model.shortfall[r] for r, points in program.penalties.items())
        late_lost = _soft(outcome, () if kept else late)
        program.rows.update(outcome.rows)
        program.goals = (Goal("value", -1, terms - lost - late_lost), *tie_break(program))
    return program


def _keep(program: Program, at: FreeSets) -> dict[tuple[str, int], object]:
    """Decision -> whether the project continues, if the contingency may not meet all calls."""
    limit, start = at.case.settings.contingency_m, program.decision.start
    calls = {key: call for key, call in at.least_calls.items() if key in start} if limit is not None else {}
    largest: dict[str, float] = {}
    for (i, _), call in calls.items():
        largest[i] = max(call, largest.get(i, 0.0))
    if limit is None or sum(largest.values()) <= limit:
        return {}
    program.model.keep = pyo.Var(sorted(calls), domain=pyo.Binary)
    keep = {key: program.model.keep[key] for key in sorted(calls)}
    program.add("goes_on", list(keep), lambda _, i, u: keep[i, u] - start[i, u] <= 0)
    program.add("contingency", [()], lambda _: sum(calls[key] * x for key, x in keep.items()) <= limit)
    return keep


def _deliver(outcome: Program) -> None:
    """Coverage, or the chain's deliveries, of decisions in the scenario."""
    if not delivers(outcome.sets):
        cover(outcome)
        return
    chain.stand(outcome, _sizes(outcome))
    chain.constrain(outcome)


def _sizes(outcome: Program) -> dict[tuple[str, int], float]:
    """Process and year -> largest capacity that it can have in the scenario, t/yr."""
    network, sets = outcome.network, outcome.sets
    most = {at: network.existing[at] + network.underway[at] for at in network.existing}
    for i in sorted({*outcome.decision.starts_of, *sets.unaided_fids}):
        project, starts = sets.by_id[i], outcome.decision.starts_of.get(i, ())
        if (g := network.process_of(project)) is not None:
            for y in sets.years:
                shares = [sets.delivery_share(project, s.year, y) for s in starts]
                most[g, y] += output(project) * max([sets.unaided_share(project, y), *shares])
    return most


def _soft(outcome: Program, rules: tuple[Rule, ...]) -> object:
    """Points lost to soft rules on deliveries in the scenario."""
    by_name = {r.rule: r for r in rules}
    outcome.model.missed = pyo.Var(sorted(by_name), domain=pyo.NonNegativeReals)

    def soft(m: pyo.Block, name: str) -> object:
        body, limit = row(outcome.decision, by_name[name])
        over = body + m.missed[name] if by_name[name].sense == ">=" else body - m.missed[name]
        return over >= limit if by_name[name].sense == ">=" else over <= limit

    outcome.add("rule_in_scenario", [(name,) for name in sorted(by_name)], soft)
    return sum((r.penalty or 0.0) * outcome.model.missed[name] for name, r in by_name.items())

r"""Outcomes: what the decisions deliver in each scenario w, and the measure of risk over the resulting values.

$$coverage_{w,k,y}\, demand_{w,k,y} \le capacity_{w,k,y}(running_{w,i,t,y})$$

$$tail_w \ge threshold - V_w, \qquad CVaR = threshold - \tfrac{1}{1-\alpha} \sum_w p_w\, tail_w, \qquad worst \le V_w$$

Which projects run is in `models.constraints.going_on`.

This is the extensive form: one set of decisions per state, and the rows of deliveries once per scenario (Birge & Louveaux
1997, Introduction to stochastic programming). CVaR as a linear program: Rockafellar & Uryasev (2000). A coverage that no
selection can fill is the linear expression of its capacity, and one that is full without any decision is 1: neither takes a
column.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import pyomo.core as pyo

from models.constraints import chain, going_on, held_rules
from models.constraints.capacity import unit
from models.constraints.missed_rows import missed_by, most, span
from models.constraints.rules import rows
from models.decision import Decision, Linear, Running
from models.idle_decisions import idle_decisions, idle_years
from models.network import delivers, financed_process, unaided_process
from models.objectives import objective_of
from models.program import Goal, Program
from models.risk import Outcome, RiskMeasure
from models.scenario_sets import MeanSets, ScenarioSets, delivers_in, scenario_sets, weighs_awards
from models.schema import Rule
from models.sets import DemandKey, Sets
from models.states import state_of
from models.terms import material_share, output

if TYPE_CHECKING:
    from models.decision import Start

Key = tuple[str, int]
"""Project and year of decision."""
ENDLESS = 1e9
"""Bound of a value that has no bound itself, in the unit of the objective."""
_OF_DELIVERY = ("delay_years", "capacity", "fails")


def values(program: Program, risk: RiskMeasure) -> dict[str, Any]:
    """Outcome -> its value as an expression: the objective less the penalties of soft rules."""
    planned, state = program.goals[0].expression, state_of(risk.states)
    if weighs_awards(program.sets.case):
        program.awards_decide = True
        held_rules.bound_awards(program)
    values_of: dict[str, Any] = {}
    decisions: dict[str, Decision] = {}
    for n, w in enumerate(risk.outcomes):
        if w.is_planned:
            values_of[w.name], decisions[w.name] = planned, program.decision
            continue
        part = _outcome_program(program, program.states.get(state.get(w.name, ""), program), n, w)
        values_of[w.name] = _value(part)
        if not w.mean:
            decisions[w.name] = part.program.decision
    held_rules.constrain(program, risk, decisions, values_of)
    return values_of


def _outcome_program(program: Program, base: Program, number: int, outcome: Outcome) -> "_Part":
    """The decisions of a state over the sets of a scenario, in a block of its own. `base`: the program of the state."""
    block = pyo.Block(concrete=True)
    program.model.add_component(f"outcome_{number}", block)
    block.nothing = pyo.Var(bounds=(0, 0))
    sets, running, changed = (_mean if outcome.mean else _scenario)(program, base, block, outcome)
    program.awards_decide = program.awards_decide or bool(base.backing)
    decision = base.decision
    part = _Part(
        Program(
            sets, (), block, Decision(sets, decision.classes, decision.start, decision.award, decision.joint, running)
        ),
        base,
        outcome,
        frozenset({*running, *changed}),
    )
    part.deliver()
    return part


Changed = tuple[Sets, Mapping[Key, Running], Iterable[Key]]
"""The sets of an outcome, the decisions whose projects may stop or stand idle in it, and those that deliver otherwise than planned."""


def _scenario(
    program: Program, base: Program, block: Any, outcome: Outcome, *, every_call_is_met: bool = False
) -> tuple[ScenarioSets, Mapping[Key, Running], Iterable[Key]]:
    idle = idle_years(idle_decisions(base.sets, outcome.realization, base.decision.start))
    sets = scenario_sets(program.sets, outcome.realization, idle)
    keep = {} if every_call_is_met else going_on.keep(program, base, block, outcome)
    return sets, going_on.running(base, block, outcome, keep), idle


def _mean(program: Program, base: Program, block: Any, outcome: Outcome) -> Changed:
    """The mean scenario: the deliveries of all scenarios, weighted by probability, with every call met."""
    parts, in_scenarios = [], []
    for n, (chance, realization) in enumerate(outcome.mean):
        part = pyo.Block(concrete=True)
        block.add_component(f"part_{n}", part)
        one = Outcome(realization.name, 0.0, realization)
        sets, running, _ = _scenario(program, base, part, one, every_call_is_met=True)
        parts.append((chance, sets))
        in_scenarios.append(running)
    mean = MeanSets(program.sets.case, tuple(parts))
    keys = sorted({key for running in in_scenarios for key in running})
    return mean, {key: _mean_running(mean, base.decision, key, in_scenarios) for key in keys}, ()


def _mean_running(mean: MeanSets, decision: Decision, key: Key, in_scenarios: list[Mapping[Key, Running]]) -> Running:
    """`guarded`: what runs in each scenario, weighted by its part of the mean delivery."""
    x, project = decision.start[key], mean.by_id[key[0]]
    of_one = [running.get(key) or Running(x) for running in in_scenarios]
    guarded: dict[int, Linear] = {}
    for y in sorted({y for one in of_one for y in one.guarded}):
        shares = [p * sets.delivery_share(project, key[1], y) for p, sets in mean.parts]
        if total := sum(shares):
            guarded[y] = sum(part / total * one.guarded.get(y, x) for part, one in zip(shares, of_one, strict=True))
    return Running(x, guarded)


class _Term(NamedTuple):
    """A decision, with what it adds to a demand row if it runs, and what its project would deliver without it; t/yr."""

    start: "Start"
    tonnes: float
    loss: float
    net: float

    def running(self, year: int) -> Any:
        """Output that it adds if the project may not run, t/yr."""
        return self.tonnes * self.start.runs(year) - self.loss * self.start.x


class _Part:
    """The columns and rows that a scenario adds to a program."""

    def __init__(self, program: Program, base: Program, outcome: Outcome, changed: frozenset[Key]) -> None:
        self.program, self.base, self.outcome, self.changed = program, base, outcome, changed

    def deliver(self) -> None:
        """Coverage by capacity, or by what the chain delivers."""
        if delivers(self.program.sets):
            self._deliver_chain()
            return
        block = self.program.model
        block.coverage, block.covered = pyo.VarList(bounds=(0, 1)), pyo.ConstraintList()
        for (k, y), demand in self.program.sets.demand.items():
            if demand > 0:
                self._cover(k, y, demand)

    # -- nameplate capacity --------------------------------------------------------------------------------------

    def _cover(self, key: DemandKey, year: int, demand: float) -> None:
        sets, terms = self.program.sets, self._terms(key, year)
        stands = sets.existing[key, year] + sets.underway_capacity[key, year] + sets.unaided_of(key, year)
        least, most = self._added_within(terms)
        if stands + least >= demand or not terms:
            self.program.coverage[key, year] = min(1.0, stands / demand)
            return
        capacity = (stands + self._added(key, year, terms)) / demand
        if stands + most <= demand:
            self.program.coverage[key, year] = capacity
            return
        covered = self.program.model.coverage.add()
        self.program.model.covered.add(covered - capacity <= 0)
        self.program.coverage[key, year] = covered

    def _terms(self, key: DemandKey, year: int) -> list["_Term"]:
        """What each decision adds to what exists, and what its project would deliver without support, which is lost whether or
        not it runs."""
        sets = self.program.sets
        terms = []
        for s in self.program.decision.starts_by_stage.get(key.stage, ()):
            if nameplate := output(s.project) * material_share(s.project, key.material):
                share, anyway = sets.delivery_share(s.project, s.year, year), sets.unaided_share(s.project, year)
                if share != anyway or (s.running is not None and share):
                    terms.append(_Term(s, nameplate * share, nameplate * anyway, nameplate * (share - anyway)))
        return terms

    @staticmethod
    def _added_within(terms: list["_Term"]) -> tuple[float, float]:
        """Least and largest sum that decisions can add, if each project is decided at most once."""
        of_project: dict[str, list[float]] = defaultdict(lambda: [0.0])
        for s, _, loss, net in terms:
            of_project[s.project.id] += [net] if s.running is None else [net, -loss]
        return sum(map(min, of_project.values())), sum(map(max, of_project.values()))

    def _added(self, key: DemandKey, year: int, terms: list["_Term"]) -> Any:
        """Output that the decisions add, t/yr. If the scenario leaves the stage unchanged, the vintages of the program as planned are
        used, because they make a row of few terms."""
        if self._leaves_alone(key):
            base = self.base.sets
            planned = base.existing[key, year] + base.underway_capacity[key, year]
            return self.base.capacity[key, year] * unit(self.base, key) - planned
        return sum(t.net * t.start.x if t.start.running is None else t.running(year) for t in terms)

    def _leaves_alone(self, key: DemandKey) -> bool:
        """Whether every decision of a stage delivers as planned, and vintages count all that it delivers."""
        realization, size = self.outcome.realization, unit(self.base, key)
        if self.base.sets.unaided_fids or self.outcome.mean:
            return False
        for s in self.program.decision.starts_by_stage.get(key.stage, ()):
            p = s.project
            lost = p.id in realization.failed or p.id in realization.stopped
            moved = lost or realization.delays.get(p.id, 0) or (p.id, s.year) in self.changed
            if moved or output(p) > size or any(realization.changes(name, p) for name in _OF_DELIVERY):
                return False
        return True

    # -- the chain -----------------------------------------------------------------------------------------------

    def _deliver_chain(self) -> None:
        program, network = self.program, self.program.network
        for (g, y), planned in self.base.sizes.items():
            stands = network.existing[g, y] + network.underway[g, y]
            size = max(planned, stands)
            program.sizes[g, y] = size
            decision = program.decision
            added = (
                financed_process(decision, network, g, y) + unaided_process(decision, network, g, y) if size else 0.0
            )
            program.nameplate[g, y] = (stands + added) / (size or 1.0)
        chain.rows(program, chain.primary(program))

    # -- soft rules ----------------------------------------------------------------------------------------------

    def penalty(self) -> Any:
        """Points lost to soft rules: those on deliveries are missed by what the scenario delivers."""
        soft = [r for r in rows(self.program.sets.case.rules) if not r.hard and r.penalty]
        return sum((r.penalty or 0.0) * x for r, x in self._shortfalls(soft))

    def _shortfalls(self, soft: list[Rule]) -> Iterator[tuple[Rule, Any]]:
        block = self.program.model
        block.shortfall = pyo.Var([r.rule for r in soft if delivers_in(r)], domain=pyo.NonNegativeReals)
        block.missed = pyo.ConstraintList()
        for r in soft:
            if not delivers_in(r):
                yield r, self.base.model.shortfall[r.rule]
                continue
            missing = missed_by(self.program.decision, r)
            block.shortfall[r.rule].setub(most(missing))
            block.missed.add(block.shortfall[r.rule] - missing >= 0)
            yield r, block.shortfall[r.rule]


def _value(part: _Part) -> Any:
    return objective_of(part.program.sets).terms(part.program)[0] - part.penalty()


# -- the measure -----------------------------------------------------------------------------------------------------


def goals(program: Program, risk: RiskMeasure) -> tuple[Goal, ...]:
    """The measure of risk; then the tie-break: expected value, mean of the stresses, value as planned, and the goals of
    the program as planned after it."""
    value = values(program, risk)
    planned, *rest = program.goals
    mean = sum(w.probability * value[w.name] for w in risk.likely)
    ties = [("expected value", mean)] if risk.measure != "expected" and risk.likely else []
    if risk.stresses:
        ties.append(("value in the stresses", sum(value[w.name] for w in risk.stresses) / len(risk.stresses)))
    ties += [("value as planned", planned.expression)]
    ties += [(f"{g.name} as planned", g.expression) for g in rest if g.sense < 0]
    return (
        Goal(risk.measure, -1, _measure(program.model, risk, value, mean)),
        *(Goal(name, 1, -expression) for name, expression in ties),
        *(g for g in rest if g.sense > 0),
    )


def _measure(model: Any, risk: RiskMeasure, value: dict[str, Any], mean: Any) -> Any:
    """The expression of the measure, with the columns and rows that it needs."""
    if risk.measure == "expected" or (risk.measure == "cvar" and (risk.alpha <= 0 or risk.aversion <= 0)):
        return mean
    if risk.measure == "cvar":
        return (1 - risk.aversion) * mean + risk.aversion * _tail(model, risk, value)
    model.worst = pyo.Var(bounds=_bounds(value[w.name] - risk.best.get(w.name, 0.0) for w in risk.outcomes))
    model.at_worst = pyo.Constraint(
        [w.name for w in risk.outcomes], rule=lambda m, w: m.worst - (value[w] - risk.best.get(w, 0.0)) <= 0
    )
    return model.worst


def _tail(model: Any, risk: RiskMeasure, value: dict[str, Any]) -> Any:
    """CVaR of the outcomes with probability."""
    likely = {w.name: w.probability for w in risk.likely}
    total = min(1.0, sum(likely.values()))
    if (1 - risk.alpha) * total <= min(likely.values()):
        model.worst_likely = pyo.Var(bounds=_bounds(value[w] for w in likely))
        model.at_worst_likely = pyo.Constraint(list(likely), rule=lambda m, w: m.worst_likely - value[w] <= 0)
        return model.worst_likely
    model.threshold = pyo.Var(bounds=_bounds(value[w] for w in likely))
    model.tail = pyo.Var(list(likely), domain=pyo.NonNegativeReals)
    model.in_tail = pyo.Constraint(list(likely), rule=lambda m, w: m.tail[w] - (m.threshold - value[w]) >= 0)
    return model.threshold - sum(p / total * model.tail[w] for w, p in likely.items()) / (1 - risk.alpha)


def _bounds(expressions: Iterable[Any]) -> tuple[float, float]:
    """Least and largest value of the outcomes: the threshold of CVaR lies between them, and the presolve of the solver fails
    on columns without bounds."""
    ranges = [span(x) for x in expressions]
    high = max((ENDLESS if high is None else high for _, high in ranges), default=ENDLESS)
    return min((-ENDLESS if low is None else low for low, _ in ranges), default=-ENDLESS), high

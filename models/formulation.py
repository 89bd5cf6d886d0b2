"""Builds the mixed-integer program of a case from its constraint families (`models.families`), and sets its goals."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pyomo.core as pyo
from pyomo.common.gc_manager import PauseGC

from models.constraints import chain, continuation, going_on, held_rules, joint, outcomes, sampled
from models.constraints.capacity import unit
from models.constraints.chain import CHAIN
from models.constraints.continuation import Choice
from models.constraints.coverage import COVERAGE
from models.constraints.rules import awards_lose_points
from models.decision import Decision, FundingClass, Running, single_classes
from models.families import FAMILIES
from models.family import Family
from models.linear import face_value, fid_years, financed_capacity, public_cost, unaided_capacity
from models.network import delivers, nameplate
from models.objectives import OBJECTIVES, objective_of
from models.program import WHOLE, Goal, Program, ProgramOptions
from models.risk import Outcome, RiskMeasure
from models.rule_holds import held_rules_count_awards
from models.scenario_sets import scenario_sets
from models.schema import CHAIN_OBJECTIVES
from models.sets import DemandKey, Sets
from models.state_sets import StateSets, state_sets


def build(
    sets: Sets,
    *,
    classes: tuple[FundingClass, ...] | None = None,
    fixed: Mapping[str, int] | None = None,
    options: ProgramOptions = WHOLE,
) -> Program:
    """The program of a case, in canonical order so that equal cases give equal programs.

    `classes`: how awards are summed (default: each project by itself, the plain form). `fixed`: only these projects,
    each decided in its year. `options`: the whole program by default.
    """
    with PauseGC():
        classes = single_classes(sets) if classes is None else classes
        program = decision_program(sets, classes, FAMILIES.values(), fixed=fixed, options=options)
        program.goals = _goals(program)
    return program


def risk_program(
    sets: Sets,
    risk: RiskMeasure,
    *,
    classes: tuple[FundingClass, ...] | None = None,
    fixed: Mapping[str, int] | None = None,
    by_state: Mapping[str, Mapping[str, int]] | None = None,
    overdraft: float = 0.0,
) -> Program:
    """The program of a case with the deliveries of its decisions in each outcome, and a measure of risk as its first goal.

    After a review each state has its own decisions. `classes`, `fixed`: as for `build`. `overdraft`: as in
    `ProgramOptions`. `by_state`: state -> its `fixed`; the rows of scenarios are then left out unless awards can change the
    outcomes, through the penalties of soft rules or through which projects go on (`models.constraints.going_on`).
    """
    planned, *others = risk.states
    planned_years = fixed if by_state is None else by_state[planned.name]
    held = held_rules.names(sets.case)
    program = build(
        sets, classes=classes, fixed=planned_years, options=ProgramOptions(overdraft=overdraft, by_scenario=held)
    )
    with PauseGC():
        for n, state in enumerate(others):
            block = pyo.Block(concrete=True)
            program.model.add_component(f"state_{n}", block)
            at = state_sets(sets, state, risk.review_year or 0)
            taken = None if by_state is None else by_state[state.name]
            program.states[state.name] = _state_program(program, at, block, taken)
        counts = by_state is None or awards_lose_points(program) or held_rules_count_awards(sets.case)
        counts = counts or going_on.awards_count(program, risk)
        program.goals = _with_states(program, outcomes.goals(program, risk) if counts else tie_break(program))
    return program


def _state_program(base: Program, sets: StateSets, block: Any, fixed: Mapping[str, int] | None) -> Program:
    """The decisions of a state in its own block; decisions before the review are those of the state as planned."""
    block.nothing = pyo.Var(bounds=(0, 0))
    known = base.decision, sets.review_year
    decision = _declare(sets, block, base.classes, fixed, known)
    program = Program(sets, base.classes, block, decision, ProgramOptions(overdraft=base.options.overdraft))
    program.decision = _with_joint(program)
    program.add_families(f for f in FAMILIES.values() if f.name not in ("coverage", "chain"))
    return program


def _with_states(program: Program, goals: tuple[Goal, ...]) -> tuple[Goal, ...]:
    """The goals; each step of the tie-break is followed by its sum over the other states."""
    tie_breaks = [tie_break(p) for p in program.states.values()]
    others = {of_one[0].name: sum(g.expression for g in of_one) for of_one in zip(*tie_breaks, strict=True)}
    ordered: list[Goal] = []
    for g in goals:
        ordered.append(g)
        if g.name in others:
            ordered.append(Goal(f"{g.name} in other states", g.sense, others[g.name]))
    return tuple(ordered)


def sampled_program(
    sets: Sets,
    risk: RiskMeasure,
    weights: Mapping[tuple[DemandKey, int], float],
    most_lost: Mapping[str, float],
    *,
    classes: tuple[FundingClass, ...],
    held: RiskMeasure | None = None,
) -> Program:
    """The program of a case whose first goal is a measure of risk over draws, bounded by cuts that are added later.

    `most_lost`: soft rule on deliveries -> bound of the points that a draw loses to it. `held`: the draws as outcomes, where rules
    must hold in them. The flows of a chain are left out, because the cuts bound what it delivers.
    """
    options = ProgramOptions(by_scenario=held_rules.names(sets.case))
    program = (
        _without_chain(sets, classes, options) if delivers(sets) else build(sets, classes=classes, options=options)
    )
    with PauseGC():
        program.goals = sampled.goals(program, risk, weights, most_lost)
        if held is not None:
            decisions = {w.name: _decision_in(program, w) for w in held.outcomes}
            held_rules.constrain(program, held, decisions, {})
    return program


def _decision_in(program: Program, outcome: Outcome) -> Decision:
    """The decisions of a program over the sets of an outcome in which every project goes on."""
    if outcome.is_planned:
        return program.decision
    return replace(program.decision, sets=scenario_sets(program.sets, outcome.realization))


def _without_chain(sets: Sets, classes: tuple[FundingClass, ...], options: ProgramOptions) -> Program:
    """The decisions of a case with all rows except those of its chain; its goals are the tie-break."""
    with PauseGC():
        program = decision_program(sets, classes, [f for f in FAMILIES.values() if f is not CHAIN], options=options)
        program.goals = tie_break(program)
    return program


def decision_program(
    sets: Sets,
    classes: tuple[FundingClass, ...],
    families: Iterable[Family],
    *,
    fixed: Mapping[str, int] | None = None,
    options: ProgramOptions = WHOLE,
) -> Program:
    """The decisions of a case with the rows of some families, without goals. Arguments as for `build`."""
    model = pyo.ConcreteModel()
    model.nothing = pyo.Var(bounds=(0, 0))
    decision = _declare(sets, model, classes, fixed)
    program = Program(sets, classes, model, decision, options)
    program.decision = _with_joint(program)
    program.add_families(families)
    return program


def flow_program(decision: Decision, room: Mapping[tuple[str, int], float] | None = None) -> Program:
    """The flows of the chain for a given selection: runs and deliveries only, each year separately.

    Goals: the objective if it is a delivery, then the delivered score, magnets, and least tonnes run.
    `room`: capacity by process and year, t/yr, up to which the rows `feed` can be widened later (to the limit 1).
    """
    with PauseGC():
        model = pyo.ConcreteModel()
        model.nothing = pyo.Var(bounds=(0, 0))
        program = Program(decision.sets, (), model, decision)
        stands = nameplate(decision, program.network)
        program.sizes = {at: tonnes + (room[at] if room else 0.0) for at, tonnes in stands.items()}
        program.nameplate = {at: tonnes / (program.sizes[at] or 1.0) for at, tonnes in stands.items()}
        chain.rows(program)
        names = sorted(CHAIN_OBJECTIVES, key=lambda name: name != decision.sets.case.settings.objective)
        deliveries = [Goal(n, -1, OBJECTIVES[n].terms(program)[0]) for n in names]
        program.goals = (*deliveries, Goal("least to run", 1, chain.tonnes_run(program)))
    return program


def continuation_program(
    decision: Decision, choice: Choice, soft: Mapping[str, tuple[float, Mapping[str, float], float]]
) -> Program:
    """The program that decides which projects of a plan go on in a scenario. `decision`: the plan as numbers over the scenario's sets.

    `soft`: soft rule -> by how much its row is missed if all projects go on (negative: slack), what each project that stops adds
    to that, and its penalty. Goals: the value in the scenario; then fewest stopped, least called, and the stopped ids that come
    first.
    """
    with PauseGC():
        model = pyo.ConcreteModel()
        model.nothing = pyo.Var(bounds=(0, 0))
        model.keep = pyo.Var(choice.open, domain=pyo.Binary)
        keep = {i: model.keep[i] for i in choice.open}
        running = {(i, t): Running(keep[i]) for i, t in decision.start if i in keep}
        program = Program(
            decision.sets,
            (),
            model,
            Decision(decision.sets, (), dict.fromkeys(decision.start, 1.0), {}, running=running),
        )
        _deliver(program)
        continuation.constrain(program, choice, keep)
        model.shortfall = pyo.Var(sorted(soft), domain=pyo.NonNegativeReals)
        program.add("soft_rule", [(r,) for r in sorted(soft)], lambda m, r: m.shortfall[r] >= _missed(soft[r], keep))
        value = objective_of(decision.sets).terms(program)[0]
        penalty = sum(points * model.shortfall[r] for r, (_, _, points) in soft.items())
        program.goals = (Goal("value", -1, value - penalty), *_least_stopped(choice, keep))
    return program


def _deliver(program: Program) -> None:
    """Coverage, or the chain's deliveries, of decisions that are partly variables."""
    decision, sets, network = program.decision, program.sets, program.network
    if delivers(sets):
        most = nameplate(Decision(sets, (), dict.fromkeys(decision.start, 1.0), {}), network)
        chain.stand(program, most)
        chain.rows(program)
        return
    cover(program)


def cover(program: Program) -> None:
    """Coverage of every demand, of decisions that are partly variables."""
    sets, decision = program.sets, program.decision
    for (k, y), demand in sets.demand.items():
        if demand > 0:
            stands = sets.existing[k, y] + sets.underway_capacity[k, y] + unaided_capacity(decision, k, y)
            program.capacity[k, y] = (stands + financed_capacity(decision, k, y)) / unit(program, k)
    COVERAGE.constrain(program)


def _missed(rule: tuple[float, Mapping[str, float], float], keep: Mapping[str, Any]) -> Any:
    missed, adds, _ = rule
    return missed + sum(adds.get(i, 0.0) * (1 - x) for i, x in keep.items())


def _least_stopped(choice: Choice, keep: Mapping[str, Any]) -> tuple[Goal, ...]:
    ids = choice.open
    return (
        Goal("fewest stopped", 1, sum(1 - keep[i] for i in ids)),
        Goal("least called", 1, sum(choice.calls.get(i, 0.0) * keep[i] for i in ids)),
        Goal("first ids", -1, sum(0.5**n * (1 - keep[i]) for n, i in enumerate(ids))),
    )


def _declare(
    sets: Sets,
    model: Any,
    classes: tuple[FundingClass, ...],
    fixed: Mapping[str, int] | None,
    known: tuple[Decision, int] | None = None,
) -> Decision:
    """The columns `start` and `award`. `known`: decisions that are fixed before a year, and that year."""
    starts = [(i.id, t) for i in sets.candidates for t in sets.windows[i.id] if fixed is None or fixed.get(i.id) == t]
    before, year = known or (Decision(sets, classes, {}, {}), sets.years[0])
    model.start = pyo.Var([key for key in starts if key[1] >= year], domain=pyo.Binary)
    if fixed is not None:
        for key in model.start:
            model.start[key].setlb(1)
    years = {}
    open_to: dict[str, set[int]] = {}
    for i, t in starts:
        open_to.setdefault(i, set()).add(t)
    for c in classes:
        years[c.name] = sorted(set().union(*(open_to.get(i.id, set()) for i in c.members)))
    cells = [(c.name, p.id, t) for c in classes for p in c.programmes for t in years[c.name]]
    cells = cells if sets.has_programmes else []
    model.award = pyo.Var([key for key in cells if key[2] >= year], domain=pyo.NonNegativeReals)
    start = {key: model.start[key] if key[1] >= year else before.start[key] for key in starts}
    award = {key: model.award[key] if key[2] >= year else before.award[key] for key in cells}
    return Decision(sets, classes, start, award)


def _with_joint(program: Program) -> Decision:
    decision = program.decision
    return Decision(decision.sets, decision.classes, decision.start, decision.award, joint.declare(program))


def _goals(program: Program) -> tuple[Goal, ...]:
    """The objective less the penalties of soft rules; then the tie-break."""
    first, *rest = objective_of(program.sets).terms(program)
    penalty = sum(points * program.model.shortfall[r] for r, points in program.penalties.items())
    return (
        Goal(program.sets.case.settings.objective, -1, first - penalty),
        *(Goal("coverage", -1, expression) for expression in rest),
        *tie_break(program),
    )


def tie_break(program: Program) -> tuple[Goal, ...]:
    """Order among plans of one value: least budget cost, least face value, earliest decisions, fewest awards."""
    decision = program.decision
    goals = [Goal("least budget cost", 1, public_cost(decision))]
    if program.sets.has_programmes:
        goals.append(Goal("least face value", 1, face_value(decision)))
    goals.append(Goal("earliest decisions", 1, fid_years(decision)))
    if program.options.count_awards and program.model.component("supports") is not None:
        goals.append(Goal("fewest awards", 1, sum(program.model.supports.values())))
    return tuple(goals)

"""Plans with a review: the extensive form over states, started from fixed decisions before the review.

If these decisions and their awards are fixed, each state is a program by itself, no larger than that of the case as planned. A
plan of all states is therefore found soon, and the search of all states together begins from it (the L-shaped view of a
two-stage program: Birge & Louveaux 1997).
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import fsum, inf
from typing import TYPE_CHECKING

import numpy as np

from models.decision import FundingClass
from models.risk import RiskMeasure, measured
from models.rule_holds import held_rules
from models.sets import Sets
from models.states import State
from optimizer.analysis.risk import state_bounds
from optimizer.analysis.risk.drawn import keeps
from optimizer.analysis.risk.judge import results
from optimizer.analysis.risk.most_value import most_value
from optimizer.analysis.risk.state_bounds import (
    StateAlone,
    Weights,
    binding_weights,
    bound_of,
    outcomes_of,
    states_alone,
)
from optimizer.solver import tuning
from optimizer.solver.allocation import NoAwards, allocate, allocate_under_risk
from optimizer.solver.deadline import Deadline
from optimizer.solver.interrupts import ends_when_set, refuse_when_set
from optimizer.solver.lexicographic import Options, Search, Solution, Start, open_search
from optimizer.solver.no_solution import NoSolution, NoSolutionFound
from optimizer.solver.plain_form import with_plain_form
from optimizer.solver.tolerance import CENTS

if TYPE_CHECKING:
    from optimizer.analysis.risk.search import Watch

LEAST_SECONDS = 0.5
"""Least time of the search of one state."""
HURRIED_SECONDS = 2.0
"""Time of the search of one state after the whole search was stopped."""
UNREAD_GAP = 0.01
"""Relative gap at which the search of a state may end if the measure does not read it."""
ALONE_SHARE = 0.6
"""Part of the time limit for the searches of single states."""
CANDIDATE_SHARE = 0.6
"""Part of the remaining time for the later decisions that follow the early decisions of the likeliest state."""
UNREAD_SHARE = 0.1
"""Part of the time limit that is reserved for the states that the program leaves out."""
StateBest = tuple[dict[str, int], float]
"""Selection of a state, and the maximum mean value of its scenarios with the fixed decisions."""


def adapted(sets: Sets, risk: RiskMeasure, options: Options, watch: "Watch", start: Solution) -> Solution | None:
    """The decisions and awards of a solution before the review, with the later ones that are best on average in each state;
    None where a state has none. No plan with these decisions and awards before the review has a larger expected value than
    its bound. States that the measure does not read keep the later decisions as planned where their money is as planned."""
    unread = _unread_states(sets, risk)
    kept = tuple(s for s in unread if not _changes_money(s))
    later = _later(sets, risk, [s for s in risk.states if s not in kept], options, watch, start, unread=unread)
    if later is None:
        return None
    every = {name: selection for name, (selection, _) in later.items()} | {s.name: dict(start.chosen) for s in kept}
    chance = {s.name: fsum(w.probability for w in outcomes_of(risk, s)) for s in risk.states}
    bound = fsum(chance[name] * most for name, (_, most) in later.items() if chance[name] > 0)
    try:
        return _paid(sets, risk, every, bound)
    except NoAwards:
        return None


def best_by_state(
    sets: Sets, risk: RiskMeasure, options: Options, watch: "Watch", start: Start | None, *, tie_break: bool = True
) -> Solution:
    """The best plan with decisions by state. Raises NoSolution. `start`: a solution with its states, or a selection.

    A large program leaves out the states that the measure does not read: they are decided when the others are, and the bound
    without them is one with them. Where that leaves one of them no decisions, the program of all states is searched. Before it,
    and where a start is known, every state is searched by itself (`optimizer.analysis.risk.state_bounds`): that bounds all plans
    sooner than the program of all states, and what is best before the review in the likeliest state may be so in all of them.
    """
    end, bound = Deadline.after(options.time_limit), inf
    refuse_when_set(watch.stop)
    if isinstance(start, Solution) and _size(sets, risk) >= tuning.CORE_FROM:
        start, bound, is_done = _by_states_alone(sets, risk, options, watch, start)
        if is_done:
            return replace(start, bound=bound)
    return _over_states(sets, risk, end.limit(options), watch, start, bound=bound, tie_break=tie_break)


def _by_states_alone(
    sets: Sets, risk: RiskMeasure, options: Options, watch: "Watch", start: Solution
) -> tuple[Solution, float, bool]:
    """The best known plan after the searches of single states, a bound of all plans, and whether the search is complete."""
    end, values = Deadline.after(options.time_limit), _values(sets, start)
    weights = _weights_by_state(risk, values)
    if not weights:
        return start, inf, False
    limited = replace(options, time_limit=ALONE_SHARE * options.time_limit)
    alone = states_alone(sets, risk, weights, limited, watch, start)
    bound = bound_of(risk, weights, alone)
    solution, value = _better(
        sets, risk, end.limit(options), watch, (start, _measured(sets, risk, values)), alone, bound
    )
    if watch.stopped:
        return solution, bound, True
    if not _is_proved(value, bound, options.gap) and _pays(alone, end.left):
        return solution, bound, False
    return _completed_or(sets, risk, _unread_states(sets, risk), end.limit(options), watch, solution), bound, True


def _over_states(
    sets: Sets,
    risk: RiskMeasure,
    options: Options,
    watch: "Watch",
    start: Start | None,
    *,
    bound: float,
    tie_break: bool,
) -> Solution:
    """The best plan of the program of the states that count, or of all states if otherwise one has no decisions."""
    end, unread = Deadline.after(options.time_limit), _unread_states(sets, risk)
    if unread:
        try:
            solution = _searched(sets, risk, options, watch, start, unread, bound=bound, tie_break=tie_break)
            return replace(solution, bound=min(solution.bound, bound))
        except NoSolutionFound as none:
            bound = min(bound, none.bound)
    try:
        solution = _searched(sets, risk, end.limit(options), watch, start, (), bound=bound, tie_break=tie_break)
    except NoSolutionFound as none:
        raise NoSolutionFound(bound=min(bound, none.bound)) from None
    return replace(solution, bound=min(solution.bound, bound))


def _weights_by_state(risk: RiskMeasure, values: Mapping[str, float]) -> Weights:
    """Weights for the searches of single states, for a plan with these values. Empty if there are no such searches: if a value is
    not known, or if one state has all the weight, whose search would take as long as that of all states."""
    if any(w.name not in values for w in risk.outcomes):
        return {}
    weights = binding_weights(risk, values)
    read = [s for s in risk.states if any(weights.get(name, 0.0) > 0 for name in s.scenarios)]
    return weights if len(read) > 1 or risk.measure in ("worst", "regret") else {}


def _better(  # noqa: PLR0917
    sets: Sets,
    risk: RiskMeasure,
    options: Options,
    watch: "Watch",
    known: tuple[Solution, float],
    alone: Sequence[StateAlone],
    bound: float,
) -> tuple[Solution, float]:
    """A known plan and its measure, or a better plan with the decisions before the review of the likeliest state whose best
    selection differs there. `bound`: of all plans."""
    (start, value), year = known, risk.review_year or 0
    others = [s for s in alone if s.chosen is not None and _before(s.chosen, year) != _before(start.chosen, year)]
    end = Deadline.after(options.time_limit)
    done = watch.stopped or options.time_limit <= 0 or _is_proved(value, bound, options.gap)
    if not others or done:
        return known
    first = others[0]
    try:
        paid = allocate(state_bounds.sets_of(sets, risk, first.state), first.chosen or {}, options.time_limit)
    except NoAwards:
        return known
    begin = replace(start, chosen=first.chosen or {}, awards=paid.awards, states={})
    solution = adapted(sets, risk, end.limit(options, share=CANDIDATE_SHARE), watch, begin)
    if solution is None or not keeps(solution.decided(sets.case), options.seed):
        return known
    return max(known, (solution, _measured(sets, risk, _values(sets, solution))), key=lambda pair: pair[1])


def _before(chosen: Mapping[str, int], year: int) -> dict[str, int]:
    return {i: t for i, t in chosen.items() if t < year}


def _values(sets: Sets, solution: Solution) -> dict[str, float]:
    """Scenario -> value of a solution."""
    return {r.scenario: r.value for r in results(solution.decided(sets.case))}


def _measured(sets: Sets, risk: RiskMeasure, values: Mapping[str, float]) -> float:
    """The measure of values."""
    settings = sets.case.settings.model_copy(
        update={"risk": risk.measure, "alpha": risk.alpha, "aversion": risk.aversion}
    )
    return measured(settings, [(w.name, w.probability, values[w.name]) for w in risk.outcomes], risk.best)


def _is_proved(value: float, bound: float, gap: float) -> bool:
    return bound - value <= gap * abs(value)


def _pays(alone: Sequence[StateAlone], seconds: float) -> bool:
    """Whether the program of all states can get beyond its root node in the remaining time."""
    return sum(s.columns for s in alone) <= tuning.COLUMNS_PER_SECOND * tuning.WHOLE_UNTIL * seconds


def _searched(  # noqa: PLR0917
    sets: Sets,
    risk: RiskMeasure,
    options: Options,
    watch: "Watch",
    start: Start | None,
    unread: tuple[State, ...],
    *,
    bound: float,
    tie_break: bool,
) -> Solution:
    """The best plan of the program without the states `unread`, and then their decisions. Raises NoSolution. `bound`: of all
    plans, as far as it is known."""
    of_them = {name for s in unread for name in s.scenarios}
    read = replace(
        risk,
        outcomes=tuple(w for w in risk.outcomes if w.name not in of_them),
        states=tuple(s for s in risk.states if s not in unread),
    )
    searches: list[Search] = []

    def run(classes: tuple[FundingClass, ...], seconds: float) -> Solution:
        limited = replace(options, time_limit=(1 - UNREAD_SHARE * bool(unread)) * seconds)
        with ends_when_set(watch.stop):
            search = open_search(sets, limited, watch.progress, watch.stop, classes=classes, risk=read)
        searches.append(search)
        search.known = bound
        solution = search.run(search.begin_from(start), tie_break=tie_break)
        left = replace(options, time_limit=seconds - (time.monotonic() - search.began))
        return _completed(sets, risk, unread, left, watch, solution)

    try:
        return with_plain_form(sets, options.time_limit, run)
    except (NoSolutionFound, NoAwards):
        raise NoSolutionFound(bound=min((s.bound for s in searches), default=inf)) from None


def _completed(  # noqa: PLR0917
    sets: Sets, risk: RiskMeasure, unread: tuple[State, ...], options: Options, watch: "Watch", solution: Solution
) -> Solution:
    """A solution with the best later decisions of states that its program leaves out. Raises NoSolutionFound, NoAwards."""
    if not unread:
        return solution
    later = _later(sets, risk, unread, options, watch, solution, unread=unread)
    if later is None:
        raise NoSolutionFound
    every = {
        risk.states[0].name: solution.chosen,
        **{name: selection for name, (selection, _) in solution.states.items()},
    }
    paid = _paid(sets, risk, every | {name: selection for name, (selection, _) in later.items()}, solution.bound)
    return replace(paid, proved=solution.proved, second_witness=solution.second_witness)


def _completed_or(  # noqa: PLR0917
    sets: Sets, risk: RiskMeasure, unread: tuple[State, ...], options: Options, watch: "Watch", solution: Solution
) -> Solution:
    """A solution with the best decisions of its unread states, or unchanged if that fails."""
    try:
        return _completed(sets, risk, unread, options, watch, solution)
    except (NoSolutionFound, NoAwards):
        return solution


def _paid(sets: Sets, risk: RiskMeasure, every: Mapping[str, dict[str, int]], bound: float) -> Solution:
    """The selections of all states with their awards. Raises NoAwards."""
    planned, *others = risk.states
    paid = allocate_under_risk(sets, risk, every, tuning.ALLOCATION_SECONDS)
    states = {s.name: (every[s.name], paid.states[s.name]) for s in others}
    return Solution(every[planned.name], paid.awards, bound, proved=False, tie_break=False, states=states)


def _unread_states(sets: Sets, risk: RiskMeasure) -> tuple[State, ...]:
    """States of a large program that neither the measure nor a rule reads; none of a small one, whose tie-break reads all."""
    if _size(sets, risk) < tuning.CORE_FROM or risk.measure not in ("expected", "cvar") or held_rules(sets.case):
        return ()
    return tuple(s for s in risk.states[1:] if not any(w.probability > 0 for w in outcomes_of(risk, s)))


def _size(sets: Sets, risk: RiskMeasure) -> int:
    """The number of decisions of all states."""
    return len(risk.states) * sets.decision_count


def _changes_money(state: State) -> bool:
    """Whether decisions that can be paid for as planned may not be payable in a state."""
    return any(r.parameter in ("budget", "price") for r in state.rows)


def _later(  # noqa: PLR0917
    sets: Sets,
    risk: RiskMeasure,
    states: Sequence[State],
    options: Options,
    watch: "Watch",
    start: Solution,
    *,
    unread: tuple[State, ...],
) -> dict[str, StateBest] | None:
    """State -> its best later decisions; None if a state has none.

    Once the search is stopped, and where a state finds none in its time, the state keeps the later decisions as planned if its money
    is as planned, and is given `HURRIED_SECONDS` if it is not: the plan is not lost for lack of them.
    """
    end = Deadline.after(options.time_limit)
    best_of_states: dict[str, StateBest] = {}
    for n, state in enumerate(states):
        gap = max(options.gap, UNREAD_GAP) if state in unread else options.gap
        share = end.part(1 / (len(states) - n)).not_before(LEAST_SECONDS)
        best = (
            None
            if watch.stopped
            else _of_state(sets, risk, state, replace(share.limit(options), gap=gap), watch, start)
        )
        if best is None and (watch.stopped or share.is_over):
            best = _in_a_hurry(sets, risk, state, options, watch, start)
        if best is None:
            return None
        best_of_states[state.name] = best
    return best_of_states


def _in_a_hurry(  # noqa: PLR0917
    sets: Sets, risk: RiskMeasure, state: State, options: Options, watch: "Watch", start: Solution
) -> StateBest | None:
    """Later decisions of a state if the search was stopped or has no time left."""
    if not _changes_money(state):
        return dict(start.chosen), most_value(sets, risk.outcomes)
    limited = replace(options, time_limit=HURRIED_SECONDS, gap=max(options.gap, UNREAD_GAP))
    return _of_state(sets, risk, state, limited, replace(watch, progress=None, stop=None), start)


def _of_state(  # noqa: PLR0917
    sets: Sets, risk: RiskMeasure, state: State, options: Options, watch: "Watch", start: Solution
) -> StateBest | None:
    """The best later decisions of one state for its own scenarios or stresses; for the case as planned if it has none."""
    year = risk.review_year or 0
    outcomes = outcomes_of(risk, state)
    total = sum(w.probability for w in outcomes)
    weighed = tuple(replace(w, probability=w.probability / total if total > 0 else 1 / len(outcomes)) for w in outcomes)
    likely = tuple(w for w in weighed if w.probability > 0)
    at = state_bounds.sets_of(sets, risk, state)

    def run(classes: tuple[FundingClass, ...], seconds: float) -> StateBest | None:
        measure = RiskMeasure("expected", likely, asks_probability=False) if likely else None
        limited = replace(options, time_limit=seconds)
        with ends_when_set(watch.stop):
            search = open_search(at, limited, watch.progress, watch.stop, classes=classes, risk=measure)
        _hold(search, start, year)
        return search.best_selection(search.begin_from(start.chosen))

    try:
        selected = with_plain_form(at, options.time_limit, run)
    except NoSolution:
        return None
    return None if selected is None else (selected[0], selected[1] if likely else most_value(sets, risk.outcomes))


def _hold(search: Search, start: Solution, year: int) -> None:
    """Fix the decisions before the review, and their awards to the cent."""
    decision = search.program.decision
    held = {
        search.matrix.column(v): (float(start.chosen.get(i) == t), 0.0)
        for (i, t), v in decision.start.items()
        if t < year
    }
    for (c, p, t), v in decision.award.items():
        if t < year:
            face = fsum(start.awards.get((i.id, p, t), 0.0) for i in decision.class_of[c].members)
            held[search.matrix.column(v)] = face, CENTS * max(1.0, face)
    columns = np.array(list(held), dtype=np.int64)
    at, room = (np.array([pair[n] for pair in held.values()]) for n in (0, 1))
    search.engine.limit_columns(columns, np.maximum(0.0, at - room), at + room)

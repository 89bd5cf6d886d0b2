"""Plans with a review: the extensive form over states, begun from decisions before the review that are held.

With these, and what they are awarded, held, each state is a program by itself, no larger than that of the book as planned: so a
plan of all states is soon found, and the search of everything together begins from it (the L-shaped view of a two-stage
program: Birge & Louveaux 1997).
"""

import time
from dataclasses import replace
from math import fsum
from typing import TYPE_CHECKING

import numpy as np

from models.decision import FundingClass
from models.risk import Outcome, RiskMeasure
from models.sets import Sets
from models.state_sets import state_sets
from models.states import State, state_of
from optimizer.analysis.risk.most_value import most_value
from optimizer.solver import tuning
from optimizer.solver.allocation import NoAwards, allocate_under_risk
from optimizer.solver.lexicographic import Options, Search, Solution, Start, open_search
from optimizer.solver.no_solution import NoSolution, NoSolutionFound
from optimizer.solver.plain_form import with_plain_form
from optimizer.solver.tolerance import CENTS

if TYPE_CHECKING:
    from optimizer.analysis.risk.search import Watch

LEAST_SECONDS = 0.5
"""What the search of one state is given at least."""
StateBest = tuple[dict[str, int], float]
"""Selection of a state, and the most that its scenarios reach on average with the decisions that are held."""


def adapted(sets: Sets, risk: RiskMeasure, options: Options, watch: "Watch", start: Solution) -> Solution | None:
    """The decisions and awards of a solution before the review, with the later ones that are best on average in each state;
    None where a state has none. No plan with these decisions and awards before the review has a larger expected value than
    its bound."""
    end = time.monotonic() + options.time_limit
    found: dict[str, StateBest] = {}
    for n, state in enumerate(risk.states):
        seconds = max(LEAST_SECONDS, (end - time.monotonic()) / (len(risk.states) - n))
        best = _of_state(sets, risk, state, replace(options, time_limit=seconds), watch, start)
        if best is None:
            return None
        found[state.name] = best
    every = {name: own for name, (own, _) in found.items()}
    try:
        paid = allocate_under_risk(sets, risk, every, tuning.ALLOCATION_SECONDS)
    except NoAwards:
        return None
    planned, *others = risk.states
    chance = {s.name: fsum(w.probability for w in _outcomes(risk, s)) for s in risk.states}
    bound = fsum(chance[name] * most for name, (_, most) in found.items() if chance[name] > 0)
    states = {s.name: (every[s.name], paid.states[s.name]) for s in others}
    return Solution(every[planned.name], paid.awards, bound, proved=False, tie_break=False, states=states)


def best_by_state(
    sets: Sets, risk: RiskMeasure, options: Options, watch: "Watch", start: Start | None, *, tie_break: bool = True
) -> Solution:
    """The best plan with decisions by state. Raises NoSolution. `start`: a solution with its states, or a selection."""

    searches: list[Search] = []

    def run(classes: tuple[FundingClass, ...], seconds: float) -> Solution:
        limited = replace(options, time_limit=seconds)
        search = open_search(sets, limited, watch.progress, watch.stop, classes=classes, risk=risk)
        searches.append(search)
        return search.run(search.begin_from(start), tie_break=tie_break)

    try:
        return with_plain_form(sets, options.time_limit, run)
    except (NoSolutionFound, NoAwards):
        raise NoSolutionFound(bound=min(s.bound for s in searches)) from None


def _outcomes(risk: RiskMeasure, state: State) -> tuple[Outcome, ...]:
    own = state_of(risk.states)
    return tuple(w for w in risk.outcomes if own[w.name] == state.name)


def _of_state(  # noqa: PLR0917
    sets: Sets, risk: RiskMeasure, state: State, options: Options, watch: "Watch", start: Solution
) -> StateBest | None:
    """The best later decisions of one state for its scenarios alone, stresses alike; as planned where it has none."""
    year = risk.review_year or 0
    own = _outcomes(risk, state)
    total = sum(w.probability for w in own)
    weighed = tuple(replace(w, probability=w.probability / total if total > 0 else 1 / len(own)) for w in own)
    likely = tuple(w for w in weighed if w.probability > 0)
    at = sets if state.is_planned else state_sets(sets, state, year)

    def run(classes: tuple[FundingClass, ...], seconds: float) -> StateBest | None:
        measure = RiskMeasure("expected", likely, asks_probability=False) if likely else None
        limited = replace(options, time_limit=seconds)
        search = open_search(at, limited, watch.progress, watch.stop, classes=classes, risk=measure)
        _hold(search, start, year)
        return search.best_selection(search.begin_from(start.chosen))

    try:
        found = with_plain_form(at, options.time_limit, run)
    except NoSolution:
        return None
    return None if found is None else (found[0], found[1] if likely else most_value(sets, risk.outcomes))


def _hold(search: Search, start: Solution, year: int) -> None:
    """Holds the decisions before the review, and what they are awarded to the cent."""
    d = search.program.decision
    held = {
        search.matrix.column(v): (float(start.chosen.get(i) == t), 0.0) for (i, t), v in d.start.items() if t < year
    }
    for (c, p, t), v in d.award.items():
        if t < year:
            face = fsum(start.awards.get((i.id, p, t), 0.0) for i in d.class_of[c].members)
            held[search.matrix.column(v)] = face, CENTS * max(1.0, face)
    columns = np.array(list(held), dtype=np.int64)
    at, room = (np.array([pair[n] for pair in held.values()]) for n in (0, 1))
    search.engine.limit_columns(columns, np.maximum(0.0, at - room), at + room)

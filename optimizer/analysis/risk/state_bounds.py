r"""Bounds of plans with a review: every state by itself.

The condition that decisions before the review are the same in all states is relaxed, so that the program separates by state
(the wait-and-see bound: Madansky 1960; Birge & Louveaux 1997). A measure of risk is at most a mean with other weights,

$$\rho(V) \le \sum_w m_w V_w, \qquad m = p \text{ (expected)}, \quad (1 - a)\,p + a\,q \text{ (CVaR)}, \quad e_w \text{ (worst, regret)}$$

for all weights q of the tail of CVaR (Artzner et al. 1999) and every scenario w; the weights used are binding for a known plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum
from typing import TYPE_CHECKING

from models.decision import FundingClass
from models.risk import Outcome, RiskMeasure
from models.sets import Sets
from models.state_sets import state_sets
from models.states import State, state_of
from optimizer.analysis.risk.most_value import most_value
from optimizer.solver.deadline import Deadline
from optimizer.solver.interrupts import ends_when_set
from optimizer.solver.lexicographic import Options, Search, Solution, open_search
from optimizer.solver.no_solution import NoSolution
from optimizer.solver.plain_form import with_plain_form

if TYPE_CHECKING:
    from optimizer.analysis.risk.search import Watch

LEAST_SHARE = 0.5
"""Least time of every state, as a part of an even share of the time."""
Weights = Mapping[str, float]
"""Outcome -> weight."""


def binding_weights(risk: RiskMeasure, values: Mapping[str, float]) -> dict[str, float]:
    """Weights whose mean equals the measure at the values of a plan, and is at least the measure of any other plan.

    `values`: outcome -> value. Weights sum to the probability of the outcomes, for worst and regret to 1; under regret the mean is
    that of the values less `risk.best`.
    """
    if risk.measure in ("worst", "regret"):
        lowest = min(risk.outcomes, key=lambda w: values[w.name] - risk.best.get(w.name, 0.0))
        return {lowest.name: 1.0}
    mean = {w.name: w.probability for w in risk.likely}
    if risk.measure == "expected":
        return mean
    tail = _tail(risk, values)
    return {name: (1 - risk.aversion) * p + risk.aversion * tail.get(name, 0.0) for name, p in mean.items()}


def _tail(risk: RiskMeasure, values: Mapping[str, float]) -> dict[str, float]:
    """Weights of the worst `1 - alpha` of probability, as in `models.risk.cvar`."""
    order = sorted(risk.likely, key=lambda w: values[w.name])
    left = tail = (1 - risk.alpha) * min(1.0, fsum(w.probability for w in order))
    weights: dict[str, float] = {}
    for w in order:
        taken = min(w.probability, left)
        weights[w.name], left = taken / tail if tail > 0 else 0.0, left - taken
    return weights if tail > 0 else {order[0].name: 1.0}


@dataclass(frozen=True)
class StateAlone:
    """The best selection of one state, independent of the other states."""

    state: State
    weight: float
    chosen: dict[str, int] | None
    """The best selection found."""
    most: float
    """Upper bound of the weighted mean of any selection, divided by the sum of the weights."""
    columns: int
    """Number of columns of the program."""


def outcomes_of(risk: RiskMeasure, state: State) -> tuple[Outcome, ...]:
    """The outcomes of a state."""
    state_name = state_of(risk.states)
    return tuple(w for w in risk.outcomes if state_name[w.name] == state.name)


def sets_of(sets: Sets, risk: RiskMeasure, state: State) -> Sets:
    """The sets of a state."""
    return sets if state.is_planned else state_sets(sets, state, risk.review_year or 0)


def states_alone(  # noqa: PLR0917
    sets: Sets, risk: RiskMeasure, weights: Weights, options: Options, watch: "Watch", start: Solution
) -> list[StateAlone]:
    """Search every state with a weight by itself, the largest weight first. The time limit is shared by weight, but every state has
    at least `LEAST_SHARE` of an even share, because one state without a bound leaves all without one. Unused time goes to the next."""
    end = Deadline.after(options.time_limit)
    weighed = [(fsum(weights.get(w.name, 0.0) for w in outcomes_of(risk, s)), s) for s in risk.states]
    weighed = sorted(((total, s) for total, s in weighed if total > 0), key=lambda pair: -pair[0])
    least = LEAST_SHARE * options.time_limit / max(1, len(weighed))
    results = []
    for n, (total, state) in enumerate(weighed):
        left = end.left - least * (len(weighed) - n)
        seconds = least + max(0.0, left) * total / fsum(w for w, _ in weighed[n:])
        limited = replace(options, time_limit=seconds)
        results.append(_alone(sets, risk, state, weights, limited, watch, start, total))
    return results


def bound_of(risk: RiskMeasure, weights: Weights, alone: Sequence[StateAlone]) -> float:
    """An upper bound of the measure of any plan."""
    against = fsum(m * risk.best.get(name, 0.0) for name, m in weights.items()) if risk.measure == "regret" else 0.0
    return fsum(s.weight * s.most for s in alone) - against


def _alone(  # noqa: PLR0917
    sets: Sets,
    risk: RiskMeasure,
    state: State,
    weights: Weights,
    options: Options,
    watch: "Watch",
    start: Solution,
    total: float,
) -> StateAlone:
    weighted = tuple(replace(w, probability=weights.get(w.name, 0.0) / total) for w in outcomes_of(risk, state))
    measure = RiskMeasure("expected", tuple(w for w in weighted if w.probability > 0), asks_probability=False)
    at, begin = sets_of(sets, risk, state), start.states.get(state.name, (start.chosen,))[0]
    searches: list[Search] = []

    def run(classes: tuple[FundingClass, ...], seconds: float) -> tuple[dict[str, int], float] | None:
        with ends_when_set(watch.stop):
            limited = replace(options, time_limit=seconds)
            search = open_search(at, limited, watch.progress, watch.stop, classes=classes, risk=measure)
        searches.append(search)
        return search.best_selection(search.begin_from(begin), proves=True)

    try:
        selected = with_plain_form(at, options.time_limit, run)
    except NoSolution:
        selected = None
    most = min([most_value(sets, risk.outcomes), *(s.bound for s in searches[-1:])])
    columns = max((s.matrix.shape[1] for s in searches), default=0)
    return StateAlone(state, total, None if selected is None else selected[0], most, columns)

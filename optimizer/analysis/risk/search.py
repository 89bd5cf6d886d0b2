"""The program of named scenarios: its best plan, and for regret the best plan of each scenario by itself."""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from math import fsum, inf

from models.evaluation import Decided
from models.risk import Outcome, Refuted, RiskMeasure, over_states, risk_of
from models.rule_holds import held_rules
from models.scenario_sets import delivers_in
from models.schema import Rule
from models.sets import Sets
from models.states import state_of
from optimizer.analysis.risk.judge import Interval, breaks, results
from optimizer.analysis.risk.most_value import most_value
from optimizer.analysis.risk.review import best_by_state
from optimizer.analysis.stress.evaluate import Evaluator, Outturn
from optimizer.solver.deadline import Deadline
from optimizer.solver.lexicographic import Options, Solution, Start, find
from optimizer.solver.no_solution import NoSolution, NoSolutionFound
from optimizer.solver.results import Progress

BEST_GAP = 1e-4
"""Relative gap of the search for the best plan of a single scenario."""
LEAST_SECONDS = 0.5
"""Least time of a search that follows a refuted one."""
BEST_SHARE = 0.5
"""Part of the time for the best plans of all scenarios together."""


@dataclass(frozen=True)
class Watch:
    """The callback that follows a search, and the event that ends it."""

    progress: Callable[[Progress], None] | None = None
    stop: threading.Event | None = None
    elsewhere: "Callable[[Sets, Options, Watch, Solution | None], dict[str, Interval]] | None" = None
    """Searches the best values of scenarios; None: in this process, one after another."""

    @property
    def stopped(self) -> bool:
        """Whether the search is to end."""
        return self.stop is not None and self.stop.is_set()


def best_plan(
    sets: Sets, risk: RiskMeasure, options: Options, watch: Watch, start: Start | None = None, *, tie_break: bool = True
) -> Solution:
    """The best selection by a measure over named outcomes, after a review one for each of their states. Raises NoSolution."""
    return best_of_extensive_form(sets, over_states(sets.case, risk), options, watch, start, tie_break=tie_break)


def best_of_extensive_form(
    sets: Sets,
    measure: RiskMeasure,
    options: Options,
    watch: Watch,
    start: Start | None = None,
    *,
    tie_break: bool = True,
) -> Solution:
    """The best selection by a measure over outcomes that name their states. Raises NoSolution.

    The program may choose which projects continue in an outcome so that the rules hold; in fact those continue that are worth
    most. A selection under which these break a rule is refuted, and the search is repeated without it. It ends without a plan
    where a selection is refuted again: two choices of who continues are then worth the same within the solver's tolerance.
    """
    end, bound = Deadline.after(options.time_limit), inf
    while True:
        limited = end.limit(options, least=LEAST_SECONDS)
        try:
            solution = _best_of_program(sets, measure, limited, watch, start, tie_break=tie_break)
        except NoSolutionFound as ended:
            raise NoSolutionFound(bound=min(bound, ended.bound)) from None
        broken = _broken(sets, measure, solution)
        bound = min(bound, solution.bound)
        if not broken:
            return replace(solution, bound=bound)
        if watch.stopped or end.is_over or all(r in measure.refuted for r in broken):
            raise NoSolutionFound(bound=bound)
        measure = replace(measure, refuted=(*measure.refuted, *broken))


def _best_of_program(
    sets: Sets, measure: RiskMeasure, options: Options, watch: Watch, start: Start | None, *, tie_break: bool
) -> Solution:
    if measure.review_year is None:
        return find(sets, options, watch.progress, watch.stop, risk=measure, start=start, tie_break=tie_break)
    return best_by_state(sets, measure, options, watch, start, tie_break=tie_break)


def _broken(sets: Sets, risk: RiskMeasure, solution: Solution) -> tuple[Refuted, ...]:
    """Rules that have to hold in an outcome and that a selection breaks there; empty if all hold as required."""
    rules = held_rules(sets.case) if sets.case.settings.contingency_m is not None else ()
    if not rules:
        return ()
    realized = list(_realized(risk, solution.decided(sets.case)))
    broken_in = [(w.probability, outturn.valuation.broken) for w, _, outturn in realized]
    if not realized or not breaks(sets.case, broken_in, asks_probability=risk.asks_probability):
        return ()
    return tuple(
        Refuted(
            rule.rule,
            w.name,
            at.chosen,
            _going_on(at, outturn),
            _given(at),
            _without_penalties(outturn, [r for r in sets.case.rules if not delivers_in(r)]),
            outturn.sets.realization.idle,
            _without_penalties(outturn, sets.case.rules),
        )
        for w, at, outturn in realized
        for rule in rules
        if rule.rule in outturn.valuation.broken
    )


def _realized(risk: RiskMeasure, decisions: Decided) -> Iterator[tuple[Outcome, Decided, Outturn]]:
    """Each outcome with the decisions of its state and their result; the mean scenario is left out."""
    of_state, evaluators = state_of(risk.states), dict[str, Evaluator]()
    for w in risk.outcomes:
        if w.mean:
            continue
        state = of_state.get(w.name, "")
        at = decisions.states.get(state, decisions)
        if state not in evaluators:
            evaluators[state] = Evaluator(at)
        yield w, at, evaluators[state].realize(w.realization)


def _going_on(decisions: Decided, outturn: Outturn) -> tuple[str, ...]:
    return tuple(i for i in sorted(decisions.chosen) if i not in outturn.stopped)


def _without_penalties(outturn: Outturn, rules: Iterable[Rule]) -> float:
    """The value without the penalties of these soft rules."""
    price = {r.rule: r.penalty or 0.0 for r in rules if not r.hard}
    return outturn.value + fsum(price.get(row.rule, 0.0) * row.shortfall for row in outturn.valuation.rules)


def _given(decisions: Decided) -> frozenset[tuple[str, str, int]]:
    """Awards that are not 0: project, programme and year."""
    return frozenset(key for key, face in decisions.awards.items() if face > 0)


def best_values(sets: Sets, options: Options, watch: Watch, start: Solution | None) -> dict[str, Interval]:
    """Scenario -> interval of the best value of any plan if it is the only scenario.

    Each search begins from the plan `start`. If one ends without a plan, the interval is from the value of `start` to the upper
    bound of the objective.
    """
    if watch.elsewhere is not None:
        return watch.elsewhere(sets, options, watch, start)
    risk = risk_of(sets.case)
    end = Deadline.after(BEST_SHARE * options.time_limit)
    reached = {} if start is None else {r.scenario: r.value for r in results(start.decided(sets.case))}
    intervals: dict[str, Interval] = {}
    for n, outcome in enumerate(risk.outcomes):
        limited = end.limit(options, share=1 / (len(risk.outcomes) - n), least=LEAST_SECONDS)
        limited = replace(limited, gap=min(options.gap, BEST_GAP))
        low, high = best_value(sets, outcome, limited, watch, start)
        known = reached.get(outcome.name, -inf)
        intervals[outcome.name] = max(low, known), max(high, known)
    return intervals


def best_value(sets: Sets, outcome: Outcome, options: Options, watch: Watch, start: Solution | None) -> Interval:
    """The interval of the best value of any plan if an outcome is the only one."""
    alone = RiskMeasure("expected", (replace(outcome, probability=1.0),), asks_probability=False)
    try:
        solution = best_plan(sets, alone, options, watch, start, tie_break=False)
    except NoSolution as none:
        proved = none.bound if isinstance(none, NoSolutionFound) else inf
        return -inf, min(most_value(sets, [outcome]), proved)
    scenario_results = results(solution.decided(sets.case))
    low = next(r.value for r in scenario_results if r.scenario == outcome.name)
    return low, max(low, float(solution.bound))

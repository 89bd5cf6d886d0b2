"""The program of named scenarios: its best plan, and for regret the best plan of each scenario by itself."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import inf

from models.evaluation import Decided
from models.risk import Outcome, Refuted, RiskMeasure, over_states, risk_of
from models.rule_holds import held_rules
from models.scenarios import scenarios
from models.sets import Sets
from optimizer.analysis.risk.judge import Interval, breaks, results
from optimizer.analysis.risk.most_value import most_value
from optimizer.analysis.risk.review import best_by_state
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
    """The best selection by a measure over named outcomes, after a review one for each of their states. Raises NoSolution.

    The program may choose which projects continue in a scenario so that the rules hold; in fact those continue that are worth
    most. A selection under which these break a rule is refuted, and the search is repeated without it. It ends without a plan
    where a selection is refuted again: two choices of who continues are then worth the same within the solver's tolerance.
    """
    measure, end, bound = over_states(sets.case, risk), Deadline.after(options.time_limit), inf
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
    decisions, names = solution.decided(sets.case), {w.name for w in risk.outcomes if not w.mean}
    if not rules or not names or not breaks(decisions, names, asks_probability=risk.asks_probability):
        return ()
    in_scenario = {s.name: decisions.in_scenario(s)[0] for s in scenarios(sets.case.scenarios)}
    return tuple(
        Refuted(rule.rule, r.scenario, at.chosen, r.kept, _given(at), r.value)
        for r in results(decisions)
        for rule in rules
        if r.scenario in names and rule.rule in r.broken
        for at in [in_scenario[r.scenario]]
    )


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

"""The extensive form over draws: each distinct draw is an outcome, with the probability of all equal draws."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace

from models.risk import Outcome, RiskMeasure, outcome
from models.risks import RiskUnit, units
from models.scenarios import Named, Realization, scenarios
from models.sets import Sets
from models.states import State, realization, state_of, states
from optimizer.analysis.risk.search import Watch, best_of_extensive_form
from optimizer.analysis.stress.sampling import Sample, sample
from optimizer.solver.lexicographic import Options, Solution, Start


def best_over_written(sets: Sets, risk: RiskMeasure, options: Options, watch: Watch, start: Start | None) -> Solution:
    """The best selection by a measure over the draws of the settings; after a review, one for each state.

    Raises NoSolution.
    """
    return best_of_extensive_form(
        sets, over_draws(sets, risk, sets.case.settings.draws, options.seed), options, watch, start
    )


def over_draws(sets: Sets, risk: RiskMeasure, n: int, seed: int) -> RiskMeasure:
    """The measure over draws 1 to `n` of the stream and the stresses, in the states of their scenarios."""
    case = sets.case
    every, of_risks = scenarios(case.scenarios), units(sets)
    likely = [s for s in every if s.probability > 0]
    drawn = sample(of_risks, likely, n, seed=seed, overruns=case.settings.contingency_m is not None)
    counts: dict[Hashable, int] = {}
    first: dict[Hashable, int] = {}
    for place in range(n):
        key = _key(drawn, place)
        counts[key], first[key] = counts.get(key, 0) + 1, first.get(key, place)
    scenario_of: dict[str, str] = {s.name: s.name for s in every if s.probability <= 0}
    outcomes = [outcome(case, s) for s in every if s.probability <= 0]
    word = _word_of_draws(s.name for s in every)
    for key, place in first.items():
        of = likely[drawn.scenario[place]]
        one = replace(_realization(sets, of, of_risks, drawn, place), name=f"{word} {place + 1}")
        outcomes.append(Outcome(one.name, counts[key] / n, one))
        scenario_of[one.name] = of.name
    return replace(risk, outcomes=tuple(outcomes), states=tuple(_states(case_states=states(case), of=scenario_of)))


def _word_of_draws(names: Iterable[str]) -> str:
    """The word before the number of a draw; not the first word of the name of any scenario."""
    word, first = "draw", {name.split(" ", 1)[0] for name in names}
    while word in first:
        word += "_"
    return word


def _key(drawn: Sample, place: int) -> Hashable:
    """A key that equal draws share; for failed projects neither delay nor overrun counts."""
    failed = drawn.failed[place]
    late, over = drawn.delay[place] * ~failed, drawn.overrun[place] * ~failed
    return int(drawn.scenario[place]), tuple(failed.tolist()), tuple(late.tolist()), tuple(over.tolist())


def _realization(sets: Sets, scenario: Named, of_risks: tuple[RiskUnit, ...], drawn: Sample, place: int) -> Realization:
    of_project = [(i, n) for n, unit in enumerate(of_risks) for i in unit.projects]
    return replace(
        realization(sets.case, scenario),
        delays={i: int(drawn.delay[place, n]) for i, n in of_project if drawn.delay[place, n]},
        overruns={i: float(drawn.overrun[place, n]) for i, n in of_project if drawn.overrun[place, n] != 1.0},
        failed=frozenset(i for i, n in of_project if drawn.failed[place, n]),
    )


def _states(case_states: tuple[State, ...], of: dict[str, str]) -> Iterator[State]:
    """The states of a case with the outcomes of their scenarios. `of`: outcome -> scenario."""
    state_name = state_of(case_states)
    for s in case_states:
        yield replace(s, scenarios=tuple(name for name, scenario in of.items() if state_name[scenario] == s.name))

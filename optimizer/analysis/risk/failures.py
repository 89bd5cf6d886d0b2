"""The risk `failures`: the plan with the best value in its worst failure of N projects, sponsors or countries.

Column-and-constraint generation (Zeng & Zhao 2013): failed sets become scenarios of the program until the worst set of its
plan is among them. Whatever fails besides leaves no more, so that a set counts also where the plan holds only a part of it: the
others of the set, which go ahead without support, then do so as planned.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from models.case import Case
from models.evaluation import Decided
from models.risk import Outcome, RiskMeasure
from models.risk_plan import RiskPlan, WorstFailure
from models.scenario_sets import weighs_awards
from models.scenarios import Realization
from models.sets import Sets
from optimizer.analysis.risk.judge import block, results
from optimizer.analysis.risk.search import LEAST_SECONDS, Watch, best_plan
from optimizer.analysis.stress.arrays import PlanArrays
from optimizer.analysis.stress.losses import By, Failures, grouped, worst_set
from optimizer.solver import tuning
from optimizer.solver.allocation import NoAwards, allocate
from optimizer.solver.deadline import Deadline
from optimizer.solver.lexicographic import Options, Solution
from optimizer.solver.no_solution import NoSolutionFound

ROUND_GAP = 0.25
"""A round ends at this part of the distance between the best plan and the bound."""
LEAST_VALUE = 1e-9
PLANNED = Outcome("as planned", 1.0, Realization())


def failed(names: tuple[str, ...], members: Mapping[str, tuple[str, ...]]) -> Outcome:
    """The scenario in which all financed projects of these units deliver nothing."""
    ids = frozenset(i for name in names for i in members[name])
    name = "without " + ", ".join(names)
    return Outcome(name, 0.0, Realization(name, stopped=ids))


def _by(case: Case) -> By:
    by: By = case.settings.failures_by  # type: ignore[assignment]
    return by


@dataclass(frozen=True)
class FailuresJudge:
    """Finds the worst failure of a plan; results are cached by decisions."""

    case: Case
    _known: dict[object, WorstFailure] = field(default_factory=dict, repr=False, compare=False)

    def worst(self, decisions: Decided) -> WorstFailure:
        """The worst set of units; the plan itself if nothing can fail."""
        if (key := decisions.key) not in self._known:
            self._known[key] = self._worst(decisions)
        return self._known[key]

    def _worst(self, decisions: Decided) -> WorstFailure:
        failures = Failures(PlanArrays(decisions))
        worst = worst_set(failures, self.case.settings.failures, _by(self.case))
        if worst is None:
            value = float(failures.evaluate([()]).value[0])
            return WorstFailure(names=(), value=value, sets=1, proved=True)
        return WorstFailure(names=worst.names, value=worst.value, sets=worst.sets, proved=worst.proved)

    def value(self, decisions: Decided) -> float:
        """Value of the plan in its worst failure."""
        return self.worst(decisions).value

    def block(self, decisions: Decided) -> RiskPlan:
        """The worst failure, and the named scenarios."""
        worst = self.worst(decisions)
        plan_block = block(decisions, results(decisions) if self.case.scenarios else (), worst.value)
        return plan_block.model_copy(update={"failure": worst})


def best_against_failures(
    sets: Sets, judge: FailuresJudge, options: Options, watch: Watch, start: Solution
) -> Solution:
    """The selection whose worst failure is best. Raises NoSolution.

    Each round adds the worst set of the last plan. The result is the best plan of all rounds, with the last bound. Early rounds end at a
    loose gap: their plans serve to find sets. On a large book plans of the same value are not compared.
    """
    members = grouped(sets.candidates, _by(sets.case))
    end, best, cuts = Deadline.after(options.time_limit), start, [PLANNED]
    decisions = Decided(sets.case, start.chosen, start.awards)
    worst, bound = judge.worst(decisions), start.bound
    value, ties = worst.value, sets.decision_count <= tuning.TIES_WITH_CUTS_UP_TO
    part = ROUND_GAP
    while value < bound - options.gap * abs(value) and not watch.stopped:
        known = {w.name for w in cuts}
        repeated = not worst.names or failed(worst.names, members).name in known
        if end.is_over or (repeated and not part):
            break
        if repeated:  # a loose round found a known set: from now on rounds improve the bound
            part = 0.0
        else:
            cuts.append(failed(worst.names, members))
        gap = min(1.0, part * (bound - value) / max(abs(value), LEAST_VALUE))
        round_options = replace(end.limit(options, least=LEAST_SECONDS), gap=max(options.gap / 2, gap))
        try:
            solution = best_plan(
                sets, RiskMeasure("worst", tuple(cuts)), round_options, watch, best.chosen, tie_break=ties
            )
        except NoSolutionFound as ended:  # keep the best plan of earlier rounds
            bound = min(bound, ended.bound)
            break
        bound = min(bound, solution.bound)
        worst = judge.worst(Decided(sets.case, solution.chosen, solution.awards))
        if worst.value > value:
            best, value = solution, worst.value
    best = best if ties or best is start or weighs_awards(sets.case) else _with_least_awards(sets, best, end)
    return replace(best, bound=bound, proved=value >= bound - options.gap * abs(value), tie_break=False)


def _with_least_awards(sets: Sets, solution: Solution, end: Deadline) -> Solution:
    """The selection with its least awards as planned; unchanged if none are found in time."""
    try:
        paid = allocate(sets, solution.chosen, end.not_before(tuning.AWARD_SECONDS).left)
    except NoAwards:
        return solution
    return replace(solution, awards=paid.awards)

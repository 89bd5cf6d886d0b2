"""The plan of a case: as planned, or best by the measure of risk of its settings."""

import threading
from dataclasses import dataclass, replace
from math import isfinite
from typing import TYPE_CHECKING

from models import checks
from models.case import Case
from models.evaluation import Decided
from models.faults import InvalidInput
from models.market import has_viability
from models.plan import NotFinanced, ObjectiveValue, Plan
from models.reasons import sentences
from models.risk import risk_of
from models.risk_plan import FreshGain, RiskPlan, Without
from models.rule_holds import held_rules, held_rules_count_awards
from models.scenario_sets import weighs_awards
from models.sets import Sets
from models.states import review_year
from optimizer.solver.deadline import Deadline
from optimizer.solver.no_solution import InfeasibleProgram, NoSolutionFound
from optimizer.solver.options import GAP, SEED, THREADS, TIME_LIMIT, Options
from optimizer.solver.proof import margin, proof
from optimizer.solver.solve import assemble, confirmed, refused, solve_as_planned

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.risk import RiskMeasure
    from models.stress import DrawnFlows
    from optimizer.analysis.risk.elsewhere import Elsewhere
    from optimizer.analysis.risk.judge import Judge
    from optimizer.analysis.risk.search import Watch
    from optimizer.solver.lexicographic import Solution
    from optimizer.solver.results import Progress

PLANNED_SHARE = 0.3
"""Part of the time for the plan as planned, which starts the search and shows the cost of insurance."""
ADAPTED_SHARE = 0.2
"""Part of the time for its later decisions, state by state."""
FINISH_SHARE = 0.1
"""Part of the time that is reserved for the steps after the search: awards, value of the plan, and audit."""
FINISH_PER_DRAW, MOST_FINISH_SHARE = 3e-4, 0.3
"""Further seconds that are reserved for each draw, because plan and audit evaluate three selections; and the largest part of
the time that is reserved in all."""
LEAST_SECONDS = 1.0
"""Seconds that each search has, even if the time is over."""
INFORMATION_SHARE = 0.4
"""Part of the time that is reserved for the value of information, if that is requested."""


def solve(
    case: Case,
    *,
    gap: float = GAP,
    time_limit: float = TIME_LIMIT,
    threads: int = THREADS,
    seed: int = SEED,
    progress: "Callable[[Progress], None] | None" = None,
    stop: threading.Event | None = None,
    elsewhere: "Elsewhere | None" = None,
) -> Plan:
    """The best audited plan of a case, by the measure of risk of its settings (none: as planned).

    `gap`: relative distance to the proved bound at which the search may end. `time_limit`: seconds of the search.
    `seed`: of the solver and of random draws. `progress` is called as the search goes on; setting `stop` ends it with
    the best plan so far. `elsewhere`: worker processes and a journal for the best plan of each scenario, which regret and
    the value of information need.

    Raises InvalidInput (there is no budget of any kind, or the settings of risk do not fit the case), Infeasible,
    NoPlanFound and AuditFailed.
    """
    options = Options(gap, time_limit, threads, seed)
    if case.settings.risk == "none":
        return solve_as_planned(case, options, progress, stop)
    faults = [*filter(None, [checks.budget_fault(case)]), *checks.risk_faults(case)]
    if faults:
        raise InvalidInput(faults, case.notices)
    from optimizer.analysis.risk.search import Watch  # the solver library waits until something is solved

    with refused(stop):
        best = elsewhere.best_values if elsewhere is not None and elsewhere.is_asked else None
        return _plan(Sets(case), options, Watch(progress, stop, best))


def _plan(sets: Sets, options: Options, watch: "Watch") -> Plan:
    end = Deadline.after(options.time_limit).earlier(_finish_seconds(sets.case, options.time_limit))
    kept = INFORMATION_SHARE * options.time_limit if _asks_information(sets.case) else 0.0
    planned: Solution | None = None
    try:
        planned = _planned(sets, options, watch, end)
    except InfeasibleProgram:
        if not held_rules(sets.case):  # rules that hold in scenarios need not hold as planned
            raise
    known = _adapted(sets, replace(options, time_limit=ADAPTED_SHARE * options.time_limit), watch, planned)
    rest = end.earlier(kept).limit(options, least=LEAST_SECONDS)
    judge, solution = searched(sets, rest, watch, known)
    return _SearchResult(sets, options, end, judge, solution, planned, known, watch).audited()


def _finish_seconds(case: Case, time_limit: float) -> float:
    """Seconds that are reserved for the steps after the search."""
    from optimizer.analysis.risk.drawn import FRESH

    counted = case.settings.draws + FRESH if case.settings.draws else 0
    return min(FINISH_SHARE * time_limit + FINISH_PER_DRAW * counted, MOST_FINISH_SHARE * time_limit)


def _planned(sets: Sets, options: Options, watch: "Watch", end: Deadline) -> "Solution":
    """The best plan as planned, found in its part of the time, or in all of it if necessary. Raises NoSolution.

    With a review it only starts the search, and there is no tie-break.
    """
    from optimizer.solver.lexicographic import find

    ties = review_year(sets.case.settings) is None
    counts = ties and not _counts_awards_later(sets.case)
    limited = replace(options, time_limit=PLANNED_SHARE * options.time_limit)
    try:
        return find(sets, limited, watch.progress, watch.stop, tie_break=ties, count_awards=counts)
    except NoSolutionFound:
        rest = end.limit(options)
        if watch.stopped or rest.time_limit <= limited.time_limit:
            raise
        return find(sets, rest, watch.progress, watch.stop, tie_break=ties, count_awards=counts)


def _counts_awards_later(case: Case) -> bool:
    """Whether the awards of the plan as planned are made the fewest only if it is the result, which over draws it seldom is. Not
    where its value in a draw depends on its awards, or a rule that holds in draws."""
    depends = weighs_awards(case) or held_rules_count_awards(case) or any(has_viability(case, p) for p in case.projects)
    return case.settings.draws > 0 and not depends


def _asks_information(case: Case) -> bool:
    s = case.settings
    return s.value_of_information and not s.draws and s.risk != "failures"


def _adapted(sets: Sets, options: Options, watch: "Watch", planned: "Solution | None") -> "Solution | None":
    """The best plan as planned; with a review, its decisions before the review with the best later decisions of every state.
    None if a state has none, or if it breaks a rule that holds in scenarios."""
    from optimizer.analysis.risk.drawn import keeps
    from optimizer.analysis.risk.review import adapted

    if planned is None:
        return None
    risk = risk_of(sets.case)
    known = planned if risk.review_year is None else adapted(sets, risk, options, watch, planned)
    return known if known is not None and keeps(known.decided(sets.case), options.seed) else None


def searched(sets: Sets, options: Options, watch: "Watch", planned: "Solution | None") -> "tuple[Judge, Solution]":
    """The judge of plans, and the best plan by it. `planned`: a plan to begin from, and to fall back to (`_adapted`).

    Raises NoSolution.
    """
    from optimizer.analysis.risk.drawn import DrawnJudge
    from optimizer.analysis.risk.failures import FailuresJudge, best_against_failures
    from optimizer.analysis.risk.forms import best_over_draws, best_over_named
    from optimizer.analysis.risk.judge import NamedJudge, results
    from optimizer.analysis.risk.search import best_values

    if planned is not None and sets.case.settings.risk == "failures":
        judge = FailuresJudge(sets.case)
        return judge, best_against_failures(sets, judge, options, watch, planned)
    risk, end = risk_of(sets.case), Deadline.after(options.time_limit)
    start = planned.chosen if planned is not None and risk.review_year is None else planned
    if (n := sets.case.settings.draws) > 0:
        solution = or_planned(sets, risk, planned, lambda: best_over_draws(sets, risk, options, watch, start))
        return DrawnJudge(sets.case, n, options.seed), solution
    best = best_values(sets, options, watch, planned) if risk.measure == "regret" else {}
    rest = end.limit(options, least=LEAST_SECONDS)
    measure = replace(risk, best={name: high for name, (_, high) in best.items()})
    solution = or_planned(sets, measure, planned, lambda: best_over_named(sets, measure, rest, watch, start))
    if best:  # the plan is possible in every scenario, so that no best value is below its own
        reached = {r.scenario: r.value for r in results(solution.decided(sets.case))}
        best = {name: (min(high, max(low, reached[name])), high) for name, (low, high) in best.items()}
    loose = max((high - low for low, high in best.values()), default=0.0)
    return NamedJudge(sets.case, best), replace(solution, bound=solution.bound + loose)


def or_planned(
    sets: Sets, risk: "RiskMeasure", planned: "Solution | None", search: "Callable[[], Solution]"
) -> "Solution":
    """The result of a search; if it ends without a plan, the plan as planned. Without a bound of the search it is the most that
    any plan reaches."""
    from optimizer.analysis.risk.most_value import most_value

    try:
        solution = search()
        if isfinite(solution.bound):
            return solution
    except NoSolutionFound as ended:
        if planned is None:
            raise
        solution = replace(planned, bound=ended.bound, proved=False, tie_break=False)
    most = 0.0 if risk.measure == "regret" else most_value(sets, risk.outcomes)
    return replace(solution, bound=min(most, solution.bound))


@dataclass(frozen=True)
class _SearchResult:
    """The results of the search, from which tables, block of risk and audit are made."""

    sets: Sets
    options: Options
    end: Deadline
    """Deadline of the searches."""
    judge: "Judge"
    solution: "Solution"
    planned: "Solution | None"
    known: "Solution | None"
    """The plan as planned; with a review, with the best later decisions of every state."""
    watch: "Watch"

    def audited(self) -> Plan:
        """The plan with its block of risk and the audit in it. Raises AuditFailed."""
        case = self.sets.case
        solution, before = self._better()
        block = self.judge.block(solution.decided(case))
        if _asks_information(case):
            block = self._with_information(block)
        if before is not None and self.planned is not None:
            without = Without(as_planned=self._as_planned(self.planned), measure=before, gain=self._gain(solution))
            block = block.model_copy(update={"without": without})
        plan = confirmed(case, assembled(self.sets, self.options, self.judge, solution, block), self._flows(solution))
        return plan.model_copy(update={"manifest": {"second_witness": solution.second_witness}})

    def _flows(self, solution: "Solution") -> "DrawnFlows | None":
        """The runs of the chain in every draw, for the auditor."""
        from optimizer.analysis.risk.drawn import DrawnJudge

        return self.judge.flows(solution.decided(self.sets.case)) if isinstance(self.judge, DrawnJudge) else None

    def _better(self) -> "tuple[Solution, float | None]":
        """The plan that was found, or the plan as planned if its value is higher; and the measure of the latter."""
        if self.known is None:
            return self.solution, None
        value, before = self._value(self.solution), self._value(self.known)
        better = replace(self.known, bound=self.solution.bound, proved=False, tie_break=False)
        return self._with_fewest_awards(self.solution if value >= before else better), before

    def _with_fewest_awards(self, solution: "Solution") -> "Solution":
        """The solution; if it is the plan as planned whose awards are not counted yet, with the fewest awards that are found in time."""
        from optimizer.solver.allocation import NoAwards, fewest_awards
        from optimizer.solver.tuning import AWARD_SECONDS

        if (
            self.planned is None
            or solution.awards is not self.planned.awards
            or not _counts_awards_later(self.sets.case)
        ):
            return solution
        try:
            paid = fewest_awards(self.sets, solution.chosen, self.end.not_before(AWARD_SECONDS).left)
        except NoAwards:
            return solution
        return replace(solution, awards=paid.awards)

    def _with_information(self, block: RiskPlan) -> RiskPlan:
        from optimizer.analysis.risk.information import with_information

        bound = max(float(self.solution.bound), block.value)
        left = self.end.limit(self.options, least=LEAST_SECONDS)
        return with_information(self.sets, block, bound, left, self.watch, self.known or self.solution)

    def _value(self, solution: "Solution") -> float:
        return self.judge.value(solution.decided(self.sets.case))

    def _gain(self, solution: "Solution") -> FreshGain | None:
        """The gain of the plan over the plan as planned on fresh draws, after a review with the best later decisions of every
        state; None if nothing is drawn."""
        from optimizer.analysis.risk.drawn import DrawnJudge, can_report

        if self.known is None:
            return None
        judge = self.judge
        if not isinstance(judge, DrawnJudge):
            if not can_report(self.sets):
                return None
            judge = DrawnJudge(self.sets.case, 0, self.options.seed)
        return judge.gain(solution.decided(self.sets.case), self.known.decided(self.sets.case))

    def _as_planned(self, solution: "Solution") -> float:
        from optimizer.analysis.stress.evaluate import Evaluator

        return Evaluator(Decided(self.sets.case, solution.chosen, solution.awards)).planned.value


def assembled(sets: Sets, options: Options, judge: "Judge", solution: "Solution", block: RiskPlan) -> Plan:
    """The plan that was found with all tables and its block of risk, before the audit."""
    plan = assemble(sets, solution, options)
    status, bound, gap = proof(float(block.value), float(solution.bound), options.gap, margin=margin(sets))
    objective = ObjectiveValue(
        name=plan.objective.name, value=float(block.value), bound=bound, gap=gap, penalty=0.0,
        baseline=judge.value(Decided(sets.case, {}, {})),
    )  # fmt: skip
    return plan.model_copy(update={
        "status": status,
        "objective": objective,
        "not_financed": tuple(map(_as_planned_only, plan.not_financed)),
        "risk": block.model_copy(update={"bound": bound}),
    })  # fmt: skip


def _as_planned_only(row: NotFinanced) -> NotFinanced:
    """A reason that is also true in scenarios: a project that adds nothing as planned may add something in one of them."""
    if row.reason not in ("adds nothing", "not worked out"):
        return row
    return NotFinanced(id=row.id, reason="not worked out", detail=sentences.UNDER_RISK)

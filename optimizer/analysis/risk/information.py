"""The value of information: of knowing the scenario beforehand, and of planning for scenarios instead of their mean.

Expected value of perfect information (Raiffa & Schlaifer 1961) and value of the stochastic solution (Birge 1982), each as a
bracket that the proofs of the searches leave.
"""

from math import fsum

from models.risk import RiskMeasure, mean_book, risk_of
from models.risk_plan import Bracket, RiskPlan
from models.sets import Sets
from optimizer.analysis.risk.judge import NamedJudge, best_of, keeps_named
from optimizer.analysis.risk.review import adapted
from optimizer.analysis.risk.search import LEAST_SECONDS, Watch, best_plan, best_values
from optimizer.solver.deadline import Deadline
from optimizer.solver.lexicographic import Options, Solution
from optimizer.solver.no_solution import NoSolution


def with_information(  # noqa: PLR0917
    sets: Sets, block: RiskPlan, bound: float, options: Options, watch: Watch, start: Solution
) -> RiskPlan:
    """The block with the best values of its scenarios, and the brackets. `bound`: of the measure of risk; `start`: a plan
    to begin each search from. The time limit of `options` is one for all searches together."""
    end = Deadline.after(options.time_limit)
    judge = NamedJudge(sets.case, best_of(block.scenarios) or best_values(sets, options, watch, start))
    rows = tuple(map(judge.with_regret, block.scenarios))
    low, high = (
        fsum(r.probability * ((r.best_low if part == 0 else r.best_high) or 0.0) for r in rows) for part in (0, 1)
    )
    expected = block.expected or 0.0
    evpi = Bracket(low=max(0.0, low - expected), high=max(0.0, high - expected))
    rest = end.limit(options, least=LEAST_SECONDS)
    vss = _vss(sets, block, bound, rest, watch, start) if block.measure == "expected" else None
    return block.model_copy(update={"scenarios": rows, "evpi": evpi, "vss": vss})


def _vss(  # noqa: PLR0917
    sets: Sets, block: RiskPlan, bound: float, options: Options, watch: Watch, start: Solution
) -> Bracket | None:
    """The gain of the best plan over the plan of the mean case; None if that is not found. After a review the plan of the mean
    case has the best later decisions of every state."""
    risk = risk_of(sets.case)
    mean = RiskMeasure("expected", (mean_book(risk.outcomes),))
    try:
        mean_plan = best_plan(sets, mean, options, watch, start.chosen)
    except NoSolution:
        return None
    judge = NamedJudge(sets.case)
    if risk.review_year is None:
        if not keeps_named(mean_plan.decided(sets.case)):
            return None
        reached = judge.value(mean_plan.decided(sets.case))
        return Bracket(low=block.value - reached, high=bound - reached)
    later = adapted(sets, risk, options, watch, mean_plan)
    if later is None or not keeps_named(later.decided(sets.case)):
        return None
    reached = judge.value(later.decided(sets.case))
    return Bracket(low=block.value - min(bound, max(reached, later.bound)), high=bound - reached)

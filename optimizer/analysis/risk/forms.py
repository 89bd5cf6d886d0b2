"""Choice of the form of the program that maximizes a measure: every scenario written out, or cuts over the outcomes.

The extensive form is exact with its whole tie-break; its flows grow with the scenarios of a chain. The L-shaped method keeps
the decisions alone and takes the flows from their duals.
"""

from models.network import delivers
from models.risk import RiskMeasure
from models.rule_holds import held_rules
from models.scenario_prices import prices_idle
from models.scenario_sets import weighs_awards
from models.sets import Sets
from models.written_draws import why_valued
from optimizer.analysis.risk.chain_outcomes import ChainOutcomes
from optimizer.analysis.risk.l_shaped import best_over_outcomes
from optimizer.analysis.risk.outcomes import DrawnOutcomes
from optimizer.analysis.risk.search import Watch, best_plan
from optimizer.analysis.risk.written_draws import best_over_written, over_draws
from optimizer.solver.lexicographic import Options, Solution, Start

FEW = 500
"""Product of decisions and scenarios of a chain up to which every scenario is written out."""


def best_over_draws(sets: Sets, risk: RiskMeasure, options: Options, watch: Watch, start: Start | None) -> Solution:
    """The best selection by a measure over the draws of the settings. Raises NoSolution."""
    draws = sets.case.settings.draws
    if why_valued(sets.case) is not None or isinstance(start, Solution):
        return best_over_written(sets, risk, options, watch, start)
    held = over_draws(sets, risk, draws, options.seed) if held_rules(sets.case) else None
    return best_over_outcomes(sets, risk, outcomes_of(sets, draws, options.seed), options, watch, start, held=held)


def best_over_named(sets: Sets, risk: RiskMeasure, options: Options, watch: Watch, start: Start | None) -> Solution:
    """The best selection by a measure over the named scenarios. Raises NoSolution."""
    if start is None or isinstance(start, Solution) or not _by_cuts(sets, risk):
        return best_plan(sets, risk, options, watch, start)
    return best_over_outcomes(sets, risk, outcomes_of(sets, 0, options.seed), options, watch, start)


def outcomes_of(sets: Sets, draws: int, seed: int) -> DrawnOutcomes:
    """The outcomes of all decisions of a case: draws of scenarios and risks, or (0) the named scenarios."""
    kind = ChainOutcomes if delivers(sets) else DrawnOutcomes
    return kind(sets, [(i.id, t) for i in sets.candidates for t in sets.windows[i.id]], draws, seed)


def _by_cuts(sets: Sets, risk: RiskMeasure) -> bool:
    """Whether cuts can represent the named scenarios of a chain, and are faster."""
    case = sets.case
    plain = risk.measure in ("expected", "cvar", "worst") and case.settings.contingency_m is None
    size = sets.decision_count * len(risk.outcomes)
    return (
        delivers(sets)
        and risk.review_year is None
        and not held_rules(case)
        and not prices_idle(case)
        and plain
        and not weighs_awards(case)
        and size > FEW
    )

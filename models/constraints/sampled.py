r"""Sampled: the mean coverage of each demand row and year over many draws, and the mean of the worst draws, bounded by cuts.

$$mean\_covered_{k,y} \le \sum_n \pi_n \min(1, capacity_{n,k,y} / demand_{n,k,y}), \qquad
-mean\_lost_r \ge penalty_r \sum_n \pi_n\, missed_{n,r}, \qquad tail \le \sum_n \tau_n V_n$$

The right-hand sides are concave in the decisions. Their supergradients are added as cuts when a plan needs them, so that the
program does not grow with the number of draws: the L-shaped method (Van Slyke & Wets 1969), with one cut per mean (Birge &
Louveaux 1988). `optimizer.analysis.risk.l_shaped` adds the cuts.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pyomo.core as pyo

from models.program import Goal

if TYPE_CHECKING:
    from models.program import Program
    from models.risk import RiskMeasure
    from models.sets import DemandKey


def goals(
    program: "Program",
    risk: "RiskMeasure",
    weights: Mapping[tuple["DemandKey", int], float],
    most_lost: Mapping[str, float],
) -> tuple[Goal, ...]:
    """The measure of risk, then the goals of the program, whose first is the value as planned unless it has none. `weights`:
    what a mean coverage of 1 adds to the objective; `most_lost`: soft rule on deliveries -> bound of the points that a draw loses.
    Leaves the columns `mean_covered[k, y]`, `mean_lost[r]`, which are not above 0, and `tail`."""
    model, index = program.model, {(k.stage, k.material, y): w for (k, y), w in weights.items()}
    model.mean_covered = pyo.Var(list(index), bounds=(0, 1))
    model.mean_lost = pyo.Var(list(most_lost), bounds=lambda _, r: (-most_lost[r], 0.0))
    model.tail = pyo.Var(bounds=(-sum(most_lost.values()), max(1.0, sum(weights.values()))))
    planned = [Goal("value as planned", 1, -g.expression) for g in program.goals[:1] if g.sense < 0]
    penalty = sum(points * model.shortfall[r] for r, points in program.penalties.items() if r not in most_lost)
    mean = sum(w * model.mean_covered[at] for at, w in index.items()) + sum(model.mean_lost.values())
    ties = [Goal("expected value", 1, penalty - mean)] if risk.measure != "expected" else []
    return (
        Goal(risk.measure, -1, _measure(model, risk, mean) - penalty),
        *ties,
        *planned,
        *(g for g in program.goals if g.sense > 0),
    )


def _measure(model: Any, risk: "RiskMeasure", mean: Any) -> Any:
    if risk.measure == "expected":
        return mean
    if risk.measure == "cvar":
        return (1 - risk.aversion) * mean + risk.aversion * model.tail
    return model.tail

r"""Bottleneck: maximize the coverage of the least covered demand row, then the plan score at that level.

$$\max z \quad z \le \frac{\sum_t d_t\, coverage_{k,t}}{\sum_t d_t} \;\; \forall k$$

over the years in which row k has demand: a max-min criterion, followed by the plan score in lexicographic order.

>>> from models.examples import show
>>> show("bottleneck", "mine", objective="bottleneck")  # doctest: +ELLIPSIS
level - (0.2*coverage[mine,None,2026] + ... + 0.2*coverage[mine,None,2030])  <=  0
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pyomo.core as pyo

from models.objectives.coverage import score
from models.objectives.objective import Covered, Financed, ObjectiveKind, full_score
from models.schema import Project
from models.sets import DemandKey, Sets

if TYPE_CHECKING:
    from models.program import Program
    from models.reasons.gain import Gains


def means(sets: Sets, covered: Covered) -> dict[DemandKey, Any]:
    """Discounted mean coverage of each demand row that has demand."""
    years: dict[DemandKey, list[int]] = defaultdict(list)
    for k, y in covered:
        years[k].append(y)
    return {
        k: sum(sets.discount[y] / sum(sets.discount[u] for u in ys) * covered[k, y] for y in ys)
        for k, ys in years.items()
    }


def terms(program: "Program") -> list[Any]:
    """The level of the least covered row, which bounds the mean of every row from below; then the plan score."""
    level = program.model.level = pyo.Var(bounds=(0, 1))
    mean = means(program.sets, program.coverage)
    rows = {(k.stage, k.material): m for k, m in mean.items()}
    program.add("bottleneck", list(rows), lambda m, s, material: m.level - rows[s, material] <= 0)
    return [level, score(program.sets, program.coverage, program.sets.stage_share)]


def value(sets: Sets, covered: Covered, _financed: Financed) -> float:
    """Mean coverage of the least covered row of a plan."""
    return float(min(means(sets, covered).values(), default=0.0))


def gain(plan: "Gains", projects: Sequence[Project], year: int) -> float:
    """Rise of the least mean coverage when projects are added; another row may be the least covered then."""
    parts = plan.covered_parts(projects, year)
    if not parts:
        return 0.0
    covered = plan.covered | {pair: plan.covered[pair] + part for pair, part in parts.items()}
    return value(plan.sets, covered, {}) - plan.coverage_value


BOTTLENECK = ObjectiveKind("bottleneck", terms, value, gain, most=full_score)

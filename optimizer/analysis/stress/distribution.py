"""Statistics of the draws: distribution of the value and of every coverage, how often rules hold, and sources of variance."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from models.scenarios import Realization
from models.sets import DemandKey, Sets
from models.stress import Draws, DrawSeen, Driver, Held, Spread
from optimizer.analysis.stress.arrays import Bools, Floats, PlanArrays
from optimizer.analysis.stress.draws import Drawn
from optimizer.analysis.stress.evaluate import Evaluator

SURE = 1.959963984540054
"""Standard deviations of a two-sided interval of 95 %."""
MOST_DRIVERS = 10
LEAST_SHARE = 0.005
"""Part of the variance below which a unit is not named."""
FIRST_SEEN = 3
"""Number of first draws that are reported singly."""


def summary(plan: Evaluator, drawn: Drawn, *, seed: int, skip: int) -> Draws | None:
    """Distribution of the value and of every coverage, how often rules hold, what explains the spread; None of no
    draw."""
    value, n = drawn.result.value, len(drawn.result.value)
    if not n:
        return None
    planned = plan.planned
    return Draws(
        n=n, seed=seed, first=skip + 1, **spread(value),
        planned=planned.value, exact=drawn.exact,
        coverage=tuple(_spreads(planned.sets, planned.valuation.coverage, drawn.result.coverage)),
        rules=tuple(_held(plan.arrays, {r.rule: r.holds for r in planned.valuation.rules}, drawn.result.holds)),
        drivers=drivers(drawn), seen=tuple(_seen(plan, drawn, n) for n in seen_places(value)),
        quantiles=tuple(float(x) for x in np.quantile(value, np.linspace(0, 1, 101))),
    )  # fmt: skip


def spread(value: Floats) -> dict[str, float]:
    """Mean with its interval of 95 %, and the quantiles of 5, 50 and 95 %, by the names of a distribution's fields."""
    n, mean = len(value), float(value.mean())
    half = SURE * float(value.std(ddof=1)) / math.sqrt(n) if n > 1 else 0.0
    p05, p50, p95 = (float(x) for x in np.quantile(value, (0.05, 0.5, 0.95)))
    return {"mean": mean, "low": mean - half, "high": mean + half, "p05": p05, "p50": p50, "p95": p95}


def seen_places(value: Floats) -> list[int]:
    """Places of the draws that are stated by themselves: the first few, the worst, the median and the best."""
    order = np.argsort(value, kind="stable")
    return sorted({*range(min(FIRST_SEEN, len(value))), *(int(order[n]) for n in (0, len(order) // 2, -1))})


def realization(plan: Evaluator, drawn: Drawn, place: int) -> tuple[Evaluator, Realization]:
    """One draw with the projects that stop in it, and the evaluator of its decisions."""
    s, scenario = drawn.sample, drawn.scenarios[drawn.sample.scenario[place]]
    units = [(u, i) for u, unit in enumerate(drawn.units) for i in unit.projects]
    evaluator, of_scenario = plan.in_scenario(scenario)
    return evaluator, replace(
        of_scenario,
        delays={i: int(s.delay[place, u]) for u, i in units},
        overruns={i: float(s.overrun[place, u]) for u, i in units},
        failed=frozenset(i for u, i in units if s.failed[place, u]),
        stopped=frozenset(i for i, stops in zip(drawn.ids, drawn.stops[place], strict=True) if stops),
    )


def _seen(plan: Evaluator, drawn: Drawn, place: int) -> DrawSeen:
    evaluator, one = realization(plan, drawn, place)
    present = {p.project.id for p in evaluator.arrays.plants}
    return DrawSeen(
        draw=int(drawn.numbers[place]), scenario=one.name, value=float(drawn.result.value[place]),
        failed=tuple(sorted(one.failed & present)), stopped=tuple(sorted(one.stopped)),
        late={i: y for i, y in sorted(one.delays.items()) if y and i in present},
    )  # fmt: skip


def _spreads(sets: Sets, planned: Mapping[tuple[DemandKey, int], float], coverage: Floats) -> Iterator[Spread]:
    quantiles = np.quantile(coverage, (0.05, 0.5, 0.95), axis=0)
    for k, key in enumerate(sets.demands):
        for y, year in enumerate(sets.years):
            p05, p50, p95 = (float(q[k, y]) for q in quantiles)
            yield Spread(
                stage=key.stage, material=key.material, year=year, mean=float(coverage[:, k, y].mean()),
                planned=planned.get((key, year), 1.0), p05=p05, p50=p50, p95=p95,
            )  # fmt: skip


def _held(arrays: PlanArrays, planned: dict[str, bool], holds: Bools) -> Iterator[Held]:
    for place, rule in enumerate(arrays.rules):
        low, high = wilson(int(holds[:, place].sum()), len(holds))
        yield Held(
            rule=rule.rule, hard=rule.hard, planned=planned[rule.rule], probability=float(holds[:, place].mean()),
            low=low, high=high,
        )  # fmt: skip


def wilson(successes: int, n: int) -> tuple[float, float]:
    """95 % interval of a probability (Wilson 1927), which is valid near 0 and 1, unlike the normal one.

    >>> [round(x, 4) for x in wilson(0, 100)], [round(x, 4) for x in wilson(50, 100)]
    ([0.0, 0.037], [0.4038, 0.5962])
    """
    p, z = successes / n, SURE
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def drivers(drawn: Drawn) -> tuple[Driver, ...]:
    """Units, and the scenario, that explain most of the variance of the value by themselves: first-order indices
    (Sobol 1993) from the groups of their outcomes, corrected for the number of groups."""
    value, sample_ = drawn.result.value, drawn.sample
    all_drivers = [Driver(name="scenario", kind="scenario", share=_explained(value, sample_.scenario))]
    for u, unit in enumerate(drawn.units):
        outcome = np.where(sample_.failed[:, u], -1, sample_.delay[:, u])
        all_drivers.append(Driver(name=unit.name, kind=unit.kind, share=_explained(value, outcome)))
    named = sorted(
        (driver for driver in all_drivers if driver.share >= LEAST_SHARE),
        key=lambda driver: (-driver.share, driver.name),
    )
    return tuple(named[:MOST_DRIVERS])


def _explained(value: Floats, groups: npt.NDArray[np.int64]) -> float:
    """Part of the variance between groups (omega squared; Hays 1963)."""
    _, place = np.unique(groups, return_inverse=True)
    counts = np.bincount(place)
    total = float(((value - value.mean()) ** 2).sum())
    if len(counts) < 2 or total <= 0 or len(value) <= len(counts):
        return 0.0
    means = np.bincount(place, weights=value) / counts
    between = float((counts * (means - value.mean()) ** 2).sum())
    within = (total - between) / (len(value) - len(counts))
    return max(0.0, (between - (len(counts) - 1) * within) / (total + within))

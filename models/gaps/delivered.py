"""Part of each demand that a chain delivers, beside the part that nameplate capacity could cover."""

from collections import defaultdict
from math import fsum

from models.plan import Plan
from models.sets import DemandKey


def delivered_shares(plan: Plan) -> dict[tuple[DemandKey, int], float]:
    """Demand row and year -> part of the demand that is delivered, 1 if nothing is demanded; empty without a chain.

    A row with a material counts that material, a row without one what the stage's processes run.
    """
    if not plan.processes:
        return {}
    covered = {(row.material, row.year): row.coverage for row in plan.materials}
    ran = stage_runs(plan)
    shares = {}
    for row in plan.capacity:
        if row.demand_t <= 0:
            share = 1.0
        elif row.material is None:
            share = min(1.0, ran.get((row.stage, row.year), 0.0) / row.demand_t)
        else:
            share = covered[row.material, row.year]
        shares[DemandKey(row.stage, row.material), row.year] = share
    return shares


def stage_runs(plan: Plan) -> dict[tuple[str, int], float]:
    """Stage and year -> tonnes that its processes run, t/yr."""
    stage_of = {row.process: row.stage for row in plan.processes}
    tonnes_run: dict[tuple[str, int], list[float]] = defaultdict(list)
    for row in plan.runs:
        tonnes_run[stage_of[row.process], row.year].append(row.run_t)
    return {key: fsum(tonnes) for key, tonnes in tonnes_run.items()}

"""Flows of the chain of a given selection: a small linear program for each year.

The flows maximize the deliveries that the objective counts (the delivered score if it counts none), then the other
deliveries; then they minimize the tonnes run, so that the answer is unique. Idle capacity lacks feed or demand: outside China
it stands still, or it runs on Chinese feed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from models.decision import Decision
from models.deliveries import Deliveries
from models.formulation import flow_program
from models.network import Recipe, delivers
from models.objectives import OBJECTIVES
from models.plan import MaterialRow, ProcessRow, RunRow
from models.plan_assembly import decided
from models.program import Program
from models.sets import DemandKey, Sets
from optimizer.solver import tuning
from optimizer.solver.highs import Engine
from optimizer.solver.results import Limits
from optimizer.solver.standard_form import Vector, compile_program

UNHURRIED = Limits(0.0, float("inf"))
"""No time limit, because linear programs of this size need none and the solver's clock runs on from one to the next."""
DIGITS = 9
"""Decimals of a run in tonnes."""


@dataclass(frozen=True)
class Flows:
    """The chain of one selection."""

    runs: tuple[RunRow, ...]
    materials: tuple[MaterialRow, ...]
    processes: tuple[ProcessRow, ...]
    coverage: Mapping[tuple[DemandKey, int], float]
    """Part of each demand that is delivered, for pairs with demand."""
    delivered: float
    """The delivered score, 0 to 1."""
    magnets: float
    """Tonnes of magnets delivered over the horizon."""


def flows(sets: Sets, chosen: Mapping[str, int]) -> Flows:
    """The flows of a selection (project -> decision year); {}: those of what exists and is underway.

    Raises RuntimeError if the solver fails; the program is always feasible, because running nothing is allowed.
    """
    decision = decided(sets, chosen, {})
    program = flow_program(decision)
    deliveries = Deliveries(program.network, _runs(program))
    return Flows(
        runs=deliveries.run_rows(),
        materials=deliveries.material_rows(),
        processes=deliveries.process_rows(decision),
        coverage=deliveries.coverage,
        delivered=OBJECTIVES["delivered"].value(sets, deliveries.coverage, {}),
        magnets=OBJECTIVES["magnets"].value(sets, deliveries.coverage, {}),
    )


def delivered_of(sets: Sets, chosen: Mapping[str, int]) -> Mapping[tuple[DemandKey, int], float] | None:
    """Coverage by what the chain delivers if the objective counts it, else None."""
    if not delivers(sets):
        return None
    return covered_by_chain(decided(sets, chosen, {}))


def covered_by_chain(decision: Decision) -> Mapping[tuple[DemandKey, int], float]:
    """Coverage by what the chain delivers of decisions as numbers, for pairs with demand."""
    program = flow_program(decision)
    return Deliveries(program.network, _runs(program)).coverage


def _runs(program: Program) -> dict[tuple[Recipe, int], float]:
    """Tonnes that each recipe runs: goal after goal, each keeping what was reached before."""
    matrix = compile_program(program)
    engine = Engine(matrix, feasibility=tuning.FLOW_FEASIBILITY)
    x: Vector | None = None
    for goal in matrix.objectives:
        outcome = engine.minimize(goal, UNHURRIED)
        if outcome.x is None:
            break  # only within the solver's tolerance: keep the solution before
        x = outcome.x
        engine.hold(goal, outcome.objective)
    if x is None:
        raise RuntimeError("the solver found no flows of the chain")
    return {
        (r, y): max(0.0, round(float(x[matrix.column(v)]) * program.sizes[r.process, y], DIGITS))
        for (r, y), v in program.run.items()
    }

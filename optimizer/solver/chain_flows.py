"""What the chain delivers of a given selection: a small linear program, every year by itself.

The flows make the deliveries largest that the objective counts (the delivered score where it counts none), then the
other deliveries, then as little as possible runs, so that a selection has one answer. Idle capacity is what neither
feed nor demand calls for: outside China it stands still, or it runs on Chinese feed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from models.decision import Decision
from models.deliveries import Deliveries
from models.formulation import flow_program
from models.network import Network, Recipe, delivers, nameplate
from models.objectives import OBJECTIVES
from models.plan import MaterialRow, ProcessRow, RunRow
from models.plan_assembly import decided
from models.program import Program
from models.sets import DemandKey, Sets
from optimizer.solver import tuning
from optimizer.solver.highs import Engine
from optimizer.solver.results import Limits, SolveResult
from optimizer.solver.standard_form import Objective, Vector, compile_program

UNHURRIED = Limits(0.0, float("inf"))
"""Linear programs of this size need no clock; that of the solver would run on from one to the next."""
DIGITS = 9
"""Decimals of a tonne that a run is given in."""


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
    """What the chain delivers of a selection (project -> decision year); of {}: of what exists and is underway.

    Raises RuntimeError where the solver fails: doing nothing is always possible.
    """
    d = decided(sets, chosen, {})
    program = flow_program(d)
    found = Deliveries(program.network, _runs(program))
    return Flows(
        runs=found.run_rows(),
        materials=found.material_rows(),
        processes=found.process_rows(d),
        coverage=found.coverage,
        delivered=OBJECTIVES["delivered"].value(sets, found.coverage, {}),
        magnets=OBJECTIVES["magnets"].value(sets, found.coverage, {}),
    )


def delivered_of(sets: Sets, chosen: Mapping[str, int]) -> Mapping[tuple[DemandKey, int], float] | None:
    """Coverage by what the chain delivers, where the objective counts it; None elsewhere."""
    if not delivers(sets):
        return None
    return covered_by_chain(decided(sets, chosen, {}))


def covered_by_chain(d: Decision) -> Mapping[tuple[DemandKey, int], float]:
    """Coverage by what the chain delivers of decisions as numbers, for pairs with demand."""
    program = flow_program(d)
    return Deliveries(program.network, _runs(program)).coverage


class LoadedFlows:
    """The chain of one selection, loaded once: only the capacity of its processes changes from outcome to outcome.

    `most`: process and year -> the largest capacity that will be asked for, t/yr.
    """

    def __init__(self, d: Decision, most: Mapping[tuple[str, int], float]) -> None:
        stands = nameplate(d, Network(d.sets))
        program = flow_program(d, {at: max(0.0, most[at] - tonnes) for at, tonnes in stands.items()})
        matrix = compile_program(program)
        self._goals = matrix.objectives
        self._engine = Engine(matrix, feasibility=tuning.FLOW_FEASIBILITY)
        processes = {g: n for n, g in enumerate(program.network.stage_of)}
        first = d.sets.years[0]
        self._rows = [
            (row, processes[g], y - first, program.sizes[g, y])
            for (name, *at), constraint in program.rows.items()
            if name == "feed" and (row := matrix.row(constraint)) is not None
            for g, y in [at]
        ]
        place = {key: n for n, key in enumerate(d.sets.demands)}
        self._covered = [(place[k], y - first, matrix.column(x)) for (k, y), x in program.delivered.items()]
        self._shape = len(place), len(d.sets.years)

    def deliver(self, capacity: Vector) -> tuple[float, Vector]:
        """The objective, and coverage by demand row and year, of a capacity by process and year (t/yr).

        Flows are the best for the objective; where several are, any of them. Raises RuntimeError where the solver fails.
        """
        self._limit(capacity)
        result = self._minimize(self._goals[0])
        if result.x is None:
            raise RuntimeError("the solver found no flows of the chain")
        return -result.objective, self._coverage(result.x)

    def settle(self, capacity: Vector) -> Vector:
        """Coverage as `covered_by_chain` works it out: goal after goal, so that a selection has one answer."""
        self._engine.release()
        self._engine.forget()
        self._limit(capacity)
        x: Vector | None = None
        for goal in self._goals:
            result = self._minimize(goal)
            if result.x is None:
                break
            x = result.x
            self._engine.hold(goal, result.objective)
        self._engine.release()
        if x is None:
            raise RuntimeError("the solver found no flows of the chain")
        return self._coverage(x)

    def _limit(self, capacity: Vector) -> None:
        for row, g, y, size in self._rows:
            self._engine.limit_row(row, -np.inf, float(capacity[g, y]) / size)

    def _minimize(self, goal: Objective) -> SolveResult:
        result = self._engine.minimize(goal, UNHURRIED)
        if result.x is None:  # from the basis before, the solver may stop just outside its tolerance
            self._engine.forget()
            result = self._engine.minimize(goal, UNHURRIED)
        return result

    def _coverage(self, x: Vector) -> Vector:
        found = np.ones(self._shape)
        for k, y, column in self._covered:
            found[k, y] = min(1.0, max(0.0, x[column]))
        return found


def _runs(program: Program) -> dict[tuple[Recipe, int], float]:
    """Tonnes that each recipe runs: goal after goal, each keeping what was reached before."""
    matrix = compile_program(program)
    engine = Engine(matrix, feasibility=tuning.FLOW_FEASIBILITY)
    x: Vector | None = None
    for goal in matrix.objectives:
        outcome = engine.minimize(goal, UNHURRIED)
        if outcome.x is None:
            break  # only within the solver's tolerance: what was found before stands
        x = outcome.x
        engine.hold(goal, outcome.objective)
    if x is None:
        raise RuntimeError("the solver found no flows of the chain")
    return {
        (r, y): max(0.0, round(float(x[matrix.column(v)]) * program.sizes[r.process, y], DIGITS))
        for (r, y), v in program.run.items()
    }

"""Bottlenecks of the chain by year, found by solving again with a little more capacity or material, never from dual values.

A dual value is the worth of the first tonne and says nothing about the next. Here every number is the difference of two solved
flows. One process at a time gets a step more capacity, in all years at once because years are independent; one material at a
time is unlimited. If neither capacity nor balance binds in any year, nothing would change and nothing is solved.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from models.chain_value import CapacityStep, Shortage
from models.formulation import flow_program
from models.network import Network, nameplate
from models.plan_assembly import decided
from models.program import Program
from models.sets import Sets
from optimizer.solver import tuning
from optimizer.solver.chain_flows import UNHURRIED
from optimizer.solver.highs import Engine
from optimizer.solver.standard_form import Matrix, Objective, Vector, compile_program

STEP = 0.01
"""Part of the nameplate capacity of its stage by which a process is widened."""
SLACK = 1e-7
"""Part of a row's largest term below which it binds."""
ROUNDING_RESIDUE = 1e-7
"""Differences below this are those of the solver."""

PerYear = dict[int, float]
"""Year -> delivered score of the year, or tonnes of magnets."""


@dataclass(frozen=True)
class Bottlenecks:
    """Every process and material that is used, in every year."""

    steps: tuple[CapacityStep, ...]
    """By year, most magnets gained first, then most score."""
    shortages: tuple[Shortage, ...]
    """By year, the bottleneck first; materials whose unlimited supply would add no delivery are left out."""

    def of(self, year: int) -> Shortage | None:
        """The bottleneck material of a year: the one that holds back most; None where no feed does."""
        return next((s for s in self.shortages if s.year == year), None)


def bottlenecks(sets: Sets, chosen: Mapping[str, int], *, step: float = STEP) -> Bottlenecks:
    """What a step more of each process, and each material without end, would deliver of a selection (project -> year).

    `step`: part of the nameplate capacity of the stage; of a stage without any, of the demand on the chain.
    """
    decision, network = decided(sets, chosen, {}), Network(sets)
    room = _room(network, nameplate(decision, network), step)
    return _Chain(flow_program(decision, room), room).bottlenecks()


def _room(network: Network, stands: Mapping[tuple[str, int], float], step: float) -> dict[tuple[str, int], float]:
    """Process and year -> the step, t/yr."""
    most = max(network.sets.demand.values(), default=0.0) or 1.0
    steps = {}
    for processes in network.by_stage.values():
        for year in network.sets.years:
            whole = sum(stands[g, year] for g in processes) or most
            steps.update({(g, year): step * whole for g in processes})
    return steps


class _Chain:
    """The flows of one selection, loaded once and solved with other limits: for the most score, and for most magnets."""

    def __init__(self, program: Program, room: Mapping[tuple[str, int], float]) -> None:
        self.program, self.room = program, room
        self.network, self.years = program.network, program.sets.years
        self.matrix: Matrix = compile_program(program)
        self.engine = Engine(self.matrix, feasibility=tuning.FLOW_FEASIBILITY)
        goals = {o.goal.name: o for o in self.matrix.objectives}
        self.goals = goals["delivered"], goals["magnets"]
        self.base = [self._solve(goal, {}) for goal in self.goals]

    def bottlenecks(self) -> Bottlenecks:
        steps = [step for process in self.network.stage_of for step in self._steps(process)]
        used = [m for m in self.network.materials if self.network.users[m]]
        shortages = [shortage for material in used for shortage in self._shortages(material)]
        return Bottlenecks(
            tuple(sorted(steps, key=lambda s: (s.year, -s.magnets_gain_t, -s.delivered_gain, s.process))),
            tuple(sorted(shortages, key=lambda s: (s.year, -s.magnets_gain_t, -s.delivered_gain, s.material))),
        )

    def _steps(self, process: str) -> Iterator[CapacityStep]:
        score, magnets = self._gains({("feed", process, y): 1.0 for y in self.years})
        for y in self.years:
            yield CapacityStep(
                year=y,
                process=process,
                stage=self.network.stage_of[process],
                step_t=self.room[process, y],
                delivered_gain=score[y],
                magnets_gain_t=magnets[y],
            )

    def _shortages(self, material: str) -> Iterator[Shortage]:
        score, magnets = self._gains({("balance", material, y): float("inf") for y in self.years})
        for y in self.years:
            if score[y] or magnets[y]:
                yield Shortage(year=y, material=material, delivered_gain=score[y], magnets_gain_t=magnets[y])

    def _gains(self, limits: Mapping[tuple[str, str, int], float]) -> tuple[PerYear, PerYear]:
        """Gain from other limits of rows in each year: of the score, and of magnets."""
        rows = {row: limit for key, limit in limits.items() if (row := self._row(key)) is not None}
        score, magnets = (self._gain(at, rows) for at in range(2))
        return score, magnets

    def _gain(self, at: int, rows: Mapping[int, float]) -> PerYear:
        x = self.base[at]
        if not any(self._binds(row, x) for row in rows):
            return dict.fromkeys(self.years, 0.0)
        before, after = (self._per_year(y)[at] for y in (x, self._solve(self.goals[at], rows)))
        gains = {y: after[y] - before[y] for y in self.years}
        return {y: gain if gain > ROUNDING_RESIDUE * max(1.0, before[y]) else 0.0 for y, gain in gains.items()}

    def _row(self, key: tuple[str, str, int]) -> int | None:
        return self.matrix.row(self.program.rows[key]) if key in self.program.rows else None

    def _binds(self, row: int, x: Vector) -> bool:
        at = slice(self.matrix.starts[row], self.matrix.starts[row + 1])
        terms = self.matrix.values[at] * x[self.matrix.indices[at]]
        largest = max(abs(self.matrix.row_upper[row]), abs(terms).max(initial=0.0))
        return bool(self.matrix.row_upper[row] - terms.sum() <= SLACK * max(largest, 1e-3))

    def _solve(self, goal: Objective, limits: Mapping[int, float]) -> Vector:
        self.engine.release()
        self.engine.forget()
        for row, upper in limits.items():
            self.engine.limit_row(row, float("-inf"), upper)
        outcome = self.engine.minimize(goal, UNHURRIED)
        if outcome.x is None:
            raise RuntimeError("the solver found no flows of the chain")
        return outcome.x

    def _per_year(self, x: Vector) -> tuple[PerYear, PerYear]:
        sets, magnets = self.program.sets, set(self.network.magnets)
        score, weight, tonnes = (dict.fromkeys(self.years, 0.0) for _ in range(3))
        for (key, y), variable in self.program.delivered.items():
            part = float(x[self.matrix.column(variable)])
            score[y] += sets.weight[key] * part
            weight[y] += sets.weight[key]
            tonnes[y] += sets.demand[key, y] * part if key in magnets else 0.0
        return {y: score[y] / weight[y] if weight[y] else 0.0 for y in self.years}, tonnes

"""Flows of the chain of one selection for thousands of capacities of its processes, with the model loaded once.

No material is kept from one year to the next, so that the linear program of the flows decomposes by year. Each year is loaded
separately; capacities that recur are solved once, and each solve starts from the last basis, because only the limits of the
rows `feed` change.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from models.decision import Decision
from models.deliveries import Deliveries
from models.formulation import flow_program
from models.network import Network, Recipe, nameplate
from models.plan import RunRow
from models.program import Program
from optimizer.solver import tuning
from optimizer.solver.chain_flows import UNHURRIED
from optimizer.solver.flow_supports import Supports, SupportsOfYear
from optimizer.solver.highs import Engine
from optimizer.solver.standard_form import Columns, Matrix, Vector, compile_program


@dataclass
class _Year:
    """The program of one year, loaded."""

    engine: Engine
    rows: Columns
    """Rows `feed`."""
    places: Columns
    """The process of each of these rows."""
    sizes: Vector
    covered: list[tuple[int, int]]
    """Place among the demand rows, and column."""
    runs: list[tuple[Recipe, int, float]]
    """Recipe, column, tonnes of a unit."""
    warm: bool = False
    """Whether the last solve was for the objective, under the limits of the workbook."""
    settled: dict[bytes, Vector] = field(default_factory=dict)

    def deliver(self, capacity: Vector) -> Vector:
        """The columns, [n, column], that are best for the objective at capacities [n, process]; where several are, any
        of them."""
        known, place = np.unique(capacity[:, self.places], axis=0, return_inverse=True)
        solved = np.array([self._solve(one) for one in known])
        return np.asarray(solved[place.reshape(-1)])

    def _solve(self, capacity: Vector) -> Vector:
        self._limit(capacity)
        goal, x = self.engine.matrix.objectives[0], None
        if self.warm:
            x = self.engine.minimize_again().x
        if x is None:  # from the last basis, the solver may stop just outside its tolerance
            self.engine.forget()
            x = self.engine.minimize(goal, UNHURRIED).x
        if x is None:
            raise RuntimeError("the solver found no flows of the chain")
        self.warm = True
        return x

    def _limit(self, capacity: Vector) -> None:
        """Limits of the rows `feed`, by the capacity of the process of each."""
        self.engine.limit_rows(self.rows, np.full(len(capacity), -np.inf), capacity / self.sizes)

    def settle(self, capacity: Vector) -> Vector:
        """The columns at one capacity: goal after goal, from the loaded program alone, so that equal capacities have one
        answer."""
        key = capacity.tobytes()
        if key not in self.settled:
            self.settled[key] = self._settle(capacity[self.places])
        return self.settled[key]

    def _settle(self, capacity: Vector) -> Vector:
        engine, x, self.warm = self.engine, None, False
        engine.release()
        engine.forget()
        self._limit(capacity)
        for goal in engine.matrix.objectives:
            result = engine.minimize(goal, UNHURRIED)
            if result.x is None:
                break  # only within the solver's tolerance: keep the solution before
            x = result.x
            engine.hold(goal, result.objective)
        engine.release()
        engine.forget()
        if x is None:
            raise RuntimeError("the solver found no flows of the chain")
        return x

    @cached_property
    def supports(self) -> SupportsOfYear:
        """Supports of the objective in the capacities of `places`."""
        return SupportsOfYear(self.engine, self.rows, self.sizes)

    @property
    def most(self) -> float:
        """The objective if every demand is met."""
        return -float(sum(self.engine.matrix.objectives[0].costs[column] for _, column in self.covered))

    def coverage(self, x: Vector) -> Vector:
        """Coverage of columns [..., column], by the demand rows of `covered`."""
        return np.clip(x[..., [column for _, column in self.covered]], 0.0, 1.0)


class YearlyFlows:
    """The flows of the chain for many capacities.

    `d`: the selection as numbers. `most`: process and year -> the largest capacity that will be asked for, t/yr.
    Capacities are arrays by process (in the order of `Network.stage_of`) and year of the horizon.
    """

    def __init__(self, decision: Decision, most: Mapping[tuple[str, int], float]) -> None:
        self.network = Network(decision.sets)
        stands = nameplate(decision, self.network)
        program = flow_program(decision, {at: max(0.0, most[at] - tonnes) for at, tonnes in stands.items()})
        matrix = compile_program(program)
        self._horizon = decision.sets.years
        self._years = [_load(program, matrix, year) for year in decision.sets.years]
        self._shape = len(decision.sets.demands), len(decision.sets.years)
        years = len(decision.sets.years)
        self._support_shapes = (years,), (years,), (len(self.network.stage_of), years)

    def deliver(self, capacity: Vector) -> tuple[Vector, Vector]:
        """The objective [n], and coverage [n, demand row, year], of capacities [n, process, year].

        Where several flows are the best for the objective, any of them. Raises RuntimeError where the solver fails.
        """
        value, coverage = np.zeros(len(capacity)), np.ones((len(capacity), *self._shape))
        for n, year in enumerate(self._years):
            x = year.deliver(capacity[:, :, n])
            value -= x @ year.engine.matrix.objectives[0].costs
            coverage[:, [place for place, _ in year.covered], n] = year.coverage(x)
        return value, coverage

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        """The recipes of the chain, in the order of `run_tonnes`."""
        return self.network.recipes

    def run_tonnes(self, capacity: Vector) -> Vector:
        """Runs of every recipe that are best for the objective, t/yr, [n, year, recipe], at capacities
        [n, process, year]. Raises RuntimeError as `deliver`."""
        tonnes = np.zeros((len(capacity), len(self._years), len(self.recipes)))
        place = {r: n for n, r in enumerate(self.recipes)}
        for n, year in enumerate(self._years):
            x = year.deliver(capacity[:, :, n])
            for recipe, column, size in year.runs:
                tonnes[:, n, place[recipe]] = np.maximum(0.0, x[:, column]) * size
        return tonnes

    def supports(self, capacity: Vector) -> Supports:
        """The objective by year and its supports at capacities [n, process, year]. Raises RuntimeError as `deliver`."""
        supports = Supports(*(np.zeros((len(capacity), *shape)) for shape in self._support_shapes))
        for n, year in enumerate(self._years):
            value, constant, slope = year.supports.of(capacity[:, year.places, n])
            supports.value[:, n], supports.constant[:, n] = value, constant
            supports.slope[:, year.places, n] = slope
        return supports

    @property
    def most(self) -> Vector:
        """The objective by year where every demand is met."""
        return np.array([y.most for y in self._years])

    def settle(self, capacity: Vector) -> Vector:
        """Coverage [demand row, year] as `chain_flows.covered_by_chain` works it out: goal after goal."""
        coverage = np.ones(self._shape)
        for n, (year, x) in enumerate(zip(self._years, self._settled(capacity), strict=True)):
            coverage[[place for place, _ in year.covered], n] = year.coverage(x)
        return coverage

    def runs(self, capacity: Vector) -> tuple[RunRow, ...]:
        """Tonnes that each recipe runs, as `settle` computes them."""
        tonnes = {
            (recipe, year): max(0.0, float(x[column]) * size)
            for year, loaded, x in zip(self._horizon, self._years, self._settled(capacity), strict=True)
            for recipe, column, size in loaded.runs
        }
        return Deliveries(self.network, tonnes).run_rows()

    def _settled(self, capacity: Vector) -> list[Vector]:
        return [year.settle(np.ascontiguousarray(capacity[:, n])) for n, year in enumerate(self._years)]


def _load(program: Program, matrix: Matrix, year: int) -> _Year:
    """One year of a program whose rows all end in their year."""
    columns = [matrix.column(v) for (_, y), v in (*program.run.items(), *program.delivered.items()) if y == year]
    rows = {key: row for key, constraint in program.rows.items()
            if key[-1] == year and (row := matrix.row(constraint)) is not None}  # fmt: skip
    part = _part(matrix, sorted(rows.values()), sorted(columns))
    row_at = {row: n for n, row in enumerate(sorted(rows.values()))}
    column_at = {column: n for n, column in enumerate(sorted(columns))}
    place = {g: n for n, g in enumerate(program.network.stage_of)}
    feeds = [(row_at[row], place[key[1]], program.sizes[key[1], year]) for key, row in rows.items() if key[0] == "feed"]
    demands = {key: n for n, key in enumerate(program.sets.demands)}
    return _Year(
        engine=Engine(part, feasibility=tuning.FLOW_FEASIBILITY),
        rows=np.array([row for row, _, _ in feeds], dtype=np.int64),
        places=np.array([g for _, g, _ in feeds], dtype=np.int64),
        sizes=np.array([size for _, _, size in feeds], dtype=float),
        covered=[(demands[k], column_at[matrix.column(v)]) for (k, y), v in program.delivered.items() if y == year],
        runs=[(r, column_at[matrix.column(v)], program.sizes[r.process, year])
              for (r, y), v in program.run.items() if y == year],
    )  # fmt: skip


def _part(matrix: Matrix, rows: list[int], columns: list[int]) -> Matrix:
    """Some rows of a matrix that read these columns alone."""
    at = np.full(matrix.shape[1], -1, dtype=np.int32)
    at[columns] = np.arange(len(columns), dtype=np.int32)
    spans = [np.arange(matrix.starts[r], matrix.starts[r + 1]) for r in rows]
    entries = np.concatenate(spans) if spans else np.empty(0, dtype=np.int64)
    indices = at[matrix.indices[entries]]
    assert (indices >= 0).all()
    starts = np.concatenate(([0], np.cumsum([len(s) for s in spans]))).astype(np.int32)
    goals = tuple(replace(o, costs=o.costs[columns], offset=0.0) for o in matrix.objectives)
    return replace(
        matrix, objectives=goals, starts=starts, indices=indices.astype(np.int32), values=matrix.values[entries],
        row_lower=matrix.row_lower[rows], row_upper=matrix.row_upper[rows], lower=matrix.lower[columns],
        upper=matrix.upper[columns], integer=matrix.integer[columns], columns={}, rows={},
        row_scale=matrix.row_scale[rows], limits=np.empty(0, dtype=np.int64), stated_lower=matrix.stated_lower[rows],
        stated_upper=matrix.stated_upper[rows],
    )  # fmt: skip

"""Gains of further projects by what the chain then delivers: the flows of a plan are solved again with more capacity.

A process that does not use all of its capacity gains nothing by more of it, because its row does not bind; this needs no solve.
Otherwise the linear program of the selection, loaded once, is solved again with the wider capacity.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property

from models.decision import Decision
from models.formulation import flow_program
from models.network import Network, nameplate
from models.plan import ProcessRow
from models.program import Program
from models.schema import Project
from models.terms import output
from optimizer.solver import tuning
from optimizer.solver.chain_flows import UNHURRIED
from optimizer.solver.highs import Engine
from optimizer.solver.standard_form import Matrix, compile_program

FULL = 1e-6
"""Part of max(1, capacity) that may be idle in a process that counts as full."""
ROUNDING = 1e-7
"""Gains below this part of max(1, value) are rounding errors of the solver."""


class AddedDeliveries:
    """Gains of the objective of one plan by further deliveries of the chain."""

    def __init__(self, decision: Decision, processes: Iterable[ProcessRow]) -> None:
        self.d, self.network = decision, Network(decision.sets)
        self.idle = {
            (row.process, row.year): have - row.used_t > FULL * max(1.0, have)
            for row in processes
            for have in [row.capacity_t]
        }

    def __call__(self, added: Mapping[str, int]) -> float | None:
        """The gain of projects decided in these years, in the objective's unit: 0 where their processes have idle
        capacity; None where these are full and yet deliver no more, which the audit could not see."""
        more: dict[tuple[str, int], float] = {}
        for i, fid in added.items():
            for at, tonnes in self._capacity(self.d.sets.by_id[i], fid):
                more[at] = more.get(at, 0.0) + tonnes
        if all(self.idle[at] for at in more):
            return 0.0
        gain = self._value(more) - self._base
        return gain if gain > ROUNDING * max(1.0, abs(self._base)) else None

    def _capacity(self, p: Project, fid: int) -> Iterable[tuple[tuple[str, int], float]]:
        """Capacity that a decision adds to the process of its project, beyond what comes without support, t/yr."""
        process, sets = self.network.process_of(p), self.d.sets
        if process is None:
            return
        for y in sets.years:
            if tonnes := output(p) * (sets.delivery_share(p, fid, y) - sets.unaided_share(p, y)):
                yield (process, y), tonnes

    # -- the flows, loaded once ----------------------------------------------------------------------------------

    @cached_property
    def _program(self) -> Program:
        """The flows of the plan, with room for every project."""
        stands = nameplate(self.d, self.network)
        most = {g: sum(output(p) for p in self.d.sets.candidates if self.network.process_of(p) == g) for g, _ in stands}
        return flow_program(self.d, {(g, y): most[g] for g, y in stands})

    @cached_property
    def _matrix(self) -> Matrix:
        return compile_program(self._program)

    @cached_property
    def _engine(self) -> Engine:
        return Engine(self._matrix, feasibility=tuning.FLOW_FEASIBILITY)

    @cached_property
    def _stands(self) -> Mapping[tuple[str, int], float]:
        return nameplate(self.d, self.network)

    @cached_property
    def _base(self) -> float:
        return self._value({})

    def _value(self, more: Mapping[tuple[str, int], float]) -> float:
        self._engine.release()
        for (g, y), tonnes in more.items():
            constraint = self._program.rows.get(("feed", g, y))
            row = None if constraint is None else self._matrix.row(constraint)
            if row is not None:
                upper = (self._stands[g, y] + tonnes) / (self._program.sizes[g, y] or 1.0)
                self._engine.limit_row(row, float("-inf"), upper)
        goal = self._matrix.objectives[0]
        outcome = self._engine.minimize(goal, UNHURRIED)
        if outcome.x is None:
            raise RuntimeError("the solver found no flows of the chain")
        return -outcome.objective

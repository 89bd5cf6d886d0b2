"""The only file that uses HiGHS: a loaded model that is solved repeatedly with other objectives and bounds.

HiGHS: Huangfu & Hall (2018), Parallelizing the dual revised simplex method. Options are set by name, the status is
read before any value, and every bound is the solver's own.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import highspy
import numpy as np

from optimizer.solver import tuning
from optimizer.solver.deadline import Deadline
from optimizer.solver.loaded_model import LoadedModel
from optimizer.solver.results import Limits, Progress, Relaxed, SolveResult, known
from optimizer.solver.standard_form import Columns, Matrix, Objective, Vector

_NO_PLAN = (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible)
_FAILURES = (highspy.HighsModelStatus.kSolveError, highspy.HighsModelStatus.kPresolveError,
             highspy.HighsModelStatus.kPostsolveError, highspy.HighsModelStatus.kUnknown)  # fmt: skip
"""The solver failed. Its presolve can do so on programs whose rows have almost no slack."""
_CALLBACKS = ("kCallbackMipInterrupt", "kCallbackSimplexInterrupt", "kCallbackIpmInterrupt")
"""Callbacks in which the solver can be interrupted. The first also reports best value and bound; the logging callback is
silent while `output_flag` is off."""
_SUB_SEARCHES = ("rins", "rens", "root_reduced_cost")
"""Heuristics of the solver that solve a smaller program."""

Report = Callable[[Progress], None] | None
Stop = threading.Event | None


class _Silent(highspy.Highs):
    """HiGHS without its banner: 1.16 prints it as soon as callbacks are enabled, before any option can be set."""

    def enableCallbacks(self) -> None:  # noqa: N802 - the library's name
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call]


class Engine(LoadedModel):
    """A matrix loaded once into HiGHS, with the simplex iterations of its searches so far. Not to be shared by threads."""

    def __init__(
        self,
        matrix: Matrix,
        *,
        threads: int = 1,
        seed: int = 0,
        relaxed: bool = False,
        feasibility: float = tuning.PRIMAL_FEASIBILITY,
    ) -> None:
        self.matrix = matrix
        self._threads, self.seed = threads, seed
        self._highs: Any = _Silent()  # type: ignore[no-untyped-call]
        for name, value in {
            "output_flag": False,
            "threads": threads,
            "random_seed": seed,
            "mip_feasibility_tolerance": tuning.MIP_FEASIBILITY,
            "primal_feasibility_tolerance": feasibility,
            "small_matrix_value": tuning.SMALLEST_COEFFICIENT,
            "presolve_rule_off": tuning.PARALLEL_COLUMNS,
            "mip_lp_solver": "ipx" if matrix.shape[1] >= tuning.INTERIOR_POINT_FROM else "choose",
        }.items():
            self._set(name, value)
        self._highs.passModel(_model(matrix, relaxed=relaxed))
        self._row_limits: dict[int, tuple[float, float]] = {}
        self._cuts: list[tuple[Columns, Vector, float]] = []
        self._held: list[tuple[Objective, float]] = []
        self._scale, self._price, self.iterations = 1.0, 0.0, 0
        self.lower, self.upper = matrix.lower.copy(), matrix.upper.copy()

    def _run(self) -> None:
        # The scheduler is global to the process and keeps the number of threads of the first engine: an engine with another
        # number fails until the scheduler is reset.
        if self._highs.run() == highspy.HighsStatus.kError:
            highspy.Highs.resetGlobalScheduler(True)
            self._highs.run()

    def _set(self, name: str, value: Any) -> None:
        if self._highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise ValueError(f"the solver does not take {name} = {value}")

    def relaxation(self) -> "Engine":
        """An engine of the relaxation, with the limits of rows and columns and the held goals of this one."""
        return self.copy(relaxed=True)

    def copy(self, *, seed: int | None = None, relaxed: bool = False) -> "Engine":
        """A new engine with the same limits, cuts and held objectives."""
        other = Engine(self.matrix, threads=self._threads, seed=self.seed if seed is None else seed, relaxed=relaxed)
        other.limit_columns(np.arange(self.matrix.shape[1]), self.lower, self.upper)
        for row, (lower, upper) in self._row_limits.items():
            other.limit_row(row, lower, upper)
        for cut in self._cuts:
            other.cut(*cut)
        for objective, most in self._held:
            other.hold(objective, most)
        return other

    # -- solving ---------------------------------------------------------------------------------------------

    def minimize(
        self,
        objective: Objective,
        limits: Limits,
        *,
        start: Vector | None = None,
        progress: Report = None,
        stop: Stop = None,
    ) -> SolveResult:
        """Solve for one objective. `start`: a plan to begin from, NaN where unknown; the solver checks and completes it, and it
        may be infeasible."""
        self._prepare(objective)
        self._set("time_limit", (end := Deadline.after(limits.seconds)).left)
        self._set("mip_rel_gap", float(limits.gap))
        self._set("mip_abs_gap", float(limits.absolute) * self._scale)
        self._set("presolve", "choose" if limits.presolve else "off")
        self._set("mip_max_nodes", highspy.kHighsIInf if limits.nodes is None else limits.nodes)
        # A search by nodes starts at a good plan and is for the proof: it is a third faster without these on the sample.
        self._set("mip_allow_restart", limits.nodes is None)
        self._set("mip_heuristic_effort", tuning.HEURISTIC_EFFORT if limits.nodes is None else 0.0)
        for name in _SUB_SEARCHES:
            self._set(f"mip_heuristic_run_{name}", limits.sub_searches and (limits.rins or name != "rins"))
        self._set("objective_target", float(limits.target) * self._scale)
        if start is not None:
            self._begin_from(start)
        self._listen(objective, progress, stop, limits.enough)
        self._run()
        if limits.presolve and self._is_doubtful(objective):
            self._run_without_presolve(end.not_before(tuning.LEAST_SEARCH_SHARE * limits.seconds))
        self._set("presolve", "choose")
        self._stop_listening()
        self.iterations += int(self._highs.getInfo().simplex_iteration_count)
        return self._outcome()

    def minimize_again(self) -> SolveResult:
        """Solve again for the last objective, from the last basis, under the current limits."""
        self._run()
        return self._outcome()

    def _begin_from(self, start: Vector) -> None:
        known = np.flatnonzero(~np.isnan(start))
        if len(known) < len(start):
            self._highs.setSolution(len(known), known.astype(np.int32), start[known])
        else:
            solution = highspy.HighsSolution()
            solution.col_value = [*start, *(1.0 for _ in range(self._highs.getNumCol() - len(start)))]
            self._highs.setSolution(solution)

    def _is_doubtful(self, objective: Objective) -> bool:
        """Whether there is no solution, or one of another value than stated (HiGHS 1.15, free columns, a start given)."""
        x, stated = self._highs.getSolution().col_value, self._highs.getInfo().objective_function_value
        stated -= self._price * sum(x[self.matrix.shape[1] :])  # the column of `price` is not part of the objective
        failed = self._highs.getModelStatus() in (*_NO_PLAN, *_FAILURES)
        return failed or objective.is_misstated(x, stated / self._scale)

    def _run_without_presolve(self, end: Deadline) -> None:
        # The presolve has claimed infeasibility wrongly more than once: such a claim is checked without it.
        self.forget()
        self._set("presolve", "off")
        self._set("time_limit", end.left)
        self._run()

    def relax(self, objective: Objective, seconds: float, stop: Stop = None) -> Relaxed | None:
        """Solve the relaxation, for an engine made with `relaxed`; None if it was stopped or has no solution.

        The first solve of a large model goes by the interior point method with crossover, later ones by the simplex
        method from the last basis.
        """
        self._prepare(objective)
        # The clock of the relaxation runs on from one solve to the next; that of the search starts anew.
        self._set("time_limit", self._highs.getRunTime() + max(0.0, float(seconds)))
        first = not self._highs.getBasis().valid
        self._set("solver", "ipx" if first and self.matrix.shape[1] >= tuning.INTERIOR_POINT_FROM else "choose")
        self._listen(objective, None, stop)
        self._run()
        self._stop_listening()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = self._highs.getSolution()
        return Relaxed(
            self._highs.getInfo().objective_function_value / self._scale,
            np.array(solution.col_value),
            np.array(solution.col_dual) / self._scale,
            np.array(solution.row_dual) / self._scale,
        )

    def is_empty(self, objective: Objective, seconds: float) -> bool:
        """Whether the relaxation is infeasible, for an engine made with `relaxed`; then the program is infeasible too.

        False if it is not known in time.
        """
        self._prepare(objective)
        self._set("time_limit", self._highs.getRunTime() + max(0.0, float(seconds)))
        self._set("solver", "simplex")
        self._run()
        return bool(self._highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible)

    def _prepare(self, objective: Objective) -> None:
        self._scale = self.matrix.scale_of(objective.costs)
        count = self.matrix.shape[1]
        self._highs.changeColsCost(count, np.arange(count, dtype=np.int32), objective.costs * self._scale)
        self._highs.changeObjectiveOffset(objective.offset * self._scale)

    def _outcome(self) -> SolveResult:
        status, info = self._highs.getModelStatus(), self._highs.getInfo()
        kind = highspy.HighsModelStatus
        if status in _NO_PLAN:
            return SolveResult("infeasible", None, np.inf, np.inf)
        if status in _FAILURES:
            return SolveResult("nothing found", None, np.inf, -np.inf)
        stopped = {kind.kTimeLimit, kind.kInterrupt, kind.kSolutionLimit, kind.kIterationLimit, kind.kObjectiveTarget}
        if status not in (kind.kOptimal, kind.kModelEmpty) and status not in stopped:
            raise RuntimeError(f"the solver ended with status {self._highs.modelStatusToString(status)!r}")
        bound = info.mip_dual_bound if self.matrix.integer.any() else info.objective_function_value
        has_plan = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        if not has_plan and status != kind.kModelEmpty:
            return SolveResult("nothing found", None, np.inf, bound / self._scale)
        outcome = SolveResult(
            "optimal" if status in (kind.kOptimal, kind.kModelEmpty) else "feasible",
            np.array(self._highs.getSolution().col_value[: self.matrix.shape[1]]),
            info.objective_function_value / self._scale,
            bound / self._scale,
            int(info.mip_node_count),
            int(info.simplex_iteration_count),
        )
        return outcome if outcome.bound <= outcome.objective else replace(outcome, bound=outcome.objective)

    def _stop_listening(self) -> None:
        # A callback left in the solver would keep this engine and its matrix in memory.
        self._highs.setCallback(None, None)

    def _listen(self, objective: Objective, progress: Report, stop: Stop, enough: float = np.inf) -> None:
        began = due = time.monotonic()
        sense = objective.goal.sense

        def call(kind: Any, _message: str, out: Any, back: Any, _data: Any) -> None:
            nonlocal due
            now = time.monotonic()
            of_program = kind == highspy.cb.HighsCallbackType.kCallbackMipInterrupt
            if progress is not None and now >= due and of_program:
                due = now + tuning.REPORT_EVERY
                best, bound = (known(v / self._scale * sense) for v in (out.mip_primal_bound, out.mip_dual_bound))
                progress(Progress(objective.goal.name, best, bound, now - began))
            is_enough = of_program and enough <= out.mip_dual_bound / self._scale < np.inf
            if is_enough or (stop is not None and stop.is_set()):
                back.user_interrupt = True

        self._highs.setCallback(call, None)
        is_needed = progress is not None or stop is not None or enough < np.inf
        for name in _CALLBACKS:
            kind = getattr(highspy.cb.HighsCallbackType, name)
            (self._highs.startCallback if is_needed else self._highs.stopCallback)(kind)


def _model(matrix: Matrix, *, relaxed: bool) -> Any:
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.row_lower_, lp.row_upper_ = matrix.row_lower, matrix.row_upper
    lp.col_lower_, lp.col_upper_ = matrix.lower, matrix.upper
    lp.col_cost_ = np.zeros(matrix.shape[1])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = matrix.starts
    lp.a_matrix_.index_ = matrix.indices
    lp.a_matrix_.value_ = matrix.values
    kinds = highspy.HighsVarType
    if matrix.integer.any() and not relaxed:
        lp.integrality_ = [kinds.kInteger if i else kinds.kContinuous for i in matrix.integer]
    return lp

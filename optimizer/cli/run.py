"""A run from a workbook to an audited plan with its manifest, as `solve`, `demo` and `rerun` share it."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.case import Case
from optimizer.cli.console import Screen
from optimizer.cli.options import Solving
from optimizer.errors import Refusal
from optimizer.plan_folder.manifest import WorkbookBytes, manifest
from optimizer.plan_folder.store import Result
from optimizer.workbook.overrides import Overrides
from optimizer.workbook.read import read

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from models.chain_value import ChainValue
    from models.plan import Plan
    from optimizer.cli.stopping import Stop
    from optimizer.solver.results import Progress

COMPARED = 0.005
"""Relative MIP gap at which the search for the best plan by nameplate stops."""
LEAST = 30.0
"""Seconds that the comparison may take even if the plan itself took less, within the time limit."""
FURTHER_SHARE = 0.1
"""Part of the time limit that the search for the plan of a chain leaves to further solves."""


@dataclass(frozen=True)
class RunInput:
    """Input of a run: the case, the bytes of its workbook and the overrides of the command line."""

    case: Case
    source: WorkbookBytes
    changes: Overrides
    seconds: float
    """Time spent on reading."""

    def manifest(self, solver_options: Solving, **timings: float) -> dict[str, Any]:
        """The record of this run; timings in seconds."""
        return manifest(self.case, self.source, self.changes, solver_options, {"read": self.seconds, **timings})


def prepare(workbook: Path, changes: Overrides) -> RunInput:
    """Read a workbook and keep the bytes that were read. Raises InvalidInput with every fault."""
    started, before = time.monotonic(), _stamp(workbook)
    case = read(workbook, changes)
    source = WorkbookBytes.take(workbook)
    if _stamp(workbook) != before:
        raise Refusal("invalid", f"{workbook} was saved while it was being read: run again")
    return RunInput(case, source, changes, time.monotonic() - started)


def _stamp(workbook: Path) -> list[tuple[str, int, int]]:
    """Name, size and time of the workbook's files: they change when the workbook is saved."""
    files = [p for p in sorted(workbook.iterdir()) if p.is_file()] if workbook.is_dir() else [workbook]
    return [(p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in files]


def solved(
    run_input: RunInput,
    solver_options: Solving,
    screen: Screen,
    stop: "Stop | None" = None,
    *,
    further: bool = False,
    elsewhere: "Mapping[str, Any] | None" = None,
) -> Result:
    """The audited plan of a run with its manifest; with `further` also the results of further solves about a chain.

    Raises Infeasible, NoPlanFound, AuditFailed.
    """
    from optimizer.analysis.risk import solve
    from optimizer.analysis.risk.elsewhere import Elsewhere
    from optimizer.solver.deadline import Deadline

    end = Deadline.after(solver_options.time_limit)
    compares = further and bool(run_input.case.processes) and run_input.case.settings.risk == "none"
    started = time.monotonic()
    with screen.progress(stop) as progress:
        plan = solve(
            run_input.case,
            gap=solver_options.gap,
            time_limit=solver_options.time_limit * (1 - FURTHER_SHARE if compares else 1),
            threads=solver_options.threads,
            seed=solver_options.seed,
            progress=_keeping(progress, stop),
            stop=stop,
            elsewhere=None if elsewhere is None else Elsewhere(**elsewhere),
        )
    if stop is not None:
        stop.keep()
    elapsed = time.monotonic() - started
    if compares:
        screen.note("the plan is final; comparing it with other plans and with a chain without research")
        seconds = min(end.left, max(elapsed, LEAST))
        plan = plan.model_copy(update={"worth": _chain_value(run_input.case, plan, solver_options, seconds, stop)})
    record = run_input.manifest(solver_options, solve=elapsed)
    return Result(run_input.case, plan.model_copy(update={"manifest": {**record, **plan.manifest}}), run_input.source)


def _keeping(progress: "Callable[[Progress], None] | None", stop: "Stop | None") -> "Callable[[Progress], None] | None":
    """A progress callback that also tells `stop` once there is a plan to keep."""
    if stop is None:
        return progress

    def tell(now: "Progress") -> None:
        if now.best is not None:
            stop.keep()
        if progress is not None:
            progress(now)

    return tell


def _chain_value(
    case: Case, plan: "Plan", solver_options: Solving, seconds: float, stop: threading.Event | None
) -> "ChainValue | None":
    """Results of further solves about the plan of a chain, within `seconds`, the rest of the time limit.

    A comparison needs no finer proof than `COMPARED`, and no longer than the plan itself took.
    """
    from optimizer.analysis.chain_value import chain_value
    from optimizer.solver.lexicographic import Options

    gap = max(solver_options.gap, COMPARED)
    return chain_value(case, plan, Options(gap, seconds, solver_options.threads, solver_options.seed), stop)

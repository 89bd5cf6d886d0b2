"""One run, from a workbook to an audited plan with its manifest: what `solve`, `demo` and `rerun` share."""

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
    from collections.abc import Callable

    from models.chain_value import ChainValue
    from models.plan import Plan
    from optimizer.cli.stopping import Stop
    from optimizer.solver.results import Progress

COMPARED = 0.005
"""How close to the best by nameplate a plan must be to be compared with."""
LEAST = 30.0
"""Seconds that the comparison may take where the plan itself took less."""


@dataclass(frozen=True)
class Job:
    """A workbook that was read, with what it was read by."""

    case: Case
    source: WorkbookBytes
    changes: Overrides
    seconds: float
    """Time of the reading."""

    def manifest(self, how: Solving, **timings: float) -> dict[str, Any]:
        """The record of this run; timings in seconds."""
        return manifest(self.case, self.source, self.changes, how, {"read": self.seconds, **timings})


def prepare(workbook: Path, changes: Overrides) -> Job:
    """Reads a workbook, and takes the very bytes that were read. Raises InvalidInput with every fault."""
    started, before = time.monotonic(), _stamp(workbook)
    case = read(workbook, changes)
    source = WorkbookBytes.take(workbook)
    if _stamp(workbook) != before:
        raise Refusal("invalid", f"{workbook} was saved while it was being read: run again")
    return Job(case, source, changes, time.monotonic() - started)


def _stamp(workbook: Path) -> list[tuple[str, int, int]]:
    """Name, size and time of the workbook's files: another stamp is another book."""
    files = [p for p in sorted(workbook.iterdir()) if p.is_file()] if workbook.is_dir() else [workbook]
    return [(p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in files]


def solved(job: Job, how: Solving, screen: Screen, stop: "Stop | None" = None, *, further: bool = False) -> Result:
    """The audited plan of a job, with its manifest; with `further` also what other solves say of a chain's plan.

    Raises Infeasible, NoPlanFound, AuditFailed.
    """
    from optimizer.solver.solve import solve

    started = time.monotonic()
    with screen.progress(stop) as progress:
        plan = solve(
            job.case,
            gap=how.gap,
            time_limit=how.time_limit,
            threads=how.threads,
            seed=how.seed,
            progress=_keeping(progress, stop),
            stop=stop,
        )
    if stop is not None:
        stop.keep()
    took = time.monotonic() - started
    if further and job.case.processes:
        screen.note("the plan stands; working out what it is worth beside other plans and without research")
        plan = plan.model_copy(update={"worth": _chain_value(job.case, plan, how, took, stop)})
    record = job.manifest(how, solve=took)
    return Result(job.case, plan.model_copy(update={"manifest": {**record, **plan.manifest}}), job.source)


def _keeping(progress: "Callable[[Progress], None] | None", stop: "Stop | None") -> "Callable[[Progress], None] | None":
    """The progress, which also tells `stop` once there is a plan that no signal may drop."""
    if stop is None:
        return progress

    def tell(now: "Progress") -> None:
        if now.best is not None:
            stop.keep()
        if progress is not None:
            progress(now)

    return tell


def _chain_value(
    case: Case, plan: "Plan", how: Solving, took: float, stop: threading.Event | None
) -> "ChainValue | None":
    """What further solves say about the plan of a chain, within what is left of the time limit, or a quarter more.

    A comparison needs no finer proof than `COMPARED`, and no longer than the plan itself took.
    """
    from optimizer.analysis.chain_value import chain_value
    from optimizer.solver.lexicographic import Options

    left = min(max(how.time_limit - took, how.time_limit / 4), max(took, LEAST))
    return chain_value(case, plan, Options(max(how.gap, COMPARED), left, how.threads, how.seed), stop)

"""One run, from a workbook to an audited plan with its manifest: what `solve`, `demo` and `rerun` share."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.case import Case
from optimizer.manifest import Source, manifest
from optimizer.options import Solving
from optimizer.outputs import Result
from optimizer.overrides import Overrides
from optimizer.refusals import Refusal
from optimizer.screen import Screen
from optimizer.workbook import read


@dataclass(frozen=True)
class Job:
    """A workbook that was read, with what it was read by."""

    case: Case
    source: Source
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
    source = Source.take(workbook)
    if _stamp(workbook) != before:
        raise Refusal("invalid", f"{workbook} was saved while it was being read: run again")
    return Job(case, source, changes, time.monotonic() - started)


def _stamp(workbook: Path) -> list[tuple[str, int, int]]:
    """Name, size and time of the workbook's files: another stamp is another book."""
    files = sorted(workbook.iterdir()) if workbook.is_dir() else [workbook]
    return [(p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in files]


def solved(job: Job, how: Solving, screen: Screen, stop: threading.Event | None = None) -> Result:
    """The audited plan of a job, with its manifest. Raises Infeasible, NoPlanFound, AuditFailed."""
    from optimizer.solve import solve

    started = time.monotonic()
    with screen.progress(stop) as progress:
        plan = solve(
            job.case,
            gap=how.gap,
            time_limit=how.time_limit,
            threads=how.threads,
            seed=how.seed,
            progress=progress,
            stop=stop,
        )
    record = job.manifest(how, solve=time.monotonic() - started)
    return Result(job.case, plan.model_copy(update={"manifest": record}), job.source)

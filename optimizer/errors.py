"""The tree of errors that end a command. Each has a message, details, a kind and an exit status.

    Mine2MagnetError           message, details, kind, exit_status         models/errors.py
    ├── InvalidInput        3  the workbook cannot be read as a case       models/faults.py
    ├── Infeasible          4  no plan can satisfy the rules and budgets   here
    ├── NoPlanFound         5  the search ended before it found a plan     here
    ├── AuditFailed         6  the second reader rejects the plan          here
    ├── StressAuditFailed   6  the second reader rejects a stress          here
    ├── ChoiceNotProved     5  who goes on in a scenario is not proved     here
    └── Refusal           1-6  the command cannot go on; kind as given     here

`optimizer.cli.refusals` catches all of them, together with click's errors, OSError, MemoryError and Ctrl-C.
"""

import errno
import os
from typing import TYPE_CHECKING

from models.errors import Kind, Mine2MagnetError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.faults import Diagnostic
    from models.plan import Plan
    from optimizer.solver.no_solution import InfeasibilityProof


class Refusal(Mine2MagnetError):
    """The command cannot go on. The caller chooses the kind."""

    def __init__(self, kind: Kind, message: str, details: "Iterable[Diagnostic]" = ()) -> None:
        super().__init__(message, details)
        self.kind = kind
        self.args = (kind, message, self.details)


class Infeasible(Mine2MagnetError):
    """It is proved that no plan can satisfy the rules and budgets; `proof` has the means if a search proved it."""

    kind: Kind = "infeasible"

    def __init__(
        self, message: str, details: "Iterable[Diagnostic]" = (), proof: "InfeasibilityProof | None" = None
    ) -> None:
        super().__init__(message, details)
        self.proof = proof


class NoPlanFound(Mine2MagnetError):
    """The search was stopped before any plan was found."""

    kind: Kind = "stopped"


class AuditFailed(Mine2MagnetError):
    """The audit does not confirm the plan. Carries it as `plan`."""

    kind: Kind = "audit"

    def __init__(self, plan: "Plan") -> None:
        failed = [check for check in plan.audit.checks if check.startswith("FAILED")] if plan.audit else []
        super().__init__("; ".join(failed) or "the audit did not pass")
        self.plan = plan
        self.args = (plan,)


class StressAuditFailed(Mine2MagnetError):
    """The audit does not confirm a plan's values in its scenarios."""

    kind: Kind = "audit"


class ChoiceNotProved(Mine2MagnetError):
    """Which projects go on in a scenario was not proved in time."""

    kind: Kind = "stopped"


def file_trouble(problem: OSError) -> str:
    """The fault of a file, and the cure."""
    name = problem.filename2 or problem.filename
    where = f"{os.fsdecode(name)}" if isinstance(name, str | bytes) else "a file"
    if problem.errno in (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return f"the disk is full, {where} could not be written: make room, or write elsewhere with --out"
    if getattr(problem, "winerror", None) in (5, 32, 33) and where.lower().endswith((".xlsx", ".ods", ".csv")):
        return f"{where} is open in Excel: close it, or use --out"
    if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"no permission for {where}: change its permissions, or write elsewhere with --out"
    if problem.errno in (errno.EEXIST, errno.ENOTDIR):
        return f"{where} is a file where a folder is needed: name another place"
    if problem.errno == errno.ENOENT:
        return f"{where} is not there"
    return f"{where}: {problem.strerror or problem}"

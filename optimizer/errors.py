"""Every refusal: one message to people, one shape to programs, one exit status. Never a traceback."""

import errno
import json
import os
import sys
import traceback
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from models.faults import Diagnostic

Kind = Literal["failed", "usage", "invalid", "infeasible", "stopped", "audit"]

STATUS: dict[Kind, int] = {"failed": 1, "usage": 2, "invalid": 3, "infeasible": 4, "stopped": 5, "audit": 6}
"""Kind of refusal -> exit status. 0 is an audited plan or report."""


class Refusal(Exception):
    """The command ends here, and says why."""

    def __init__(self, kind: Kind, message: str, details: Iterable["Diagnostic"] = ()) -> None:
        self.kind: Kind = kind
        self.message = message
        self.details = tuple(details)
        super().__init__(message)


def refuse(problem: BaseException, *, as_json: bool) -> int:
    """Says a problem on stderr, or as `{"error": ...}` on stdout, and returns the exit status."""
    if isinstance(problem, BrokenPipeError):
        _nobody_listens()
        return 0
    refusal = problem if isinstance(problem, Refusal) else _translate(problem)
    if os.environ.get("MINE2MAGNET_DEBUG") == "1":
        traceback.print_exception(problem)
    try:
        _say(refusal, as_json)
    except OSError:  # the terminal is gone too: the status is all that is left to give
        _nobody_listens()
    return STATUS[refusal.kind]


def error(problem: BaseException) -> dict[str, dict[str, object]]:
    """A refusal as programs read it."""
    refusal = problem if isinstance(problem, Refusal) else _translate(problem)
    details = [diagnostic.model_dump() for diagnostic in refusal.details]
    return {"error": {"kind": refusal.kind, "message": refusal.message, "details": details}}


def _say(refusal: Refusal, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(error(refusal), indent=2))
        sys.stdout.flush()
        return
    click.echo(f"error: {refusal.message}", err=True)
    if refusal.details:
        from optimizer.reports.diagnostics_text import grouped

        for line in grouped(refusal.details):
            click.echo(f"  {line}", err=True)


def _nobody_listens() -> None:
    """The reader of our output went away (`| head`): Python must not complain about it once more at its end."""
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, sys.stdout.fileno())


def _translate(problem: BaseException) -> Refusal:
    for kinds, words in _TRANSLATIONS:
        if isinstance(problem, kinds):
            return words(problem)
    return _from_packages(problem) or Refusal(
        "failed",
        f"mine2magnet could not finish; this is a fault of the tool ({type(problem).__name__}: {problem}). "
        "Set MINE2MAGNET_DEBUG=1 and run again to see where.",
    )


def _usage(problem: BaseException) -> Refusal:
    assert isinstance(problem, click.ClickException)
    command = problem.ctx.command_path if isinstance(problem, click.UsageError) and problem.ctx else "mine2magnet"
    message = problem.format_message().rstrip(".")
    return Refusal("usage", f"{message}{'' if message.endswith('?') else '.'} See `{command} --help`.")


def _stopped(_problem: BaseException) -> Refusal:
    return Refusal("stopped", "stopped before any plan was found; nothing was written")


def _file(problem: BaseException) -> Refusal:
    assert isinstance(problem, OSError)
    return Refusal("failed", file_trouble(problem))


def _memory(_problem: BaseException) -> Refusal:
    return Refusal("failed", "there is not enough memory for this workbook: close other programs, or make it smaller")


_TRANSLATIONS: tuple[tuple[tuple[type[BaseException], ...], Callable[[BaseException], Refusal]], ...] = (
    ((click.ClickException,), _usage),
    ((KeyboardInterrupt, click.Abort), _stopped),
    ((OSError,), _file),
    ((MemoryError,), _memory),
)


def _from_packages(problem: BaseException) -> Refusal | None:
    """Our own exceptions, by the name of their class: their modules need not be loaded to recognise a stranger."""
    details = getattr(problem, "details", ())
    match type(problem).__name__:
        case "InvalidInput":
            faults = getattr(problem, "faults", ())
            return Refusal("invalid", count(len(faults), "fault") + " in the input; nothing was written", faults)
        case "Infeasible":
            return Refusal("infeasible", str(problem), details)
        case "NoPlanFound":
            return Refusal("stopped", str(problem), details)
        case "AuditFailed":
            return Refusal("audit", str(problem), details)
    return None


def count(n: int, noun: str) -> str:
    """
    >>> count(1, "fault"), count(1200, "fault")
    ('1 fault', '1,200 faults')
    """
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def file_trouble(problem: OSError) -> str:
    """What is wrong with a file, and the cure."""
    name = problem.filename2 or problem.filename
    where = f"{os.fsdecode(name)}" if isinstance(name, str | bytes) else "a file"
    if problem.errno in (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return f"the disk is full, {where} could not be written: make room, or write elsewhere with --out"
    if getattr(problem, "winerror", None) in (5, 32, 33) and where.lower().endswith((".xlsx", ".ods", ".csv")):
        return f"{where} is open in Excel: close it, or use --out"
    if problem.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"no permission for {where}: change its permissions, or write elsewhere with --out"
    if problem.errno == errno.ENOENT:
        return f"{where} is not there"
    return f"{where}: {problem.strerror or problem}"

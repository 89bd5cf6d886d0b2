"""The end of a command that cannot go on: its message on stderr or as JSON on stdout, and its exit status."""

import contextlib
import json
import os
import sys
import traceback
from collections.abc import Callable

import click

from models.errors import Mine2MagnetError
from optimizer.errors import Refusal, file_trouble
from optimizer.safe_text import clean


def refuse(problem: BaseException, *, as_json: bool) -> int:
    """Report a problem on stderr, or as `{"error": ...}` on stdout, and return the exit status."""
    refusal = as_refusal(problem)
    if os.environ.get("MINE2MAGNET_DEBUG") == "1":
        traceback.print_exception(problem)
    with contextlib.suppress(OSError):  # the terminal is closed too: only the exit status is left
        _report(refusal, as_json)
    return refusal.exit_status


def as_refusal(problem: BaseException) -> Mine2MagnetError:
    """Any exception as an error of our own, with a message for people."""
    if isinstance(problem, Mine2MagnetError):
        return problem
    for kinds, translate in _TRANSLATIONS:
        if isinstance(problem, kinds):
            return translate(problem)
    return Refusal(
        "failed",
        f"mine2magnet could not finish; this is a fault of the tool ({type(problem).__name__}: {problem}). "
        "Set MINE2MAGNET_DEBUG=1 and run again to see where.",
    )


def _report(refusal: Mine2MagnetError, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(refusal.as_json(), indent=2))
        sys.stdout.flush()
        return
    click.echo(clean(f"error: {refusal.message}"), err=True)
    if refusal.details:
        from optimizer.reports.diagnostics_text import grouped

        for line in grouped(refusal.details):
            click.echo(clean(f"  {line}"), err=True)
    if topic := manual_topic(refusal):
        click.echo(f"manual: mine2magnet guide {topic}", err=True)


def manual_topic(refusal: Mine2MagnetError) -> str:
    """The topic of the guide about an error: the column of the first fault, or the exit status; "" if there is none.

    >>> from models.faults import Diagnostic
    >>> faults = [Diagnostic(cell="projects!F7", column="capex_m", message="")]
    >>> manual_topic(Refusal("invalid", "1 fault", faults)), manual_topic(Refusal("infeasible", "")), manual_topic(Refusal("usage", ""))
    ('capex_m', 'exit-status-4', '')
    """
    if refusal.kind in ("infeasible", "stopped", "audit"):
        return f"exit-status-{refusal.exit_status}"
    if refusal.kind != "invalid" or not refusal.details:
        return ""
    from models.columns import columns
    from models.schema import SHEETS, Settings

    known = {c.field for sheet in (*SHEETS.values(), Settings) for c in columns(sheet)}
    return next((diagnostic.column for diagnostic in refusal.details if diagnostic.column in known), None) or "workbook"


def _usage(problem: BaseException) -> Refusal:
    assert isinstance(problem, click.ClickException)
    command = problem.ctx.command_path if isinstance(problem, click.UsageError) and problem.ctx else "mine2magnet"
    message = problem.format_message().rstrip(".")
    return Refusal("usage", f"{message}{'' if message.endswith('?') else '.'} See `{command} --help`.")


def _stopped(_problem: BaseException) -> Refusal:
    return Refusal("stopped", "stopped before any plan was found or any result was ready")


def _file(problem: BaseException) -> Refusal:
    assert isinstance(problem, OSError)
    return Refusal("failed", file_trouble(problem))


def _memory(_problem: BaseException) -> Refusal:
    return Refusal("failed", "not enough memory for this workbook: close other programs, or make the workbook smaller")


_TRANSLATIONS: tuple[tuple[tuple[type[BaseException], ...], Callable[[BaseException], Refusal]], ...] = (
    ((click.ClickException,), _usage),
    ((KeyboardInterrupt, click.Abort), _stopped),
    ((OSError,), _file),
    ((MemoryError,), _memory),
)

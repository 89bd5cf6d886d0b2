"""Ctrl-C, SIGTERM and SIGHUP: the work ends with the best result so far, which is never lost."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import TYPE_CHECKING, Any

from optimizer.solver.interrupts import ImmediateStop

if TYPE_CHECKING:
    from optimizer.cli.console import Screen

NAMES = {"SIGINT": "Ctrl-C", "SIGTERM": "SIGTERM", "SIGHUP": "SIGHUP", "SIGBREAK": "Ctrl-Break"}
"""Signals that end a command -> their usual names; those that this system lacks are left out."""


class Stop(ImmediateStop):
    """An event that is set when the work should end with the best result so far."""

    def __init__(self) -> None:
        super().__init__()
        self.cause = ""
        """Name of the first signal."""
        self.kept = False
        """Whether there is a result that no further signal may discard."""
        self.hurry = False
        """Whether a second signal came: files that can be made later are left out."""
        self.early = False
        """Whether a signal came before the work was complete."""

    def keep(self) -> None:
        """Mark that there is a result: no further signal ends the command."""
        self.kept = True

    def complete(self) -> None:
        """Mark that the work is complete: later signals change nothing."""
        self.kept = True
        self.early = self.is_set()

    def ask(self, number: int, _frame: FrameType | None = None) -> None:
        """Signal handler. Raises NoSolutionFound if it interrupts the build of a program, and KeyboardInterrupt at the second
        signal if there is no result to keep."""
        if self.is_set() and not self.kept:
            raise KeyboardInterrupt
        self.hurry = self.is_set()
        self.cause = self.cause or NAMES[signal.Signals(number).name]
        self.interrupt()


def numbers() -> list[int]:
    """The signals of this system that end a command. SIGHUP stays ignored under `nohup`."""
    known = [int(getattr(signal, name)) for name in NAMES if hasattr(signal, name)]
    return [n for n in known if not (n == getattr(signal, "SIGHUP", None) and signal.getsignal(n) == signal.SIG_IGN)]


@contextlib.contextmanager
def stoppable(screen: "Screen", result: str = "this is the best plan found until then") -> Iterator[Stop]:
    """Within this block the first signal ends the work with the best result so far; `result` is printed at the end.

    The second ends the command; if `keep` was called, the result is written first.
    """
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before: dict[int, Any] = {number: signal.signal(number, stop.ask) for number in numbers()}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if stop.early or (stop.is_set() and not stop.kept):
        screen.note(f"stopped by {stop.cause}: {result}")


def end_like_ctrl_c() -> None:
    """Make SIGTERM and SIGHUP end this process as Ctrl-C does: unfinished files are removed, and a message is printed."""
    for number in numbers():
        if number != signal.SIGINT:
            signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt

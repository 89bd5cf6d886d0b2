"""Ctrl-C, SIGTERM and SIGHUP: the work ends with the best that it has; a result in hand is never dropped."""

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
"""Signals that ask a command to end -> what people call them; those that this system lacks are left out."""


class Stop(ImmediateStop):
    """Set when the work is asked to end with what it has."""

    def __init__(self) -> None:
        super().__init__()
        self.cause = ""
        """The signal that asked first, in words."""
        self.kept = False
        """Whether there is a result that no further signal may drop."""
        self.hurry = False
        """Whether a second signal asked: what can be made later is left out."""
        self.early = False
        """Whether the work was asked to end before it was complete."""

    def keep(self) -> None:
        """From now on there is a result: no further signal ends the command."""
        self.kept = True

    def complete(self) -> None:
        """The work is done: whoever asks to end from now on gets all of it."""
        self.kept = True
        self.early = self.is_set()

    def ask(self, number: int, _frame: FrameType | None = None) -> None:
        """What a signal does. Raises NoSolutionFound where it interrupts the build of a program, and KeyboardInterrupt at the
        second signal, where there is no result to keep."""
        if self.is_set() and not self.kept:
            raise KeyboardInterrupt
        self.hurry = self.is_set()
        self.cause = self.cause or NAMES[signal.Signals(number).name]
        self.interrupt()


def numbers() -> list[int]:
    """The signals of this system that ask a command to end. `nohup` has SIGHUP ignored, and it stays so."""
    known = [int(getattr(signal, name)) for name in NAMES if hasattr(signal, name)]
    return [n for n in known if not (n == getattr(signal, "SIGHUP", None) and signal.getsignal(n) == signal.SIG_IGN)]


@contextlib.contextmanager
def stoppable(screen: "Screen", what: str = "this is the best plan found until then") -> Iterator[Stop]:
    """Meanwhile the first signal asks the work to end with what it has so far; `what` is said at the end.

    The second ends the command, unless `keep` was called: then the result is written first.
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
        screen.note(f"stopped by {stop.cause}: {what}")


def end_like_ctrl_c() -> None:
    """SIGTERM and SIGHUP end this process as Ctrl-C does: what it was making is removed, and its status is said."""
    for number in numbers():
        if number != signal.SIGINT:
            signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt

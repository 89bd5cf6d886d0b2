"""The signals that ask a command to end, the searches that they end, and the processes that work for it."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator

from optimizer.solver.no_solution import NoSolutionFound

_ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)]
"""Signals that a terminal sends to every process of a command. SIGTERM is not among them: a pool ends workers by it."""


class ImmediateStop(threading.Event):
    """An event that ends a search, and that can interrupt work which does not look at it.

    Only a signal handler may call `interrupt`: it runs in the main thread, and so in the work itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self._interrupts = False

    @contextlib.contextmanager
    def interrupting(self) -> Iterator[None]:
        """Within this block `interrupt` raises NoSolutionFound."""
        self._interrupts = True
        try:
            yield
        finally:
            self._interrupts = False

    def interrupt(self) -> None:
        """Sets the event. Raises NoSolutionFound within `interrupting`."""
        self.set()
        if self._interrupts:
            self._interrupts = False
            raise NoSolutionFound


@contextlib.contextmanager
def ends_when_set(stop: threading.Event | None) -> Iterator[None]:
    """Ends the block, which builds a program and so looks at no event, where `stop` is set: an `ImmediateStop` at once, any
    other event before the block begins or when it is done. Raises NoSolutionFound."""
    refuse_when_set(stop)
    with stop.interrupting() if isinstance(stop, ImmediateStop) else contextlib.nullcontext():
        yield
    refuse_when_set(stop)


def refuse_when_set(stop: threading.Event | None) -> None:
    """Raises NoSolutionFound where `stop` is set."""
    if stop is not None and stop.is_set():
        raise NoSolutionFound


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Signals to end do not reach processes that start meanwhile: one that was ended then would be waited for for ever."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def follow(parent: int) -> None:
    """What a worker does as it starts: it leaves signals to the process that asks it, and ends when that is gone."""
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            threading.Event().wait(1.0)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()

"""Signals that end a command, its searches and its worker processes."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator

from optimizer.solver.no_solution import NoSolutionFound

_ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)]
"""Signals that a terminal sends to every process of a command. SIGTERM is not among them, because a pool ends workers by it."""


class ImmediateStop(threading.Event):
    """An event that ends a search, and that can interrupt code which does not check it.

    Only a signal handler may call `interrupt`, because it runs in the main thread and thus within that code.
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
        """Set the event. Raises NoSolutionFound within `interrupting`."""
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
    """Raise NoSolutionFound if `stop` is set."""
    if stop is not None and stop.is_set():
        raise NoSolutionFound


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Block signals in processes that start within this block: the pool would wait for ever for one that ended then."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def follow(parent: int) -> None:
    """Start of a worker: it ignores signals, which its parent handles, and ends when its parent has ended."""
    for number in _ENDING:
        signal.signal(number, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            threading.Event().wait(1.0)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()

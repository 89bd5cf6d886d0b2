"""The signals that ask a command to end, and the processes that work for it."""

import contextlib
import os
import signal
import threading
from collections.abc import Iterator

_ENDING = [getattr(signal, name) for name in ("SIGINT", "SIGHUP") if hasattr(signal, name)]
"""Signals that a terminal sends to every process of a command. SIGTERM is not among them: a pool ends workers by it."""


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

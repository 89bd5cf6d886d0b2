"""Worker processes that answer the questions of one command.

They are spawned, end with their parent (`optimizer.solver.interrupts`), and are told over a pipe to stop: their solvers then
return the best result so far.
"""

import contextlib
import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.connection import wait as ended
from typing import Any, TypeVar

from optimizer.solver.interrupts import follow, undisturbed

STOP = threading.Event()
"""Set when the work of this process should end; running solves then return the best result so far."""
LOOK = 0.2
"""Seconds between two checks whether to stop."""
LEAVE = 10.0
"""Seconds that a worker which was told to end may take until it is killed. Those that end by themselves give back the
semaphores of the system; of those that are killed Python complains on the planner's screen."""
_T = TypeVar("_T")


class Processes:
    """`count` worker processes. Each calls `prepare(*arguments)` once, before its first question."""

    def __init__(self, count: int, prepare: Callable[..., None] | None = None, *arguments: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self._line: tuple[Connection, Connection] = context.Pipe(duplex=False)
        self._executor = ProcessPoolExecutor(
            count, mp_context=context, initializer=_begin, initargs=(os.getpid(), self._line[0], prepare, arguments)
        )

    def submit(self, function: Callable[..., _T], /, *arguments: Any) -> Future[_T]:
        """A question for the next free worker. The future raises BrokenProcessPool if a worker is lost."""
        with undisturbed():  # a worker may start now
            return self._executor.submit(function, *arguments)

    def stop(self) -> None:
        """Tells all workers to stop."""
        for connection in self._line:
            connection.close()

    def end(self) -> None:
        """Stop all workers, wait for them to end, and kill those that do not; they write no files."""
        processes = list((getattr(self._executor, "_processes", None) or {}).values())
        self.stop()
        with contextlib.suppress(Exception):
            self._executor.shutdown(wait=False, cancel_futures=True)
        late, end = {process.sentinel: process for process in processes}, time.monotonic() + LEAVE
        while late and time.monotonic() < end:
            for sentinel in ended(list(late), LOOK):
                del late[sentinel]
        for process in late.values():
            process.kill()


def _begin(parent: int, line: Connection, prepare: Callable[..., None] | None, arguments: tuple[Any, ...]) -> None:
    """Start of a worker: it ends with its parent, and sets STOP when the parent closes the pipe."""
    follow(parent)

    def watch() -> None:
        with contextlib.suppress(EOFError, OSError):
            line.recv()
        STOP.set()

    threading.Thread(target=watch, daemon=True).start()
    if prepare is not None:
        prepare(*arguments)

"""The questions of an explanation shared among processes: each loads the case once and answers whatever comes."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from typing import Any

from optimizer.analysis.explain.tasks import Asking, Reply, Task
from optimizer.errors import Refusal
from optimizer.solver.interrupts import follow, undisturbed

LOOK = 0.2
"""Seconds between two looks whether to stop."""
_here: list[Asking] = []
"""In a worker: what it asks."""


def replies(asking: Asking, tasks: Sequence[Task], workers: int, tell: Callable[[int], None]) -> Iterator[Reply]:
    """The replies in the order of the tasks; where it is stopped those that came until then."""
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    plain = replace(asking, stop=None)
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=_begin, initargs=(plain, stop, os.getpid())
    ) as pool:
        with undisturbed():
            futures = [pool.submit(_reply, task) for task in tasks]
        waiting: set[Future[Reply]] = set(futures)
        while waiting:
            tell(len(futures) - len(waiting))
            _, waiting = wait(waiting, LOOK, FIRST_COMPLETED)
            if asking.is_stopped:
                stop.set()
                break
        left = [f for f in futures if not f.cancel()]
        try:
            yield from (f.result() for f in left)
        except BrokenProcessPool:
            if asking.is_stopped:  # whoever ended the command ended its workers too
                return
            raise Refusal("failed", "a worker ended: is there enough memory? Try fewer with --workers") from None


def _begin(asking: Asking, stop: Any, parent: int) -> None:
    follow(parent)
    _here[:] = [replace(asking, stop=stop)]


def _reply(task: Task) -> Reply:
    asking = _here[0]
    return Reply(None, answered=False) if asking.is_stopped else asking.reply(task)

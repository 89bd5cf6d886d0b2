"""Worker processes for the questions of an explanation: each loads the case once."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

from optimizer.analysis.explain.tasks import ExplainContext, ExplainTask, Reply
from optimizer.analysis.processes import LOOK, STOP, Processes
from optimizer.errors import Refusal

_here: list[ExplainContext] = []
"""The context of the questions in a worker process."""


Replies = Callable[[Sequence[ExplainTask], Callable[[int], None]], Iterator[Reply]]
"""Asks tasks, tells the number of each before it, and gives their replies as they come; if stopped, those until then."""


@contextlib.contextmanager
def alone(context: ExplainContext) -> Iterator[Replies]:
    """Answer in this process, one task after another."""

    def replies(tasks: Sequence[ExplainTask], tell: Callable[[int], None]) -> Iterator[Reply]:
        for n, task in enumerate(tasks):
            if context.is_stopped:
                return
            tell(n)
            yield context.reply(task)

    yield replies


class Workers:
    """Asks in `count` processes; as a context it gives `Replies`. Raises Refusal where a worker is lost."""

    def __init__(self, context: ExplainContext, count: int) -> None:
        self._context = context
        self._processes = Processes(count, _prepare, replace(context, stop=None))

    def __enter__(self) -> Replies:
        return self._replies

    def __exit__(self, *_: object) -> None:
        self._processes.end()

    def _replies(self, tasks: Sequence[ExplainTask], tell: Callable[[int], None]) -> Iterator[Reply]:
        try:
            waiting = {self._processes.submit(_reply, task) for task in tasks}
            while waiting and not self._context.is_stopped:
                tell(len(tasks) - len(waiting))
                done, waiting = wait(waiting, LOOK, FIRST_COMPLETED)
                yield from (f.result() for f in done)
            if waiting:
                self._processes.stop()
                yield from (f.result() for f in [f for f in waiting if not f.cancel()])
        except BrokenProcessPool:
            if not self._context.is_stopped:  # a signal that ends the command may end its workers too
                raise Refusal("failed", "a worker ended: is there enough memory? Try fewer with --workers") from None


def _prepare(context: ExplainContext) -> None:
    _here[:] = [replace(context, stop=STOP)]


def _reply(task: ExplainTask) -> Reply:
    context = _here[0]
    return Reply(None, answered=False) if context.is_stopped else context.reply(task)

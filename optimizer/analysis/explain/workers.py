"""The questions of an explanation shared among processes: each loads the case once and answers whatever comes."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

from optimizer.analysis.explain.tasks import Asking, ExplainTask, Reply
from optimizer.analysis.processes import LOOK, STOP, Processes
from optimizer.errors import Refusal

_here: list[Asking] = []
"""In a worker: what it asks."""


def replies(asking: Asking, tasks: Sequence[ExplainTask], workers: int, tell: Callable[[int], None]) -> Iterator[Reply]:
    """The replies in the order of the tasks; if stopped, those that came until then."""
    processes = Processes(workers, _prepare, replace(asking, stop=None))
    try:
        futures = [processes.submit(_reply, task) for task in tasks]
        waiting: set[Future[Reply]] = set(futures)
        while waiting:
            tell(len(futures) - len(waiting))
            _, waiting = wait(waiting, LOOK, FIRST_COMPLETED)
            if asking.is_stopped:
                processes.stop()
                break
        yield from (f.result() for f in [f for f in futures if not f.cancel()])
    except BrokenProcessPool:
        if not asking.is_stopped:  # a signal that ends the command may end its workers too
            raise Refusal("failed", "a worker ended: is there enough memory? Try fewer with --workers") from None
    finally:
        processes.end()


def _prepare(asking: Asking) -> None:
    _here[:] = [replace(asking, stop=STOP)]


def _reply(task: ExplainTask) -> Reply:
    asking = _here[0]
    return Reply(None, answered=False) if asking.is_stopped else asking.reply(task)

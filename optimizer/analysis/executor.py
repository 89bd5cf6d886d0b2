"""Executors of tasks: this process, worker processes of this machine, or a Dask cluster.

All three are a `concurrent.futures.Executor`, so that there is one code path. A task is a pure function of its arguments, so
that one that is lost with its worker is submitted again.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from math import inf
from typing import Any, Protocol, cast

from optimizer.analysis.processes import LOOK, STOP, Processes
from optimizer.errors import Refusal

ATTEMPTS = 5
"""Restarts of a pool after a lost worker."""
GRACE = 60.0
"""Seconds by which a worker may exceed its time limit before it is given up."""

Answer = dict[str, Any]
"""Result of a task as plain data."""


class Task(Protocol):
    """A pure function with its arguments: a frozen dataclass that a process can be sent."""

    @property
    def seconds(self) -> float:
        """Its time limit."""

    def answered(self) -> Answer:
        """The answer, in any process."""


Allot = Callable[[int], float]
"""(number of waiting tasks) -> seconds for the next one, called when it starts. No task starts after it returns 0."""


class InProcess(Executor):
    """Answers in this process, one task at a time."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as problem:
            future.set_exception(problem)
            if not isinstance(problem, Exception):
                raise
        return future


class Pool:
    """Answers rounds of tasks; `workers` processes here, or the workers of `scheduler`."""

    def __init__(self, workers: int = 1, scheduler: str | None = None, stop: threading.Event | None = None) -> None:
        self.workers = workers
        self.scheduler = scheduler
        self.stop = stop or threading.Event()
        self._executor: Executor | Processes | None = None
        self._client: Any = None

    def __enter__(self) -> "Pool":
        STOP.clear()
        self._begin()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _begin(self) -> None:
        if self.scheduler is not None:
            self._client = _client(self.scheduler)
            self._executor = self._client.get_executor(pure=False, retries=ATTEMPTS)
        elif self.workers > 1:
            self._executor = Processes(self.workers)
        else:
            self._executor = InProcess()

    def _end(self) -> None:
        if isinstance(self._executor, Processes):
            self._executor.end()
        elif self._executor is not None:
            with contextlib.suppress(Exception):
                self._executor.shutdown(wait=False, cancel_futures=True)
        if self._client is not None:
            self._client.close()
        self._executor = self._client = None

    @property
    def width(self) -> int:
        """Number of tasks that run at the same time."""
        if self._client is not None:
            return max(1, sum(int(n) for n in self._client.nthreads().values()))
        return self.workers

    def answers(self, tasks: Sequence[Task], allot: Allot = lambda _: inf) -> Iterator[tuple[int, Answer]]:
        """(number of the task, its answer) as they come. Ends early when stopped, or when no time is left."""
        left = dict(enumerate(tasks))
        for _ in range(ATTEMPTS):
            try:
                for n, answer in self._round(left, allot):
                    del left[n]
                    yield n, answer
                return
            except BrokenProcessPool:  # a worker was killed: those that are left are asked again
                self._end()
                self._begin()
        raise Refusal("failed", "the workers end again and again: is there enough memory? Try fewer with --workers")

    def _round(self, left: dict[int, Task], allot: Allot) -> Iterator[tuple[int, Answer]]:
        waiting, running = sorted(left), dict[Future[Answer], int]()
        late = 0.0
        while (waiting or running) and late < GRACE:
            while waiting and len(running) < self.width and not self.stop.is_set():
                if (seconds := allot(len(waiting))) <= 0:
                    waiting = []
                    break
                n = waiting.pop(0)
                running[self._submit(replace(cast("Any", left[n]), seconds=seconds))] = n
            done, _ = wait(running, LOOK, FIRST_COMPLETED)
            for future in sorted(done, key=lambda f: running[f]):
                yield running.pop(future), future.result()
            late = late + LOOK if running and not done and allot(1) <= 0 else 0.0
            if self.stop.is_set() or not (waiting or running):
                break
        for future in running:
            future.cancel()

    def _submit(self, task: Task) -> Future[Answer]:
        assert self._executor is not None
        if not isinstance(self._executor, InProcess):
            return self._executor.submit(_answered, task)
        with _passing_on(self.stop):
            return self._executor.submit(_answered, task)


def _answered(task: Task) -> Answer:
    return task.answered()


@contextlib.contextmanager
def _passing_on(stop: threading.Event) -> Iterator[None]:
    """Meanwhile a wish to stop reaches the solver of this process."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(LOOK):
            if stop.is_set():
                STOP.set()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _client(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError as missing:
        raise Refusal(
            "usage",
            "--scheduler needs the extra `cluster`: pip install 'mine2magnet[cluster]', here and on the workers",
        ) from missing
    try:
        return Client(address, timeout="15s", set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as problem:
        raise Refusal("failed", f"no scheduler answers at {address}: {problem}") from problem

"""Ends a process at each of its steps on the disk: at every rename, flush, link, removal and new folder.

A small process forks the processes that end: a fork of the process of the tests copies the tables of all its memory.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

STEPS = ("rename", "replace", "fsync", "unlink", "rmdir", "mkdir", "link", "chmod")
"""Functions of `os` that change what a folder holds, or flush it; pathlib and shutil call them."""
KILLED, WHOLE = 9, 0
TESTS = Path(__file__).resolve().parents[1]


def steps_of(work: Callable[[], Any]) -> int:
    """How many steps the work takes, in a process of its own. The work must be one that can be pickled."""
    status, steps = _asked(None, None, work)
    assert status == WHOLE
    return steps


def killed_at(step: int, work: Callable[[], Any], *, error: int | None = None) -> int:
    """Does the work in a process that ends before its step, or whose step fails with `error`; its exit status."""
    return _asked(step, error, work)[0]


def _asked(step: int | None, error: int | None, work: Callable[[], Any]) -> tuple[int, int]:
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    pickle.dump((Path.cwd(), step, error, work), server.stdin)
    server.stdin.flush()
    status, steps = pickle.load(server.stdout)
    return status, steps


@cache
def _server() -> "subprocess.Popen[bytes]":
    """The small process, which ends with the process of the tests: its input ends then."""
    command = [sys.executable, "-c", "from support.kills import serve; serve()"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join((str(TESTS.parent), str(TESTS)))}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env)


def serve() -> None:
    """Forks a process for each work that comes in, and answers its exit status and the steps that it took to the end."""
    import filelock  # noqa: F401 - once here, and not in each process that takes a lock

    os.fsync = _nothing  # as in the process of the tests
    while True:
        try:
            here, step, error, work = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        os.chdir(here)
        pickle.dump(_ended(step, error, work), sys.stdout.buffer)
        sys.stdout.flush()


def _nothing(handle: int) -> None:
    """In place of `os.fsync`: a flush to the disk is for a power cut."""


def _ended(step: int | None, error: int | None, work: Callable[[], Any]) -> tuple[int, int]:
    end, other = os.pipe()
    if (child := os.fork()) == 0:
        count = fail_at(step, error)
        try:
            work()
        except BaseException:  # what a caller would tell the planner
            os._exit(1)
        os.write(other, str(count[0]).encode())
        os._exit(WHOLE)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(other)
    with os.fdopen(end, "rb") as stream:
        return status, int(stream.read() or b"0")


def fail_at(step: int | None, error: int | None = None) -> list[int]:
    """From now on this process ends before its step on the disk, or the step fails with `error`; returns a counter."""
    from optimizer.plan_folder import replacement

    count = [0]

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            count[0] += 1
            if count[0] == step:
                if error is None:
                    os._exit(KILLED)
                raise OSError(error, os.strerror(error))
            return function(*arguments, **options)

        return call

    for name in STEPS:
        setattr(os, name, counted(getattr(os, name)))
    replacement._exchange = counted(replacement._exchange)
    return count


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but hidden ones, with its content."""
    if not folder.exists():
        return {}
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    }


assert sys.platform != "win32", "this helper forks"

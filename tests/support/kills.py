"""Ends a process at each of its steps on the disk: at every rename, flush, link, removal and new folder."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

STEPS = ("rename", "replace", "fsync", "unlink", "rmdir", "mkdir", "link", "chmod")
"""Functions of `os` that change what a folder holds, or flush it; pathlib and shutil call them."""
KILLED, WHOLE = 9, 0


def steps_of(work: Callable[[], Any]) -> int:
    """How many steps the work takes, in a process of its own."""
    end, other = os.pipe()
    if (child := os.fork()) == 0:
        count = fail_at(None)
        work()
        os.write(other, str(count[0]).encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(other)
    with os.fdopen(end, "rb") as stream:
        return int(stream.read())


def killed_at(step: int, work: Callable[[], Any], *, error: int | None = None) -> int:
    """Does the work in a process that ends before its step, or whose step fails with `error`; its exit status."""
    if (child := os.fork()) == 0:
        fail_at(step, error)
        try:
            work()
        except BaseException:  # what a caller would tell the planner
            os._exit(1)
        os._exit(WHOLE)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


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

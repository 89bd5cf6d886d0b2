"""Locks between processes: one writer of a folder at a time, and none that outlives its process.

A lock is a hidden file that the operating system locks for the process; it is released when the process ends, however
it ends. The file is removed with the lock, so that nothing stays beside the planner's files.
"""

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path

_POLL = 0.02
"""Seconds between two attempts to take a lock."""
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP}
"""Errors of file systems without locks, as some network shares are: the work continues without them."""


class Busy(Exception):
    """Another process holds the lock."""


@contextlib.contextmanager
def exclusive(path: Path, seconds: float = 0.0) -> Iterator[None]:
    """Holds the lock file `path`, and waits up to `seconds` for it.

    Raises Busy where another process, or another thread of this one, still holds it, and OSError where the lock file
    cannot be made.
    """
    handle = _taken(path, time.monotonic() + seconds)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):  # first the name, then the lock: nobody takes a lock that has no name
            path.unlink(missing_ok=True)
        os.close(handle)
        if os.name == "nt":
            with contextlib.suppress(OSError):  # Windows removes no file that is open
                path.unlink(missing_ok=True)


def _taken(path: Path, end: float) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        try:
            if _locked(handle) and _is_named(handle, path):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
        if time.monotonic() >= end:
            raise Busy(str(path))
        time.sleep(_POLL)


def _locked(handle: int) -> bool:
    from filelock import lock_descriptor  # waits until something is written

    try:
        return lock_descriptor(handle, blocking=False)
    except OSError as problem:
        if problem.errno in _NO_LOCKS:
            return True
        raise


def _is_named(handle: int, path: Path) -> bool:
    """Whether the locked file still has its name: its last holder may have removed it meanwhile."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat(follow_symlinks=False))
    except FileNotFoundError:
        return False

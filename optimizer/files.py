"""Atomic writing of files and folders: whole or not at all."""

import contextlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from optimizer.errors import Refusal
from optimizer.locks import Busy, exclusive
from optimizer.safe_text import json_text

PREFIX = ".mine2magnet-"
"""Prefix of the hidden names of files and folders that are being written."""
LOCK = ".mine2magnet.lock"
"""Lock file of the process that writes into a folder."""
WAIT = 60.0
"""Seconds to wait for another process that writes into the same folder; this takes less than one second."""


def json_bytes(value: Any) -> bytes:
    """JSON as in all our files and with `--json`: UTF-8, two spaces, a newline at the end."""
    return (json_text(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)) + "\n").encode()


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary name in the folder of `path`; the file gets the name `path` in one step when the block succeeds.

    If the block fails, nothing is left behind and the file that stood at `path` stays. Raises OSError, and Refusal
    where another process does not let go of the folder.
    """
    folder = path.absolute().parent
    with making(folder):
        handle, name = tempfile.mkstemp(prefix=PREFIX, suffix=path.suffix, dir=folder)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            _settle(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write one file whole or not at all, and make the folders above it. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as temporary:
        temporary.write_bytes(content)


def _settle(temporary: Path, path: Path) -> None:
    with temporary.open("rb+") as stream:
        os.fsync(stream.fileno())
    temporary.chmod(0o666 & ~umask())  # a temporary file is private, a workbook is not
    temporary.replace(path)
    sync_folder(path.absolute().parent)


@contextlib.contextmanager
def making(folder: Path) -> Iterator[None]:
    """Within this block only this process writes hidden files in `folder`; those that killed processes left are removed.

    Raises Refusal where another process holds the folder for longer than `WAIT`, and OSError.
    """
    try:
        with exclusive(folder / LOCK, WAIT):
            remove_leftovers(folder)
            yield
    except Busy as busy:
        raise Refusal(
            "failed", f"another mine2magnet does not finish writing in {folder}: end it, then run again"
        ) from busy
    except OSError as problem:
        if problem.filename == str(folder / LOCK):
            problem.filename = str(folder)  # name the folder, not its lock file
        raise


def remove_leftovers(folder: Path) -> None:
    """Remove the unfinished files of killed processes in `folder`. The caller holds the folder by `making`."""
    for path in folder.glob(f"{PREFIX}*"):
        if path.suffix == ".lock":
            with contextlib.suppress(Busy, OSError), exclusive(path):
                pass  # nobody held it: leaving it removes it
        elif path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with contextlib.suppress(OSError):
                path.unlink()


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, if the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some network shares cannot
            os.fsync(handle)
    finally:
        os.close(handle)


def umask() -> int:
    """The permissions that new files of this process lack."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def is_regular(path: Path) -> bool:
    """Whether a path is a regular file: no link, device, pipe or socket, which could block or lead elsewhere."""
    try:
        return stat.S_ISREG(path.stat(follow_symlinks=False).st_mode)
    except (OSError, ValueError):
        return False

"""Checks of the files that a manifest names: inside the folder, regular files, and unchanged."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from optimizer.errors import Refusal
from optimizer.files import is_regular

MANIFEST = "manifest.json"
"""The record of a run; a folder without it is not finished."""
MOST_BYTES = 2**30
"""Largest file of a plan folder that is read."""


def sha256(data: bytes) -> str:
    """Hexadecimal digest."""
    return hashlib.sha256(data).hexdigest()


def is_inside(name: str) -> bool:
    """Whether a name stays inside its folder. A manifest is data and may come from anywhere.

    >>> is_inside("book/projects.csv"), is_inside("../book.xlsx"), is_inside("/etc/passwd"), is_inside("")
    (True, False, False, False)
    """
    if "\0" in name or (os.name == "nt" and (":" in name or PureWindowsPath(name).is_reserved())):
        return False
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return bool(parts) and not Path(name).is_absolute() and not name.startswith(("/", "\\")) and ".." not in parts


class Unfit(Exception):
    """A file of a folder is not as it should be. The message follows the file's name."""


def read_inside(folder: Path, name: str) -> bytes:
    """The content of a file of a plan folder.

    Raises Unfit for a name that leads out of the folder, a link, a device, a pipe and a giant, and OSError.
    """
    path = folder / name
    if not is_inside(name):
        raise Unfit("is missing")  # a name outside the folder
    for part in (path, *path.parents):
        if part == folder:
            break
        if part.is_symlink():
            raise Unfit("is a link")
    if not path.exists():
        raise Unfit("is missing")
    if not is_regular(path):
        raise Unfit("is not a regular file")
    if path.stat().st_size > MOST_BYTES:
        raise Unfit(f"is larger than {MOST_BYTES // 2**20} MB, the most that is read")
    return path.read_bytes()


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder, with `files`: name -> digest. Refuses a folder without one, and a damaged one."""
    if not os.path.lexists(folder / MANIFEST):
        raise Refusal("invalid", f"{folder} has no {MANIFEST}: its run did not finish; solve the workbook again")
    try:
        manifest = json.loads(read_inside(folder, MANIFEST))
    except Unfit as problem:
        raise Refusal("invalid", f"{folder / MANIFEST} {problem}{_CURE}") from problem
    except (ValueError, RecursionError):
        manifest = None
    files = manifest.get("files") if isinstance(manifest, dict) else None
    if not isinstance(files, dict) or not all(isinstance(digest, str) for digest in files.values()):
        raise Refusal("invalid", f"{folder / MANIFEST} is damaged or of another version: it cannot be read")
    return dict(manifest)


def read_recorded(folder: Path, files: Mapping[str, str]) -> dict[str, bytes]:
    """The content of every file that a manifest names. Refuses the first that is missing or was changed."""
    contents = {}
    for name, digest in files.items():
        try:
            contents[name] = _checked(folder, name, digest)
        except Unfit as problem:
            cure = _REPORT if name in REMADE else _CURE
            raise Refusal("invalid", f"{folder / name} {problem}{cure}") from problem
    return contents


def problems(folder: Path, files: Mapping[str, str]) -> Iterator[str]:
    """Faults of the files that a manifest names, one sentence each; none if every digest fits."""
    for name, digest in files.items():
        try:
            _checked(folder, name, digest)
        except Unfit as problem:
            yield f"{name} {problem}"
        except OSError as problem:
            yield f"{name} cannot be read: {problem.strerror}"


def _checked(folder: Path, name: str, digest: str) -> bytes:
    data = read_inside(folder, name)
    if sha256(data) != digest:
        raise Unfit("was changed after the plan was made")
    return data


REMADE = ("plan.xlsx", "report.html")
"""Files that can be made again from the others."""
_CURE = ": use a complete copy of the folder, or solve the workbook again"
_REPORT = ": `mine2magnet report` on the folder makes it again, and keeps your copy under another name"

"""Atomic replacement of a folder's content: at every moment, and after a kill, it has the old content or the new.

New files are written and flushed to the disk in a hidden folder. A new folder then gets its name by one rename. An existing
folder is exchanged with the hidden one in one system call, if the system can exchange two names and the folder holds files
only. Otherwise (a mount point, the current folder, Windows) the hidden folder inside it is renamed to `COMMIT`: from then on
the new content is valid, its files are moved to their places, the manifest last, and the next process that opens the folder
after a kill finishes the move first.
"""

import contextlib
import ctypes
import errno
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from optimizer.errors import Refusal
from optimizer.files import PREFIX, is_regular, json_bytes, making, sync_folder, umask
from optimizer.plan_folder.digests import MANIFEST, is_inside, read_manifest, sha256

COMMIT = ".mine2magnet.commit"
"""Hidden folder in a folder that is being changed: `new` holds its content, `gone.json` the names of files to remove."""
_EXCHANGE = 2
"""RENAME_EXCHANGE of renameat2(2)."""
_HERE = -100
"""AT_FDCWD of renameat2(2)."""


def recorded(folder: Path) -> dict[str, str]:
    """The files that the folder's own manifest names, with their digests; empty without a sound manifest."""
    try:
        return {name: digest for name, digest in read_manifest(folder)["files"].items() if is_inside(name)}
    except (Refusal, OSError):
        return {}


@contextlib.contextmanager
def staged(parent: Path, files: Mapping[str, bytes]) -> Iterator[Path]:
    """A hidden folder in `parent` with these files, on the disk; removed at the end unless it was renamed."""
    staging = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    try:
        fill(staging, files)
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def fill(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files into a new folder, and flush them to the disk. An OSError names the file, not the hidden folder."""
    folder.chmod(0o777 & ~umask())
    for name, data in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as problem:
            problem.filename = name
            raise
    for inner in {(folder / name).parent for name in files} | {folder}:
        sync_folder(inner)


def replace(folder: Path, files: Mapping[str, bytes]) -> None:
    """Replace the content of an existing folder in one step.

    Files that the old manifest names and the new content lacks are removed, unless somebody changed them; all other files
    stay. Raises OSError, and Refusal for a link or device in the way.
    """
    folder = folder.resolve(strict=True)
    recover(folder)
    refuse_links(folder)
    old = recorded(folder)
    if old:
        old[MANIFEST] = sha256((folder / MANIFEST).read_bytes())
    gone = {name: digest for name, digest in old.items() if name not in files}
    kept = [name for name in names_in(folder) if name not in files and not is_as_recorded(folder, name, gone)]
    if not (_may_be_exchanged(folder, kept) and _exchanged(folder, files, kept)):
        _committed(folder, files, gone)


def names_in(folder: Path) -> list[str]:
    """Every file below a folder, by its name from there; empty folders as such. Links are not followed."""
    paths = []
    for place, folders, files in os.walk(folder):
        here = Path(place).relative_to(folder)
        paths += [(here / name).as_posix() for name in files]
        paths += [(here / name).as_posix() for name in folders if (Path(place) / name).is_symlink()]
        if not folders and not files and place != str(folder):
            paths.append(here.as_posix())
    return sorted(paths)


def refuse_links(folder: Path) -> None:
    """Refuse a folder that holds a link, device, pipe or socket, because writing into it could write elsewhere."""
    for entry in sorted(folder.iterdir()):
        if entry.is_symlink() or not (entry.is_dir() or is_regular(entry)):
            raise Refusal(
                "usage", f"{entry} is a link or no regular file: remove it, or name another folder with --out"
            )
        if entry.is_dir() and any(path.is_symlink() for path in entry.iterdir()):
            raise Refusal("usage", f"{entry} holds a link: remove it, or name another folder with --out")


def is_as_recorded(folder: Path, name: str, digests: Mapping[str, str]) -> bool:
    """Whether a file has the digest that is recorded of it."""
    path = folder / name
    return name in digests and is_regular(path) and sha256(path.read_bytes()) == digests[name]


# -- by one exchange of names ----------------------------------------------------------------------------------------


def _may_be_exchanged(folder: Path, kept: list[str]) -> bool:
    """Whether the folder can be exchanged: it is not the current folder, and all that stays are files at its top."""
    return (
        sys.platform == "linux"
        and not os.path.ismount(folder)
        and not Path.cwd().is_relative_to(folder)
        and os.access(folder.parent, os.W_OK | os.X_OK)
        and all("/" not in name and is_regular(folder / name) for name in kept)
    )


def _exchanged(folder: Path, files: Mapping[str, bytes], kept: list[str]) -> bool:
    """Exchange a new folder with the old one; False if the file system cannot."""
    with making(folder.parent), staged(folder.parent, files) as staging:
        try:
            for name in kept:
                os.link(folder / name, staging / name)
            shutil.copymode(folder, staging)
            _exchange(staging, folder)
        except OSError as problem:
            if problem.errno == errno.ENOSPC:
                raise
            return False
        sync_folder(folder.parent)
    return True


def _exchange(one: Path, other: Path) -> None:
    """Exchange two names in one step, see renameat2(2). Raises OSError if the system cannot."""
    function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if function is None:
        raise OSError(errno.ENOSYS, "renameat2 is not there")
    if function(_HERE, os.fsencode(one), _HERE, os.fsencode(other), ctypes.c_uint(_EXCHANGE)) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(other))


# -- by a commit that is carried out ---------------------------------------------------------------------------------


def _committed(folder: Path, files: Mapping[str, bytes], gone: Mapping[str, str]) -> None:
    content = {f"new/{name}": data for name, data in files.items()}
    with making(folder):
        with staged(folder, {**content, "gone.json": json_bytes(dict(gone))}) as staging:
            staging.rename(folder / COMMIT)
            sync_folder(folder)
        _carry_out(folder)


def recover(folder: Path) -> None:
    """Finish the replacement that a killed process had committed. Does nothing in a folder without `COMMIT`.

    Raises Refusal where the folder cannot be written, and for a commit that holds links.
    """
    if not os.path.lexists(folder / COMMIT):
        return
    try:
        with making(folder):
            if os.path.lexists(folder / COMMIT):
                _carry_out(folder)
    except PermissionError as problem:
        message = f"{folder} was being changed when its run was ended: make it writable, then run again to finish"
        raise Refusal("failed", message) from problem


def _carry_out(folder: Path) -> None:
    """Move the files of a commit to their places, the manifest last. Can be repeated from any point."""
    commit = folder / COMMIT
    new = commit / "new"
    names = _names_of(commit, new)
    if MANIFEST in names:
        (folder / MANIFEST).unlink(missing_ok=True)
    for name in [n for n in names if n != MANIFEST]:
        _move(new, folder, name)
    for name, digest in json.loads((commit / "gone.json").read_bytes()).items():
        if is_inside(name) and is_as_recorded(folder, name, {name: digest}):
            (folder / name).unlink()
            _remove_empty((folder / name).parent, folder)
    if MANIFEST in names:
        _move(new, folder, MANIFEST)
    sync_folder(folder)
    done = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder)) / "done"
    commit.rename(done)  # in one step, because half of a removed commit looks like a folder of other origin
    shutil.rmtree(done.parent, ignore_errors=True)


def _names_of(commit: Path, new: Path) -> list[str]:
    """The files of a commit. Refuses one with links, which this program never makes."""
    if commit.is_symlink() or new.is_symlink() or not is_regular(commit / "gone.json"):
        raise Refusal("invalid", f"{commit} was not made by mine2magnet: remove it")
    names = [name for name in names_in(new) if not (new / name).is_dir() or (new / name).is_symlink()]
    if any(not is_regular(new / name) for name in names):
        raise Refusal("invalid", f"{commit} was not made by mine2magnet: remove it")
    return names


def _move(new: Path, folder: Path, name: str) -> None:
    place = folder / name
    if place.parent != folder:
        if place.parent.is_symlink():
            raise Refusal("invalid", f"{place.parent} is a link: remove it, then run again")
        place.parent.mkdir(parents=True, exist_ok=True)
    (new / name).replace(place)
    sync_folder(place.parent)


def _remove_empty(place: Path, folder: Path) -> None:
    if place != folder:
        with contextlib.suppress(OSError):
            place.rmdir()

"""Destinations of output, which are checked before any work and never are an input.

`output_path` decides about a single file, `figure_folder` about a folder of pictures, `destination` and `claimed` about
a folder with a run's results.
"""

import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from optimizer.errors import Refusal
from optimizer.files import PREFIX, is_regular
from optimizer.locks import Busy, exclusive
from optimizer.plan_folder.digests import MANIFEST
from optimizer.plan_folder.manifest import OUR_NAMES
from optimizer.plan_folder.replacement import COMMIT, recorded, recover, refuse_links
from optimizer.safe_text import file_name

OUTPUTS = Path("outputs")
"""Folder of plan folders without `--out`, below the current folder."""


# -- one file --------------------------------------------------------------------------------------------------------


def output_path(out: Path, inputs: Sequence[Path], *, force: bool) -> Path:
    """The file to write, checked before any work; an input is never replaced, not even with `force`.

    `inputs`: the workbooks and plan folders that the command reads. A file of any plan folder counts as an input too.
    Refuses a folder, a link, a device, an existing file unless `force`, and a place that cannot be written.
    """
    if out.is_dir():
        raise Refusal("usage", f"{out} is a folder: name a file")
    if os.path.lexists(out) and not is_regular(out):
        raise Refusal("usage", f"{out} is a link, a pipe or a device: name a regular file")
    _refuse_input(out, inputs)
    if out.exists() and not force:
        raise Refusal("usage", f"{out} exists: name another file, or add --force")
    probe(out.absolute().parent)
    if out.exists() and not os.access(out, os.W_OK):
        raise PermissionError(13, "Permission denied", str(out))
    return out


def _refuse_input(out: Path, inputs: Sequence[Path]) -> None:
    place = out.resolve()
    for given in inputs:
        if _same(out, given):
            raise Refusal("usage", f"{out} is the input itself: name another file")
        if (
            _holds_sheets(given)
            and place.parent == given.resolve()
            and (out.exists() or place.suffix.lower() == ".csv")
        ):
            raise Refusal("usage", f"{out} is in the input folder {given}: name a file elsewhere")
    for folder in place.parents:
        name = place.relative_to(folder).as_posix()
        if (folder / MANIFEST).is_file() and (name in OUR_NAMES or name in recorded(folder)):
            raise Refusal("usage", f"{out} is a file of the plan folder {folder.name}: name a file elsewhere")


def _holds_sheets(given: Path) -> bool:
    """Whether an input is a folder of csv files. A file of a plan folder is an input only if its manifest names it."""
    return given.is_dir() and not (given / MANIFEST).exists()


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def figure_folder(folder: Path, inputs: Sequence[Path], *, force: bool, out: Path | None = None) -> Path:
    """The folder for pictures, checked before any work.

    `out`: the plan folder that the command will write. Refuses an input folder, a plan folder, a folder inside one (its
    manifest records every file, so `verify` would find the pictures), and one that holds pictures already unless `force`.
    """
    if os.path.lexists(folder) and not folder.is_dir():
        raise Refusal("usage", f"{folder} is not a folder: name another with --figures")
    if any(given.is_dir() and _same(folder, given) for given in inputs) or (folder / MANIFEST).exists():
        raise Refusal("usage", f"{folder} is an input or a plan folder: name another folder with --figures")
    if (plan := _plan_folder_around(folder, out)) is not None:
        raise Refusal("usage", f"{folder} is in the plan folder {plan}: name a folder elsewhere with --figures")
    pictures = [p for p in (folder.iterdir() if folder.is_dir() else ()) if p.suffix.lower() in (".png", ".svg")]
    if pictures and not force:
        raise Refusal("usage", f"{folder} holds pictures already: name another folder with --figures, or add --force")
    if any(not is_regular(path) for path in pictures):
        raise Refusal("usage", f"{folder} holds a picture that is a link: name another folder with --figures")
    probe(folder)
    return folder


def _plan_folder_around(folder: Path, out: Path | None) -> Path | None:
    """The plan folder, existing or to be made at `out`, that a folder is or is inside of."""
    place = folder.resolve()
    if out is not None and place.is_relative_to(out.resolve()):
        return out
    return next((above for above in place.parents if recorded(above)), None)


# -- one folder ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Destination:
    """The folder that a run will write, checked before anything is solved."""

    folder: Path | None
    """The requested folder; None: the next number below `outputs/`."""
    stem: str


def destination(out: Path | None, force: bool, workbook: Path) -> Destination:
    """The destination. Refuses a file, a folder that is not empty (unless forced), the input, and unwritable places."""
    place = OUTPUTS if out is None else out
    if os.path.lexists(place) and not place.is_dir():
        raise Refusal("usage", f"{place} is a file, not a folder: name another with --out")
    if out is not None and out.is_dir():
        _check_existing(out, force, workbook)
    above = next(p for p in (place.absolute(), *place.absolute().parents) if os.path.lexists(p))
    if not above.is_dir():
        raise Refusal("usage", f"{above} is a file, so {place} cannot be made: name another folder with --out")
    probe(place.absolute())
    name = workbook.absolute().resolve()
    return Destination(out, file_name(name.name if workbook.is_dir() else name.stem))


def _check_existing(out: Path, force: bool, workbook: Path) -> None:
    recover(out)
    taken = sorted(p.name for p in out.iterdir() if not (p.name.startswith(PREFIX) or p.name == COMMIT))
    if taken and not force:
        raise Refusal("usage", f"{out} is not empty: name another folder, or add --force to replace the plan in it")
    refuse_links(out)
    if _same(out, workbook) or _same(out, workbook.absolute().parent):
        raise Refusal("usage", f"{out} holds the workbook {workbook}, which is never replaced: name another folder")


def probe(folder: Path) -> None:
    """Write a hidden file at the destination to test it, and remove it with every folder that was made for it.

    Raises OSError, which names the folder, if output cannot be written.
    """
    try:
        with made_folders(folder):
            handle, name = tempfile.mkstemp(prefix=PREFIX, dir=folder)
            os.close(handle)
            Path(name).unlink()
    except OSError as problem:
        problem.filename, problem.filename2 = str(folder), None
        raise


@contextlib.contextmanager
def made_folders(folder: Path) -> Iterator[None]:
    """Make the folder and those above it within this block; those that were made and stay empty are removed."""
    missing = [p for p in (folder, *folder.parents) if not p.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    finally:
        for path in missing:
            with contextlib.suppress(OSError):
                path.rmdir()


@contextlib.contextmanager
def claimed(to: Destination, *, force: bool = True) -> Iterator[None]:
    """Claim this destination within this block, so that no other process writes to it; a numbered folder needs no claim.

    Refuses a folder that another process is writing to, and one that was filled since it was checked (unless `force`).
    """
    if to.folder is None:
        yield
        return
    folder = to.folder.resolve()
    beside = not folder.is_dir() or os.access(folder.parent, os.W_OK | os.X_OK)
    lock = folder.parent / f"{PREFIX}{folder.name[:100]}.lock" if beside else folder / f"{PREFIX}folder.lock"
    with made_folders(folder.parent):
        try:
            with exclusive(lock):
                if not force and folder.is_dir() and any(p.name != lock.name for p in folder.iterdir()):
                    raise Refusal("usage", f"{to.folder} is not empty: another run filled it; name another with --out")
                yield
        except Busy as busy:
            raise Refusal("usage", f"another run is writing to {to.folder}: name another folder with --out") from busy

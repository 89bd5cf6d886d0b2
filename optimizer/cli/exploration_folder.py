"""The folder of an exploration: it is made at the start, because it holds the journal, and claimed by one process."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from models.errors import Mine2MagnetError
from optimizer.errors import Refusal

_KEPT = ("failed", "stopped")
"""Kinds of error after which an exploration can be resumed."""
STEM = "frontier"
"""Follows the workbook's name in the name of a numbered folder."""


@contextlib.contextmanager
def exploration_folder(book: Path, out: Path | None, *, force: bool, resume: bool) -> Iterator[Path]:
    """The folder, claimed within this block; removed at the end if it stayed empty or the exploration was refused.

    An existing folder keeps its content. Refuses a folder that another process writes to, one that is not
    empty (unless `force` or `resume`), and with `resume` one without a journal.
    """
    from optimizer.analysis.journal import NAME
    from optimizer.plan_folder import destination as places

    to = places.destination(out, force or resume, book)
    folder, is_new = out, out is None or not out.exists()
    if resume:
        folder = _to_resume(book, out, to.stem)
    elif folder is None:
        folder = _numbered(f"{to.stem}-{STEM}")
    try:
        with places.claimed(places.Destination(folder, folder.name), force=force or resume or out is None):
            folder.mkdir(parents=True, exist_ok=True)
            yield folder
    except Mine2MagnetError as refusal:
        if is_new and not resume and refusal.kind not in _KEPT:
            (folder / NAME).unlink(missing_ok=True)
        raise
    finally:
        with contextlib.suppress(OSError):
            folder.rmdir()  # only where it is empty


def _to_resume(book: Path, out: Path | None, stem: str) -> Path:
    from optimizer.analysis.journal import NAME
    from optimizer.plan_folder.destination import OUTPUTS

    if out is None:
        known = [p for p in OUTPUTS.glob(f"{stem}-{STEM}-*") if (p / NAME).is_file() and _number(p) is not None]
        if not known:
            raise Refusal("usage", f"there is no exploration of {book} below outputs/ to resume")
        return max(known, key=lambda p: _number(p) or 0)
    if not (out / NAME).is_file():
        raise Refusal("usage", f"there is no exploration in {out} to resume: leave --resume out")
    return out


def _number(folder: Path) -> int | None:
    match = re.search(r"-(\d{1,9})$", folder.name)
    return int(match[1]) if match else None


def _numbered(stem: str) -> Path:
    """A new folder below `outputs/`, made at once so that no other run takes its number."""
    from optimizer.files import making
    from optimizer.plan_folder.destination import OUTPUTS
    from optimizer.plan_folder.store import next_free

    OUTPUTS.mkdir(parents=True, exist_ok=True)
    with making(OUTPUTS):
        folder = next_free(OUTPUTS, stem)
        folder.mkdir()
    return folder

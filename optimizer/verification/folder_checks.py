"""Checks that a plan folder and a frontier folder share: files, manifest, the workbook's copy, the case."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from models.case import Conversion
from models.faults import Diagnostic, InvalidInput
from optimizer.plan_folder.digests import problems
from optimizer.plan_folder.manifest import LANGUAGE, WorkbookBytes
from optimizer.safe_text import one_line
from optimizer.solver.options import NAMES as SOLVER
from optimizer.verification.json_differences import differences
from optimizer.verification.opened import Opened
from optimizer.version import RELEASES, __version__

SHOWN = 3
"""Differences named in the line of a failed check; the others are counted."""
SENTENCES = {"conversions": Conversion.sentence, "notices": Diagnostic.sentence}
"""Tables of a case whose rows hold a sentence, and the column of it."""
OF_FOLDER = frozenset({"files", "fingerprint", "added", LANGUAGE})
"""Entries of manifest.json that are about the folder; the rest stands in plan.json or frontier.json too."""
_CLUTTER = re.compile(r"\.DS_Store|Thumbs\.db|desktop\.ini|~\$.*|\.~lock\..*#|\.#.*|\.mine2magnet.*")
"""Files that operating systems, office programs and our own locks leave in a folder; they are ignored."""

_Folder_contra = TypeVar("_Folder_contra", bound=Opened, contravariant=True)


@dataclass(frozen=True)
class FolderCheck(Generic[_Folder_contra]):
    """One comparison of a folder with what it should hold."""

    name: str
    states: str
    """Statement that is true if the check finds nothing."""
    problems: Callable[[_Folder_contra], Iterator[str]]

    def line(self, folder: _Folder_contra) -> str:
        """The result of the check, in one line."""
        return line(self.name, self.states, list(self.problems(folder)))


def line(name: str, states: str, problems: list[str]) -> str:
    """One line of a report: what holds, or FAILED and the first problems."""
    if not problems:
        return f"{name}: {states}"
    more = f"; and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
    return f"FAILED {name}: {'; '.join(problems[:SHOWN])}{more}"


def digests(folder: Opened, required: tuple[str, ...]) -> Iterator[str]:
    """Every file has the digest that manifest.json records."""
    for name in required:
        if name not in folder.record.files:
            yield f"manifest.json records no digest of {name}"
    yield from map(one_line, problems(folder.path, folder.record.files))


def strangers(folder: Opened, known: frozenset[str], free: frozenset[str] = frozenset()) -> Iterator[str]:
    """The folder holds nothing but the files of a plan, and each of them is recorded but for those in `free`."""
    book = folder.record.workbook.name
    for name in folder.record.files:
        if name not in known and name != book and not name.startswith(f"{book}/"):
            yield f"manifest.json records {one_line(name)}, which is no file of a plan"
    for path in sorted(_inside(folder.path)):
        name = path.relative_to(folder.path).as_posix()
        if path.is_symlink():
            yield f"{one_line(name)} is a link"
        elif name not in folder.record.files and name != "manifest.json" and name not in free:
            yield f"{one_line(name)} is not recorded in manifest.json"


def _inside(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if _CLUTTER.fullmatch(path.name):
            continue
        if path.is_dir() and not path.is_symlink():
            yield from _inside(path)
        else:
            yield path


def manifest(folder: Opened, carried: dict[str, object], where: str, fingerprint: str) -> Iterator[str]:
    """plan.json or frontier.json carries the manifest of the folder, and the fingerprint is that of the result."""
    rest = {key: value for key, value in folder.manifest.items() if key not in OF_FOLDER}
    yield from (f"{where}: {problem}" for problem in differences(carried, rest, "manifest.json has"))
    if (stated := folder.manifest.get("fingerprint")) != fingerprint:
        yield f"manifest.json states the fingerprint {one_line(str(stated))}, the folder has {fingerprint}"


def version(folder: Opened) -> Iterator[str]:
    """The folder was made by a version of mine2magnet that exists."""
    release = folder.record.versions.get("mine2magnet", "")
    if release not in RELEASES:
        shown_release = one_line(release) or "none"
        yield f"manifest.json: made by mine2magnet {shown_release}, which {__version__} does not know: verify it with that version"


def copy(folder: Opened) -> Iterator[str]:
    """The copy of the workbook is the book that was solved."""
    source = WorkbookBytes.take(folder.copy)
    if (source.digest, source.size) != (folder.record.workbook.sha256, folder.record.workbook.size):
        yield f"{one_line(folder.copy.name)} is not the workbook that was solved"


def case(folder: Opened) -> Iterator[str]:
    """The workbook's copy, read again with the recorded changes, gives case.json."""
    again = folder.reread
    if isinstance(again, InvalidInput):
        faults = "; ".join(map(str, again.faults[:SHOWN]))
        yield f"{one_line(folder.copy.name)} cannot be read as a case: {faults}"
        return
    if again.name == f"workbook-{folder.case.name}":  # renamed as a copy, so that it replaces no file of the plan
        again = again.with_(name=folder.case.name)
    stated, true = (_comparable(folder, one.model_dump(mode="json")) for one in (folder.case, again))
    yield from differences(stated, true, "the workbook gives")


def record(folder: Opened) -> Iterator[str]:
    """The manifest states the settings, money factors and notices of the workbook."""
    again = folder.reread
    if isinstance(again, InvalidInput):
        return
    settings = again.settings.model_dump(mode="json")
    used = {key: {"value": value, "from": again.provenance.get(key, "default")} for key, value in settings.items()}
    stated = {key: value for key, value in folder.record.options.items() if key in used}
    recorded = {key: (folder.record.options.get(key) or {}).get("value") for key in SOLVER}
    yield from differences(recorded, {key: folder.manifest.get(key) for key in SOLVER}, "elsewhere it is", "options")
    yield from differences(stated, used, "the workbook gives")
    stated = _comparable(folder, {name: getattr(folder.record, name) for name in SENTENCES})
    true = _comparable(
        folder, {name: [row.model_dump(mode="json") for row in getattr(again, name)] for name in SENTENCES}
    )
    yield from differences(stated, true, "the workbook gives")


def _comparable(folder: Opened, written: dict[str, Any]) -> dict[str, Any]:
    """Comparable part of two readings: another version may word its notices differently."""
    if folder.same_version:
        return written
    return written | {name: [_wordless(row, key) for row in written[name]] for name, key in SENTENCES.items()}


def _wordless(row: object, sentence: str) -> object:
    return {key: value for key, value in row.items() if key != sentence} if isinstance(row, Mapping) else row


SHARED: tuple[FolderCheck[Opened], ...] = (
    FolderCheck("version", "made by a version that is known", version),
    FolderCheck("workbook", "the copy is the book that was solved", copy),
    FolderCheck("case", "the copy, read again, gives case.json", case),
    FolderCheck("record", "settings, money factors and notices are those of the workbook", record),
)

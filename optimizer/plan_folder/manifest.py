"""The record of a run: versions, options with their source, digest of the workbook, money factors, timings."""

import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from models.case import Case
from models.settings import LANGUAGES
from optimizer.plan_folder.digests import sha256
from optimizer.solver.options import NAMES as SOLVER
from optimizer.solver.options import Solving
from optimizer.version import __version__
from optimizer.workbook.overrides import Overrides

CREATED = "created"
"""Key of the manifest: end of the run, UTC, ISO 8601. `last` sorts by it, because copying changes the times of files."""
LANGUAGE = "language"
"""Key of manifest.json: language of the page and the workbook, if it is not that of the settings."""


def document_language(manifest: Mapping[str, Any], case: Case) -> str:
    """The language in which the page and the workbook of a folder are written."""
    recorded = manifest.get(LANGUAGE)
    return recorded if recorded in LANGUAGES else case.settings.language


def with_language(record: Mapping[str, Any], language: str, case: Case) -> dict[str, Any]:
    """A manifest that records the language of the page and the workbook, if it is not the one of the settings."""
    rest = {key: value for key, value in record.items() if key != LANGUAGE}
    return rest if language == case.settings.language else {**rest, LANGUAGE: language}


@dataclass(frozen=True)
class WorkbookBytes:
    """The bytes of a workbook."""

    path: Path
    """Arguments as given on the command line."""
    files: Mapping[str, bytes]
    """Path relative to the workbook's own folder -> content; several for a folder of csv files."""

    @classmethod
    def take(cls, path: Path) -> "WorkbookBytes":
        """Read the bytes of an xlsx or ods file, or of every csv file in a folder."""
        folder = Path(os.path.normpath(path)).absolute()
        if not path.is_dir():
            return cls(path, {folder.name: path.read_bytes()})
        tables = sorted(p for p in path.iterdir() if p.is_file() and p.suffix.lower() == ".csv")
        return cls(path, {f"{folder.name}/{p.name}": p.read_bytes() for p in tables})

    @property
    def name(self) -> str:
        """Name of the file or folder."""
        return Path(os.path.normpath(self.path)).absolute().name

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file; of the lines `digest  name` of a folder's files in the order of their names."""
        if self.name in self.files:
            return sha256(self.files[self.name])
        lines = [f"{sha256(data)}  {Path(name).name}\n" for name, data in sorted(self.files.items())]
        return sha256("".join(lines).encode())

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(map(len, self.files.values()))

    @property
    def shown_path(self) -> str:
        """The path as given; for an absolute one only the part below the current folder, else the bare name."""
        path = Path(os.path.normpath(self.path))
        if path.is_absolute():
            path = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else Path(path.name)
        return path.as_posix().encode("utf-8", "replace").decode()


def manifest(
    case: Case, source: WorkbookBytes, overrides: Overrides, solving: Solving, timings: Mapping[str, float]
) -> dict[str, Any]:
    """The record of one run, as `plan.json` holds it; `manifest.json` adds the digests of the other files.

    Timings are seconds. Values are plain JSON.
    """
    settings = case.settings.model_dump(mode="json")
    used = {key: {"value": value, "from": case.provenance.get(key, "default")} for key, value in settings.items()}
    solver = {key: {"value": getattr(solving, key), "from": solving.source(key)} for key in SOLVER}
    return {
        "schema": "mine2magnet.manifest/1",
        "tool": "mine2magnet",
        CREATED: datetime.now(UTC).isoformat(timespec="milliseconds"),
        "versions": versions(),
        "renderers": renderers(),
        "platform": f"{platform.system()} {platform.machine()}",
        **{key: getattr(solving, key) for key in SOLVER},
        "options": {**solver, **used},
        "overrides": {
            "settings": {key: list(pair) for key, pair in sorted(overrides.settings.items())},
            "include": sorted(overrides.include),
            "exclude": sorted(overrides.exclude),
        },
        "workbook": {
            "name": copy_name(source.name),
            "path": source.shown_path,
            "sha256": source.digest,
            "size": source.size,
        },
        "conversions": [c.model_dump(mode="json") for c in case.conversions],
        "notices": [n.model_dump(mode="json") for n in case.notices],
        "timings": {key: round(seconds, 3) for key, seconds in timings.items()},
    }


def with_files(
    record: Mapping[str, Any], files: Mapping[str, bytes], fingerprint: str, added: Iterable[str] = ()
) -> dict[str, Any]:
    """manifest.json: the record of the run, the fingerprint of its result, and the SHA-256 digest of every file.

    `added` names the files that were made after the plan (an explanation, alternatives): each is recorded with the
    fingerprint of the plan that it stands on, so that it cannot be moved to another plan.
    """
    digests = {name: sha256(data) for name, data in sorted(files.items())}
    chain = {name: {"sha256": digests[name], "stands_on": fingerprint} for name in sorted(added)}
    complete = {**record, "fingerprint": fingerprint, "files": digests}
    return {**complete, "added": chain} if chain else complete


def renderers() -> dict[str, str]:
    """Versions of the libraries that write page, workbook and pictures; others may write the same numbers differently."""
    return {name: version(name) for name in ("xlsxwriter", "jinja2", "altair", "vl-convert-python")}


def versions() -> dict[str, str]:
    """Versions of everything that can change a plan."""
    return {
        "mine2magnet": __version__,
        "python": platform.python_version(),
        "pyomo": version("pyomo"),
        "highspy": version("highspy"),
    }


OUR_NAMES = frozenset({"plan.json", "case.json", "manifest.json", "infeasible.json", "plan.xlsx", "report.html"})
"""Files of a plan folder that a workbook's copy must not replace."""


def copy_name(name: str) -> str:
    """Name of the workbook's copy in a plan folder; different from ours.

    >>> copy_name("allied.xlsx"), copy_name("plan.xlsx")
    ('allied.xlsx', 'workbook-plan.xlsx')
    """
    return f"workbook-{name}" if name.casefold() in OUR_NAMES else name


def changed_since(manifest: Mapping[str, Any]) -> str | None:
    """A sentence if the original workbook still exists and differs from the one that was solved; else None."""
    original = Path(manifest["workbook"]["path"])
    try:
        same = not original.exists() or WorkbookBytes.take(original).digest == manifest["workbook"]["sha256"]
    except OSError:
        return None
    return (
        None if same else f"{original} has changed since this plan was made; the plan belongs to the copy in its folder"
    )

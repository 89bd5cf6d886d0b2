"""Plan folders: files that are written whole or not at all, and found again."""

import contextlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from models.case import Case
from models.errors import Mine2MagnetError
from models.plan import Plan
from optimizer.errors import Refusal
from optimizer.files import json_bytes
from optimizer.fingerprint import fingerprint
from optimizer.plan_folder.manifest import OUR_NAMES, Source, copy_name, sha256, with_files

_T = TypeVar("_T", Plan, Case)

OUTPUTS = Path("outputs")
"""Where plan folders go unless `--out` says otherwise, below the current folder."""
MANIFEST = "manifest.json"
"""Written last and removed first: a folder with it is complete."""


@dataclass(frozen=True)
class Result:
    """One finished run: an audited plan that carries its manifest, the case it solves and the workbook's bytes."""

    case: Case
    plan: Plan
    source: Source


def plan_json(plan: Plan) -> bytes:
    """The content of plan.json."""
    return json_bytes(plan.model_dump(mode="json", by_alias=True))


def case_json(case: Case) -> bytes:
    """The content of case.json: the case as read, with its cell addresses."""
    return json_bytes(case.model_dump(mode="json"))


def plan_book(result: Result) -> bytes:
    """The content of plan.xlsx."""
    from optimizer.reports.plan_workbook import book_bytes  # its library waits until a plan is written

    return book_bytes(result.case, result.plan)


def plan_page(result: Result) -> bytes:
    """The content of report.html."""
    from optimizer.reports.plan_page import page_bytes  # its libraries wait until a plan is written

    return page_bytes(result.case, result.plan)


FILES: dict[str, Callable[[Result], bytes]] = {
    "plan.json": lambda result: plan_json(result.plan),
    "case.json": lambda result: case_json(result.case),
    "plan.xlsx": plan_book,
    "report.html": plan_page,
}
"""File of a plan folder -> its content. The workbook's copy and the manifest come on top."""


def contents(result: Result) -> dict[str, bytes]:
    """Every file of a plan folder, the manifest last."""
    files = {name: make(result) for name, make in FILES.items()}
    for name, data in result.source.files.items():
        first, slash, rest = name.partition("/")
        files[copy_name(first) + slash + rest] = data
    record = with_files(result.plan.manifest, files, fingerprint(result.case, result.plan))
    return {**files, MANIFEST: json_bytes(record)}


def infeasible(why: Mine2MagnetError, manifest: Mapping[str, Any], repairs: Mapping[str, Any]) -> dict[str, bytes]:
    """The one file of a book that no plan satisfies: why, and what would make a plan possible."""
    content = {"schema": "mine2magnet.infeasible/1", **why.as_json(), "repairs": repairs, "manifest": manifest}
    return {"infeasible.json": json_bytes(content)}


# -- writing ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Destination:
    """Where a run will write; made, and refused, before anything is solved."""

    folder: Path | None
    """The folder asked for; None: the next number below `outputs/`."""
    stem: str


def destination(out: Path | None, force: bool, workbook: Path) -> Destination:
    """Where to write. Refuses a file, a folder that is not empty (unless forced), and a place without permission."""
    place = OUTPUTS if out is None else out
    if place.exists() and not place.is_dir():
        raise Refusal("usage", f"{place} is a file, not a folder: name another with --out")
    if out is not None and not force and out.is_dir() and any(out.iterdir()):
        raise Refusal("usage", f"{out} is not empty: name another folder, or add --force to replace the plan in it")
    nearest = next(p for p in (place.absolute(), *place.absolute().parents) if p.exists())
    if not nearest.is_dir():
        raise Refusal("usage", f"{nearest} is a file, so {place} cannot be made: name another folder with --out")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise PermissionError(13, "Permission denied", str(nearest))
    name = workbook.absolute().resolve()
    return Destination(out, name.name if workbook.is_dir() else name.stem)


def write(files: Mapping[str, bytes], to: Destination) -> Path:
    """Writes a folder whole or not at all, and returns it.

    The files are made in a hidden folder beside it which then takes its name in one step. A folder that is not
    empty (`--force`) has its files replaced one by one instead: without its manifest from the first to the last of
    them, so that nobody takes a half for a plan.
    """
    if to.folder is not None and to.folder.is_dir() and any(to.folder.iterdir()):
        replace(to.folder, files)
        return to.folder
    parent = OUTPUTS if to.folder is None else to.folder.absolute().parent
    parent.mkdir(parents=True, exist_ok=True)
    with _workshop(parent) as made:
        _fill(made, files)
        return _numbered(made, parent, to.stem) if to.folder is None else _named(made, to.folder)


@contextlib.contextmanager
def _workshop(parent: Path) -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix=".mine2magnet-", dir=parent))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _fill(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.chmod(0o777 & ~_umask())
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        try:
            with path.open("xb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as problem:
            problem.filename = name  # not the hidden folder's name, which nobody knows
            raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _numbered(made: Path, parent: Path, stem: str) -> Path:
    """Takes the next number; where another run took it first, the one after."""
    taken = [int(m[1]) for p in parent.iterdir() if (m := re.fullmatch(re.escape(stem) + r"-(\d+)", p.name))]
    number = max(taken, default=0) + 1
    while True:
        folder = parent / f"{stem}-{number:02d}"
        if not folder.exists():
            try:
                return made.rename(folder)
            except OSError:  # another run took it between the look and the step, or something is really wrong
                if not folder.exists():
                    raise
        number += 1


def _named(made: Path, folder: Path) -> Path:
    if folder.is_dir():
        folder.rmdir()  # empty; Windows does not rename onto it
    made.rename(folder)
    return folder


def replace(folder: Path, files: Mapping[str, bytes]) -> None:
    """Replaces the files of a folder one by one, the manifest last; those recorded that are not among them go."""
    old = recorded(folder)
    with _workshop(folder) as made:
        _fill(made, files)
        (folder / MANIFEST).unlink(missing_ok=True)
        for name in [n for n in files if n != MANIFEST] + [n for n in files if n == MANIFEST]:
            (folder / name).parent.mkdir(exist_ok=True)
            (made / name).replace(folder / name)
    for name, digest in old.items():
        path = folder / name
        if name not in files and path.is_file() and sha256(path.read_bytes()) == digest:
            path.unlink()


def recorded(folder: Path) -> dict[str, str]:
    """The files that the folder's own manifest names, with their digests."""
    try:
        files = json.loads((folder / MANIFEST).read_bytes())["files"]
        return {str(name): str(digest) for name, digest in files.items() if is_inside(str(name))}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def is_inside(name: str) -> bool:
    """Whether a name stays in its folder: a manifest is data, and may come from anywhere.

    >>> is_inside("book/projects.csv"), is_inside("../book.xlsx"), is_inside("/etc/passwd"), is_inside("")
    (True, False, False, False)
    """
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return bool(parts) and not Path(name).is_absolute() and ".." not in parts


# -- finding ---------------------------------------------------------------------------------------------------------


def is_plan(source: str) -> bool:
    """Whether an argument means a plan: `last`, a plan folder or a file of one; otherwise it is a workbook."""
    path = Path(source)
    folder = path.parent if path.name in OUR_NAMES else path
    return (source == "last" and not path.exists()) or (folder / "plan.json").is_file()


def find(text: str) -> Path:
    """The plan folder that a PLAN argument means: a folder, its plan.json, or `last`, the newest below `outputs/`."""
    if text == "last":
        return _newest()
    path = Path(text)
    if path.name in OUR_NAMES and path.is_file():
        path = path.parent
    if not path.exists():
        raise Refusal("usage", f"there is no plan {text}: name a plan folder, its plan.json, or `last`")
    if not (path / "plan.json").is_file():
        raise Refusal("usage", f"{text} is not a plan folder: there is no plan.json in it")
    return path


def _newest() -> Path:
    plans = [p.parent for p in OUTPUTS.glob("[!.]*/plan.json")]
    if not plans:
        raise Refusal("usage", "there is no plan below outputs/ yet: `mine2magnet solve WORKBOOK` makes one")
    return max(plans, key=lambda folder: ((folder / "plan.json").stat().st_mtime_ns, folder.name))


def load_plan(folder: Path) -> Plan:
    """The plan of a folder. Refuses what is not one."""
    return _load(folder / "plan.json", Plan)


def load_case(folder: Path) -> Case:
    """The case of a plan folder, as it was read. Refuses what is not one."""
    return _load(folder / "case.json", Case)


def _load(path: Path, kind: type[_T]) -> _T:
    try:
        return kind.model_validate_json(path.read_bytes())
    except ValueError as problem:
        raise Refusal("invalid", f"{path} is damaged or of another version: it cannot be read") from problem

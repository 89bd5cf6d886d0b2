"""Plan folders: written in one step, found again, and read only if every file fits its manifest."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from models.case import Case
from models.errors import Mine2MagnetError
from models.frozen import WITH_TEMPLATES
from models.plan import Plan
from optimizer.errors import Refusal
from optimizer.files import json_bytes, making, sync_folder
from optimizer.fingerprint import fingerprint
from optimizer.plan_folder.destination import OUTPUTS, Destination
from optimizer.plan_folder.digests import MANIFEST, read_manifest, read_recorded, sha256
from optimizer.plan_folder.manifest import CREATED, OUR_NAMES, WorkbookBytes, copy_name
from optimizer.plan_folder.replacement import recover, replace, staged
from optimizer.solver.no_solution import InfeasibilityProof

_T = TypeVar("_T", Plan, Case)
_ATTEMPTS = 3
"""Number of attempts to read a folder that changes while it is read."""


@dataclass(frozen=True)
class Result:
    """One finished run: an audited plan that carries its manifest, the case it solves and the workbook's bytes."""

    case: Case
    plan: Plan
    source: WorkbookBytes


def plan_json(plan: Plan) -> bytes:
    """The content of plan.json."""
    return json_bytes(plan.model_dump(mode="json", by_alias=True))


def case_json(case: Case) -> bytes:
    """The content of case.json: the case as read, with its cell addresses."""
    return json_bytes(case.model_dump(mode="json", context=WITH_TEMPLATES))


def workbook_copy(source: WorkbookBytes) -> dict[str, bytes]:
    """The workbook's files under the names that they have in a plan folder."""
    files = {}
    for name, data in source.files.items():
        first, slash, rest = name.partition("/")
        files[copy_name(first) + slash + rest] = data
    return files


def with_manifest(files: Mapping[str, bytes], record: Mapping[str, Any]) -> dict[str, bytes]:
    """Files with the manifest that holds `record` and their digests, the manifest last."""
    rest = {name: data for name, data in files.items() if name != MANIFEST}
    digests = {name: sha256(data) for name, data in sorted(rest.items())}
    return {**rest, MANIFEST: json_bytes({**record, "files": digests})}


def record_of(case: Case, plan: Plan) -> dict[str, Any]:
    """Content of manifest.json apart from the digests of the files."""
    return {**plan.manifest, "fingerprint": fingerprint(case, plan)}


def infeasible(
    why: Mine2MagnetError, manifest: Mapping[str, Any], repairs: Mapping[str, Any], proof: InfeasibilityProof | None
) -> dict[str, bytes]:
    """The file of an infeasible workbook: the reason, its proof, and the changes that would make it feasible."""
    proved = None if proof is None else {**asdict(proof), "sentence": proof.sentence}
    content = {"schema": "mine2magnet.infeasible/1", **why.as_json(), "proof": proved, "repairs": repairs}
    content["manifest"] = manifest
    return {"infeasible.json": json_bytes(content)}


# -- writing ---------------------------------------------------------------------------------------------------------


def write(files: Mapping[str, bytes], to: Destination) -> Path:
    """Write a plan folder, whole or not at all, and return it. Raises OSError, and Refusal for links in the way."""
    if to.folder is not None and to.folder.is_dir():
        replace(to.folder, files)
        return to.folder
    parent = OUTPUTS if to.folder is None else to.folder.absolute().parent
    parent.mkdir(parents=True, exist_ok=True)
    with making(parent), staged(parent, files) as staging:
        folder = next_free(parent, to.stem) if to.folder is None else to.folder
        staging.rename(folder)
        sync_folder(parent)
    return folder


def next_free(parent: Path, stem: str) -> Path:
    """The folder `<stem>-NN` with the number after the largest. The caller holds `parent` by `making`."""
    taken = [int(m[1]) for p in parent.iterdir() if (m := re.fullmatch(re.escape(stem) + r"-(\d{1,9})", p.name))]
    return parent / f"{stem}-{max(taken, default=0) + 1:02d}"


# -- finding ---------------------------------------------------------------------------------------------------------


def is_plan(source: str) -> bool:
    """Whether an argument means a plan: `last`, a plan folder or a file of one; otherwise it is a workbook."""
    path = Path(source)
    folder = path.parent if path.name in OUR_NAMES else path
    return (source == "last" and not path.exists()) or (folder / "plan.json").is_file()


def inputs_of(source: str) -> list[Path]:
    """The paths that a command with this argument reads: the workbook, or the plan folder and its original workbook."""
    if not is_plan(source):
        return [Path(source)]
    folder = find(source)
    try:
        original = read_manifest(folder)["workbook"]["path"]
    except (Refusal, KeyError, TypeError):
        return [folder]
    return [folder, Path(original)] if isinstance(original, str) else [folder]


def find(text: str) -> Path:
    """The plan folder that a PLAN argument means: a folder, its plan.json, or `last`, the newest below `outputs/`.

    A change that a killed process had begun is finished first.
    """
    if text == "last":
        return _newest()
    path = Path(text)
    if path.name in OUR_NAMES and path.is_file():
        path = path.parent
    if not path.exists():
        raise Refusal("usage", f"there is no plan {text}: name a plan folder, its plan.json, or `last`")
    if path.is_dir():
        recover(path)
    if not (path / "plan.json").is_file():
        raise Refusal("usage", f"{text} is not a plan folder: there is no plan.json in it")
    return path


def _newest() -> Path:
    """The newest plan by its manifest; among several of one time, or copies, the largest number."""
    plans = [
        (created, _number(folder), folder.name, folder)
        for folder, created in _finished()
        if (folder / "plan.json").is_file()
    ]
    if not plans:
        raise Refusal("usage", "there is no plan below outputs/ yet: `mine2magnet solve WORKBOOK` makes one")
    return max(plans)[-1]


def _finished() -> Iterator[tuple[Path, str]]:
    """Every finished folder below `outputs/` with the time at which its run ended, "" if that is not recorded."""
    for path in sorted(OUTPUTS.glob("[!.]*")):
        try:
            recover(path)
            created = read_manifest(path).get(CREATED)
        except (Refusal, OSError):
            continue
        yield path, created if isinstance(created, str) else ""


def _number(folder: Path) -> int:
    match = re.search(r"-(\d{1,9})$", folder.name)
    return int(match[1]) if match else 0


# -- reading ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PlanFolder:
    """The files of a plan folder, read when all of them fitted the manifest."""

    path: Path
    manifest: Mapping[str, Any]
    files: Mapping[str, bytes]
    """Name -> content, without the manifest."""

    @cached_property
    def plan(self) -> Plan:
        """The plan. Refuses what is not one."""
        return _parsed(self.path, "plan.json", self.files, Plan)

    @cached_property
    def case(self) -> Case:
        """The case as it was read. Refuses what is not one."""
        return _parsed(self.path, "case.json", self.files, Case)

    @property
    def basis(self) -> dict[str, str]:
        """Digests of the files on which every report of this folder is based."""
        return {name: self.manifest["files"][name] for name in ("plan.json", "case.json")}


def open_folder(path: Path, *, but: frozenset[str] = frozenset()) -> PlanFolder:
    """Reads a plan folder. Refuses one whose files are not those of its manifest, naming the file and the cure.

    The files named in `but` are neither read nor checked.
    """
    recover(path)
    for attempt in range(_ATTEMPTS):
        manifest = read_manifest(path)
        try:
            files = read_recorded(path, {name: digest for name, digest in manifest["files"].items() if name not in but})
            break
        except (Refusal, FileNotFoundError):
            if attempt == _ATTEMPTS - 1 or manifest == read_manifest(path):  # not replaced while it was read
                raise
    for name in ("plan.json", "case.json"):
        if name not in files:
            raise Refusal("invalid", f"{path / MANIFEST} does not record {name}: solve the workbook again")
    return PlanFolder(path, manifest, files)


def load_plan(folder: Path) -> Plan:
    """The plan of a folder. Refuses what is not one."""
    return open_folder(folder).plan


def load_case(folder: Path) -> Case:
    """The case of a plan folder, as it was read. Refuses what is not one."""
    return open_folder(folder).case


def _parsed(folder: Path, name: str, files: Mapping[str, bytes], kind: type[_T]) -> _T:
    try:
        return kind.model_validate_json(files[name])
    except (ValueError, RecursionError) as problem:
        raise Refusal("invalid", f"{folder / name} is damaged or of another version: it cannot be read") from problem

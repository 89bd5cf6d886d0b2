"""A plan folder worked out again from itself alone: digests, workbook copy, case, every number of the plan."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, Field, TypeAdapter

from models.audit import audit
from models.case import Case
from models.faults import InvalidInput
from models.plan import AuditResult, Plan
from optimizer.errors import Refusal
from optimizer.fingerprint import fingerprint
from optimizer.plan_folder.digests import is_inside, problems
from optimizer.plan_folder.manifest import Source, changed_since
from optimizer.solver.options import NAMES as SOLVER
from optimizer.version import __version__
from optimizer.workbook.overrides import Overrides
from optimizer.workbook.read import read

T = TypeVar("T")
SHOWN = 3
"""Differences named in the line of a failed check; the others are counted."""


class BadPlan(Refusal):
    """A plan folder that cannot be read: names the file and the cure."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__("invalid", f"{path} {problem}")


@dataclass(frozen=True)
class VerifyReport:
    """What `verify` found."""

    passed: bool
    lines: tuple[str, ...]
    """One line a check; those of failed checks begin with FAILED and come first."""
    warnings: tuple[str, ...] = ()
    """What does not touch the plan: the original workbook has changed since, another version made the plan."""


class _Changes(BaseModel):
    settings: dict[str, tuple[str, str]] = Field(default_factory=dict)
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class _Workbook(BaseModel):
    name: str
    path: str
    sha256: str
    size: int


class _Record(BaseModel):
    """What verify needs of manifest.json."""

    files: dict[str, str]
    workbook: _Workbook
    overrides: _Changes
    options: dict[str, Any]
    conversions: list[Any]
    notices: list[Any]
    versions: dict[str, str]
    gap: float


@dataclass(frozen=True)
class _Folder:
    """The files of a plan folder, read once."""

    path: Path
    plan: Plan
    case: Case
    manifest: dict[str, Any]
    record: _Record
    """The manifest again, with types."""

    @property
    def copy(self) -> Path:
        """The workbook's copy."""
        return self.path / self.record.workbook.name

    @cached_property
    def reread(self) -> Case | InvalidInput:
        """The case as the copy gives it today, or what is wrong with the copy."""
        changes = self.record.overrides
        try:
            return read(self.copy, Overrides(changes.settings, changes.include, changes.exclude))
        except InvalidInput as problem:
            return problem

    @cached_property
    def audit(self) -> AuditResult | None:
        """The audit of the plan against the workbook's copy."""
        return audit(self.reread, self.plan) if isinstance(self.reread, Case) else None


def _open(path: Path) -> _Folder:
    """Reads a plan folder. Raises BadPlan."""
    if not path.is_dir():
        raise BadPlan(path, "is not a plan folder: name one, or the plan.json in it")
    record = path / "manifest.json"
    folder = _Folder(
        path=path,
        plan=_load(path / "plan.json", TypeAdapter(Plan)),
        case=_load(path / "case.json", TypeAdapter(Case)),
        manifest=_load(record, TypeAdapter(dict[str, Any])),
        record=_load(record, TypeAdapter(_Record)),
    )
    if not is_inside(folder.record.workbook.name) or not folder.copy.exists():
        raise BadPlan(folder.copy, "is missing: the plan cannot be worked out again without its workbook")
    return folder


def _load(path: Path, kind: TypeAdapter[T]) -> T:
    try:
        return kind.validate_json(path.read_bytes())
    except FileNotFoundError as problem:
        raise BadPlan(path, "is missing: a plan folder holds plan.json, case.json and manifest.json") from problem
    except OSError as problem:
        raise BadPlan(path, f"cannot be read: {problem.strerror}") from problem
    except ValueError as problem:
        raise BadPlan(path, "is damaged or of another version: it cannot be read") from problem


# -- checks: each yields what is wrong --------------------------------------------------------------------------------


def digests(folder: _Folder) -> Iterator[str]:
    """Every file has the digest that manifest.json records."""
    for name in ("plan.json", "case.json"):
        if name not in folder.record.files:
            yield f"manifest.json records no digest of {name}"
    yield from problems(folder.path, folder.record.files)


def manifest(folder: _Folder) -> Iterator[str]:
    """plan.json carries the manifest of the folder, and the fingerprint is that of the plan."""
    rest = {key: value for key, value in folder.manifest.items() if key not in ("files", "fingerprint", "added")}
    if (stated := folder.manifest.get("fingerprint")) != (again := fingerprint(folder.case, folder.plan)):
        yield f"manifest.json states the fingerprint {stated}, the plan has {again}"
    yield from differences(folder.plan.manifest, rest, "manifest.json has")


def copy(folder: _Folder) -> Iterator[str]:
    """The copy of the workbook is the book that was solved."""
    source = Source.take(folder.copy)
    if (source.digest, source.size) != (folder.record.workbook.sha256, folder.record.workbook.size):
        yield f"{folder.copy.name} is not the workbook that was solved"


def case(folder: _Folder) -> Iterator[str]:
    """The workbook's copy, read again with the recorded changes, gives case.json."""
    again = folder.reread
    if isinstance(again, InvalidInput):
        yield f"{folder.copy.name} cannot be read as a case: {'; '.join(map(str, again.faults[:SHOWN]))}"
        return
    if again.name == f"workbook-{folder.case.name}":  # renamed as a copy, so that it replaces no file of the plan
        again = again.with_(name=folder.case.name)
    yield from differences(folder.case.model_dump(mode="json"), again.model_dump(mode="json"), "the workbook gives")


def record(folder: _Folder) -> Iterator[str]:
    """The manifest states the settings, money factors and notices of the workbook."""
    again = folder.reread
    if isinstance(again, InvalidInput):
        return
    settings = again.settings.model_dump(mode="json")
    used = {key: {"value": value, "from": again.provenance.get(key, "default")} for key, value in settings.items()}
    stated = {key: value for key, value in folder.record.options.items() if key in used}
    asked = {key: (folder.record.options.get(key) or {}).get("value") for key in SOLVER}
    yield from differences(asked, {key: folder.manifest.get(key) for key in SOLVER}, "elsewhere it is", "options")
    yield from differences(stated, used, "the workbook gives")
    for name, rows in (("conversions", again.conversions), ("notices", again.notices)):
        true = [row.model_dump(mode="json") for row in rows]
        yield from differences(getattr(folder.record, name), true, "the workbook gives", name)


def status(folder: _Folder) -> Iterator[str]:
    """`optimal` is said only of what is proved within the gap that was asked."""
    stated = folder.plan.objective
    above = stated.bound - stated.value
    asked = folder.record.gap * max(abs(stated.value), abs(stated.value - stated.penalty))
    if folder.plan.status == "optimal" and above > asked + 1e-6 * max(1.0, abs(stated.value)):
        yield f"called optimal with a bound {above:g} above the value; the gap asked allows {asked:g}"


def stated_audit(folder: _Folder) -> Iterator[str]:
    """The audit that plan.json states is the one found again."""
    if folder.audit is None:
        return
    stated, again = folder.plan.audit, folder.audit
    if stated is None:
        yield "plan.json states no audit"
    elif (stated.passed, stated.largest_violation) != (again.passed, again.largest_violation):
        yield f"stated: {_verdict(stated)}; found: {_verdict(again)}"
    elif _same_version(folder) and stated.checks != again.checks:
        yield "its lines are not those found again"


def _verdict(result: AuditResult) -> str:
    return f"{'passed' if result.passed else 'failed'}, largest violation {result.largest_violation!r}"


def _same_version(folder: _Folder) -> bool:
    return folder.record.versions.get("mine2magnet") == __version__


@dataclass(frozen=True)
class _Check:
    name: str
    states: str
    problems: Callable[[_Folder], Iterator[str]]

    def line(self, folder: _Folder) -> str:
        found = list(self.problems(folder))
        if not found:
            return f"{self.name}: {self.states}"
        more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        return f"FAILED {self.name}: {'; '.join(found[:SHOWN])}{more}"


CHECKS = (
    _Check("files", "every file has the digest that manifest.json records", digests),
    _Check("manifest", "plan.json and manifest.json agree", manifest),
    _Check("workbook", "the copy is the book that was solved", copy),
    _Check("case", "the copy, read again, gives case.json", case),
    _Check("record", "settings, money factors and notices are those of the workbook", record),
    _Check("status", "said to be optimal only where proved within the gap asked", status),
    _Check("audit", "stated as found again", stated_audit),
)


def verify(place: Path | str) -> VerifyReport:
    """Work a plan out again, from its folder (or the plan.json in it) alone.

    The digests of manifest.json are compared with the files, the workbook's copy is read again and compared with
    case.json, and the audit recomputes every number of the plan from it.

    Raises BadPlan, naming the file, where a file of the folder is missing or cannot be read.
    """
    path = Path(place)
    folder = _open(path.parent if path.is_file() else path)
    lines = [check.line(folder) for check in CHECKS]
    lines += folder.audit.checks if folder.audit else ["FAILED plan: not recomputed, for want of a case"]
    failed = [line for line in lines if line.startswith("FAILED")]
    lines = failed + [line for line in lines if not line.startswith("FAILED")]
    return VerifyReport(not failed, tuple(lines), tuple(_warnings(folder)))


def _warnings(folder: _Folder) -> Iterator[str]:
    original = Path(folder.record.workbook.path)
    if (original.is_file() or original.is_dir()) and (sentence := changed_since(folder.manifest)):
        yield sentence
    if not _same_version(folder):
        made = folder.record.versions.get("mine2magnet", "an unknown version")
        yield f"the plan was made by mine2magnet {made}, this is {__version__}"


# -- differences ------------------------------------------------------------------------------------------------------


def differences(stated: object, true: object, says: str, where: str = "") -> Iterator[str]:
    """Where two JSON values differ, in words: `projects 3 capex_m is 1200.0, the workbook gives 1300.0`."""
    if isinstance(stated, Mapping) and isinstance(true, Mapping):
        for key in dict.fromkeys((*stated, *true)):
            yield from differences(stated.get(key), true.get(key), says, f"{where} {key}".strip())
    elif isinstance(stated, list | tuple) and isinstance(true, list | tuple):
        if len(stated) != len(true):
            yield f"{where} has {len(stated)} entries, {says} {len(true)}"
        for number, (one, other) in enumerate(zip(stated, true, strict=False), start=1):
            yield from differences(one, other, says, f"{where} {_title(one, number)}".strip())
    elif type(stated) is not type(true) or stated != true:
        yield f"{where} is {stated!r}, {says} {true!r}"


def _title(row: object, number: int) -> str:
    """A row's own name where it has one, else its place."""
    keys = ("id", "rule", "currency") if isinstance(row, Mapping) else ()
    return next((str(row[key]) for key in keys if isinstance(row, Mapping) and row.get(key)), str(number))

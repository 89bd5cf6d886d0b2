"""The input of `verify`: a plan folder or a frontier folder, with its files and the copy of its workbook read."""

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
from optimizer.plan_folder.digests import is_inside
from optimizer.version import __version__
from optimizer.workbook.overrides import Overrides
from optimizer.workbook.read import read

T = TypeVar("T")


class BadPlan(Refusal):
    """A folder that cannot be read as a plan: names the file and the cure."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__("invalid", f"{path} {problem}")


class Changes(BaseModel):
    """The overrides of the command line."""

    settings: dict[str, tuple[str, str]] = Field(default_factory=dict)
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


class RecordedBook(BaseModel):
    """The workbook as manifest.json records it."""

    name: str
    path: str
    sha256: str
    size: int


class Record(BaseModel):
    """The parts of manifest.json that `verify` needs."""

    files: dict[str, str]
    workbook: RecordedBook
    overrides: Changes
    options: dict[str, Any]
    conversions: list[Any]
    notices: list[Any]
    versions: dict[str, str]
    gap: float


@dataclass(frozen=True)
class Opened:
    """The common parts of a plan folder and a frontier folder."""

    path: Path
    case: Case
    manifest: dict[str, Any]
    record: Record
    """The manifest again, with types."""

    @property
    def copy(self) -> Path:
        """The workbook's copy."""
        return self.path / self.record.workbook.name

    @property
    def same_version(self) -> bool:
        """Whether the folder was made by the version that reads it."""
        return self.record.versions.get("mine2magnet") == __version__

    @cached_property
    def reread(self) -> Case | InvalidInput:
        """The case as read from the copy, or the fault of the copy."""
        changes = self.record.overrides
        try:
            return read(self.copy, Overrides(changes.settings, changes.include, changes.exclude))
        except InvalidInput as problem:
            return problem


@dataclass(frozen=True)
class OpenedPlan(Opened):
    """A plan folder."""

    plan: Plan
    but: frozenset[str] = frozenset()
    """Files of the folder that are left out."""

    @cached_property
    def audit(self) -> AuditResult | None:
        """The audit of the plan with the workbook's copy; None if the copy gives no case."""
        case = self.reread
        if not isinstance(case, Case):
            return None
        if self.plan.risk is None or self.plan.risk.draws is None:
            return audit(case, self.plan)
        from optimizer.analysis.risk.drawn import flows_of_plan  # loads the solver

        return audit(case, self.plan, flows_of_plan(case, self.plan))


@dataclass(frozen=True)
class OpenedFrontier(Opened):
    """A folder that `explore` left."""

    frontier: dict[str, Any]
    """frontier.json."""
    plans: tuple[Plan, ...]
    """The files of plans/, in the order of their numbers."""


def open_plan(path: Path, but: frozenset[str] = frozenset()) -> OpenedPlan:
    """Reads a plan folder, without the files in `but`. Raises BadPlan."""
    if not path.is_dir():
        raise BadPlan(path, "is not a plan folder: name one, or the plan.json in it")
    plan = _load(path / "plan.json", TypeAdapter(Plan))
    folder, case, manifest, record = _common(path)
    files = {name: digest for name, digest in record.files.items() if name not in but}
    return OpenedPlan(folder, case, manifest, record.model_copy(update={"files": files}), plan, but)


def open_frontier(path: Path) -> OpenedFrontier:
    """Reads a folder of `explore`. Raises BadPlan."""
    frontier = _load(path / "frontier.json", TypeAdapter(dict[str, Any]))
    if frontier.get("schema") != "mine2magnet.frontier/1":
        raise BadPlan(path / "frontier.json", "is damaged or of another version: it cannot be read")
    plans = tuple(_load(file, TypeAdapter(Plan)) for file in sorted((path / "plans").glob("[0-9]*.json")))
    return OpenedFrontier(*_common(path), frontier, plans)


def _common(path: Path) -> tuple[Path, Case, dict[str, Any], Record]:
    case = _load(path / "case.json", TypeAdapter(Case))
    manifest = _load(path / "manifest.json", TypeAdapter(dict[str, Any]))
    record = _load(path / "manifest.json", TypeAdapter(Record))
    copy = path / record.workbook.name
    if not is_inside(record.workbook.name) or not copy.exists():
        raise BadPlan(copy, "is missing: the plan cannot be worked out again without its workbook")
    if copy.is_symlink() or not (copy.is_file() or copy.is_dir()):
        raise BadPlan(copy, "is no file of its own: put the workbook itself there")
    return path, case, manifest, record


def _load(path: Path, kind: TypeAdapter[T]) -> T:
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise BadPlan(path, "is no file of its own: links, devices and pipes in a plan folder are not read")
        data = path.read_bytes()
        return kind.validate_json(data)
    except FileNotFoundError as problem:
        raise BadPlan(path, "is missing: the folder is not complete") from problem
    except OSError as problem:
        raise BadPlan(path, f"cannot be read: {problem.strerror}") from problem
    except (ValueError, RecursionError) as problem:
        raise BadPlan(path, "is damaged or of another version: it cannot be read") from problem

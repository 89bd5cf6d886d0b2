"""Verifies a plan or a frontier from its folder alone: files, workbook copy, case, numbers, documents."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from models.settings import ENGLISH
from optimizer.fingerprint import fingerprint
from optimizer.plan_folder.manifest import changed_since
from optimizer.reports.formatting import proved_within
from optimizer.verification import plan_checks
from optimizer.verification.documents import Difference
from optimizer.verification.folder_checks import line
from optimizer.verification.opened import BadPlan, Opened, OpenedFrontier, OpenedPlan, open_frontier, open_plan
from optimizer.version import __version__

__all__ = ["BadPlan", "VerifyReport", "is_frontier", "verify"]
FRONTIER = "frontier.json"


@dataclass(frozen=True)
class VerifyReport:
    """The result of `verify`."""

    passed: bool
    lines: tuple[str, ...]
    """One line per check; those of failed checks begin with FAILED and come first."""
    warnings: tuple[str, ...]
    """Notes that do not affect the result: the original workbook changed since, another version made the folder."""
    unchecked: tuple[str, ...]
    """Parts that were not checked, with the reason."""
    fingerprint: str
    """Fingerprint of the plan or frontier in the folder, as printed on its page."""


def is_frontier(place: Path | str) -> bool:
    """Whether a place is a folder of `explore`, its frontier.json, or one of its plans."""
    return frontier_folder(Path(place)) is not None


def frontier_folder(path: Path) -> Path | None:
    """The folder of `explore` that a place means, by itself, its frontier.json or one of its plans; None: none."""
    folder = path.parent.parent if path.parent.name == "plans" and path.suffix == ".json" else path
    folder = folder.parent if folder.name == FRONTIER else folder
    return folder if (folder / FRONTIER).is_file() else None


def verify(place: Path | str, *, documents: bool = True, but: frozenset[str] = frozenset()) -> VerifyReport:
    """Verify a plan or a frontier from its folder (or its plan.json or frontier.json) alone.

    The digests of manifest.json are compared with the files, the workbook's copy is read again and compared with
    case.json, the audit recomputes every number of every plan from it, and page and workbook are rendered again and
    compared (unless `documents` is False, which saves a second or two). No solver runs: the proof is not repeated. Files of
    a plan folder that are named in `but` are not read.

    Raises BadPlan, naming the file, if a file of the folder is missing or cannot be read.
    """
    path = Path(place)
    if (folder := frontier_folder(path)) is not None:
        return _verify_frontier(open_frontier(folder), documents)
    return _verify_plan(open_plan(path.parent if path.is_file() else path, but), documents)


def _verify_plan(folder: OpenedPlan, documents: bool) -> VerifyReport:
    lines = [check.line(folder) for check in plan_checks.CHECKS]
    lines += folder.audit.checks if folder.audit else ["FAILED plan: not recomputed, for want of a case"]
    differences = list(_comparable(folder, plan_checks.documents(folder))) if documents else []
    if documents:
        lines.append(_documents_line("report.html and plan.xlsx", differences))
    return _report(folder, lines, differences, _unchecked_of_plan(folder), fingerprint(folder.case, folder.plan))


def _verify_frontier(folder: OpenedFrontier, documents: bool) -> VerifyReport:
    from optimizer.verification import frontier_checks  # loads the solver

    lines = [check.line(folder) for check in frontier_checks.CHECKS]
    differences = list(_comparable(folder, frontier_checks.documents(folder))) if documents else []
    if documents:
        lines.append(_documents_line("frontier.html and frontier.xlsx", differences))
    unchecked = (
        "the proofs are not repeated here: that no plan lies above a box or a bound is the solver's word; "
        "`verify FOLDER/plans/NNN.json --second-opinion` repeats it for one plan"
    )
    return _report(folder, lines, differences, [unchecked], frontier_checks.fingerprint_of(folder))


def _comparable(folder: Opened, differences: Iterable[tuple[str, Difference]]) -> Iterator[tuple[str, Difference]]:
    """The differences. Those of documents that another version made do not prove a change."""
    for name, difference in differences:
        if folder.same_version:
            yield name, difference
        else:
            release = folder.record.versions.get("mine2magnet")
            message = (
                f"{name} was made by mine2magnet {release} and is not what {__version__} gives: it was not compared"
            )
            yield name, Difference(message, certain=False)


def _documents_line(names: str, differences: list[tuple[str, Difference]]) -> str:
    wrong = [difference.sentence for _, difference in differences if difference.certain]
    complete = "as rendered again" if not differences else "as rendered again, except as listed below"
    return line("documents", f"{names} {complete}", wrong)


def _unchecked_of_plan(folder: OpenedPlan) -> Iterator[str]:
    objective = folder.plan.objective
    yield (
        f"the proof itself is not repeated here: {proved_within(objective.gap)} rests on the bound {objective.bound:.9g}, "
        "the solver's word; --second-opinion asks another solver"
    )
    if folder.plan.tie_break == "proved":
        yield "that no plan of the same value costs less is the solver's word too"
    if folder.plan.worth is not None:
        yield "the comparisons with other plans of the chain (worth) come from further solves, which are not repeated"
    for answer in plan_checks.answers_of(folder, ENGLISH):
        yield f"{answer.title}: shown as its file has it, its solves are not repeated"
    for name in (name for name in plan_checks.REPORTS if (folder.path / name).is_file()):
        yield f"{name}: a report beside the plan, no part of it"


def _report(
    folder: Opened, lines: list[str], differences: list[tuple[str, Difference]], unchecked: Iterable[str], print_of: str
) -> VerifyReport:
    failed = [text for text in lines if text.startswith("FAILED")]
    lines = failed + [text for text in lines if not text.startswith("FAILED")]
    doubts = dict.fromkeys(difference.sentence for _, difference in differences if not difference.certain)
    return VerifyReport(not failed, tuple(lines), tuple(_warnings(folder)), (*doubts, *unchecked), print_of)


def _warnings(folder: Opened) -> Iterator[str]:
    original = Path(folder.record.workbook.path)
    if (original.is_file() or original.is_dir()) and (sentence := changed_since(folder.manifest)):
        yield sentence
    if not folder.same_version:
        release = folder.record.versions.get("mine2magnet", "an unknown version")
        yield f"the plan was made by mine2magnet {release}, this is {__version__}"

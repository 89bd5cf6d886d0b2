"""The checks of `verify` on a plan folder, one function each; each yields what is wrong."""

from collections.abc import Iterator

from models.plan import AuditResult, Plan
from optimizer.errors import Refusal
from optimizer.fingerprint import fingerprint
from optimizer.plan_folder.manifest import document_language
from optimizer.plan_folder.store import PlanFolder
from optimizer.reports import plan_files
from optimizer.reports.answers.files import AnswerReport
from optimizer.reports.brief.render import NAMES
from optimizer.reports.language import in_language
from optimizer.reports.plan_files import ADDED, STRESS, STRESS_FILES
from optimizer.verification import folder_checks
from optimizer.verification.documents import Difference, page_differences, workbook_differences
from optimizer.verification.folder_checks import SHARED, FolderCheck
from optimizer.verification.opened import BadPlan, OpenedPlan

PAGE, BOOK = "report.html", "plan.xlsx"
CORE = ("plan.json", "case.json")
REPORTS = ("gaps.md", "gaps.csv", "gaps.xlsx", "gaps.html", "gaps.json", "compare.xlsx")
"""Reports of other commands that `--out` may put beside a plan; they are not part of it and are not checked."""
ROUNDING = 1e-6
"""Least part of max(1, |value|) by which a stated number must miss a computed one to be wrong."""
AUDIT_ROUNDING = 1e-9
"""The largest violation that another version found may differ by this: the order of its sums."""


def files(folder: OpenedPlan) -> Iterator[str]:
    """Every file has the digest that manifest.json records, and there is no other."""
    yield from folder_checks.digests(folder, CORE)
    stress_files = STRESS_FILES if STRESS in folder.record.files else ()
    yield from folder_checks.strangers(
        folder, frozenset({*CORE, PAGE, BOOK, *ADDED, *stress_files}), folder.but | {*NAMES, *REPORTS}
    )
    links = folder.manifest.get("added") or {}
    mark = fingerprint(folder.case, folder.plan)
    for name in (name for name in ADDED if name in folder.record.files):
        if links.get(name) != {"sha256": folder.record.files[name], "stands_on": mark}:
            yield f"manifest.json does not record that {name} was made for this plan"


def manifest(folder: OpenedPlan) -> Iterator[str]:
    """plan.json and manifest.json agree, and state the fingerprint of the plan."""
    print_of = fingerprint(folder.case, folder.plan)
    yield from folder_checks.manifest(folder, folder.plan.manifest, "plan.json", print_of)


def status(folder: OpenedPlan) -> Iterator[str]:
    """`optimal` means proved within the requested gap; the bound is not below the value; the gap is their difference."""
    yield from proof_problems(folder.plan, folder.record.gap)


def proof_problems(plan: Plan, asked_gap: float) -> Iterator[str]:
    """Contradictions between status, bound, gap and value of a plan."""
    stated = plan.objective
    above = stated.bound - stated.value
    size = max(1.0, abs(stated.value))
    allowed = asked_gap * max(abs(stated.value), abs(stated.value - stated.penalty))
    if plan.status == "optimal" and above > allowed + ROUNDING * size:
        yield f"called optimal with a bound {above:g} above the value; the gap asked allows {allowed:g}"
    if above < -ROUNDING * size:
        yield f"the bound {stated.bound:g} is below the value {stated.value:g}"
    gap = above / max(abs(stated.value), 1e-9)
    if abs(gap - stated.gap) > ROUNDING * max(1.0, abs(gap)):
        yield f"the gap is stated as {stated.gap:g}, value and bound give {gap:g}"


def stated_audit(folder: OpenedPlan) -> Iterator[str]:
    """The audit in plan.json is the same as the audit repeated here."""
    if folder.audit is not None:
        yield from audit_problems(folder.plan.audit, folder.audit, same_version=folder.same_version)


def audit_problems(
    stated: AuditResult | None, again: AuditResult, *, same_version: bool, within: float = 0.0
) -> Iterator[str]:
    """Differences between the stated audit and the repeated one; `within`: tolerance of the largest violation.

    The audit of another version may add its terms in another order: its largest violation may differ by rounding.
    """
    allowed = within if same_version else max(within, AUDIT_ROUNDING)
    if stated is None:
        yield "plan.json states no audit"
    elif stated.passed != again.passed or abs(stated.largest_violation - again.largest_violation) > allowed:
        yield f"stated: {_verdict(stated)}; found: {_verdict(again)}"
    elif same_version and stated.checks != again.checks:
        yield "its lines are not those found again"


def _verdict(result: AuditResult) -> str:
    return f"{'passed' if result.passed else 'failed'}, largest violation {result.largest_violation!r}"


CHECKS: tuple[FolderCheck[OpenedPlan], ...] = (
    FolderCheck("files", "every file has the digest that manifest.json records, and there is no other", files),
    FolderCheck("manifest", "plan.json and manifest.json agree, and state the fingerprint of the plan", manifest),
    *SHARED,
    FolderCheck("status", "bound, gap and status agree; optimal only within the gap asked", status),
    FolderCheck("audit", "stated as found again", stated_audit),
)


def documents(folder: OpenedPlan) -> Iterator[tuple[str, Difference]]:
    """(file, difference) where the page and the workbook are not those that plan.json and case.json give.

    Both are rendered again, with the answers that were added to the folder.
    """
    from optimizer.reports.plan_page import page_bytes
    from optimizer.reports.plan_workbook import book_bytes
    from optimizer.verification.briefs import brief_differences

    answers, tongue = answers_of(folder), document_language(folder.manifest, folder.case)
    for name in (PAGE, BOOK):
        path = folder.path / name
        if not path.is_file():
            yield name, Difference(f"{name} was not made: `mine2magnet report` makes it", certain=False)
        elif name == PAGE:
            again = in_language(tongue, page_bytes)(folder.case, folder.plan, answers)
            yield from ((name, difference) for difference in page_differences(path.read_bytes(), again, name))
        else:
            again = in_language(tongue, book_bytes)(folder.case, folder.plan, answers)
            same = same_writer(folder.manifest)
            yield from (
                (name, difference)
                for difference in workbook_differences(path.read_bytes(), again, name, same_writer=same)
            )
    yield from brief_differences(folder, lambda language: answers_of(folder, language))


def same_writer(record: dict[str, object]) -> bool:
    """Whether the library that writes workbooks here is the one that manifest.json records."""
    from optimizer.plan_folder.manifest import renderers

    return record.get("renderers", renderers()) == renderers()


def answers_of(folder: OpenedPlan, language: str = "") -> list[AnswerReport]:
    """The explanation and the alternatives that were added to the folder, in its language or in another one.

    Raises BadPlan for one that cannot be read, or that was made for another plan.
    """
    names = [name for name in (*CORE, *ADDED) if name not in folder.but and (folder.path / name).is_file()]
    contents = {name: (folder.path / name).read_bytes() for name in names}
    try:
        return plan_files.answers_of(PlanFolder(folder.path, folder.manifest, contents), language)
    except Refusal as problem:
        raise BadPlan(folder.path, f"has an answer that is not its own: {problem.message}") from problem

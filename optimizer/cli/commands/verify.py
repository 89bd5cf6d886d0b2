"""`verify`: independently re-verifies a plan or a frontier from its folder alone."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.console import Screen
from optimizer.cli.options import PLAN_SCREEN, options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from optimizer.verification.second_opinion import OpinionComparison
    from optimizer.verification.verify import VerifyReport

_FAILED = "FAILED "
_BELOW = 5
"""Lines that may follow the checks: those of the second solver, the fingerprint, the verdict."""
SECONDS = 120.0
"""Default time limit of the second solver, seconds."""


@click.command("verify")
@click.argument("plan")
@click.option("--second-opinion", "second", is_flag=True, help="Also solve the plan's program with SCIP, and compare.")
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0, min_open=True),
    default=SECONDS,
    show_default=True,
    metavar="SECONDS",
    help="Time limit of the second solver.",
)
@click.option("--fingerprint", metavar="TEXT", help="Fail unless the plan has this fingerprint, as on a printed page.")
@options(*PLAN_SCREEN)
def command(plan: str, second: bool, time_limit: float, fingerprint: str | None, **parameters: Any) -> None:
    """Independently re-verify PLAN from its folder alone: files, the copy of the workbook, every rule, budget and number.

    PLAN is a plan folder, its plan.json, or `last`; also a folder of `explore`, or one of the files in its plans/. The
    page and the workbook are rendered again and compared. The audit shares no formula with the solver. Only
    --second-opinion repeats the proof itself, with another solver.
    """
    from optimizer.errors import Refusal
    from optimizer.files import json_bytes
    from optimizer.verification.verify import BadPlan, verify

    screen = Screen(as_json=parameters["as_json"], quiet=parameters["quiet"], verbose=parameters["verbose"])
    place = _place(plan)
    if second:
        from optimizer.solver.second_opinion import require

        require()
    try:
        report = verify(place)
        failed = _failed(report, fingerprint)
        compared = _compared(place, time_limit, screen) if second and not failed else None
    except BadPlan as problem:
        raise Refusal("audit", problem.message, problem.details) from problem
    _tell(report, compared, screen)
    failed += compared.contradictions if compared else []
    if failed:
        raise _refusal(failed, len(report.lines), place)
    screen.data(json_bytes(_as_json(report, compared)))
    _show_passed(report.lines, screen)
    _show_rest(report, compared, place, screen)
    screen.result(place)


def _show_passed(lines: "Sequence[str]", screen: Screen) -> None:
    """The checks that passed, a line each, as many as one screen has beside the lines below them."""
    shown = len(lines) if screen.rows is None else max(0, screen.rows - _BELOW)
    screen.show(*(f"  {line}" for line in lines[:shown]))
    if more := len(lines) - shown:
        screen.show(f"  and {more} more passed: --verbose shows them")


def _place(plan: str) -> Path:
    """The folder or the plan of a frontier that an argument means."""
    from optimizer.plan_folder import store
    from optimizer.verification.verify import is_frontier

    return Path(plan) if plan != "last" and is_frontier(plan) else store.find(plan)


def _failed(report: "VerifyReport", expected: str | None) -> list[str]:
    """Failed checks, and a fingerprint that is not the expected one."""
    from optimizer.fingerprint import same

    failed = [line.removeprefix(_FAILED) for line in report.lines if line.startswith(_FAILED)]
    if expected is not None and not same(expected, report.fingerprint):
        failed.append(f"fingerprint: {report.fingerprint}, not the {expected} that was asked for")
    return failed


def _compared(place: Path, time_limit: float, screen: Screen) -> "OpinionComparison":
    from optimizer.verification.second_opinion import compare_with_second_solver

    screen.note(f"asking the second solver, {time_limit:g} s at most")
    return compare_with_second_solver(place, time_limit)


def _tell(report: "VerifyReport", compared: "OpinionComparison | None", screen: Screen) -> None:
    """Notes that do not fail a verification: changed originals, other versions, and what was not checked."""
    for warning in report.warnings:
        screen.note(f"note: {warning}")
    for unchecked in report.unchecked:
        if compared is None or "--second-opinion" not in unchecked:
            screen.note(f"not checked: {unchecked}")


def _refusal(failed: list[str], checks: int, place: Path) -> Exception:
    from models.faults import Diagnostic
    from optimizer.errors import Refusal
    from optimizer.reports.formatting import count

    passed = max(0, checks - len(failed))
    details = [Diagnostic(cell=_file_of(line), message=line) for line in failed]
    return Refusal("audit", f"{place} is not verified: {count(len(failed), 'check')} failed, {passed} passed", details)


def _file_of(line: str) -> str:
    """The file that a failed check is about, for the place of a diagnostic."""
    names = (
        "report.html",
        "plan.xlsx",
        "frontier.html",
        "frontier.xlsx",
        "frontier.json",
        "manifest.json",
        "case.json",
    )
    return next((name for name in names if name in line), "plan.json")


def _as_json(report: "VerifyReport", compared: "OpinionComparison | None") -> dict[str, Any]:
    content: dict[str, Any] = {
        "passed": True,
        "fingerprint": report.fingerprint,
        "checks": report.lines,
        "warnings": report.warnings,
        "not_checked": report.unchecked,
    }
    if compared is not None:
        content["second_opinion"] = compared.as_json()
    return content


def _show_rest(report: "VerifyReport", compared: "OpinionComparison | None", place: Path, screen: Screen) -> None:
    if compared is not None:
        screen.show(*(f"  {line}" for line in compared.lines))
    screen.show(f"fingerprint {report.fingerprint}")
    screen.show(f"{place.as_posix()}: verified, {len(report.lines)} checks passed.")

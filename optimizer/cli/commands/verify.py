"""`verify`: a plan worked out again, independently, from its folder alone."""

from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.console import Screen
from optimizer.cli.options import SCREEN, options

if TYPE_CHECKING:
    from optimizer.plan_folder.verify import VerifyReport

_FAILED = "FAILED "


@click.command("verify")
@click.argument("plan")
@options(*SCREEN)
def command(plan: str, **parameters: Any) -> None:
    """Independently re-verify PLAN from its folder alone: digests, the copy of the workbook, every rule, budget and number.

    PLAN is a plan folder, its plan.json, or `last`. No solver runs, and the checks share no formula with it.
    """
    from optimizer.errors import Refusal
    from optimizer.files import json_bytes
    from optimizer.plan_folder import store
    from optimizer.plan_folder.verify import BadPlan, verify

    screen = Screen(as_json=parameters["as_json"], quiet=parameters["quiet"])
    folder = store.find(plan)
    try:
        report = verify(folder)
    except BadPlan as problem:
        raise Refusal("audit", problem.message, problem.details) from problem
    for warning in report.warnings:
        screen.note(f"note: {warning}")
    if not report.passed:
        raise _refusal(report, str(folder))
    screen.data(json_bytes({"passed": True, "checks": report.lines, "warnings": report.warnings}))
    screen.show(*(f"  {line}" for line in report.lines))
    screen.show(f"{folder.as_posix()}: verified, {len(report.lines)} checks passed.")
    screen.result(folder)


def _refusal(report: "VerifyReport", folder: str) -> Exception:
    from models.faults import Diagnostic
    from optimizer.errors import Refusal
    from optimizer.reports.formatting import count

    failed = [line.removeprefix(_FAILED) for line in report.lines if line.startswith(_FAILED)]
    details = [Diagnostic(cell="plan.json", message=line) for line in failed]
    passed = len(report.lines) - len(failed)
    return Refusal("audit", f"{folder} is not verified: {count(len(failed), 'check')} failed, {passed} passed", details)

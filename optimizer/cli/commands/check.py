"""`check`: every fault and warning of a workbook, without a solver."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.console import Screen
from optimizer.cli.options import PLAN_SCREEN, WORKBOOK, options, overrides, workbook

if TYPE_CHECKING:
    from models.case import Case
    from models.faults import Diagnostic
    from optimizer.workbook.overrides import Overrides


_SEE_ALL = "--verbose, --json, or `mine2magnet check WORKBOOK --out faults.xlsx`"
"""Hint that names the option which shows every fault and warning."""


@click.command("check")
@click.argument("book", type=workbook, metavar="WORKBOOK")
@options(*WORKBOOK)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FILE.xlsx",
    help="Copy of the workbook to write, with the faulty cells coloured.",
)
@options("force", *PLAN_SCREEN)
@click.pass_context
def command(ctx: click.Context, /, book: Path, **parameters: Any) -> None:
    """List the faults and warnings of WORKBOOK, each with its cell, and say what will be modelled. No solver runs."""
    from models.errors import EXIT_STATUS
    from optimizer.errors import Refusal
    from optimizer.files import json_bytes
    from optimizer.reports.case_summary import overridden
    from optimizer.reports.formatting import count

    screen = Screen(as_json=parameters["as_json"], quiet=parameters["quiet"], verbose=parameters["verbose"])
    copy = _free(parameters["out"], book, force=parameters["force"])
    changes = overrides(parameters)
    case, faults, warnings = findings(book, changes)
    if copy is not None:
        _coloured(book, copy, faults, warnings)
        screen.result(copy)
        screen.note(f"the coloured copy is {copy}")
    if screen.as_json:
        shape = {"faults": [f.model_dump() for f in faults], "warnings": [w.model_dump() for w in warnings]}
        screen.data(json_bytes({"ok": not faults, **shape}))
        ctx.exit(EXIT_STATUS["invalid"] if faults else 0)
    if case is not None:
        for line in overridden(case, changes):
            screen.note(line)
    screen.diagnostics(warnings, _SEE_ALL)
    if faults or case is None:
        raise Refusal("invalid", f"{count(len(faults), 'fault')} in {book}", _not_listed(faults, screen))
    summarise(case, book, len(warnings), screen)


def _not_listed(faults: list["Diagnostic"], screen: Screen) -> list["Diagnostic"]:
    """The faults that the error message is to list: with `verbose` all are listed here, and only the first ends the command."""
    if not screen.verbose or len(faults) == 1:
        return faults
    screen.diagnostics(faults, _SEE_ALL, "fault")
    return faults[:1]


def findings(book: Path, changes: "Overrides") -> tuple["Case | None", list["Diagnostic"], list["Diagnostic"]]:
    """The case, or None if it cannot be read; the faults; the warnings. A missing budget, which `solve` refuses, is a warning
    here."""
    from models.checks import budget_fault
    from models.faults import InvalidInput
    from optimizer.workbook.read import read

    try:
        case = read(book, changes)
    except InvalidInput as invalid:
        return None, list(invalid.faults), list(invalid.warnings)
    no_budget = budget_fault(case)
    return case, [], [*case.notices, *([no_budget] if no_budget else [])]


def summarise(case: "Case", book: Path, warnings: int, screen: Screen) -> None:
    """Show what is modelled of a workbook without faults."""
    from optimizer.reports.case_summary import modelled
    from optimizer.reports.formatting import count

    screen.show(f"{book}: no faults, {count(warnings, 'warning') if warnings else 'no warnings'}. What is modelled:")
    screen.show(*modelled(case))


def _free(copy: Path | None, book: Path, *, force: bool) -> Path | None:
    """The file for the coloured copy, checked before anything is read."""
    from optimizer.plan_folder.destination import output_path

    if copy is not None and copy.suffix.lower() != ".xlsx":
        raise click.UsageError(f"the coloured copy is a spreadsheet: give --out a name that ends in .xlsx, not {copy}")
    return None if copy is None else output_path(copy, [book], force=force)


def _coloured(book: Path, copy: Path, faults: list["Diagnostic"], warnings: list["Diagnostic"]) -> None:
    from optimizer.workbook.annotated_copy import write_faults

    write_faults(book, faults, warnings, copy)

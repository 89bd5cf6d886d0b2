"""`solve`: the plan of a workbook, audited, printed and left in a folder."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.commands.gaps import draw
from optimizer.cli.console import Screen, stoppable
from optimizer.cli.options import (
    FOLDER,
    SCREEN,
    SOLVER,
    WORKBOOK,
    Solving,
    options,
    overrides,
    quoted,
    solving,
    workbook,
)

if TYPE_CHECKING:
    import threading

    from optimizer.cli.run import Job
    from optimizer.errors import Refusal
    from optimizer.plan_folder.store import Result
    from optimizer.workbook.overrides import Overrides


@click.command("solve")
@click.argument("book", type=workbook, metavar="WORKBOOK")
@options(*WORKBOOK, *SOLVER, *FOLDER, "figures", *SCREEN)
@click.pass_context
def command(ctx: click.Context, /, book: Path, **parameters: Any) -> None:
    """Find the best plan for WORKBOOK: which projects to finance, when and from which programme.

    WORKBOOK is an .xlsx or .ods file, or a folder of .csv files named after the sheets. The plan is audited before it
    is written, together with a copy of the workbook, to outputs/<workbook>-NN or to the folder given by --out.
    """
    screen = Screen(as_json=parameters["as_json"], quiet=parameters["quiet"])
    how, changes = solving(ctx), overrides(parameters)
    result = solve_and_show(book, changes, how, screen, out=parameters["out"], force=parameters["force"])
    if parameters["figures"] is not None:
        draw(parameters["figures"], result.case, result.plan, screen)


def solve_and_show(
    book: Path, changes: "Overrides", how: Solving, screen: Screen, *, out: Path | None = None, force: bool = False
) -> "Result":
    """Reads, solves, writes the plan folder and shows the plan."""
    from optimizer.cli.run import prepare, solved
    from optimizer.errors import Infeasible
    from optimizer.plan_folder import store
    from optimizer.reports.case_summary import overridden

    to = store.destination(out, force, book)
    job = prepare(book, changes)
    for line in overridden(job.case, changes):
        screen.note(line)
    screen.diagnostics(job.case.notices, f"mine2magnet check {quoted(book)}", 5)
    with stoppable(screen) as stop:
        try:
            result = solved(job, how, screen, stop, further=True)
        except Infeasible as none:
            refusal, repairs = would_do(job, how, screen, stop)
            if out is not None:
                store.write(store.infeasible(refusal, job.manifest(how), repairs), to)
                screen.note(f"{out / 'infeasible.json'} says why")
            raise refusal from none
        try:
            folder = store.write(store.contents(result), to)
        except OSError:
            show(result, None, screen)  # the plan took its time: it is not lost with the disk
            raise
    show(result, folder, screen)
    return result


def would_do(job: "Job", how: Solving, screen: Screen, stop: "threading.Event") -> tuple["Refusal", dict[str, Any]]:
    """The refusal of a book that no plan satisfies, with the least changes with which one would, and all of them."""
    from optimizer.cli.plan_source import repairs_of
    from optimizer.reports.answers import repair_text

    screen.note("no plan satisfies the workbook; looking for the least changes with which one would")
    report = repairs_of(job.case, job.changes, how, (screen, stop), together=False)
    return repair_text.refusal(report, job.source.path, job.changes), repair_text.data(report)


def show(result: "Result", folder: Path | None, screen: Screen) -> None:
    """The plan on the screen; where it is written also for programs, alone on stdout, and its folder."""
    from optimizer.plan_folder.store import plan_json
    from optimizer.reports.plan_text import story

    screen.show(*story(result.case, result.plan, ascii_only=screen.out.options.ascii_only, width=screen.out.width))
    if folder is not None:
        screen.data(plan_json(result.plan))
        screen.show("", *next_steps(folder))
        screen.result(folder)


def next_steps(folder: Path) -> list[str]:
    """Where the plan is, and the next two commands."""
    from optimizer.cli.main import VERBS

    known = [verb.name for verb in VERBS]
    wanted = [verb for verb in ("explain", "gaps", "verify", "rerun") if verb in known][:2]
    return [
        f"The plan is in {folder.as_posix()}. Next:",
        *(f"  mine2magnet {verb} {quoted(folder)}" for verb in wanted),
    ]

"""`solve`: finds, audits and prints the plan of a workbook, and writes its folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.console import Screen
from optimizer.cli.figures import draw_plan
from optimizer.cli.options import (
    FOLDER,
    HEAD,
    PLAN_SCREEN,
    RISK,
    SOLVER,
    WORKBOOK,
    Solving,
    options,
    overrides,
    quoted,
    solving,
    workbook,
)
from optimizer.cli.stopping import Stop, stoppable

if TYPE_CHECKING:
    import threading

    from models.case import Case
    from optimizer.cli.run import RunInput
    from optimizer.errors import Infeasible, Refusal
    from optimizer.plan_folder.destination import Destination
    from optimizer.plan_folder.store import Result
    from optimizer.workbook.overrides import Overrides


ELSEWHERE = ("workers", "scheduler", "journal")
"""Options that say where the best plans of scenarios are sought (`optimizer.analysis.risk.elsewhere`)."""
LEAST_SECONDS = 5.0
"""Seconds that the search for the smallest changes of an infeasible workbook has at least."""


@click.command("solve")
@click.argument("book", type=workbook, metavar="WORKBOOK")
@options(*WORKBOOK, *RISK)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=1,
    show_default=True,
    help="Worker processes for the best plan of each scenario, for --risk regret and --value-of-information.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Dask scheduler to run them on instead, as in tcp://host:8786.")
@click.option(
    "--journal",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="File that keeps the proved best values of scenarios; a later run with it does not seek them again.",
)
@options(*SOLVER, *FOLDER, "figures", "brief", *HEAD, *PLAN_SCREEN)
@click.pass_context
def command(ctx: click.Context, /, book: Path, **parameters: Any) -> None:
    """Find the best plan for WORKBOOK: which projects to finance, when and from which programme.

    WORKBOOK is an .xlsx or .ods file, or a folder of .csv files named after the sheets. The plan is audited before it
    is written, together with a copy of the workbook, to outputs/<workbook>-NN or to the folder given by --out.
    """
    from optimizer.plan_folder.destination import figure_folder
    from optimizer.reports.brief.render import require

    screen = Screen(as_json=parameters["as_json"], quiet=parameters["quiet"], verbose=parameters["verbose"])
    solver_options, changes, figures = solving(ctx), overrides(parameters), parameters["figures"]
    if figures is not None:
        figure_folder(figures, [book], force=parameters["force"], out=parameters["out"])
    form = parameters["brief"]
    if form is not None:
        require(form)
    elsewhere = {name: parameters[name] for name in ELSEWHERE}
    place = {name: parameters[name] for name in ("out", "force")}
    result = solve_and_show(book, changes, solver_options, screen, brief=form, elsewhere=elsewhere, **place)
    if figures is not None:
        draw_plan(figures, result.case, result.plan, screen, result.case.settings.language)


def solve_and_show(
    book: Path,
    changes: "Overrides",
    solver_options: Solving,
    screen: Screen,
    *,
    out: Path | None = None,
    force: bool = False,
    brief: str | None = None,
    elsewhere: Mapping[str, Any] | None = None,
) -> "Result":
    """Reads, solves, writes the plan folder and shows the plan.

    `brief`: docx or pptx to write it too. `elsewhere`: the options `ELSEWHERE`.
    """
    from optimizer.cli.run import prepare
    from optimizer.cli.save import add_brief
    from optimizer.plan_folder.destination import claimed, destination
    from optimizer.reports.case_summary import overridden

    to = destination(out, force, book)
    with claimed(to, force=force):
        run_input = prepare(book, changes)
        for line in overridden(run_input.case, changes):
            screen.note(line)
        screen.warnings(run_input.case.notices, f"mine2magnet check {quoted(book)}")
        with stoppable(screen) as stop:
            result = _solved(run_input, solver_options, (screen, stop), to, elsewhere)
            stop.complete()
            folder = _written(result, to, screen, stop)
            if not stop.hurry:
                add_brief(folder, result.case, result.plan, brief, screen)
            show(result, folder, screen)
    return result


def _solved(
    run_input: "RunInput",
    solver_options: Solving,
    watch: tuple[Screen, Stop],
    to: "Destination",
    elsewhere: Mapping[str, Any] | None,
) -> "Result":
    """The audited plan. If no plan is possible, the refusal is raised, and with --out also written as infeasible.json."""
    from optimizer.cli.run import solved
    from optimizer.errors import Infeasible
    from optimizer.plan_folder import store
    from optimizer.solver.deadline import Deadline

    screen, stop = watch
    end = Deadline.after(solver_options.time_limit)
    try:
        return solved(run_input, solver_options, screen, stop, further=True, elsewhere=elsewhere)
    except Infeasible as none:
        rest = end.limit(solver_options, least=LEAST_SECONDS)
        refusal, repairs = would_do(run_input, rest, screen, stop, none)
        if to.folder is not None:
            store.write(store.infeasible(refusal, run_input.manifest(solver_options), repairs, none.proof), to)
            screen.note(f"{to.folder / 'infeasible.json'} says why")
        raise refusal from none


def _written(result: "Result", to: "Destination", screen: Screen, stop: Stop) -> Path:
    """Write the plan, then its page and workbook, unless a second signal asked to leave these out."""
    from optimizer.cli.save import decorate, save
    from optimizer.plan_folder.store import record_of
    from optimizer.reports.plan_files import core_files, people_files

    core = core_files(result)
    try:
        folder = save(core, record_of(result.case, result.plan), to)
    except OSError:
        show(result, None, screen)  # print the plan, so that a failing disk does not lose it
        raise
    if stop.hurry:
        screen.note(f"note: page and workbook are left out; to make them: mine2magnet report {quoted(folder)}")
    else:
        decorate(folder, core, people_files(result.case, result.plan), screen)
    return folder


def would_do(
    run_input: "RunInput", solver_options: Solving, screen: Screen, stop: "threading.Event", none: "Infeasible"
) -> tuple["Refusal", dict[str, Any]]:
    """The refusal of an infeasible workbook, with the smallest changes that make it feasible."""
    from optimizer.cli.plan_source import repairs_of
    from optimizer.reports.answers import repair_text

    screen.note("no plan satisfies the workbook" + ("" if none.proof is None else f": {none.proof.sentence}"))
    screen.note("looking for the smallest changes that make a plan possible")
    report = repairs_of(run_input.case, run_input.changes, solver_options, (screen, stop), together=False)
    return repair_text.refusal(report, run_input.source.path, run_input.changes), repair_text.data(report)


def show(result: "Result", folder: Path | None, screen: Screen) -> None:
    """Show the plan on the screen, or as JSON or the path of its folder on stdout."""
    from optimizer.plan_folder.store import plan_json
    from optimizer.reports.plan_text import ROWS, story

    after = ["", *next_steps(result.case, folder)] if folder is not None else []
    rows = None if screen.verbose else ROWS - screen.noted - len(after)
    plain = screen.out.options.ascii_only
    screen.show(*story(result.case, result.plan, ascii_only=plain, width=screen.out.width, rows=rows))
    if folder is not None:
        screen.data(plan_json(result.plan))
        screen.show(*after)
        screen.result(folder)


def next_steps(case: "Case", folder: Path) -> list[str]:
    """The folder of the plan and two commands to use next; `explain` only if the measure of risk allows it."""
    verbs = ("explain" if _is_explained(case) else "stress", "gaps")
    commands = (f"  mine2magnet {verb} {quoted(folder)}" for verb in verbs)
    return [f"The plan is in {folder.as_posix()}. Next:", *commands]


def _is_explained(case: "Case") -> bool:
    if case.settings.risk == "none":
        return True
    from optimizer.analysis.risk.questions import obstacle

    return obstacle(case) is None

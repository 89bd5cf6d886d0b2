"""`stress`: what happens to a plan when things go wrong, and what would break it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.console import Screen
from optimizer.cli.options import PLAN_SCREEN, fraction, options, positive, quoted, workbook
from optimizer.cli.plan_source import in_its_language, steps
from optimizer.cli.stopping import stoppable
from optimizer.solver.options import GAP, TIME_LIMIT

if TYPE_CHECKING:
    from models.case import Case
    from models.plan import Plan
    from optimizer.plan_folder.store import PlanFolder
    from optimizer.reports.answers.files import AnswerReport


@click.command("stress")
@click.argument("plan")
@click.option(
    "--book", type=workbook, metavar="WORKBOOK", help="Take scenarios and risks from another workbook.", default=None
)
@click.option(
    "--failures", type=click.IntRange(0, 1000), default=2, show_default=True, metavar="N",
    help="Size of the worst set of failures; 0 for none.",
)  # fmt: skip
@click.option(
    "--failures-by", type=click.Choice(("project", "sponsor", "country")), default="project", show_default=True,
    help="What fails together.",
)  # fmt: skip
@click.option(
    "--draws", type=click.IntRange(1, 10_000_000), metavar="N", show_default="10,000, with a chain 1,000",
    help="Draws of the risks and scenarios.",
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Seed of the draws.")
@click.option("--replan", is_flag=True, help="Also look for the best plan of each scenario, and what all of them hold.")
@click.option(
    "--gap", type=fraction, metavar="FRACTION", default=GAP, show_default=True,
    help="Relative MIP gap at which the search for each best plan stops; with --replan.",
)  # fmt: skip
@click.option(
    "--time-limit", type=positive, metavar="SECONDS", default=TIME_LIMIT, show_default=True,
    help="Time limit of all best plans and their proofs together; with --replan.",
)  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path), metavar="DIR", help="Folder to write.", show_default="the plan's"
)
@options("force", *PLAN_SCREEN)
def command(plan: str, book: Path | None, out: Path | None, **parameters: Any) -> None:
    """Show what happens to PLAN in the scenarios and risks of its workbook, and what would break it.

    PLAN is a plan folder, its plan.json, or `last`. The decisions stay as they are. The plan is evaluated in each
    scenario, over thousands of draws, with one project, sponsor, country or programme lost, and with one input at a time
    at its low and its high value. Then the smallest change that breaks each rule on capacity is found. For a workbook
    without scenarios, built-in ones are used.

    --replan also looks for the best plan of each scenario. Projects that are proved to be in all of them are core;
    those that are proved to be in none are exterior.

    Writes stress.json, stress.xlsx and stress.html beside the plan, and a section of its report.html.
    """
    from models.states import review_year
    from optimizer.analysis.stress import StressOptions, stress
    from optimizer.cli.append_answer import is_of_another_plan, verified
    from optimizer.files import json_bytes
    from optimizer.plan_folder import store
    from optimizer.plan_folder.destination import destination
    from optimizer.reports.plan_files import STRESS
    from optimizer.reports.stress import report
    from optimizer.solver.options import Options

    screen = Screen(as_json=parameters["as_json"], quiet=parameters["quiet"], verbose=parameters["verbose"])
    folder = verified(store.find(plan), STRESS, force=parameters["force"] or out is not None)
    if out is None and is_of_another_plan(folder, STRESS):
        screen.note(f"note: {folder.path / STRESS} was made for another plan and will be replaced")
    if out is not None:
        destination(out, parameters["force"], folder.path)
    if book is not None and folder.plan.risk is not None and review_year(folder.case.settings) is not None:
        raise click.UsageError(
            f"--book {book}: after the review this plan decides by the states of its own workbook, which another one does not "
            f"have: leave --book out, or solve {book} for a plan of its own"
        )
    case = _with_scenarios(folder.case, book, screen)
    stress_options = StressOptions(
        parameters["failures"], parameters["failures_by"], parameters["draws"], parameters["seed"],
        skip=_planned_for(folder.plan, parameters["seed"]),
        replan=Options(parameters["gap"], parameters["time_limit"]) if parameters["replan"] else None,
    )  # fmt: skip
    with stoppable(screen, "this is what is worked out until then") as stop:
        with steps(screen, stop) as tell:
            result = stress(case, folder.plan, stress_options, progress=tell, stop=stop)
        stop.complete()
        screen.data(json_bytes(report.data(result)))
        screen.show(*report.story(case, result, width=screen.out.width, rows=screen.rows))
        screen.result(_write(in_its_language(case, report.answer, case, result), folder, out, screen))


def _planned_for(plan: "Plan", seed: int) -> int:
    """Number of draws that the plan was made from. A stress test begins after them, because they are biased towards the plan."""
    drawn = plan.risk.draws if plan.risk else None
    return drawn.planned_for if drawn is not None and drawn.seed == seed else 0


def _with_scenarios(case: "Case", book: Path | None, screen: Screen) -> "Case":
    """The plan's case, with the scenarios and risks of another workbook if one is named."""
    if book is None:
        return case
    from optimizer.workbook.read import read

    other = read(book)
    screen.warnings(other.notices, f"mine2magnet check {quoted(book)}")
    return case.with_(scenarios=other.scenarios, risks=other.risks)


def _write(answer: "AnswerReport", folder: "PlanFolder", out: Path | None, screen: Screen) -> Path:
    """Write the three files and, beside a plan, the sections of its own files. Returns the page."""
    from optimizer.cli.append_answer import add
    from optimizer.files import json_bytes, write_whole
    from optimizer.reports.plan_files import STRESS, stress_files

    place = folder.path if out is None else out
    if out is None:
        add(folder, STRESS, answer.data)
    else:
        out.mkdir(parents=True, exist_ok=True)
        write_whole(out / STRESS, json_bytes(answer.data))
        for name, make in stress_files(answer).items():
            write_whole(out / name, make())
    screen.note(f"the report is {place / 'stress.html'}")
    return place / "stress.html"

"""`stress`: what happens to a plan when things go wrong, and what would break it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from optimizer.cli.console import Screen, stoppable
from optimizer.cli.options import SCREEN, options, quoted, workbook
from optimizer.cli.plan_source import steps

if TYPE_CHECKING:
    from models.case import Case
    from models.stress import Stress

FILES = ("stress.json", "stress.xlsx", "stress.html")


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
@options("out", "force", *SCREEN)
def command(plan: str, book: Path | None, out: Path | None, **parameters: Any) -> None:
    """What happens to PLAN in the scenarios and risks of its workbook, and what would break it. Decides nothing new.

    PLAN is a plan folder, its plan.json, or `last`. Works out the plan in each scenario, over thousands of draws, with
    one project, sponsor, country or programme lost, with one thing at a time at its low and high, and the least that
    breaks each rule on capacity. A workbook without scenarios is met with built-in ones. Writes stress.json,
    stress.xlsx and stress.html beside the plan, and a section of its report.html.
    """
    from optimizer.analysis.stress import StressOptions, stress
    from optimizer.files import json_bytes
    from optimizer.plan_folder import store
    from optimizer.reports.stress import report

    screen = Screen(as_json=parameters["as_json"], quiet=parameters["quiet"])
    folder = store.find(plan)
    case, made = store.load_case(folder), store.load_plan(folder)
    case = _with_scenarios(case, book, screen)
    if out is not None:
        store.destination(out, parameters["force"], folder)
    asked = StressOptions(parameters["failures"], parameters["failures_by"], parameters["draws"], parameters["seed"])
    with (
        stoppable(screen, "stopped by Ctrl-C: this is what is worked out until then") as stop,
        steps(screen, stop) as tell,
    ):
        found = stress(case, made, asked, progress=tell, stop=stop)
    screen.data(json_bytes(report.data(found)))
    screen.show(*report.story(case, found, width=screen.out.width))
    screen.result(_write(case, found, folder, out, screen))


def _with_scenarios(case: "Case", book: Path | None, screen: Screen) -> "Case":
    """The plan's case with the scenarios and risks of another workbook, where one is named."""
    if book is None:
        return case
    from optimizer.workbook.read import read

    other = read(book)
    screen.diagnostics(other.notices, f"mine2magnet check {quoted(book)}", 5)
    return case.with_(scenarios=other.scenarios, risks=other.risks)


def _write(case: "Case", found: "Stress", folder: Path, out: Path | None, screen: Screen) -> Path:
    """Writes the three files, and beside a plan its section of the plan's own files. Returns the page."""
    from optimizer.cli.append_answer import STRESS, add
    from optimizer.files import json_bytes
    from optimizer.plan_folder import store
    from optimizer.reports.stress import report

    data = report.data(found)
    files = {"stress.xlsx": report.book_bytes(case, found), "stress.html": report.page_bytes(case, found)}
    if out is None:
        add(folder, STRESS, data, files)
    else:
        store.write({**files, STRESS: json_bytes(data)}, store.Destination(out, out.name))
    place = folder if out is None else out
    screen.note(f"the report is {place / 'stress.html'}")
    return place / "stress.html"

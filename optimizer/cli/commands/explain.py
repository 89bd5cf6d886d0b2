"""`explain`: why a project is in or out and what would change it; for an infeasible workbook, what makes it feasible."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from optimizer.cli.console import Screen
from optimizer.cli.options import (
    EXPLAIN,
    PLAN_SCREEN,
    WORKBOOK,
    Solving,
    options,
    overrides,
    part,
    solving,
    workbook,
)
from optimizer.cli.plan_source import (
    ADD,
    OUT,
    core_of,
    deliver,
    folder_of,
    in_its_language,
    place_of,
    question_limits,
    repairs_of,
    steps,
    subject,
)
from optimizer.cli.stopping import stoppable
from optimizer.solver.options import QUESTION_TIME_LIMIT, WHOLE_TIME_LIMIT

if TYPE_CHECKING:
    from models.case import Case
    from models.plan import Plan
    from optimizer.cli.stopping import Stop
    from optimizer.plan_folder.store import PlanFolder


MOST_WORKERS = 4
"""Default number of worker processes; each holds the loaded model."""


@click.command("explain")
@click.argument("source", metavar="WORKBOOK|PLAN")
@click.argument("project", required=False)
@click.option(
    "--within", type=part, default="1%", show_default=True, metavar="FRACTION",
    help="Projects are core, borderline or exterior over all plans this close to the best: 1% or 0.01.",
)  # fmt: skip
@click.option(
    "--workers", type=click.IntRange(1, 256), show_default=f"the processor cores, at most {MOST_WORKERS}",
    help="Worker processes for the questions about a large workbook.",
)  # fmt: skip
@click.option(
    "--full",
    is_flag=True,
    help="Answer every question, however long it takes; for one PROJECT also at which budgets it is in.",
)
@OUT
@ADD
@options(*WORKBOOK, *EXPLAIN, "force", *PLAN_SCREEN)
@click.pass_context
def command(ctx: click.Context, /, source: str, project: str | None, out: Path | None, **parameters: Any) -> None:
    """Explain why PROJECT, or every project, is in the plan or not, what it is worth, and what would let it in.

    Also lists the rules and budgets that bind, what relaxing each would gain, and what the planner's own decisions cost.
    For one PROJECT, also lists the scenarios in which it matters and, after `stress --replan`, those whose best plan
    finances it.
    PROJECT is an id, a name or a cell. PLAN is a plan folder, its plan.json, or `last`. A WORKBOOK is solved first and
    no plan is written. If it is infeasible, the smallest changes that make it feasible are shown instead.

    PROJECT of a large workbook is searched at a fixed effort of some seconds: changes that let it in are then enough, but a
    smaller one is not excluded. --time-limit, --gap or --full search each question until it is proved or its time is over.

    Without PROJECT, each project is first searched at a fixed effort, which usually proves what it is worth to half of
    --within. With --time-limit, closer proofs, limits and the changes that let projects in follow until the time is over;
    otherwise only where the first searches were short. --full answers every question.
    """
    from optimizer.errors import Infeasible
    from optimizer.reports.plan_files import EXPLANATION

    screen = Screen(as_json=parameters["as_json"], quiet=parameters["quiet"], verbose=parameters["verbose"])
    place, solver_options = place_of(out, source, force=parameters["force"]), solving(ctx)
    folder = folder_of(source, EXPLANATION, add=parameters["add"], force=parameters["force"])
    with stoppable(screen, "this is what was known until then") as stop:
        try:
            case, plan = subject(source, parameters, solver_options, screen, stop)
        except Infeasible:
            _repairs(source, parameters, solver_options, place, (screen, stop))
            return
        limits = (
            question_limits(ctx, solver_options) | _of_all(ctx, solver_options, project, full=parameters["full"])
        ) | {
            "within": parameters["within"],
            "workers": parameters["workers"] or min(os.cpu_count() or 1, MOST_WORKERS),
            "core": () if project is None else core_of(source),
        }
        _explain(case, plan, project, limits, (place, folder), (screen, stop))


def _of_all(ctx: click.Context, solver_options: Solving, project: str | None, *, full: bool) -> dict[str, Any]:
    """The time for all questions about a whole plan, and for one of them."""
    given = {n for n in ("gap", "time_limit") if ctx.get_parameter_source(n) is ParameterSource.COMMANDLINE}
    if project is not None or full:
        return {"budgets": full, "fixed_effort": not full and not given}
    is_given = "time_limit" in given
    total = solver_options.time_limit if is_given else WHOLE_TIME_LIMIT
    finer = {"finer_share": 1.0} if is_given else {}
    return {"total_time": total, "time_limit": min(total, QUESTION_TIME_LIMIT), **finer}


def _explain(  # noqa: PLR0917
    case: "Case",
    plan: "Plan",
    project: str | None,
    limits: dict[str, Any],
    places: tuple[Path | None, "PlanFolder | None"],
    watch: tuple[Screen, "Stop"],
) -> None:
    """Answer the questions, show the explanation, and write it if requested."""
    from optimizer.analysis.explain import explain
    from optimizer.cli.project_lookup import project_of
    from optimizer.files import json_bytes
    from optimizer.reports.answers import explanation_text as text
    from optimizer.reports.plan_files import EXPLANATION

    which = None if project is None else project_of(case, project).id
    screen, stop = watch
    with _watch(case, which, screen, stop) as (tell, partial):
        explanation = explain(case, plan, which, progress=tell, partial=partial, stop=stop, **limits)
    stop.complete()
    screen.data(json_bytes(text.data(explanation)))
    screen.show(*text.story(case, explanation, width=screen.out.width, rows=screen.rows))
    deliver(in_its_language(case, text.answer, case, explanation), places[0], places[1], EXPLANATION, screen)


@contextlib.contextmanager
def _watch(case: "Case", which: str | None, screen: Screen, stop: "Stop") -> Iterator[tuple[Any, Any]]:
    """Progress of the explanation: for a whole plan a table that is refined, for one project its questions."""
    if which is None:
        from optimizer.cli.sharpening import sharpening

        with sharpening(screen, stop, case) as callbacks:
            yield callbacks
        return
    with steps(screen, stop) as tell:
        yield tell, None


def _repairs(
    source: str, parameters: dict[str, Any], solver_options: Solving, place: Path | None, watch: tuple[Screen, "Stop"]
) -> None:
    """The smallest changes that make the workbook feasible."""
    from optimizer.files import json_bytes
    from optimizer.reports.answers import repair_text
    from optimizer.workbook.read import read

    screen, changes = watch[0], overrides(parameters)
    case = read(workbook(source), changes)
    report = repairs_of(case, changes, solver_options, watch)
    watch[1].complete()
    content = repair_text.data(report)
    screen.data(json_bytes(content))
    screen.show(*repair_text.show(report, width=screen.out.width, case=case))
    deliver(in_its_language(case, repair_text.answer, case, report), place, None, "", screen)
